"""The catalogue as Markdown: a page for each family of layers, ops and objects."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spec_compiler.catalog import describe, families, registry
from spec_compiler.catalog.describe import Description, Field
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.layers.base import LayerConfig
from spec_compiler.catalog.objects import Family

_OBJECTS: dict[str, tuple[str, Family]] = {
    "initializers": ("Initializers", families.initializers()),
    "regularizers": ("Regularizers", families.regularizers()),
    "constraints": ("Constraints", families.constraints()),
    "losses": ("Losses", families.losses()),
    "metrics": ("Metrics", families.metrics()),
    "optimizers": ("Optimizers", families.optimizers()),
    "optimizer-maps": ("Optimizer maps", families.optimizer_maps()),
    "schedules": ("Learning rate schedules", families.schedules()),
    "callbacks": ("Callbacks", families.callbacks()),
}


def pages() -> dict[str, str]:
    """Every page of the catalogue, by its path."""
    made: dict[str, str] = {}
    rows: list[tuple[str, Description]] = []

    def add(path: str, title: str, configs: list[Description], more: str = "") -> None:
        made[path] = "\n".join([f"# {title}\n\n{more}", *map(_section, configs)])
        rows.extend((path, config) for config in configs)

    for family in dict.fromkeys(module.split(".")[0] for module in registry.LAYERS):
        functions = [name for name, (home, _) in registry.FUNCTIONS.items() if home.startswith(f"layers.{family}.")]
        path = f"layers-{family.replace('_', '-')}.md"
        names = (*registry.layers_of(family), *functions)
        add(path, f"Layers: {_words(family)}", [describe.of_type(name) for name in names])
    for module, ops in registry.OPS.items():
        path = f"ops-{re.sub('[._]', '-', module)}.md"
        add(path, f"Ops: {_words(module)}", [describe.of_type(f"ops.{name}") for name in ops])
    for stem, (title, family) in _OBJECTS.items():
        configs = [describe.of_config(family, name) for name in sorted(set(family.classes.values()))]
        add(f"{stem}.md", title, configs, _functions(family))
    made["activations.md"] = _activations()
    made["index.md"] = _index(rows)
    return made


def _functions(family: Family) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(family.functions))
    return f"Names that stand alone and take no arguments: {names}.\n\n" if names else ""


def _section(config: Description) -> str:
    lines = [f"## {config.name}\n", config.text, ""]
    if config.others:
        lines += [f"Other names: {', '.join(f'`{other}`' for other in config.others)}.", ""]
    if config.fields:
        lines += arguments(config.fields)
    else:
        lines += ["No arguments of its own." if config.general else "No arguments.", ""]
    if config.calls is not None:
        rows = [(f"`{call.name}`", call.takes, call.text) for call in config.calls]
        lines += table(("input", "takes", ""), rows) if rows else ["It takes no inputs.", ""]
        found = example(config.name)
        assert found is not None, config.name
        lines += ["```yaml", found.text.rstrip(), "```", ""]
    return "\n".join(lines)


def _index(configs: Iterable[tuple[str, Description]]) -> str:
    lines = [
        "# Catalogue\n",
        "All that a spec can name, with its arguments as Keras has them.\n",
        "Every layer of Keras also takes these:\n",
        *arguments(describe.fields_of(LayerConfig)),
        "[Activations](activations.md) are names. In alphabetical order, the others:\n",
    ]
    ordered = sorted(configs, key=lambda row: (row[1].name.removeprefix("ops.").lower(), row[1].name, row[0]))
    taken: set[str] = set()
    linked = []
    for path, config in ordered:
        target = f"{path}#{_anchor(config.name)}"
        # A second heading that differs in its capitals alone gets a number.
        target += "_1" * (target in taken)
        taken.add(target)
        linked.append((f"[`{config.name}`]({target})", config.kind, config.summary))
    return "\n".join(lines + table(("name", "is a", ""), linked))


def _activations() -> str:
    names = "\n".join(f"- `{name}`" for name in families.ACTIVATIONS)
    return (
        "# Activations\n\n"
        "An activation is a name. One with arguments is a layer of its own, such as `LeakyReLU`.\n\n"
        f"{names}\n"
    )


def arguments(fields: Iterable[Field], noun: str = "argument") -> list[str]:
    """The table of arguments."""
    rows = [
        (
            f"`{field.name}`",
            _linked(field.takes),
            "required" if field.default is None else f"`{field.default}`",
            field.text,
        )
        for field in fields
    ]
    return table((noun, "takes", "default", ""), rows)


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A table, and an empty line after it."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [*lines, ""]


_PAGES = {family.kind: f"{stem}.md" for stem, (_, family) in _OBJECTS.items()} | {"activation": "activations.md"}
_NOUNS = re.compile(rf"\ban? ({'|'.join(sorted(_PAGES, key=len, reverse=True))})\b")


def _linked(takes: str) -> str:
    """What an argument takes, with links to the pages of the things that it can be."""
    return _NOUNS.sub(lambda match: f"[{match[0]}]({_PAGES[match[1]]})", takes)


def _anchor(name: str) -> str:
    return re.sub(r"[^\w-]", "", name.lower())


def _words(module: str) -> str:
    return re.sub("[._]", " ", module)

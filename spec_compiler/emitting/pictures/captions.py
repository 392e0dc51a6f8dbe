"""What stands in the boxes of a picture, and at its edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.layers.base import InnerLayer
from spec_compiler.catalog.tensors import TensorType, format_shape
from spec_compiler.emitting.pictures.items import Item
from spec_compiler.emitting.summary import NamesWithArguments, name_of
from spec_compiler.graph.graph import Layer, NestedModel, Output
from spec_compiler.graph.typed import TypedGraph

_USUAL_DTYPE = "float32"
_LONGEST_VALUE = 28
_LONGEST_LINE = 34
_LONGEST_TITLE = 34
_MOST_LINES = 2


class _Values(NamesWithArguments):
    """Arguments as a picture has them: of a layer inside another its type and its arguments."""

    def inner(self, value: InnerLayer) -> str:
        """Its name if it is shared, or what it is."""
        return value.name if value.shared or isinstance(value.config, NestedModel) else self.visit(value.config)

    def config(self, value: Config) -> str:
        """Its name, and the arguments that are not the defaults if there are any."""
        arguments = ", ".join(f"{name}={self.visit(getattr(value, name))}" for name in _telling(value))
        return f"{value.keras_name}({arguments})" if arguments else value.keras_name


def short(name: str, within: str) -> str:
    """A name as it is called inside a block: `conv` for `stage.1.conv` within `stage.1`."""
    return name.removeprefix(f"{within}.") if within else name


def title(item: Item, within: str) -> str:
    """What an item is called; of several that it stands for, all of them, or the first and the last."""
    first = short(item.names[0], within)
    if item.times == 1:
        return first
    last = short(item.names[-1], within)
    stem, dot, number = first.rpartition(".")
    other, _, last_number = last.rpartition(".")
    if dot and stem == other and number.isdecimal() and last_number.isdecimal():
        return stem if number == "1" else f"{stem}.{number}–{last_number}"
    every = ", ".join(short(name, within) for name in item.names)
    return every if item.side_by_side and len(every) <= _LONGEST_TITLE else f"{first} … {last}"


def shape_label(types: Sequence[TensorType], name: str = "") -> str:
    """The shape of a tensor, and its dtype if that is not the usual one; of several, what they have in common."""
    shapes = {each.shape for each in types}
    if len({len(shape) for shape in shapes}) == 1:
        axes = (_axis(list(dict.fromkeys(axis))) for axis in zip(*(each.shape for each in types), strict=True))
        text = f"({', '.join(axes)}{',' if len(types[0].shape) == 1 else ''})"
    else:
        text = " … ".join(dict.fromkeys(map(format_shape, (types[0].shape, types[-1].shape))))
    dtypes = {each.dtype for each in types}
    dtype = "" if dtypes == {_USUAL_DTYPE} else f" {'|'.join(sorted(dtypes))}"
    return f"{name} {text}{dtype}".lstrip()


def layer_lines(graph: TypedGraph, names: Sequence[str], counted: int) -> tuple[str, ...]:
    """What stands below the name of some calls: what is called, how many parameters they add, and its arguments."""
    layers = [graph.layers[graph.nodes[name].layer] for name in names]
    layer = layers[0]
    kind = layer.key if layer.shared else layer.type
    line = f"{kind} · {parameters(counted)}" if counted else kind
    return (line,) if layer.shared else (line, *argument_lines(layers))


def argument_lines(layers: Sequence[Layer]) -> list[str]:
    """The arguments that are given to layers that one box stands for, on a few lines."""
    return _folded(_arguments(layers))


def tooltip(graph: TypedGraph, name: str) -> str:
    """All that a box has no room for."""
    layer = graph.layers[graph.nodes[name].layer]
    call = layer.type if layer.operation is None else f"{layer.type}({', '.join(_arguments([layer], shorten=False))})"
    shapes = ", ".join(map(str, graph.results[name].outputs))
    shared = f" [{layer.key}]" if layer.shared else ""
    return f"{name}{shared}: {call} → {shapes}"


def parameters(count: int) -> str:
    """A number of parameters."""
    return f"{count:,} parameter{'' if count == 1 else 's'}"


def output_lines(output: Output) -> tuple[str, ...]:
    """What stands below the name of an output: what it is trained for."""
    settings = output.settings
    lines = []
    if settings.loss is not None:
        weight = settings.weight_in_total
        lines.append(f"loss {name_of(settings.loss)}" + (f" × {weight:g}" if weight != 1 else ""))
    metrics = [*settings.metrics, *settings.weighted_metrics]
    if metrics:
        lines += _folded([f"metrics {name_of(metrics[0])}", *map(name_of, metrics[1:])])
    return tuple(_cut(line, _LONGEST_LINE + 8) for line in lines)


def _axis(lengths: Sequence[int | None]) -> str:
    return str(lengths[0]) if len(lengths) == 1 else f"{lengths[0]}…{lengths[-1]}"


def _arguments(layers: Sequence[Layer], *, shorten: bool = True) -> list[str]:
    """Arguments that are not the defaults as `name=value`, the required ones first.

    Of several layers, the first and the last value where there is more than one.
    """
    configs = [layer.operation for layer in layers if layer.operation is not None]
    names: dict[str, None] = {}
    for config in configs:
        names.update(dict.fromkeys(_telling(config)))
    found: list[str] = []
    for name in names:
        first = getattr(configs[0], name, None)
        if shorten and isinstance(first, tuple) and first and all(isinstance(each, InnerLayer) for each in first):
            found += (inner.name if inner.shared else inner.layer.keras_name for inner in first)
            continue
        values = list(dict.fromkeys(_text(getattr(config, name, None), shorten) for config in configs))
        found.append(f"{name}={values[0]}" if len(values) == 1 else f"{name}={values[0]}…{values[-1]}")
    return found


def _telling(config: Config) -> list[str]:
    """The arguments that are given and are not the defaults, the required ones first."""
    fields = type(config).model_fields
    given = [
        name for name, value in config.arguments().items() if name != "name" and not _is_default(value, fields[name])
    ]
    return sorted(given, key=lambda name: not fields[name].is_required())


def _is_default(value: Any, field: FieldInfo) -> bool:
    """Whether a value is the default, or a number for each axis that is."""
    default = field.default
    return bool(value == default) or (isinstance(value, tuple) and all(each == default for each in value))


def _text(value: Any, shorten: bool) -> str:
    text = " ".join(_Values().visit(value).split())
    return _cut(text, _LONGEST_VALUE) if shorten else text


def _folded(parts: Iterable[str]) -> list[str]:
    """Texts one after the other, on as many lines as there is room for."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 2 <= _LONGEST_LINE:
            lines[-1] += f", {part}"
        elif len(lines) == _MOST_LINES:
            lines[-1] += ", …"
            break
        else:
            lines.append(_cut(part, _LONGEST_LINE))
    return lines


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"

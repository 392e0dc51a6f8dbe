"""The package as a whole: its modules and its tables."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from spec_compiler.catalog import registry
from spec_compiler.catalog.layers.base import Operation
from tests.processes import ROOT

PACKAGE = ROOT / "spec_compiler"

NEEDS_KERAS = "spec_compiler.emitting.keras_model"
"""The only package that imports Keras."""


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.slow
def test_every_module_can_be_imported():
    for path in modules():
        name = name_of(path)
        if not name.startswith(NEEDS_KERAS) and path.name != "__main__.py":
            import_module(name)


def classes_of(path: Path) -> set[str]:
    """The classes that a module of the catalogue defines for specs: those with a rule that are no base of others."""
    module = import_module(name_of(path))
    return {
        name
        for name, found in vars(module).items()
        if isinstance(found, type)
        and issubclass(found, Operation)
        and found.__module__ == module.__name__
        and not name.startswith("_")
        and hasattr(found, "infer")
        and not any(each.__module__ == found.__module__ for each in found.__subclasses__())
    }


def choices_of(path: Path) -> list[tuple[str, ...]]:
    """The texts of each `Literal` that a module writes out."""
    text = path.read_text(encoding="utf-8")
    if "Literal[" not in text:
        return []
    return [
        tuple(part.value for part in node.slice.elts if isinstance(part, ast.Constant))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Subscript)
        and ast.unparse(node.value) == "Literal"
        and isinstance(node.slice, ast.Tuple)
    ]


@pytest.mark.slow
def test_the_same_choices_stand_in_one_order_everywhere():
    # Python takes a `Literal` for another with the same texts, and may then give the order of either.
    written: dict[frozenset[str], set[tuple[str, ...]]] = {}
    for path in modules():
        for choices in choices_of(path):
            written.setdefault(frozenset(choices), set()).add(choices)
    assert [orders for orders in written.values() if len(orders) > 1] == []


@pytest.mark.parametrize(("folder", "table"), [("layers", registry.LAYERS), ("ops", registry.OPS)])
def test_the_tables_of_the_registry_name_every_class_of_their_modules(folder, table):
    for module, names in table.items():
        path = (PACKAGE / "catalog" / folder / module.replace(".", "/")).with_suffix(".py")
        listed = set(names.values()) if isinstance(names, dict) else set(names)
        listed |= {name for home, name in registry.FUNCTIONS.values() if home == f"{folder}.{module}"}
        assert listed <= set(dir(import_module(name_of(path)))), module
        assert classes_of(path) <= listed, module


def test_every_name_of_the_registry_leads_to_a_class_with_a_docstring_and_a_call():
    for name in registry.type_names():
        found = registry.operation(name)
        assert found is not None
        assert found.__doc__, name
        assert all(call.description for call in found.calls), name
        assert all(field.description for field in found.model_fields.values()), name


def test_no_type_is_forbidden_and_known():
    assert set(registry.FORBIDDEN) & set(registry.type_names()) == set()
    names = [name for names in registry.LAYERS.values() for name in names]
    assert len(names) == len(set(names))
    assert set(registry.ALIASES) & set(names) == set()
    assert set(registry.ALIASES.values()) <= set(names)

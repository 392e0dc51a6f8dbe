"""One word, one thing: a name of the compiler's own stands for one class or one alias."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from spec_compiler.catalog import families, registry

ROOT = Path(__file__).parent.parent / "spec_compiler"
BASES_AND_THEIR_FIELDS = {"Callback", "Constraint", "Initializer", "Loss", "Metric", "Optimizer", "Regularizer"}
"""The base of a family, and the type of a field that takes one of it: one thing, seen from two sides."""


def defined_by(node):
    """The name that a statement of a module defines, and what it stands for."""
    if isinstance(node, ast.ClassDef):
        return node.name, None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    match targets:
        case [ast.Name(name)] if not name.isupper():
            return name, ast.unparse(node.value)
    return None


def own_definitions():
    """For each name what it stands for: the place of a class, or the text of an alias.

    Keras calls a layer and an op, or a loss and a metric, by one name at times, and so must the catalogue.
    """
    of_keras = {registry.operation(name) for names in registry.LAYERS.values() for name in names}
    of_keras |= {registry.operation(f"ops.{name}") for names in registry.OPS.values() for name in names}
    of_keras |= {
        family.get(name)
        for family in (families.initializers(), families.losses(), families.metrics())
        for name in family.names
    }
    theirs = {(each.__module__, each.__name__) for each in of_keras if each}
    found = defaultdict(set)
    for path in ROOT.rglob("*.py"):
        module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        for name, alias in filter(None, map(defined_by, ast.parse(path.read_text(encoding="utf-8")).body)):
            if name[:1].isupper():
                found[name].add("Keras" if (module, name) in theirs else alias or f"the class of {module}")
    return found


def test_a_name_stands_for_one_thing():
    twice = {name: things for name, things in own_definitions().items() if len(things) > 1}
    assert twice.keys() == BASES_AND_THEIR_FIELDS, twice

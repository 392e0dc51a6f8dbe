"""The tree of what a spec wrote: paths, prefixes, origins, and what is said of a copy."""

from __future__ import annotations

import pytest

from spec_compiler.graph.scopes import Definition, Maker, Scope, spec_scope
from spec_compiler.spans import Place

NODES = Place(("nodes",))
SPEC = spec_scope()

# As of `"side_${i}": {for: …, type: outer, repeat: 2}`, where `outer` has a node `d` with a `repeat` and a block `in`.
SIDE = NODES / "side_${i}"
FOR = Scope("for", "side_0", SPEC, "side_${i}", SIDE, variables={"i": 0})
REPEAT = Scope("repeat", "side_0.2", FOR, "side_0", SIDE, variables={"index": 1})
OUTER = Scope("block", "side_0.2", REPEAT, "side_0", SIDE, "outer", {"units": 3})
D = Place(("blocks", "outer", "nodes", "d"))
CALL = Scope("repeat", "side_0.2.d.1", OUTER, "d", D, variables={"index": 0})
IN = Place(("blocks", "outer", "nodes", "in"))
INNER = Scope("block", "side_0.2.in", OUTER, "in", IN, "inner")

# As of `layers: {tower: {type: tower}}`, and of a node of that block with a `repeat`.
TOWER = Scope("shared", "tower", SPEC, "tower", Place(("layers", "tower")), "tower")
STEP = Scope("repeat", "step.1", TOWER, "step", Place(("blocks", "tower", "nodes", "step")), variables={"index": 0})

ALL = {"spec": SPEC, "for": FOR, "repeat": REPEAT, "outer": OUTER, "call": CALL, "inner": INNER, "tower": TOWER, "step": STEP}  # fmt: skip


def test_a_path_leads_from_the_spec_to_the_scope():
    assert {name: scope.path() for name, scope in ALL.items()} == {
        "spec": (SPEC,),
        "for": (SPEC, FOR),
        "repeat": (SPEC, FOR, REPEAT),
        "outer": (SPEC, FOR, REPEAT, OUTER),
        "call": (SPEC, FOR, REPEAT, OUTER, CALL),
        "inner": (SPEC, FOR, REPEAT, OUTER, INNER),
        "tower": (SPEC, TOWER),
        "step": (SPEC, TOWER, STEP),
    }


def test_names_begin_with_the_copy_of_a_block_that_they_stand_in():
    assert {name: scope.prefix for name, scope in ALL.items()} == {
        "spec": "",
        "for": "",
        "repeat": "",
        "outer": "side_0.2.",
        "call": "side_0.2.",
        "inner": "side_0.2.in.",
        "tower": "",
        "step": "",
    }


def test_an_origin_is_the_node_or_the_shared_layer_of_the_specs_own_graph():
    side = Definition("side_0", SIDE)
    tower = Definition("tower", Place(("layers", "tower")))
    assert {name: scope.definition for name, scope in ALL.items()} == {
        "spec": None,
        "for": side,
        "repeat": side,
        "outer": side,
        "call": side,
        "inner": side,
        "tower": tower,
        "step": tower,
    }


def test_what_asked_for_a_copy_is_said_once_for_each_copy_and_not_for_those_of_for():
    side = Maker("side_0.2", SIDE.key(), "")
    outer = side._replace(arguments="`units` is 3")
    tower = Maker("tower", Place(("layers", "tower")).key(), "")
    assert {name: list(scope.made_by()) for name, scope in ALL.items()} == {
        "spec": [],
        "for": [],
        "repeat": [side],
        "outer": [outer],
        "call": [outer, Maker("side_0.2.d.1", D.key(), "")],
        "inner": [outer, Maker("side_0.2.in", IN.key(), "")],
        "tower": [tower],
        "step": [tower, Maker("tower.step.1", Place(("blocks", "tower", "nodes", "step")).key(), "")],
    }


def test_everything_but_the_spec_itself_is_a_copy():
    assert [name for name, scope in ALL.items() if not scope.is_copy] == ["spec"]


@pytest.mark.parametrize(
    ("scope", "place", "expected"),
    [(FOR, SIDE, True), (CALL, D, True), (CALL, IN, False), (OUTER, SIDE, False), (TOWER, Place(("layers", "tower")), False)],
)  # fmt: skip
def test_what_repeat_or_for_made_is_one_of_a_number(scope, place, expected):
    assert scope.is_one_of_a_number(place) is expected


def test_two_scopes_are_never_equal_whatever_they_hold():
    assert spec_scope() != spec_scope()

"""Pictures are legible: measured for every example spec, in both directions and at every depth."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.emitting.pictures.drawing import Rectangle
from spec_compiler.emitting.pictures.options import PictureOptions
from spec_compiler.emitting.pictures.picture import drawing
from tests.emitting.pictures.geometry import faults
from tests.goldens import example_specs

pytestmark = pytest.mark.usefixtures("stand_ins")

SPECS = [path for path in example_specs() if path.suffix == ".yaml"]


def drawn(text: str, **options):
    return drawing(sc.load_spec(sc.Source.text(text)), PictureOptions(**options))


@pytest.mark.slow
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_nothing_runs_through_anything_or_lies_on_it_in_the_picture_of_an_example(path):
    graph = sc.load_spec(path)
    found = {
        (direction, depth): faults(drawing(graph, PictureOptions(direction=direction, depth=depth)))
        for direction in ("down", "right")
        for depth in (None, 1, 2, 3, 9)
    }
    assert {key: value for key, value in found.items() if value} == {}


@pytest.mark.parametrize("name", ["news", "tweets", "unet", "seq2seq"])
def test_pictures_of_a_few_examples_are_legible(name):
    graph = sc.load_spec(f"specs/{name}.yaml")
    assert faults(drawing(graph)) == []


def test_faults_are_found_where_a_box_is_moved_onto_another_and_into_the_way_of_an_edge():
    from dataclasses import replace

    found = drawing(sc.load_spec("specs/news.yaml"))
    embedding = next(placed for placed in found.boxes if placed.box.title == "embedding")
    moved = tuple(
        replace(placed, place=embedding.place) if placed.box.title == "aux_input" else placed for placed in found.boxes
    )
    told = faults(replace(found, boxes=moved))
    assert "node:embedding and node:aux_input lie on one another" in told
    assert "the edge node:aux_input → node:merged does not end at the border of node:aux_input" in told
    wide = Rectangle(0, 200, found.width, 200)
    behind = tuple(replace(placed, place=wide) if placed.box.title == "aux_input" else placed for placed in found.boxes)
    assert "the edge node:embedding → node:lstm runs through node:aux_input" in faults(replace(found, boxes=behind))
    assert any("outside of the picture" in fault for fault in faults(replace(found, width=100.0)))


def test_long_names_widen_their_boxes():
    name = "a_name_that_is_so_long_that_it_needs_more_room_than_any_other"
    found = drawn(f"""
        spec: 1
        nodes:
          x: {{type: Input, shape: [4]}}
          {name}: {{type: Dense, units: 2, inputs: x}}
        outputs: [{name}]
        """)
    assert faults(found) == []
    assert name in [text.text for placed in found.boxes for text in placed.texts]


def test_many_inputs_of_one_node_each_have_an_arrow():
    names = [f"x_{number}" for number in range(30)]
    nodes = "\n".join(f"          {name}: {{type: Input, shape: [4]}}" for name in names)
    found = drawn(f"""
        spec: 1
        nodes:
{nodes}
          all: {{type: concatenate, inputs: [{", ".join(names)}]}}
        outputs: [all]
        """)
    assert faults(found) == []
    ends = [edge.points[-1].x for edge in found.edges if edge.edge.target == "node:all"]
    assert len(set(ends)) == 30

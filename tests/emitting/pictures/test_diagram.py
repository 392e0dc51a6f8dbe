"""What a picture shows: boxes, edges and their kinds, what is folded and what is drawn once."""

from __future__ import annotations

from textwrap import dedent

import pytest

import spec_compiler as sc
from spec_compiler.emitting.pictures.build import build_diagram
from spec_compiler.emitting.pictures.errors import UnknownBlockError
from spec_compiler.emitting.pictures.options import PictureOptions

pytestmark = pytest.mark.usefixtures("stand_ins")

STAGES = """
    spec: 1
    blocks:
      unit:
        params: {units: 4}
        inputs: [x]
        nodes:
          dense: {type: Dense, units: "${units}", inputs: x}
          norm: {type: LayerNormalization, inputs: dense}
        outputs: [norm]
      stage:
        inputs: [x]
        nodes:
          first: {type: unit, inputs: x}
          next: {type: unit, repeat: 3, inputs: first}
          sum: {type: add, inputs: [first, next]}
        outputs: [sum]
    nodes:
      x: {type: Input, shape: [4]}
      one: {type: stage, inputs: x}
      two: {type: stage, inputs: one}
      y: {type: Dense, units: 1, inputs: two}
    outputs: {y: {loss: mse, loss_weight: 0.5, metrics: [mae]}}
    """


def diagram(text: str, **options):
    return build_diagram(sc.load_spec(sc.Source.text(dedent(text))), PictureOptions(**options))


def outline(found) -> list[str]:
    """The boxes, a line each: those inside are indented."""

    def of(box, indent):
        times = f" × {box.times}" if box.times > 1 else ""
        yield f"{indent}{box.kind} {box.title}{times}"
        for inner in box.boxes:
            yield from of(inner, indent + "  ")

    return [line for box in found.boxes for line in of(box, "")]


def edges(found) -> set[tuple[str, str, str, str]]:
    """The edges: the titles of the boxes, the label, and the kind."""
    ports = {port.id: (box.title, port.label) for box in found.all_boxes() for port in box.ports}
    titles = {box.id: box.title for box in found.all_boxes()}
    return {(ports[edge.port][0], titles[edge.target], ports[edge.port][1], edge.kind) for edge in found.edges}


def box(found, title: str):
    return next(each for each in found.all_boxes() if each.title == title)


def test_a_spec_is_boxes_with_what_they_call_and_shapes_at_the_edges():
    found = build_diagram(sc.load_spec("specs/news.yaml"))
    assert outline(found) == [
        "input main_input",
        "layer embedding",
        "layer lstm",
        "layer aux_output",
        "input aux_input",
        "layer merged",
        "layer dense × 3",
        "layer main_output",
        "output main_output",
        "output aux_output",
    ]
    assert box(found, "lstm").lines == ("LSTM · 69,760 parameters", "units=32")
    assert box(found, "dense").lines == ("Dense · 10,752 parameters", "units=64, activation=relu")
    assert found.subtitle == "5,200,610 parameters"
    assert ("main_input", "embedding", "(None, 100) int32", "data") in edges(found)
    assert ("merged", "dense", "(None, 37)", "data") in edges(found)
    assert ("dense", "main_output", "(None, 64)", "data") in edges(found)
    assert len(found.edges) == 9


def test_outputs_have_their_loss_its_weight_and_their_metrics():
    found = build_diagram(sc.load_spec("specs/news.yaml"))
    by_id = {each.id: each for each in found.all_boxes()}
    assert by_id["output:aux_output"].lines == ("loss binary_crossentropy × 0.2",)
    assert by_id["output:main_output"].lines == ("loss binary_crossentropy", "metrics accuracy")


def test_blocks_are_boxes_in_boxes_and_a_repeat_is_drawn_once():
    stage = [
        "  open first",
        "    layer dense",
        "    layer norm",
        "  open next × 3",
        "    layer dense",
        "    layer norm",
        "  layer sum",
    ]
    found = diagram(STAGES)
    assert outline(found) == ["input x", "open one", *stage, "open two", *stage, "layer y", "output y"]
    # What one copy gives the next is inside of the box that stands for both.
    assert len(found.edges) == 14


@pytest.mark.parametrize(
    ("options", "boxes"),
    [
        ({"depth": 1}, ["input x", "folded one", "folded two", "layer y", "output y"]),
        (
            {"depth": 1, "unfold": ("two",)},
            [
                *("input x", "folded one", "open two", "  folded first", "  folded next × 3", "  layer sum"),
                *("layer y", "output y"),
            ],
        ),
        (
            {"depth": 1, "unfold": ("two.next",)},
            [
                *("input x", "folded one", "open two", "  folded first", "  open next × 3"),
                *("    layer dense", "    layer norm", "  layer sum", "layer y", "output y"),
            ],
        ),
        (
            {"fold": ("unit",)},
            [
                *("input x", "open one", "  folded first", "  folded next × 3", "  layer sum"),
                *("open two", "  folded first", "  folded next × 3", "  layer sum", "layer y", "output y"),
            ],
        ),
    ],
)
def test_blocks_are_folded_by_depth_and_by_name(options, boxes):
    assert outline(diagram(STAGES, **options)) == boxes


def test_a_folded_block_says_what_is_in_it_and_has_one_edge_for_a_tensor():
    found = diagram(STAGES, depth=1)
    assert box(found, "one").lines == ("stage", "9 nodes · 112 parameters")
    assert edges(found) == {
        ("x", "one", "(None, 4)", "data"),
        ("one", "two", "(None, 4)", "data"),
        ("two", "y", "(None, 4)", "data"),
        ("y", "y", "(None, 1)", "data"),
    }


def test_a_block_that_is_not_there_is_refused_with_what_may_be_meant():
    with pytest.raises(UnknownBlockError, match="no block is named `stagee`: did you mean `stage`"):
        diagram(STAGES, unfold=("stagee",))


@pytest.mark.parametrize("options", [{"depth": 0}, {"direction": "up"}, {"theme": "pink"}])
def test_options_have_their_values_only(options):
    with pytest.raises(ValueError, match=r"`(depth|direction|theme)` is "):
        PictureOptions(**options)


def test_copies_that_differ_are_drawn_once_with_the_first_and_the_last_value():
    found = diagram("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          wider: {type: Dense, units: "${8 * (index + 1)}", repeat: 3, inputs: x}
        outputs: [wider]
        """)
    assert outline(found) == ["input x", "layer wider × 3", "output wider"]
    assert box(found, "wider").lines == ("Dense · 592 parameters", "units=8…24")
    assert ("wider", "wider", "(None, 24)", "data") in edges(found)


def test_copies_of_another_form_are_drawn_apart():
    found = diagram("""
        spec: 1
        blocks:
          step:
            params: {last: false}
            inputs: [x]
            nodes:
              dense: {type: Dense, units: 4, inputs: x}
              drop: {type: Dropout, rate: 0.5, when: "${last}", inputs: dense}
            outputs: [drop]
        nodes:
          x: {type: Input, shape: [4]}
          step: {type: step, last: "${index == 3}", repeat: 4, inputs: x}
        outputs: [step]
        """)
    assert outline(found)[:3] == ["input x", "open step × 3", "  layer dense"]
    assert outline(found)[3:] == ["open step.4", "  layer dense", "  layer drop", "output step"]


def test_what_is_written_out_again_and_again_is_drawn_once_too():
    layers = "\n".join(
        f"          d{n}: {{type: Dense, units: 4, inputs: {f'd{n - 1}' if n else 'x'}}}" for n in range(5)
    )
    found = diagram(
        f"spec: 1\nnodes:\n          x: {{type: Input, shape: [4]}}\n{layers}\noutputs: [d4]\nlint: {{ignore: [SC616]}}"
    )
    assert outline(found) == ["input x", "layer d0 … d4 × 5", "output d4"]


def test_a_pattern_of_nodes_that_is_written_out_is_drawn_once_as_a_box():
    lines, before = [], "x"
    for number in range(4):
        lines += [
            f"          dense_{number}: {{type: Dense, units: 4, inputs: {before}}}",
            f"          norm_{number}: {{type: LayerNormalization, inputs: dense_{number}}}",
            f"          sum_{number}: {{type: add, inputs: [{before}, norm_{number}]}}",
        ]
        before = f"sum_{number}"
    found = diagram(
        "spec: 1\nnodes:\n          x: {type: Input, shape: [4]}\n" + "\n".join(lines) + f"\noutputs: [{before}]"
    )
    assert outline(found) == [
        "input x",
        "open dense_0 … dense_3 × 4",
        "  layer dense_0",
        "  layer norm_0",
        "  layer sum_0",
        "output sum_3",
    ]


def test_copies_of_for_that_are_the_same_are_drawn_once():
    found = diagram("""
        spec: 1
        blocks:
          expert:
            inputs: [x]
            nodes:
              hidden: {type: Dense, units: 4, inputs: x}
              said: {type: Dense, units: 2, inputs: hidden}
            outputs: [said]
        nodes:
          x: {type: Input, shape: [4]}
          "expert_${i}": {for: {i: 30}, type: expert, inputs: x}
          "active_${i}": {for: {i: 30}, type: Activation, activation: relu, inputs: "expert_${i}"}
          mean: {type: average, inputs: ["active_*"]}
          "${task}_tower": {for: {task: [left, right]}, type: Dense, units: 4, inputs: mean}
          "${task}": {for: {task: [left, right]}, type: Dense, units: 1, inputs: "${task}_tower"}
        outputs: [left, right]
        """)
    assert outline(found) == [
        "input x",
        "open expert_0 … expert_29 × 30",
        "  layer hidden",
        "  layer said",
        "layer active_0 … active_29 × 30",
        "layer mean",
        "layer left_tower, right_tower × 2",
        "layer left, right × 2",
        "output left",
        "output right",
    ]
    assert edges(found) == {
        ("x", "hidden", "(None, 4)", "data"),
        ("hidden", "said", "(None, 4)", "data"),
        ("said", "active_0 … active_29", "(None, 2)", "data"),
        ("active_0 … active_29", "mean", "(None, 2)", "data"),
        ("mean", "left_tower, right_tower", "(None, 2)", "data"),
        ("left_tower, right_tower", "left, right", "(None, 4)", "data"),
        ("left, right", "left", "(None, 1)", "data"),
        ("left, right", "right", "(None, 1)", "data"),
    }
    assert len(found.edges) == 8


@pytest.mark.parametrize(
    "nodes",
    [
        """
          "h${i}": {for: {i: 2}, type: Dense, units: "${2 + i}", inputs: x}
          y: {type: concatenate, inputs: [h0, h1]}
        """,
        """
          "h${i}": {for: {i: 2}, type: Dense, units: 2, inputs: x}
          only: {type: Activation, activation: relu, inputs: h0}
          y: {type: concatenate, inputs: [only, h1]}
        """,
        """
          z: {type: Dense, units: 4, inputs: x}
          "h${i}": {for: {i: 2}, type: Dense, units: 2, inputs: "${['x', 'z'][i]}"}
          y: {type: concatenate, inputs: [h0, h1]}
        """,
        """
          h0: {type: Dense, units: 4, inputs: x}
          "h${i}": {for: {i: [1, 2]}, type: Dense, units: 4, inputs: "h${i - 1}"}
          y: {type: concatenate, inputs: [h0, h1, h2]}
        """,
    ],
    ids=["other arguments", "taken by others", "taking others", "in a chain"],
)
def test_copies_of_for_that_are_not_the_same_are_drawn_one_by_one(nodes):
    found = diagram(f"spec: 1\nnodes:\n          x: {{type: Input, shape: [4]}}{nodes.rstrip()}\noutputs: [y]\n")
    assert [each.title for each in found.all_boxes() if each.title.startswith("h")][-2:] in (["h0", "h1"], ["h1", "h2"])
    assert all(each.times == 1 for each in found.all_boxes())


def test_what_something_else_takes_from_is_not_drawn_once():
    found = diagram("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 4, inputs: x}
          b: {type: Dense, units: 4, inputs: a}
          c: {type: Dense, units: 4, inputs: b}
          d: {type: add, inputs: [b, c]}
        outputs: [d]
        """)
    assert not [each for each in found.all_boxes() if each.times > 1]


def test_a_shared_layer_has_one_colour_and_is_tied_to_all_its_calls():
    found = build_diagram(sc.load_spec("specs/tweets.yaml"))
    assert [(each.title, each.colour) for each in found.all_boxes() if each.colour is not None] == [
        ("encoder", 0),
        ("encoded_a", 0),
        ("encoded_b", 0),
    ]
    assert box(found, "encoder").kind == "shared"
    assert box(found, "encoded_a").lines == ("encoder",)
    tied = {edge for edge in edges(found) if edge[3] == "shared"}
    assert tied == {("encoder", "encoded_a", "", "shared"), ("encoder", "encoded_b", "", "shared")}


def test_a_shared_block_is_drawn_once_and_tied_to_a_layer_around_it():
    found = build_diagram(sc.load_spec("specs/hierarchical_attention.yaml"), PictureOptions(depth=1))
    shared = box(found, "sentence")
    assert [each.title for each in shared.boxes] == ["words", "vectors", "read", "read"]
    assert ("sentence", "row", "", "shared") in edges(found)
    assert box(found, "row").colour == shared.colour == 0


def test_states_and_masks_are_told_apart_from_data():
    found = diagram("""
        spec: 1
        nodes:
          words: {type: Input, shape: [null], dtype: int32}
          counts: {type: Input, shape: [null], dtype: bool}
          vectors: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true, inputs: words}
          read: {type: LSTM, units: 4, return_state: true, inputs: vectors}
          write: {type: GRU, units: 4, inputs: {sequences: vectors, initial_state: [read.state_h], mask: counts}}
        outputs: [write]
        """)
    assert edges(found) == {
        ("words", "vectors", "(None, None) int32", "data"),
        ("vectors", "read", "(None, None, 4)", "masked"),
        ("vectors", "write", "(None, None, 4)", "masked"),
        ("read", "write", "state_h (None, 4)", "state"),
        ("counts", "write", "(None, None) bool", "mask"),
        ("write", "write", "(None, 4)", "data"),
    }


def test_a_graph_as_large_as_any_is_folded_as_far_as_there_is_room():
    found = diagram("""
        spec: 1
        blocks:
          step:
            params: [rate]
            inputs: [x]
            nodes:
              a: {type: Dropout, rate: "${rate}", inputs: x}
              b: {type: add, inputs: [x, a]}
            outputs: [b]
        nodes:
          x: {type: Input, shape: [4]}
          "s${n}": {for: {n: "${range(300)}"}, type: step, rate: "${n / 500}", inputs: x}
          sum: {type: add, inputs: ["s*"]}
        outputs: [sum]
        """)
    assert {each.kind for each in found.all_boxes() if each.title.startswith("s") and each.title != "sum"} == {"folded"}

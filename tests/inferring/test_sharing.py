"""Shared and nested layers: one set of weights each, one name each."""

from __future__ import annotations

from textwrap import dedent

import pytest

import spec_compiler as sc
from tests.marked import expect, underlined

TWO = """
spec: 1
layers:
  encoder: {type: Dense, units: 5}
nodes:
  a: {type: Input, shape: [3]}
  b: {type: Input, shape: [3]}
  first: {use: encoder, inputs: a}
  second: {use: encoder, inputs: b}
  both: {type: concatenate, inputs: [first, second]}
outputs: [both]
"""


def weights_of(spec):
    graph = sc.load_spec(sc.Source.text(spec))
    return {
        key: [(weight.name, weight.shape) for weight in weights] for key, weights in graph.weights.items() if weights
    }


def test_a_shared_layer_has_its_weights_once():
    graph = sc.load_spec(sc.Source.text(TWO))
    assert weights_of(TWO) == {"encoder": [("kernel", (3, 5)), ("bias", (5,))]}
    assert (graph.parameter_count, graph.trainable_parameter_count, graph.weight_bytes) == (20, 20, 80)
    assert graph.sharing() == [("encoder", ("first", "second"), 20, 20)]


def test_a_layer_of_its_own_for_each_has_its_weights_twice():
    spec = TWO.replace("use: encoder", "type: Dense, units: 5").replace(
        "layers:\n  encoder: {type: Dense, units: 5}\n", ""
    )
    graph = sc.load_spec(sc.Source.text(spec))
    assert (graph.parameter_count, graph.sharing()) == (40, [])


def test_a_layer_is_shared_also_through_the_layers_that_it_stands_in():
    graph = sc.load_spec(
        sc.Source.text("""
            spec: 1
            layers:
              vision: {type: Dense, units: 4}
              each: {type: TimeDistributed, layer: {use: vision}}
              twice: {type: Dense, units: 3}
            nodes:
              v: {type: Input, shape: [9, 5]}
              w: {type: Input, shape: [9, 5]}
              x: {type: Input, shape: [3]}
              a: {use: each, inputs: v}
              b: {use: each, inputs: w}
              c: {type: Sequential, layers: [{use: twice}, {use: twice}], inputs: x}
            outputs: [a, b, c]
        """)
    )
    assert graph.sharing() == [("each", ("a", "b"), 0, 0), ("vision", ("a", "b"), 24, 24), ("twice", ("c",), 12, 12)]
    assert graph.parameter_count == 36


CELLS = """
spec: 1
layers: {cell: {type: GRUCell, units: 3}, dense: {type: Dense, units: 3}}
nodes:
  x: {type: Input, shape: [5, 3]}
  y: {type: RNN, cell: [{use: cell}, {use: cell}], inputs: x}
  z: {type: Sequential, layers: [{use: dense}, {use: dense}], inputs: y}
outputs: [z]
"""


def test_a_layer_that_stands_in_another_twice_has_its_weights_once():
    graph = sc.load_spec(sc.Source.text(CELLS))
    assert (graph.parameter_count, graph.sharing()) == (84, [("cell", ("y",), 72, 72), ("dense", ("z",), 12, 12)])


@pytest.mark.tensorflow
def test_so_it_has_in_keras():
    assert sc.compile_spec(sc.Source.text(CELLS)).count_params() == 84


def test_two_uses_inside_one_layer_have_to_agree_as_well():
    expect("""
        spec: 1
        layers:
          dense: {type: Dense, units: 3}
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Sequential, layers: [{use: dense}, {use: dense}], inputs: x}  # SC315 SC406
          z: {type: Sequential, layers: [{type: Dense, units: 4, name: d}, {type: ReLU, name: d}], inputs: x}  # SC212
        outputs: [y, z]
    """)


def test_what_a_shared_block_shares_inside_itself_is_named_after_it():
    graph = sc.load_spec(
        sc.Source.text("""
            spec: 1
            blocks:
              pair:
                inputs: [x]
                layers: {step: {type: Dense, units: 4}}
                nodes: {one: {use: step, inputs: x}, two: {use: step, inputs: one}}
                outputs: [two]
            layers: {model: {type: pair}}
            nodes:
              x: {type: Input, shape: [4]}
              y: {type: Input, shape: [4]}
              a: {use: model, inputs: x}
              b: {use: model, inputs: y}
            outputs: [a, b]
        """)
    )
    assert graph.sharing() == [
        ("model", ("a", "b"), 20, 20),
        ("model.step", ("model.one", "model.two"), 20, 20),
    ]
    assert "  model.step: called by model.one, model.two; 20 parameters saved" in graph.summary().splitlines()


def test_weights_that_are_not_trained_are_counted_apart():
    graph = sc.load_spec(sc.Source.text(TWO.replace("units: 5", "units: 5, trainable: false")))
    assert (graph.parameter_count, graph.trainable_parameter_count) == (20, 0)


def test_calls_that_need_other_weights_are_an_error_that_names_both():
    report = expect("""
        spec: 1
        layers:
          encoder: {type: Dense, units: 5}
        nodes:
          a: {type: Input, shape: [3]}
          b: {type: Input, shape: [4]}
          first: {use: encoder, inputs: a}
          second: {use: encoder, inputs: b}  # SC406
          both: {type: concatenate, inputs: [first, second]}
        outputs: [both]
    """)
    (found,) = report
    assert [(text in found.message) for text in ("`first`", "`second`", "(3, 5)", "(4, 5)")] == [True] * 4
    assert [related.span.start.line for related in found.related] == [7]


def test_a_shared_layer_without_weights_takes_anything():
    expect("""
        spec: 1
        layers: {flat: {type: Flatten}}
        nodes:
          a: {type: Input, shape: [3, 2]}
          b: {type: Input, shape: [4]}
          both: {type: concatenate, inputs: [c, d]}
          c: {use: flat, inputs: a}
          d: {use: flat, inputs: b}
        outputs: [both]
    """)


def test_a_nested_layer_is_named_after_its_owner():
    spec = """
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 3]}
          both: {type: Bidirectional, layer: {type: LSTM, units: 2}, inputs: x}
        outputs: [both]
    """
    graph = sc.load_spec(sc.Source.text(spec))
    assert graph.layers["both"].config.layer.name == "both.layer"
    assert graph.parameter_count == 2 * 4 * (3 * 2 + 2 * 2 + 2)


def test_the_layers_of_a_sequential_are_named_after_it_and_their_place():
    graph = sc.load_spec(
        sc.Source.text("""
            spec: 1
            nodes:
              x: {type: Input, shape: [4]}
              head:
                type: Sequential
                layers:
                  - {type: Dense, units: 8}
                  - {type: Dropout, rate: 0.1}
                  - {type: Dense, units: 2, name: last}
                inputs: x
            outputs: [head]
        """)
    )
    assert [inner.name for inner in graph.layers["head"].config.layers] == ["head.layers.0", "head.layers.1", "last"]
    assert graph.parameter_count == 4 * 8 + 8 + 8 * 2 + 2


def test_a_shared_layer_inside_another_keeps_its_own_weights():
    spec = """
        spec: 1
        layers:
          vision: {type: Dense, units: 2}
        nodes:
          video: {type: Input, shape: [5, 3]}
          seen: {type: TimeDistributed, layer: {use: vision}, inputs: video}
        outputs: [seen]
    """
    assert weights_of(spec) == {"vision": [("kernel", (3, 2)), ("bias", (2,))]}


def test_a_layer_that_is_called_and_wrapped_is_a_warning():
    report = expect("""
        spec: 1
        layers:
          vision: {type: Dense, units: 2}
        nodes:
          video: {type: Input, shape: [5, 3]}
          frame: {type: Input, shape: [3]}
          seen: {type: TimeDistributed, layer: {use: vision}, inputs: video}  # SC315
          still: {use: vision, inputs: frame}
        outputs: [seen, still]
    """)
    assert report.ok
    assert underlined(report) == [("SC315", "vision")]


@pytest.mark.parametrize("second", ["seen_again", "still"])
def test_the_weights_of_a_layer_in_two_places_are_counted_once(second):
    nodes = {
        "seen_again": "{type: TimeDistributed, layer: {use: vision}, inputs: video}",
        "still": "{use: vision, inputs: frame}",
    }
    frame = "  frame: {type: Input, shape: [3]}\n" if second == "still" else ""
    graph = sc.load_spec(
        sc.Source.text(
            "spec: 1\nlayers: {vision: {type: Dense, units: 2}}\nnodes:\n"
            f"  video: {{type: Input, shape: [5, 3]}}\n{frame}"
            "  seen: {type: TimeDistributed, layer: {use: vision}, inputs: video}\n"
            f"  {second}: {nodes[second]}\noutputs: [seen, {second}]\n"
        )
    )
    assert graph.parameter_count == 8


def test_names_of_layers_are_one_namespace():
    expect("""
        spec: 1
        layers:
          shared: {type: Dense, units: 2}
          other: {type: Dense, units: 2, name: taken}
        nodes:
          x: {type: Input, shape: [4]}
          shared: {type: Dense, units: 2, inputs: x}  # SC310
          a: {use: other, inputs: x}
          taken: {type: Dense, units: 2, inputs: x}  # SC310
          b: {type: Dense, units: 2, name: c, inputs: x}
          c: {type: Dense, units: 2, inputs: x}  # SC310
        outputs: [shared, a, taken, b, c]
    """)


def test_a_node_may_be_called_as_the_shared_layer_that_it_calls():
    expect("""
        spec: 1
        layers: {encoder: {type: Dense, units: 2}}
        nodes:
          x: {type: Input, shape: [4]}
          encoder: {use: encoder, inputs: x}
        outputs: [encoder]
    """)


def test_shared_layers_that_hold_each_other_in_a_cycle_are_an_error():
    report = expect("""
        spec: 1
        layers:
          a: {type: Sequential, layers: [{use: b}]}
          b: {type: Sequential, layers: [{use: a}]}  # SC302
        nodes:
          x: {type: Input, shape: [4]}
          y: {use: a, inputs: x}
        outputs: [y]
    """)
    assert "a -> b -> a" in report.diagnostics[0].message


def test_use_calls_a_layer_that_exists_as_it_is():
    expect("""
        spec: 1
        layers:
          encoder: {type: Dense, units: 2}
          wrapped: {type: LSTM, units: 2}
          op: {type: Input, shape: [4]}  # SC317
        nodes:
          x: {type: Input, shape: [4]}
          a: {use: encodr, inputs: x}  # SC311
          b: {use: x, inputs: x}  # SC311
          c: {use: encoder, units: 3, inputs: x}  # SC209
          d: {use: encoder, name: e, inputs: x}  # SC201
          f: {use: 3, inputs: x}  # SC203
          g: {type: TimeDistributed, layer: {use: encodr}, inputs: x}  # SC311
          h: {type: TimeDistributed, layer: {use: wrapped, units: 3}, inputs: x}  # SC201
          i: {type: TimeDistributed, layer: {type: Input, shape: [3]}, inputs: x}  # SC317
          j: {type: TimeDistributed, layer: 3, inputs: x}  # SC203
          k: {type: TimeDistributed, inputs: x}  # SC210
          l: {type: Bidirectional, layer: {use: wrapped}, inputs: x}  # SC316
        outputs: [a, b, c, d, f, g, h, i, j, k, l]
    """)


def test_the_graph_for_networkx_has_an_edge_for_each_tensor_that_flows():
    graph = sc.load_spec(sc.Source.text(TWO)).to_networkx()
    assert sorted(graph.edges(data="shape")) == [
        ("a", "first", (None, 3)),
        ("b", "second", (None, 3)),
        ("first", "both", (None, 5)),
        ("second", "both", (None, 5)),
    ]
    assert dict(graph.nodes(data="layer")) == {
        "a": "a",
        "b": "b",
        "first": "encoder",
        "second": "encoder",
        "both": "both",
    }


BROKEN_BLOCK = """
    spec: 1
    blocks:
      vision:
        inputs: [picture]
        nodes:
          seen: {type: Dense, units: "3", inputs: picture}  # SC203
        outputs: [seen]
    layers:
      vision: {type: vision}
    nodes:
      video: {type: Input, shape: [5, 3]}
      frames: NODE
    outputs: [frames]
"""


@pytest.mark.parametrize(
    "node", ["{use: vision, inputs: video}", "{type: TimeDistributed, layer: {use: vision}, inputs: video}"]
)
def test_a_mistake_in_a_shared_block_is_one_mistake_however_it_is_called(node):
    expect(BROKEN_BLOCK.replace("NODE", node))


CHAIN = """
    spec: 1
    layers: {{chain: {{type: Sequential, layers: {layers}}}}}
    nodes:
      a: {{type: Input, shape: {a}}}
      b: {{type: Input, shape: {b}}}
      of_a: {{use: chain, inputs: a}}
      of_b: {{use: chain, inputs: b}}
    outputs: [of_a, of_b]
"""


@pytest.mark.parametrize(
    ("layers", "a", "b", "found"),
    [
        ("[{type: Dense, units: 4}]", "[8, 4]", "[9, 4]", []),
        ("[{type: LSTM, units: 4}]", "[8, 4]", "[null, 4]", []),
        ("[{type: Dense, units: 4}]", "[8, 4]", "[4]", [("SC401", "b")]),
        ("[{type: Flatten}, {type: Dense, units: 4}]", "[8, 4]", "[9, 4]", [("SC406", "b")]),
        ("[{type: Dense, units: 4}]", "[8, 4]", "[8, 5]", [("SC406", "b")]),
        ("[{type: Dense, units: 4}, {type: Flatten}, {type: Reshape, target_shape: [2, -1]}, {type: Dense, units: 2}]",
         "[8, 4]", "[9, 4]", [("SC406", "b")]),
        ("[{type: GlobalAveragePooling1D}, {type: RandomCrop, height: 2, width: 2}]",
         "[8, 4]", "[9, 4]", [("SC401", "{type: RandomCrop, height: 2, width: 2}")]),
        ("[{type: LSTM, units: 4, unroll: true}]", "[8, 4]", "[9, 4]", [("SC404", "chain")]),
    ],
)  # fmt: skip
def test_a_shared_sequential_works_for_all_its_calls(layers, a, b, found):
    report = sc.check_spec(sc.Source.text(dedent(CHAIN.format(layers=layers, a=a, b=b)).lstrip()))
    assert underlined(report) == found
    if found == [("SC401", "b")]:
        assert "`of_a`" in report.diagnostics[0].message


def test_a_block_stands_inside_a_layer_as_a_shared_one():
    text = dedent("""
        spec: 1
        blocks: {vision: {inputs: [x], nodes: {d: {type: Dense, units: 2, inputs: x}}, outputs: [d]}}
        layers: {shared: {type: vision}}
        nodes:
          x: {type: Input, shape: [5, 8]}
          y: {type: TimeDistributed, layer: {use: shared}, inputs: x}
        outputs: [y]
    """)
    assert sc.load_spec(sc.Source.text(text)).parameter_count == 18
    report = sc.check_spec(
        sc.Source.text(text.replace("use: shared", "type: vision").replace("layers: {shared: {type: vision}}\n", ""))
    )
    assert underlined(report)[0] == ("SC317", "vision")
    assert report.diagnostics[0].hint == "declare it under `layers`, `name: {type: vision}`, and write `{use: name}`"

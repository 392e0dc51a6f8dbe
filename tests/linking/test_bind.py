"""What flows into a node: references, lists, mappings; several outputs; names of outputs."""

from __future__ import annotations

import spec_compiler as sc
from tests.marked import expect


def call_of(node, spec):
    """The arguments of a node's call: for each the tensors by name."""
    graph = sc.load_spec(sc.Source.text(spec))
    return {
        argument: [graph.tensor_name(each) for each in value] if isinstance(value, tuple) else graph.tensor_name(value)
        for argument, value in graph.calls[node].items()
    }


HEAD = """
spec: 1
nodes:
  x: {type: Input, shape: [4, 3]}
  y: {type: Input, shape: [4, 3]}
  m: {type: Input, shape: [4], dtype: bool}
  h: {type: LSTM, units: 3, return_state: true, return_sequences: true, inputs: x}
"""


def spec_with(node):
    """A spec whose last node is `node`, with those of the other nodes that it needs."""
    inputs = node.split("inputs")[1]
    lines = [
        line for line in HEAD.splitlines() if line.strip()[:2] not in ("y:", "m:", "h:") or line.strip()[0] in inputs
    ]
    return "\n".join([*lines, f"  end: {node}", "outputs: [end]", ""])


def test_one_reference_is_the_first_tensor():
    assert call_of("end", spec_with("{type: Identity, inputs: x}")) == {"inputs": "x"}


def test_a_list_of_one_is_the_same():
    assert call_of("end", spec_with("{type: Identity, inputs: [x]}")) == {"inputs": "x"}


def test_a_merging_layer_takes_the_list():
    assert call_of("end", spec_with("{type: add, inputs: [x, y, x]}")) == {"inputs": ["x", "y", "x"]}


def test_a_mapping_names_the_arguments_of_the_call():
    node = "{type: MultiHeadAttention, num_heads: 2, key_dim: 2, inputs: {value: y, query: x, attention_mask: m}}"
    spec = spec_with(node).replace("shape: [4], dtype: bool", "shape: [4, 4], dtype: bool")
    assert call_of("end", spec) == {"query": "x", "value": "y", "attention_mask": "m"}


def test_tensors_that_a_layer_always_needs_may_stand_in_a_list():
    node = "{type: MultiHeadAttention, num_heads: 2, key_dim: 2, inputs: [x, y]}"
    assert call_of("end", spec_with(node)) == {"query": "x", "value": "y"}


def test_a_state_is_given_by_the_names_of_the_outputs_or_by_their_numbers():
    for states in ("[h.state_h, h.state_c]", "[h.1, h.2]", "[h.1, h.state_c]"):
        node = f"{{type: LSTM, units: 3, inputs: {{sequences: y, initial_state: {states}}}}}"
        assert call_of("end", spec_with(node)) == {"sequences": "y", "initial_state": ["h.state_h", "h.state_c"]}


def test_a_bare_reference_means_all_outputs_where_a_list_is_taken():
    spec = spec_with("{type: concatenate, axis: -1, inputs: g}").replace(
        "  end:", "  g: {type: LSTM, units: 3, return_state: true, inputs: x}\n  end:"
    )
    assert call_of("end", spec) == {"inputs": ["g.output", "g.state_h", "g.state_c"]}
    spec = spec.replace("inputs: g}", "inputs: [g, g.output]}")
    assert call_of("end", spec) == {"inputs": ["g.output", "g.state_h", "g.state_c", "g.output"]}


def outputs_of(node):
    graph = sc.load_spec(
        sc.Source.text(f"""
            spec: 1
            nodes:
              x: {{type: Input, shape: [4, 3]}}
              n: {node}
            outputs:
              out: {{from: n.0}}
        """)
    )
    return graph.results["n"].names


def test_outputs_are_named_as_the_language_says():
    assert outputs_of("{type: LSTM, units: 2, return_state: true, inputs: x}") == ("output", "state_h", "state_c")
    assert outputs_of("{type: GRU, units: 2, return_state: true, inputs: x}") == ("output", "state")
    assert outputs_of("{type: SimpleRNN, units: 2, return_state: true, inputs: x}") == ("output", "state")
    assert outputs_of("{type: Bidirectional, layer: {type: LSTM, units: 2, return_state: true}, inputs: x}") == (
        "output",
        "forward_h",
        "forward_c",
        "backward_h",
        "backward_c",
    )
    assert outputs_of(
        "{type: MultiHeadAttention, num_heads: 2, key_dim: 2, call: {return_attention_scores: true}, inputs: [x, x]}"
    ) == ("output", "scores")


def test_one_tensor_of_several_must_be_picked():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 3]}
          h: {type: LSTM, units: 2, return_state: true, inputs: x}
          a: {type: Identity, inputs: h}  # SC307
          b: {type: Identity, inputs: h.state}  # SC306
          c: {type: Identity, inputs: h.3}  # SC306
          d: {type: Identity, inputs: h.-1}  # SC214
          e: {type: Identity, inputs: a.output}
          f: {type: Identity, inputs: x.1}  # SC306
          g: {type: Identity, inputs: x.0}
        outputs:
          h: {}  # SC307
          i: {from: h.state_g}  # SC306
          j: {from: a}
          b: {}
          c: {}
          d: {}
          e: {}
          f: {}
          g: {}
    """)
    assert report.diagnostics[0].hint == "pick one: `h.output`, `h.state_h`, `h.state_c`"


def test_the_number_of_inputs_is_what_the_layer_takes():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2}  # SC308
          b: {type: Dense, units: 2, inputs: []}  # SC308
          c: {type: Dense, units: 2, inputs: [x, x]}  # SC308
          d: {type: add, inputs: []}  # SC308
          e: {type: subtract, inputs: [x, x, x]}  # SC308
          f: {type: concatenate}  # SC308
          g: {type: Input, shape: [4], inputs: x}  # SC308
          h: {type: MultiHeadAttention, num_heads: 1, key_dim: 1, inputs: x}  # SC308
          i: {type: MultiHeadAttention, num_heads: 1, key_dim: 1, inputs: {query: x}}  # SC308
          j: {type: Dense, units: 2, inputs: {inputs: [x, x]}}  # SC308
          k: {type: Dense, units: 2, inputs: {}}  # SC308
        outputs: [a, b, c, d, e, f, g, h, i, j, k]
    """)


def test_arguments_of_a_call_are_those_that_the_layer_has():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 3]}
          a: {type: LSTM, units: 2, inputs: {sequence: x}}  # SC309
          b: {type: LSTM, units: 2, inputs: {sequences: x, training: x}}  # SC309
          c: {type: LSTM, units: 2, call: {mask: x}, inputs: x}  # SC309
          d: {type: LSTM, units: 2, call: {training: 1}, inputs: x}  # SC203
          e: {type: LSTM, units: 2, call: {training: false}, inputs: x}
          f: {type: Flatten, call: {training: true}, inputs: x}  # SC309
          g: {type: Dropout, rate: 0.5, call: {training: null}, inputs: x}
        outputs: [a, b, c, d, e, f, g]
    """)


def test_a_number_stands_only_where_an_op_takes_a_tensor():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: 3}  # SC203
          b: {type: add, inputs: [x, 0.5]}  # SC203
        outputs: [a, b]
    """)


def test_flags_reach_the_call():
    graph = sc.load_spec(
        sc.Source.text("""
            spec: 1
            nodes:
              x: {type: Input, shape: [4]}
              y: {type: Dropout, rate: 0.5, call: {training: true}, inputs: x}
            outputs: [y]
        """)
    )
    assert graph.nodes["y"].flags == {"training": True}


def test_a_layer_of_several_tensors_is_in_no_layer_that_gives_it_one():
    report = expect("""
        spec: 1
        blocks:
          pair: {inputs: [x, y], nodes: {z: {type: add, inputs: [x, y]}}, outputs: [z]}
        layers:
          model: {type: pair}
        nodes:
          x: {type: Input, shape: [4, 3]}
          a: {type: TimeDistributed, layer: {type: add}, inputs: x}  # SC212
          b: {type: TimeDistributed, layer: {type: MultiHeadAttention, num_heads: 2, key_dim: 2}, inputs: x}  # SC212
          c: {type: TimeDistributed, layer: {use: model}, inputs: x}  # SC212
          d: {type: Sequential, layers: [{type: Dense, units: 3}, {type: LSTMCell, units: 3}], inputs: x}  # SC212
          e: {type: Sequential, layers: [{type: Attention}], inputs: x}  # SC212
          videos: {type: Input, shape: [2, 4, 3]}
          f: {type: TimeDistributed, layer: {type: LSTM, units: 3, return_state: true}, inputs: videos}  # SC402
        outputs: [a, b, c, d, e, f]
    """)
    assert [found.message for found in report if found.code != "SC603"] == [
        "`TimeDistributed` takes a layer of one tensor, and `a.layer` takes several",
        "`TimeDistributed` takes a layer of one tensor, and `b.layer` takes several",
        "`TimeDistributed` takes a layer of one tensor, and `model` takes several",
        "`Sequential` chains layers of one tensor, and `d.layers.1` takes several",
        "`Sequential` chains layers of one tensor, and `e.layers.0` takes several",
        "`f` (TimeDistributed) takes a layer with one output, and `LSTM` has 3",
    ]


def test_a_call_of_two_lists_takes_them_by_name():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [3]}
          y: {type: ops.select, inputs: [x, x]}  # SC308
          z: {type: ops.select}  # SC308
        outputs: [y, z]
    """)
    assert [found.hint for found in report] == ["write `inputs: {condlist: …, choicelist: …}`"] * 2

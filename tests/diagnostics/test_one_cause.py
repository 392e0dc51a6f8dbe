"""One cause gives one finding, at the thing that it is about, and help that fits the case."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import codes_and_lines, expect, underlined


def check(text: str) -> sc.Report:
    return sc.check_spec(sc.Source.text(text, form="yaml"))


def test_a_layer_inside_another_that_does_not_fit_is_named_and_underlined():
    report = expect("""
        spec: 1
        layers:
          chain: {type: Sequential, layers: [{type: Flatten}, {type: LSTM, units: 3}]}  # SC401
        nodes:
          x: {type: Input, shape: [5, 8]}
          a: {type: TimeDistributed, layer: {type: Conv2D, filters: 2, kernel_size: 3}, inputs: x}  # SC401
          b:
            type: Sequential
            layers:
              - {type: Flatten}
              - {type: GRU, units: 3}  # SC401
            inputs: x
          c: {use: chain, inputs: x}
          d: {type: SpectralNormalization, layer: {type: Conv2D, filters: 2, kernel_size: 3}, inputs: x}  # SC401
          e: {type: TimeDistributed, layer: {type: Sequential, layers: [{type: GRU, units: 2}]}, inputs: x}  # SC401
        outputs: [a, b, c, d, e]
    """)
    assert underlined(report) == [
        ("SC401", "{type: LSTM, units: 3}"),
        ("SC401", "{type: Conv2D, filters: 2, kernel_size: 3}"),
        ("SC401", "{type: GRU, units: 3}"),
        ("SC401", "{type: Conv2D, filters: 2, kernel_size: 3}"),
        ("SC401", "{type: GRU, units: 2}"),
    ]
    assert [found.message.partition(" takes")[0] for found in report] == [
        "`chain.layers.1` (LSTM)",
        "`a.layer` (Conv2D)",
        "`b.layers.1` (GRU)",
        "`d.layer` (Conv2D)",
        "`e.layer.layers.0` (GRU)",
    ]
    assert report.diagnostics[0].related[-1].message == "`c` calls `chain` here"


def test_an_argument_of_a_layer_inside_another_is_underlined_itself():
    report = check("""
spec: 1
nodes:
  x: {type: Input, shape: [5, 4, 4, 1]}
  a: {type: TimeDistributed, layer: {type: Conv2D, filters: 2, kernel_size: 9}, inputs: x}
outputs: [a]
""")
    assert underlined(report) == [("SC405", "9")]


def test_a_block_named_as_a_layer_of_keras_is_refused_where_it_is_written():
    report = expect("""
        spec: 1
        blocks:
          Dense: {inputs: [x], nodes: {d: {type: Identity, inputs: x}}, outputs: [d]}  # SC318
          Lambda: {inputs: [x], nodes: {d: {type: Identity, inputs: x}}, outputs: [d]}  # SC318
          dense: {inputs: [x], nodes: {d: {type: Identity, inputs: x}}, outputs: [d]}
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}
          b: {type: dense, inputs: a}
        outputs: [b]
    """)
    assert underlined(report) == [("SC318", "Dense"), ("SC318", "Lambda")]


def test_a_misspelt_key_of_lint_is_about_lint():
    (found,) = expect("""
        spec: 1
        nodes: {x: {type: Input, shape: [4]}}
        outputs: [x]
        lint: {ingore: []}  # SC201
    """)
    assert (found.message, found.fix) == ("`lint` has no key `ingore`", "ignore")


def test_a_list_as_an_edge_is_a_pair():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Identity}
          b: {type: Identity}
        edges:
          - [x, a, b]  # SC215
        outputs: [b]
    """)
    assert underlined(report) == [("SC215", "[x, a, b]")]
    assert [(found.hint, found.fix) for found in report] == [("write `x -> a -> b`", '"x -> a -> b"')]


def test_a_directive_at_the_end_says_what_it_is():
    (found,) = check("spec: 1\nnodes: {x: {type: Input, shape: [4]}}\noutputs: [x]\n%YAML 1.2\n")
    assert (found.code, found.message, found.hint) == (
        "SC101",
        "`%YAML 1.2` is a directive of YAML, which stands at the beginning of a text, before `---`",
        "leave the line out",
    )


def test_attention_takes_its_tensors_in_a_list():
    report = expect("""
        spec: 1
        nodes:
          a: {type: Input, shape: [5, 8]}
          b: {type: Input, shape: [6, 8]}
          c: {type: Attention, inputs: {value: b, query: a}}  # SC309
          d: {type: add, inputs: {first: a, second: a}}  # SC309
        outputs: [c, d]
    """)
    assert [found.hint for found in report] == [
        "write `inputs: [a, b]`, query and value in this order",
        "write `inputs: [a, a]`",
    ]


@pytest.mark.usefixtures("stand_ins")
def test_a_block_of_several_outputs_where_one_tensor_is_taken_lists_them():
    report = expect("""
        spec: 1
        blocks:
          two:
            inputs: [x]
            nodes: {a: {type: Dense, units: 2, inputs: x}, b: {type: Dense, units: 2, inputs: x}}
            outputs: {next: a, skip: b}
        nodes:
          x: {type: Input, shape: [5, 8]}
          d: {type: two, inputs: x}
          y: {type: Identity, inputs: d}  # SC307
          z: {type: MultiHeadAttention, num_heads: 2, key_dim: 2, inputs: {query: d, value: x}}  # SC307
          w: {type: add, inputs: d}
        outputs: {y: {}, z: {}, w: {}, d: {}}  # SC307
    """)
    assert {found.hint for found in report} == {"pick one: `d.next`, `d.skip`"}


def test_the_values_of_for_make_names():
    (found,) = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          "h_${f}": {for: {f: [[a, 2]]}, type: Dense, units: 2, inputs: x}  # SC221
        outputs: [x]
    """)
    assert found.message == "the values of `f` are texts and numbers, which make names, and [a, 2] is neither"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("f'{n}'", "an expression has no f-strings"),
        ("{a: 1 for a in n}", "an expression has no dict, no set and no comprehension of them"),
        ("n.bit_length()", "an expression has no attributes and no methods"),
        ("'a'.upper()", "an expression has no attributes and no methods"),
        ("lambda: n", "an expression has no functions of its own"),
        ("n = 2", "an expression assigns nothing"),
        ("(n = 2)", "an expression assigns nothing"),
        ("sorted([n], key=len)", "a function of an expression takes no arguments by name"),
        ("[...]", "`...` means nothing in an expression"),
        ("sum(v for v in [n])", "a comprehension is one value in brackets"),
        ("[v for v in [n] for w in [n]]", "a comprehension has one `for` and at most one `if`"),
        ("[v for v, (w, u) in [n]]", "the variables of a comprehension are names"),
        ("keys(n) if n.keys() else 0", "an expression has no attributes and no methods"),
    ],
)
def test_what_only_python_has_is_said_to_be_missing_from_expressions(expression, message):
    (found,) = sc.check_spec({
        "spec": 1,
        "params": {"n": 2},
        "nodes": {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", "units": f"${{{expression}}}", "inputs": "x"}},
        "outputs": ["y"],
    })  # fmt: skip
    assert (found.code, found.message) == ("SC218", message)


@pytest.mark.parametrize(
    ("given", "node", "hint"),
    [
        (
            "shape: [1, 28, 28]",
            "{type: Conv2D, filters: 2, kernel_size: 3, inputs: x}",
            "the channels come last: `shape: [28, 28, 1]`",
        ),
        (
            "shape: [60000, 28, 28, 1]",
            "{type: Conv2D, filters: 2, kernel_size: 3, inputs: x}",
            "`shape` is that of one sample, without the batch: `shape: [28, 28, 1]`",
        ),
        (
            "shape: [28, 28]",
            "{type: MaxPooling2D, inputs: x}",
            "the channels, or features, are an axis of their own, also if there is one: `shape: [28, 28, 1]`",
        ),
        (
            "shape: [null]",
            "{type: LSTM, units: 2, inputs: x}",
            "the channels, or features, are an axis of their own, also if there is one: `shape: [null, 1]`",
        ),
        ("shape: [100], dtype: int32", "{type: LSTM, units: 2, inputs: x}", None),
        ("batch_shape: [1, 2, 3, 4, 5]", "{type: Conv2D, filters: 2, kernel_size: 3, inputs: x}", None),
        (
            "shape: [2, 28, 28]",
            "{type: Conv2D, filters: 2, kernel_size: 29, inputs: x}",
            "make `kernel_size` smaller, or use `padding: same`",
        ),
    ],
)
def test_a_shape_that_does_not_fit_is_helped_by_what_is_wrong_with_it(given, node, hint):
    (found,) = check(f"spec: 1\nnodes:\n  x: {{type: Input, {given}}}\n  y: {node}\noutputs: [y]\n")
    assert found.hint == hint


def test_the_shape_of_an_input_is_helped_through_layers_that_keep_it():
    (found,) = check("""
spec: 1
nodes:
  x: {type: Input, shape: [28, 28]}
  scaled: {type: Rescaling, scale: 0.1, inputs: x}
  y: {type: Conv2D, filters: 2, kernel_size: 3, inputs: scaled}
outputs: [y]
""")
    assert found.hint is not None
    assert found.hint.endswith("`shape: [28, 28, 1]`")


@pytest.mark.usefixtures("stand_ins")
def test_class_weights_of_several_outputs_are_sent_to_what_works():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, activation: softmax, inputs: x}
          b: {type: Dense, units: 1, inputs: x}
        outputs: {a: {loss: sparse_categorical_crossentropy}, b: {loss: mse}}
        fit: {class_weight: {0: 1.0, 1: 5.0}}  # SC212
    """)
    assert [found.hint for found in report] == [
        "give a `sample_weight` for each output to `fit` in the calling program, or take a focal loss such as "
        "`CategoricalFocalCrossentropy`"
    ]


def test_old_arguments_are_one_finding_each():
    report = expect("""
        spec: 1
        nodes:
          words: {type: Input, shape: [8], dtype: int32}
          image: {type: Input, shape: [8, 8, 3]}
          a: {type: Embedding, input_dim: 100, output_dim: 8, input_length: 10, inputs: words}  # SC209
          b: {type: Conv2D, nb_filter: 8, kernel_size: 3, border_mode: same, inputs: image}  # SC209 SC209
          c: {type: nn.Linear, in_features: 3, out_features: 2, inputs: b}  # SC208
          d: {type: ops.reduce_sum, keep_dims: true, inputs: b}  # SC208
        outputs: [a, b, c, d]
    """)
    assert codes_and_lines(report)[0] == ("SC209", 5)
    assert [found.fix for found in report] == [None, "filters", "padding", "Dense", "ops.sum"]


def test_arguments_on_the_wrong_side_of_a_layer_are_told_where_they_belong():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [3, 4]}
          a: {type: Bidirectional, layer: {type: LSTM}, units: 4, inputs: x}  # SC209
          b: {type: TimeDistributed, layer: Dense, units: 3, inputs: x}  # SC209
          c: {type: Bidirectional, layer: {type: LSTM, units: 3, merge_mode: sum}, inputs: x}  # SC209
          d: {type: RNN, cell: {type: LSTMCell, units: 3}, recurrent_dropout: 0.5, inputs: x}  # SC209
          e: {type: TimeDistributed, layer: {type: Dense, units: 3}, filters: 3, inputs: x}  # SC209
        outputs: [a, b, c, d, e]
    """)
    assert [(found.message, found.hint) for found in report] == [
        ("`Bidirectional` has no argument `units`", "`units` is an argument of `LSTM`: write it in `layer`"),
        ("`TimeDistributed` has no argument `units`", "`units` is an argument of `Dense`: write it in `layer`"),
        (
            "`LSTM` has no argument `merge_mode`",
            "`merge_mode` is an argument of `Bidirectional`: write it beside `layer`",
        ),
        (
            "`RNN` has no argument `recurrent_dropout`",
            "`recurrent_dropout` is an argument of `LSTMCell`: write it in `cell`",
        ),
        ("`TimeDistributed` has no argument `filters`", None),
    ]


def test_arguments_without_the_layer_that_they_are_of_are_one_mistake():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [3, 4]}
          a: {type: Bidirectional, units: 4, return_sequences: true, inputs: x}  # SC210
          b: {type: Bidirectional, merge_mod: sum, inputs: x}  # SC210 SC209
        outputs: [a, b]
    """)
    assert [found.hint for found in report] == [
        "the layer inside is written with its arguments: `layer: {type: …, units: 4, return_sequences: true}`",
        None,
        "did you mean `merge_mode`?",
    ]


def test_what_leads_to_no_output_and_does_not_fit_is_told_so_behind_layers_of_the_model():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [8, 8, 3]}
          a: {type: BatchNormalization, inputs: x}
          b: {type: ReLU, inputs: a}  # SC304
          c: {type: Conv1D, filters: 2, kernel_size: 3, inputs: b}  # SC304 SC401
        outputs: [a]
    """)


def test_what_is_not_formed_as_a_name_is_told_once_and_not_where_it_is_named():
    expect("""
        spec: 1
        params: {2p: 3, ok: 2}  # SC206
        layers:
          2a: {type: Dense, units: 2}  # SC206
          b c: {type: Dense, units: 2}  # SC206
        blocks:
          2b: {inputs: [i], nodes: {d: {type: Dense, units: 2, inputs: i}}, outputs: [d]}  # SC206
          ops.add: {inputs: [i], nodes: {d: {type: Dense, units: 2, inputs: i}}, outputs: [d]}  # SC206
        nodes:
          x: {type: Input, shape: [4, 4]}
          a: {use: 2a, inputs: x}
          b: {type: TimeDistributed, layer: {use: b c}, inputs: x}
          c: {type: 2b, inputs: x}
          d: {type: Dense, units: "${2p}", inputs: x}
          e: {type: Dense, units: "${ok * 2p}", inputs: x}
          "f_${2i}": {for: {2i: 3}, type: Dense, units: "${2i}", inputs: x}  # SC206
        outputs: [a, b, c, d, e]
    """)


def test_an_empty_name_of_a_shared_layer_is_said_to_be_empty():
    report = check('spec: 1\nnodes: {x: {type: Input, shape: [4]}, y: {use: "", inputs: x}}\noutputs: [y]\n')
    assert [found.message for found in report] == ['no shared layer is named the text `""`']

from __future__ import annotations

import pytest
from lsprotocol import types

from spec_compiler.language_server.completion import resolve
from tests.language_server.editor import Editor, apply
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")

NEWS = (ROOT / "specs/news.yaml").read_text(encoding="utf-8")


def labels(editor: Editor, old: str, new: str, spec: str = NEWS, before: str | None = None) -> list[str]:
    """What is proposed at the mark, after the spec was sound."""
    assert old in spec
    editor.open("a.yaml", before or spec)
    return editor.labels("a.yaml", spec.replace(old, new, 1))


LSTM = "{type: LSTM, units: 32, inputs: embedding}"


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        (LSTM, "{|", ["type"]),
        (LSTM, "{type: LSTM, |", ["units", "inputs"]),
        (LSTM, "{type: LSTM, |}", ["units", "inputs"]),
        (LSTM, "{type: LSTM, un|, inputs: embedding}", ["units"]),
        (LSTM, "{type: LSTM, units: 2, return_state: |, inputs: embedding}", ["false", "true"]),
        ("compile: {optimizer: rmsprop}", "compile: {|}", ["optimizer", "jit_compile"]),
        ("outputs:\n", "outputs:\n  |\n", ["main_output", "dense"]),
        ("metrics: [accuracy]", "metrics: [|]", ["acc", "accuracy"]),
        ("fit: {epochs: 50, batch_size: 32}", "fit: {callbacks: [{type: |}]}", ["EarlyStopping", "ReduceLROnPlateau"]),
        ("\nparams:", "\nlint: {ignore: [|]}\nparams:", ["SC601", "SC602"]),
    ],
)
def test_what_can_be_written_is_proposed(editor: Editor, old: str, new: str, first: list[str]):
    assert labels(editor, old, new)[: len(first)] == first


def test_types_are_blocks_layers_and_ops(editor: Editor):
    spec = "spec: 1\nblocks: {mine: {inputs: [x], nodes: {y: {type: Flatten, inputs: x}}, outputs: [y]}}\nnodes:\n  a: {type: |}\n"
    found = editor.labels("a.yaml", spec)
    assert found[0] == "mine"
    assert {"Dense", "concatenate", "ops.matmul", "Input"} <= {*found}
    assert found.index("Dense") < found.index("ops.matmul")
    nested = editor.labels("a.yaml", "spec: 1\nnodes:\n  a: {type: TimeDistributed, layer: {type: |}}\n")
    assert "Dense" in nested
    assert not {"Input", "ops.matmul"} & {*nested}


def test_references_that_fit_come_first_with_their_shapes(editor: Editor):
    spec = "spec: 1\nnodes:\n  image: {type: Input, shape: [8, 8, 3]}\n  flat: {type: Flatten, inputs: image}\n  conv: {type: Conv2D, filters: 2, kernel_size: 3, inputs: |}\n  more: {type: Flatten, inputs: conv}\noutputs: [more, flat]\n"
    found = editor.proposals("a.yaml", spec)
    assert [(item.label, item.detail) for item in found] == [
        ("image", "(None, 8, 8, 3) float32"),
        ("flat", "(None, 192) float32, does not fit"),
    ]


def test_nodes_that_depend_on_a_node_are_left_out(editor: Editor):
    assert labels(editor, "inputs: embedding}", "inputs: |}") == ["embedding", "aux_input", "main_input"]


def test_outputs_of_a_node_are_proposed(editor: Editor):
    spec = "spec: 1\nnodes:\n  x: {type: Input, shape: [5, 4]}\n  read: {type: LSTM, units: 3, return_state: true, inputs: x}\n  y: {type: Dense, units: 1, inputs: read.|}\noutputs: [y]\n"
    editor.open("a.yaml", spec.replace("read.|", "read.output"))
    found = [item.label for item in editor.proposals("a.yaml", spec) if item.label.startswith("read.")]
    assert found == ["read.output", "read.state_h", "read.state_c"]


def test_in_expressions_params_variables_and_functions_are_proposed(editor: Editor):
    found = labels(editor, '"${units}"', '"${|}"')
    assert found[:3] == ["index", "units", "vocabulary"]
    assert {"min", "range", "zip"} <= {*found}
    assert labels(editor, '"${units}"', '"${un|')[0] == "units"
    loop = 'spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  "y_${i}": {for: {i: 3}, type: Dense, units: "${|}", inputs: x}\noutputs: [y_0]\n'
    assert editor.labels("a.yaml", loop)[0] == "i"


def test_a_node_of_a_block_takes_its_params_and_inputs(editor: Editor):
    spec = "spec: 1\nblocks: {b: {params: {width: 3, kind: {default: relu, choices: [relu, elu]}}, inputs: [left, right], nodes: {y: {type: add, inputs: [left, right]}}, outputs: [y]}}\nnodes:\n  a: {type: b, |}\n"
    assert {"width", "kind"} <= {*editor.labels("a.yaml", spec)}
    assert editor.labels("a.yaml", spec.replace("|", "kind: |"))[:2] == ["relu", "elu"]
    assert editor.labels("a.yaml", spec.replace("|", "inputs: {|}")) == ["left", "right"]


def test_losses_and_metrics_that_fit_come_first(editor: Editor):
    spec = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: 10, activation: softmax, inputs: x}\noutputs:\n  y: {loss: |}\n"
    found = {item.label: item for item in editor.proposals("a.yaml", spec)}
    order = {label: number for number, label in enumerate(found)}
    assert order["sparse_categorical_crossentropy"] < order["binary_crossentropy"]
    assert found["binary_crossentropy"].detail == "loss, does not fit the output"
    metrics = {
        item.label: item.detail
        for item in editor.proposals("a.yaml", spec.replace("loss: |", "loss: mse, metrics: [|]"))
    }
    assert metrics["mae"] == "metric"


def test_what_training_logs_can_be_watched(editor: Editor):
    new = "fit: {callbacks: [{type: EarlyStopping, monitor: |}]}"
    found = labels(editor, "fit: {epochs: 50, batch_size: 32}", new)
    assert {"loss", "val_loss", "main_output_accuracy", "val_aux_output_loss"} <= {*found}


def test_files_of_blocks_can_be_imported(editor: Editor):
    editor.write("blocks/mine.yaml", "spec: 1\nblocks: {}\n")
    found = labels(editor, "\nparams:", "\nimports: [|]\nparams:")
    assert found[0] == "blocks/mine.yaml"
    assert "std/resnet.yaml" in found


def test_shared_layers_can_be_used(editor: Editor):
    spec = "spec: 1\nlayers: {one: {type: Dense, units: 2}}\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {use: |, inputs: x}\noutputs: [y]\n"
    assert editor.labels("a.yaml", spec) == ["one"]


def test_a_block_mapping_is_completed_line_by_line(editor: Editor):
    spec = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y:\n    type: Dense\n    |\noutputs: [y]\n"
    assert editor.labels("a.yaml", spec)[:2] == ["units", "inputs"]
    assert editor.labels("a.yaml", spec.replace("    type: Dense\n", ""))[0] == "type"
    assert "Dense" in editor.labels("a.yaml", spec.replace("    type: Dense\n    |", "    type: |"))


def test_json_gets_quotes(editor: Editor):
    text = '{"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}, "y": {"type": "Dense", |}}}'
    position = editor.open_at("a.json", text)
    found = editor.service.completion(editor.uri("a.json"), position).items
    units = next(item for item in found if item.label == "units")
    assert isinstance(units.text_edit, types.TextEdit)
    assert '"Dense", "units": }' in apply(editor.text("a.json"), [units.text_edit])
    position = editor.open_at("a.json", text.replace("|", '"units": 2, "inputs": "|"'))
    (reference,) = [
        item for item in editor.service.completion(editor.uri("a.json"), position).items if item.label == "x"
    ]
    assert isinstance(reference.text_edit, types.TextEdit)
    assert '"inputs": "x"}' in apply(editor.text("a.json"), [reference.text_edit])


def test_what_is_proposed_replaces_the_word(editor: Editor):
    position = editor.open_at("a.yaml", NEWS.replace("type: LSTM", "type: LS|"))
    found = editor.service.completion(editor.uri("a.yaml"), position).items
    (item,) = [each for each in found if each.label == "LSTM"]
    assert isinstance(item.text_edit, types.TextEdit)
    assert apply(editor.text("a.yaml"), [item.text_edit]) == NEWS
    assert item.documentation is None
    documented = resolve(item).documentation
    assert isinstance(documented, types.MarkupContent)
    assert documented.value.startswith("# LSTM (layer)")


def inserted(editor: Editor, spec: str, label: str) -> str:
    """A text with a proposal taken at the mark."""
    item = next(each for each in editor.proposals("a.yaml", spec) if each.label == label)
    assert isinstance(item.text_edit, types.TextEdit)
    return apply(editor.text("a.yaml"), [item.text_edit])


def test_a_key_that_is_there_already_gets_no_second_colon(editor: Editor):
    for typed in ("un|: 32", "un|its: 32", "un| : 32"):
        after = inserted(editor, NEWS.replace("type: LSTM, units: 32", f"type: LSTM, {typed}"), "units")
        assert after.replace("units : 32", "units: 32") == NEWS
    assert inserted(editor, NEWS.replace("type: LS", "type: L|S"), "LSTM") == NEWS


def test_where_a_section_begins_names_are_keys(editor: Editor):
    spec = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: 2, inputs: x}\n"
    for section, label in (("defaults", "Dense"), ("outputs", "y")):
        assert inserted(editor, f"{spec}{section}:\n  |\n", label) == f"{spec}{section}:\n  {label}: \n"


TRAINED = """\
spec: 1
params: {width: 3, rate: 0.1, act: {default: relu, choices: [relu, gelu]}}
layers: {shared: {type: LSTM, units: 2, return_sequences: true}}
nodes:
  x: {type: Input, shape: [5, 4]}
  other: {type: Input, shape: [3]}
  read: {use: shared, inputs: x}
  y: {type: Dense, units: "${width}", activation: softmax, inputs: read}
outputs: {y: {loss: mse}}
models: {part: {inputs: [x], outputs: {z: {from: y, loss: mse}}}}
inputs: [x, other]
phases: [{train: [y], epochs: 2}]
search: {width: [1, 2]}
"""


@pytest.mark.parametrize(
    ("old", "new", "proposed"),
    [
        ("[{train: [y], epochs: 2}]", "[{|}]", ["train", "epochs", "learning_rate"]),
        ("train: [y]", "train: [y, |]", ["shared", "read"]),
        ("epochs: 2", "learning_rate: {type: |}", None),
        ("{width: [1, 2]}", "{|}", ["width", "rate", "act"]),
        ("{width: [1, 2]}", "{width: {|}}", ["choices", "min", "max", "log", "step"]),
        ("{width: [1, 2]}", "{act: [|]}", ["relu", "gelu"]),
        ("{width: [1, 2]}", "{rate: {log: |}}", ["false", "true"]),
        ("inputs: [x, other]", "inputs: [x, |]", ["other"]),
        ("{use: shared, inputs: x}", "{use: shared, |}", ["inputs", "call", "repeat", "for", "when"]),
        ("{use: shared, inputs: x}", "{use: shared, inputs: {|}}", ["sequences", "initial_state", "mask"]),
        ('units: "${width}"', "units: |", ["${width}"]),
        ("epochs: 2", "epochs: |", ["${width}"]),
        ("spec: 1", "spec: |", ["1"]),
    ],
)
def test_each_section_proposes_its_own(editor: Editor, old: str, new: str, proposed: list[str] | None):
    found = labels(editor, old, new, TRAINED)
    assert found == proposed if proposed is not None else found[0] == "CosineDecay"


def test_losses_of_the_models_of_a_spec_fit_too(editor: Editor):
    new = TRAINED.replace("from: y, loss: mse", "from: y, loss: |")
    editor.open("a.yaml", TRAINED)
    found = {item.label: item.detail for item in editor.proposals("a.yaml", new)}
    assert found["binary_crossentropy"] == "loss, does not fit the output"


def test_a_node_is_offered_only_what_it_can_say(editor: Editor):
    blocks = "spec: 1\nblocks: {b: {inputs: [q], nodes: {y: {type: Flatten, inputs: q}}, outputs: [y]}}\n"
    spec = f"{blocks}layers: {{s: {{type: |}}}}\nnodes:\n  x: {{type: Input, shape: [4]}}\noutputs: [x]\n"
    assert editor.labels("a.yaml", spec)[0] == "b"
    assert not {"Input", "ops.matmul"} & {*editor.labels("a.yaml", spec)}
    spec = f"{blocks}layers: {{s: {{type: b}}}}\nnodes:\n  x: {{type: Input, shape: [4]}}\n  y: {{}}\noutputs: [y]\n"
    assert editor.labels("a.yaml", spec.replace("y: {}", "y: {use: s, inputs: {|}}")) == ["q"]
    assert not {"use", "name"} & {*editor.labels("a.yaml", spec.replace("y: {}", "y: {type: b, |}"))}
    assert not {"inputs", "call", "when"} & {*editor.labels("a.yaml", spec.replace("y: {}", "y: {type: Input, |}"))}


def test_of_several_arguments_that_take_tensors_each_says_what_fits(editor: Editor):
    spec = TRAINED.replace(
        "outputs: {y", "  a: {type: MultiHeadAttention, num_heads: 2, key_dim: 2, inputs: {}}\noutputs: {y"
    )
    editor.open("a.yaml", spec.replace("inputs: {}", "inputs: {query: read, value: read}"))
    for typed in ("{query: |}", "{query: read, value: |}"):
        found = {
            item.label: item.detail
            for item in editor.proposals("a.yaml", spec.replace("inputs: {}", f"inputs: {typed}"))
        }
        assert found["read"] == "(None, 5, 2) float32"
        assert found["other"] == "(None, 3) float32, does not fit"


@pytest.mark.parametrize(
    ("expression", "variables"),
    [
        ("[| for w in [1, 2]]", ["w"]),
        ("[a + | for a, b in zip([1], [2])]", ["a", "b"]),
        ("[w for w in [1, 2] if |]", ["w"]),
        ("[[w + | for v in [1]] for w in [1]]", ["v", "w"]),
        ("[w for w in |]", []),
        ("[w for w in [1]] + [|]", []),
        ("[|] + [w for w in [1]]", []),
    ],
)
def test_variables_of_comprehensions_are_proposed_where_they_can_be_used(editor: Editor, expression, variables):
    found = editor.proposals("a.yaml", TRAINED.replace("${width}", f"${{{expression}}}"))
    assert [item.label for item in found if item.detail == "variable"] == variables


def test_the_values_of_a_loop_do_not_know_its_variable(editor: Editor):
    loop = TRAINED.replace("  y: {", '  "l_${i}": {for: {i: "${[|]}"}, type: Flatten, inputs: x}\n  y: {')
    assert "i" not in editor.labels("a.yaml", loop)


def test_in_remarks_nothing_is_proposed(editor: Editor):
    assert editor.labels("a.yaml", NEWS.replace("nodes:\n", "nodes:  # ty|\n")) == []


def test_an_empty_document_is_helped_along(editor: Editor):
    assert editor.labels("new.yaml", "|")[:1] == ["spec"]


MIXED = """\
spec: 1
imports: [std/residual.yaml]
params: {n: 4}
blocks:
  conv:
    params: [filters]
    inputs: [image]
    nodes:
      c: {type: Conv2D, filters: "${filters}", kernel_size: 3, inputs: image}
    outputs: [c]
  both:
    inputs: [left, right]
    nodes:
      l: {type: Dense, units: 3, inputs: left}
      s: {type: Add, inputs: [l, right]}
    outputs: [s]
  outer:
    params: [width]
    inputs: [image]
    nodes:
      flat: {type: Flatten, inputs: image}
      y: {type: conv, filters: "${width}", inputs: image}
    outputs: [y, flat]
layers: {shared: {type: conv, filters: 3}}
nodes:
  picture: {type: Input, shape: [9, 9, 3]}
  steps: {type: Input, shape: [5, 4]}
  words: {type: Input, shape: [7], dtype: int32}
  row: {type: Input, shape: [3]}
  other: {type: Input, shape: [4, 6]}
  o: {type: outer, width: 3, inputs: picture}
  y: {type: Flatten, inputs: row}
outputs: [y, o.y]
"""
GIVEN = ("picture", "steps", "words", "row", "other")


@pytest.mark.parametrize(
    ("node", "fitting"),
    [
        ("{type: conv, filters: 3, inputs: |}", {"picture"}),
        ('{type: conv, filters: "${n}", inputs: [|]}', {"picture"}),
        ("{type: conv, filters: 3, repeat: 2, inputs: |}", {"picture"}),
        ("{use: shared, inputs: |}", {"picture"}),
        # The block lacks an argument, so that nothing is known of what it takes.
        ("{type: conv, inputs: |}", {*GIVEN}),
        ("{type: residual, filters: 3, inputs: |}", {"picture"}),
        ("{type: both, inputs: [row, |]}", {"row", "picture"}),
        ("{type: both, inputs: {left: row, right: |}}", {"row", "picture"}),
        ("{type: both, inputs: {right: |}}", {"row", "picture"}),
        ("{type: both, inputs: [|, row]}", {*GIVEN}),
        ("{type: ops.matmul, inputs: [steps, |]}", {"other", "row", "words"}),
        ("{type: ops.matmul, inputs: [|, steps]}", set()),
        ("{type: ops.take, inputs: [steps, |]}", {"words"}),
        ("{type: ops.where, inputs: [row, |]}", {*GIVEN}),
        ("{type: MultiHeadAttention, num_heads: 2, key_dim: 2, inputs: [steps, |]}", {"steps", "other"}),
        ("{type: Concatenate, inputs: [steps, |]}", {"steps"}),
    ],
)
def test_references_that_fit_the_input_that_is_typed_come_first(editor: Editor, node: str, fitting: set[str]):
    editor.open("a.yaml", MIXED)
    proposed = editor.proposals("a.yaml", MIXED.replace("{type: Flatten, inputs: row}", node))
    found = [item for item in proposed if item.label in GIVEN]
    fits = [not str(item.detail).endswith("does not fit") for item in found]
    assert {item.label for item, each in zip(found, fits, strict=True) if each} == fitting
    assert fits == sorted(fits, reverse=True)


def test_inside_a_block_what_fits_another_block_comes_first(editor: Editor):
    editor.open("a.yaml", MIXED)
    new = MIXED.replace('filters: "${width}", inputs: image', 'filters: "${width}", inputs: |')
    found = {item.label: item.detail for item in editor.proposals("a.yaml", new)}
    assert found["image"] == "(None, 9, 9, 3) float32"
    assert found["flat"] == "(None, 243) float32, does not fit"

"""A number of a few digits does not ask for more than can be kept, nor for what Keras cannot save or run."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.catalog import registry
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.rules import MOST_OUTPUTS

MANY = 1_000_000_000
LONG = f"spec: 1\nnodes:\n  x: {{type: Input, shape: [{MANY}]}}\n"
TEXT = "spec: 1\nnodes:\n  x: {type: Input, shape: [3], dtype: string}\n"
NUMBERS = TEXT.replace("string", "int64")


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        (f"{LONG}  y: {{type: ops.split, indices_or_sections: {MANY}, axis: 1, inputs: x}}", "indices_or_sections"),
        (f"{LONG}  y: {{type: ops.array_split, indices_or_sections: {MANY}, axis: 1, inputs: x}}", "indices_or_sections"),
        (f"{LONG}  y: {{type: ops.hsplit, indices_or_sections: {MANY}, inputs: x}}", "indices_or_sections"),
        (f"{LONG}  y: {{type: ops.unstack, num: {MANY}, axis: 1, inputs: x}}", "num"),
        (f"{LONG}  y: {{type: ops.unstack, axis: 1, inputs: x}}", "num"),
        (f"{TEXT}  y: {{type: StringLookup, vocabulary: [a], num_oov_indices: {2**53 - 1}, inputs: x}}", "num_oov_indices"),
        (f"{NUMBERS}  y: {{type: IntegerLookup, vocabulary: [1], num_oov_indices: {MANY}, inputs: x}}", "num_oov_indices"),
        (f"{TEXT}  y: {{type: TextVectorization, ngrams: {MANY}, inputs: x}}", "ngrams"),
    ],
)  # fmt: skip
def test_a_number_that_becomes_a_list_is_bounded(text, argument):
    report = sc.check_spec(sc.Source.text(f"{text}\noutputs: {{z: {{from: y.0}}}}\n"))
    assert {found.code for found in report} == {"SC204"}
    assert f"/nodes/y/{argument}" == report.diagnostics[0].path


@pytest.mark.parametrize(
    ("node", "argument"),
    [
        ("type: ops.diff, n: {}, inputs: x", "n"),
        ("type: SpectralNormalization, layer: {type: Dense, units: 2}, power_iterations: {}, inputs: x", "power_iterations"),
        ("type: RandAugment, num_ops: {}, inputs: image", "num_ops"),
        ("type: AugMix, num_chains: {}, inputs: image", "num_chains"),
        ("type: AugMix, chain_depth: {}, inputs: image", "chain_depth"),
    ],
)  # fmt: skip
def test_a_number_of_rounds_that_keras_unrolls_is_bounded(node, argument):
    text = "spec: 1\nnodes:\n  x: {type: Input, shape: [4000]}\n  image: {type: Input, shape: [8, 8, 3]}\n"
    text += f"  y: {{{node}}}\ninputs: [x, image]\noutputs: [y]\n"
    (found,) = (each for each in sc.check_spec(sc.Source.text(text.replace("{}", "1001"))) if each.severity == "error")
    assert (found.code, found.path) == ("SC204", f"/nodes/y/{argument}")
    assert sc.check_spec(sc.Source.text(text.replace("{}", "1000"))).ok


def test_up_to_the_bound_all_of_it_is_there():
    node = f"  y: {{type: ops.unstack, num: {MOST_OUTPUTS}, axis: 1, inputs: x}}"
    text = f"spec: 1\nnodes:\n  x: {{type: Input, shape: [{MOST_OUTPUTS}]}}\n{node}\n"
    graph = sc.load_spec(sc.Source.text(f"{text}outputs: {{z: {{from: y.{MOST_OUTPUTS - 1}}}}}\n"))
    assert len(graph.results["y"].outputs) == MOST_OUTPUTS


@pytest.mark.parametrize("name", ["ELU", "Identity"])
def test_what_keras_cannot_save_is_refused(name):
    text = f"spec: 1\nnodes:\n  x: {{type: Input, shape: [4]}}\n  y: {{type: {name}, activity_regularizer: L2, inputs: x}}\noutputs: [y]\n"
    (found,) = sc.check_spec(sc.Source.text(text))
    assert (found.code, found.message) == ("SC212", f"Keras cannot save `{name}` with an `activity_regularizer`")
    assert sc.check_spec(sc.Source.text(text.replace("L2", "null"))).ok


LAYERS = [
    name
    for name in registry.type_names()
    if registry.own_name(name) == name and name != "Input" and not name.startswith("ops.")
    if "dtype" in registry.operation(name).model_fields
]


# The cells of a stack have dtypes of their own.
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in LAYERS if name != "StackedRNNCells"])
def test_no_layer_casts_numbers_to_text(name):
    text = example(name).text
    inputs = [node.outputs[0].dtype for node in sc.load_spec(sc.Source.text(text)).results.values()][:1]
    if inputs == ["float32"]:
        changed = text.replace(f"type: {name}", f"type: {name}, dtype: string", 1)
        assert not sc.check_spec(sc.Source.text(changed)).ok


@pytest.mark.parametrize("name", ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"])
@pytest.mark.parametrize("dtypes", [("float32", "int32"), ("int32", "float32"), ("float32", "float16")])
def test_a_merging_layer_of_the_dtype_string_is_refused(name, dtypes):
    axes = ", axes: 1" if name == "Dot" else ""
    nodes = "".join(f"  x{index}: {{type: Input, shape: [4], dtype: {dtype}}}\n" for index, dtype in enumerate(dtypes))
    text = f"spec: 1\nnodes:\n{nodes}  y: {{type: {name}{axes}, dtype: string, inputs: [x0, x1]}}\noutputs: [y]\n"
    assert [found.code for found in sc.check_spec(sc.Source.text(text))] == ["SC403"]

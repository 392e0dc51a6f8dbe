"""What the catalogue says of itself: descriptions of all names, and the examples."""

from __future__ import annotations

import re

import pytest

import spec_compiler as sc
from spec_compiler.catalog import describe, registry
from spec_compiler.catalog.describe import Field, Made
from spec_compiler.catalog.examples import INPUTS, example

LAYERS = [*(name for names in registry.LAYERS.values() for name in names), *registry.FUNCTIONS]
OPS = [name for names in registry.OPS.values() for name in names]
TYPES = [*LAYERS, *(f"ops.{name}" for name in OPS)]


def description(name, kind):
    (found,) = (each for each in describe.meanings(name) if each.kind == kind)
    return found


def field(description, name):
    (found,) = (each for each in (*description.fields, *description.general) if each.name == name)
    return found


def test_every_layer_states_an_example_of_its_own():
    assert [name for name in LAYERS if "example" not in vars(registry.operation(name))] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPES)
def test_every_example_is_a_spec_without_a_mistake(name):
    found = example(name)
    report = sc.check_spec(sc.Source.text(found.text))
    # Whatever its arguments are, Keras cannot load a `RandomShear`, and crops with a `RandomCrop` in training alone.
    doubts = {"RandomShear": ["SC320"], "RandomCrop": ["SC655"]}
    assert [d.code for d in report.diagnostics] == doubts.get(name, []), str(report)
    assert f"{found.node}: {{type: {name}" in found.text


def test_every_input_of_the_examples_is_used():
    text = "".join(example(name).text for name in TYPES)
    assert [name for name in INPUTS if f"\n  {name}: {{type: Input" not in text] == []


def test_what_is_no_type_or_an_alias_has_no_example():
    assert example("Convolution2D") is None
    assert example("ops.nn.relu") is None
    assert example("Adam") is None
    assert example("ops.nothing") is None


@pytest.mark.slow
@pytest.mark.parametrize("name", describe.names())
def test_every_name_has_a_description_with_nothing_left_open(name):
    found = describe.meanings(name)
    assert found
    for each in found:
        assert each.text
        assert each.summary.endswith((".", ")")) or "`" in each.summary
        assert name == each.name or name in each.others
        assert name not in each.others or name != each.name
        for one in (*each.fields, *each.general, *(each.calls or ())):
            assert one.text, (name, one.name)
            assert one.takes not in ("", "a value"), (name, one.name)
        page = describe.page(each)
        assert page.startswith(f"# {each.name} ({each.kind})\n")
        assert "None" not in re.sub(r"\(None", "", page) or "NaN" in page


def test_a_description_of_a_layer():
    dense = description("Dense", "layer")
    assert dense.fields[0] == Field("units", "a whole number > 0", None, "The length of the last axis of the output.")
    assert field(dense, "use_bias").default == "true"
    assert field(dense, "kernel_initializer").takes == "an initializer"
    assert field(dense, "activation").takes == "an activation or null"
    assert [each.name for each in dense.general] == ["trainable", "dtype", "activity_regularizer"]
    assert [(call.name, call.takes) for call in dense.calls] == [
        ("inputs", "a tensor"),
        ("training", "true or false, under `call`"),
    ]
    assert dense.usage is None


def test_arguments_without_a_default_come_first():
    for name in TYPES:
        required = [each.default is None for each in describe.of_type(name).fields]
        assert required == sorted(required, reverse=True)


def test_choices_and_ranges_are_in_words():
    conv = description("Conv2D", "layer")
    assert field(conv, "padding").takes == "`valid`, `same`"
    assert field(conv, "kernel_size").takes == "a whole number ≥ 1 or a list of 2"
    assert field(description("Dropout", "layer"), "rate").takes == "a number ≥ 0, ≤ 1"
    assert field(description("Adam", "optimizer"), "learning_rate").takes == "a number > 0 or a learning rate schedule"


@pytest.mark.parametrize(
    ("name", "kind", "own"),
    [
        ("Convolution2D", "layer", "Conv2D"),
        ("concatenate", "layer", "Concatenate"),
        ("dot", "layer", "dot"),
        ("ops.amax", "op", "ops.amax"),
        ("ops.numpy.matmul", "op", "ops.matmul"),
        ("he_normal", "initializer", "HeNormal"),
        ("l2", "regularizer", "L2"),
        ("max_norm", "constraint", "MaxNorm"),
        ("adam", "optimizer", "Adam"),
        ("mse", "loss", "mse"),
        ("acc", "metric", "acc"),
        ("EarlyStopping", "callback", "EarlyStopping"),
        ("CosineDecay", "learning rate schedule", "CosineDecay"),
        ("relu", "activation", "relu"),
    ],
)
def test_a_name_leads_to_what_it_stands_for(name, kind, own):
    found = description(name, kind)
    assert found.name == own
    assert own == name or name in found.others


def test_a_name_of_several_things_stands_for_all_of_them():
    assert [each.kind for each in describe.meanings("Identity")] == ["layer", "initializer"]
    assert [each.kind for each in describe.meanings("hinge")] == ["loss", "metric"]
    assert [each.kind for each in describe.meanings("Hinge")] == ["loss", "metric"]
    assert [each.text[:10] == "The share " for each in describe.meanings("Accuracy")] == [False, True]
    assert describe.meanings("Softmaxx") == []


def test_a_function_leads_to_the_class_that_takes_arguments():
    assert "{type: MeanSquaredError, …}" in description("MSE", "loss").text
    assert "{type: BinaryIoU, …}" in description("binary_io_u", "metric").text
    assert "Keras looks at" in description("crossentropy", "loss").text


def test_an_activation_leads_to_the_op_that_takes_arguments():
    assert "`ops.leaky_relu`" in description("leaky_relu", "activation").text
    assert "needs arguments" in description("threshold", "activation").text
    assert "ops." not in description("tanh", "activation").text


def test_a_thing_says_how_a_spec_names_it():
    assert description("Adam", "optimizer").usage == "Adam"
    schedule = description("CosineDecay", "learning rate schedule")
    assert schedule.usage == "{type: CosineDecay, initial_learning_rate: …, decay_steps: …}"
    assert "    learning_rate: {type: CosineDecay" in describe.page(schedule)


def test_what_is_no_type_has_no_description():
    with pytest.raises(KeyError):
        describe.of_type("nothing")
    with pytest.raises(KeyError):
        describe.of_config(describe.FAMILIES[0](), "nothing")


def test_a_page_has_the_example_and_what_it_gives():
    made = Made(("`y`: (None, 4) float32",), (("kernel", "(8, 4)", "float32", "GlorotUniform"),))
    page = describe.page(description("Dense", "layer"), "spec: 1\nnodes: {}\n", made)
    assert "## Example\n\n    spec: 1\n    nodes: {}\n\n## What it gives\n\n- `y`: (None, 4) float32\n" in page
    assert page.endswith("| kernel | (8, 4) | float32 | GlorotUniform |\n")

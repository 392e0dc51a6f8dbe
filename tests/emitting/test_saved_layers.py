"""Every layer, saved and loaded by Keras: it is the same, or the compiler has warned."""

from __future__ import annotations

import json

import keras
import pytest
import yaml

import spec_compiler as sc
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.registry import FUNCTIONS, LAYERS, operation

pytestmark = pytest.mark.tensorflow

NAMES = sorted({*(name for names in LAYERS.values() for name in names), *FUNCTIONS} - {"Input"})

VARIANTS = {
    "plain": {},
    "frozen": {"trainable": False},
    "half": {"dtype": "float16"},
    "mixed": {"dtype": "mixed_float16"},
    "double": {"dtype": "float64"},
    "regular": {"activity_regularizer": {"type": "L1", "l1": 0.5}},
}
"""What is said of a layer besides its example."""


def objects(name):
    """An object for each argument that takes one."""
    arguments = {}
    for field in operation(name).model_fields:
        if field.endswith("_initializer"):
            arguments[field] = {"type": "RandomNormal", "stddev": 0.25, "seed": 3}
        elif field.endswith("_regularizer") and field != "activity_regularizer":
            arguments[field] = {"type": "L1", "l1": 0.5}
        elif field.endswith("_constraint"):
            arguments[field] = {"type": "MaxNorm", "max_value": 3.0}
    return arguments


def spec_of(name):
    """The example of a type, with a node for each variant that the type takes and that has no error by itself."""
    found = example(name)
    spec = yaml.safe_load(found.text)
    node = spec["nodes"].pop(found.node)
    taken = {}
    for variant, extra in {**VARIANTS, "objects": objects(name)}.items():
        if (variant == "plain" or extra) and extra.keys() <= operation(name).model_fields.keys():
            alone = {
                **spec,
                "nodes": {**spec["nodes"], variant: {**node, **extra}},
                "outputs": {"end": {"from": source_of(name, variant)}},
            }
            if sc.check_spec(alone).ok:
                taken[variant] = {**node, **extra}
    outputs = {f"end_{variant}": {"from": source_of(name, variant)} for variant in taken}
    return {**spec, "nodes": {**spec["nodes"], **taken}, "outputs": outputs}, tuple(taken)


def source_of(name, node):
    """A reference to the first output of a node."""
    return f"{node}.0" if operation(name).several_outputs else node


def facts(model, name):
    """What there is to be lost of a layer: which weights are trained, the policy, and the arguments."""
    layer = model.get_layer(name)
    trained = set(map(id, model.trainable_weights))
    config = {key: value for key, value in layer.get_config().items() if key != "name"}
    return {
        "weights": [(tuple(w.shape), w.dtype, id(w) in trained) for w in layer.weights],
        "policy": layer.dtype_policy.name,
        "config": json.dumps(keras.saving.serialize_keras_object(config), sort_keys=True, default=str),
    }


HARMLESS = {
    "HashedCrossing": "it has no weights, and its bins are whole numbers",
    "IntegerLookup": "it has no weights",
    "StringLookup": "it has no weights",
    "TextVectorization": "it has no weights",
    "Sequential": "the layers inside are saved as not trained",
    "Discretization": "bins are whole numbers",
}
"""Layers of which something is lost that changes nothing, and why."""


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_layer_is_the_same_or_there_is_a_warning(name, tmp_path):
    spec, variants = spec_of(name)
    report = sc.check_spec(spec)
    assert report.ok
    warned = {d.path.split("/")[2] for d in report.diagnostics if d.code == "SC320"}
    if name == "RandomShear":
        assert warned == set(variants)
        return
    model = sc.compile_spec(spec)
    before = {variant: facts(model, variant) for variant in variants}
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    after = {variant: facts(loaded, variant) for variant in variants}
    differing = {variant for variant in variants if before[variant] != after[variant]}
    if name in HARMLESS:
        differing = {variant for variant in differing if before[variant]["weights"] != after[variant]["weights"]}
    assert differing == warned

"""The example specs are the architectures that they say they are."""

from __future__ import annotations

from collections import Counter

import keras
import pytest

import spec_compiler as sc
from tests.conftest import ROOT

pytestmark = pytest.mark.tensorflow

SPECS = sorted(path for path in (ROOT / "specs").iterdir() if path.suffix in (".yaml", ".json"))

OFFICIAL = {
    "mobilenet_v2": keras.applications.MobileNetV2,
    "resnet50": keras.applications.ResNet50,
    "vgg16": keras.applications.VGG16,
}

KNOWN = {"toy_resnet": 223_242, "autoencoder": 28_241, "news": 5_200_610, "mlp": 55_050, "tweets": 82_305}
"""Parameters that Keras's own guides and papers state for these models."""


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_keras_counts_the_parameters_that_the_graph_states(path):
    graph = sc.load_spec(path)
    model = sc.compile_spec(path)
    assert model.count_params() == graph.parameter_count
    assert sum(int(w.shape.num_elements()) for w in (v.value for v in model.trainable_weights)) == (
        graph.trainable_parameter_count
    )
    assert [tensor.shape for tensor in model.outputs] == [graph.type_of(end).shape for end in graph.ends.values()]
    assert model.output_names == [output.name for output in graph.outputs]
    assert [tensor.name for tensor in model.inputs] == list(graph.inputs)
    if graph.name in KNOWN:
        assert graph.parameter_count == KNOWN[graph.name]


@pytest.mark.parametrize("name", OFFICIAL)
def test_an_official_architecture_has_the_official_weights(name):
    graph = sc.load_spec(ROOT / "specs" / f"{name}.yaml")
    official = OFFICIAL[name](weights=None)
    ours = Counter(weight.shape for weights in graph.weights.values() for weight in weights)
    assert ours == Counter(tuple(variable.shape) for variable in official.weights)
    assert graph.parameter_count == official.count_params()
    assert [graph.type_of(end).shape for end in graph.ends.values()] == [official.output_shape]

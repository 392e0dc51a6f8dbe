"""The example specs are the architectures that they say they are: held to Keras's own models, or to code by hand."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections import Counter, defaultdict
from importlib import import_module

import keras
import numpy as np
import pytest
from keras.src.applications import densenet, efficientnet, mobilenet, mobilenet_v2, resnet, vgg16, xception

import spec_compiler as sc
from tests.conftest import ROOT
from tests.samples import inputs_of, targets_of
from tests.smaller import SMALLER
from tests.undrawn import undrawn

pytestmark = pytest.mark.tensorflow

SPECS = {path.stem: path for path in sorted((ROOT / "specs").glob("*.yaml"))}
BY_HAND = sorted(path.stem for path in (ROOT / "tests/architectures").glob("[!_]*.py"))
OFFICIAL = {
    "densenet121": densenet.DenseNet121,
    "efficientnet_b0": efficientnet.EfficientNetB0,
    "mobilenet": mobilenet.MobileNet,
    "mobilenet_v2": mobilenet_v2.MobileNetV2,
    "resnet50": resnet.ResNet50,
    "vgg16": vgg16.VGG16,
    "xception": xception.Xception,
}
KNOWN = {
    "autoencoder": 28_241,
    "inception": 13_378_280,
    "lenet5": 61_706,
    "mlp": 55_050,
    "news": 5_200_610,
    "siamese": 38_951_745,
    "toy_resnet": 223_242,
    "tweets": 82_305,
    "vae_decoder": 65_089,
    "vae_encoder": 69_076,
    "weather": 5_153,
}
"""Parameters that Keras's guides and examples, and papers, state for these models."""

LONGER = {
    "cycle_gan",
    "ddpg",
    "decision_forest",
    "deeplab",
    "diffusion",
    "eegnet",
    "memory_network",
    "multiple_instances",
    "nbeats",
    "perceiver",
    "retinanet",
    "style_transfer",
    "super_resolution",
    "tab_transformer",
    "wgan",
    "zero_dce",
}
"""Models whose specs are longer than their code: a spec has a line for each node, and Python nests calls in one."""

OF_SHARES = {"zero_dce"}
"""Models of pixels between 0 and 1, whose formulas grow beyond all bounds elsewhere."""


def architecture(name):
    return import_module(f"tests.architectures.{name}")


def by_hand(name, **params):
    return architecture(name).build(**params)


def pair(name):
    """A spec's graph, its model, and the model that it is held to."""
    reference = OFFICIAL[name](weights=None) if name in OFFICIAL else by_hand(name, **SMALLER.get(name, {}))
    reference.run_eagerly = True
    return *compiled(name), reference


def compiled(name):
    """A spec's graph and its model, which runs step by step: to trace it takes longer than its one step."""
    params = SMALLER.get(name, {})
    model = sc.compile_spec(SPECS[name], params=params)
    model.run_eagerly = True
    return sc.load_spec(SPECS[name], params=params), model


def shapes(weights):
    return [tuple(weight.shape) for weight in weights]


def matched(weights, others):
    """Pairs of weights of two models: of one path if all have one, or else of one name and shape, in order.

    That some paths are the same says nothing: Keras's own names, `conv2d_1`, may be those of other layers in the spec.
    """
    assert Counter(shapes(weights)) == Counter(shapes(others))
    by_path = {weight.path: weight for weight in weights}
    if by_path.keys() == {other.path for other in others}:
        return [(by_path[other.path], other) for other in others]
    waiting = defaultdict(list)
    for weight in weights:
        waiting[weight.name, weight.shape].append(weight)
    return [(waiting[other.name, other.shape].pop(0), other) for other in others]


def share_weights(model, reference):
    """Both get the same weights, none of them at 0 or 1 where a mix-up would not show."""
    random = np.random.default_rng(2)
    for one, other in matched(model.weights, reference.weights):
        assert one.trainable == other.trainable
        if one.dtype == "float32":
            # Biases go up, so that no ReLU gives nothing but 0.
            one.assign(one + 0.1 * (random.random(one.shape, "float32") - (0.5 if len(one.shape) > 1 else 0)))
            other.assign(one.value)


def assert_equal_predictions(model, reference, x):
    """Both give the same of the same data; what the first one gives."""
    ours, theirs = (keras.tree.flatten(each(x, training=False)) for each in (model, reference))
    for one, other in zip(ours, theirs, strict=True):
        one, other = np.asarray(one), np.asarray(other)
        assert np.ptp(one) > 0
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * np.abs(one).max())
    return ours


TRAINING_ONLY = re.compile(
    r"dropout|momentum|noise_shape|rate|recurrent_dropout|trainable|\w+_(constraint|regularizer)"
)
INITIALIZER = re.compile(r"\w+_initializer")


def settings_of(model, *, initializers):
    """For each class of layers the settings that act in training only, and how often there are such ones.

    `keras.applications` has initializers of its own, which a spec leaves out, as training from scratch is not meant.
    """
    found = defaultdict(Counter)
    for layer in model._flatten_layers(include_self=False):
        settings = {
            key: plain(value)
            for key, value in layer.get_config().items()
            if TRAINING_ONLY.fullmatch(key) or (initializers and INITIALIZER.fullmatch(key))
        }
        found[type(layer).__name__][json.dumps(settings, sort_keys=True)] += 1
    return found


def plain(value):
    """A setting with its numbers as floats, less what is lost in computing them, and its seeds left out."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "seed"}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return round(float(value), 12) if type(value) in (int, float) else value


def assert_counts(graph, model):
    """Keras counts the parameters that the graph states."""
    assert graph.parameter_count == model.count_params()
    assert graph.trainable_parameter_count == sum(map(np.prod, shapes(model.trainable_weights)))
    assert Counter(weight.shape for weights in graph.weights.values() for weight in weights) == Counter(
        shapes(model.weights)
    )
    assert [graph.type_of(end).shape for end in graph.ends.values()] == [tensor.shape for tensor in model.outputs]


@pytest.mark.parametrize("name", SMALLER)
def test_keras_counts_the_parameters_that_the_graph_of_a_model_in_full_states(name):
    with undrawn():
        model = by_hand(name)
    assert_counts(sc.load_spec(SPECS[name]), model)


@pytest.mark.parametrize("name", KNOWN)
def test_the_graph_states_as_many_parameters_as_were_published(name):
    assert sc.load_spec(SPECS[name]).parameter_count == KNOWN[name]


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_is_the_model_that_its_reference_is(name):
    graph, model, reference = pair(name)
    assert model.count_params() == graph.parameter_count
    assert_counts(graph, reference)
    assert [(tensor.shape, tensor.dtype) for tensor in model.inputs] == [
        (tensor.shape, tensor.dtype) for tensor in reference.inputs
    ]
    assert [(tensor.shape, tensor.dtype) for tensor in model.outputs] == [
        (tensor.shape, tensor.dtype) for tensor in reference.outputs
    ]
    assert [tensor.name for tensor in model.inputs] == list(graph.inputs)
    assert model.output_names == [output.name for output in graph.outputs]
    if name in BY_HAND:
        assert model.name == reference.name == name
        assert [tensor.name for tensor in reference.inputs] == list(graph.inputs)
        assert reference.output_names == model.output_names
    share_weights(model, reference)
    x = [np.mod(each, 1) if name in OF_SHARES else each for each in inputs_of(graph, samples=2).values()]
    ours = assert_equal_predictions(model, reference, x)
    # What acts in training only does not show in the outputs: rates of dropout, initializers, regularizers.
    settings, other_settings = (settings_of(each, initializers=name in BY_HAND) for each in (model, reference))
    for kind in (settings.keys() & other_settings.keys()) - {"Functional", "InputLayer", "Sequential"}:
        if any(key != "{}" and key != '{"trainable": true}' for key in settings[kind]):
            assert settings[kind] == other_settings[kind]

    # Both are compiled alike: the same losses and metrics of the same data, and the same optimizer.
    assert model.compiled == (reference.compiled and name in BY_HAND)
    if model.compiled:
        y = targets_of(graph, [np.asarray(values) for values in ours])
        logs, other_logs = (each.test_on_batch(x, y, return_dict=True) for each in (model, reference))
        assert logs == pytest.approx(other_logs, rel=1e-4)
        optimizer, other = (each.optimizer for each in (model, reference))
        assert (type(optimizer), optimizer.get_config()) == (type(other), other.get_config() | {"name": optimizer.name})


@pytest.mark.parametrize("name", [name for name in BY_HAND if hasattr(architecture(name), "build_all")])
def test_the_parts_of_a_spec_are_those_of_its_reference(name):
    params = SMALLER.get(name, {})
    models, references = sc.compile_models(SPECS[name], params=params), architecture(name).build_all(**params)
    for (part, model), reference in zip(models.items(), references, strict=True):
        share_weights(model, reference)
        assert model.name == reference.name == part
        assert [tensor.name for tensor in model.inputs] == [tensor.name for tensor in reference.inputs]
        assert model.output_names == reference.output_names
        assert_equal_predictions(
            model, reference, list(inputs_of(sc.load_spec(SPECS[name], params=params, model=part), 2).values())
        )
        assert model.compiled == reference.compiled
        if model.compiled:
            assert model.optimizer.get_config() == reference.optimizer.get_config() | {"name": model.optimizer.name}


@pytest.mark.parametrize("name", [name for name in SPECS if sc.load_spec(SPECS[name]).outputs[0].settings.loss])
def test_a_spec_is_trained_for_a_step(name):
    graph, model = compiled(name)
    x = inputs_of(graph, samples=2)
    y = targets_of(graph, [np.asarray(each) for each in keras.tree.flatten(model(x))])
    before = [np.asarray(weight) for weight in model.trainable_weights]
    history = model.fit(x, dict(zip(model.output_names, y, strict=True)), epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    after = [np.asarray(weight) for weight in model.trainable_weights]
    assert all(np.isfinite(weight).all() for weight in after)
    changed = [not np.array_equal(one, other) for one, other in zip(before, after, strict=True)]
    assert sum(changed) > len(changed) / 2


class Recorder:
    """A model that only says how it would be trained."""

    def fit(self, x, y, **settings):
        return settings


@pytest.mark.parametrize("name", BY_HAND)
def test_training_has_the_defaults_that_a_person_would_write(name):
    graph, module = sc.load_spec(SPECS[name]), architecture(name)
    assert (graph.fit is None) == (not hasattr(module, "fit"))
    if graph.fit is not None:
        settings = module.fit(Recorder(), None, None)
        stated = {key: getattr(graph.fit, key) for key in graph.fit.model_fields_set}
        callbacks, others = stated.pop("callbacks", ()), settings.pop("callbacks", [])
        assert stated == settings
        for callback, other in zip(callbacks, others, strict=True):
            assert callback.keras_name == type(other).__name__
            assert {key: getattr(callback, key) for key in callback.model_fields_set - {"type"}}.items() <= vars(
                other
            ).items()


def code_lines(text, *, unlike):
    """The lines of some code that are neither blank nor a comment, nor begin as a description does."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(("#", *unlike))]


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_is_shorter_than_the_code_for_it_unless_python_nests_much(name):
    """In lines, as they are formatted: by `compile-spec fmt`, and by ruff, with lines of one length."""
    spec = code_lines(SPECS[name].read_text(encoding="utf-8"), unlike=("description:", "name:", "spec:"))
    if name in OFFICIAL:
        module = inspect.getmodule(OFFICIAL[name])
        tree = ast.parse(inspect.getsource(module))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        code = "\n".join(ast.unparse(node) for node in functions if not node.name.endswith(("_input", "_predictions")))
    else:
        code = (ROOT / "tests/architectures" / f"{name}.py").read_text(encoding="utf-8")
    assert (len(spec) >= len(code_lines(code, unlike=('"""',)))) == (name in LONGER)

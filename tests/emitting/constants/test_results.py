"""What NumPy computes of constants is what Keras computes, but for the last places."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.constants.results import NoResultError, array, results
from spec_compiler.graph.flat import ConstantOperand
from spec_compiler.graph.typed import TensorRef
from spec_compiler.reading.read import read
from tests.catalog.keras_contract.calls import call_function
from tests.emitting.keras_file.corpus import OP_NAMES, example_of

pytestmark = pytest.mark.tensorflow

WITHOUT = (
    "ops.argpartition", "ops.bincount", "ops.eig", "ops.eigh", "ops.image.elastic_transform", "ops.lu_factor",
    "ops.nextafter", "ops.nonzero", "ops.polar", "ops.svd",
)  # fmt: skip
"""Ops that NumPy does not compute; of constants, Keras does."""

_POSITIVE = np.eye(4) * 3 + np.full((2, 4, 4), 0.5)
_SEGMENTS = np.array([2, 0, 1, 2], "int32")
_ROWS = np.arange(12.0).reshape(4, 3)
_CORNERS = np.array([[[0, 0], [31, 0], [0, 31], [31, 31]]] * 2, "float32")
_MOVES = np.array([[0.9, 0.1, 2, -0.1, 1.1, -1, 0.001, 0], [1, 0, 0.5, 0, 1, 0.25, 0, 0]])

FITTING: dict[str, dict[str, Any]] = {
    "ops.cholesky": {"x": _POSITIVE},
    "ops.ctc_decode": {"sequence_lengths": np.array([9, 4], "int32")},
    "ops.ctc_loss": {
        "target": np.array([[1, 1, 2, 4], [3, 2, 0, 0]], "int32"),
        "target_length": np.array([4, 2], "int32"),
        "output_length": np.array([9, 6], "int32"),
    },
    "ops.digitize": {"bins": np.array([0.2, 0.5, 0.7])},
    "ops.image.affine_transform": {"transform": _MOVES},
    "ops.image.map_coordinates": {"coordinates": np.array([[0.3, 2.5, -0.5, 6.9, 8], [1.2, 8.6, 3, -1, 0.0]])},
    "ops.image.perspective_transform": {
        "start_points": _CORNERS,
        "end_points": _CORNERS + np.array([[[2, 1], [-3, 2], [0, -4], [1, 1]]] * 2, "float32"),
    },
    "ops.image.scale_and_translate": {"scale": np.array([0.6, 1.4]), "translation": np.array([1.3, -2.0])},
    "ops.logdet": {"x": _POSITIVE},
    "ops.scatter_update": {"indices": np.array([[2], [0]], "int32")},
    "ops.searchsorted": {"sorted_sequence": np.array([0.1, 0.4, 0.5, 0.8]), "values": np.array([0.3, 0.9])},
    "ops.segment_max": {"data": _ROWS, "segment_ids": _SEGMENTS},
    "ops.segment_min": {"data": _ROWS, "segment_ids": _SEGMENTS},
    "ops.slice_update": {"start_indices": np.array([1, 0], "int32")},
    "ops.solve": {"a": _POSITIVE},
}
"""Ops whose numbers have to be in order, or to fit together, which drawn ones do not: some that do."""


LESS_EXACT = {
    "ops.image.affine_transform": (1e-5, 1e-5),
    "ops.image.perspective_transform": (1e-5, 3e-5),
    "ops.lstsq": (1e-4, 1e-6),
    "ops.pinv": (1e-4, 1e-6),
}
"""Ops of which Keras's numbers, which are of single precision throughout, are further off: relatively and absolutely."""


def drawn(kind: TensorType, random: np.random.Generator) -> Any:
    """Numbers of a type; two for each length that is not known."""
    shape = tuple(2 if length is None else length for length in kind.shape)
    if kind.dtype == "bool":
        return random.random(shape) < 0.5
    if "int" in kind.dtype:
        return random.integers(0, 2, shape).astype(kind.dtype)
    values = random.random(shape) * 0.9 + 0.05
    return (values + 1j * random.random(shape) if kind.dtype.startswith("complex") else values).astype(kind.dtype)


def example_call(name: str) -> tuple[Op, dict[str, Any]]:
    """The op of an example, and numbers to call it with."""
    random = np.random.default_rng(5)
    graph = sc.load_spec(example_of(name))
    (node, *_) = [each for each in graph.nodes.values() if isinstance(graph.layers[each.layer].config, Op)]
    config = graph.layers[node.layer].config
    assert isinstance(config, Op)

    def numbers(value: Any) -> Any:
        if isinstance(value, TensorRef):
            return drawn(graph.results[value.node].outputs[value.output], random)
        if isinstance(value, ConstantOperand):
            return np.array(value.value, value.dtype)
        if isinstance(value, tuple):
            return [numbers(each) for each in value]
        return np.array(value, "float32" if isinstance(value, float) else "int32")

    fitting = {
        key: value.astype("float32") if value.dtype == float else value for key, value in FITTING.get(name, {}).items()
    }
    return config, {key: numbers(value) for key, value in graph.calls[node.name].items()} | fitting


def types(value: Any) -> Any:
    return [types(each) for each in value] if isinstance(value, list) else TensorType(value.shape, str(value.dtype))


def inferred(config: Op, operands: dict[str, Any]) -> Any:
    return config.infer(**{name: types(value) for name, value in operands.items()}).outputs


@pytest.mark.parametrize("name", [name for name in OP_NAMES if name not in WITHOUT])
def test_an_op_of_constants_gives_what_keras_computes(name):
    config, operands = example_call(name)
    kinds = inferred(config, operands)
    ours = results(config, operands, kinds)
    theirs = keras.tree.flatten(call_function(config.keras_name, config.keras_arguments(), operands))
    assert [(each.shape, str(each.dtype)) for each in ours] == [(kind.shape, kind.dtype) for kind in kinds]
    relative, absolute = LESS_EXACT.get(name, (2e-6, 1e-6))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, keras.ops.convert_to_numpy(other), rtol=relative, atol=absolute)


@pytest.mark.parametrize("name", WITHOUT)
def test_what_numpy_cannot_compute_is_said(name):
    config, operands = example_call(name)
    with pytest.raises(NoResultError):
        results(config, operands, inferred(config, operands))


UNDECIDED = [
    # What Keras runs on does not agree, or rounding tells.
    ("image.affine_transform", "fill_mode: reflect, inputs: {images: x, transform: [1.0, 0, 3.0, 0, 1.0, 0, 0, 0]}", {"x": (4, 4, 1)}),
    ("image.affine_transform", "interpolation: nearest, inputs: {images: x, transform: [1.0, 0, 0.5, 0, 1.0, 0, 0, 0]}",
     {"x": (4, 4, 1)}),
    ("image.gaussian_blur", "kernel_size: [3, 5], inputs: x", {"x": (7, 6, 2)}),
    ("image.resize", "size: [4, 11], interpolation: bicubic, inputs: x", {"x": (7, 5, 3)}),
    ("qr", "inputs: [[1.0, 2.0], [2.0, 4.0]]", {}),
    ("ctc_decode", "strategy: beam_search, inputs: {inputs: x, sequence_lengths: [6, 3]}", {"x": (2, 6, 3)}),
    ("ctc_loss", "inputs: {target: [[1, 1, 1]], output: x, target_length: [3], output_length: [4]}", {"x": (1, 4, 3)}),
]  # fmt: skip


@pytest.mark.parametrize(("op", "settings", "shapes"), UNDECIDED)
def test_what_has_several_answers_is_left_to_keras(op, settings, shapes):
    config, operands, kinds = called(op, settings, shapes)
    with pytest.raises(NoResultError):
        results(config, operands, kinds)


def inverse_transform(settings: str) -> tuple[Op, dict[str, Any], Any]:
    example, operands = example_call("ops.istft")
    config = type(example)(**read_yaml(f"{{sequence_length: 8, fft_length: 8, {settings}}}"))
    return config, operands, inferred(config, operands)


@pytest.mark.parametrize(
    "settings", ["sequence_stride: 4, window: hamming, length: 21", "sequence_stride: 5, length: 12"]
)
def test_a_sequence_comes_back_from_its_transform_as_in_keras(settings):
    config, operands, kinds = inverse_transform(settings)
    (ours,) = results(config, operands, kinds)
    (theirs,) = keras.tree.flatten(call_function(config.keras_name, config.keras_arguments(), operands))
    np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(theirs), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "settings", ["sequence_stride: 2", "sequence_stride: 4, center: false", "sequence_stride: 4, window: null"]
)
def test_what_a_sequence_is_at_its_borders_is_left_to_keras(settings):
    with pytest.raises(NoResultError):
        results(*inverse_transform(settings))


def test_numbers_are_rounded_once():
    random = np.random.default_rng(3)
    (sines,) = results(*_sine(values := random.random(1000).astype("float32")))
    np.testing.assert_array_equal(sines, np.sin(values.astype("float64")).astype("float32"))


def _sine(values: Any) -> tuple[Op, dict[str, Any], Any]:
    config, _ = example_call("ops.sin")
    return config, {"x": values}, (TensorType(values.shape, "float32"),)


def test_bfloat16_is_rounded_to_the_nearest_even():
    # Half way between two numbers of bfloat16: the one whose last bit is 0.
    assert array([1.00390625, 1.01171875, 1.005], "bfloat16").tolist() == [1.0, 1.015625, 1.0078125]


def test_whole_numbers_are_counted_around():
    config, _ = example_call("ops.add")
    one = np.array([2**31 - 1], "int32")
    (found,) = results(config, {"x1": one, "x2": np.array([1], "int32")}, (TensorType((1,), "int32"),))
    assert found.tolist() == [-(2**31)]


SETTINGS = [
    ("conv", "strides: 2, padding: same, inputs: {inputs: x, kernel: k}", {"x": (2, 7, 8, 4), "k": (3, 3, 4, 6)}),
    ("conv", "padding: same, dilation_rate: 2, inputs: {inputs: x, kernel: k}", {"x": (1, 9, 2), "k": (3, 2, 5)}),
    ("depthwise_conv", "strides: 2, padding: same, inputs: {inputs: x, kernel: k}", {"x": (2, 8, 7, 3), "k": (3, 2, 3, 2)}),
    ("average_pool", "pool_size: 3, strides: 2, padding: same, inputs: x", {"x": (2, 8, 7, 3)}),
    ("max_pool", "pool_size: [2, 3], strides: 1, padding: same, inputs: x", {"x": (2, 5, 7, 3)}),
    ("unfold", "kernel_size: [2, 3], dilation: [2, 1], padding: [1, 2], stride: [1, 2], inputs: x", {"x": (2, 3, 6, 7)}),
    ("image.extract_patches", "size: 3, strides: 2, padding: same, inputs: x", {"x": (7, 8, 2)}),
    ("image.pad_images", "top_padding: 1, bottom_padding: 2, target_width: 9, right_padding: 1, inputs: x", {"x": (4, 5, 3)}),
    ("batch_normalization", "axis: 1, inputs: {x: x, mean: m, variance: v, scale: s, offset: o}",
     {"x": (2, 3, 4), "m": (3,), "v": (3,), "s": (3,), "o": (3,)}),
    ("layer_normalization", "axis: [1, 2], inputs: {x: x, gamma: g, beta: b}", {"x": (2, 3, 4), "g": (3, 4), "b": (3, 4)}),
    ("normalize", "order: 3, axis: 1, inputs: x", {"x": (2, 3, 4)}),
    ("dot_product_attention", "is_causal: true, scale: 0.3, inputs: {query: q, key: k, value: k, bias: b}",
     {"q": (2, 5, 4, 3), "k": (2, 6, 2, 3), "b": (2, 4, 5, 6)}),
    ("categorical_crossentropy", "from_logits: true, inputs: {target: t, output: x}", {"t": (2, 4), "x": (2, 4)}),
    ("binary_crossentropy", "from_logits: true, inputs: {target: t, output: x}", {"t": (2, 4), "x": (2, 4)}),
    ("scatter_update", "reduction: add, inputs: {inputs: x, indices: [[1], [1]], updates: u}", {"x": (3, 2), "u": (2, 2)}),
    ("rfft", "fft_length: 6, inputs: x", {"x": (2, 9)}),
    ("stft", "sequence_length: 4, sequence_stride: 3, fft_length: 8, window: hamming, inputs: x", {"x": (2, 20)}),
    ("saturate_cast", "dtype: int8, inputs: x", {"x": (2, 9)}),
    ("multi_hot", "num_classes: 3, axis: 0, inputs: [0, 2]", {}),
    ("unique", "size: 6, fill_value: -1, inputs: [3, 1, 3, 2]", {}),
    ("cholesky_inverse", "upper: true, inputs: x", {"x": (3, 3)}),
    ("qr", "mode: complete, inputs: x", {"x": (2, 5, 3)}),
    ("qr", "inputs: x", {"x": (2, 3, 5)}),
    ("svd", "compute_uv: false, inputs: x", {"x": (2, 5, 3)}),
    ("sparsemax", "axis: 1, inputs: x", {"x": (2, 5, 3)}),
    ("fold", "output_size: [6, 7], kernel_size: [2, 3], dilation: [2, 1], padding: [1, 2], stride: [1, 2], inputs: x",
     {"x": (2, 18, 30)}),
    ("rearrange", "pattern: '(a b) c d -> d b (c a)', axes_lengths: {a: 3}, inputs: x", {"x": (6, 2, 5)}),
    ("ctc_decode", "merge_repeated: false, mask_index: 2, inputs: {inputs: x, sequence_lengths: [6, 3]}", {"x": (2, 6, 3)}),
    ("image.resize", "size: [4, 11], interpolation: nearest, inputs: x", {"x": (2, 7, 5, 3)}),
    ("image.resize", "size: [4, 11], interpolation: area, inputs: x", {"x": (2, 7, 5, 3)}),
    ("image.resize", "size: [4, 11], antialias: true, inputs: x", {"x": (7, 5, 3)}),
    ("image.resize", "size: [4, 11], interpolation: bicubic, antialias: true, inputs: x", {"x": (2, 7, 5, 3)}),
    ("image.resize", "size: [4, 11], interpolation: lanczos3, inputs: x", {"x": (2, 7, 5, 3)}),
    ("image.resize", "size: [4, 11], interpolation: lanczos5, antialias: true, inputs: x", {"x": (2, 7, 5, 3)}),
    ("image.resize", "size: [4, 6], crop_to_aspect_ratio: true, inputs: x", {"x": (2, 7, 5, 3)}),
    ("image.resize", "size: [4, 6], pad_to_aspect_ratio: true, fill_value: 0.5, inputs: x", {"x": (9, 5, 3)}),
    ("image.scale_and_translate", "output_shape: [5, 12, 3], spatial_dims: [0, 1], method: bicubic, antialias: false, "
     "inputs: {images: x, scale: [0.7, 1.3], translation: [0.5, 1.0]}", {"x": (8, 9, 3)}),
    ("image.affine_transform", "interpolation: nearest, fill_mode: nearest, "
     "inputs: {images: x, transform: [1.1, 0.03, 0.23, 0.0, 0.9, 1.13, 0.0, 0.0]}", {"x": (8, 9, 3)}),
    ("image.affine_transform", "fill_value: 0.25, inputs: {images: x, transform: [-1.0, 0.0, 8.0, 0.0, 1.0, 0.0, 0.0, 0.0]}",
     {"x": (2, 8, 9, 3)}),
    ("image.map_coordinates", "order: 0, fill_mode: nearest, inputs: {inputs: x, coordinates: [[-3.2, 1.7], [2.2, 9.4]]}",
     {"x": (8, 9)}),
    ("image.gaussian_blur", "kernel_size: [4, 4], sigma: [0.7, 0.7], inputs: x", {"x": (7, 6, 2)}),
    ("image.ssim", "filter_size: 3, filter_sigma: 0.8, max_val: 2.0, inputs: {image1: x, image2: y}",
     {"x": (7, 6, 2), "y": (7, 6, 2)}),
    ("image.rgb_to_hsv", "inputs: [[[0.5, 0.5, 0.5], [0.0, 0.0, 0.0], [1.0, 0.2, 0.4], [0.1, 0.1, 0.3]]]", {}),
    ("image.hsv_to_rgb", "inputs: [[[0.0, 0.5, 0.5], [1.0, 0.3, 0.2], [0.49, 1.0, 0.4], [0.83, 0.0, 0.3]]]", {}),
    ("erfinv", "inputs: [-0.999999, -0.3, 0.0, 1.0e-9, 0.5, 1.0]", {}),
]  # fmt: skip
"""Ops in other settings than those of their examples."""


@pytest.mark.parametrize(("op", "settings", "shapes"), SETTINGS)
def test_an_op_in_another_setting_gives_what_keras_computes(op, settings, shapes):
    config, operands, kinds = called(op, settings, shapes)
    ours = results(config, operands, kinds)
    theirs = keras.tree.flatten(call_function(config.keras_name, config.keras_arguments(), operands))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, keras.ops.convert_to_numpy(other), rtol=1e-5, atol=2e-6)


def called(op: str, settings: str, shapes: dict[str, Any]) -> tuple[Op, dict[str, Any], Any]:
    """An op in a setting, the constants that it is called with, and the types of what it gives."""
    random = np.random.default_rng(3)
    constants = {name: random.random(shape).astype("float32").tolist() for name, shape in shapes.items()}
    node = {"type": f"ops.{op}", **read_yaml(f"{{{settings}}}")}
    node["inputs"] = with_constants(node["inputs"], constants)
    graph = sc.load_spec({"spec": 1, "nodes": {"z": {"type": "Input", "shape": [1]}, "c": node,
                                               "r": {"type": "ops.sum", "inputs": "c.0"},
                                               "y": {"type": "ops.add", "inputs": ["z", "r"]}}, "outputs": ["y"]})  # fmt: skip
    config = graph.layers["c"].config
    assert isinstance(config, Op)
    operands = {name: arrays(value) for name, value in graph.calls["c"].items()}
    return config, operands, graph.results["c"].outputs


def with_constants(inputs: Any, constants: dict[str, Any]) -> Any:
    """Inputs with numbers in the places of names."""
    if isinstance(inputs, dict):
        return {name: with_constants(value, constants) for name, value in inputs.items()}
    return constants[inputs] if isinstance(inputs, str) else inputs


def arrays(value: Any) -> Any:
    """Constant operands as arrays."""
    if isinstance(value, ConstantOperand):
        return array(value.value, value.dtype)
    return [arrays(each) for each in value]


def read_yaml(text: str) -> Any:
    return read(sc.Source.text(text), Findings()).data

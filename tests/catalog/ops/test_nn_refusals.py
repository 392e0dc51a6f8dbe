"""What Keras does not take, or builds and could never run, is refused: ops of `image`, `linalg`, `math` and `nn`."""

from __future__ import annotations

import json

import keras
import pytest
import tensorflow as tf

from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import types
from tests.catalog.keras_contract.op_in_graph import refusal, runs
from tests.catalog.ops.nn_calls import IMAGES, ROWS, SQUARE

pytestmark = pytest.mark.tensorflow

_Q, _K = (None, 5, 4, 3), (None, 6, 4, 3)
_FRAMES = {"sequence_length": 8, "sequence_stride": 4, "fft_length": 8}
_CTC = {"target": ("int32", 2, 4), "output": (2, 9, 5), "target_length": ("int32", 2), "output_length": ("int32", 2)}

REFUSED = [
    ("relu", {}, {"x": ("bool", None, 3)}),
    ("sigmoid", {}, {"x": ("int32", None, 3)}),
    ("elu", {}, {"x": ("complex64", None, 3)}),
    ("elu", {"alpha": "one"}, {"x": (None, 3)}),
    ("gelu", {"approximate": 2}, {"x": ("string", None, 3)}),
    ("erf", {}, {"x": ("int32", None, 3)}),
    ("glu", {}, {"x": (None, 3)}),
    ("glu", {}, {"x": (None, None)}),
    ("glu", {"axis": 2}, {"x": (None, 4)}),
    ("softmax", {"axis": 2}, {"x": (None, 4)}),
    ("softmax", {"axis": [0, 1]}, {"x": (3, 4)}),
    ("log_softmax", {}, {"x": ()}),
    ("sparsemax", {"axis": None}, {"x": (None, 4)}),
    ("sparsemax", {}, {"x": ("float16", None, 4)}),
    ("threshold", {}, {"x": (None, 4)}),
    ("conv", {}, {"inputs": IMAGES, "kernel": (3, 3, 4, 4)}),
    ("conv", {}, {"inputs": IMAGES, "kernel": (3, 3, 4)}),
    ("conv", {}, {"inputs": IMAGES, "kernel": (9, 3, 3, 4)}),
    ("conv", {}, {"inputs": IMAGES, "kernel": (None, 3, 3, 4)}),
    ("depthwise_conv", {}, {"inputs": IMAGES, "kernel": (None, 3, 3, 4)}),
    ("conv", {}, {"inputs": IMAGES, "kernel": ("float16", 3, 3, 3, 4)}),
    ("conv", {}, {"inputs": (8, 3), "kernel": (3, 4)}),
    ("conv", {"strides": 2, "dilation_rate": 2}, {"inputs": IMAGES, "kernel": (3, 3, 3, 4)}),
    ("conv", {"strides": [1, 2, 1]}, {"inputs": IMAGES, "kernel": (3, 3, 3, 4)}),
    ("conv", {"padding": "causal"}, {"inputs": (None, 8, 3), "kernel": (3, 3, 4)}),
    ("conv", {"strides": 0}, {"inputs": (None, 8, 3), "kernel": (3, 3, 4)}),
    ("conv", {"data_format": "nowhere"}, {"inputs": (None, 8, 3), "kernel": (3, 3, 4)}),
    ("depthwise_conv", {}, {"inputs": (None, 8, 8, 8, 3), "kernel": (3, 3, 3, 3, 2)}),
    ("depthwise_conv", {"strides": [1, 2]}, {"inputs": IMAGES, "kernel": (3, 3, 3, 2)}),
    ("depthwise_conv", {}, {"inputs": IMAGES, "kernel": (3, 3, 3, None)}),
    ("separable_conv", {}, {"inputs": (None, 8, 3), "depthwise_kernel": (3, 3, 2), "pointwise_kernel": (1, 5, 4)}),
    ("separable_conv", {}, {"inputs": (None, 8, 3), "depthwise_kernel": (3, 3, 2), "pointwise_kernel": (2, 6, 4)}),
    ("max_pool", {"pool_size": 9}, {"inputs": IMAGES}),
    ("max_pool", {"pool_size": [2, 2, 2]}, {"inputs": IMAGES}),
    ("max_pool", {"pool_size": 2}, {"inputs": ("float64", None, 8, 8, 8, 3)}),
    ("average_pool", {"pool_size": 2}, {"inputs": ("int32", *IMAGES)}),
    ("average_pool", {"pool_size": 2}, {"inputs": (8, 3)}),
    ("unfold", {"kernel_size": 2}, {"x": (None, 3, 8, 9)}),
    ("unfold", {"kernel_size": 9}, {"x": (2, 3, 8, 9)}),
    ("unfold", {"kernel_size": 2}, {"x": (3, 8, 9)}),
    ("fold", {"output_size": 8, "kernel_size": 2, "stride": 2}, {"x": (None, 11, 16)}),
    ("fold", {"output_size": 8, "kernel_size": 2, "stride": 2}, {"x": (None, 12, 15)}),
    ("fold", {"output_size": 8, "kernel_size": 2, "stride": 2}, {"x": (None, None, 16)}),
    ("fold", {"output_size": 2, "kernel_size": 4}, {"x": (None, 16, 1)}),
    ("depth_to_space", {"block_size": 1}, {"x": (None, 3, 3, 8)}),
    ("depth_to_space", {"block_size": 2}, {"x": (None, 3, 3, 6)}),
    ("space_to_depth", {"block_size": 2}, {"x": (None, 3, 4, 6)}),
    ("space_to_depth", {"block_size": 2}, {"x": (3, 4, 6)}),
    ("batch_normalization", {}, {"x": (None, 4), "mean": (4,), "variance": (4,)}),
    ("batch_normalization", {"axis": 2}, {"x": (None, 4), "mean": (4,), "variance": (4,)}),
    ("batch_normalization", {"axis": -1}, {"x": (None, 4), "mean": (3,), "variance": (4,)}),
    ("batch_normalization", {"axis": -1}, {"x": (None, 4), "mean": (4,), "variance": (4,), "offset": (4,)}),
    ("batch_normalization", {"axis": -1}, {"x": (None, 4), "mean": (4,), "variance": ("float16", 4)}),
    ("batch_normalization", {"axis": 1}, {"x": (None, None), "mean": (None,), "variance": (None,)}),
    ("layer_normalization", {}, {"x": ()}),
    ("layer_normalization", {"axis": [0, 0]}, {"x": (None, 4)}),
    ("layer_normalization", {}, {"x": (None, 4), "gamma": (3,)}),
    ("layer_normalization", {}, {"x": (None, None), "gamma": (4,)}),
    ("layer_normalization", {}, {"x": (1, 4), "gamma": (3, 4)}),
    ("rms_normalization", {"axis": 1}, {"x": (None, 4, 3), "scale": (4,)}),
    ("rms_normalization", {}, {"x": ()}),
    ("normalize", {"order": 3, "axis": [0, 1]}, {"x": (3, 4)}),
    ("normalize", {"order": 0}, {"x": (3, 4)}),
    ("normalize", {}, {"x": ("int32", 3, 4)}),
    ("normalize", {"axis": None}, {"x": ()}),
    ("moments", {"axes": [2]}, {"x": (None, 4)}),
    ("moments", {"axes": [0, 0]}, {"x": (None, 4)}),
    ("moments", {"axes": 0}, {"x": ("uint8", None, 4)}),
    ("dot_product_attention", {}, {"query": _Q, "key": _K, "value": (None, 6, 4, 7)}),
    ("dot_product_attention", {}, {"query": _Q, "key": _K, "value": (None, 7, 4, 3)}),
    ("dot_product_attention", {}, {"query": _Q, "key": (None, 6, 1, 3), "value": (None, 6, 1, 3)}),
    ("dot_product_attention", {}, {"query": (5, 4, 3), "key": _K, "value": _K}),
    ("dot_product_attention", {}, {"query": _Q, "key": _K, "value": _K, "mask": ("int32", 5, 6)}),
    ("dot_product_attention", {}, {"query": _Q, "key": _K, "value": _K, "mask": ("bool", 7, 6)}),
    ("dot_product_attention", {"flash_attention": True}, {"query": _Q, "key": _K, "value": _K}),
    ("binary_crossentropy", {}, {"target": (None, 3), "output": (4, 3)}),
    ("binary_crossentropy", {}, {"target": ("int32", None, 3), "output": (None, 3)}),
    ("categorical_crossentropy", {"axis": 1}, {"target": (None, 3, 4), "output": (None, 3, 4)}),
    ("categorical_crossentropy", {}, {"target": ("int32", None, 3), "output": (None, 3)}),
    ("categorical_crossentropy", {}, {"target": (), "output": ()}),
    ("sparse_categorical_crossentropy", {"axis": 0}, {"target": ("int32", 4), "output": (3, 4)}),
    ("sparse_categorical_crossentropy", {}, {"target": ("int32", 4), "output": (3, 4)}),
    ("ctc_loss", {}, {**_CTC, "target": ("int32", 2, 4, 1)}),
    ("ctc_loss", {}, {**_CTC, "target_length": ("int32", 3)}),
    ("ctc_loss", {}, {**_CTC, "target_length": ("float32", 2)}),
    ("ctc_decode", {"mask_index": 5}, {"inputs": (2, 9, 5), "sequence_lengths": ("int32", 2)}),
    ("ctc_decode", {"strategy": "guess"}, {"inputs": (2, 9, 5), "sequence_lengths": ("int32", 2)}),
    ("ctc_decode", {"strategy": "beam_search", "top_paths": 3, "beam_width": 2}, {"inputs": (2, 9, 5), "sequence_lengths": ("int32", 2)}),
    ("ctc_decode", {"strategy": "beam_search", "top_paths": 2}, {"inputs": (2, 9, 1), "sequence_lengths": ("int32", 2)}),
    ("ctc_decode", {}, {"inputs": (2, 9, 5), "sequence_lengths": ("int32", 3)}),
    ("psnr", {"max_val": 1.0}, {"x1": (None, 3), "x2": (3,)}),
    ("psnr", {"max_val": 1.0}, {"x1": (None, 3), "x2": ("float16", None, 3)}),
    ("one_hot", {"num_classes": 4, "axis": 1}, {"x": ("int32", 3)}),
    ("one_hot", {"num_classes": 4, "axis": -2}, {"x": ("int32", 3)}),
    ("one_hot", {"num_classes": 4, "dtype": "string"}, {"x": ("int32", 3)}),
    ("one_hot", {"num_classes": 4, "sparse": True}, {"x": ("int32", None)}),
    ("one_hot", {"num_classes": 4}, {"x": ("string", 3)}),
    ("multi_hot", {}, {"inputs": ("int32", None, 3)}),
    ("multi_hot", {"num_classes": 4}, {"inputs": ("int32",)}),
    ("multi_hot", {"num_classes": 4, "dtype": "complex64"}, {"inputs": ("int32", None, 3)}),
    *((name, {}, {"x": shape}) for name in ("cholesky", "det", "eigh", "inv", "logdet") for shape in [(4,), (None, 4, 5)]),
    *((name, {}, {"x": ("int32", *SQUARE)}) for name in ("cholesky", "det", "eig", "eigh", "inv", "logdet", "qr", "svd", "pinv")),
    ("det", {}, {"x": ("float16", *SQUARE)}),
    ("eig", {}, {"x": ("bfloat16", *SQUARE)}),
    ("lu_factor", {}, {"x": SQUARE}),
    ("lu_factor", {}, {"x": (4, 5)}),
    ("qr", {}, {"x": (None, None, 5)}),
    ("qr", {"mode": "full"}, {"x": (None, 4, 5)}),
    ("svd", {}, {"x": (None, None, 5)}),
    ("solve", {}, {"a": SQUARE, "b": (None, 5)}),
    ("solve", {}, {"a": (2, 4, 4), "b": (1, 4, 2)}),
    ("solve", {}, {"a": (2, 4, 4), "b": (4,)}),
    ("solve", {}, {"a": (4, 4), "b": ("float64", 4)}),
    ("solve_triangular", {}, {"a": (2, 4, 4), "b": (1, 4, 2)}),
    ("lstsq", {}, {"a": (None, 3), "b": (None, 2)}),
    ("lstsq", {}, {"a": (5, 3), "b": (4, 2)}),
    ("lstsq", {}, {"a": (2, 5, 3), "b": (5,)}),
    ("norm", {}, {"x": SQUARE}),
    ("norm", {}, {"x": ()}),
    ("norm", {"ord": "nuc", "axis": 1}, {"x": (None, 4)}),
    ("norm", {"ord": "max"}, {"x": (None, 4)}),
    ("norm", {"ord": 3}, {"x": (None, 4)}),
    ("norm", {"ord": 2, "axis": [-2, -1], "keepdims": True}, {"x": (3, 4, 4)}),
    ("norm", {"ord": 2}, {"x": ("bfloat16", 4, 4)}),
    ("norm", {"ord": 1, "axis": 0}, {"x": ("complex64", 4)}),
    ("cdist", {}, {"x": (None, 4, 3), "y": (5, 4)}),
    ("cdist", {}, {"x": (4, 3), "y": ("float16", 5, 3)}),
    ("cdist", {}, {"x": ("uint8", 4, 3), "y": ("uint8", 5, 3)}),
    ("extract_sequences", {"sequence_length": 9, "sequence_stride": 2}, {"x": (None, 4)}),
    ("extract_sequences", {"sequence_length": 2, "sequence_stride": 0}, {"x": (None, 4)}),
    ("in_top_k", {"k": 2}, {"targets": ("int32", 3), "predictions": (4, 4)}),
    ("in_top_k", {"k": 2}, {"targets": ("int32", 3), "predictions": ("float64", 3, 4)}),
    ("logsumexp", {"axis": [1, 1]}, {"x": (None, 4)}),
    ("logsumexp", {}, {"x": ("int32", None, 4)}),
    ("top_k", {"k": 5}, {"x": (None, 4)}),
    ("top_k", {"k": 1}, {"x": ()}),
    ("top_k", {"k": 1}, {"x": ("bool", 4)}),
    ("segment_sum", {"sorted": True, "num_segments": 2}, {"data": (6, 4), "segment_ids": ("int32", 6)}),
    ("segment_sum", {}, {"data": (6, 4), "segment_ids": ("int32", 5)}),
    ("segment_sum", {}, {"data": (6, 4), "segment_ids": ("int32", 6, 4)}),
    ("segment_sum", {}, {"data": (6, 4), "segment_ids": ("int8", 6)}),
    ("segment_sum", {"sorted": True}, {"data": (6, 4), "segment_ids": ("int16", 6)}),
    ("segment_prod", {}, {"data": (6, 4), "segment_ids": ("int16", 6)}),
    ("segment_max", {}, {"data": ("complex64", 6, 4), "segment_ids": ("int32", 6)}),
    ("fft", {}, {"x": [(None, None), (None, None)]}),
    ("fft", {}, {"x": [(None, 4), (None, 5)]}),
    ("fft", {}, {"x": [("float64", None, 4), (None, 4)]}),
    ("fft2", {}, {"x": [(4,), (4,)]}),
    ("rfft", {}, {"x": ("float16", None, 4)}),
    ("rfft", {}, {"x": ()}),
    ("irfft", {}, {"x": [(None, 4), (None, 3)]}),
    ("stft", {**_FRAMES, "fft_length": 7}, {"x": (None, 40)}),
    ("stft", _FRAMES, {"x": (None, 4)}),
    ("stft", {**_FRAMES, "center": False}, {"x": (None, 7)}),
    ("stft", {**_FRAMES, "window": "square"}, {"x": (None, 40)}),
    ("istft", _FRAMES, {"x": [(None, 1, 5), (None, 1, 5)]}),
    ("istft", {**_FRAMES, "length": 200}, {"x": [(None, 9, 5), (None, 9, 5)]}),
    ("istft", {**_FRAMES, "fft_length": 7}, {"x": [(None, 9, 5), (None, 9, 5)]}),
    ("istft", _FRAMES, {"x": [(5,), (5,)]}),
    ("polar", {}, {"abs_": (4, 3), "angle": (5, 4, 3)}),
    ("polar", {}, {"abs_": ("float16", 4), "angle": ("float16", 4)}),
    ("view_as_real", {}, {"x": ("bool", 4)}),
    ("image.affine_transform", {}, {"images": (2, 8, 9, 3), "transform": (3, 8)}),
    ("image.affine_transform", {}, {"images": IMAGES, "transform": (7,)}),
    ("image.affine_transform", {"fill_mode": "mirror"}, {"images": IMAGES, "transform": (8,)}),
    ("image.affine_transform", {}, {"images": ("int8", *IMAGES), "transform": (8,)}),
    ("image.perspective_transform", {}, {"images": IMAGES, "start_points": (4, 2), "end_points": (1, 4, 2)}),
    ("image.perspective_transform", {}, {"images": (8, 9, 3), "start_points": (2, 4, 2), "end_points": (2, 4, 2)}),
    ("image.crop_images", {"top_cropping": 1, "left_cropping": 0, "target_width": 4}, {"images": IMAGES}),
    ("image.crop_images", {"top_cropping": 1, "bottom_cropping": 7, "left_cropping": 0, "target_width": 4}, {"images": IMAGES}),
    ("image.crop_images", {"bottom_cropping": 1, "target_height": 4, "left_cropping": 0, "target_width": 4}, {"images": (None, None, 9, 3)}),
    ("image.pad_images", {"top_padding": 1, "bottom_padding": 1, "left_padding": 0, "target_width": 2}, {"images": IMAGES}),
    ("image.pad_images", {"top_padding": 1, "target_height": 12, "left_padding": 0, "target_width": 12}, {"images": (None, None, 9, 3)}),
    ("image.pad_images", {"top_padding": 1, "bottom_padding": 1, "target_height": 10, "left_padding": 0, "target_width": 12}, {"images": IMAGES}),
    ("image.elastic_transform", {}, {"images": (2, None, 9, 3)}),
    ("image.elastic_transform", {"fill_mode": "mirror"}, {"images": (2, 8, 9, 3)}),
    ("image.elastic_transform", {}, {"images": ("float16", 2, 8, 9, 3)}),
    ("image.extract_patches", {"size": 9}, {"images": IMAGES}),
    ("image.extract_patches", {"size": 3, "dilation_rate": 2}, {"images": IMAGES}),
    ("image.extract_patches", {"size": 3}, {"images": (None, 8, 9, None)}),
    ("image.extract_patches", {"size": [2, 2, 2, 2]}, {"images": IMAGES}),
    ("image.extract_patches_3d", {"size": [2, 2]}, {"volumes": (None, 4, 8, 9, 3)}),
    ("image.gaussian_blur", {"kernel_size": [3]}, {"images": IMAGES}),
    ("image.gaussian_blur", {"sigma": 1.0}, {"images": IMAGES}),
    ("image.gaussian_blur", {}, {"images": ("uint8", *IMAGES)}),
    ("image.hsv_to_rgb", {}, {"images": (None, 8, 9, 1)}),
    ("image.rgb_to_hsv", {}, {"images": ("int32", *IMAGES)}),
    ("image.rgb_to_grayscale", {}, {"images": (None, 8, 9, 2)}),
    ("image.rgb_to_grayscale", {}, {"images": (None, 8, 9, None)}),
    ("image.map_coordinates", {"order": 2}, {"inputs": (8, 9), "coordinates": (2, 5)}),
    ("image.map_coordinates", {"order": 1}, {"inputs": (8, 9), "coordinates": (3, 5)}),
    ("image.map_coordinates", {"order": 1}, {"inputs": (None, 9), "coordinates": (2, 5)}),
    ("image.map_coordinates", {"order": 1}, {"inputs": (8, 9), "coordinates": ("int32", 2, 5)}),
    ("image.resize", {"size": [4, 5, 6]}, {"images": IMAGES}),
    ("image.resize", {"size": 4}, {"images": IMAGES}),
    ("image.resize", {"size": [4, 5], "crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, {"images": IMAGES}),
    ("image.resize", {"size": [4, 5], "pad_to_aspect_ratio": True}, {"images": ("uint8", *IMAGES)}),
    ("image.resize", {"size": [4, 5], "fill_mode": "nearest"}, {"images": IMAGES}),
    ("image.resize", {"size": [4, 5]}, {"images": (8, 9)}),
    ("image.scale_and_translate", {"output_shape": [None, 4, 5], "spatial_dims": [1, 2], "method": "linear"}, {"images": IMAGES, "scale": (2,), "translation": (2,)}),
    ("image.scale_and_translate", {"output_shape": [None, 4, 5, 3], "spatial_dims": [1, 1], "method": "linear"}, {"images": IMAGES, "scale": (2,), "translation": (2,)}),
    ("image.scale_and_translate", {"output_shape": [None, 4, 5, 3], "spatial_dims": [1, 2], "method": "linear"}, {"images": IMAGES, "scale": ("int32", 2), "translation": ("int32", 2)}),
    ("image.scale_and_translate", {"output_shape": [None, 4, 5, 3], "spatial_dims": [1, 2], "method": "cubic"}, {"images": IMAGES, "scale": ("float64", 2), "translation": (2,)}),
    ("image.sobel_edges", {}, {"images": (8, 9, 3)}),
    ("image.sobel_edges", {}, {"images": (None, 1, 9, 3)}),
    ("image.ssim", {}, {"image1": IMAGES, "image2": IMAGES}),
    ("image.ssim", {"filter_size": 3}, {"image1": IMAGES, "image2": (8, 9, 3)}),
]  # fmt: skip


def refused(name, arguments, inputs):
    """Whether the catalogue refuses a call."""
    return refusal(name, arguments, inputs) is not None


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[0])
def test_what_keras_cannot_build_and_run_is_refused(row):
    assert refused(*row)
    assert not runs(*row)


STRICTER = [
    # nothing comes of a division by zero but NaN
    ("celu", {"alpha": 0}, {"x": (2, 3)}),
    ("image.gaussian_blur", {"sigma": [0, 1]}, {"images": (2, 8, 9, 3)}),
    # NaN comes of the root of what may be negative
    ("squareplus", {"b": -1}, {"x": (2, 3)}),
    # TensorFlow takes one number in a list for all axes; Keras says that it takes one for each
    ("conv", {"strides": [2]}, {"inputs": IMAGES, "kernel": (3, 3, 3, 4)}),
    # convolutions of whole numbers exist on CPUs only
    ("conv", {}, {"inputs": ("int32", *IMAGES), "kernel": ("int32", 3, 3, 3, 4)}),
    # predictions that are whole numbers are no probabilities
    ("categorical_crossentropy", {}, {"target": (2, 3), "output": ("uint8", 2, 3)}),
    # the largest of the rows, taken of them twice
    ("norm", {"ord": float("inf"), "axis": [0, 0]}, {"x": (2, 4, 3)}),
    # what stands beyond the first numbers would not be looked at
    ("image.scale_and_translate", {"output_shape": [None, 4, 5, 3], "spatial_dims": [1, 2], "method": "linear"}, {"images": IMAGES, "scale": (3,), "translation": (2,)}),
    # images of two shapes that have as many elements are compared as if they had one
    ("image.ssim", {"filter_size": 3}, {"image1": (None, 8, 9, 6), "image2": (None, 8, 18, 3)}),
]  # fmt: skip


@pytest.mark.parametrize("row", STRICTER, ids=lambda row: row[0])
def test_what_runs_and_makes_no_sense_is_refused(row):
    assert refused(*row)
    assert runs(*row)


def test_an_unknown_number_of_images_cannot_be_moved_at_random():
    # Keras makes a graph of it that gives one image.
    assert refused("image.elastic_transform", {}, {"images": IMAGES})


def test_a_single_frequency_ends_the_process_and_is_refused():
    assert refused("irfft", {}, {"x": [(None, 1), (None, 1)]})


@pytest.mark.parametrize("kind", ["sparse", "ragged"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_only_dense_tensors_are_taken(row, kind):
    name, arguments, inputs = row
    for key, value in inputs.items():
        x = types(value)
        one, rest = (x[0], x[1:]) if isinstance(x, list) else (x, None)
        special = TensorType(one.shape, one.dtype, **{kind: True})
        assert refused(name, arguments, {**inputs, key: special if rest is None else [special, *rest]})


def test_what_is_left_out_cannot_be_used_in_a_model():
    """The reasons why some ops of these modules are no part of the catalogue still hold."""
    image = keras.Input((8, 8, 3))
    assert len(keras.ops.adaptive_max_pool(image, (2, 2)).shape) == 5, "Keras states a wrong shape"
    assert len(keras.ops.adaptive_average_pool(image, (2, 2)).shape) == 5
    for name in ("adaptive_max_pool", "adaptive_average_pool"):
        first = keras.Input((3, 8, 8))
        model = keras.Model(first, getattr(keras.ops, name)(first, (2, 2), data_format="channels_first"))
        with pytest.raises(TypeError):
            keras.models.clone_model(keras.Model.from_config(_as_json(model.get_config())))
    kernel = keras.Input(batch_shape=(3, 3, 4, 3))
    model = keras.Model([image, kernel], keras.ops.conv_transpose(image, kernel, 2))
    with pytest.raises(AttributeError):
        model([tf.ones((2, 8, 8, 3)), tf.ones((3, 3, 4, 3))])
    pairs = keras.Input((2,))
    model = keras.Model(pairs, keras.ops.view_as_complex(pairs))
    with pytest.raises(TypeError):
        model(tf.ones((3, 2)))


def _as_json(config):
    return json.loads(json.dumps(config))

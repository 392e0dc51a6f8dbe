"""Calls that work of each op of `image`, `linalg`, `math` and `nn`: arguments, and the types of the tensors."""

from __future__ import annotations

from typing import Any

IMAGES = (None, 8, 9, 3)
SQUARE = (None, 4, 4)

Row = tuple[str, dict[str, Any], dict[str, Any]]

_ELEMENTWISE = (
    "celu", "elu", "erf", "erfc", "erfinv", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh",
    "leaky_relu", "log_sigmoid", "relu", "relu6", "rsqrt", "selu", "sigmoid", "silu", "soft_shrink", "softplus",
    "softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh_shrink",
)  # fmt: skip

ACTIVATIONS: list[Row] = [
    *((name, {}, {"x": shape}) for name in _ELEMENTWISE for shape in [(None, 6), (2, None, 3), ()]),
    ("celu", {"alpha": -0.5}, {"x": ("float64", None, 6)}),
    ("elu", {"alpha": 2}, {"x": ("bfloat16", None, 6)}),
    ("erfc", {}, {"x": ("float16", None, 6)}),
    ("gelu", {"approximate": False}, {"x": ("float16", None, 6)}),
    ("glu", {}, {"x": (None, 6)}),
    ("glu", {"axis": 1}, {"x": ("complex64", None, 6, None)}),
    ("hard_shrink", {"threshold": 1}, {"x": ("complex64", None, 6)}),
    ("leaky_relu", {"negative_slope": 0.5}, {"x": ("int32", None, 6)}),
    ("log_softmax", {}, {"x": (None, 6)}),
    ("log_softmax", {"axis": None}, {"x": (None, 6)}),
    ("log_softmax", {"axis": 0}, {"x": ("bfloat16", None, 6)}),
    ("relu", {}, {"x": ("uint8", None, 6)}),
    ("relu6", {}, {"x": ("int64", None, 6)}),
    ("soft_shrink", {"threshold": 0.1}, {"x": ("float64", None, 6)}),
    ("softmax", {}, {"x": (None, 6)}),
    ("softmax", {"axis": -2}, {"x": ("float16", None, 6, None)}),
    ("softmax", {"axis": None}, {"x": ()}),
    ("sparsemax", {}, {"x": (None, 6)}),
    ("sparsemax", {"axis": 0}, {"x": ("float64", None, 6)}),
    ("squareplus", {"b": 0.5}, {"x": ("complex128", None, 6)}),
    ("threshold", {"threshold": 0.5, "default_value": -1}, {"x": (None, 6)}),
]

CONVOLUTIONS: list[Row] = [
    ("conv", {}, {"inputs": IMAGES, "kernel": (3, 3, 3, 4)}),
    ("conv", {"strides": 2, "padding": "same"}, {"inputs": (None, None, 3), "kernel": (3, 3, 4)}),
    ("conv", {"strides": [2, 1]}, {"inputs": IMAGES, "kernel": (2, 3, 3, None)}),
    ("conv", {"dilation_rate": [1, 2]}, {"inputs": (None, 8, 9, None), "kernel": (2, 3, 3, 4)}),
    ("conv", {"data_format": "channels_first"}, {"inputs": (None, 3, 8, 9, 7), "kernel": (2, 3, 1, 3, 4)}),
    ("conv", {}, {"inputs": ("float16", *IMAGES), "kernel": ("float16", 3, 3, 3, 4)}),
    ("depthwise_conv", {}, {"inputs": IMAGES, "kernel": (3, 3, 3, 2)}),
    ("depthwise_conv", {"strides": 2, "dilation_rate": 2}, {"inputs": (None, 8, 3), "kernel": (3, 3, 2)}),
    ("depthwise_conv", {"strides": [2, 2], "data_format": "channels_first"}, {"inputs": (None, 3, 8, 9), "kernel": (3, 3, 3, 2)}),
    ("depthwise_conv", {"dilation_rate": [2], "padding": "same"}, {"inputs": (None, None, 3), "kernel": (3, 3, 2)}),
    ("depthwise_conv", {"dilation_rate": [2, 1]}, {"inputs": IMAGES, "kernel": (3, 3, 3, 2)}),
    ("separable_conv", {}, {"inputs": IMAGES, "depthwise_kernel": (3, 3, 3, 2), "pointwise_kernel": (1, 1, 6, 5)}),
    ("separable_conv", {"strides": [2], "padding": "same"}, {"inputs": (None, 8, 3), "depthwise_kernel": (3, 3, 2), "pointwise_kernel": (1, 6, 5)}),
    ("max_pool", {"pool_size": 2}, {"inputs": ("int32", *IMAGES)}),
    ("max_pool", {"pool_size": [2, 3], "strides": [1, 2], "padding": "same"}, {"inputs": (None, None, 9, 3)}),
    ("average_pool", {"pool_size": 3, "strides": 2}, {"inputs": (None, 8, None)}),
    ("average_pool", {"pool_size": [2, 1, 3], "data_format": "channels_first"}, {"inputs": (None, 3, 8, 8, 8)}),
    ("unfold", {"kernel_size": 2}, {"x": (2, 3, 8, 9)}),
    ("unfold", {"kernel_size": [2, 3], "dilation": 2, "padding": [0, 1], "stride": [1, 3]}, {"x": ("int32", 2, 3, 8, 9)}),
    ("fold", {"output_size": 8, "kernel_size": 2, "stride": 2}, {"x": (None, 12, 16)}),
    ("fold", {"output_size": [8, 6], "kernel_size": [3, 2], "dilation": [2, 1], "padding": [0, 1]}, {"x": (None, 12, 28)}),
    ("fold", {"output_size": 8, "kernel_size": 2, "stride": 2}, {"x": ("bool", None, 8, None)}),
    ("depth_to_space", {"block_size": 2}, {"x": (None, None, 9, 8)}),
    ("depth_to_space", {"block_size": 3, "data_format": "channels_first"}, {"x": ("int8", None, 18, 4, 5)}),
    ("space_to_depth", {"block_size": 2}, {"x": (None, None, 8, 3)}),
    ("space_to_depth", {"block_size": 2, "data_format": "channels_first"}, {"x": ("string", None, None, 4, 6)}),
]  # fmt: skip

_QUERY, _KEY = (None, 5, 4, 3), (None, 6, 2, 3)

NORMALIZATIONS: list[Row] = [
    ("batch_normalization", {"axis": -1}, {"x": IMAGES, "mean": (3,), "variance": (3,)}),
    ("batch_normalization", {"axis": 1, "epsilon": 1e-5}, {"x": (None, 4, None), "mean": (4,), "variance": (4,), "scale": (4,)}),
    ("batch_normalization", {"axis": -1}, {"x": ("float16", None, 4), "mean": (4,), "variance": (4,), "offset": (4,), "scale": (4,)}),
    ("layer_normalization", {}, {"x": (None, 6)}),
    ("layer_normalization", {"axis": [1, 2]}, {"x": (None, 4, 3), "gamma": (4, 3), "beta": (12,)}),
    ("layer_normalization", {"axis": [2, -3], "epsilon": 0.1}, {"x": ("bfloat16", 5, None, 3), "gamma": (5, 3)}),
    ("layer_normalization", {"axis": 2}, {"x": ("int32", 4, 3, None), "gamma": (None,)}),
    ("rms_normalization", {}, {"x": (None, 6), "scale": (6,)}),
    ("rms_normalization", {"axis": [1, 2], "epsilon": 0.1}, {"x": ("float16", None, 4, 3), "scale": (4, 3)}),
    ("rms_normalization", {"axis": None}, {"x": (None, 4, 3)}),
    ("normalize", {}, {"x": (None, 6)}),
    ("normalize", {"axis": [1, 2]}, {"x": ("float64", None, 4, 3)}),
    ("normalize", {"axis": None, "order": 1}, {"x": ("int32", None, 3)}),
    ("normalize", {"axis": 1, "order": 3, "epsilon": 0.1}, {"x": (None, 4, 3)}),
    ("moments", {"axes": [0]}, {"x": (None, 6)}),
    ("moments", {"axes": None, "keepdims": True, "synchronized": True}, {"x": ("float16", None, 6)}),
    ("moments", {"axes": -1}, {"x": ("int32", None, 6)}),
    ("dot_product_attention", {}, {"query": _QUERY, "key": _KEY, "value": _KEY}),
    ("dot_product_attention", {"scale": 0.5, "is_causal": True, "flash_attention": False}, {"query": ("float16", *_QUERY), "key": _KEY, "value": _KEY}),
    ("dot_product_attention", {}, {"query": _QUERY, "key": _QUERY, "value": _QUERY, "bias": (4, 5, 5), "mask": ("bool", None, 1, 5, 1)}),
]  # fmt: skip

LOSSES: list[Row] = [
    ("binary_crossentropy", {}, {"target": (None, 3), "output": (None, 3)}),
    ("binary_crossentropy", {"from_logits": True}, {"target": ("float16", None), "output": ("float16", None)}),
    ("categorical_crossentropy", {}, {"target": (None, 5, 3), "output": (None, 5, 3)}),
    ("categorical_crossentropy", {"from_logits": True}, {"target": ("int32", None, 3), "output": (None, 3)}),
    ("categorical_crossentropy", {"axis": 1}, {"target": (2, 3, 3), "output": (2, 3, 3)}),
    ("sparse_categorical_crossentropy", {}, {"target": ("int32", None), "output": (None, 3)}),
    ("sparse_categorical_crossentropy", {"from_logits": True, "axis": 2}, {"target": ("uint8", None, 4, 1), "output": ("float64", None, 4, 3)}),
    ("ctc_loss", {}, {"target": ("int32", None, 4), "output": (None, 9, 5), "target_length": ("int32", None), "output_length": ("int32", None)}),
    ("ctc_loss", {"mask_index": 4}, {"target": ("int32", 2, 4), "output": ("float16", 2, None, 5), "target_length": ("int64", 2), "output_length": ("int8", 2)}),
    ("ctc_decode", {}, {"inputs": (None, 9, 5), "sequence_lengths": ("int32", None)}),
    ("ctc_decode", {"strategy": "beam_search", "beam_width": 9, "top_paths": 2, "mask_index": 4}, {"inputs": ("float64", None, 9, 5), "sequence_lengths": ("int32", None)}),
    ("ctc_decode", {"merge_repeated": False, "mask_index": None}, {"inputs": (2, None, None), "sequence_lengths": ("int64", 2)}),
    ("psnr", {"max_val": 1.0}, {"x1": (None, 3), "x2": (None, 3)}),
    ("psnr", {"max_val": 255}, {"x1": ("float16", 3), "x2": ("float16", 3)}),
    ("one_hot", {"num_classes": 4}, {"x": ("int32", None, 3)}),
    ("one_hot", {"num_classes": 4, "axis": 0, "dtype": "bool"}, {"x": ("uint8", None, 3)}),
    ("one_hot", {"num_classes": 4, "sparse": True}, {"x": ("int32", 2, 3)}),
    ("multi_hot", {"num_classes": 4}, {"inputs": ("int32", None, 3)}),
    ("multi_hot", {"num_classes": 4, "axis": 1, "dtype": "int8"}, {"inputs": ("int64", None, 3, 2)}),
    ("multi_hot", {"num_classes": 4}, {"inputs": ("uint8", None)}),
]  # fmt: skip

LINEAR_ALGEBRA: list[Row] = [
    *((name, {}, {"x": shape}) for name in ("cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "logdet")
      for shape in [SQUARE, ("float64", 2, 3, 4, 4), (None, None)]),
    ("cholesky", {"upper": True}, {"x": SQUARE}),
    ("cholesky_inverse", {"upper": True}, {"x": SQUARE}),
    ("lu_factor", {}, {"x": (4, 4)}),
    ("matrix_rank", {}, {"x": (None, 4, None)}),
    ("matrix_rank", {"tol": 0.1}, {"x": ("float64", 4, 5)}),
    ("pinv", {}, {"x": (None, 4, None)}),
    ("pinv", {"rcond": 0.1}, {"x": ("float64", 4, 5)}),
    ("qr", {}, {"x": (None, 6, 4)}),
    ("qr", {"mode": "complete"}, {"x": ("complex64", 6, 4)}),
    ("svd", {}, {"x": (None, 6, 4)}),
    ("svd", {"full_matrices": False}, {"x": ("float64", 4, 6)}),
    ("svd", {"compute_uv": False}, {"x": (None, 6, 4)}),
    ("solve", {}, {"a": SQUARE, "b": (None, 4)}),
    ("solve", {}, {"a": ("complex64", 2, 4, 4), "b": ("complex64", None, 4, None)}),
    ("solve_triangular", {}, {"a": SQUARE, "b": (None, 4)}),
    ("solve_triangular", {"lower": True}, {"a": (1, 4, 4), "b": (3, 4, 2)}),
    ("lstsq", {}, {"a": (5, 3), "b": (5, 2)}),
    ("lstsq", {"rcond": 0.1}, {"a": ("float64", None, 3), "b": ("float64", None)}),
    ("norm", {}, {"x": (None, 3)}),
    ("norm", {"axis": 1, "keepdims": True}, {"x": ("int32", None, 3)}),
    ("norm", {"ord": float("inf"), "axis": -1}, {"x": ("float16", None, 4, 3)}),
    ("norm", {"ord": 3.5, "axis": [0]}, {"x": (None, 3)}),
    ("norm", {"ord": "nuc", "axis": [1, -1], "keepdims": True}, {"x": (None, 4, 3)}),
    ("norm", {"ord": "fro", "axis": [-2, -1]}, {"x": ("complex64", None, 4, 3)}),
    ("norm", {"ord": -2, "axis": [2, 0]}, {"x": (None, 4, 3)}),
]  # fmt: skip

_PARTS = [(None, 8), (None, 8)]
_FRAMES = {"sequence_length": 8, "sequence_stride": 4, "fft_length": 8}

MATH: list[Row] = [
    ("cdist", {}, {"x": (None, 4, 3), "y": (None, 5, 3)}),
    ("cdist", {}, {"x": ("int32", 4, None), "y": ("int32", 2, 5, 3)}),
    ("extract_sequences", {"sequence_length": 4, "sequence_stride": 2}, {"x": (None, 20)}),
    ("extract_sequences", {"sequence_length": 4, "sequence_stride": 9}, {"x": ("string", None)}),
    ("in_top_k", {"k": 2}, {"targets": ("int32", None), "predictions": (None, 4)}),
    ("logsumexp", {}, {"x": (None, 6)}),
    ("logsumexp", {"axis": [0, -1], "keepdims": True}, {"x": ("float64", None, 6, 2)}),
    ("logsumexp", {"axis": 1}, {"x": ("float16", None, 6)}),
    ("top_k", {"k": 2}, {"x": (None, 4)}),
    ("top_k", {"k": 3, "sorted": False}, {"x": ("int8", None, None)}),
    *(
        (f"segment_{name}", arguments, {"data": (None, 4), "segment_ids": ("int32", None)})
        for name in ("max", "min", "prod", "sum")
        for arguments in ({}, {"num_segments": 3}, {"sorted": True})
    ),
    ("segment_sum", {"num_segments": 3}, {"data": ("complex64", 6), "segment_ids": ("int16", 6)}),
    ("fft", {}, {"x": _PARTS}),
    ("fft2", {}, {"x": [("float64", None, 4, 8), ("float64", None, 4, 8)]}),
    ("ifft2", {}, {"x": [(4, 8), (4, 8)]}),
    ("rfft", {}, {"x": (None, None)}),
    ("rfft", {"fft_length": 5}, {"x": ("float64", None, 8)}),
    ("irfft", {}, {"x": _PARTS}),
    ("irfft", {"fft_length": 5}, {"x": [(None, None), (None, None)]}),
    ("stft", _FRAMES, {"x": (None, 40)}),
    ("stft", {**_FRAMES, "fft_length": 9, "window": None, "center": False}, {"x": ("float64", 2, None)}),
    ("stft", {**_FRAMES, "window": "hamming"}, {"x": (40,)}),
    ("istft", _FRAMES, {"x": [(None, 11, 5), (None, 11, 5)]}),
    ("istft", {**_FRAMES, "length": 20}, {"x": [(None, None, 5), (None, None, 5)]}),
    ("istft", {**_FRAMES, "window": None, "center": False}, {"x": [(11, 5), (11, 5)]}),
    ("polar", {}, {"abs_": (None, 3), "angle": (None, 3)}),
    ("polar", {}, {"abs_": ("float64", None, 3), "angle": ("float64", 3)}),
    ("view_as_real", {}, {"x": ("complex64", None, 3)}),
    ("view_as_real", {}, {"x": ("float16", None, 3)}),
]

_CORNERS = (None, 4, 2)

IMAGE: list[Row] = [
    ("image.affine_transform", {}, {"images": IMAGES, "transform": (None, 8)}),
    ("image.affine_transform", {"interpolation": "nearest", "fill_mode": "wrap", "fill_value": 1, "data_format": "channels_first"}, {"images": ("uint8", 3, 8, 9), "transform": ("int32", 8)}),
    ("image.crop_images", {"top_cropping": 1, "bottom_cropping": 1, "left_cropping": 2, "target_width": 4}, {"images": IMAGES}),
    ("image.crop_images", {"top_cropping": 1, "target_height": 2, "left_cropping": 0, "target_width": 4, "data_format": "channels_first"}, {"images": ("string", None, None, None)}),
    ("image.elastic_transform", {}, {"images": (2, 8, 9, 3)}),
    ("image.elastic_transform", {"alpha": 2, "sigma": 1.5, "interpolation": "nearest", "fill_mode": "constant", "fill_value": 0.5, "seed": 3, "data_format": "channels_first"}, {"images": ("float64", 3, 8, 9)}),
    ("image.extract_patches", {"size": 2}, {"images": IMAGES}),
    ("image.extract_patches", {"size": [2, 3], "strides": 1, "dilation_rate": [1, 2], "padding": "same", "data_format": "channels_first"}, {"images": ("float16", 3, 8, 9)}),
    ("image.extract_patches", {"size": [2, 2, 1], "strides": [1, 2, 1]}, {"images": (None, None, 8, 9, 3)}),
    ("image.extract_patches_3d", {"size": 2}, {"volumes": (None, 4, 8, 9, 3)}),
    ("image.extract_patches_3d", {"size": [1, 2, 3], "strides": 2, "padding": "same"}, {"volumes": (4, 8, None, 3)}),
    ("image.gaussian_blur", {}, {"images": IMAGES}),
    ("image.gaussian_blur", {"kernel_size": [5, 3], "sigma": [0.5, 2], "data_format": "channels_first"}, {"images": ("float64", 3, None, 9)}),
    ("image.hsv_to_rgb", {}, {"images": IMAGES}),
    ("image.hsv_to_rgb", {"data_format": "channels_first"}, {"images": ("float16", 3, None, 9)}),
    ("image.map_coordinates", {"order": 1}, {"inputs": (8, 9), "coordinates": (2, None)}),
    ("image.map_coordinates", {"order": 0, "fill_mode": "reflect", "fill_value": 2}, {"inputs": ("int32", 8, 9), "coordinates": ("int32", 2, 5, 4)}),
    ("image.pad_images", {"top_padding": 1, "bottom_padding": 1, "left_padding": 0, "target_width": 12}, {"images": (None, None, 9, 3)}),
    ("image.pad_images", {"top_padding": 1, "target_height": 12, "left_padding": 0, "right_padding": 2, "data_format": "channels_first"}, {"images": ("bool", 3, 8, None)}),
    ("image.perspective_transform", {}, {"images": IMAGES, "start_points": _CORNERS, "end_points": _CORNERS}),
    ("image.perspective_transform", {"interpolation": "nearest", "fill_value": 1, "data_format": "channels_first"}, {"images": (3, 8, 9), "start_points": (4, 2), "end_points": (4, 2)}),
    ("image.resize", {"size": [4, 5]}, {"images": IMAGES}),
    ("image.resize", {"size": [4, 5], "interpolation": "nearest", "pad_to_aspect_ratio": True, "fill_value": 1, "data_format": "channels_first"}, {"images": ("int32", None, 3, None, None)}),
    ("image.resize", {"size": [9, 4], "interpolation": "lanczos3", "antialias": True, "crop_to_aspect_ratio": True}, {"images": ("float16", 8, 9, 3)}),
    ("image.rgb_to_grayscale", {}, {"images": IMAGES}),
    ("image.rgb_to_grayscale", {"data_format": "channels_first"}, {"images": ("uint8", 1, None, 9)}),
    ("image.rgb_to_hsv", {}, {"images": IMAGES}),
    ("image.scale_and_translate", {"output_shape": [None, 4, 5, 3], "spatial_dims": [1, 2], "method": "linear"}, {"images": IMAGES, "scale": (2,), "translation": (2,)}),
    ("image.scale_and_translate", {"output_shape": [4, 9], "spatial_dims": [-2], "method": "lanczos5", "antialias": False}, {"images": ("float64", None, 9), "scale": ("bfloat16", 1), "translation": ("float16", None)}),
    ("image.sobel_edges", {}, {"images": IMAGES}),
    ("image.sobel_edges", {"data_format": "channels_first"}, {"images": ("float16", None, 3, None, 9)}),
    ("image.ssim", {"filter_size": 3}, {"image1": IMAGES, "image2": IMAGES}),
    ("image.ssim", {"filter_size": 5, "filter_sigma": 1, "max_val": 255, "k1": 0.02, "k2": 0.05, "data_format": "channels_first"}, {"image1": ("uint8", 3, 8, 9), "image2": (3, None, 9)}),
]  # fmt: skip

ROWS = [*ACTIVATIONS, *CONVOLUTIONS, *NORMALIZATIONS, *LOSSES, *LINEAR_ALGEBRA, *MATH, *IMAGE]

NAMESPACES = ("image", "linalg", "math", "nn")
"""The parts of `catalog/ops` that the rows are about."""

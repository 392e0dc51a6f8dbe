"""The ops in Keras's configuration: the operation that each is, and where it departs from the rules, in tables.

Each op is one operation of Keras. Its arguments are the operation's configuration, and its tensors are what the
operation is called with, in order; numbers that stand where tensors do stand there as they are.
"""

from __future__ import annotations

from typing import Any

from spec_compiler.catalog.keras_config.form import OpForm
from spec_compiler.catalog.keras_config.kinds import Kind, null_follows, null_is, repeated
from spec_compiler.catalog.ops.numpy.indexing import python_item
from spec_compiler.catalog.values import slice_text

NUMPY = "keras.src.ops.numpy"

MODULES: dict[str, tuple[str, ...]] = {
    "keras.src.ops.core": (
        "cast", "convert_to_tensor", "saturate_cast", "scatter", "scatter_update", "slice", "slice_update",
        "stop_gradient", "unstack",
    ),
    "keras.src.ops.einops": (
        "rearrange",
    ),
    "keras.src.ops.image": (
        "image.affine_transform", "image.crop_images", "image.elastic_transform", "image.extract_patches",
        "image.extract_patches_3d", "image.gaussian_blur", "image.hsv_to_rgb", "image.map_coordinates",
        "image.pad_images", "image.perspective_transform", "image.resize", "image.rgb_to_grayscale",
        "image.rgb_to_hsv", "image.scale_and_translate", "image.sobel_edges", "image.ssim",
    ),
    "keras.src.ops.linalg": (
        "cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "lstsq", "lu_factor", "matrix_rank", "norm",
        "pinv", "qr", "solve", "solve_triangular", "svd",
    ),
    "keras.src.ops.math": (
        "cdist", "erf", "erfc", "erfinv", "extract_sequences", "fft", "fft2", "ifft2", "in_top_k", "irfft", "istft",
        "logdet", "logsumexp", "rfft", "rsqrt", "segment_max", "segment_min", "segment_prod", "segment_sum", "stft",
        "top_k", "view_as_real",
    ),
    "keras.src.ops.nn": (
        "average_pool", "batch_normalization", "binary_crossentropy", "categorical_crossentropy", "celu", "conv",
        "ctc_decode", "ctc_loss", "depth_to_space", "depthwise_conv", "dot_product_attention", "elu", "fold",
        "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "layer_normalization", "leaky_relu",
        "log_sigmoid", "log_softmax", "max_pool", "moments", "multi_hot", "normalize", "one_hot", "polar", "psnr",
        "relu", "relu6", "rms_normalization", "selu", "separable_conv", "sigmoid", "silu", "soft_shrink", "softmax",
        "softplus", "softsign", "space_to_depth", "sparse_categorical_crossentropy", "sparse_plus",
        "sparse_sigmoid", "sparsemax", "squareplus", "tanh_shrink", "threshold", "unfold",
    ),
}  # fmt: skip
"""The ops by the module of Keras that has their operations; all others are in that of NumPy's functions."""

CLASS_NAMES: dict[str, str] = {
    "abs": "Absolute", "allclose": "AllClose", "batch_normalization": "BatchNorm", "cdist": "CDist",
    "ctc_decode": "CTCDecode", "ctc_loss": "CTCLoss", "fft": "FFT", "fft2": "FFT2", "ifft2": "IFFT2",
    "image.extract_patches_3d": "ExtractPatches", "image.hsv_to_rgb": "HSVToRGB",
    "image.rgb_to_grayscale": "RGBToGrayscale", "image.rgb_to_hsv": "RGBToHSV", "image.ssim": "SSIM",
    "irfft": "IRFFT", "isin": "IsIn", "istft": "ISTFT", "layer_normalization": "LayerNorm", "psnr": "PSNR",
    "rfft": "RFFT", "rms_normalization": "RMSNorm", "searchsorted": "SearchSorted", "stft": "STFT", "svd": "SVD",
}  # fmt: skip
"""The operations whose class in Keras is not called as that of the catalogue."""

OTHER_CLASSES: dict[str, str] = {
    "Abs": "abs", "BitwiseNot": "bitwise_invert", "Conj": "conjugate", "LeftShift": "bitwise_left_shift",
    "RightShift": "bitwise_right_shift", "TrueDivide": "divide",
}  # fmt: skip
"""The operations of NumPy's functions that do what another one does, as what Python's `/` makes: the op of each."""

READ_AS: dict[str, str] = {"image.extract_patches_3d": "image.extract_patches"}
"""The ops whose operation is also that of another one, as which it is read."""


def _text_of(item: Any) -> Any:
    return "..." if item is ... else slice_text(item) if isinstance(item, slice) else item


_KEY = Kind(
    write=lambda value, _owner: tuple(python_item(item) for item in value),
    read=lambda value, _given: tuple(map(_text_of, value if isinstance(value, tuple) else (value,))),
)
"""What an index is made of: a spec writes slices and dots as text, Python and Keras have objects for them."""


def _patches(axes: int) -> dict[str, Kind]:
    size = repeated(axes)
    return {"size": size, "strides": null_follows(lambda arguments: size.write(arguments.size, arguments))}


_WINDOWS = {"dilation": 1, "padding": 0, "stride": 1}

OPS: dict[str, OpForm] = {
    "average": OpForm(positional=("x",), keywords=("weights",)),
    "dot_product_attention": OpForm(
        positional=("query", "key", "value"),
        keywords=("bias", "mask", "scale"),
        added={"attn_logits_soft_cap": None},
    ),
    "einsum": OpForm(spread="operands"),
    "fold": OpForm(left_out=_WINDOWS),
    "get_item": OpForm(kinds={"key": _KEY}, positional=("x", "key")),
    "image.extract_patches": OpForm(kinds=_patches(2), named=False),
    "image.extract_patches_3d": OpForm(kinds=_patches(3), named=False),
    "image.scale_and_translate": OpForm(positional=("images", "output_shape", "scale", "translation")),
    "isclose": OpForm(positional=("x1", "x2", "rtol", "atol")),
    "layer_normalization": OpForm(added={"rms_scaling": False}),
    "meshgrid": OpForm(spread="x"),
    "multi_hot": OpForm(kinds={"dtype": null_is("float32")}, added={"sparse": False}),
    "one_hot": OpForm(kinds={"dtype": null_is("float32")}),
    "pad": OpForm(keywords=("constant_values",)),
    "rearrange": OpForm(positional=("tensor", "pattern"), keywords=("axes_lengths",), spread="axes_lengths"),
    "reshape": OpForm(kinds={"newshape": repeated(1)}),
    "rms_normalization": OpForm(positional=("x",), keywords=("scale",)),
    "select": OpForm(missing={"default": 0}),
    "unfold": OpForm(left_out=_WINDOWS),
}
"""The ops that depart from the rules, by their names below `keras.ops`."""

"""The types that a node can have, in one place: which module has the class of each name.

A module is imported when one of its names is asked for, so that a small spec does not pay for the whole of Keras.
Tests hold the tables against the modules and against Keras.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from spec_compiler.catalog.layers.base import Operation

LAYERS: dict[str, tuple[str, ...]] = {
    "attention": ("AdditiveAttention", "Attention"),
    "audio": ("MelSpectrogram", "STFTSpectrogram"),
    "augmentation_colour": (
        "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization", "RandomBrightness",
        "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomGaussianBlur", "RandomGrayscale",
        "RandomHue", "RandomInvert", "RandomPosterization", "RandomSaturation", "RandomSharpness", "Solarization",
    ),
    "augmentation_geometry": (
        "RandomElasticTransform", "RandomFlip", "RandomPerspective", "RandomRotation", "RandomShear",
        "RandomTranslation", "RandomZoom",
    ),
    "augmentation_mixing": ("AugMix", "CutMix", "MixUp", "RandAugment", "RandomErasing"),
    "categories": ("CategoryEncoding", "Discretization", "HashedCrossing", "Hashing"),
    "images": ("CenterCrop", "MaxNumBoundingBoxes", "RandomCrop", "Resizing"),
    "lookup": ("IntegerLookup", "StringLookup", "TextVectorization"),
    "preprocessing": ("Normalization", "Pipeline", "Rescaling"),
    "activation": ("ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"),
    "core": (
        "Activation", "Dense", "EinsumDense", "Embedding", "Identity", "Input", "Masking", "ReversibleEmbedding",
    ),
    "merging": ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"),
    "reshaping": (
        "Cropping1D", "Cropping2D", "Cropping3D", "Flatten", "Permute", "RepeatVector", "Reshape", "UpSampling1D",
        "UpSampling2D", "UpSampling3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
    ),
    "convolutional_recurrent": ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    "convolutional": ("Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose"),
    "pooling": (
        "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D",
        "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
        "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalMaxPooling1D",
        "GlobalMaxPooling2D", "GlobalMaxPooling3D", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    ),
    "separable": ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
    "multi_head_attention": ("GroupQueryAttention", "MultiHeadAttention"),
    "normalization": (
        "BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization",
        "SpectralNormalization", "UnitNormalization",
    ),
    "regularization": (
        "ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise",
        "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
    ),
    "recurrent": ("GRU", "LSTM", "RNN", "SimpleRNN"),
    "recurrent_cells": ("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"),
    "wrappers": ("Bidirectional", "Sequential", "TimeDistributed"),
}  # fmt: skip
"""The layers by the module of `catalog/layers` that has their class."""

ALIASES: dict[str, str] = {
    "add": "Add",
    "average": "Average",
    "concatenate": "Concatenate",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "multiply": "Multiply",
    "subtract": "Subtract",
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D",
    "Convolution1D": "Conv1D",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3D": "Conv3D",
    "Convolution3DTranspose": "Conv3DTranspose",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "GroupedQueryAttention": "GroupQueryAttention",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
}
"""Other names that Keras has for a layer, the functional ones (`concatenate`) included."""

FUNCTIONS: dict[str, tuple[str, str]] = {"dot": ("layers.merging", "DotFunction")}
"""The functional names whose defaults are not those of the layer: the module and the class of each."""

OPS: dict[str, dict[str, str]] = {
    "elementwise": {
        "abs": "Abs", "angle": "Angle", "bitwise_invert": "BitwiseInvert", "ceil": "Ceil", "clip": "Clip",
        "conjugate": "Conjugate", "copy": "Copy", "fabs": "Fabs", "floor": "Floor", "imag": "Imag",
        "isfinite": "Isfinite", "isinf": "Isinf", "isnan": "Isnan", "isneginf": "Isneginf", "isposinf": "Isposinf",
        "isreal": "Isreal", "logical_not": "LogicalNot", "nan_to_num": "NanToNum", "negative": "Negative",
        "real": "Real", "reciprocal": "Reciprocal", "round": "Round", "sign": "Sign", "signbit": "Signbit",
        "square": "Square", "trunc": "Trunc",
    },
    "functions": {
        "arccos": "Arccos", "arccosh": "Arccosh", "arcsin": "Arcsin", "arcsinh": "Arcsinh", "arctan": "Arctan",
        "arctanh": "Arctanh", "cbrt": "Cbrt", "cos": "Cos", "cosh": "Cosh", "deg2rad": "Deg2rad", "exp": "Exp",
        "exp2": "Exp2", "expm1": "Expm1", "i0": "I0", "log": "Log", "log10": "Log10", "log1p": "Log1p",
        "log2": "Log2", "rad2deg": "Rad2deg", "sin": "Sin", "sinc": "Sinc", "sinh": "Sinh", "sqrt": "Sqrt",
        "tan": "Tan", "tanh": "Tanh",
    },
    "binary": {
        "add": "Add", "arctan2": "Arctan2", "divide": "Divide", "divide_no_nan": "DivideNoNan",
        "floor_divide": "FloorDivide", "fmax": "Fmax", "fmin": "Fmin", "fmod": "Fmod", "heaviside": "Heaviside",
        "hypot": "Hypot", "ldexp": "Ldexp", "logaddexp": "Logaddexp", "logaddexp2": "Logaddexp2",
        "maximum": "Maximum", "minimum": "Minimum", "mod": "Mod", "multiply": "Multiply", "nextafter": "Nextafter",
        "power": "Power", "subtract": "Subtract",
    },
    "comparison": {
        "allclose": "Allclose", "equal": "Equal", "greater": "Greater", "greater_equal": "GreaterEqual",
        "isclose": "Isclose", "isin": "Isin", "less": "Less", "less_equal": "LessEqual", "logical_and": "LogicalAnd",
        "logical_or": "LogicalOr", "logical_xor": "LogicalXor", "not_equal": "NotEqual",
    },
    "integers": {
        "bitwise_and": "BitwiseAnd", "bitwise_left_shift": "BitwiseLeftShift", "bitwise_or": "BitwiseOr",
        "bitwise_right_shift": "BitwiseRightShift", "bitwise_xor": "BitwiseXor", "gcd": "Gcd", "lcm": "Lcm",
    },
    "reductions": {
        "all": "All", "amax": "Amax", "amin": "Amin", "any": "Any", "argmax": "Argmax", "argmin": "Argmin",
        "average": "Average", "count_nonzero": "CountNonzero", "cumprod": "Cumprod", "cumsum": "Cumsum", "max": "Max",
        "mean": "Mean", "median": "Median", "min": "Min", "prod": "Prod", "ptp": "Ptp", "size": "Size", "std": "Std",
        "sum": "Sum", "var": "Var",
    },
    "statistics": {
        "nanargmax": "Nanargmax", "nanargmin": "Nanargmin", "nancumprod": "Nancumprod", "nancumsum": "Nancumsum",
        "nanmax": "Nanmax", "nanmean": "Nanmean", "nanmedian": "Nanmedian", "nanmin": "Nanmin", "nanprod": "Nanprod",
        "nanstd": "Nanstd", "nansum": "Nansum", "nanvar": "Nanvar",
    },
    "quantiles": {
        "nanpercentile": "Nanpercentile", "nanquantile": "Nanquantile", "percentile": "Percentile",
        "quantile": "Quantile",
    },
    "joining": {
        "append": "Append", "array_split": "ArraySplit", "concatenate": "Concatenate", "dsplit": "Dsplit",
        "dstack": "Dstack", "hsplit": "Hsplit", "hstack": "Hstack", "meshgrid": "Meshgrid", "split": "Split",
        "stack": "Stack", "vsplit": "Vsplit", "vstack": "Vstack",
    },
    "shaping": {
        "expand_dims": "ExpandDims", "flip": "Flip", "fliplr": "Fliplr", "flipud": "Flipud", "moveaxis": "Moveaxis",
        "ravel": "Ravel", "reshape": "Reshape", "roll": "Roll", "rot90": "Rot90", "squeeze": "Squeeze",
        "swapaxes": "Swapaxes", "transpose": "Transpose",
    },
    "repeating": {
        "broadcast_to": "BroadcastTo", "pad": "Pad", "repeat": "Repeat", "tile": "Tile",
    },
    "indexing": {
        "get_item": "GetItem", "select": "Select", "take": "Take", "take_along_axis": "TakeAlongAxis",
        "where": "Where",
    },
    "sorting": {
        "argpartition": "Argpartition", "argsort": "Argsort", "bincount": "Bincount", "digitize": "Digitize",
        "nonzero": "Nonzero", "searchsorted": "Searchsorted", "sort": "Sort", "unique": "Unique",
    },
    "matrices": {
        "corrcoef": "Corrcoef", "diag": "Diag", "diagflat": "Diagflat", "diagonal": "Diagonal", "slogdet": "Slogdet",
        "trace": "Trace", "tril": "Tril", "triu": "Triu", "vander": "Vander",
    },
    "products": {
        "correlate": "Correlate", "cross": "Cross", "dot": "Dot", "einsum": "Einsum", "inner": "Inner",
        "kron": "Kron", "matmul": "Matmul", "outer": "Outer", "tensordot": "Tensordot", "vdot": "Vdot",
    },
    "filling": {
        "array": "Array", "diff": "Diff", "empty_like": "EmptyLike", "full": "Full", "full_like": "FullLike",
        "geomspace": "Geomspace",
        "linspace": "Linspace", "logspace": "Logspace", "ones_like": "OnesLike", "trapezoid": "Trapezoid",
        "unravel_index": "UnravelIndex", "view": "View", "zeros_like": "ZerosLike",
    },
    "core": {
        "cast": "Cast", "convert_to_tensor": "ConvertToTensor", "saturate_cast": "SaturateCast",
        "stop_gradient": "StopGradient", "unstack": "Unstack",
    },
    "scattering": {
        "scatter": "Scatter", "scatter_update": "ScatterUpdate", "slice": "Slice", "slice_update": "SliceUpdate",
    },
    "rearranging": {
        "rearrange": "Rearrange",
    },
    "activations": {
        "celu": "Celu", "elu": "Elu", "gelu": "Gelu", "glu": "Glu", "hard_shrink": "HardShrink",
        "hard_sigmoid": "HardSigmoid", "hard_silu": "HardSilu", "hard_tanh": "HardTanh", "leaky_relu": "LeakyRelu",
        "log_sigmoid": "LogSigmoid", "log_softmax": "LogSoftmax", "relu": "Relu", "relu6": "Relu6", "selu": "Selu",
        "sigmoid": "Sigmoid", "silu": "Silu", "soft_shrink": "SoftShrink", "softmax": "Softmax",
        "softplus": "Softplus", "softsign": "Softsign", "sparse_plus": "SparsePlus",
        "sparse_sigmoid": "SparseSigmoid", "sparsemax": "Sparsemax", "squareplus": "Squareplus",
        "tanh_shrink": "TanhShrink", "threshold": "Threshold",
    },
    "attending": {"dot_product_attention": "DotProductAttention"},
    "convolving": {"conv": "Conv", "depthwise_conv": "DepthwiseConv", "separable_conv": "SeparableConv"},
    "pooling": {"average_pool": "AveragePool", "max_pool": "MaxPool"},
    "folding": {
        "depth_to_space": "DepthToSpace", "fold": "Fold", "space_to_depth": "SpaceToDepth", "unfold": "Unfold",
    },
    "normalizing": {
        "batch_normalization": "BatchNormalization", "layer_normalization": "LayerNormalization",
        "moments": "Moments", "normalize": "Normalize", "rms_normalization": "RmsNormalization",
    },
    "scoring": {
        "binary_crossentropy": "BinaryCrossentropy", "categorical_crossentropy": "CategoricalCrossentropy",
        "ctc_decode": "CtcDecode", "ctc_loss": "CtcLoss", "psnr": "Psnr",
        "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    },
    "encoding": {"multi_hot": "MultiHot", "one_hot": "OneHot"},
    "linear_algebra": {
        "cholesky": "Cholesky", "cholesky_inverse": "CholeskyInverse", "det": "Det", "eig": "Eig", "eigh": "Eigh",
        "inv": "Inv", "logdet": "Logdet", "lstsq": "Lstsq", "lu_factor": "LuFactor", "matrix_rank": "MatrixRank",
        "pinv": "Pinv", "qr": "Qr", "solve": "Solve", "solve_triangular": "SolveTriangular", "svd": "Svd",
    },
    "norms": {"norm": "Norm"},
    "math": {
        "cdist": "Cdist", "erf": "Erf", "erfc": "Erfc", "erfinv": "Erfinv", "extract_sequences": "ExtractSequences",
        "in_top_k": "InTopK", "logsumexp": "Logsumexp", "rsqrt": "Rsqrt", "segment_max": "SegmentMax",
        "segment_min": "SegmentMin", "segment_prod": "SegmentProd", "segment_sum": "SegmentSum", "top_k": "TopK",
    },
    "spectral": {
        "fft": "Fft", "fft2": "Fft2", "ifft2": "Ifft2", "irfft": "Irfft", "istft": "Istft", "polar": "Polar",
        "rfft": "Rfft", "stft": "Stft", "view_as_real": "ViewAsReal",
    },
    "image": {
        "image.gaussian_blur": "GaussianBlur", "image.hsv_to_rgb": "HsvToRgb", "image.resize": "Resize",
        "image.rgb_to_grayscale": "RgbToGrayscale", "image.rgb_to_hsv": "RgbToHsv",
        "image.sobel_edges": "SobelEdges", "image.ssim": "Ssim",
    },
    "image_regions": {
        "image.crop_images": "CropImages", "image.extract_patches": "ExtractPatches",
        "image.extract_patches_3d": "ExtractPatches3d", "image.pad_images": "PadImages",
    },
    "image_transforms": {
        "image.affine_transform": "AffineTransform", "image.elastic_transform": "ElasticTransform",
        "image.map_coordinates": "MapCoordinates", "image.perspective_transform": "PerspectiveTransform",
        "image.scale_and_translate": "ScaleAndTranslate",
    },
}  # fmt: skip
"""The ops by the module of `catalog/ops` that has their class: the name below `keras.ops`, and the class."""

_ALSO_CALLED = {
    "absolute": "abs",
    "bitwise_not": "bitwise_invert",
    "conj": "conjugate",
    "left_shift": "bitwise_left_shift",
    "right_shift": "bitwise_right_shift",
    "true_divide": "divide",
}

_NUMPY = (
    "elementwise", "functions", "binary", "comparison", "integers", "reductions", "statistics", "quantiles", "joining",
    "shaping", "repeating", "indexing", "sorting", "matrices", "products", "filling",
)  # fmt: skip

_NN = ("activations", "attending", "convolving", "pooling", "folding", "normalizing", "scoring", "encoding")
_LINALG = tuple(name for name in (*OPS["linear_algebra"], *OPS["norms"]) if name != "logdet")

OP_ALIASES: dict[str, str] = {
    "hard_swish": "hard_silu",
    "swish": "silu",
    "nn.hard_swish": "hard_silu",
    "nn.polar": "polar",
    "nn.swish": "silu",
    **{f"nn.{name}": name for module in _NN for name in OPS[module]},
    **{f"linalg.{name}": name for name in _LINALG},
    **_ALSO_CALLED,
    **{f"numpy.{name}": name for module in _NUMPY for name in OPS[module]},
    **{f"numpy.{name}": other for name, other in _ALSO_CALLED.items()},
}
"""Other names that Keras has for an op (`linalg.norm` for `norm`, `amax` for `max`)."""

FORBIDDEN: dict[str, str] = {
    "Lambda": "it runs code",
    "TFSMLayer": "it loads and runs a program from a file",
    "TorchModuleWrapper": "it runs code of another framework",
    "JaxLayer": "it runs code of another framework",
    "FlaxLayer": "it runs code of another framework",
}
"""Layers of Keras that do not exist in the language, and why."""

_MODULE_OF = (
    {name: (f"layers.{module}", name) for module, names in LAYERS.items() for name in names}
    | FUNCTIONS
    | {
        f"ops.{name}": (f"ops.{module}", class_name)
        for module, names in OPS.items()
        for name, class_name in names.items()
    }
)
_ALIASES = ALIASES | {f"ops.{name}": f"ops.{other}" for name, other in OP_ALIASES.items()}


def type_names() -> list[str]:
    """Every name that `type` can have, sorted."""
    return sorted({*_MODULE_OF, *_ALIASES})


def own_name(name: str) -> str:
    """The name of a type that another one is an alias of; the name itself if it is no alias."""
    return _ALIASES.get(name, name)


def other_names(name: str) -> tuple[str, ...]:
    """The aliases of a type, sorted."""
    return tuple(sorted(alias for alias, other in _ALIASES.items() if other == name))


@cache
def operation(name: str) -> type[Operation] | None:
    """The class of a type's name; none if there is no such type."""
    home = _MODULE_OF.get(own_name(name))
    if home is None:
        return None
    module, class_name = home
    found: type[Operation] = getattr(import_module(f"spec_compiler.catalog.{module}"), class_name)
    assert issubclass(found, Operation)
    return found

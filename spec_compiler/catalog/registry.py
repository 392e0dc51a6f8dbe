"""The types that a node can have, in one place: which module has the class of each name.

A module is imported when one of its names is asked for, so that a small spec does not pay for the whole of Keras.
Tests hold the tables against the modules and against Keras.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from spec_compiler.catalog.layers.base import Operation

LAYERS: dict[str, tuple[str, ...]] = {
    "applications": ("CustomScaleLayer", "LayerScale"),
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
    "core.activation": ("Activation",),
    "core.dense": ("Dense",),
    "core.einsum_dense": ("EinsumDense",),
    "core.embedding": ("Embedding",),
    "core.identity": ("Identity",),
    "core.input": ("Input",),
    "core.masking": ("Masking",),
    "core.reversible_embedding": ("ReversibleEmbedding",),
    "merging.concatenate": ("Concatenate",),
    "merging.dot": ("Dot",),
    "merging.elementwise": ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"),
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
    "recurrent.gru": ("GRU",),
    "recurrent.lstm": ("LSTM",),
    "recurrent.rnn": ("RNN",),
    "recurrent.simple_rnn": ("SimpleRNN",),
    "recurrent_cells.gru": ("GRUCell",),
    "recurrent_cells.lstm": ("LSTMCell",),
    "recurrent_cells.simple_rnn": ("SimpleRNNCell",),
    "recurrent_cells.stacked": ("StackedRNNCells",),
    "wrappers": ("Bidirectional", "Sequential", "TimeDistributed"),
}  # fmt: skip
"""The layers by the module of `catalog/layers` that has their class."""


def layers_of(family: str) -> list[str]:
    """The layers of a family, sorted: those of a module of `catalog/layers`, or of a package there."""
    return sorted(name for module, names in LAYERS.items() if module.split(".")[0] == family for name in names)


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

FUNCTIONS: dict[str, tuple[str, str]] = {"dot": ("layers.merging.dot", "DotFunction")}
"""The functional names whose defaults are not those of the layer: the module and the class of each."""

OPS: dict[str, dict[str, str]] = {
    "core": {
        "cast": "Cast", "convert_to_tensor": "ConvertToTensor", "saturate_cast": "SaturateCast", "scatter": "Scatter",
        "scatter_update": "ScatterUpdate", "slice": "Slice", "slice_update": "SliceUpdate",
        "stop_gradient": "StopGradient", "unstack": "Unstack",
    },
    "einops": {
        "rearrange": "Rearrange",
    },
    "numpy.constants": {
        "arange": "Arange", "bartlett": "Bartlett", "blackman": "Blackman", "eye": "Eye", "hamming": "Hamming",
        "hanning": "Hanning", "identity": "Identity", "kaiser": "Kaiser", "ones": "Ones", "tri": "Tri",
        "zeros": "Zeros",
    },
    "numpy.creation": {
        "array": "Array", "copy": "Copy", "empty_like": "EmptyLike", "full": "Full", "full_like": "FullLike",
        "geomspace": "Geomspace", "linspace": "Linspace", "logspace": "Logspace", "meshgrid": "Meshgrid",
        "ones_like": "OnesLike", "view": "View", "zeros_like": "ZerosLike",
    },
    "numpy.arithmetic": {
        "abs": "Abs", "add": "Add", "clip": "Clip", "divide": "Divide", "divide_no_nan": "DivideNoNan", "fabs": "Fabs",
        "floor_divide": "FloorDivide", "fmax": "Fmax", "fmin": "Fmin", "fmod": "Fmod", "gcd": "Gcd",
        "heaviside": "Heaviside", "lcm": "Lcm", "maximum": "Maximum", "minimum": "Minimum", "mod": "Mod",
        "multiply": "Multiply", "negative": "Negative", "power": "Power", "reciprocal": "Reciprocal", "sign": "Sign",
        "square": "Square", "subtract": "Subtract",
    },
    "numpy.rounding": {
        "ceil": "Ceil", "floor": "Floor", "round": "Round", "trunc": "Trunc",
    },
    "numpy.exponential": {
        "cbrt": "Cbrt", "exp": "Exp", "exp2": "Exp2", "expm1": "Expm1", "log": "Log", "log10": "Log10",
        "log1p": "Log1p", "log2": "Log2", "logaddexp": "Logaddexp", "logaddexp2": "Logaddexp2", "sqrt": "Sqrt",
    },
    "numpy.trigonometric": {
        "arccos": "Arccos", "arccosh": "Arccosh", "arcsin": "Arcsin", "arcsinh": "Arcsinh", "arctan": "Arctan",
        "arctan2": "Arctan2", "arctanh": "Arctanh", "cos": "Cos", "cosh": "Cosh", "deg2rad": "Deg2rad",
        "hypot": "Hypot", "rad2deg": "Rad2deg", "sin": "Sin", "sinh": "Sinh", "tan": "Tan", "tanh": "Tanh",
    },
    "numpy.special": {
        "i0": "I0", "sinc": "Sinc",
    },
    "numpy.complex": {
        "angle": "Angle", "conjugate": "Conjugate", "imag": "Imag", "isreal": "Isreal", "real": "Real",
    },
    "numpy.floating_point": {
        "isfinite": "Isfinite", "isinf": "Isinf", "isnan": "Isnan", "isneginf": "Isneginf", "isposinf": "Isposinf",
        "ldexp": "Ldexp", "nan_to_num": "NanToNum", "nextafter": "Nextafter", "signbit": "Signbit",
    },
    "numpy.comparison": {
        "allclose": "Allclose", "equal": "Equal", "greater": "Greater", "greater_equal": "GreaterEqual",
        "isclose": "Isclose", "less": "Less", "less_equal": "LessEqual", "not_equal": "NotEqual",
    },
    "numpy.logical": {
        "all": "All", "any": "Any", "logical_and": "LogicalAnd", "logical_not": "LogicalNot",
        "logical_or": "LogicalOr", "logical_xor": "LogicalXor",
    },
    "numpy.bitwise": {
        "bitwise_and": "BitwiseAnd", "bitwise_invert": "BitwiseInvert", "bitwise_left_shift": "BitwiseLeftShift",
        "bitwise_or": "BitwiseOr", "bitwise_right_shift": "BitwiseRightShift", "bitwise_xor": "BitwiseXor",
    },
    "numpy.sums": {
        "cumprod": "Cumprod", "cumsum": "Cumsum", "diff": "Diff", "nancumprod": "Nancumprod", "nancumsum": "Nancumsum",
        "nanprod": "Nanprod", "nansum": "Nansum", "prod": "Prod", "sum": "Sum", "trapezoid": "Trapezoid",
    },
    "numpy.statistical": {
        "average": "Average", "mean": "Mean", "median": "Median", "nanmean": "Nanmean", "nanmedian": "Nanmedian",
        "nanstd": "Nanstd", "nanvar": "Nanvar", "std": "Std", "var": "Var",
    },
    "numpy.extrema": {
        "amax": "Amax", "amin": "Amin", "max": "Max", "min": "Min", "nanmax": "Nanmax", "nanmin": "Nanmin",
        "ptp": "Ptp",
    },
    "numpy.quantiles": {
        "nanpercentile": "Nanpercentile", "nanquantile": "Nanquantile", "percentile": "Percentile",
        "quantile": "Quantile",
    },
    "numpy.correlation": {
        "corrcoef": "Corrcoef", "correlate": "Correlate",
    },
    "numpy.counting": {
        "bincount": "Bincount", "count_nonzero": "CountNonzero", "size": "Size",
    },
    "numpy.searching": {
        "argmax": "Argmax", "argmin": "Argmin", "digitize": "Digitize", "nanargmax": "Nanargmax",
        "nanargmin": "Nanargmin", "nonzero": "Nonzero", "searchsorted": "Searchsorted", "where": "Where",
    },
    "numpy.sorting": {
        "argpartition": "Argpartition", "argsort": "Argsort", "sort": "Sort",
    },
    "numpy.sets": {
        "isin": "Isin", "unique": "Unique",
    },
    "numpy.indexing": {
        "get_item": "GetItem", "select": "Select", "take": "Take", "take_along_axis": "TakeAlongAxis",
        "unravel_index": "UnravelIndex",
    },
    "numpy.reshaping": {
        "expand_dims": "ExpandDims", "ravel": "Ravel", "reshape": "Reshape", "squeeze": "Squeeze",
    },
    "numpy.transposing": {
        "moveaxis": "Moveaxis", "swapaxes": "Swapaxes", "transpose": "Transpose",
    },
    "numpy.rearranging": {
        "flip": "Flip", "fliplr": "Fliplr", "flipud": "Flipud", "roll": "Roll", "rot90": "Rot90",
    },
    "numpy.tiling": {
        "broadcast_to": "BroadcastTo", "pad": "Pad", "repeat": "Repeat", "tile": "Tile",
    },
    "numpy.joining": {
        "append": "Append", "concatenate": "Concatenate", "dstack": "Dstack", "hstack": "Hstack", "stack": "Stack",
        "vstack": "Vstack",
    },
    "numpy.splitting": {
        "array_split": "ArraySplit", "dsplit": "Dsplit", "hsplit": "Hsplit", "split": "Split", "vsplit": "Vsplit",
    },
    "numpy.matrices": {
        "diag": "Diag", "diagflat": "Diagflat", "diagonal": "Diagonal", "slogdet": "Slogdet", "trace": "Trace",
        "tril": "Tril", "triu": "Triu", "vander": "Vander",
    },
    "numpy.products": {
        "cross": "Cross", "dot": "Dot", "einsum": "Einsum", "inner": "Inner", "kron": "Kron", "matmul": "Matmul",
        "outer": "Outer", "tensordot": "Tensordot", "vdot": "Vdot",
    },
    "nn.activations": {
        "celu": "Celu", "elu": "Elu", "gelu": "Gelu", "glu": "Glu", "hard_shrink": "HardShrink",
        "hard_sigmoid": "HardSigmoid", "hard_silu": "HardSilu", "hard_tanh": "HardTanh", "leaky_relu": "LeakyRelu",
        "log_sigmoid": "LogSigmoid", "log_softmax": "LogSoftmax", "relu": "Relu", "relu6": "Relu6", "selu": "Selu",
        "sigmoid": "Sigmoid", "silu": "Silu", "soft_shrink": "SoftShrink", "softmax": "Softmax",
        "softplus": "Softplus", "softsign": "Softsign", "sparse_plus": "SparsePlus", "sparse_sigmoid": "SparseSigmoid",
        "sparsemax": "Sparsemax", "squareplus": "Squareplus", "tanh_shrink": "TanhShrink", "threshold": "Threshold",
    },
    "nn.attention": {
        "dot_product_attention": "DotProductAttention",
    },
    "nn.convolution": {
        "conv": "Conv", "depthwise_conv": "DepthwiseConv", "separable_conv": "SeparableConv",
    },
    "nn.pooling": {
        "average_pool": "AveragePool", "max_pool": "MaxPool",
    },
    "nn.folding": {
        "depth_to_space": "DepthToSpace", "fold": "Fold", "space_to_depth": "SpaceToDepth", "unfold": "Unfold",
    },
    "nn.normalization": {
        "batch_normalization": "BatchNormalization", "layer_normalization": "LayerNormalization", "moments": "Moments",
        "normalize": "Normalize", "rms_normalization": "RmsNormalization",
    },
    "nn.losses": {
        "binary_crossentropy": "BinaryCrossentropy", "categorical_crossentropy": "CategoricalCrossentropy",
        "ctc_decode": "CtcDecode", "ctc_loss": "CtcLoss",
        "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    },
    "nn.metrics": {
        "psnr": "Psnr",
    },
    "nn.encoding": {
        "multi_hot": "MultiHot", "one_hot": "OneHot",
    },
    "nn.complex": {
        "polar": "Polar",
    },
    "linalg.decompositions": {
        "cholesky": "Cholesky", "eig": "Eig", "eigh": "Eigh", "lu_factor": "LuFactor", "qr": "Qr", "svd": "Svd",
    },
    "linalg.solving": {
        "cholesky_inverse": "CholeskyInverse", "inv": "Inv", "lstsq": "Lstsq", "pinv": "Pinv", "solve": "Solve",
        "solve_triangular": "SolveTriangular",
    },
    "linalg.norms": {
        "det": "Det", "matrix_rank": "MatrixRank", "norm": "Norm",
    },
    "math.special": {
        "erf": "Erf", "erfc": "Erfc", "erfinv": "Erfinv", "logsumexp": "Logsumexp", "rsqrt": "Rsqrt",
    },
    "math.complex": {
        "view_as_real": "ViewAsReal",
    },
    "math.determinants": {
        "logdet": "Logdet",
    },
    "math.distances": {
        "cdist": "Cdist",
    },
    "math.fft": {
        "fft": "Fft", "fft2": "Fft2", "ifft2": "Ifft2", "irfft": "Irfft", "istft": "Istft", "rfft": "Rfft",
        "stft": "Stft",
    },
    "math.segments": {
        "segment_max": "SegmentMax", "segment_min": "SegmentMin", "segment_prod": "SegmentProd",
        "segment_sum": "SegmentSum",
    },
    "math.sequences": {
        "extract_sequences": "ExtractSequences",
    },
    "math.top_k": {
        "in_top_k": "InTopK", "top_k": "TopK",
    },
    "image.borders": {
        "image.crop_images": "CropImages", "image.pad_images": "PadImages",
    },
    "image.colour_spaces": {
        "image.hsv_to_rgb": "HsvToRgb", "image.rgb_to_grayscale": "RgbToGrayscale", "image.rgb_to_hsv": "RgbToHsv",
    },
    "image.filters": {
        "image.gaussian_blur": "GaussianBlur", "image.sobel_edges": "SobelEdges",
    },
    "image.patches": {
        "image.extract_patches": "ExtractPatches", "image.extract_patches_3d": "ExtractPatches3d",
    },
    "image.resizing": {
        "image.resize": "Resize",
    },
    "image.similarity": {
        "image.ssim": "Ssim",
    },
    "image.transforms": {
        "image.affine_transform": "AffineTransform", "image.elastic_transform": "ElasticTransform",
        "image.map_coordinates": "MapCoordinates", "image.perspective_transform": "PerspectiveTransform",
        "image.scale_and_translate": "ScaleAndTranslate",
    },
}  # fmt: skip
"""The ops by the module of `catalog/ops` that has their class: the name below `keras.ops`, and the class.

The first part of a module's name is the module of Keras that defines the op, below `keras.src.ops`. Those of `numpy`
are further divided as NumPy's reference and the array API standard divide them.
"""

_SYNONYMS = {
    "absolute": "abs",
    "bitwise_not": "bitwise_invert",
    "conj": "conjugate",
    "hard_swish": "hard_silu",
    "left_shift": "bitwise_left_shift",
    "right_shift": "bitwise_right_shift",
    "swish": "silu",
    "true_divide": "divide",
}

_NAMESPACES = ("linalg", "nn", "numpy")
"""The parts of `keras.ops` that hold ops which stand in `keras.ops` itself too."""

_NAMESPACE_OF = {name: module.partition(".")[0] for module, names in OPS.items() for name in names}

OP_ALIASES: dict[str, str] = {
    **_SYNONYMS,
    **{
        f"{_NAMESPACE_OF[name]}.{alias}": name
        for alias, name in (*((name, name) for name in _NAMESPACE_OF), *_SYNONYMS.items())
        if _NAMESPACE_OF[name] in _NAMESPACES
    },
}
"""Other names that Keras has for an op (`absolute` for `abs`, `linalg.norm` for `norm`)."""

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


@cache
def type_names() -> tuple[str, ...]:
    """Every name that `type` can have, sorted."""
    return tuple(sorted({*_MODULE_OF, *_ALIASES}))


def own_name(name: str) -> str:
    """The name of a type that another one is an alias of; the name itself if it is no alias."""
    return _ALIASES.get(name, name)


def usual_name(name: str) -> str:
    """The name that a spec usually calls a layer by: of a layer that merges, its functional name (`add` for `Add`)."""
    return name.lower() if ALIASES.get(name.lower()) == name else name


def layer_name(name: str) -> str:
    """The name of the layer that a type makes: of a functional name (`dot`) that of the layer (`Dot`)."""
    found = operation(name) if name in FUNCTIONS else None
    return found.keras_name if found is not None else own_name(name)


def other_names(name: str) -> tuple[str, ...]:
    """The aliases of a type, sorted."""
    return tuple(sorted(alias for alias, other in _ALIASES.items() if other == name))


@cache
def operation(name: str) -> type[Operation] | None:
    """The class of a type's name; None if there is no such type."""
    home = _MODULE_OF.get(own_name(name))
    if home is None:
        return None
    module, class_name = home
    found: type[Operation] = getattr(import_module(f"spec_compiler.catalog.{module}"), class_name)
    assert issubclass(found, Operation)
    return found

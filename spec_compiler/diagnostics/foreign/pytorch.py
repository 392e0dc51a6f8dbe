"""Names of PyTorch, and of libraries beside it."""

from __future__ import annotations

from spec_compiler.diagnostics.foreign.row import Row, explained, renamed

_SOURCE = "PyTorch"
_LAYER = ("a layer",)
_KNOWN = "leave it out: Keras takes it from what flows in"
_OWN_LOSS = "Keras has none: give a loss of your own to `compile` in the calling program"
_OWN_OPTIMIZER = "Keras has none: give an optimizer of your own to `compile` in the calling program"
_TRANSFORMER = "write `imports: [std/transformer.yaml]`, and `{}`, a block that ships with the compiler"
_ACTIVATIONS = {
    "GELU": "gelu",
    "SiLU": "silu",
    "Mish": "mish",
    "SELU": "selu",
    "CELU": "celu",
    "GLU": "glu",
    "ReLU6": "relu6",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "LogSoftmax": "log_softmax",
    "LogSigmoid": "log_sigmoid",
    "Hardswish": "hard_swish",
    "Hardsigmoid": "hard_sigmoid",
    "Hardtanh": "hard_tanh",
    "Hardshrink": "hard_shrink",
    "Softshrink": "soft_shrink",
    "Tanhshrink": "tanh_shrink",
}
_SPATIAL = ("1", "2", "3")

ROWS: tuple[Row, ...] = (
    # Modules
    *renamed(
        _SOURCE,
        "type",
        {
            "Linear": "Dense",
            "LazyLinear": "Dense",
            **{f"Conv{n}d": f"Conv{n}D" for n in _SPATIAL},
            **{f"ConvTranspose{n}d": f"Conv{n}DTranspose" for n in _SPATIAL},
            **{f"BatchNorm{n}d": "BatchNormalization" for n in _SPATIAL},
            "LayerNorm": "LayerNormalization",
            "GroupNorm": "GroupNormalization",
            "RMSNorm": "RMSNormalization",
            **{f"MaxPool{n}d": f"MaxPooling{n}D" for n in _SPATIAL},
            **{f"AvgPool{n}d": f"AveragePooling{n}D" for n in _SPATIAL},
            **{f"AdaptiveAvgPool{n}d": f"AdaptiveAveragePooling{n}D" for n in _SPATIAL},
            **{f"AdaptiveMaxPool{n}d": f"AdaptiveMaxPooling{n}D" for n in _SPATIAL},
            **{f"Dropout{n}d": f"SpatialDropout{n}D" for n in _SPATIAL},
            "MultiheadAttention": "MultiHeadAttention",
            "UpsamplingNearest2d": "UpSampling2D",
            **{f"ZeroPad{n}d": f"ZeroPadding{n}D" for n in _SPATIAL},
            "Unflatten": "Reshape",
        },
    ),
    *explained(
        _SOURCE,
        "type",
        {
            name: f"write `{{type: Activation, activation: {ours}}}`, or `activation: {ours}` on the layer before"
            for name, ours in _ACTIVATIONS.items()
        },
    ),
    *explained(
        _SOURCE,
        "type",
        {
            "RReLU": "Keras has none: `LeakyReLU` has a fixed slope, and `PReLU` a learned one",
            "Softmin": "negate what flows in (`ops.negative`), and write `Softmax`",
            "Threshold": "write `ops.threshold` with `threshold` and `default_value`",
            **{f"InstanceNorm{n}d": "write `GroupNormalization` with `groups: -1`" for n in _SPATIAL},
            "SyncBatchNorm": "write `BatchNormalization` with `synchronized: true`",
            "LocalResponseNorm": "Keras has none: `BatchNormalization` has taken its place",
            "UpsamplingBilinear2d": "write `UpSampling2D` with `interpolation: bilinear`",
            "Normalize": "write `Normalization` with `mean` and `variance`, the square of `std`",
            "ToTensor": "write `Rescaling` with `scale: 0.00392156862745098`; channels stay last",
            "Upsample": "say how many axes: `UpSampling1D`, `UpSampling2D` or `UpSampling3D`",
            "PixelShuffle": "write `ops.depth_to_space` with `block_size`",
            "PixelUnshuffle": "write `ops.space_to_depth` with `block_size`",
            "ReflectionPad2d": "write `ops.pad` with `mode: reflect`",
            "ReplicationPad2d": "write `ops.pad` with `mode: edge`",
            "ConstantPad2d": "write `ops.pad` with `constant_values`",
            "EmbeddingBag": "write an `Embedding`, and `GlobalAveragePooling1D` after it",
            "Bilinear": "write `ops.einsum`, or `dot`",
            "CosineSimilarity": "write `dot` with `normalize: true`",
            "PairwiseDistance": "write `subtract`, and `ops.norm`",
            "ModuleList": "each layer is an entry under `nodes`; `repeat` chains copies of one, and `for` sets them side by side",
            "ModuleDict": "each layer is an entry under `nodes`; `for` makes one for each value",
            "Module": "a part of a spec with inputs and outputs of its own is a block, under `blocks`",
            "Parameter": "weights belong to layers: write an `Embedding`, or a layer of your own",
            "TransformerEncoderLayer": _TRANSFORMER.format("transformer_encoder"),
            "TransformerDecoderLayer": _TRANSFORMER.format("transformer_decoder"),
            # Functions and methods
            "cat": "write `concatenate`, which joins along the last axis unless `axis` says otherwise",
            "view": "write `Reshape`, whose `target_shape` leaves the batch out",
            "permute": "write `Permute`, whose `dims` leave the batch out, or `ops.transpose`",
            "masked_fill": "write `ops.where` with the mask, a number and the tensor",
            "interpolate": "write `Resizing`, or `UpSampling2D`",
            "chunk": "write `ops.split` with `indices_or_sections`, the number of pieces",
            "contiguous": "leave it out: tensors of Keras have no layout",
            "detach": "write `ops.stop_gradient`",
            "baddbmm": "write `ops.matmul` and `add`",
            "einops.reduce": "write the op that reduces, such as `ops.mean` with `axis`",
            "einops.repeat": "write `ops.repeat`, or `ops.tile`",
            "scaled_dot_product_attention": "write `MultiHeadAttention`, or `ops.dot_product_attention`",
        },
    ),
    *renamed(
        _SOURCE,
        "type",
        {
            "unsqueeze": "ops.expand_dims",
            "einops.rearrange": "ops.rearrange",
            "clamp": "ops.clip",
            "bmm": "ops.matmul",
            "mm": "ops.matmul",
        },
    ),
    # Arguments of modules
    *renamed(
        _SOURCE,
        "key",
        {
            "out_features": "units",
            "out_channels": "filters",
            "hidden_size": "units",
            "num_embeddings": "input_dim",
            "embedding_dim": "output_dim",
            "dilation": "dilation_rate",
            "eps": "epsilon",
            "nonlinearity": "activation",
            "dim": "axis",
            "scale_factor": "size",
            "keepdim": "keepdims",
        },
    ),
    *renamed(_SOURCE, "key", {"num_groups": "groups"}, of=("GroupNormalization",)),
    *renamed(_SOURCE, "key", {"kernel_size": "pool_size"}, of=("MaxPooling*", "AveragePooling*")),
    *explained(_SOURCE, "key", {"requires_grad": "write `trainable: false`"}, of=("a node",)),
    *explained(_SOURCE, "key", {"shape": "write `target_shape`, without the batch axis"}, of=("Reshape",)),
    *explained(
        _SOURCE,
        "key",
        {
            "in_features": _KNOWN,
            "in_channels": _KNOWN,
            "input_size": _KNOWN,
            "num_features": _KNOWN,
            "num_channels": _KNOWN,
            "num_parameters": _KNOWN,
            "normalized_shape": _KNOWN + "; `axis` says which axes are normalized",
            "inplace": "leave it out: nothing in Keras works in place",
            "device": "leave it out: the calling program says where a model runs",
            "batch_first": "leave it out: in Keras the batch always comes first",
            "bidirectional": "wrap the layer: `{type: Bidirectional, layer: {type: LSTM, units: …}}`",
            "num_layers": "write `repeat` on the node, with `return_sequences: true` on all but the last",
            "padding_idx": "write `mask_zero: true`, which masks the index 0",
            "max_norm": "write `embeddings_constraint: {type: MaxNorm, max_value: …}`",
            "padding_mode": "put an `ops.pad` with `mode` before the layer",
            "ceil_mode": "leave it out: `padding: same` rounds up, `padding: valid` down",
            "return_indices": "Keras has none: a pooling gives the values alone",
            "count_include_pad": "leave it out: Keras does not count what is padded",
            "affine": "write `center` for the offset and `scale` for the factor",
            "elementwise_affine": "write `center` for the offset and `scale` for the factor",
            "track_running_stats": "leave it out: Keras keeps moving averages",
            "embed_dim": "write `key_dim`, the width of one head: `embed_dim` divided by `num_heads`",
            "kdim": "leave it out: Keras takes it from what flows in; `key_dim` is the width of one head",
            "vdim": "leave it out: Keras takes it from what flows in; `value_dim` is the width of one head",
            "add_bias_kv": "leave it out: Keras has no such bias",
            "start_dim": "leave it out: `Flatten` leaves the batch, and `Reshape` any other axes",
            "end_dim": "leave it out: `Flatten` leaves the batch, and `Reshape` any other axes",
            "align_corners": "leave it out: Keras always samples at the centres of pixels",
        },
        of=_LAYER,
    ),
    *explained(
        _SOURCE,
        "choice",
        {
            "0": "write `valid`, which pads nothing",
            **dict.fromkeys(("1", "2", "3"), "write `same`, or `valid` after a padding such as `ZeroPadding2D`"),
        },
        of=("padding",),
    ),
    *renamed(_SOURCE, "choice", {"cat": "concat", "mean": "ave", "avg": "ave"}, of=("merge_mode",)),
    # Arguments of calls
    *renamed(_SOURCE, "call", {"hx": "initial_state", "h_0": "initial_state", "attn_mask": "attention_mask"}),
    *renamed(_SOURCE, "call", {"q": "query", "k": "key", "v": "value"}),
    *explained(
        _SOURCE,
        "call",
        {
            "key_padding_mask": "write `key_mask`, which is true where a key counts: that of PyTorch is true where it does not"
        },
        beside="key_mask",
    ),
    *renamed(_SOURCE, "call", {"is_causal": "use_causal_mask", "need_weights": "return_attention_scores"}),
    # Losses
    *renamed(
        _SOURCE,
        "loss",
        {
            "BCELoss": "binary_crossentropy",
            "MSELoss": "mean_squared_error",
            "L1Loss": "mean_absolute_error",
            "SmoothL1Loss": "huber",
            "HuberLoss": "huber",
            "mse_loss": "mean_squared_error",
            "l1_loss": "mean_absolute_error",
            "smooth_l1_loss": "huber",
            "smooth_l1": "huber",
        },
    ),
    *explained(
        _SOURCE,
        "loss",
        {
            "CrossEntropyLoss": "write `{type: SparseCategoricalCrossentropy, from_logits: true}` for class numbers, "
            "or `CategoricalCrossentropy` for one-hot targets",
            "BCEWithLogitsLoss": "write `{type: BinaryCrossentropy, from_logits: true}`",
            "NLLLoss": "write `sparse_categorical_crossentropy` after a softmax: Keras takes the logarithm itself",
            "KLDivLoss": "write `kl_divergence`, which takes probabilities: Keras takes the logarithm itself",
            "CTCLoss": "write `ctc`, and mind that Keras takes class numbers padded with zeros",
            "PoissonNLLLoss": "write `poisson`, which takes the rate and not its logarithm",
            "GaussianNLLLoss": _OWN_LOSS,
            "CosineEmbeddingLoss": "write `cosine_similarity`",
            "TripletMarginLoss": _OWN_LOSS,
            "MarginRankingLoss": _OWN_LOSS,
            "HingeEmbeddingLoss": "write `hinge`",
            "MultiLabelSoftMarginLoss": "write `{type: BinaryCrossentropy, from_logits: true}`",
        },
    ),
    # Training
    *explained(
        _SOURCE,
        "optimizer",
        {
            "RAdam": "Keras has none: write `Adam` with a schedule that warms up, such as `CosineDecay`",
            "LBFGS": "Keras has none: its optimizers look at one batch at a time",
            "Rprop": "Keras has none: `RMSprop` is its kin for batches",
            "ASGD": "write `SGD` with `use_ema: true`",
            "SparseAdam": "write `Adam`",
            "AdaBelief": _OWN_OPTIMIZER,
            "LARS": "Keras has none: `Lamb` comes nearest",
        },
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "betas": "write `beta_1` and `beta_2`",
        },
        beside="beta_1",
    ),
    *explained(
        _SOURCE,
        "learning rate schedule",
        {
            "StepLR": "write `ExponentialDecay` with `staircase: true`",
            "MultiStepLR": "write `PiecewiseConstantDecay`",
            "LinearLR": "write `PolynomialDecay`, which is straight with `power: 1.0`",
            "CosineAnnealingLR": "write `CosineDecay`",
            "CosineAnnealingWarmRestarts": "write `CosineDecayRestarts`",
            "OneCycleLR": "write `CosineDecay` with `warmup_target` and `warmup_steps`",
            "LambdaLR": "it runs code: choose one of Keras's schedules",
        },
    ),
    *renamed(_SOURCE, "learning rate schedule", {"ExponentialLR": "ExponentialDecay"}),
    # Initializers and dtypes
    *renamed(
        _SOURCE,
        "initializer",
        {
            "xavier_uniform": "glorot_uniform",
            "xavier_normal": "glorot_normal",
            "kaiming_uniform": "he_uniform",
            "kaiming_normal": "he_normal",
            "eye": "identity",
        },
    ),
    *explained(
        _SOURCE,
        "initializer",
        {
            "xavier": "write `glorot_uniform` or `glorot_normal`",
            "kaiming": "write `he_uniform` or `he_normal`",
            "trunc_normal": "write `truncated_normal`, whose `stddev` is 0.05 unless it says otherwise",
            "dirac": "Keras has none: `identity` is for kernels of two axes",
        },
    ),
    *renamed(
        _SOURCE,
        "dtype",
        {
            "long": "int64",
            "double": "float64",
            "half": "float16",
            "short": "int16",
            "byte": "uint8",
            "cfloat": "complex64",
        },
    ),
    *renamed(_SOURCE, "dtype policy", {"half": "float16", "double": "float64"}),
)

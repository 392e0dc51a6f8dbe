"""Names of Keras 1."""

from __future__ import annotations

from spec_compiler.diagnostics.foreign.row import Row, explained, renamed

_SOURCE = "Keras 1"
_ARGUMENTS = (
    ("nb_filter", "filters"),
    ("border_mode", "padding"),
    ("subsample", "strides"),
    ("subsample_length", "strides"),
    ("atrous_rate", "dilation_rate"),
    ("dim_ordering", "data_format"),
    ("bias", "use_bias"),
    ("init", "kernel_initializer"),
    ("init", "embeddings_initializer"),
    ("inner_init", "recurrent_initializer"),
    ("inner_activation", "recurrent_activation"),
    ("W_regularizer", "kernel_regularizer"),
    ("W_regularizer", "embeddings_regularizer"),
    ("W_constraint", "kernel_constraint"),
    ("W_constraint", "embeddings_constraint"),
    ("b_regularizer", "bias_regularizer"),
    ("b_constraint", "bias_constraint"),
    ("U_regularizer", "recurrent_regularizer"),
    ("dropout_W", "dropout"),
    ("dropout_U", "recurrent_dropout"),
    ("p", "rate"),
    ("sigma", "stddev"),
    ("pool_length", "pool_size"),
    ("stride", "strides"),
    ("beta_init", "beta_initializer"),
    ("gamma_init", "gamma_initializer"),
    ("dot_axes", "axes"),
    ("concat_axis", "axis"),
)
_WINDOW = "the window is one argument: `kernel_size: [rows, columns]`"
_VOLUME = "the window is one argument: `kernel_size: [depth, rows, columns]`"

ROWS: tuple[Row, ...] = (
    *(row for name, ours in _ARGUMENTS for row in renamed(_SOURCE, "key", {name: ours})),
    *renamed(_SOURCE, "key", {"output_dim": "units"}, of=("Dense", "LSTM", "GRU", "SimpleRNN", "*Cell")),
    *renamed(_SOURCE, "key", {"length": "size"}, of=("UpSampling1D",)),
    *renamed(_SOURCE, "key", {"filter_length": "kernel_size"}, of=("Conv1D", "*Conv1D")),
    *renamed(_SOURCE, "key", {"nb_epoch": "epochs"}, of=("`fit`",)),
    *explained(_SOURCE, "key", {"nb_row": _WINDOW, "nb_col": _WINDOW}, beside="kernel_size"),
    *explained(
        _SOURCE, "key", dict.fromkeys(("kernel_dim1", "kernel_dim2", "kernel_dim3"), _VOLUME), beside="kernel_size"
    ),
    *explained(
        _SOURCE,
        "key",
        {"consume_less": "leave it out: Keras chooses how to compute"},
        of=("LSTM", "GRU", "SimpleRNN", "*Cell"),
    ),
    *explained(
        _SOURCE,
        "key",
        {"forget_bias_init": "leave it out: `unit_forget_bias: true`, the default, begins with ones"},
        beside="unit_forget_bias",
    ),
    *explained(
        _SOURCE,
        "key",
        {"mode": "leave it out: a layer that is called on several inputs is declared under `layers`"},
        of=("BatchNormalization",),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "samples_per_epoch": "Keras counts batches: `steps_per_epoch` is samples divided by `batch_size`",
            "nb_val_samples": "Keras counts batches: `validation_steps` is samples divided by `batch_size`",
            "show_accuracy": "what is measured belongs to an output: `outputs: {name: {metrics: [accuracy]}}`",
        },
        of=("`fit`",),
    ),
    *renamed(
        _SOURCE,
        "type",
        {
            "Deconvolution2D": "Conv2DTranspose",
            "Deconvolution3D": "Conv3DTranspose",
        },
    ),
    *explained(
        _SOURCE,
        "type",
        {
            "Merge": "each way of merging is a layer: `add`, `multiply`, `average`, `maximum`, `concatenate` or `dot`",
            "merge": "each way of merging is a layer: `add`, `multiply`, `average`, `maximum`, `concatenate` or `dot`",
            "AtrousConvolution1D": "write `Conv1D` with `dilation_rate`",
            "AtrousConvolution2D": "write `Conv2D` with `dilation_rate`",
            "TimeDistributedDense": "write `Dense`, which works on the last axis, whatever stands before it",
            "MaxoutDense": "write a `Dense`, a `Reshape` to `[units, pieces]` and `ops.max` with `axis: -1`",
            "Highway": "Keras has none: write the gate as a `Dense` with `activation: sigmoid`, and `multiply` and `add`",
            "SReLU": "Keras has none: `PReLU` learns one slope, and `LeakyReLU` has a fixed one",
            "ParametricSoftplus": "Keras has none: write `{type: Activation, activation: softplus}`",
            "Graph": "a spec is a graph itself: each layer is an entry under `nodes`",
        },
    ),
    *renamed(_SOURCE, "choice", {"th": "channels_first", "tf": "channels_last"}, of=("data_format",)),
    *renamed(
        _SOURCE,
        "loss",
        {
            "cosine_proximity": "cosine_similarity",
            "kullback_leibler_divergence": "kl_divergence",
        },
    ),
    *explained(
        _SOURCE,
        "metric",
        {
            "fmeasure": "write `f1_score`, or `{type: FBetaScore, beta: …}`",
            "fbeta_score": "write `{type: FBetaScore, beta: …}`",
            "matthews_correlation": "Keras has none: measure it on the predictions, in the calling program",
        },
    ),
    *explained(
        _SOURCE,
        "regularizer",
        {
            "activity_l1": "write `L1` as the layer's `activity_regularizer`",
            "activity_l2": "write `L2` as the layer's `activity_regularizer`",
            "WeightRegularizer": "write `{type: L1L2, l1: …, l2: …}`",
            "EigenvalueRegularizer": "Keras has none: `OrthogonalRegularizer` comes nearest",
        },
    ),
)

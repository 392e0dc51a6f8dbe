"""Names from papers, textbooks and other libraries."""

from __future__ import annotations

from spec_compiler.diagnostics.foreign.row import OWN_LOSS, Row, explained, renamed

_SOURCE = ""
_FLOWS_IN = "what flows in stands under `inputs`"
_FLAT = "arguments stand beside `type`, each under its own name: `{type: Dense, units: …}`"
_TYPE = "what a node calls is its `type`: `{type: Dense, units: …}`"
_PARAMS = "named constants stand under `params`: `params: {width: 64}`, and `${width}` is the value"
_OF_THE_RUN = "it is about how the program runs, and not about the model: leave it out"
_OWN_METRIC = "Keras has none: measure it on the predictions, in the calling program"

_BOUNDS = {"minimum": "min", "lower": "min", "maximum": "max", "upper": "max"}
_CHOICES = {"enum": "choices", "options": "choices", "values": "choices", "allowed": "choices"}
_DESCRIPTION = {"help": "description", "doc": "description", "about": "description"}

ROWS: tuple[Row, ...] = (
    *renamed(
        _SOURCE,
        "type",
        {
            "FullyConnected": "Dense",
            "FC": "Dense",
            "BatchNorm": "BatchNormalization",
            "MHA": "MultiHeadAttention",
            "Deconv2D": "Conv2DTranspose",
            "Conv2DT": "Conv2DTranspose",
            "TransposedConv2D": "Conv2DTranspose",
            "DepthwiseConvolution2D": "DepthwiseConv2D",
            "hadamard": "multiply",
            "Plus": "add",
            "ElementwiseProduct": "multiply",
        },
    ),
    *explained(
        _SOURCE,
        "type",
        {
            "BiLSTM": "write `{type: Bidirectional, layer: {type: LSTM, units: …}}`",
            "BiGRU": "write `{type: Bidirectional, layer: {type: GRU, units: …}}`",
            "BiRNN": "write `{type: Bidirectional, layer: {type: SimpleRNN, units: …}}`",
            "Conv": "say how many axes: `Conv1D`, `Conv2D` or `Conv3D`",
            "MaxPool": "say how many axes: `MaxPooling1D`, `MaxPooling2D` or `MaxPooling3D`",
            "MaxPooling": "say how many axes: `MaxPooling1D`, `MaxPooling2D` or `MaxPooling3D`",
            "AvgPool": "say how many axes: `AveragePooling1D`, `AveragePooling2D` or `AveragePooling3D`",
            "AveragePooling": "say how many axes: `AveragePooling1D`, `AveragePooling2D` or `AveragePooling3D`",
            "GlobalAvgPool": "say how many axes: `GlobalAveragePooling1D` for sequences, `GlobalAveragePooling2D` for images",
            "GlobalPooling": "say which: `GlobalAveragePooling2D`, `GlobalMaxPooling1D` and the like",
            "GlobalMaxPool": "say how many axes: `GlobalMaxPooling1D` for sequences, `GlobalMaxPooling2D` for images",
            "Pooling": "say which: `MaxPooling2D`, `AveragePooling2D`, `GlobalAveragePooling2D` and the like",
            "Norm": "say which: `BatchNormalization`, `LayerNormalization` and the like",
            "AtrousConv2D": "write `Conv2D` with `dilation_rate`",
            "DilatedConv2D": "write `Conv2D` with `dilation_rate`",
            "CausalConv1D": "write `Conv1D` with `padding: causal`",
            "PointwiseConv2D": "write `Conv2D` with `kernel_size: 1`",
            "SpatialDropout": "say how many axes: `SpatialDropout1D`, `SpatialDropout2D` or `SpatialDropout3D`",
            "Resize": "write `Resizing` with `height` and `width`",
            "GroupConv2D": "write `Conv2D` with `groups`",
            "SeparableConv3D": "Keras has none: write `Conv3D` with `groups`, and one with `kernel_size: 1`",
            "SwiGLU": "write two `Dense`, one with `activation: silu`, and `multiply`",
            "GeGLU": "write two `Dense`, one with `activation: gelu`, and `multiply`",
            "PositionalEncoding": "a block that ships with the compiler is the like: "
            "write `imports: [std/transformer.yaml]`, and `learned_positions`",
            "Residual": "write `add` of what goes round and what goes through; `std/residual.yaml` has such blocks",
            "SkipConnection": "write `add` of what goes round and what goes through",
            "Skip": "write `add` of what goes round and what goes through",
            "DropPath": "Keras has none: `Dropout` with `noise_shape: [null, 1, 1, 1]` drops whole samples",
            "StochasticDepth": "Keras has none: `Dropout` with `noise_shape: [null, 1, 1, 1]` drops whole samples",
            "Swish": "write `{type: Activation, activation: silu}`, or `activation: silu` on the layer before",
            "Output": "an output is named under `outputs`: `outputs: {name: {loss: …}}`",
            "Bias": "a bias belongs to a layer: `use_bias: true`",
            "SelfAttention": "write `MultiHeadAttention` with `inputs: {query: x, value: x}`",
            "Loss": "a loss belongs to an output: `outputs: {name: {loss: …}}`",
        },
    ),
    *renamed(
        _SOURCE,
        "key",
        {
            "neurons": "units",
            "num_units": "units",
            "num_filters": "filters",
            "n_filters": "filters",
            "channels": "filters",
            "vocab_size": "input_dim",
            "vocabulary_size": "input_dim",
            "embed_size": "output_dim",
            "heads": "num_heads",
            "n_heads": "num_heads",
            "head_size": "key_dim",
            "kernel": "kernel_size",
            "filter_size": "kernel_size",
            "window": "pool_size",
            "num_epochs": "epochs",
            "max_epochs": "epochs",
            "batchsize": "batch_size",
            "weight": "loss_weight",
            "act": "activation",
        },
    ),
    *explained(
        _SOURCE,
        "key",
        {
            **dict.fromkeys(
                ("source", "src", "prev", "previous", "parent", "parents", "bottom", "depends_on"), _FLOWS_IN
            ),
            **dict.fromkeys(("args", "arguments", "params", "parameters", "config", "attrs", "options"), _FLAT),
            **dict.fromkeys(("frozen", "freeze"), "write `trainable: false`"),
            "weight_decay": "write `kernel_regularizer: {type: L2, l2: …}`, or `weight_decay` on the optimizer",
        },
        of=("a node",),
    ),
    *explained(
        _SOURCE,
        "key",
        dict.fromkeys(("class", "kind", "layer", "layer_type", "module", "op", "op_type"), _TYPE),
        of=("a node without a type",),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            **dict.fromkeys(("early_stopping", "patience"), "write `callbacks: [{type: EarlyStopping, patience: …}]`"),
            **dict.fromkeys(("devices", "gpus", "accelerator"), _OF_THE_RUN),
        },
        of=("`fit`",),
    ),
    *renamed(_SOURCE, "key", {"val_split": "validation_split"}, of=("`fit`",)),
    *explained(
        _SOURCE,
        "key",
        dict.fromkeys(("scheduler", "lr_scheduler", "schedule"), "a schedule is the `learning_rate` of the optimizer"),
        of=("`compile`",),
    ),
    *renamed(_SOURCE, "key", {"losses": "loss", "loss_function": "loss"}, of=("an output",)),
    *renamed(_SOURCE, "key", {"random_seed": "seed", "random_state": "seed"}, of=("a spec",)),
    *explained(
        _SOURCE,
        "key",
        {
            **dict.fromkeys(
                ("graph", "modules", "network", "architecture"), "`nodes` holds the graph, a node an entry"
            ),
            **dict.fromkeys(("variables", "vars", "constants", "hyperparameters", "hparams"), _PARAMS),
            **dict.fromkeys(("train", "training"), "what is trained for stands under `outputs`, `compile` and `fit`"),
            **dict.fromkeys(("include", "includes"), "write `imports: [FILE]`, which brings in the blocks of a file"),
            **dict.fromkeys(("templates", "macros", "functions"), "node types of the spec's own stand under `blocks`"),
            **dict.fromkeys(
                ("precision", "mixed_precision", "amp"), "write `dtype_policy: mixed_bfloat16` or the like"
            ),
            **dict.fromkeys(("weights", "pretrained", "checkpoint"), "weights come from outside: `--weights FILE`"),
            **dict.fromkeys(("backend", "device", "devices"), _OF_THE_RUN),
            "data": "data come from the calling program: `compile_spec(…).fit(…)`",
            "version": "write `spec: 1`, the version of the language",
        },
        of=("a spec",),
    ),
    *renamed(_SOURCE, "key", {"prob": "rate", "dropout": "rate"}, of=("Dropout", "*Dropout", "SpatialDropout*")),
    *renamed(_SOURCE, "key", {"slope": "negative_slope"}, of=("LeakyReLU",)),
    *renamed(_SOURCE, "key", {"pad": "padding"}, of=("ZeroPadding*",)),
    *explained(
        _SOURCE,
        "key",
        {
            "pad": "write `padding: same` or `padding: valid`; for a number of zeros, `ZeroPadding1D`, 2D or 3D stands before"
        },
        of=("Conv*", "MaxPooling*", "AveragePooling*"),
    ),
    *explained(
        _SOURCE,
        "key",
        dict.fromkeys(("dims", "size", "new_shape"), "write `target_shape`, without the batch axis"),
        of=("Reshape",),
    ),
    *renamed(
        _SOURCE,
        "key",
        {**_BOUNDS, **_CHOICES, **_DESCRIPTION, "value": "default", "kind": "type", "dtype": "type"},
        of=("a param",),
    ),
    *explained(_SOURCE, "key", {"required": "a param without a `default` has to be set from outside"}, of=("a param",)),
    *renamed(
        _SOURCE,
        "key",
        {**_BOUNDS, **_CHOICES, "low": "min", "high": "max", "log_scale": "log", "logarithmic": "log"},
        of=("what is tried of a param",),
    ),
    *explained(
        _SOURCE, "key", {"type": "numbers are tried as the type of the param says"}, of=("what is tried of a param",)
    ),
    *explained(
        _SOURCE,
        "key",
        dict.fromkeys(
            ("freeze", "frozen", "trainable", "layers", "unfreeze"), "write `train`: what it does not name is frozen"
        ),
        of=("a phase",),
    ),
    *renamed(_SOURCE, "choice", {"both": "horizontal_and_vertical"}, of=("mode",)),
    *explained(
        _SOURCE,
        "activation",
        {
            "square": "no activation squares: write a node `{type: ops.square}` after this one",
            "sin": "no activation is a sine: write a node `{type: ops.sin}` after this one",
            "cos": "no activation is a cosine: write a node `{type: ops.cos}` after this one",
            "abs": "no activation is the absolute value: write a node `{type: ops.abs}` after this one",
            "prelu": "it has weights: write a node `{type: PReLU}` after this one",
            "lrelu": "write `leaky_relu`, whose slope is 0.2, or a node `{type: LeakyReLU, negative_slope: …}` after this one",
            "rrelu": "Keras has none: write `leaky_relu`, or a node `{type: PReLU}` after this one",
            "swiglu": "write two `Dense`, one with `activation: silu`, and `multiply`",
            "geglu": "write two `Dense`, one with `activation: gelu`, and `multiply`",
            "quick_gelu": "Keras has none: write `gelu`",
            "crelu": "write `relu` of what flows in and of its negative, and `concatenate`",
            "maxout": "write a `Dense`, a `Reshape` to `[units, pieces]` and `ops.max` with `axis: -1`",
            "softmin": "negate what flows in (`ops.negative`), and write `softmax`",
            "step": "Keras has none: it has no gradient to train with",
            "sign": "no activation is the sign, which has no gradient to train with: write a node `{type: ops.sign}`",
        },
    ),
    *renamed(_SOURCE, "activation", {"identity": "linear", "exp": "exponential", "logistic": "sigmoid"}),
    *explained(
        _SOURCE,
        "initializer",
        {
            "he": "write `he_normal` or `he_uniform`",
            "glorot": "write `glorot_uniform` or `glorot_normal`",
            "lecun": "write `lecun_normal` or `lecun_uniform`",
            "random": "say which: `random_normal` or `random_uniform`",
            "pretrained": "a spec has no weights: compile it, and load them: `model.load_weights(…)`",
        },
    ),
    *renamed(_SOURCE, "initializer", {"gaussian": "random_normal"}),
    *renamed(_SOURCE, "regularizer", {"lasso": "L1", "ridge": "L2", "elastic_net": "L1L2"}),
    *explained(
        _SOURCE,
        "regularizer",
        {
            "weight_decay": "write `L2`, or `weight_decay` on the optimizer",
            "dropout": "it is a layer: write a node `{type: Dropout, rate: …}`",
        },
    ),
    *explained(
        _SOURCE,
        "constraint",
        {
            "clip": "write `{type: MinMaxNorm, min_value: …, max_value: …}`, which bounds the norm of each unit",
            "positive": "write `non_neg`",
        },
    ),
    *renamed(
        _SOURCE,
        "loss",
        {
            "l1": "mean_absolute_error",
            "l2": "mean_squared_error",
            "dice_loss": "dice",
            "hinge_loss": "hinge",
            "cosine_similarity_loss": "cosine_similarity",
            "logcosh_loss": "log_cosh",
            "poisson_loss": "poisson",
            "kl": "kl_divergence",
            "kl_loss": "kl_divergence",
            "kld_loss": "kl_divergence",
            "binary_focal": "binary_focal_crossentropy",
            "categorical_focal": "categorical_focal_crossentropy",
        },
    ),
    *explained(
        _SOURCE,
        "loss",
        {
            "rmse": "Keras has none: `mean_squared_error` is least where its root is, and the metric is "
            "`root_mean_squared_error`",
            "cross_entropy_loss": "say which: `categorical_crossentropy`, `sparse_categorical_crossentropy` or "
            "`binary_crossentropy`",
            "nll": "say which: `sparse_categorical_crossentropy`, `binary_crossentropy` or `poisson`",
            "focal": "say which: `binary_focal_crossentropy` or `categorical_focal_crossentropy`",
            "focal_loss": "say which: `binary_focal_crossentropy` or `categorical_focal_crossentropy`",
            "jaccard": "Keras has none: `tversky` with `alpha: 1.0` and `beta: 1.0` is the like",
            "triplet": OWN_LOSS,
            "contrastive": OWN_LOSS,
            "wasserstein": OWN_LOSS,
            "quantile": OWN_LOSS,
            "accuracy": "it is a metric, which has no gradient: write a crossentropy, and `metrics: [accuracy]`",
        },
    ),
    *renamed(
        _SOURCE,
        "metric",
        {
            "rmse": "root_mean_squared_error",
            "roc_auc": "AUC",
            "auc_roc": "AUC",
            "auroc": "AUC",
            "r2": "r2_score",
            "f1": "f1_score",
            "accuracy_score": "accuracy",
            "precision_score": "precision",
            "recall_score": "recall",
            "sensitivity": "recall",
            "tp": "true_positives",
            "fp": "false_positives",
            "tn": "true_negatives",
            "fn": "false_negatives",
        },
    ),
    *explained(
        _SOURCE,
        "metric",
        {
            "pr_auc": "write `{type: AUC, curve: PR}`",
            "auprc": "write `{type: AUC, curve: PR}`",
            "prc": "write `{type: AUC, curve: PR}`",
            "ap": "for the average precision, write `{type: AUC, curve: PR}`",
            "average_precision": "write `{type: AUC, curve: PR}`",
            "top5": "write `{type: TopKCategoricalAccuracy, k: 5}`",
            "top_5_accuracy": "write `{type: TopKCategoricalAccuracy, k: 5}`",
            "top_k": "write `{type: TopKCategoricalAccuracy, k: …}`",
            "specificity": "write `{type: SpecificityAtSensitivity, sensitivity: …}`",
            "iou": "write `{type: MeanIoU, num_classes: …}`",
            "miou": "write `{type: MeanIoU, num_classes: …}`",
            "jaccard": "write `{type: MeanIoU, num_classes: …}`",
            "dice": "it is a loss; as a metric, write `f1_score`",
            "mcc": _OWN_METRIC,
            "perplexity": "Keras has none: it is the exponential of the crossentropy",
            "bleu": _OWN_METRIC,
            "confusion_matrix": _OWN_METRIC,
            "map": _OWN_METRIC,
            "cohen_kappa": _OWN_METRIC,
            "kappa": _OWN_METRIC,
            "ndcg": _OWN_METRIC,
            "psnr": _OWN_METRIC,
            "ssim": _OWN_METRIC,
            "rouge": _OWN_METRIC,
            "wer": _OWN_METRIC,
            "balanced_accuracy": _OWN_METRIC,
        },
    ),
    *explained(
        _SOURCE,
        "optimizer",
        {
            "momentum": "write `{type: SGD, momentum: 0.9}`",
            "nesterov": "write `{type: SGD, momentum: 0.9, nesterov: true}`",
            "gradient_descent": "write `SGD`",
        },
    ),
    *renamed(_SOURCE, "dtype", {"fp16": "float16", "fp32": "float32", "fp64": "float64", "bf16": "bfloat16"}),
    *renamed(_SOURCE, "dtype policy", {"fp16": "mixed_float16", "bf16": "mixed_bfloat16", "fp32": "float32"}),
    *explained(_SOURCE, "dtype policy", {"mixed": "say which: `mixed_bfloat16` or `mixed_float16`"}),
    *explained(
        _SOURCE,
        "callback",
        {
            "WandbCallback": "give it to `fit` in the calling program: `compile_spec(…).fit(…)`",
            "LRScheduler": "a schedule is the optimizer's `learning_rate`",
            "Checkpoint": "it writes files: give it to `fit` in the calling program: `compile_spec(…).fit(…)`",
        },
    ),
    *explained(
        "scikit-learn",
        "choice",
        {"balanced": "write the weights: of each class, all samples / (classes * samples of the class)"},
        of=("class_weight",),
    ),
    *explained(
        _SOURCE,
        "choice",
        {"auto": "write a number; 32 samples are a batch if it is left out"},
        of=("batch_size",),
    ),
    *explained(
        _SOURCE,
        "choice",
        {"auto": "write how many; `EarlyStopping` ends training before"},
        of=("epochs",),
    ),
)

"""Names of Keras 2, and of Keras 3 outside of specs."""

from __future__ import annotations

from spec_compiler.diagnostics.foreign.row import Row, explained, renamed

_SOURCE = "Keras 2"
_LAYER = ("a layer",)
_ON_THE_INPUT = "leave it out: the shape stands on the `Input` node, without the batch: `{type: Input, shape: […]}`"
_FROM_OUTSIDE = "give it to `fit` in the calling program: `compile_spec(…).fit(…)`"
_DATA = "the data comes from the calling program: `compile_spec(…).fit(x, y)`"
_HOW_IT_RUNS = "it is about how the program runs: " + _FROM_OUTSIDE
_MERGED = "each way of merging is a layer: `add`, `multiply`, `average`, `maximum`, `concatenate` or `dot`"

ROWS: tuple[Row, ...] = (
    # Arguments of layers
    *renamed(_SOURCE, "key", {"alpha": "negative_slope"}, of=("LeakyReLU",)),
    *explained(
        _SOURCE,
        "key",
        {"class_name": "what a node calls is its `type`, and the arguments of `config` stand beside it"},
        of=("a node without a type",),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "inbound_nodes": "what flows in stands under `inputs`",
            "kwargs": "arguments stand beside `type`, each under its own name: `{type: Dense, units: …}`",
        },
        of=("a node",),
    ),
    *explained(
        _SOURCE,
        "type",
        dict.fromkeys(
            ("TensorFlowOpLayer", "TFOpLambda", "SlicingOpLambda"),
            "it is an operation of TensorFlow: each op of Keras is a node, such as `{type: ops.multiply}`",
        ),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "input_shape": _ON_THE_INPUT,
            "batch_input_shape": "leave it out: the shape stands on the `Input` node: `{type: Input, batch_shape: […]}`",
            "input_dtype": "leave it out: the dtype stands on the `Input` node: `{type: Input, shape: […], dtype: int32}`",
            "weights": "a spec has no weights: compile it, and load them: `model.load_weights(…)`",
            "training": "it belongs to the call: `call: {training: true}`, beside the arguments",
            "dynamic": "leave it out: Keras 3 has no such layers",
            "autocast": "leave it out: the layer's `dtype` says what it computes in",
        },
        of=_LAYER,
    ),
    *explained(
        _SOURCE,
        "key",
        {"input_dim": "leave it out: the width is that of what flows in, and stands on the `Input` node"},
        of=("Dense", "LSTM", "GRU", "SimpleRNN", "Conv*"),
    ),
    *explained(
        _SOURCE,
        "key",
        {"input_length": "leave it out: an `Embedding` takes sequences of any length"},
        of=("Embedding",),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "fused": "leave it out: Keras chooses the implementation",
            "virtual_batch_size": "leave it out: Keras 3 normalizes the batch as a whole",
            "adjustment": "leave it out: Keras 3 has no adjustment",
        },
        of=("BatchNormalization",),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "implementation": "leave it out: Keras chooses the implementation",
            "time_major": "leave it out: the batch comes first, and steps second; `Permute` swaps axes",
        },
        of=("LSTM", "GRU", "SimpleRNN", "RNN", "*Cell"),
    ),
    *explained(
        _SOURCE, "key", {"causal": "it is an option of the call: `call: {use_causal_mask: true}`"}, of=("*Attention",)
    ),
    *explained(
        _SOURCE,
        "key",
        {"theta": "write `ops.threshold` with `threshold` and `default_value`"},
        of=("ReLU",),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "input_tensor": "leave it out: the data comes from the calling program",
            "tensor": "leave it out: the data comes from the calling program",
            "type_spec": "write `shape` and `dtype`",
        },
        of=("Input",),
    ),
    # Optimizers, `compile` and `fit`
    *renamed(_SOURCE, "key", {"lr": "learning_rate"}),
    *explained(
        _SOURCE,
        "key",
        {
            "decay": "a learning rate that falls is a schedule: "
            "`learning_rate: {type: InverseTimeDecay, initial_learning_rate: …, decay_steps: 1, decay_rate: …}`",
            "schedule_decay": "leave it out: Keras 3 has no such argument",
        },
        beside="learning_rate",
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "sample_weight_mode": "leave it out: Keras takes it from the shape of `sample_weight`",
            "target_tensors": "leave it out: " + _DATA,
            "distribute": "leave it out: the calling program says where a model runs",
            "experimental_run_tf_function": "leave it out: Keras 3 has no such option",
        },
        of=("`compile`",),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "x": _DATA,
            "y": _DATA,
            "validation_data": _FROM_OUTSIDE,
            "sample_weight": _FROM_OUTSIDE,
            "verbose": _HOW_IT_RUNS,
            "workers": _HOW_IT_RUNS,
            "use_multiprocessing": _HOW_IT_RUNS,
            "max_queue_size": _HOW_IT_RUNS,
            "validation_batch_size": _HOW_IT_RUNS,
        },
        of=("`fit`",),
    ),
    *explained(
        _SOURCE,
        "key",
        {
            "class_weight": "Keras has no class weights of an output: with one output they stand under `fit`; with several, "
            "give a `sample_weight` for each output to `fit`, or take a focal loss such as `CategoricalFocalCrossentropy`",
            "sample_weight": _FROM_OUTSIDE + "; what is measured with the weights stands under `weighted_metrics`",
        },
        of=("an output",),
    ),
    # Types
    *renamed(
        _SOURCE,
        "type",
        {
            "CuDNNLSTM": "LSTM",
            "CuDNNGRU": "GRU",
            "InputLayer": "Input",
            "BatchNormalizationV1": "BatchNormalization",
            "BatchNormalizationV2": "BatchNormalization",
        },
    ),
    *explained(
        _SOURCE,
        "type",
        {
            "SyncBatchNormalization": "write `BatchNormalization` with `synchronized: true`",
            "ThresholdedReLU": "write `ops.threshold` with `threshold` and `default_value: 0`",
            "LocallyConnected1D": "Keras 3 has none: `Conv1D` shares its weights along the axis",
            "LocallyConnected2D": "Keras 3 has none: `Conv2D` shares its weights along the axes",
            "RandomHeight": "Keras 3 has none: `RandomZoom` with `height_factor` comes nearest",
            "RandomWidth": "Keras 3 has none: `RandomZoom` with `width_factor` comes nearest",
            "DenseFeatures": "Keras 3 has no feature columns: write an `Input` a feature, and the layer that encodes it",
            "RandomFourierFeatures": "Keras 3 has none: write a `Dense` with `trainable: false`, and `ops.cos`",
            "ConvLSTM2DCell": "write `ConvLSTM2D`",
            "Model": "a part of a spec with inputs and outputs of its own is a block, under `blocks`",
            "Functional": "a part of a spec with inputs and outputs of its own is a block, under `blocks`",
            "Layer": "register a layer of your own from the calling program, and name it `package>Name`",
            "TransformerEncoder": "a block that ships with the compiler is the like: "
            "write `imports: [std/transformer.yaml]`, and `transformer_encoder`",
            "PositionEmbedding": "a block that ships with the compiler is the like: "
            "write `imports: [std/transformer.yaml]`, and `learned_positions`",
            "TokenAndPositionEmbedding": "a block that ships with the compiler is the like: "
            "write `imports: [std/transformer.yaml]`, and `token_and_position`",
        },
    ),
    # Choices and names
    *renamed(
        _SOURCE, "choice", {"channel_last": "channels_last", "channel_first": "channels_first"}, of=("data_format",)
    ),
    *renamed(_SOURCE, "loss", {"logcosh": "log_cosh"}),
    *renamed(_SOURCE, "metric", {"kullback_leibler_divergence": "kl_divergence"}),
    *explained(
        _SOURCE,
        "metric",
        {
            "loss": "leave it out: Keras logs the loss by itself",
            "val_accuracy": "write `accuracy`: Keras measures it on the validation data too, and puts `val_` before its name",
            "val_loss": "leave it out: Keras logs the loss of the validation data by itself",
        },
    ),
    *explained(
        _SOURCE,
        "learning rate schedule",
        {
            "LearningRateScheduler": "it runs code: choose one of Keras's schedules",
            "ReduceLROnPlateau": "it is a callback: `fit: {callbacks: [ReduceLROnPlateau]}`",
        },
    ),
    *explained(
        _SOURCE,
        "callback",
        {
            "ModelCheckpoint": "it writes files: " + _FROM_OUTSIDE,
            "TensorBoard": "it writes files: " + _FROM_OUTSIDE,
            "CSVLogger": "it writes files: " + _FROM_OUTSIDE,
            "BackupAndRestore": "it writes files: " + _FROM_OUTSIDE,
            "OrbaxCheckpoint": "it writes files: " + _FROM_OUTSIDE,
            "RemoteMonitor": "it opens a connection: " + _FROM_OUTSIDE,
            "LambdaCallback": "it runs code: " + _FROM_OUTSIDE,
            "Callback": "it runs code: " + _FROM_OUTSIDE,
            "LearningRateScheduler": "it runs code: a schedule is the optimizer's `learning_rate`",
            "History": "leave it out: Keras adds it to every training",
            "ProgbarLogger": "leave it out: Keras adds it to every training",
            "CosineDecay": "it is a schedule: `compile: {optimizer: {type: Adam, learning_rate: {type: CosineDecay, …}}}`",
        },
    ),
    *explained(
        _SOURCE,
        "choice",
        {"batch": "write `true`: whole batches were shuffled for the sake of HDF5 files"},
        of=("shuffle",),
    ),
)

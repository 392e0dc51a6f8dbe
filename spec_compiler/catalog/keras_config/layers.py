"""The layers in Keras's configuration: where each departs from the rules, in one table."""

from __future__ import annotations

from typing import Any

from spec_compiler.catalog.keras_config.form import ConfigData, Form, Tensors
from spec_compiler.catalog.keras_config.kinds import (
    BOTH_WAYS,
    FROM_ONE,
    FROM_ZERO,
    SORTED,
    Kind,
    PolicyKind,
    always,
    dtype_policy,
    null_follows,
    null_is,
    repeated,
    same_as,
    variable_dtype,
)
from spec_compiler.catalog.layers.vocabulary_rules import own_tokens

# What several rows have in common


def _regularized(**options: Any) -> Form:
    """A layer that saves its activity regularizer also if there is none."""
    return Form(always=("activity_regularizer",), **options)


_LORA = {
    "lora_alpha": Kind(
        write=lambda value, layer: None if layer.lora_rank is None else value or layer.lora_rank,
        read=same_as("lora_rank").read,
    )
}
"""Without a rank, its factor is lost."""

_QUANTIZED = {"quantization_config": None}
_UNMASKED = {"zero_output_for_mask": False}
_TRAINABLE = {"trainable": always(True)}
_IN_ORDER = {"value_range": SORTED}
_NOT_AS_LAYER = ("trainable", "activity_regularizer")
"""What layers do not save whose `get_config` does not ask that of `Layer`."""


def _dtype_of_bins(layer: Any) -> str:
    return "int64" if layer.output_mode == "int" else "float32"


def _vocabulary_size(layer: Any) -> int | None:
    """Special tokens count once, also where the vocabulary has them."""
    special = layer.special
    return None if layer.vocabulary is None else len(own_tokens(layer.vocabulary, special)) + len(special)


_NO_DTYPE = {"dtype": PolicyKind("float32")}
"""A layer without a dtype to choose has one in its configuration all the same."""

_VOCABULARY = {**_NO_DTYPE, "vocabulary_size": _vocabulary_size}

# Axes and ranges

_ONE_AXIS = repeated(1)

_AXES = Kind(
    write=lambda value, layer: () if value is None else _ONE_AXIS.write(value, layer),
    read=lambda value, given: _ONE_AXIS.read(value, given) if value else None,
)
"""One axis stands for a list of one and null for an empty one, and Keras saves the list."""

_AXES_ONCE_BUILT = Kind(read=_ONE_AXIS.read)
"""One axis becomes a list of one when the layer is built."""

_CLIPPING = Kind(
    write=lambda value, layer: {} if value is None and layer.renorm else value, read=lambda value, _given: value or None
)
"""Null stands for no bounds, and Keras saves an empty mapping if there is something to bound."""


def _axes_in_order(config: ConfigData, _tensors: Tensors) -> ConfigData:
    axis = config["axis"]
    return config | {"axis": [axis] if isinstance(axis, int) else sorted(axis)}


def _groups_counted(config: ConfigData, tensors: Tensors) -> ConfigData:
    """As many groups as there are channels, if each channel is a group."""
    channels = tensors["inputs"].shape[config["axis"]]
    return config | ({"groups": channels} if config["groups"] == -1 else {})


def _axes_between(config: ConfigData, tensors: Tensors) -> ConfigData:
    """The axes attended over, if none are given: all between batch and width."""
    axes = config["attention_axes"]
    return config | {"attention_axes": list(range(1, tensors["query"].rank - 1)) if axes is None else axes}


def _axes_by_default(config: ConfigData, built: ConfigData) -> ConfigData:
    """The axes attended over as they were given: none, if they are all between batch and width."""
    query = built["shapes_dict"]["query_shape"]
    between = config["attention_axes"] == list(range(1, len(query) - 1))
    return config | ({"attention_axes": None} if between else {})


def _special_tokens_counted(config: ConfigData, _tensors: Tensors) -> ConfigData:
    """Without a vocabulary there are the tokens for padding, of numbers, and for unknown words."""
    if config["vocabulary"] is not None:
        return config
    return config | {"vocabulary_size": 2 if config["output_mode"] == "int" else 1}


# Layers around others, and inputs


def _changed(layer: ConfigData, **changes: Any) -> ConfigData:
    return {**layer, "config": {**layer["config"], **changes}}


def _backward(forward: ConfigData) -> ConfigData:
    """The copy of a layer that Keras makes for the other direction."""
    name = forward["config"]["name"].removeprefix("backward_")
    return _changed(forward, go_backwards=True, name=f"backward_{name}")


def both_directions(config: ConfigData) -> ConfigData:
    """Keras makes the layers anew, names them by their directions, and sets what they give for masked steps."""
    forward = config["layer"]
    directions = {
        "layer": _changed(forward, name=f"forward_{forward['config']['name'].removeprefix('forward_')}"),
        "backward_layer": config["backward_layer"] or _backward(forward),
    }
    return config | {
        key: _changed(each, zero_output_for_mask=each["config"]["return_sequences"]) for key, each in directions.items()
    }


def _one_direction(config: ConfigData) -> ConfigData:
    """The layers as they were before that; only the forward one, if the other is its copy."""
    forward, backward = (_without(config[key], "zero_output_for_mask") for key in ("layer", "backward_layer"))
    forward = _changed(forward, name=forward["config"]["name"].removeprefix("forward_"))
    copied = backward["class_name"] == forward["class_name"] and backward["config"] == _backward(forward)["config"]
    return config | {"layer": forward, "backward_layer": None if copied else backward}


def _without(layer: ConfigData, argument: str) -> ConfigData:
    return {**layer, "config": {key: value for key, value in layer["config"].items() if key != argument}}


def _shape_and_batch(config: ConfigData) -> ConfigData:
    """The shape without the batch axis, if the length of that is not fixed."""
    shape = config.get("batch_shape")
    if not shape or shape[0] is not None:
        return config
    return {key: value for key, value in config.items() if key != "batch_shape"} | {"shape": shape[1:]}


def _bins_found(saved: ConfigData) -> ConfigData:
    """A layer that was adapted has its boundaries, and how many bins had been asked for says nothing any more."""
    return {**saved, "num_bins": None} if saved.get("bin_boundaries") is not None else saved


def _unbuilt(config: ConfigData) -> ConfigData:
    """A chain of layers before it was built, which is when Keras puts an input in front."""
    layers = [layer for layer in config["layers"] if layer["class_name"] != "InputLayer"]
    return {key: value for key, value in config.items() if key != "build_input_shape"} | {"layers": layers}


# The rows

LAYERS: dict[str, Form] = {
    "Input": Form(
        class_name="InputLayer",
        kinds={"batch_shape": Kind(lambda _shape, layer: layer.full_shape), "dtype": null_is("float32")},
        unsaved=("shape", "batch_size"),
        prepare=_shape_and_batch,
    ),
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _regularized(kinds=_LORA)),
    **dict.fromkeys(
        (
            "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "DepthwiseConv1D", "DepthwiseConv2D",
            "SeparableConv1D", "SeparableConv2D",
        ),
        _regularized(),
    ),
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _regularized(added=_UNMASKED)),
    "Dense": Form(kinds=_LORA, added=_QUANTIZED),
    "EinsumDense": _regularized(kinds={**_LORA, "output_shape": _ONE_AXIS}, added=_QUANTIZED),
    "Embedding": _regularized(kinds=_LORA, added=_QUANTIZED),
    "ReversibleEmbedding": _regularized(kinds=_LORA, added=_QUANTIZED),
    **dict.fromkeys(("GRU", "LSTM"), _regularized(unsaved=("use_cudnn",), added=_UNMASKED)),
    "SimpleRNN": _regularized(
        kinds={"activity_regularizer": always(None)}, unsaved=("seed",), added=_UNMASKED
    ),
    "Bidirectional": Form(finish=both_directions, prepare=_one_direction),
    "GroupQueryAttention": _regularized(unsaved=("flash_attention",)),
    "MultiHeadAttention": _regularized(
        kinds={"value_dim": same_as("key_dim")}, unsaved=("flash_attention",), built=_axes_between,
        unbuilt=_axes_by_default,
    ),
    **dict.fromkeys(
        (f"{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)),
        Form(kinds={"strides": same_as("pool_size")}),
    ),
    **dict.fromkeys(
        ("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), Form(kinds={"dtype": variable_dtype()})
    ),
    "BatchNormalization": Form(kinds={"renorm_clipping": _CLIPPING}),
    "GroupNormalization": Form(built=_groups_counted),
    "Normalization": Form(kinds={"axis": _AXES}),
    **dict.fromkeys(
        ("LayerNormalization", "RMSNormalization"), Form(kinds={"axis": _AXES_ONCE_BUILT}, built=_axes_in_order)
    ),
    **dict.fromkeys(
        ("ELU", "Identity"), Form(if_given=("activity_regularizer",), only_null=("activity_regularizer",))
    ),
    "MelSpectrogram": Form(
        kinds={
            "max_freq": null_follows(lambda layer: layer.sampling_rate // 2),
            "sequence_length": same_as("fft_length"),
        }
    ),
    "CategoryEncoding": Form(unsaved=("sparse",)),
    "Discretization": Form(kinds={"dtype": variable_dtype()}, prepare=_bins_found),
    "Hashing": Form(kinds={"dtype": dtype_policy(_dtype_of_bins), "salt": repeated(2)}),
    "HashedCrossing": Form(kinds={"dtype": variable_dtype(_dtype_of_bins)}, unsaved=_NOT_AS_LAYER),
    "Sequential": Form(added=_NO_DTYPE, without_effect=("dtype",), prepare=_unbuilt),
    "TextVectorization": Form(added=_VOCABULARY, without_effect=tuple(_VOCABULARY), built=_special_tokens_counted),
    "IntegerLookup": Form(kinds=_TRAINABLE, added=_VOCABULARY, without_effect=tuple(_VOCABULARY)),
    "StringLookup": Form(
        kinds=_TRAINABLE, added={**_VOCABULARY, "oov_method": "floormod"}, without_effect=tuple(_VOCABULARY)
    ),
    **dict.fromkeys(("AutoContrast", "Equalization"), Form(kinds=_IN_ORDER)),
    **dict.fromkeys(
        (
            "AugMix", "CutMix", "RandAugment", "RandomContrast", "RandomHue", "RandomInvert", "RandomPerspective",
        ),
        Form(kinds={"factor": FROM_ZERO}),
    ),
    **dict.fromkeys(
        ("RandomBrightness", "RandomColorDegeneration", "RandomSaturation"),
        Form(kinds={"factor": BOTH_WAYS, **_IN_ORDER}),
    ),
    **dict.fromkeys(
        ("RandomElasticTransform", "RandomErasing"), Form(kinds={"factor": FROM_ZERO, "scale": FROM_ZERO})
    ),
    "RandomGaussianBlur": Form(
        kinds={"factor": FROM_ZERO, "sigma": FROM_ZERO}, left_out={"kernel_size": (3, 3)}
    ),
    "RandomPosterization": Form(kinds={"factor": FROM_ONE, **_IN_ORDER}),
    "RandomRotation": Form(kinds={"factor": BOTH_WAYS}),
    "RandomSharpness": Form(kinds={"factor": FROM_ZERO, **_IN_ORDER}),
    "RandomShear": Form(kinds={"x_factor": BOTH_WAYS, "y_factor": BOTH_WAYS}, loads=False),
    "Solarization": Form(kinds={"addition_factor": FROM_ZERO, "threshold_factor": FROM_ZERO, **_IN_ORDER}),
    "RandomGrayscale": Form(unsaved=("seed",)),
    "MaxNumBoundingBoxes": Form(unsaved=("fill_value",)),
}  # fmt: skip
"""The layers that depart from the rules, by their names in Keras."""

"""Layers that prepare and augment images, against Keras."""

from __future__ import annotations

import keras
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.catalog.registry import LAYERS, operation
from spec_compiler.catalog.rules import RankError, ShapeError
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import accepts, make
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_results import runs
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

MODULES = ("images", "augmentation_colour", "augmentation_geometry", "augmentation_mixing")
NAMES = [name for module in MODULES for name in LAYERS[module]]

IMAGE = (None, 8, 9, 3)

REQUIRED = {
    "CenterCrop": {"height": 4, "width": 5},
    "MaxNumBoundingBoxes": {"max_number": 3},
    "RandomBrightness": {"factor": 0.2},
    "RandomColorDegeneration": {"factor": 0.2},
    "RandomContrast": {"factor": 0.2},
    "RandomCrop": {"height": 4, "width": 5},
    "RandomHue": {"factor": 0.2},
    "RandomPosterization": {"factor": 4},
    "RandomRotation": {"factor": 0.2},
    "RandomSaturation": {"factor": 0.2},
    "RandomSharpness": {"factor": 0.2},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.1},
    "RandomZoom": {"height_factor": 0.2},
    "Resizing": {"height": 4, "width": 5},
}

# Equalization gives its input for its output, so that Keras makes no model of it, unless it casts the input.
CASTS = {"Equalization": "float64"}
NUMBERING = ("CutMix", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur")
"""Layers that number pixels in training."""
FLOATS_ONLY = ("RandomBrightness", "RandomContrast", "RandomSaturation")


def image(name, *shape):
    """An image that a layer can stand in a graph with."""
    return (CASTS.get(name, "float32"), *shape)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({}, IMAGE),
        ({}, (8, 9, 3)),
        ({}, (2, 8, 9, 3)),
        ({}, (None, None, None, 3)),
        ({}, (None, 8, 9, None)),
        ({"data_format": "channels_last", "bounding_box_format": "xyxy"}, IMAGE),
        ({"trainable": False, "activity_regularizer": "L2"}, IMAGE),
    ],
)
def test_inferred_is_what_keras_states(name, arguments, shape):
    check(name, REQUIRED.get(name, {}) | arguments, image(name, *shape))


@pytest.mark.parametrize("name", NAMES)
def test_channels_may_come_first(name):
    arguments = REQUIRED.get(name, {}) | {"data_format": "channels_first"}
    check(name, arguments, image(name, None, 3, 8, 9))
    check(name, arguments, image(name, 3, 8, 9))


@pytest.mark.parametrize("name", NUMBERING)
@pytest.mark.parametrize("policy", ["float16", "mixed_float16"])
def test_half_precision_is_refused_where_keras_cannot_train_in_it(name, policy):
    arguments = REQUIRED.get(name, {}) | {"dtype": policy}
    assert not accepts(name, arguments, (None, 8, 9, 3))
    layer = getattr(keras.layers, name)(**arguments)
    training = tf.function(lambda images: layer(images, training=True))
    with pytest.raises(ValueError, match=r"DT_HALF|half|dtype"):
        training.get_concrete_function(tf.TensorSpec((None, 8, 9, 3), "float16"))


@pytest.mark.parametrize("policy", ["mixed_float16", "float64", "float32"])
@pytest.mark.parametrize("name", NAMES)
def test_results_are_in_the_compute_dtype(name, policy):
    if policy == "mixed_float16" and name in NUMBERING:
        return
    check(name, REQUIRED.get(name, {}) | {"dtype": policy}, ("bfloat16", *IMAGE))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (*FLOATS_ONLY, "Equalization")])
@pytest.mark.parametrize("dtype", ["uint8", "int32"])
def test_images_of_whole_numbers_are_taken(name, dtype):
    check(name, REQUIRED.get(name, {}), (dtype, *IMAGE))
    assert runs(name, REQUIRED.get(name, {}), (dtype, *IMAGE))


ROWS = [
    ("AugMix", {"all_ops": False, "num_chains": 1, "chain_depth": 2, "factor": [0.1, 1], "alpha": 2}, (None, 8, 9, 4)),
    ("AugMix", {"value_range": [0, 1], "interpolation": "nearest", "seed": 1}, (None, 8, 9, 1)),
    ("CenterCrop", {"height": 20, "width": 20}, IMAGE),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": [3, 2], "clip_limit": 0}, IMAGE),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": 2}, (None, 2, 3, 1)),
    ("CutMix", {"factor": [0.2, 0.4], "seed": 1}, IMAGE),
    ("Equalization", {"bins": 16, "dtype": "float64"}, IMAGE),
    ("MaxNumBoundingBoxes", {"max_number": 0, "fill_value": -2}, IMAGE),
    ("MixUp", {"alpha": 1, "seed": 1}, IMAGE),
    ("RandAugment", {"num_ops": 0, "factor": 0, "value_range": [0, 1]}, (None, 8, 9, 1)),
    ("RandomBrightness", {"factor": [-0.5, 0.5], "value_range": [1, 0], "seed": 1}, (None, 8, 9, 5)),
    ("RandomColorJitter", {"brightness_factor": 0.2, "contrast_factor": [0, 1]}, (None, 8, 9, 4)),
    ("RandomColorJitter", {"saturation_factor": [-1, 1], "hue_factor": 0.1}, IMAGE),
    ("RandomColorJitter", {"hue_factor": 0.1, "data_format": "channels_first"}, (None, 4, 8, 3)),
    ("RandomContrast", {"factor": [0.1, 0.9]}, (None, 8, 9, 4)),
    ("RandomCrop", {"height": 8, "width": 9, "seed": 1}, IMAGE),
    ("RandomElasticTransform", {"factor": 0.5, "scale": [0.2, 0.4], "fill_mode": "constant", "fill_value": 1}, IMAGE),
    ("RandomErasing", {"fill_value": [1, 2, 3], "scale": 0.2}, IMAGE),
    ("RandomErasing", {"fill_value": 7, "factor": [0.5, 1]}, (None, 8, 9, 4)),
    ("RandomErasing", {"fill_value": [1, 2, 3], "data_format": "channels_first"}, (None, 4, 8, 3)),
    ("RandomFlip", {"mode": "horizontal", "seed": 1, "dtype": "uint8"}, ("uint8", *IMAGE)),
    ("RandomGaussianBlur", {"kernel_size": [3, 5], "sigma": [0.1, 0.9], "factor": 0.5}, IMAGE),
    ("RandomGrayscale", {"factor": 1}, ("uint8", None, 8, 9, 1)),
    ("RandomGrayscale", {"dtype": "int32"}, IMAGE),
    ("RandomInvert", {"factor": [0, 1], "value_range": [0, 1]}, IMAGE),
    ("RandomPerspective", {"factor": 0.5, "scale": 0.2, "interpolation": "nearest", "fill_value": 1}, IMAGE),
    ("RandomPosterization", {"factor": [2, 8]}, ("bool", *IMAGE)),
    ("RandomRotation", {"factor": [-0.1, 0.2], "fill_mode": "wrap", "dtype": "uint8"}, IMAGE),
    ("RandomShear", {"x_factor": [0.1, 0.2], "y_factor": 1, "fill_mode": "nearest"}, IMAGE),
    ("RandomTranslation", {"height_factor": [-1, 1], "width_factor": -0.2, "interpolation": "nearest"}, IMAGE),
    ("RandomZoom", {"height_factor": 1, "width_factor": [-0.5, 0.2], "fill_mode": "constant", "fill_value": 2}, IMAGE),
    ("Resizing", {"height": 4, "width": 4, "interpolation": "lanczos3", "antialias": True}, IMAGE),
    ("Resizing", {"height": 4, "width": 4, "crop_to_aspect_ratio": True, "dtype": "uint8"}, ("uint8", *IMAGE)),
    ("Resizing", {"height": 4, "width": 4, "pad_to_aspect_ratio": True, "fill_value": 3}, IMAGE),
    ("Solarization", {"addition_factor": [0.1, 0.2], "threshold_factor": 0.5}, IMAGE),
]


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_arguments_are_taken_and_work(name, arguments, inputs):
    arguments = {key: value for key, value in REQUIRED.get(name, {}).items() if key not in arguments} | arguments
    check(name, arguments, inputs)
    kept = {key: tuple(v) if key == "tile_grid_size" and isinstance(v, list) else v for key, v in arguments.items()}
    if kept.get("tile_grid_size") == 2:  # one number for both is ours
        kept["tile_grid_size"] = (2, 2)
    assert runs(name, kept, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("AugMix", {"interpolation": "bicubic"}, IMAGE),
        ("AugMix", {"factor": 1.5}, IMAGE),
        ("AugMix", {"value_range": 255}, IMAGE),
        ("AutoContrast", {"value_range": [0, 1, 2]}, IMAGE),
        ("CenterCrop", {"height": 4}, IMAGE),
        ("CenterCrop", {"height": 4, "width": 4}, (None, 9)),
        ("CenterCrop", {"height": 4, "width": 4}, (None, 2, 8, 9, 3)),
        ("CutMix", {"factor": -1}, IMAGE),
        ("RandAugment", {"interpolation": "area"}, IMAGE),
        ("RandomBrightness", {"factor": 2}, IMAGE),
        ("RandomBrightness", {"factor": [1]}, IMAGE),
        ("RandomBrightness", {"factor": "much"}, IMAGE),
        ("RandomColorDegeneration", {"factor": 0.2}, (None, 8, 9, 1)),
        ("RandomColorDegeneration", {"factor": 0.2, "data_format": "channels_first"}, IMAGE),
        ("RandomContrast", {"factor": -0.5}, IMAGE),
        ("RandomCrop", {"height": 4, "width": 4}, (None, 9)),
        ("RandomElasticTransform", {"fill_mode": "other"}, IMAGE),
        ("RandomErasing", {"scale": 2}, IMAGE),
        ("RandomGaussianBlur", {"kernel_size": 4}, IMAGE),
        ("RandomGaussianBlur", {"kernel_size": [3, 5, 7]}, IMAGE),
        ("RandomGrayscale", {"factor": [0, 1]}, IMAGE),
        ("RandomGrayscale", {"factor": 2}, IMAGE),
        ("RandomHue", {"factor": -0.1}, IMAGE),
        ("RandomInvert", {"factor": None}, IMAGE),
        ("RandomPerspective", {"scale": 2}, IMAGE),
        ("RandomPosterization", {"factor": 0}, IMAGE),
        ("RandomPosterization", {"factor": 9}, IMAGE),
        ("RandomRotation", {"factor": 0.1, "fill_mode": "mirror"}, IMAGE),
        ("RandomRotation", {"factor": 90}, IMAGE),
        ("RandomShear", {"x_factor": -0.1}, IMAGE),
        ("RandomTranslation", {"height_factor": 0.1}, IMAGE),
        ("RandomTranslation", {"height_factor": 2, "width_factor": 0}, IMAGE),
        ("RandomZoom", {"height_factor": -1}, IMAGE),
        ("Solarization", {"addition_factor": 2}, IMAGE),
        ("RandomFlip", {"dtype": "int8"}, IMAGE),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(None, 9), (None, 2, 8, 9, 3)])
def test_only_images_are_taken(name, shape):
    with pytest.raises(RankError) as caught:
        make(name, REQUIRED.get(name, {})).infer(data=TensorType(shape))
    assert caught.value.operands == ("data",)
    assert not runs(name, REQUIRED.get(name, {}), shape)


CANNOT_RUN = [
    ("AugMix", {}, (None, 8, 9, 4)),
    ("AugMix", {"dtype": "int32"}, IMAGE),
    ("AutoContrast", {"dtype": "uint8"}, IMAGE),
    ("AutoContrast", {}, ("complex64", *IMAGE)),
    ("ContrastLimitedAdaptiveHistogramEqualization", {}, (None, 3, 3, 3)),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (20, 20)}, IMAGE),
    ("ContrastLimitedAdaptiveHistogramEqualization", {}, ("complex64", *IMAGE)),
    ("CutMix", {"dtype": "mixed_bfloat16"}, IMAGE),
    ("Equalization", {}, IMAGE),
    ("Equalization", {}, ("uint8", *IMAGE)),
    ("RandAugment", {}, (None, 8, 9, 4)),
    ("RandomBrightness", {"factor": 0.2}, ("bool", *IMAGE)),
    ("RandomColorJitter", {"hue_factor": 0.1}, (None, 8, 9, 4)),
    ("RandomColorJitter", {"hue_factor": 0.1, "data_format": "channels_first"}, (None, 3, 8, 9)),
    ("RandomColorJitter", {"contrast_factor": 0.1, "dtype": "int32"}, IMAGE),
    ("RandomContrast", {"factor": 0.2}, ("uint8", *IMAGE)),
    ("RandomElasticTransform", {"fill_mode": "mirror"}, IMAGE),
    ("RandomErasing", {"fill_value": [1, 2, 3]}, (None, 8, 9, 4)),
    ("RandomErasing", {"fill_value": [1, 2, 3], "data_format": "channels_first"}, (None, 3, 8, 9)),
    ("RandomErasing", {"fill_value": [1, 2]}, IMAGE),
    ("RandomGaussianBlur", {"kernel_size": -1}, IMAGE),
    ("RandomGrayscale", {}, (None, 8, 9, 4)),
    ("RandomHue", {"factor": 0.2}, (None, 8, 9, 1)),
    ("RandomPosterization", {"factor": 2.5}, IMAGE),
    ("RandomRotation", {"factor": 0.2, "dtype": "int16"}, IMAGE),
    ("RandomSaturation", {"factor": 0.2}, ("uint8", *IMAGE)),
    ("RandomSaturation", {"factor": 0.2}, (None, 8, 9, 4)),
    ("RandomShear", {"x_factor": 0.2, "dtype": "uint8"}, IMAGE),
    ("Resizing", {"height": 4, "width": 4, "fill_mode": "reflect"}, IMAGE),
    ("Resizing", {"height": 4, "width": 4, "pad_to_aspect_ratio": True, "crop_to_aspect_ratio": True}, IMAGE),
    ("Resizing", {"height": 4, "width": 4}, ("bool", *IMAGE)),
    ("Resizing", {"height": 4, "width": 4}, ("uint32", *IMAGE)),
    ("RandAugment", {"value_range": [1, 1]}, IMAGE),
    ("RandomFlip", {"dtype": "string"}, IMAGE),
]


@pytest.mark.parametrize(("name", "arguments", "inputs"), CANNOT_RUN)
def test_what_keras_builds_and_cannot_run_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)
    # AugMix picks its layers at random: one of many runs fails.
    assert not all(runs(name, arguments, inputs) for _ in range(30 if name == "AugMix" else 1))


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        # Keras checks each end of a range against the bound of the other, and takes these.
        ("RandomContrast", {"factor": [-5, 5]}, IMAGE),
        ("RandomRotation", {"factor": [-90, 90]}, IMAGE),
        ("RandomPosterization", {"factor": [0, 9]}, IMAGE),
        # Nothing happens.
        ("RandomFlip", {"mode": "diagonal"}, IMAGE),
        # Brightness is drawn as a fraction and added as a whole number; some such calls fail.
        ("RandomColorJitter", {"brightness_factor": 0.1, "dtype": "int32"}, IMAGE),
        # Not a number.
        ("MixUp", {"alpha": 0}, IMAGE),
        ("AugMix", {"alpha": 0}, IMAGE),
        ("RandomHue", {"factor": 0.1, "value_range": [1, 1]}, IMAGE),
        # There are no values to tell apart.
        ("Equalization", {"bins": 0}, ("float64", *IMAGE)),
        # Truth values are no numbers in a spec, and numbers no text.
        ("RandomBrightness", {"factor": True}, IMAGE),
        ("MaxNumBoundingBoxes", {"max_number": 2.7}, IMAGE),
        ("RandomGaussianBlur", {"kernel_size": 3.0}, IMAGE),
    ],
)
def test_what_keras_takes_and_makes_no_sense_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "MaxNumBoundingBoxes"])
def test_text_is_no_image(name):
    refuses(name, REQUIRED.get(name, {}), ("string", *IMAGE), keras_builds=True)
    assert not runs(name, REQUIRED.get(name, {}), ("string", *IMAGE))


def test_text_is_no_image_even_where_keras_only_gives_it_on():
    refuses("MaxNumBoundingBoxes", {"max_number": 3}, ("string", *IMAGE), keras_builds=True)


def test_channels_that_do_not_fit_are_named():
    with pytest.raises(ShapeError) as caught:
        make("RandomHue", {"factor": 0.1}).infer(data=TensorType((None, 8, 9, 4)))
    assert caught.value.message == "takes images of 3 channels, and gets 4: (None, 8, 9, 4)"


def test_an_equalization_without_a_cast_says_what_to_write():
    with pytest.raises(ShapeError) as caught:
        make("Equalization", {}).infer(data=TensorType(IMAGE))
    assert caught.value.hint == "put it into a `Pipeline`: {type: Pipeline, layers: [{type: Equalization}]}"
    check("Pipeline", {"layers": [{"type": "Equalization"}]}, IMAGE)


# All of these take the arguments of their common base by **kwargs, where they do not name them.
INHERITED = ("data_format", "bounding_box_format")


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    check_signature(operation(name), keras_class, inherited=INHERITED)
    check_calls(operation(name), keras_class)


UNIT = st.floats(0, 1, width=16) | st.integers(0, 1)
FACTOR = UNIT | st.tuples(UNIT, UNIT).map(list) | st.sampled_from([-0.5, 1.5, [0.5]])
FACTORS = {
    **dict.fromkeys(
        (
            "factor", "addition_factor", "threshold_factor", "x_factor", "y_factor", "height_factor", "width_factor",
            "brightness_factor", "contrast_factor", "saturation_factor", "hue_factor",
        ),
        FACTOR,
    ),
    "tile_grid_size": st.tuples(st.integers(1, 9), st.integers(1, 30)),
    "value_range": st.sampled_from([[0, 255], [0, 1], [-1, 1]]),
    "data_format": st.sampled_from(["channels_last", "channels_first"]),
    "dtype": st.sampled_from(["float32", "float64", "mixed_float16", "int32"]),
}  # fmt: skip


@st.composite
def calls(draw, name):
    """The arguments of a layer and an image, most of which fit each other."""
    fields = set(operation(name).model_fields)
    arguments = REQUIRED.get(name, {}) | {
        key: draw(value) for key, value in FACTORS.items() if key in fields and draw(st.integers(0, 2)) == 0
    }
    if name == "RandomPosterization" and "factor" in arguments:
        arguments["factor"] = draw(st.integers(0, 9) | st.tuples(st.integers(1, 8), st.integers(1, 8)).map(list))
    size = [draw(st.none() | st.integers(8, 12)) for _ in range(2)]
    channels = draw(st.sampled_from([3] * 6 + [1, 4, None]))
    first = arguments.get("data_format") == "channels_first"
    shape = (channels, *size) if first else (*size, channels)
    shape = draw(st.sampled_from([(None, *shape)] * 4 + [(2, *shape), shape, (None, 8), (None, None, *shape)]))
    dtype = draw(st.sampled_from([CASTS.get(name, "float32")] * 7 + ["uint8", "int32", "bool", "float16"]))
    return arguments, TensorType(shape, dtype)


def run_somehow(name, arguments, data, lengths=(9, 16, 40)):
    """Whether Keras runs a layer with some lengths for what is unknown: three channels, and a small or a large image."""
    axis = -3 if arguments.get("data_format") == "channels_first" else -1
    if data.rank >= 3 and data.shape[axis] is None:
        shape = list(data.shape)
        shape[axis] = 3
        data = TensorType(tuple(shape), data.dtype)
    return any(runs(name, arguments, data, length) for length in lengths)


NO_WHOLE_NUMBERS = ("RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomInvert")
"""Layers for which whole numbers, or a policy of them, are refused, though some such calls run: which ones depends on
whether they get arrays or tensors, and on whether it is in training."""


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=examples(8, thorough=25), deadline=None, derandomize=True)
@given(data=st.data())
def test_the_verdict_is_that_of_keras(name, data):
    arguments, images = data.draw(calls(name))
    if accepts(name, arguments, images):
        # Unknown lengths are set so large that every grid of tiles that is drawn fits.
        check(name, arguments, images, unknown=40)
        # Some layers of colours take the last axis for the channels, whatever the format.
        assert run_somehow(name, arguments, images, (3, 9, 16, 40))
    elif name in NUMBERING and arguments.get("dtype") in ("float16", "mixed_float16"):
        # It runs, and is not traced in training: see the test of half precision.
        return
    elif not (name in NO_WHOLE_NUMBERS and "int" in f"{arguments.get('dtype')} {images.dtype}"):
        # `runs`, because Keras builds what could never run: it looks at few ranks, channels and dtypes. AugMix
        # picks its layers at random, and fails when it picks one that the images do not fit.
        assert not all(run_somehow(name, arguments, images) for _ in range(30 if name == "AugMix" else 1))


@pytest.mark.parametrize("name", NAMES)
def test_the_calls_that_are_tried_are_of_both_kinds(name):
    accepted = []

    @settings(max_examples=50, deadline=None, derandomize=True, database=None)
    @given(data=st.data())
    def collect(data):
        accepted.append(accepts(name, *data.draw(calls(name))))

    collect()
    assert 0.2 < sum(accepted) / len(accepted) < 0.95

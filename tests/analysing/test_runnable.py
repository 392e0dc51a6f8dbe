"""What is refused because it always fails: Keras builds each of these models, and raises when it is to train it."""

from __future__ import annotations

from textwrap import dedent

import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.analysing.models import main_model
from spec_compiler.pipeline import analyse

pytestmark = pytest.mark.usefixtures("stand_ins")

NUMBERS = "x: {type: Input, shape: [8]}"
SERIES = "x: {type: Input, shape: [6, 4]}"
ROWS = 64


def spec(nodes, outputs):
    lines = "\n".join(f"  {line}" for line in dedent(nodes).strip().splitlines())
    return f"spec: 1\nnodes:\n{lines}\noutputs: {outputs}\n"


LOST = [
    (f"{NUMBERS}\na: {{type: concatenate, axis: 0, inputs: [x, x]}}\ny: {{type: Dense, units: 1, inputs: a}}", "mse"),
    (f"{SERIES}\na: {{type: ops.mean, axis: 0, inputs: x}}\ny: {{type: Dense, units: 1, inputs: a}}", "mae"),
    (
        f"{SERIES}\na: {{type: ops.reshape, newshape: [-1, 4], inputs: x}}\ny: {{type: Dense, units: 1, inputs: a}}",
        "huber",
    ),
    (
        f"{NUMBERS}\na: {{type: ops.reshape, newshape: [-1, 16], inputs: x}}\ny: {{type: Dense, units: 1, inputs: a}}",
        "mse",
    ),
    (f"{SERIES}\ny: {{type: ops.swapaxes, axis1: 0, axis2: 1, inputs: x}}", "binary_crossentropy"),
    (f"{SERIES}\na: {{type: ops.get_item, key: [0], inputs: x}}\ny: {{type: Dense, units: 1, inputs: a}}", "mse"),
    (
        f"{NUMBERS}\na: {{type: ops.repeat, repeats: 3, axis: 0, inputs: x}}\ny: {{type: Dense, units: 1, inputs: a}}",
        "mse",
    ),
    (f"{NUMBERS}\na: {{type: ops.vstack, inputs: [x, x]}}\ny: {{type: Dense, units: 1, inputs: a}}", "mse"),
]
TWICE = f"{NUMBERS}\na: {{type: Concatenate, axis: 0, inputs: [x, x]}}\n"
UNEQUAL = [
    f"{TWICE}y: {{type: add, inputs: [a, x]}}",
    f"{TWICE}y: {{type: concatenate, inputs: [x, a]}}",
    f"{TWICE}b: {{type: Dense, units: 8, inputs: a}}\ny: {{type: ops.multiply, inputs: [b, x]}}",
    f"{TWICE}y: {{type: dot, axes: 1, inputs: [a, x]}}",
]

STOPPED = [
    "p: {type: Dense, units: 5, activation: softmax, inputs: x}\ny: {type: ops.argmax, axis: -1, inputs: p}",
    "p: {type: Dense, units: 1, inputs: x}\ny: {type: ops.round, inputs: p}",
    "p: {type: Dense, units: 1, inputs: x}\ny: {type: ops.floor, inputs: p}",
    "p: {type: Dense, units: 1, inputs: x}\na: {type: ops.greater, inputs: [p, 0.5]}\ny: {type: ops.cast, dtype: float32, inputs: a}",
    "p: {type: Dense, units: 1, inputs: x}\na: {type: ops.cast, dtype: int32, inputs: p}\ny: {type: ops.cast, dtype: float32, inputs: a}",
    "p: {type: Dense, units: 1, inputs: x}\ny: {type: ops.stop_gradient, inputs: p}",
    "p: {type: Dense, units: 3, inputs: x}\na: {type: ops.argmax, axis: -1, inputs: p}\ny: {type: ops.one_hot, num_classes: 3, inputs: a}",
    "p: {type: Dense, units: 3, inputs: x}\ny: {type: Discretization, bin_boundaries: [0.0], inputs: p}",
    "p: {type: Dense, units: 3, inputs: x}\na: {type: ops.round, inputs: p}\ny: {type: ActivityRegularization, l2: 0.1, inputs: a}",
    "p: {type: Dense, units: 3, inputs: x}\na: {type: ops.round, inputs: p}\ny: {type: Activation, activation: relu, activity_regularizer: l2, inputs: a}",
]

IMAGES = "i: {type: Input, shape: [8, 8, 3]}\nc: {type: Conv2D, filters: 3, kernel_size: 1, inputs: i}\n"
MOVED = [
    "m: {type: RandomRotation, factor: 0.2, inputs: c}",
    "m: {type: RandomTranslation, height_factor: 0.2, width_factor: 0.2, inputs: c}",
    "m: {type: RandomZoom, height_factor: 0.2, inputs: c}",
    "m: {type: RandomShear, x_factor: 0.2, inputs: c}",
    "m: {type: RandomPerspective, factor: 0.5, inputs: c}",
    "m: {type: ops.image.affine_transform, inputs: {images: c, transform: [1, 0, 0, 0, 1, 0, 0, 0]}}",
    "m: {type: ops.image.perspective_transform, inputs: {images: c, start_points: [[0, 0], [7, 0], [0, 7], [7, 7]], "
    "end_points: [[0, 0], [6, 0], [0, 7], [7, 7]]}}",
]

UNFIT = [
    ("y: {type: Dense, units: 5, activation: softmax, inputs: x}", "sparse_categorical_crossentropy", "{type: MeanIoU, num_classes: 5}"),
    ("y: {type: Dense, units: 5, activation: softmax, inputs: x}", "sparse_categorical_crossentropy", "{type: IoU, num_classes: 5, target_class_ids: [0]}"),
    ("y: {type: Dense, units: 5, activation: softmax, inputs: x}", "categorical_crossentropy", "{type: F1Score}"),
    ("y: {type: Dense, units: 1, inputs: x}", "mse", "{type: R2Score}"),
]  # fmt: skip

ROWLESS = [
    "word: {type: Input, shape: [1], dtype: string}\nid: {type: StringLookup, vocabulary: [red, green, blue], inputs: word}\nv: {type: Embedding, input_dim: 3, output_dim: 2, inputs: id}",
    "word: {type: Input, shape: [1], dtype: string}\nid: {type: Hashing, num_bins: 9, inputs: word}\nv: {type: Embedding, input_dim: 2, output_dim: 2, inputs: id}",
    "n: {type: Input, shape: [1]}\nid: {type: Discretization, bin_boundaries: [0.0, 1.0], inputs: n}\nv: {type: Embedding, input_dim: 2, output_dim: 2, inputs: id}",
    "n: {type: Input, shape: [1], dtype: int32}\nid: {type: IntegerLookup, vocabulary: [5, 6], inputs: n}\nmore: {type: ops.add, inputs: [id, 1]}\nv: {type: Embedding, input_dim: 3, output_dim: 2, inputs: more}",
]


IMAGE = "x: {type: Input, shape: [8, 8, 3]}\nc: {type: Conv2D, filters: 2, kernel_size: 1, inputs: x}\n"

UNDERIVED = [
    f"{IMAGE}y: {{type: Resizing, height: 4, width: 4, interpolation: area, inputs: c}}",
    f"{IMAGE}y: {{type: Resizing, height: 8, width: 8, interpolation: area, inputs: c}}",
    f"{IMAGE}y: {{type: Resizing, height: 4, width: 6, interpolation: area, crop_to_aspect_ratio: true, inputs: c}}",
    f"{IMAGE}y: {{type: Resizing, height: 4, width: 6, interpolation: area, pad_to_aspect_ratio: true, inputs: c}}",
    f"{IMAGE}y: {{type: ops.image.resize, size: [4, 4], interpolation: area, inputs: c}}",
    f"{IMAGE}u: {{type: UpSampling2D, interpolation: area, inputs: c}}\ny: {{type: Dense, units: 1, inputs: u}}",
]
TRAINED_ALL_THE_SAME = [
    UNDERIVED[0].replace("area", "bilinear"),
    "x: {type: Input, shape: [8, 8, 3]}\nz: {type: Resizing, height: 4, width: 4, interpolation: area, inputs: x}\n"
    "y: {type: Conv2D, filters: 2, kernel_size: 1, inputs: z}",
]

SMALLER = "type: Resizing, height: 4, width: 4, interpolation: area"
TURNED = "type: RandomRotation, factor: 0.2, dtype: bfloat16"
CONV = "type: Conv2D, filters: 2, kernel_size: 1"
UNDERIVED_INSIDE = [
    # Each: shared layers, blocks, the nodes behind the image `x` and the trained `c`, and where it is found.
    ("", "", "y: {type: Sequential, layers: [{LACKING}], inputs: c}", "/nodes/y/layers/0"),
    ("", "", "y: {type: Sequential, layers: [{CONV}, {LACKING}], inputs: x}", "/nodes/y/layers/1"),
    ("", "", "y: {type: Sequential, layers: [{type: Sequential, layers: [{CONV}, {LACKING}]}], inputs: x}", "/nodes/y/layers/0/layers/1"),
    ("", "", "y: {type: Pipeline, layers: [{LACKING}], inputs: c}", "/nodes/y/layers/0"),
    ("", "", "r: {type: Reshape, target_shape: [1, 8, 8, 2], inputs: c}\ny: {type: TimeDistributed, layer: {LACKING}, inputs: r}", "/nodes/y/layer"),
    ("s: {type: Sequential, layers: [{LACKING}]}", "", "a: {use: s, inputs: x}\nb: {use: s, inputs: c}\ny: {type: concatenate, inputs: [a, b]}", "/layers/s/layers/0"),
    ("s: {type: b}", "b: {inputs: [i], nodes: {o: {LACKING, inputs: i}}, outputs: [o]}", "y: {use: s, inputs: c}", "/blocks/b/nodes/o"),
    ("s: {type: b}", "b: {inputs: [i], nodes: {k: {CONV, inputs: i}, o: {LACKING, inputs: k}}, outputs: [o]}", "y: {use: s, inputs: x}", "/blocks/b/nodes/o"),
    ("s: {type: b}", "b: {inputs: [i], nodes: {o: {LACKING, inputs: i}}, outputs: [o]}", "y: {type: Sequential, layers: [{CONV}, {use: s}], inputs: x}", "/nodes/y/layers/1"),
]  # fmt: skip
TRAINED_ALL_THE_SAME_INSIDE = [
    ("", "", "y: {type: Sequential, layers: [{LACKING}, {CONV}], inputs: x}"),
    ("", "", "y: {type: Sequential, layers: [{CONV}, {LACKING}], trainable: false, inputs: x}\nz: {CONV, inputs: y}"),
    ("", "", "y: {type: Sequential, trainable: false, layers: [{type: Sequential, layers: [{CONV}, {LACKING}]}], inputs: x}\nz: {CONV, inputs: y}"),
    ("", "", "y: {type: Sequential, layers: [{CONV, trainable: false}, {LACKING}, {CONV}], inputs: x}"),
    ("s: {type: b}", "b: {inputs: [i], nodes: {o: {LACKING, inputs: i}}, outputs: [o]}", "a: {use: s, inputs: x}\ny: {CONV, inputs: a}"),
    ("s: {type: b, trainable: false}", "b: {inputs: [i], nodes: {k: {CONV, inputs: i}, o: {LACKING, inputs: k}}, outputs: [o]}", "a: {use: s, inputs: x}\ny: {CONV, inputs: a}"),
]  # fmt: skip


def found(text):
    return analyse(sc.Source.text(text))


def codes(text):
    return {each.code for each in found(text).report if each.severity == "error"}


def lost(nodes, loss):
    return spec(nodes, f"{{y: {{loss: {loss}}}}}")


def stopped(nodes):
    return spec(f"{NUMBERS}\n{nodes}", "{y: {loss: mse}}")


def moved(nodes, policy):
    rest = "f: {type: Flatten, inputs: m}\ny: {type: Dense, units: 1, dtype: float32, inputs: f}"
    return f"dtype_policy: {policy}\n{spec(f'{IMAGES}{nodes}{chr(10)}{rest}', '{y: {loss: mse}}')}"


def unfit(nodes, loss, metric):
    return spec(f"{SERIES}\n{nodes}", f"{{y: {{loss: {loss}, metrics: [{metric}]}}}}")


@pytest.mark.parametrize(("nodes", "loss"), LOST)
def test_an_output_that_has_not_one_row_a_sample_is_refused(nodes, loss):
    assert codes(lost(nodes, loss)) == {"SC530"}


@pytest.mark.parametrize("nodes", UNEQUAL)
def test_tensors_that_never_have_equally_many_rows_are_not_taken_together(nodes):
    assert codes(spec(nodes, "[y]")) == {"SC530"}


@pytest.mark.parametrize(
    "last",
    [
        "y: {type: concatenate, axis: 0, inputs: [a, x]}",
        "y: {type: add, inputs: [a, a]}",
        "y: {type: ops.matmul, inputs: [a, w]}",
    ],
)
def test_of_what_may_fit_nothing_is_said(last):
    w = "w: {type: ops.ones, shape: [8, 3]}\n" if "[a, w]" in last else ""
    assert "SC530" not in codes(spec(TWICE + w + last, "[y]"))


@pytest.mark.parametrize("nodes", STOPPED)
def test_a_loss_without_a_gradient_is_refused(nodes):
    assert codes(stopped(nodes)) == {"SC506"}


@pytest.mark.parametrize("nodes", MOVED)
def test_pixels_that_are_moved_in_bfloat16_behind_weights_are_refused(nodes):
    assert codes(moved(nodes, "mixed_bfloat16")) == {"SC506"}
    assert codes(moved(nodes, "mixed_float16")) == set()
    assert (
        codes(moved(nodes.replace("inputs: c", "inputs: i").replace("images: c", "images: i"), "mixed_bfloat16"))
        == set()
    )
    if "ops" not in nodes:
        assert codes(moved(nodes.replace("inputs: c", "dtype: float32, inputs: c"), "mixed_bfloat16")) == set()


@pytest.mark.parametrize("nodes", UNDERIVED)
def test_training_through_what_has_no_gradient_is_refused(nodes):
    assert codes(lost(nodes, "mse")) == {"SC506"}
    assert codes(spec(nodes, "[y]")) == set()


@pytest.mark.parametrize("nodes", TRAINED_ALL_THE_SAME)
def test_where_no_gradient_is_wanted_of_it_it_is_no_mistake(nodes):
    assert codes(lost(nodes, "mse")) == set()


def inside(layers, blocks, nodes, lacking):
    """A spec that is trained through a layer inside others, of areas or of pixels moved in half precision."""
    text = lost(f"{IMAGE}{nodes}", "mse")
    if nodes.count("\nz: "):
        text = text.replace("{y: {loss: mse}}", "{z: {loss: mse}}")
    text = f"layers: {{{layers}}}\nblocks: {{{blocks}}}\n{text}"
    for name, arguments in (("LACKING", lacking), ("CONV", CONV)):
        text = text.replace(f"{{{name}}}", f"{{{arguments}}}").replace(f"{{{name},", f"{{{arguments},")
    return text


@pytest.mark.parametrize("lacking", [SMALLER, TURNED], ids=["areas", "moved"])
@pytest.mark.parametrize(("layers", "blocks", "nodes", "place"), UNDERIVED_INSIDE)
def test_what_has_no_gradient_is_found_inside_layers_and_models(layers, blocks, nodes, place, lacking):
    errors = [each for each in found(inside(layers, blocks, nodes, lacking)).report if each.severity == "error"]
    more = (
        "/interpolation"
        if lacking is SMALLER and not place.endswith("layers/1" if "use: s}]" in nodes else "-")
        else ""
    )
    assert [(each.code, each.path) for each in errors] == [("SC506", place + more)]


@pytest.mark.parametrize("lacking", [SMALLER, TURNED], ids=["areas", "moved"])
@pytest.mark.parametrize(("layers", "blocks", "nodes"), TRAINED_ALL_THE_SAME_INSIDE)
def test_inside_layers_and_models_it_is_no_mistake_where_no_gradient_is_wanted_of_it(layers, blocks, nodes, lacking):
    assert codes(inside(layers, blocks, nodes, lacking)) == set()


@pytest.mark.parametrize("arguments", UNFIT)
def test_a_metric_of_another_shape_is_refused(arguments):
    assert codes(unfit(*arguments)) == {"SC531"}


@pytest.mark.parametrize("nodes", ROWLESS)
def test_a_table_with_too_few_rows_is_refused(nodes):
    assert codes(spec(nodes, "[v]")) == {"SC408"}


def model_of(text):
    """The model that Keras builds of a spec that is refused."""
    from spec_compiler.emitting.keras_model.build import keras_model

    sound = found(text).sound
    assert sound is not None
    return keras_model(main_model(sound))


def targets(loss, shape):
    random = np.random.default_rng(0)
    if loss == "sparse_categorical_crossentropy":
        return random.integers(0, 5, shape[:-1])
    if loss == "categorical_crossentropy":
        return np.eye(shape[-1], dtype="float32")[random.integers(0, shape[-1], shape[:-1])]
    return random.uniform(size=shape).astype("float32")


@pytest.mark.tensorflow
@pytest.mark.parametrize(("nodes", "loss"), LOST)
def test_keras_cannot_train_on_it(nodes, loss):
    model = model_of(lost(nodes, loss))
    x = np.random.default_rng(0).normal(size=(ROWS, *model.inputs[0].shape[1:])).astype("float32")
    last = [length or ROWS for length in model.outputs[0].shape[1:]]
    with pytest.raises(Exception):  # noqa: B017, PT011
        model.fit(x, targets(loss, (ROWS, *last)), batch_size=32, verbose=0)


@pytest.mark.tensorflow
@pytest.mark.parametrize("nodes", UNEQUAL)
def test_keras_cannot_run_it(nodes):
    model = model_of(spec(nodes, "[y]"))
    x = np.zeros((ROWS, *model.inputs[0].shape[1:]), "float32")
    with pytest.raises(Exception):  # noqa: B017, PT011
        model.predict(x, verbose=0)


@pytest.mark.tensorflow
@pytest.mark.parametrize("nodes", STOPPED)
def test_keras_finds_no_gradient(nodes):
    model = model_of(stopped(nodes))
    x = np.random.default_rng(0).normal(size=(ROWS, 8)).astype("float32")
    with pytest.raises(ValueError, match="No gradients provided"):
        model.fit(x, np.zeros((ROWS, *model.outputs[0].shape[1:]), "float32"), verbose=0)


@pytest.mark.tensorflow
@pytest.mark.parametrize("nodes", MOVED)
def test_tensorflow_refuses_the_gradient_of_moved_pixels(nodes):
    model = model_of(moved(nodes, "mixed_bfloat16"))
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    with pytest.raises(TypeError, match="bfloat16"):
        model.fit(x, np.zeros((2, 1), "float32"), verbose=0)


@pytest.mark.tensorflow
@pytest.mark.parametrize("nodes", [*UNDERIVED, *TRAINED_ALL_THE_SAME])
def test_keras_has_no_gradient(nodes):
    model = model_of(lost(nodes, "mse"))
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype("float32")
    y = np.zeros((4, *model.outputs[0].shape[1:]), "float32")
    if nodes in UNDERIVED:
        with pytest.raises(LookupError, match="ResizeArea"):
            model.fit(x, y, verbose=0)
    else:
        model.fit(x, y, verbose=0)


@pytest.mark.tensorflow
@pytest.mark.parametrize("arguments", UNFIT)
def test_keras_cannot_take_the_metric(arguments):
    model = model_of(unfit(*arguments))
    x = np.random.default_rng(0).normal(size=(ROWS, 6, 4)).astype("float32")
    with pytest.raises(Exception):  # noqa: B017, PT011
        model.fit(x, targets(arguments[1], (ROWS, *model.outputs[0].shape[1:])), verbose=0)


@pytest.mark.tensorflow
@pytest.mark.parametrize("nodes", ROWLESS)
def test_keras_fails_at_a_number_without_a_row(nodes):
    import tensorflow as tf

    model = model_of(spec(nodes, "[v]"))
    if model.inputs[0].dtype == "string":
        x = tf.constant([["red"], ["green"], ["blue"], ["grey"], ["a"], ["b"], ["c"], ["d"]])
    else:
        x = tf.cast([[-5], [0], [1], [5], [6]], model.inputs[0].dtype)
    with pytest.raises(Exception, match="is not in"):
        model(x)


def test_a_table_of_numbers_without_bounds_is_no_error():
    report = sc.check_spec(
        sc.Source.text(spec("x: {type: Input, shape: [8]}\na: {type: Dense, units: 2, inputs: x}\n"
                            "y: {type: Embedding, input_dim: 4, output_dim: 2, inputs: a}", "[y]"))
    )  # fmt: skip
    assert "SC408" not in {d.code for d in report.diagnostics}

"""Specs trained, evaluated and used for predictions, on data of every form, held against Keras by hand."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import spec_compiler as sc
from spec_compiler.training.data_files import READERS

pytestmark = pytest.mark.tensorflow

SPEC = """\
spec: 1
name: flowers
seed: 7
nodes:
  size:   {type: Input, shape: [4]}
  place:  {type: Input, shape: [1], dtype: int32}
  region: {type: Embedding, input_dim: 12, output_dim: 2, inputs: place}
  flat:   {type: Flatten, inputs: region}
  both:   {type: concatenate, inputs: [size, flat]}
  drop:   {type: Dropout, rate: 0.1, inputs: both}
  kind:   {type: Dense, units: 3, activation: softmax, inputs: drop}
  bloom:  {type: Dense, units: 1, activation: sigmoid, inputs: drop}
outputs:
  kind:  {loss: sparse_categorical_crossentropy, metrics: [accuracy]}
  bloom: {loss: binary_crossentropy}
compile: {optimizer: adam}
fit: {epochs: 2, batch_size: 8}
"""
COUNT = 40


def drawn(seed=0, count=COUNT):
    draw = np.random.default_rng(seed)
    return {
        "size": draw.normal(size=(count, 4)).astype("float32").round(2),
        "place": draw.integers(0, 12, count),
        "kind": draw.integers(0, 3, count),
        "bloom": draw.integers(0, 2, count),
    }


DATA = drawn()
X = {name: DATA[name] for name in ("size", "place")}
Y = {name: DATA[name] for name in ("kind", "bloom")}


def source(text=SPEC):
    return sc.Source.text(text, name="spec.yaml")


def npz(path, data):
    np.savez(path, **data)


def parquet(path, data):
    pq.write_table(pa.table({name: array.tolist() for name, array in data.items()}), path)


def csv(path, data):
    rows = zip(*(array.tolist() for array in data.values()), strict=True)
    head = ",".join(f"size.{index}" for index in range(4)) + ",place,kind,bloom"
    lines = [",".join(map(str, [*size, *others])) for size, *others in rows]
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


def tfrecord(path, data):
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path)) as writer:
        for row in range(len(data["place"])):
            features = {
                name: tf.train.Feature(int64_list=tf.train.Int64List(value=[data[name][row]]))
                for name in ("place", "kind", "bloom")
            }
            features["size"] = tf.train.Feature(float_list=tf.train.FloatList(value=data["size"][row]))
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


WRITERS = {".npz": npz, ".parquet": parquet, ".csv": csv, ".tfrecord": tfrecord}


def same(first, second, tolerance=0.0):
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, atol=tolerance, rtol=0)


def by_hand(text=SPEC, **options):
    import keras

    model = sc.compile_spec(source(text))
    keras.utils.set_random_seed(7)
    history = model.fit(X, Y, **({"epochs": 2, "batch_size": 8, "verbose": 0} | options))
    return model, history


def test_a_spec_trains_as_keras_does_by_hand():
    model, history = by_hand()
    fitted = sc.fit(source(), DATA, verbose=0)
    same(fitted.model.get_weights(), model.get_weights())
    assert fitted.history == history.history
    again = sc.fit(source(), X, Y, verbose=0)
    same(again.model.get_weights(), model.get_weights())


def test_options_win_over_those_of_the_spec():
    model, _ = by_hand(epochs=1, batch_size=16, validation_split=0.25)
    fitted = sc.fit(source(), DATA, epochs=1, batch_size=16, validation_split=0.25, verbose=0)
    same(fitted.model.get_weights(), model.get_weights())
    assert "val_kind_accuracy" in fitted.history
    with pytest.raises(TypeError, match="no option `epoch`"):
        sc.fit(source(), DATA, epoch=1)


@pytest.mark.parametrize("suffix", READERS)
def test_files_of_every_kind_train_the_same(suffix, tmp_path):
    path = tmp_path / f"data{suffix}"
    WRITERS[suffix](path, DATA)
    model, _ = by_hand()
    same(sc.fit(source(), path, verbose=0).model.get_weights(), model.get_weights())


@pytest.mark.parametrize("suffix", READERS)
def test_a_stream_trains_as_the_arrays_do_in_order(suffix, tmp_path):
    for number in range(2):
        part = {name: array[number * 20 : number * 20 + 20] for name, array in DATA.items()}
        WRITERS[suffix](tmp_path / f"part-{number}{suffix}", part)
    model, _ = by_hand(shuffle=False)
    for name in (tmp_path, tmp_path / "part-*.npz") if suffix == ".npz" else (tmp_path,):
        fitted = sc.fit(source(), str(name), stream=True, shuffle=False, verbose=0)
        same(fitted.model.get_weights(), model.get_weights(), 1e-6)


def test_a_stream_is_shuffled_anew_in_each_epoch_and_the_same_in_each_run(tmp_path):
    npz(tmp_path / "data.npz", DATA)
    first = sc.fit(source(), tmp_path / "data.npz", stream=True, verbose=0)
    second = sc.fit(source(), tmp_path / "data.npz", stream=True, verbose=0)
    in_order = sc.fit(source(), tmp_path / "data.npz", stream=True, shuffle=False, verbose=0)
    same(first.model.get_weights(), second.model.get_weights())
    assert not np.allclose(first.model.get_weights()[0], in_order.model.get_weights()[0])


def test_a_stream_goes_on_as_long_as_the_steps_say(tmp_path):
    npz(tmp_path / "data.npz", DATA)
    fitted = sc.fit(source(), tmp_path / "data.npz", stream=True, steps_per_epoch=7, epochs=3, verbose=0)
    assert int(fitted.model.optimizer.iterations) == 21


def test_what_is_wrong_in_the_middle_of_a_stream_is_told_with_its_file_and_row(tmp_path, monkeypatch):
    from spec_compiler.training import data_files

    monkeypatch.setattr(data_files, "STRETCH_BYTES", 100)
    bad = {**DATA, "place": np.where(np.arange(COUNT) == 33, 12, DATA["place"])}
    npz(tmp_path / "data.npz", bad)
    with pytest.raises(sc.SpecError) as raised:
        sc.fit(source(), tmp_path / "data.npz", stream=True, verbose=0)
    (found,) = raised.value.report
    assert (found.code, found.span.start.line) == ("SC545", 6)
    assert found.message.startswith("`place[33]` of `data.npz` is 12")
    with pytest.raises(sc.SpecError) as raised:
        sc.fit(source(), tmp_path / "data.npz", stream=True, check_all=True, verbose=0)
    assert raised.value.report.diagnostics == (found,)


def test_a_data_frame_is_data(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({name: list(array) for name, array in DATA.items()})
    inputs, targets = frame[list(X)], frame[list(Y)]
    model, _ = by_hand()
    for data in ((frame,), (inputs, targets), (inputs, Y)):
        same(sc.fit(source(), *data, verbose=0).model.get_weights(), model.get_weights())
    for data in (frame, inputs):
        for found, expected in zip(sc.predict(model, data, verbose=0), model.predict(X, verbose=0), strict=True):
            np.testing.assert_array_equal(found, expected)
    assert sc.evaluate(model, inputs, targets, verbose=0) == sc.evaluate(model, frame, verbose=0)


def test_what_keras_reads_by_itself_is_data():
    import keras
    import tensorflow as tf

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 5

        def __getitem__(self, index):
            rows = slice(index * 8, index * 8 + 8)
            return {name: each[rows] for name, each in X.items()}, {name: each[rows] for name, each in Y.items()}

    model, _ = by_hand(shuffle=False)
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)
    for data in (dataset, Batches()):
        same(sc.fit(source(), data, shuffle=False, verbose=0).model.get_weights(), model.get_weights(), 1e-6)
    wrong = tf.data.Dataset.from_tensor_slices((X, Y | {"kind": Y["kind"] + 1})).batch(COUNT)
    with pytest.raises(sc.SpecError):
        sc.fit(source(), wrong, verbose=0)


def test_global_random_numbers_stay_as_they_are():
    import tensorflow as tf

    random.seed(1), np.random.seed(1), tf.random.set_seed(1)
    sc.fit(source(), DATA, epochs=1, verbose=0)
    after = random.random(), np.random.random(), float(tf.random.uniform(()))
    random.seed(1), np.random.seed(1), tf.random.set_seed(1)
    assert after == (random.random(), np.random.random(), float(tf.random.uniform(())))


ADAPTED = """\
spec: 1
name: adapted
seed: 7
nodes:
  age:    {type: Input, shape: [1]}
  city:   {type: Input, shape: [1], dtype: string}
  text:   {type: Input, shape: [], dtype: string}
  half:   {type: Rescaling, scale: 0.5, inputs: age}
  scaled: {type: Normalization, inputs: half}
  place:  {type: StringLookup, max_tokens: 5, output_mode: one_hot, pad_to_max_tokens: true, inputs: city}
  words:  {type: TextVectorization, max_tokens: 20, output_mode: multi_hot, pad_to_max_tokens: true, inputs: text}
  bins:   {type: Discretization, num_bins: 3, output_mode: one_hot, inputs: age}
  all:    {type: concatenate, inputs: [scaled, place, words, bins]}
  y:      {type: Dense, units: 1, inputs: all}
outputs: {y: {loss: mse}}
"""
PEOPLE = {
    "age": np.arange(20.0, 32.0).astype("float32"),
    "city": np.array(["bern", "rome", "oslo"] * 4, dtype=object),
    "text": np.array(["a red house", "a blue house", "the sea"] * 4, dtype=object),
    "y": np.linspace(0, 1, 12).astype("float32"),
}


def test_layers_are_adapted_to_the_training_data_first(tmp_path):
    import keras
    import tensorflow as tf

    by_hand = sc.compile_spec(source(ADAPTED))
    by_hand.get_layer("scaled").adapt(PEOPLE["age"][:, None] / 2)
    by_hand.get_layer("place").adapt(PEOPLE["city"][:, None])
    by_hand.get_layer("words").adapt(PEOPLE["text"])
    by_hand.get_layer("bins").adapt(PEOPLE["age"][:, None])
    keras.utils.set_random_seed(7)
    inputs = {name: tf.constant(PEOPLE[name]) for name in ("age", "city", "text")}
    by_hand.fit(inputs, PEOPLE["y"], verbose=0)
    fitted = sc.fit(source(ADAPTED), PEOPLE, verbose=0).model
    assert fitted.get_layer("words").get_vocabulary() == by_hand.get_layer("words").get_vocabulary()
    same(fitted.get_weights()[:2], by_hand.get_weights()[:2], 1e-6)
    same(fitted.trainable_variables, by_hand.trainable_variables, 1e-6)

    table = {name: array.tolist() for name, array in PEOPLE.items()}
    pq.write_table(pa.table(table), tmp_path / "people.parquet")
    streamed = sc.fit(source(ADAPTED), tmp_path / "people.parquet", stream=True, shuffle=False, verbose=0).model
    in_order = sc.fit(source(ADAPTED), PEOPLE, shuffle=False, verbose=0).model
    assert streamed.get_layer("place").get_vocabulary() == fitted.get_layer("place").get_vocabulary()
    same(streamed.trainable_variables, in_order.trainable_variables, 1e-5)

    fitted.save(tmp_path / "people.keras")
    predicted = sc.predict(tmp_path / "people.keras", PEOPLE, verbose=0)
    same([predicted], [fitted.predict(inputs, verbose=0)])


def test_what_was_not_adapted_is_not_used():
    with pytest.raises(sc.SpecError) as raised:
        sc.predict(source(ADAPTED), PEOPLE)
    assert [(found.code, found.span.start.line) for found in raised.value.report] == [
        ("SC551", 9),
        ("SC551", 10),
        ("SC551", 11),
        ("SC551", 12),
    ]


def test_evaluate_and_predict_give_what_keras_gives(tmp_path):
    fitted = sc.fit(source(), DATA, verbose=0).model
    fitted.save(tmp_path / "flowers.keras")
    fitted.save_weights(tmp_path / "flowers.weights.h5")
    expected = fitted.evaluate(X, Y, batch_size=8, verbose=0, return_dict=True)
    predicted = fitted.predict(X, verbose=0)
    for model, more in (
        (tmp_path / "flowers.keras", {}),
        (source(), {"weights": tmp_path / "flowers.weights.h5"}),
        (fitted, {}),
    ):
        found = sc.evaluate(model, DATA, batch_size=8, verbose=0, return_dict=True, **more)
        assert found == pytest.approx(expected, abs=1e-6)
        same(sc.predict(model, X, verbose=0, **more), predicted, 1e-6)
    assert sc.evaluate(fitted, DATA, batch_size=8, verbose=0) == pytest.approx(
        fitted.evaluate(X, Y, batch_size=8, verbose=0), abs=1e-6
    )
    npz(tmp_path / "data.npz", DATA)
    same(sc.predict(fitted, tmp_path / "data.npz", stream=True, verbose=0), predicted, 1e-6)
    streamed = sc.evaluate(fitted, tmp_path / "data.npz", stream=True, batch_size=8, verbose=0, return_dict=True)
    assert streamed == pytest.approx(expected, abs=1e-6)


IMAGES = """\
spec: 1
name: shapes
seed: 7
nodes:
  image: {type: Input, shape: [6, 5, 3]}
  small: {type: Rescaling, scale: 0.01, inputs: image}
  flat:  {type: Flatten, inputs: small}
  kind:  {type: Dense, units: 2, activation: softmax, inputs: flat}
outputs: {kind: {loss: LOSS, metrics: [accuracy]}}
"""


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_images_in_folders_by_class_are_data(tmp_path, loss):
    from PIL import Image

    draw = np.random.default_rng(0)
    arrays = {}
    for name in ("round", "square"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(5):
            array = draw.integers(0, 255, (6, 5, 3)).astype("uint8")
            Image.fromarray(array).save(tmp_path / "data" / name / f"{number}.png")
            arrays[f"{name}/{number}"] = array
    text = IMAGES.replace("LOSS", loss)
    labels = np.array([0] * 5 + [1] * 5)
    labels = labels if loss.startswith("sparse") else np.eye(2)[labels]
    by_arrays = sc.fit(source(text), {"image": np.stack(list(arrays.values())), "kind": labels}, verbose=0)
    by_files = sc.fit(source(text), tmp_path / "data", verbose=0)
    same(by_files.model.get_weights(), by_arrays.model.get_weights())
    streamed = sc.fit(source(text), tmp_path / "data", stream=True, verbose=0)
    assert streamed.history["loss"]
    predicted = sc.predict(by_files.model, tmp_path / "data" / "round", verbose=0)
    assert predicted.shape == (5, 2)


def test_sample_weights_are_by_output():
    weights = {"kind": np.linspace(0, 1, COUNT), "bloom": np.ones(COUNT)}
    import keras

    model = sc.compile_spec(source())
    keras.utils.set_random_seed(7)
    model.fit(X, Y, sample_weight=weights, epochs=2, batch_size=8, verbose=0)
    fitted = sc.fit(source(), DATA, sample_weight=weights, verbose=0)
    same(fitted.model.get_weights(), model.get_weights())

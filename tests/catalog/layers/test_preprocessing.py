"""Layers that prepare numbers, categories, text and sound, against Keras."""

from __future__ import annotations

from importlib.util import find_spec

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from spec_compiler.catalog.registry import LAYERS, operation
from spec_compiler.catalog.rules import DtypeError, RuleError, ShapeError
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.calls import make, types
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_results import results, runs
from tests.catalog.keras_contract.refusals import refuses
from tests.catalog.keras_contract.signatures import check_calls, check_signature
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

NAMES = [name for module in ("audio", "categories", "lookup", "preprocessing") for name in LAYERS[module]]
WORDS = ["red", "green", "blue"]

NUMBERS = [
    ("Rescaling", {"scale": 2}, (None, 3)),
    ("Rescaling", {"scale": 0.1, "offset": -1.0}, ("uint8", None, 8, 8, 3)),
    ("Rescaling", {"scale": [0.1, 0.2, 0.3], "offset": [1, 2, 3]}, (None, None, 3)),
    ("Rescaling", {"scale": [[1.0], [2.0]]}, (None, 2, 4)),
    ("Rescaling", {"scale": 2, "dtype": "mixed_bfloat16"}, ()),
    ("Rescaling", {"scale": 2, "dtype": "float64", "trainable": False}, ("float16", None)),
    ("Rescaling", {"scale": 2, "dtype": "int32"}, (None, 3)),
    ("Rescaling", {"scale": 0.5, "activity_regularizer": "L2"}, ("bool", 4)),
    ("Normalization", {}, (None, 3)),
    ("Normalization", {"axis": [1, -1]}, (None, 3, None, 4)),
    ("Normalization", {"axis": [-1, 1], "dtype": "mixed_float16"}, (None, 3, 4)),
    ("Normalization", {"axis": None}, (None, None)),
    ("Normalization", {"axis": []}, (None, None)),
    ("Normalization", {"axis": 0, "dtype": "float64", "trainable": False}, ("int32", 5)),
    ("Normalization", {"mean": 1, "variance": 2.5}, ("int32", None, 3)),
    ("Normalization", {"mean": [1, 2, 3], "variance": [1, 1, 0.5], "invert": True}, (None, 3)),
    ("Normalization", {"mean": [1.0], "variance": [1.0], "dtype": "mixed_bfloat16"}, (None, 3)),
    ("Normalization", {"mean": [[1, 2]], "variance": [[1, 2]], "axis": [1, 2]}, (None, 3, 2)),
    ("Normalization", {"mean": [1, 2], "variance": [1, 2], "axis": [1, 2]}, (None, 3, 2)),
]

SHAPES = [(None, 3), (None, 1), (None,), (4,), (), (1,), (None, 2, 3), (None, 2, 1), (None, None), (2, 3, 4, 5)]

CATEGORIES = [
    ("Discretization", {"bin_boundaries": [0, 0.5, 1]}, (None, 3)),
    ("Discretization", {"bin_boundaries": []}, ("int64", None)),
    ("Discretization", {"num_bins": 4, "epsilon": 0.1}, (None, 3)),
    ("Discretization", {"num_bins": 4, "output_mode": "one_hot", "sparse": True}, (None, 3)),
    ("Discretization", {"bin_boundaries": [1], "dtype": "float16"}, ("bool", None, 2)),
    ("Discretization", {"bin_boundaries": [1], "output_mode": "one_hot", "dtype": "mixed_bfloat16"}, (None, 2)),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "binary"}, ("int32", None, 3)),
    ("CategoryEncoding", {"num_tokens": 4, "sparse": True}, ("int64", None, 3)),
    ("CategoryEncoding", {"num_tokens": 4, "dtype": "mixed_float16"}, ("int64", None, 3)),
    ("CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot", "dtype": "int32"}, ("uint8", None, 3)),
    (
        "CategoryEncoding",
        {"num_tokens": 4, "output_mode": "count"},
        {"inputs": ("int32", None, 3), "count_weights": (None, None)},
    ),
    ("Hashing", {"num_bins": 5}, ("string", None, 2)),
    ("Hashing", {"num_bins": 5, "dtype": "int32", "salt": [3, 4]}, ("int32", None, 2)),
    ("Hashing", {"num_bins": 5, "salt": 3, "mask_value": "x"}, ("string", None)),
    ("Hashing", {"num_bins": 5, "mask_value": 1.5}, (None, 2)),
    ("Hashing", {"num_bins": 5, "mask_value": 1}, ("complex64", None, 2)),
    ("Hashing", {"num_bins": 1, "mask_value": 1}, ("string", None, 2)),
    ("Hashing", {"num_bins": 5, "output_mode": "multi_hot", "sparse": True}, ("string", None, 2)),
    ("Hashing", {"num_bins": 5, "output_mode": "one_hot", "dtype": "mixed_bfloat16"}, ("string", None, 1)),
    ("Hashing", {"num_bins": 5, "trainable": False, "activity_regularizer": "L2"}, ("int32", None)),
    ("HashedCrossing", {"num_bins": 5}, [("string", None), ("int32", None)]),
    ("HashedCrossing", {"num_bins": 5}, [("string", None, 1), ("string", None, 1)]),
    ("HashedCrossing", {"num_bins": 5}, [("string", None, None), ("string", None, None)]),
    ("HashedCrossing", {"num_bins": 5, "dtype": "int32"}, [("uint8", 4, 1), ("string", None, 1)]),
    ("HashedCrossing", {"num_bins": 5, "output_mode": "one_hot"}, [("int64", None), ("string", None)]),
    ("HashedCrossing", {"num_bins": 5, "output_mode": "one_hot", "sparse": True}, [("int64", None, 1)] * 2),
    ("HashedCrossing", {"num_bins": 5, "output_mode": "one_hot", "dtype": "mixed_bfloat16"}, [("int64", 1)] * 2),
    *[
        ("Discretization", {"bin_boundaries": [0, 1], "output_mode": mode}, shape)
        for mode in ("int", "one_hot", "multi_hot", "count")
        for shape in SHAPES
    ],
    *[
        ("CategoryEncoding", {"num_tokens": 4, "output_mode": mode}, ("int32", *shape))
        for mode in ("one_hot", "multi_hot", "count")
        for shape in SHAPES
        if mode == "one_hot" or len(shape) <= 2
    ],
    *[
        ("Hashing", {"num_bins": 4, "output_mode": mode}, ("int32", *shape))
        for mode in ("int", "one_hot", "multi_hot", "count")
        for shape in SHAPES
        if mode == "int" or (shape[-1:] == (1,) if mode == "one_hot" else len(shape) <= 2)
    ],
]

TEXT = [
    ("StringLookup", {}, ("string", None, 3)),
    ("StringLookup", {"vocabulary": WORDS, "encoding": "latin-1"}, ("string", None, None)),
    ("StringLookup", {"vocabulary": ["[UNK]", "a"], "trainable": False}, ("string", None)),
    ("StringLookup", {"vocabulary": ["", "[UNK]", "a"], "mask_token": ""}, ("string", None)),
    ("StringLookup", {"vocabulary": ["a", "[UNK]"]}, ("string", None)),
    ("StringLookup", {"vocabulary": WORDS, "invert": True}, ("int32", None, 3)),
    ("StringLookup", {"vocabulary": WORDS, "num_oov_indices": 2, "salt": 7, "max_tokens": 5}, ("string", None)),
    ("StringLookup", {"vocabulary": WORDS, "num_oov_indices": 0, "oov_token": None}, ("string", None)),
    ("StringLookup", {"output_mode": "one_hot", "max_tokens": 9}, ("string", None, 3)),
    ("StringLookup", {"output_mode": "count", "max_tokens": 9, "pad_to_max_tokens": True}, ("string", None, 3)),
    ("StringLookup", {"output_mode": "tf_idf"}, ("string", None, 3)),
    ("StringLookup", {"output_mode": "tf_idf", "idf_weights": [1]}, ("string", None, 3)),
    ("StringLookup", {"vocabulary": WORDS, "output_mode": "tf-idf", "idf_weights": [1, 2, 0.5]}, ("string", None, 3)),
    ("StringLookup", {"vocabulary": ["[UNK]", "a"], "output_mode": "binary", "sparse": True}, ("string", None, 3)),
    ("IntegerLookup", {}, ("int64", None, 3)),
    ("IntegerLookup", {"vocabulary": [1, -1, 2**40]}, ("float32", None, 3)),
    ("IntegerLookup", {"vocabulary": [-1, 5], "invert": True}, ("int64", None, 3)),
    (
        "IntegerLookup",
        {"vocabulary": [1, 2], "salt": 3, "oov_method": "farmhash", "num_oov_indices": 3},
        ("bool", None),
    ),
    ("IntegerLookup", {"vocabulary": [1, 2], "mask_token": 0, "vocabulary_dtype": "int64"}, ("uint8", None)),
    *[
        ("IntegerLookup", {"vocabulary": [1, 2], "mask_token": 0, "output_mode": mode}, ("int64", *shape))
        for mode in ("int", "one_hot", "multi_hot", "count")
        for shape in SHAPES
        if mode in ("int", "one_hot") or len(shape) <= 2
    ],
    ("TextVectorization", {}, ("string", None, 1)),
    ("TextVectorization", {"vocabulary": WORDS, "output_sequence_length": 7}, ("string", None)),
    ("TextVectorization", {"vocabulary": ["", "[UNK]", "a"], "ngrams": 2, "max_tokens": 3}, ("string", None, 1)),
    ("TextVectorization", {"vocabulary": WORDS, "ngrams": [2, 3], "split": "character"}, ("string", 4, 1)),
    ("TextVectorization", {"vocabulary": WORDS, "ragged": True, "standardize": "lower"}, ("string", None, None)),
    ("TextVectorization", {"vocabulary": WORDS, "standardize": None, "trainable": False}, ("string", None, 1)),
    ("TextVectorization", {"output_mode": "count"}, ("string", None, 1)),
    ("TextVectorization", {"output_mode": "count", "max_tokens": 6, "pad_to_max_tokens": True}, ("string", None)),
    (
        "TextVectorization",
        {"vocabulary": WORDS, "output_mode": "tf_idf", "idf_weights": [1, 2, 3], "sparse": True},
        ("string", None, 1),
    ),
    *[
        ("TextVectorization", {"vocabulary": WORDS, "output_mode": mode, "split": split}, ("string", *shape))
        for mode in ("int", "one_hot", "multi_hot", "count")
        for split in ("whitespace", None)
        for shape in SHAPES
        if (shape or mode != "int") and not (split and len(shape) > 1 and shape[-1] not in (1, None))
    ],
]

MEL = {"fft_length": 64, "sequence_stride": 16, "num_mel_bins": 8}
STFT = {"window": None, "frame_length": 16}

SOUND = [
    ("MelSpectrogram", {}, (None, 16000)),
    ("MelSpectrogram", MEL, (None, 100)),
    ("MelSpectrogram", MEL, (100,)),
    ("MelSpectrogram", MEL, (None, None)),
    ("MelSpectrogram", MEL, (None,)),
    ("MelSpectrogram", MEL, (None, 2, 100)),
    ("MelSpectrogram", MEL | {"dtype": "mixed_bfloat16", "sequence_length": 32, "window": "hamming"}, ("int32", 2, 95)),
    ("MelSpectrogram", MEL | {"dtype": "float64", "power_to_db": False, "window": None}, ("float32", 2, 33)),
    (
        "MelSpectrogram",
        MEL | {"max_freq": 4000, "min_freq": 0, "top_db": 60, "mag_exp": 1, "trainable": False},
        (2, 96),
    ),
    ("STFTSpectrogram", STFT, (None, 100, 2)),
    ("STFTSpectrogram", STFT, (None, None, 2)),
    ("STFTSpectrogram", STFT, (None, 16, 1)),
    ("STFTSpectrogram", STFT | {"mode": "stft", "trainable": False}, (None, 100, 2)),
    ("STFTSpectrogram", STFT | {"mode": "real", "scaling": None}, (None, 100, 2)),
    ("STFTSpectrogram", STFT | {"mode": "imag", "frame_step": 3}, (None, 100, 2)),
    ("STFTSpectrogram", STFT | {"mode": "psd", "expand_dims": True, "padding": "same"}, (None, 100, 2)),
    ("STFTSpectrogram", STFT | {"mode": "angle", "fft_length": 24, "periodic": True}, (None, 100, 2)),
    ("STFTSpectrogram", STFT | {"mode": "magnitude", "data_format": "channels_first"}, (None, 2, 100)),
    ("STFTSpectrogram", STFT | {"mode": "stft", "data_format": "channels_first", "expand_dims": True}, (None, 2, 100)),
    ("STFTSpectrogram", STFT | {"dtype": "mixed_float16"}, (None, 100, 2)),
    ("STFTSpectrogram", STFT | {"dtype": "float64", "activity_regularizer": "L2"}, ("bfloat16", None, 100, 2)),
    ("STFTSpectrogram", {"window": None}, (None, 300, 2)),
    ("STFTSpectrogram", {"window": None, "frame_length": 3, "scaling": "spectrum"}, (None, 30, 2)),
    ("STFTSpectrogram", {"window": None, "frame_length": 1, "frame_step": 1}, (None, 30, 2)),
]

IMAGE = (None, 8, 9, 3)

CHAINS = [
    ([{"type": "RandomFlip"}, {"type": "Rescaling", "scale": 0.5}], IMAGE),
    ([{"type": "Normalization"}, {"type": "Dense", "units": 3}], (None, 4)),
    ([{"type": "Normalization", "dtype": "mixed_float16"}], ("int32", None, 4)),
    ([{"type": "Equalization"}], ("uint8", *IMAGE)),
    ([{"type": "Resizing", "height": 4, "width": 5}], ("uint8", None, None, None, 3)),
    ([{"type": "RandomGrayscale"}], ("uint8", *IMAGE)),
    ([{"type": "RandomContrast", "factor": 0.5}], ("uint8", *IMAGE)),
    ([{"type": "CenterCrop", "height": 2, "width": 2}], (None, None, 8, 3)),
    ([{"type": "CenterCrop", "height": 2, "width": 2}], (8, 8, None)),
    ([{"type": "RandomCrop", "height": 2, "width": 2}], IMAGE),
    ([{"type": "RandomHue", "factor": 0.2}, {"type": "RandomSaturation", "factor": 0.2}], (None, 8, 9, None)),
    ([{"type": "RandomColorJitter", "hue_factor": 0.2}], (None, 8, 9, None)),
    ([{"type": "RandomColorJitter", "contrast_factor": 0.2}], (None, 8, 9, None)),
    ([{"type": "RandAugment"}, {"type": "CutMix"}, {"type": "MixUp"}], IMAGE),
    (
        [{"type": "StringLookup", "vocabulary": WORDS}, {"type": "Embedding", "input_dim": 4, "output_dim": 2}],
        ("string", None, 5),
    ),
    ([{"type": "StringLookup", "vocabulary": WORDS, "invert": True}], ("int64", None, 5)),
    ([{"type": "IntegerLookup", "vocabulary": [1, 2], "invert": True}], ("int64", None, 5)),
    (
        [{"type": "StringLookup", "vocabulary": WORDS, "output_mode": "tf_idf", "idf_weights": [1, 2, 3]}],
        ("string", None, 5),
    ),
    ([{"type": "Hashing", "num_bins": 3}], ("string", None, 2)),
    (
        [
            {"type": "Dense", "units": 3},
            {"type": "Dropout", "rate": 0.1},
            {"type": "LSTM", "units": 2, "return_state": True},
        ],
        (None, 5, 4),
    ),
    *[
        ([{"type": "IntegerLookup", "vocabulary": [1, 2], "output_mode": mode}], ("int64", *shape))
        for mode in ("one_hot", "multi_hot", "count")
        for shape in SHAPES
        if mode != "one_hot" or shape != (None, None)
    ],
    *[
        ([{"type": "Hashing", "num_bins": 4, "output_mode": mode}], ("int64", *shape))
        for mode in ("one_hot", "multi_hot")
        for shape in SHAPES
        if mode != "one_hot" or shape not in ((None, None), ())
    ],
    *[
        ([{"type": "CategoryEncoding", "num_tokens": 4, "output_mode": mode}], ("int64", *shape))
        for mode in ("one_hot", "count")
        for shape in SHAPES
        if mode != "one_hot" or shape != (None, None)
    ],
    *[
        ([{"type": "Discretization", "bin_boundaries": [1], "output_mode": mode}], shape)
        for mode in ("int", "one_hot", "count")
        for shape in SHAPES
        if mode != "one_hot" or shape != (None, None)
    ],
    *[
        ([{"type": "TextVectorization", "vocabulary": WORDS, "output_mode": mode, "split": split}], ("string", *shape))
        for mode in ("int", "one_hot", "count")
        for split in ("whitespace", None)
        for shape in SHAPES
        if not (split and len(shape) > 1 and shape[-1] != 1)
        and not (mode == "one_hot" and shape == (None, None))
        and (shape or mode != "int")
    ],
    ([{"type": "TextVectorization", "vocabulary": WORDS, "ngrams": 2, "split": None}], ("string", None, 3)),
    ([{"type": "TextVectorization", "vocabulary": WORDS, "output_sequence_length": 5}], ("string", None, 2, 1)),
    (
        [{"type": "TextVectorization", "vocabulary": WORDS, "output_sequence_length": 5, "split": None}],
        ("string", 4, 3),
    ),
    ([{"type": "MelSpectrogram", **MEL}], (None, 95)),
    ([{"type": "MelSpectrogram", **MEL}], (None, 2, None)),
]


@pytest.mark.parametrize(("name", "arguments", "inputs"), [*NUMBERS, *CATEGORIES, *TEXT, *SOUND])
def test_inferred_is_what_keras_states(name, arguments, inputs):
    check(name, arguments, inputs)


@pytest.mark.parametrize(("layers", "inputs"), CHAINS)
def test_a_pipeline_gives_what_its_layers_make_when_they_run(layers, inputs):
    check("Pipeline", {"layers": layers}, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Normalization", {}, (None, None)),
        ("Normalization", {"axis": 2}, (None, 3)),
        ("Normalization", {"axis": [1, -1]}, (None, 3)),
        ("Normalization", {"mean": 1}, (None, 3)),
        ("Normalization", {"variance": 1}, (None, 3)),
        ("Normalization", {"mean": 1, "variance": [1]}, (None, 3)),
        ("Normalization", {"mean": [[1]], "variance": [[1]]}, (None, 3)),
        ("Normalization", {"mean": [1, 2], "variance": [1, 2]}, (None, 3)),
        ("Normalization", {"mean": [], "variance": []}, (None, 3)),
        ("Discretization", {}, (None, 3)),
        ("Discretization", {"num_bins": 3, "bin_boundaries": [1]}, (None, 3)),
        ("Discretization", {"num_bins": -1}, (None, 3)),
        ("Discretization", {"num_bins": 3, "sparse": True}, (None, 3)),
        ("Discretization", {"num_bins": 3, "trainable": False}, (None, 3)),
        ("Discretization", {"num_bins": 3, "output_mode": "binary"}, (None, 3)),
        ("CategoryEncoding", {}, ("int32", None, 3)),
        ("CategoryEncoding", {"num_tokens": 0}, ("int32", None, 3)),
        ("CategoryEncoding", {"num_tokens": 3, "output_mode": "int"}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 0}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 3, "salt": [1]}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 3, "salt": 1.5}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 3, "dtype": "float32"}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 3, "sparse": True}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 3, "output_mode": "binary"}, ("int32", None, 3)),
        ("HashedCrossing", {"num_bins": 3}, [("int32", None)]),
        ("HashedCrossing", {"num_bins": 3}, [("int32", None)] * 3),
        ("HashedCrossing", {"num_bins": 3}, [("int32", None), ("int32", None, 1)]),
        ("HashedCrossing", {"num_bins": 3}, [("int32", 5), ("int32", None)]),
        ("HashedCrossing", {"num_bins": 3}, [("int32",), ("int32",)]),
        ("HashedCrossing", {"num_bins": 3, "output_mode": "count"}, [("int32", None)] * 2),
        ("StringLookup", {"vocabulary": []}, ("string", None)),
        ("StringLookup", {"vocabulary": ["a", "a"]}, ("string", None)),
        ("StringLookup", {"vocabulary": ["[UNK]"]}, ("string", None)),
        ("StringLookup", {"vocabulary": [1, 2]}, ("string", None)),
        ("StringLookup", {"vocabulary": ["a", ""], "mask_token": ""}, ("string", None)),
        ("StringLookup", {"vocabulary": ["a", "[UNK]"], "invert": True}, ("int64", None)),
        (
            "StringLookup",
            {"vocabulary": ["", "[UNK]", "a"], "mask_token": "", "output_mode": "count"},
            ("string", None),
        ),
        ("StringLookup", {"vocabulary": WORDS, "max_tokens": 3}, ("string", None)),
        ("StringLookup", {"max_tokens": 1}, ("string", None)),
        ("StringLookup", {"num_oov_indices": -1}, ("string", None)),
        ("StringLookup", {"pad_to_max_tokens": True}, ("string", None)),
        ("StringLookup", {"invert": True, "oov_token": None}, ("int64", None)),
        ("StringLookup", {"invert": True, "output_mode": "count"}, ("int64", None)),
        ("StringLookup", {"sparse": True}, ("string", None)),
        ("StringLookup", {"idf_weights": [1]}, ("string", None)),
        ("StringLookup", {"vocabulary": WORDS, "output_mode": "tf_idf"}, ("string", None)),
        ("StringLookup", {"vocabulary": WORDS, "output_mode": "tf_idf", "idf_weights": [1]}, ("string", None)),
        ("StringLookup", {"activity_regularizer": "L2"}, ("string", None)),
        ("IntegerLookup", {"vocabulary": ["a"]}, ("int64", None)),
        ("IntegerLookup", {"salt": 1}, ("int64", None)),
        ("IntegerLookup", {"oov_method": "other"}, ("int64", None)),
        ("IntegerLookup", {"vocabulary_dtype": "int32"}, ("int64", None)),
        ("IntegerLookup", {"vocabulary": [3, -1], "invert": True}, ("int64", None)),
        ("TextVectorization", {"vocabulary": ["a", ""]}, ("string", None)),
        ("TextVectorization", {"vocabulary": WORDS, "max_tokens": 4}, ("string", None)),
        ("TextVectorization", {"standardize": "upper"}, ("string", None)),
        ("TextVectorization", {"split": "line"}, ("string", None)),
        ("TextVectorization", {"output_mode": "count", "output_sequence_length": 3}, ("string", None)),
        ("TextVectorization", {"output_mode": "count", "ragged": True}, ("string", None)),
        ("TextVectorization", {"sparse": True}, ("string", None)),
        ("TextVectorization", {"output_sequence_length": -1}, ("string", None)),
        ("TextVectorization", {}, ("string",)),
        ("MelSpectrogram", MEL | {"sequence_length": 65}, (None, 100)),
        ("MelSpectrogram", MEL | {"sequence_stride": 0}, (None, 100)),
        ("MelSpectrogram", MEL, ()),
        ("STFTSpectrogram", STFT, (None, 100)),
        ("STFTSpectrogram", STFT, (None, 15, 2)),
        ("STFTSpectrogram", STFT, (None, 100, None)),
        ("STFTSpectrogram", STFT | {"frame_step": 17}, (None, 100, 2)),
        ("STFTSpectrogram", STFT | {"frame_step": 0}, (None, 100, 2)),
        ("STFTSpectrogram", STFT | {"fft_length": 15}, (None, 100, 2)),
        ("STFTSpectrogram", {"window": None, "frame_length": 1}, (None, 100, 2)),
        ("STFTSpectrogram", {"window": None, "frame_length": 0}, (None, 100, 2)),
        ("STFTSpectrogram", STFT | {"mode": "phase"}, (None, 100, 2)),
        ("STFTSpectrogram", STFT | {"padding": "causal"}, (None, 100, 2)),
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        ("Rescaling", {"scale": [1, 2]}, (None, 3)),
        ("Rescaling", {"scale": 1}, ("string", None)),
        ("Rescaling", {"scale": 1, "dtype": "bool"}, (None, 3)),
        ("Normalization", {}, ("string", None, 3)),
        ("Normalization", {"dtype": "bool"}, (None, 3)),
        ("Discretization", {"bin_boundaries": [1, 0]}, (None, 3)),
        ("Discretization", {"bin_boundaries": [1]}, ("string", None)),
        ("Discretization", {"bin_boundaries": [1]}, ("complex64", None)),
        ("Discretization", {"bin_boundaries": [1], "output_mode": "count", "dtype": "mixed_float16"}, (None, 3)),
        ("CategoryEncoding", {"num_tokens": 3}, ("uint8", None, 3)),
        ("CategoryEncoding", {"num_tokens": 3}, ("string", None, 3)),
        ("CategoryEncoding", {"num_tokens": 3, "dtype": "float16"}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 3, "mask_value": "x"}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 3, "mask_value": 1}, ("string", None, 3)),
        ("Hashing", {"num_bins": 3, "mask_value": 1.0}, ("int32", None, 3)),
        ("Hashing", {"num_bins": 3, "mask_value": 1}, ("bool", None, 3)),
        ("Hashing", {"num_bins": 3, "output_mode": "one_hot"}, ("int32",)),
        ("Hashing", {"num_bins": 3, "output_mode": "count", "dtype": "float16"}, ("int32", None, 3)),
        ("HashedCrossing", {"num_bins": 3}, [("int32", None, 2)] * 2),
        ("HashedCrossing", {"num_bins": 3}, [("float32", None)] * 2),
        ("HashedCrossing", {"num_bins": 3}, [("int32", 5, 1), ("int32", 4, 1)]),
        ("StringLookup", {"vocabulary": WORDS}, ("int32", None)),
        ("StringLookup", {"vocabulary": WORDS, "invert": True}, ("string", None)),
        ("IntegerLookup", {"vocabulary": [1, 2]}, ("string", None)),
        ("TextVectorization", {"vocabulary": WORDS}, ("string", None, 2)),
        ("TextVectorization", {"vocabulary": WORDS}, ("int32", None)),
        ("TextVectorization", {"vocabulary": WORDS, "ngrams": (0, 1)}, ("string", None)),
        ("MelSpectrogram", MEL, (None, 32)),
        ("MelSpectrogram", MEL, ("string", None, 100)),
        ("MelSpectrogram", MEL | {"dtype": "float64"}, (None, 100)),
        ("MelSpectrogram", MEL | {"num_mel_bins": 0}, (None, 100)),
        ("MelSpectrogram", MEL | {"window": "other"}, (None, 100)),
        ("STFTSpectrogram", STFT, ("int32", None, 100, 2)),
        ("STFTSpectrogram", STFT | {"dtype": "mixed_bfloat16"}, (None, 100, 2)),
        ("STFTSpectrogram", STFT | {"dtype": "int32"}, (None, 100, 2)),
    ],
)
def test_what_keras_builds_and_cannot_run_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)
    assert not runs(name, arguments, inputs)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs"),
    [
        # The result would be wider than Keras says.
        ("Rescaling", {"scale": [1, 2, 3]}, (None, 1)),
        ("Rescaling", {"scale": [[1], [2]]}, (2,)),
        # Not a number.
        ("Normalization", {"mean": 0, "variance": -1}, (None, 3)),
        # No bins can be made of data; no vectors can have a length of 0.
        ("Discretization", {"num_bins": 0}, (None, 3)),
        ("HashedCrossing", {"num_bins": 0}, [("int32", None)] * 2),
        # Nothing would be left of a text.
        ("TextVectorization", {"ngrams": 0}, ("string", None)),
        ("TextVectorization", {"ngrams": []}, ("string", None)),
        ("TextVectorization", {"output_sequence_length": 0}, ("string", None)),
        # Keras fails only when it asks for the vocabulary.
        ("StringLookup", {"encoding": "nothing"}, ("string", None)),
        ("StringLookup", {"encoding": "base64_codec"}, ("string", None)),
        # Keras reads text where numbers are wanted, and the other way round, if NumPy can.
        ("IntegerLookup", {"vocabulary": ["1"]}, ("int64", None)),
        ("IntegerLookup", {"vocabulary": [1.5]}, ("int64", None)),
        ("IntegerLookup", {"vocabulary": [True, 2]}, ("int64", None)),
        ("IntegerLookup", {"vocabulary": [2**63]}, ("int64", None)),
        ("StringLookup", {"vocabulary": ["a", 1]}, ("string", None)),
        # Keras ignores the dtype.
        ("StringLookup", {"dtype": "float16"}, ("string", None)),
        ("TextVectorization", {"dtype": "float16"}, ("string", None)),
    ],
)
def test_what_keras_takes_and_makes_no_sense_is_refused(name, arguments, inputs):
    refuses(name, arguments, inputs, keras_builds=True)


@pytest.mark.parametrize("name", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_a_vocabulary_is_never_a_file(name):
    with pytest.raises(ValidationError) as caught:
        make(name, {"vocabulary": "/etc/hostname"})
    (error,) = caught.value.errors()
    assert error["type"] == "file_as_value"
    assert "never the name of a file, as `/etc/hostname` would be" in error["ctx"]["message"]


@pytest.mark.parametrize("argument", ["standardize", "split"])
def test_text_is_split_by_no_function(argument):
    refuses("TextVectorization", {argument: str.split}, ("string", None), keras_builds=True)


@pytest.mark.parametrize(("weights", "mode"), [((None, 1), "count"), ((3,), "count"), ((None, 3), "multi_hot")])
def test_weights_of_categories_fit_the_categories(weights, mode):
    with pytest.raises(RuleError) as caught:
        make("CategoryEncoding", {"num_tokens": 4, "output_mode": mode}).infer(
            inputs=TensorType((None, 3), "int32"), count_weights=TensorType(weights)
        )
    assert caught.value.operands == ("count_weights",)


@pytest.mark.parametrize(
    ("layers", "inputs"),
    [
        ([], IMAGE),
        ([{"type": "CutMix"}], (None, None, 8, 3)),
        ([{"type": "RandomErasing"}], (None, None, 8, 3)),
        ([{"type": "RandomPerspective"}], (None, None, 8, 3)),
        ([{"type": "RandomElasticTransform"}], (None, 8, 8, None)),
        ([{"type": "RandomCrop", "height": 2, "width": 2}], (None, None, 8, 3)),
        ([{"type": "ContrastLimitedAdaptiveHistogramEqualization"}], (None, None, 8, 3)),
        ([{"type": "Equalization"}], (None, 8, 8, None)),
        ([{"type": "AugMix"}], (None, 8, 8, None)),
        ([{"type": "RandAugment"}], (None, 8, 8, None)),
        ([{"type": "RandomGrayscale"}], (None, 8, 8, None)),
        ([{"type": "RandomColorDegeneration", "factor": 0.1}], (None, 8, 8, None)),
        ([{"type": "RandomHue", "factor": 0.1}], (None, 8, 8, 4)),
        ([{"type": "StringLookup", "output_mode": "count"}], ("string", None, 3)),
        ([{"type": "TextVectorization", "output_mode": "count"}], ("string", None, 1)),
        ([{"type": "TextVectorization", "vocabulary": WORDS}], ("string", None, None)),
        ([{"type": "Discretization", "num_bins": 3}], (None, 3)),
        ([{"type": "CategoryEncoding", "num_tokens": 3, "output_mode": "one_hot"}], ("int32", None, None)),
        ([{"type": "LSTM", "units": 2, "return_state": True}, {"type": "Dense", "units": 1}], (None, 5, 4)),
    ],
)
def test_a_pipeline_refuses_what_keras_cannot_trace(layers, inputs):
    with pytest.raises((ValidationError, RuleError)):
        make("Pipeline", {"layers": layers}).infer(inputs=types(inputs))
    configs = [make(layer["type"], {k: v for k, v in layer.items() if k != "type"}) for layer in layers]
    x = keras.Input(batch_shape=types(inputs).shape, dtype=types(inputs).dtype)

    def trace():
        made = [getattr(keras.layers, config.keras_name)(**config.arguments()) for config in configs]
        keras.layers.Pipeline(made)(x)

    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever Keras raises
        # AugMix picks its layers by Python's own chance, and can be traced when it picks none that minds.
        for _ in range(40 if layers == [{"type": "AugMix"}] else 1):
            trace()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ({"type": "Rescaling", "scale": 2}, (None, 3)),
        ({"type": "Normalization"}, (None, 3)),
        ({"type": "Discretization", "bin_boundaries": [1]}, (None, 3)),
        ({"type": "CategoryEncoding", "num_tokens": 3}, (None, 3)),
        ({"type": "MelSpectrogram", **MEL}, (None, 100)),
        ({"type": "RandomFlip"}, IMAGE),
        ({"type": "Equalization"}, IMAGE),
        ({"type": "RandomHue", "factor": 0.1}, IMAGE),
        ({"type": "CenterCrop", "height": 2, "width": 2}, IMAGE),
    ],
)
def test_a_pipeline_refuses_text_for_numbers(layer, shape):
    # TensorFlow traces the cast of text to numbers, and has no kernel to run it.
    with pytest.raises(DtypeError):
        make("Pipeline", {"layers": [layer]}).infer(inputs=TensorType(shape, "string"))


def test_a_pipeline_has_no_general_arguments_and_no_layers_of_several_tensors():
    refuses("Pipeline", {"layers": [{"type": "RandomFlip"}], "trainable": False}, IMAGE, keras_builds=True)
    refuses("Pipeline", {"layers": [{"type": "Add"}]}, IMAGE, keras_builds=True)
    refuses("Pipeline", {"layers": [{"type": "HashedCrossing", "num_bins": 3}]}, ("int32", None), keras_builds=True)


@pytest.mark.parametrize("window", ["hann", "blackman"])
def test_a_window_by_name_is_made_by_scipy(window):
    arguments = {"frame_length": 16, "window": window}
    if find_spec("scipy") is None:
        with pytest.raises(ImportError):
            keras.layers.STFTSpectrogram(**arguments)
        arguments |= {"window": None}
    check("STFTSpectrogram", arguments, (None, 100, 2))


def test_a_rescaling_that_does_not_fit_is_named():
    with pytest.raises(ShapeError) as caught:
        make("Rescaling", {"scale": [1, 2]}).infer(inputs=TensorType((None, 3)))
    assert caught.value.message == "has `scale` of shape (2,), which does not fit (None, 3)"
    assert (caught.value.operands, caught.value.argument) == (("inputs",), "scale")


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_those_of_keras(name):
    keras_class = getattr(keras.layers, name)
    check_signature(operation(name), keras_class)
    check_calls(operation(name), keras_class)


def numbers(low, high):
    return st.integers(low, high) | st.floats(low, high, allow_nan=False, width=16)


def mostly(likely, others):
    """One of the likely values three times out of four."""
    return st.integers(0, 3).flatmap(lambda n: others if n == 0 else likely)


DIMENSION = st.none() | st.integers(1, 5)
LENGTHS = mostly(st.tuples(st.none(), DIMENSION), st.lists(DIMENSION, max_size=4).map(tuple))
DTYPES = st.sampled_from(["float32", "float16", "int32", "int64", "uint8", "bool", "complex64", "string"])
POLICIES = mostly(st.just("float32"), st.sampled_from(["float64", "mixed_bfloat16", "int32"]))
MODES = mostly(st.sampled_from(["int", "one_hot", "multi_hot", "count"]), st.sampled_from(["tf_idf", "other"]))

RESCALING = {
    "scale": numbers(-2, 2) | st.lists(numbers(-2, 2), min_size=1, max_size=3),
    "offset": numbers(-2, 2),
    "dtype": POLICIES,
}
STATISTIC = numbers(0, 2) | st.lists(numbers(0, 2), min_size=1, max_size=3)
NORMALIZATION = {
    "axis": mostly(st.sampled_from([-1, 1, None]), st.integers(-3, 3) | st.lists(st.integers(-2, 2), max_size=2)),
    "statistics": mostly(st.none(), st.tuples(STATISTIC, STATISTIC)) | STATISTIC.map(lambda value: (value, value)),
    "dtype": mostly(st.just("float32"), st.sampled_from(["float64", "mixed_bfloat16"])),
    "invert": st.booleans(),
}
BINS = {"output_mode": MODES, "sparse": mostly(st.just(False), st.just(True)), "dtype": POLICIES}
ENCODING = {"num_tokens": mostly(st.integers(1, 4), st.integers(-1, 1)), "output_mode": MODES, "dtype": POLICIES}
HASHING = {
    "num_bins": mostly(st.integers(1, 4), st.integers(-1, 1)),
    "output_mode": MODES,
    "sparse": mostly(st.just(False), st.just(True)),
    "salt": mostly(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=3)),
    "mask_value": mostly(st.just("a"), st.sampled_from([1, 1.5])),
    "dtype": st.sampled_from(["int64", "int32", "float32"]),
}
VOCABULARY = {
    "max_tokens": mostly(st.integers(5, 9), st.integers(1, 4)),
    "output_mode": MODES,
    "pad_to_max_tokens": mostly(st.just(False), st.just(True)),
    "sparse": mostly(st.just(False), st.just(True)),
}
LOOKUP = VOCABULARY | {
    "num_oov_indices": mostly(st.integers(1, 2), st.integers(-1, 0)),
    "invert": mostly(st.just(False), st.just(True)),
}


def tokens(likely, special):
    """A vocabulary, most often without a mistake."""
    return mostly(
        st.lists(st.sampled_from(likely), min_size=1, max_size=3, unique=True),
        st.lists(st.sampled_from([*likely, *special]), max_size=3),
    )


CHOICES = {
    "Rescaling": RESCALING,
    "Normalization": NORMALIZATION,
    "Discretization": BINS | {"bin_boundaries": mostly(st.lists(numbers(-2, 2), max_size=3).map(sorted), st.just([1, 0]))},
    "CategoryEncoding": ENCODING,
    "Hashing": HASHING,
    "StringLookup": LOOKUP | {
        "vocabulary": tokens(["a", "b", "c"], ["", "[UNK]"]),
        "mask_token": mostly(st.just(""), st.just("a")),
        "oov_token": mostly(st.just("[UNK]"), st.sampled_from(["b", None])),
    },
    "IntegerLookup": LOOKUP | {
        "vocabulary": tokens([0, 1, 5], [-1, 7]),
        "mask_token": mostly(st.just(7), st.just(0)),
        "oov_token": mostly(st.just(-1), st.sampled_from([1, None])),
    },
    "TextVectorization": VOCABULARY | {
        "vocabulary": tokens(["a", "b", "c"], ["", "[UNK]"]),
        "split": st.sampled_from(["whitespace", "character", None]),
        "output_sequence_length": st.integers(1, 3),
        "ngrams": st.integers(1, 2),
        "ragged": mostly(st.just(False), st.just(True)),
    },
    "MelSpectrogram": {
        "fft_length": st.integers(2, 9),
        "sequence_stride": mostly(st.integers(1, 4), st.just(0)),
        "sequence_length": mostly(st.integers(1, 2), st.integers(3, 9)),
        "num_mel_bins": st.integers(1, 3),
        "dtype": POLICIES,
    },
    "STFTSpectrogram": {
        "frame_length": mostly(st.integers(2, 4), st.just(1)),
        "frame_step": mostly(st.integers(1, 2), st.sampled_from([0, 5])),
        "fft_length": mostly(st.integers(4, 8), st.integers(1, 3)),
        "mode": st.sampled_from(["log", "real", "imag", "stft", "psd"]),
        "padding": st.sampled_from(["valid", "same"]),
        "expand_dims": st.booleans(),
        "dtype": mostly(st.just("float32"), st.sampled_from(["float64", "mixed_bfloat16"])),
    },
}  # fmt: skip
NEEDED = {
    "scale",
    "num_tokens",
    "num_bins",
    "vocabulary",
    "bin_boundaries",
    "frame_length",
    "fft_length",
    "num_mel_bins",
}
FITTING = {
    "StringLookup": "string", "TextVectorization": "string", "Hashing": "string", "IntegerLookup": "int64",
    "CategoryEncoding": "int32",
}  # fmt: skip
INPUT_SHAPES = {
    "TextVectorization": mostly(st.sampled_from([(None,), (None, 1), (4, 1)]), LENGTHS),
    "Normalization": mostly(st.tuples(st.none(), st.integers(1, 4)), LENGTHS),
    "MelSpectrogram": mostly(st.tuples(st.none(), st.none() | st.integers(5, 20)), LENGTHS),
    "STFTSpectrogram": mostly(st.tuples(st.none(), st.none() | st.integers(3, 20), st.integers(1, 3)), LENGTHS),
}


@st.composite
def calls(draw, name):
    """The arguments of a layer and an input, most of which fit each other."""
    arguments = {
        key: draw(value) for key, value in CHOICES[name].items() if key in NEEDED or draw(st.integers(0, 2)) == 0
    }
    statistics = arguments.pop("statistics", None)
    if statistics is not None:
        arguments |= {"mean": statistics[0], "variance": statistics[1]}
    if arguments.get("output_mode") == "tf_idf" and name in LAYERS["lookup"] and draw(st.integers(0, 3)):
        arguments["idf_weights"] = [1.0] * len(arguments["vocabulary"])
    if name == "STFTSpectrogram":
        arguments["window"] = None
    dtype = draw(mostly(st.just(FITTING.get(name, "float32")), DTYPES))
    return arguments, TensorType(draw(INPUT_SHAPES.get(name, LENGTHS)), dtype)


def stricter(name, arguments, inputs):
    """Whether the catalogue refuses what Keras runs: see the test of what makes no sense."""
    if name == "Rescaling":  # the result is wider than Keras says
        scale = arguments["scale"]
        return isinstance(scale, list) and (not inputs.shape or (len(scale) > 1 and inputs.shape[-1] == 1))
    if name == "Normalization":  # an axis that is named twice, which goes well if its length is 1
        axis = arguments.get("axis", -1)
        return isinstance(axis, list) and len({a % max(inputs.rank, 1) for a in axis}) < len(axis)
    mode = arguments.get("output_mode", "multi_hot" if name == "CategoryEncoding" else "int")
    if name == "Hashing" and mode == "one_hot":  # Keras states another shape than it gives
        return inputs.shape[-1:] != (1,)
    if name in ("Hashing", "CategoryEncoding", "IntegerLookup", "StringLookup"):  # the same, summed along another axis
        return mode not in ("int", "one_hot") and inputs.rank > 2
    return False


def verdict(name, arguments, inputs):
    """Whether the catalogue accepts a call."""
    try:
        make(name, arguments).infer(inputs=inputs)
    except (ValidationError, RuleError):
        return False
    return True


@pytest.mark.parametrize("name", CHOICES)
@settings(max_examples=examples(30, thorough=80), deadline=None, derandomize=True)
@given(data=st.data())
def test_the_verdict_is_that_of_keras(name, data):
    arguments, inputs = data.draw(calls(name))
    if verdict(name, arguments, inputs):
        check(name, arguments, inputs)
        # Without a place for unknown tokens, a token that is not in the vocabulary is an error of the data.
        if arguments.get("num_oov_indices") != 0:
            assert any(runs(name, arguments, inputs, length) for length in (1, 9))
    elif not stricter(name, arguments, inputs):
        # `runs`, because Keras builds what could never run: it looks at few dtypes, and at no lengths of sound.
        assert not any(runs(name, arguments, inputs, length) for length in (1, 9))


@pytest.mark.parametrize("name", CHOICES)
def test_the_calls_that_are_tried_are_of_both_kinds(name):
    accepted = []

    @settings(max_examples=80, deadline=None, derandomize=True, database=None)
    @given(data=st.data())
    def collect(data):
        accepted.append(verdict(name, *data.draw(calls(name))))

    collect()
    assert 0.2 < sum(accepted) / len(accepted) < 0.9


@pytest.mark.parametrize(
    ("name", "arguments", "dtype"),
    [
        ("CategoryEncoding", {"num_tokens": 4}, "int32"),
        ("CategoryEncoding", {"num_tokens": 4, "output_mode": "count"}, "int32"),
        ("Hashing", {"num_bins": 4, "output_mode": "multi_hot"}, "string"),
        ("StringLookup", {"vocabulary": WORDS, "output_mode": "count"}, "string"),
        ("IntegerLookup", {"vocabulary": [1, 2], "output_mode": "binary"}, "int64"),
    ],
)
def test_a_vector_of_each_sample_is_made_of_one_axis(name, arguments, dtype):
    """Keras states that it sums over the last axis of more, and sums over the second."""
    assert not verdict(name, arguments, TensorType((None, 5, 3), dtype))
    assert verdict(name, arguments, TensorType((None, 3), dtype))
    given = results(name, arguments, TensorType((2, 5, 3), dtype))[0]
    assert tuple(given.shape[:-1]) == (2, 3)

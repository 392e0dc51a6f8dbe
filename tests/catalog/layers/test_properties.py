"""Every layer, with drawn arguments, shapes and dtypes: what the catalogue takes Keras takes, and just so.

Where it takes a call, outputs and weights are held against Keras, with all that is stated of a weight, and the call
is run; what its rules refuse, Keras must not be able to run. How many calls of each layer are drawn says
`SPEC_COMPILER_LAYER_EXAMPLES`, and which `SPEC_COMPILER_LAYER_SEED`.
"""

from __future__ import annotations

import os

import keras
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from spec_compiler.catalog.registry import FUNCTIONS, LAYERS, operation
from spec_compiler.catalog.rules import RuleError
from tests.catalog.keras_contract.calls import make
from tests.catalog.keras_contract.drawing import calls, example_call, fields
from tests.catalog.keras_contract.dtypes import MISSTATED
from tests.catalog.keras_contract.inference import check
from tests.catalog.keras_contract.layer_on_data import runs, runs_as_model, traces
from tests.thoroughness import examples

pytestmark = pytest.mark.tensorflow

EXAMPLES = int(os.environ.get("SPEC_COMPILER_LAYER_EXAMPLES", examples(3, thorough=6)))
SEED = int(os.environ.get("SPEC_COMPILER_LAYER_SEED", "0"))

EXCLUDED = {"Input": "it is no call: nothing flows into it"}
"""Types that no calls are drawn of, and why."""

NAMES = sorted({*(name for names in LAYERS.values() for name in names), *FUNCTIONS} - set(EXCLUDED))

PREPARES = {
    name
    for module in (
        "augmentation_colour", "augmentation_geometry", "augmentation_mixing", "categories", "images", "lookup",
        "preprocessing",
    )
    for name in LAYERS[module]
}  # fmt: skip
"""Layers of which Keras states shapes and dtypes that are not those of their results: these only have to exist."""

ADAPTED = dict.fromkeys(LAYERS["lookup"], "without a vocabulary, it has to be adapted to data before it runs")
"""Layers that cannot be run as they are made."""

STRICTER = {
    "AdditiveAttention": "truth values are refused, which Keras takes in some combinations",
    **dict.fromkeys(
        (f"Adaptive{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)),
        "what no graph can be made of is refused, which runs by itself, or ends the process",
    ),
    "AlphaDropout": "a `noise_shape` that does not fit is refused also where nothing is dropped",
    "Dropout": "a `noise_shape` that does not fit is refused also where nothing is dropped",
    "Attention": "truth values, and integers that have no dtype in common, are refused",
    "BatchNormalization": "complex numbers are refused, which lose their imaginary part",
    **dict.fromkeys(
        ("CategoryEncoding", "Hashing", "IntegerLookup", "StringLookup"),
        "vectors of more than two axes are refused, of which Keras sums over another one than it states",
    ),
    "Dot": "whole numbers are refused where a product of them is normalized",
    "GroupNormalization": "whole numbers are refused, which Keras takes only without a factor and an offset",
    "LayerNormalization": "whole numbers are refused, which Keras takes only without a factor or an offset",
    "LSTMCell": "states of whole numbers are refused, which Keras takes with some activations",
    "GRUCell": "states of whole numbers are refused, which Keras takes with some activations",
    "StackedRNNCells": "as its cells",
    "MultiHeadAttention": "an axis to attend over that Keras goes by only in some cases is refused",
    "SimpleRNNCell": "steps of other ranks than two are refused, which no other cell takes",
    **dict.fromkeys(
        ("RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomInvert"),
        "whole numbers are refused, which Keras takes with its own range of values only",
    ),
    "Sequential": "a last layer with several outputs is refused",
}
"""Layers of which the catalogue refuses something that runs, and what."""


def accepts(name, arguments, inputs):
    """Whether the catalogue takes a call; none if an argument is already out of the range that a spec may give."""
    try:
        config = make(name, arguments)
    except ValidationError:
        return None
    try:
        config.apply(**inputs)
    except RuleError:
        return False
    return True


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_that_of_keras(name):
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(call=calls(name))
    def hold(call):
        arguments, inputs = call
        if name in MISSTATED:
            # What a regularizer makes of whole numbers is not asked.
            arguments.pop("activity_regularizer", None)
        trains = any(each.name == "training" for each in operation(name).calls)
        options = {"trains": trains, "outputs": 0 if name in PREPARES else None, "dtypes": name not in MISSTATED}
        accepted = accepts(name, arguments, inputs)
        if accepted:
            check(name, arguments, inputs)
            # Where many lengths are unknown, the few that would fit are not always found.
            assert (
                (name in ADAPTED and arguments.get("vocabulary") is None)
                or runs(name, arguments, inputs, {}, **options)
                or (name in PREPARES and runs_as_model(name, arguments, inputs))
                or ("None" in str(inputs) and traces(name, arguments, inputs, {"training": True} if trains else {}))
            ), "accepted, and does not run"
        elif accepted is False and name not in STRICTER:
            assert not (runs(name, arguments, inputs, {}, **options) and runs_as_model(name, arguments, inputs)), (
                "refused, and runs"
            )

    hold()


@pytest.mark.parametrize("name", NAMES)
def test_the_call_that_others_are_drawn_from_is_one_that_keras_takes(name):
    arguments, inputs = example_call(name)
    assert accepts(name, arguments, inputs) is True
    check(name, arguments, inputs)


@pytest.mark.parametrize("name", NAMES)
def test_something_is_drawn_for_every_argument(name):
    assert fields(name).keys() == operation(name).model_fields.keys()
    for values in fields(name).values():
        assert isinstance(values, st.SearchStrategy)
        assert not values.is_empty


def test_every_layer_is_covered():
    layers = {name for names in LAYERS.values() for name in names} | set(FUNCTIONS)
    assert set(NAMES) | set(EXCLUDED) == layers
    assert set(NAMES).isdisjoint(EXCLUDED)
    assert set(STRICTER) | MISSTATED | set(ADAPTED) | PREPARES <= set(NAMES)
    assert keras.backend.backend() == "tensorflow"

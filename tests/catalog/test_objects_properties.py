"""Any arguments at all: what the catalogue accepts for an object that is no layer, Keras makes, and just so."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from spec_compiler.catalog import families
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.dtypes import POLICIES
from spec_compiler.catalog.objects import Named
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.keras_model.objects import keras_object
from spec_compiler.language.problems import report
from spec_compiler.language.subjects import of_config
from spec_compiler.spans import Place
from tests.catalog.test_objects import FAMILIES, ROWS, by_hand, family_of, state

pytestmark = pytest.mark.tensorflow

SCHEDULE = {"type": "ExponentialDecay", "initial_learning_rate": 0.5, "decay_steps": 3, "decay_rate": 0.5}
NUMBERS = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([0.0, 0.5, 1.0, 1.5, -0.5, 1e-7, float("inf"), float("nan")]),
    st.floats(-2, 2, allow_nan=False, width=32),
)
CHOICES = [
    "sum", "none", "mean", "sum_over_batch_size", "ROC", "PR", "minoring", "micro", "macro", "uniform_average", "fan_in",
    "fan_out", "normal", "uniform", "real", "imag", "density", "rows", "columns", "min", "max", "auto", "a b", "", "x",
    *POLICIES,
]  # fmt: skip
VALUES = st.one_of(
    NUMBERS,
    st.lists(NUMBERS, max_size=3),
    st.sampled_from([None, True, False, SCHEDULE, ["^a", "b/.*"], ["("]]),
    st.sampled_from(CHOICES),
)


@st.composite
def configurations(draw: Any) -> tuple[str, str, dict[str, Any]]:
    """A row of the table with some arguments changed, taken away or added."""
    kind, name, arguments = draw(st.sampled_from(ROWS))
    fields = sorted(family_of(kind)[0].get(name).model_fields)
    changed = dict(arguments)
    if fields:
        for field in draw(st.lists(st.sampled_from(fields), min_size=1, max_size=3)):
            if field in ("inner_optimizer", "optimizer_map", "default_optimizer"):
                continue
            if draw(st.booleans()):
                changed.pop(field, None)
            else:
                changed[field] = draw(VALUES)
    return kind, name, changed


@settings(max_examples=600, deadline=None, derandomize=True)
@given(configurations())
def test_what_is_accepted_keras_makes_just_so(configuration):
    kind, name, arguments = configuration
    # A window by name needs SciPy, which Keras itself does not.
    if name == "STFT":
        arguments = {**arguments, "window": None}
    try:
        config = family_of(kind)[0].parse({"type": name, **arguments})
    except PydanticCustomError:
        # Whether Keras refuses it, too, is not asked: it takes much that makes no sense (`test_objects.py`).
        return
    ours = state(keras_object(config))
    assert ours == state(by_hand(kind, name, arguments))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.sampled_from(sorted(FAMILIES)),
    st.one_of(VALUES, st.dictionaries(st.sampled_from(["type", "name", "x"]), VALUES)),
)
def test_whatever_is_written_for_an_object_is_an_object_or_an_error_of_ours(kind, value):
    assert isinstance(parsed(kind, value), (Config, Named, PydanticCustomError))


def parsed(kind: str, value: Any) -> Any:
    try:
        return FAMILIES[kind][0].parse(value)
    except PydanticCustomError as error:
        return error


@settings(max_examples=200, deadline=None, derandomize=True)
@given(configurations())
def test_every_error_is_one_that_is_put_into_our_words(configuration):
    kind, name, arguments = configuration
    config = family_of(kind)[0].get(name)
    findings = Findings()
    errors = refusal(config, arguments)
    report(errors, Place(()), findings, of_config(f"`{name}`", config))
    assert len(list(findings)) >= len(errors)


def refusal(config: type[Config], arguments: dict[str, Any]) -> list[Any]:
    try:
        config.model_validate(arguments)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text("ab/.*^$|_>-(+)?{}[]\\ 1", max_size=8))
def test_a_pattern_that_is_accepted_is_a_regular_expression(pattern):
    try:
        config = families.optimizers().parse({"type": "Muon", "exclude_layers": [pattern]})
    except PydanticCustomError:
        return
    optimizer = keras_object(config)
    optimizer.build([keras.Variable([[1.0]], name="kernel")])

"""Dtypes against Keras."""

from __future__ import annotations

import itertools

import keras
import pytest

from spec_compiler.catalog.dtypes import POLICIES, TENSOR_DTYPES, policy, promote
from tests.catalog.keras_contract.refusals import refuses

pytestmark = pytest.mark.tensorflow

PYTHON = {"int": int, "float": float}
"""Plain numbers among tensors."""


def keras_promotes(*dtypes):
    try:
        return keras.backend.result_type(*(PYTHON.get(dtype, dtype) for dtype in dtypes))
    except Exception:  # whatever Keras raises
        return None


def we_promote(*dtypes):
    try:
        return promote(*dtypes)
    except KeyError:
        return None


@pytest.mark.parametrize("first", [*TENSOR_DTYPES, *PYTHON])
def test_two_dtypes_are_promoted_as_keras_promotes_them(first):
    seconds = [*TENSOR_DTYPES, *PYTHON]
    assert {second: we_promote(first, second) for second in seconds} == {
        second: keras_promotes(first, second) for second in seconds
    }


def test_three_dtypes_are_promoted_as_keras_promotes_them():
    triples = list(
        itertools.combinations(("bool", "uint8", "int8", "int32", "bfloat16", "float16", "float32", "int", "float"), 3)
    )
    assert [we_promote(*triple) for triple in triples] == [keras_promotes(*triple) for triple in triples]


def test_text_does_not_mix_with_numbers():
    with pytest.raises(KeyError):
        promote("string", "int32")


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_is_one_of_keras(name):
    found = keras.dtype_policies.get(name)
    assert (found.compute_dtype, found.variable_dtype) == policy(name)


@pytest.mark.parametrize("name", sorted({*TENSOR_DTYPES} - {*POLICIES}))
def test_a_dtype_that_is_no_policy_is_refused_by_keras_too(name):
    with pytest.raises(ValueError, match="policy"):
        keras.dtype_policies.get(name)
    refuses("Dense", {"units": 3, "dtype": name}, (None, 4))
    refuses("Identity", {"dtype": name}, (None, 4))

"""Specs of layers in layers are answered, and so is all that can be asked of their graphs.

How many there are says `SPEC_COMPILER_MUTANTS`, and which `SPEC_COMPILER_MUTANTS_SEED`.
"""

from __future__ import annotations

import json
from itertools import islice

import pytest

from tests.fuzzing.answers import answer
from tests.fuzzing.nested import nested_specs
from tests.fuzzing.test_mutants import COUNT, PARTS, SEED


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_layers_in_layers_are_answered(part):
    for spec in islice(nested_specs(SEED * PARTS + part), COUNT // PARTS // 5):
        text = json.dumps(spec)
        try:
            answer(text)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}\n{text}") from error

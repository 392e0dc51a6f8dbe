"""Specs that are changed at random are answered, each in its time, and the laws of the text hold.

How many there are says `SPEC_COMPILER_MUTANTS` (for hours of them: 1000000), and which `SPEC_COMPILER_MUTANTS_SEED`.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest

from tests.fuzzing.answers import answer
from tests.fuzzing.mutations import mutants

pytestmark = pytest.mark.end_to_end

COUNT = int(os.environ.get("SPEC_COMPILER_MUTANTS", "1600"))
SEED = int(os.environ.get("SPEC_COMPILER_MUTANTS_SEED", "0"))
PARTS = 8


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_spec_that_is_changed_at_random_is_answered(part):
    for text in islice(mutants(SEED * PARTS + part), COUNT // PARTS):
        try:
            answer(text)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}\n{text!r}") from error


@pytest.mark.slow
@pytest.mark.parametrize(
    "spec", sorted(each for each in Path("specs").iterdir() if each.is_file()), ids=lambda each: each.name
)
def test_an_example_is_answered(spec):
    answer(spec.read_bytes())

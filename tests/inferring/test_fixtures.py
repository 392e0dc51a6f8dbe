"""What inference makes of a graph: types and weights."""

from __future__ import annotations

import pytest

from tests.stages import fixtures


@pytest.mark.parametrize("fixture", fixtures("inferring"), ids=str)
def test_a_spec_becomes_what_its_fixture_says(fixture):
    assert fixture.made() == fixture.answer, "`python -m tests.stages` makes the answers again"

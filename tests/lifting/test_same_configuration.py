"""What is lifted of a configuration is compiled to that configuration, and is the spec again in its plain form."""

from __future__ import annotations

import pytest

from tests.emitting.keras_file.corpus import ROOT, SPECS, corners, one_of
from tests.lifting.same_configuration import assert_lifted

pytestmark = pytest.mark.end_to_end


@one_of(SPECS)
def test_a_spec_is_lifted_as_it_was(name, tmp_path):
    assert_lifted(name, ROOT / "specs" / name, tmp_path)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        pytest.param(name, source, marks=pytest.mark.slow if name.endswith("with a seed") else (), id=name)
        for name, source in corners().items()
    ],
)
def test_a_corner_of_the_language_is_lifted_as_it_was(name, source, tmp_path):
    assert_lifted(name, source, tmp_path)

"""No lint speaks of models as they are usually written: those of Keras's guides. Of the example specs, see the goldens.

`guides/` has models of Keras's guides and code examples, each as its authors wrote it: what they made with a loop or a
function is `repeat`, `for` or a block there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import spec_compiler as sc

pytestmark = [pytest.mark.end_to_end, pytest.mark.usefixtures("stand_ins")]

GUIDES = sorted((Path(__file__).parent / "guides").glob("*.yaml"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_the_models_of_the_guides_have_no_warnings(guide):
    report = sc.check_spec(guide)
    assert list(report) == [], f"\n{report}"


def test_there_are_models_of_many_guides():
    first_lines = [guide.read_text(encoding="utf-8").splitlines()[0] for guide in GUIDES]
    assert len(GUIDES) >= 50
    assert [line for line in first_lines if not line.startswith("# ") or "https://keras.io/" not in line] == []


def test_no_lint_is_kept_quiet_in_the_guides():
    assert [guide.name for guide in GUIDES if "lint:" in guide.read_text(encoding="utf-8")] == []

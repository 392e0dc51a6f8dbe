"""A survey of models that others have published: of papers, and of Keras's examples.

Those of `keras.applications` are held against the lints where they are built for other questions as well.

None of them has a mistake, and so no diagnostic speaks of any. In `survey/`, each spec says in its first line what it
is; loops and functions of the original are `repeat`, `for` and blocks, and long stacks of equal layers are shorter.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import spec_compiler as sc

pytestmark = pytest.mark.end_to_end

PUBLISHED = [
    (spec.splitlines()[0], spec)
    for file in sorted((Path(__file__).parent / "survey").glob("*.yaml"))
    for spec in file.read_text(encoding="utf-8").split("\n---\n")
]


@pytest.mark.parametrize(("title", "spec"), PUBLISHED, ids=[title.removeprefix("# ")[:60] for title, _ in PUBLISHED])
def test_a_published_model_is_without_doubt(title, spec):
    assert title.startswith("# ")
    report = sc.check_spec(sc.Source.text(spec))
    assert list(report) == [], f"\n{report}"


def test_the_survey_is_large_and_keeps_nothing_quiet():
    assert len(PUBLISHED) >= 100
    assert len({title for title, _ in PUBLISHED}) == len(PUBLISHED)
    assert [title for title, spec in PUBLISHED if "lint:" in spec] == []

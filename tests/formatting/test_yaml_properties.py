"""Formatting changes nothing that a YAML text says, no comment, and nothing at all the second time."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.formatting.format import format_spec
from spec_compiler.reading.read import read
from tests.formatting.documents import documents
from tests.goldens import example_specs

pytestmark = pytest.mark.slow

COMMENT = re.compile(r"#[ !]?c\d+.*?(?=\s*$)", re.MULTILINE)


def formatted(text: str) -> str:
    result = format_spec(sc.Source.text(text, form="yaml"))
    assert result.report.diagnostics == ()
    return result.after


def data_of(text: str):
    findings = Findings()
    data = read(sc.Source.text(text, form="yaml"), findings).data
    return data, [finding.message for finding in findings]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_data_and_comments_stay_and_a_second_time_changes_nothing(document):
    text, data, comments = document
    after = formatted(text)
    found, problems = data_of(after)
    assert (repr(found), problems) == (repr(data), [])
    assert sorted(COMMENT.findall(after)) == sorted(comments)
    assert formatted(after) == after


EXAMPLES = [spec.read_text(encoding="utf-8") for spec in example_specs() if spec.suffix == ".yaml"]
PIECES = (
    "#c1", "# c2\n", " #c3\n", "\n# c4\n", "\n", "\n\n", "  ", "    ", "\t", "- ", "-\n", "? ", ": ", "a: ", "b:\n",
    "{", "}", "[", "]", ", ", "|", "|+", "|-\n", "|2", ">", "'", '"', "&q ", "*q", "<<: *q", "---", "...", "\n...\n",
    "\r\n", "\r", "\u2028", "\x85", "-1", "é", "1e-3", "no", "~", "null", "\\", "\\ ", "''", "%", "@", "😀",
    "x: |+\n  t\n\n", "x: |\n  t\n", "- - a\n", "\n  - b", "some text", '"q w"', "'it''s'",
)  # fmt: skip


@st.composite
def damaged_specs(draw) -> str:
    """Some lines of an example, into which pieces of YAML were thrown."""
    lines = draw(st.sampled_from(EXAMPLES)).splitlines(keepends=True)
    start = draw(st.integers(0, len(lines) - 1))
    text = "".join(lines[start : start + draw(st.integers(1, 20))])
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(PIECES)) + text[at:]
    return text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(damaged_specs())
def test_what_can_be_read_can_be_formatted(text):
    data, problems = data_of(text)
    assume(not problems and isinstance(data, dict))
    after = formatted(text)
    assert repr(data_of(after)[0]) == repr(data)
    assert formatted(after) == after

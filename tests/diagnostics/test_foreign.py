"""What people bring from elsewhere: each name of the table is explained where it is written, and mended where it can be."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import spec_compiler as sc
from spec_compiler.catalog import describe, registry
from spec_compiler.diagnostics.foreign import ROWS
from spec_compiler.diagnostics.foreign.row import Row
from tests.diagnostics.foreign import mended, spec_of, text_of

pytestmark = pytest.mark.slow


def title(row: Row) -> str:
    return f"{row.source or 'elsewhere'}-{row.kind}-{row.name}-{row.fix or ''}".replace(" ", "_")


@pytest.mark.parametrize("row", ROWS, ids=title)
def test_a_foreign_name_is_explained_where_it_is_written(row):
    report = sc.check_spec(sc.Source.text(text_of(spec_of(row)), form="yaml"))
    errors = [found for found in report if found.severity == "error"]
    assert row.hint in [found.hint for found in errors], str(report)


@pytest.mark.parametrize("row", [row for row in ROWS if row.fix is not None], ids=title)
def test_a_name_with_a_counterpart_is_mended_by_its_fix(row):
    text = mended(text_of(spec_of(row)))
    report = sc.check_spec(sc.Source.text(text, form="yaml"))
    assert report.ok, f"{report}\n{text}"


@pytest.mark.parametrize("row", ROWS, ids=title)
def test_what_an_explanation_names_exists(row):
    for name in re.findall(r"`(?:\{type: )?((?:ops\.)?[A-Za-z0-9_.]+)", row.hint.replace(f"`{row.name}`", "")):
        if name.startswith("ops.") or re.fullmatch(r"[A-Z][A-Za-z0-9]+", name):
            assert registry.operation(name) is not None or name in describe.names(), name


def test_the_table_has_each_name_once():
    rows = [(row.kind, row.name, row.of, row.beside or row.fix) for row in ROWS]
    assert len(rows) == len(set(rows))


def test_the_table_is_read_only_where_there_is_something_to_explain(specs):
    code = (
        "import sys, spec_compiler as sc; sc.check_spec(sys.argv[1]); print([m for m in sys.modules if 'foreign' in m])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(specs / "news.yaml")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"

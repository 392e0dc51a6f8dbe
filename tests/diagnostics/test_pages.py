"""The pages of the diagnostics: every one is complete, and its specs have the mistakes that it says, and no others."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import spec_compiler as sc
from spec_compiler.diagnostics.codes import CODES
from tests.diagnostics.pages import Block, page, written
from tests.marked import codes_and_lines, text_at

BAD = [block for code in written() for block in page(code).bad]
GOOD = [block for code in written() for block in page(code).good]
COMPILING = {"SC707"}
"""Codes that only compiling finds; their mended block compiles, and so needs TensorFlow."""


def specs(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if block.form in ("yaml", "json")]


def consoles(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if block.form == "console"]


def source(block: Block) -> sc.Source:
    return sc.Source.text(block.text, form=block.form)


@pytest.fixture
def run(tmp_path):
    """Run the commands of a console block in a folder of its own, with `compile-spec` on the path."""
    command = tmp_path / "bin" / "compile-spec"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m spec_compiler "$@"\n')
    command.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    environment = {
        **os.environ,
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(sc.__file__).parent.parent),
    }

    def run(block: Block) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-c", block.commands],
            cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout

    return run


def test_every_code_has_a_page_and_every_page_a_code():
    assert written() == sorted(CODES)


@pytest.mark.parametrize("code", written())
def test_a_page_agrees_with_the_table(code):
    told = page(code)
    assert told.title == f"{code}: {CODES[code].name}"
    assert told.severity == CODES[code].severity
    assert told.bad
    assert told.good
    assert "\n" not in told.sentences, "the sentences are one paragraph on one line"
    assert 1 <= sum(told.sentences.count(end) for end in (". ", "? ")) + 1 <= 4


@pytest.mark.parametrize("block", specs(BAD), ids=str)
def test_a_spec_that_has_it_has_exactly_what_is_marked(block):
    report = sc.check_spec(source(block))
    found = codes_and_lines(report)
    assert block.marked, "no line is marked"
    assert block.code in {code for code, _ in block.marked}
    said = [(diagnostic.code, diagnostic.path, diagnostic.span) for diagnostic in report]
    assert len(said) == len(set(said)), f"one mistake is reported twice\n{report}"
    assert set(found) == block.marked, f"\n{report}"


@pytest.mark.parametrize("block", specs(GOOD), ids=str)
def test_a_mended_spec_has_nothing(block):
    report = sc.check_spec(source(block))
    assert not report.diagnostics, f"\n{report}"
    assert not block.marked


@pytest.mark.parametrize("block", consoles(BAD), ids=str)
def test_a_command_shows_it(block, run):
    status, output = run(block)
    assert status == 1, output
    assert f"[{block.code}]" in output
    assert output.count("error[") + output.count("warning[") == 1, output


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, marks=pytest.mark.tensorflow if block.code in COMPILING else (), id=str(block))
        for block in consoles(GOOD)
    ],
)
def test_a_mended_command_is_fine(block, run):
    status, output = run(block)
    assert status == 0, output
    assert "[SC" not in output


def fixes() -> list[tuple[Block, sc.Diagnostic]]:
    found = [(block, diagnostic) for block in specs(BAD) for diagnostic in sc.check_spec(source(block))]
    return [(block, diagnostic) for block, diagnostic in found if diagnostic.fix is not None]


@pytest.mark.parametrize(
    ("block", "diagnostic"), [pytest.param(*pair, id=f"{pair[0]}-line-{pair[1].span.start.line}") for pair in fixes()]
)
def test_a_fix_mends_what_it_is_for(block, diagnostic):
    report = sc.check_spec(sc.Source.text(replaced(block.text, diagnostic.span, diagnostic.fix), form=block.form))
    found = set(codes_and_lines(report))
    line = diagnostic.span.start.line
    assert not [each for each in report if each.span.start.line == line and each.path == diagnostic.path], f"\n{report}"
    if not diagnostic.code.startswith("SC1"):
        # A text that can be read only now may have mistakes that nobody could see before.
        assert found <= block.marked, f"\n{report}"


@pytest.mark.parametrize("block", specs(BAD), ids=str)
def test_what_is_underlined_is_on_the_line(block):
    report = sc.check_spec(source(block))
    for diagnostic in report:
        underlined = text_at(report, diagnostic.span)
        assert underlined == underlined.strip()
        assert underlined or diagnostic.code == "SC113", f"\n{report}"


def replaced(text: str, span: sc.Span, fix: str) -> str:
    lines = text.splitlines(keepends=True)
    (first, start), (last, end) = span.start, span.end
    head = "".join(lines[: first - 1]) + lines[first - 1][: start - 1]
    return head + fix + lines[last - 1][end - 1 :] + "".join(lines[last:])

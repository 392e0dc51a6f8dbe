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
REFUSED_BY_DENSE = {"SC403", "SC404"}
COMPILING = {"SC550", "SC551", "SC552", "SC553", "SC556", "SC707"}
"""Codes whose mended block builds a model, and so needs TensorFlow."""
RUNNING = {"SC553"}
"""Codes that only running a model finds."""


def specs(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if block.form in ("yaml", "json")]


def consoles(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if block.form == "console"]


def source(block: Block) -> sc.Source:
    return sc.Source.text(block.text, form=block.form)


@pytest.fixture(autouse=True)
def layers(request):
    """Where a page is about what `Dense` refuses, it is the real one."""
    block = getattr(request.node, "callspec", None) and request.node.callspec.params.get("block")
    if block is None or block.code not in REFUSED_BY_DENSE:
        request.getfixturevalue("stand_ins")


@pytest.fixture
def run(tmp_path):
    """Run the commands of a console block in a folder of its own, with `compile-spec` and `python` on the path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, arguments in (("compile-spec", "-m spec_compiler "), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {arguments}"$@"\n')
        (programs / name).chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
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
    found = page(code)
    assert found.title == f"{code}: {CODES[code].name}"
    assert found.severity == CODES[code].severity
    assert found.bad
    assert found.good
    assert "\n" not in found.sentences, "the sentences are one paragraph on one line"
    assert 1 <= sum(found.sentences.count(end) for end in (". ", "? ")) + 1 <= 4


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


@pytest.mark.slow
@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, marks=pytest.mark.tensorflow if block.code in RUNNING else (), id=str(block))
        for block in consoles(BAD)
    ],
)
def test_a_command_shows_it(block, run):
    status, output = run(block)
    assert status == (CODES[block.code].severity == "error"), output
    assert f"[{block.code}]" in output
    assert output.count("error[") + output.count("warning[") == 1, output


@pytest.mark.slow
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


@pytest.mark.parametrize("block", specs(BAD), ids=str)
def test_a_fix_mends_what_it_is_for(block):
    for diagnostic in sc.check_spec(source(block)):
        if diagnostic.fix is None:
            continue
        report = sc.check_spec(sc.Source.text(replaced(block.text, diagnostic.span, diagnostic.fix), form=block.form))
        line = diagnostic.span.start.line
        left = [each for each in report if each.span.start.line == line and each.path == diagnostic.path]
        assert not left, f"\n{report}"
        if not diagnostic.code.startswith("SC1"):
            # A text that can be read only now may have mistakes that nobody could see before.
            assert set(codes_and_lines(report)) <= block.marked, f"\n{report}"


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

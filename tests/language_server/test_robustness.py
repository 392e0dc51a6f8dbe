"""That nothing breaks the server, that it forgets what it need not know, and that it answers in time."""

from __future__ import annotations

import gc
import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from spec_compiler.language_server.rename import RefusedError
from spec_compiler.language_server.service import LanguageService
from spec_compiler.pipeline import load_spec
from spec_compiler.reading.yaml_reader import read_yaml
from tests.processes import ROOT, python

pytestmark = pytest.mark.slow

NEWS = (ROOT / "specs/news.yaml").read_text(encoding="utf-8")
SPECS = [*sorted((ROOT / "specs").glob("*.*")), *sorted((ROOT / "spec_compiler/std").glob("*.yaml"))]
TYPED = [
    "",
    "x",
    "{",
    "}",
    '"',
    "'",
    ": ",
    ", ",
    "\n",
    "  ",
    "-",
    "#",
    "${",
    "é😀",
    "[",
    "]",
    "*",
    "&a",
    "!x",
    "\t",
    "|",
    ">",
    "<<: ",
]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_typed_every_question_has_an_answer(seed: int):
    drawn = random.Random(seed)
    for path in drawn.sample(SPECS, 4):
        service, uri = LanguageService(), path.as_uri()
        text = path.read_text(encoding="utf-8")
        for _ in range(6):
            at = drawn.randrange(len(text))
            typed = text[:at] + drawn.choice(TYPED) + text[at + drawn.choice((0, 0, 1, 5)) :]
            service.open(uri, typed)
            service.publications()
            ask_everything(service, uri, drawn)


def ask_everything(service: LanguageService, uri: str, drawn: random.Random) -> None:
    text = service.workspace.text_of(uri)
    assert text is not None
    position = text.position(drawn.randrange(len(text.text) + 1))
    for ask in (service.hover, service.completion, service.definition, service.highlights, service.references):
        ask(uri, position)
    for item in service.prepare_call_hierarchy(uri, position):
        service.incoming_calls(item)
        service.outgoing_calls(item)
    try:
        service.prepare_rename(uri, position)
        service.rename(uri, position, "fresh_name")
    except RefusedError:
        pass
    service.inlay_hints(uri, text.whole)
    for ask_of in (service.document_symbols, service.folding_ranges, service.document_links, service.semantic_tokens):
        ask_of(uri)
    service.formatting(uri)
    document = types.TextDocumentIdentifier(uri)
    service.code_actions(types.CodeActionParams(document, text.whole, types.CodeActionContext([])))


def test_memory_stays_flat_over_ten_thousand_edits(tmp_path: Path):
    service, uri = LanguageService(), (tmp_path / "a.yaml").as_uri()
    small = 'spec: 1\nparams: {n: 3}\nnodes:\n  x: {type: Input, shape: [4]}\n  y: {type: Dense, units: "${n}", inputs: x}\noutputs: [y]\n'

    def edit(number: int) -> None:
        text = (
            small.replace("n: 3", f"n: {number % 7 + 1}")
            .replace("y: {", f"y{number}: {{")
            .replace("[y]", f"[y{number}]")
        )
        service.open(uri, text if number % 3 else text.replace("inputs: x}", "inputs: x"), number)
        service.publications()
        if number % 20 == 0:
            service.hover(uri, types.Position(4, 12))
            service.inlay_hints(uri, types.Range(types.Position(0, 0), types.Position(9, 0)))

    def blocks_after(first: int, last: int) -> int:
        for number in range(first, last):
            edit(number)
        gc.collect()
        return sys.getallocatedblocks()

    # What is kept of earlier texts is bounded, and is full by then: the caches of expressions and of names.
    before = blocks_after(0, 5_000)
    assert blocks_after(5_000, 10_000) - before < 10_000


def chain(lines: int) -> str:
    """A spec of so many lines."""
    nodes = "\n".join(
        f"  n{i}: {{type: Dense, units: 8, activation: relu, inputs: n{i - 1}}}" for i in range(1, lines - 5)
    )
    return f"spec: 1\nnodes:\n  n0: {{type: Input, shape: [8]}}\n{nodes}\noutputs: [n{lines - 6}]\n"


def seconds_for_an_edit(text: str, edits: list[tuple[str, str]]) -> float:
    """The processor time from an edit to what is said of it; the best of each edit, of which the worst counts."""
    service, uri = LanguageService(), "file:///tmp/edited.yaml"
    service.open(uri, text)
    service.publications()
    worst = 0.0
    for before, after in edits:
        assert before in text
        best = 1e9
        for _ in range(4):
            service.open(uri, text)
            service.publications()
            begin = time.process_time()
            service.open(uri, text.replace(before, after, 1))
            service.publications()
            best = min(best, time.process_time() - begin)
        worst = max(worst, best)
    return worst


SLACK = 3
"""How much slower than the machine that the goals are for another may be, with others at work on it."""


def test_three_hundred_lines_are_answered_in_fifty_milliseconds():
    text = chain(300)
    edits = [
        ("n150: {type: Dense", "n150: {type: Dens"),
        ("n150: {type", "n150: {typ"),
        ("n9: {type: Dense, units: 8", "n9: {type: Dense, units: 9"),
    ]
    edits.append(("n150: {type: Dense, units: 8", "n150: {type: Dense, units: [8"))
    assert seconds_for_an_edit(text, edits) < SLACK * 0.05


@pytest.mark.parametrize(("typed", "readings"), [("units: 9", 1), ("units: [8", 2)], ids=["sound", "half typed"])
def test_a_text_is_read_once_and_once_more_as_it_is_mended(typed: str, readings: int, monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []

    def counted(text: str, *more: Any) -> Any:
        read.append(text)
        return read_yaml(text, *more)

    monkeypatch.setattr("spec_compiler.reading.read.read_yaml", counted)
    text = chain(100)
    service, uri = LanguageService(), "file:///tmp/edited.yaml"
    service.open(uri, text)
    service.publications()
    read.clear()
    service.open(uri, text.replace("units: 8", typed, 1))
    service.publications()
    assert len([each for each in read if len(each) > len(text) / 2]) == readings


def test_resnet50_written_out_is_answered_in_three_hundred_milliseconds():
    text = load_spec(ROOT / "specs/resnet50.yaml").to_yaml()
    assert text.count("\n") > 2_500
    assert seconds_for_an_edit(text, [("type: Conv2D", "type: Conv2"), ("filters: 64", "filters: 65")]) < SLACK * 0.3


def test_what_is_asked_neither_needs_keras_nor_pygls_nor_a_thread():
    code = (
        "import sys, threading\n"
        "from spec_compiler.language_server.service import LanguageService\n"
        f"text = {NEWS!r}\n"
        "service = LanguageService()\n"
        "service.open('file:///x.yaml', text)\n"
        "(said,) = service.publications()\n"
        "assert not said.diagnostics\n"
        "assert threading.active_count() == 1\n"
        "assert not {'keras', 'tensorflow', 'pygls', 'networkx'} & {*sys.modules}\n"
    )
    done = python("-c", code)
    assert (done.returncode, done.stderr) == (0, b"")

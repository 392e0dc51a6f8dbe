"""Text of strangers as it is printed: nothing in it moves the cursor, turns the writing, or hides."""

from __future__ import annotations

import json
import tracemalloc
import unicodedata

import pytest

import spec_compiler as sc
from spec_compiler.comparing.compare import compare
from spec_compiler.comparing.text_form import as_text
from spec_compiler.diagnostics.diagnostic import Diagnostic
from spec_compiler.diagnostics.renderers import github, sarif, text
from spec_compiler.diagnostics.report import Report
from spec_compiler.diagnostics.visible import visible

HOSTILE = (
    "\x00\x07\x1b[2J\r\n\x7f\x9b\u061c\u200b\u200d\u202e\u2028\u2066\ufeff\u034f\u3164\ufe0f\ue000\U000e0001\U000e0100"
)


def hidden(shown):
    """The characters of a text that are not to be printed, line ends aside."""
    return {
        character
        for character in shown.replace("\n", "")
        if not (character.isprintable() or unicodedata.category(character) == "Zs")
        or character in "\u034f\u3164\ufe0f\U000e0100"
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("plain", "plain"),
        ("grüße → 注意 á", "grüße → 注意 á"),
        ("a\tb", "a    b"),
        ("\x1b[31m", "\\u001b[31m"),
        ("\u202e\u200b", "\\u202e\\u200b"),
        ("\U000e0001", "\\U000e0001"),
        ("\u3164\u034f", "\\u3164\\u034f"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_is_not_shown_is_spelt_out(before, after):
    assert visible(before) == after


def test_some_may_stay():
    assert visible("a\tb\nc\r", keep="\t\n") == "a\tb\nc\\u000d"


@pytest.fixture
def report():
    return sc.check_spec({"spec": 1, "nodes": {"x": {"type": HOSTILE}}, "outputs": ["x"], HOSTILE: 1})


def test_no_renderer_prints_it(report):
    report = Report(f"a{HOSTILE}.yaml", report.diagnostics)
    for shown in (text.render(report), text.summary_line(report), github.render([report]), str(report)):
        assert hidden(shown) == set()
    log = json.loads(sarif.render([report], "1"))
    for result in log["runs"][0]["results"]:
        assert hidden(result["message"]["text"]) == set()
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].isascii()


def test_neither_does_a_difference_or_a_table():
    graphs = [
        sc.load_spec(
            {
                "spec": 1,
                "nodes": {
                    "x": {"type": "Input", "shape": [3], "dtype": "string"},
                    "y": {"type": "StringLookup", "vocabulary": ["a", word], "inputs": "x"},
                },
                "outputs": {"y": {"from": "y"}},
            }
        )
        for word in ("b", f"b{HOSTILE}")
    ]
    assert hidden(as_text(compare(*graphs))) == set()
    assert hidden(graphs[1].summary()) == set()


def diagnostic(message, hint=None):
    return Report("a.yaml", (Diagnostic("SC301", "unknown-reference", "error", message, "/a", None, hint=hint),))


def sarif_text(report):
    (result,) = json.loads(sarif.render([report], "1"))["runs"][0]["results"]
    return result["message"]["text"]


@pytest.mark.parametrize(
    ("message", "escaped"),
    [
        ("[click me](https://evil.example)", "\\[click me\\](https://evil.example)"),
        ("\\[a](b)", "\\\\\\[a\\](b)"),
        ("{0} and {{1}}", "{{0}} and {{{{1}}}}"),
        ("takes [1, 2]", "takes [1, 2]"),
        ("two\nlines", "two\\u000alines"),
    ],
)
def test_in_sarif_nothing_becomes_a_link_a_placeholder_or_a_line(message, escaped):
    assert sarif_text(diagnostic(message)) == escaped
    assert sarif_text(diagnostic("a", message)) == f"a\nhelp: {escaped}"


@pytest.mark.parametrize(
    ("name", "uri"),
    [("a b.yaml", "a%20b.yaml"), ("b\udcff.yaml", "b%FF.yaml"), ("\ud800.yaml", "%EF%BF%BD.yaml"), ("ü", "%C3%BC")],
)
def test_in_sarif_every_name_of_a_file_is_a_uri(name, uri):
    report = Report(name, diagnostic("a").diagnostics)
    (result,) = json.loads(sarif.render([report], "1"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_a_command_of_github_stays_on_its_line():
    shown = github.render([diagnostic("a\n::error::b\r\u2028::set-env", "c\n::d")])
    assert shown.splitlines() == [shown]


def test_a_line_of_megabytes_is_cut_before_it_is_spelt_out():
    report = sc.check_spec(sc.Source.text(b"\0" * 5_000_000))
    tracemalloc.start()
    shown = str(report)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(shown) < 1000
    assert peak < 1_000_000

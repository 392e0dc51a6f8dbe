"""How diagnostics are written: as text, as JSON, for GitHub, and as SARIF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from textwrap import dedent
from typing import Any

import pytest

import spec_compiler as sc
from spec_compiler.diagnostics.codes import CODES
from spec_compiler.diagnostics.diagnostic import Diagnostic, Related
from spec_compiler.diagnostics.renderers import github, sarif, text
from spec_compiler.diagnostics.renderers import json as as_json
from spec_compiler.diagnostics.report import Report

pytestmark = pytest.mark.usefixtures("stand_ins")

ESCAPE = "\x1b"
SPEC = """\
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, unts: 3, inputs: x}
  x: {type: Input, shape: [5]}
outputs: [y]
"""
FINE = "{spec: 1, nodes: {x: {type: Input, shape: [4]}}, outputs: [x]}"
WARNED = "{spec: 1, nodes: {x: {type: Input, shape: [4]}, y: {type: Dense, units: 1, inputs: x}}, outputs: [x]}"


def mapping(outputs: Sequence[str] = ("y",), **arguments: Any) -> dict[str, Any]:
    """A spec as data: a `Dense` with some arguments set otherwise; null takes one away."""
    dense = {"type": "Dense", "units": 3, "inputs": "x", **arguments}
    kept = {key: value for key, value in dense.items() if value is not None}
    return {"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}, "y": kept}, "outputs": list(outputs)}


def check(spec: str, name: str = "news.yaml") -> Report:
    return sc.check_spec(sc.Source.text(dedent(spec), name=name))


def report_of(value: str, name: str = "news.yaml") -> Report:
    """A report about a text whose first line has a description, and then a key that does not exist."""
    return check(
        f"{{description: {value}, nodez: 1, spec: 1, nodes: {{x: {{type: Input, shape: [4]}}}}, outputs: [x]}}\n", name
    )


class TestText:
    def test_a_diagnostic_shows_the_line_what_is_meant_and_a_proposal(self):
        assert text.render(check(SPEC)) == dedent(
            """\
            error[SC209]: `Dense` has no argument `unts`
             --> news.yaml:4:20
              |
            4 |   y: {type: Dense, unts: 3, inputs: x}
              |                    ^^^^
              |
              = help: did you mean `units`?

            error[SC103]: `x` is written twice in one mapping
             --> news.yaml:5:3
              |
            5 |   x: {type: Input, shape: [5]}
              |   ^
             ::: news.yaml:3:3
              |
            3 |   x: {type: Input, shape: [4]}
              |   - first written here
              |
              = help: give one of them another name, or leave it out

            news.yaml: 2 errors"""
        )

    def test_the_gutter_is_as_wide_as_the_largest_line_number(self):
        nodes = "".join(f"  n{index}: {{type: Identity, inputs: x}}\n" for index in range(8))
        rendered = text.render(check(SPEC.replace("  x: {type: Input, shape: [5]}", f"{nodes}  x: 3")))
        assert "13 |   x: 3\n" in rendered
        assert "\n 3 |   x: {type: Input" in rendered

    def test_the_last_line_counts(self):
        assert text.render(check(SPEC)).endswith("news.yaml: 2 errors")
        warned = check(WARNED)
        assert text.render(warned).endswith("news.yaml: 1 warning")
        both = check(WARNED.replace("y:", "z: {type: Input, shape: [4]}, y:"))
        assert text.render(both).endswith("news.yaml: 1 error and 1 warning")

    def test_of_a_spec_without_mistakes_there_is_nothing_to_show(self):
        fine = check(FINE)
        assert text.render(fine) == ""
        assert text.summary_line(fine) == "news.yaml: no errors"

    def test_colours_are_all_that_colour_adds(self):
        report = check(SPEC)
        coloured = text.render(report, colour=True)
        plain = text.render(report)
        assert ESCAPE not in plain
        assert "\x1b[1m\x1b[31merror[SC209]\x1b[0m" in coloured
        without = coloured
        for code in (0, 1, 31, 33, 34, 36):
            without = without.replace(f"\x1b[{code}m", "")
        assert without == plain

    def test_a_warning_is_yellow(self):
        warned = check(WARNED)
        assert "\x1b[1m\x1b[33mwarning[SC304]" in text.render(warned, colour=True)

    def test_every_colour_is_ended(self):
        coloured = text.render(check(SPEC), colour=True)
        for line in coloured.splitlines():
            assert line.count("\x1b[0m") == 0 or line.rindex("\x1b[0m") == line.rindex(ESCAPE)
            assert (ESCAPE in line) == ("\x1b[0m" in line)

    def test_a_long_line_is_cut_around_what_is_meant(self):
        lines = text.render(report_of("a" * 5000)).splitlines()
        (shown,) = [line for line in lines if line.startswith("1 |")]
        (under,) = [line for line in lines if "^" in line]
        assert len(shown) < 200
        assert shown.startswith("1 | …")
        assert shown[under.index("^") : under.rindex("^") + 1] == "nodez"

    def test_what_is_meant_may_itself_be_too_long(self):
        long = "b" * 5000
        lines = text.render(check(f"{{spec: 1, nodes: {{x: {{type: {long}}}}}, outputs: [x]}}")).splitlines()
        (shown,) = [line for line in lines if line.startswith("1 |")]
        (under,) = [line for line in lines if "^" in line]
        assert len(shown) < 200
        assert len(under) < 200
        assert "…" in shown

    def test_a_short_line_is_not_cut(self):
        assert "…" not in text.render(report_of("a" * 20))

    @pytest.mark.parametrize("value", ["日本語のモデル", "ｆｕｌｌ", "e\u0301te\u0301", "Ärger", "🙂🙂"])
    def test_the_underline_is_below_wide_characters(self, value):
        lines = text.render(report_of(value)).splitlines()
        (shown,) = [line for line in lines if line.startswith("1 |")]
        (under,) = [line for line in lines if "^" in line]
        before = shown[: shown.index("nodez")]
        columns = (
            len(before) + sum(character in "日本語のモデルｆｕｌ🙂" for character in before) - before.count("\u0301")
        )
        assert under.index("^") == columns

    def test_a_tab_is_as_wide_as_it_is_shown(self):
        lines = text.render(
            check(
                '{\n\t"spec": 1,\n\t"nodez": 1,\n\t"nodes": {"x": {"type": "Input", "shape": [4]}},\n\t"outputs": ["x"]\n}'
            )
        ).splitlines()
        assert '3 |     "nodez": 1,' in lines
        assert "  |     ^^^^^^^" in lines

    @pytest.mark.parametrize(
        ("character", "shown"),
        [("\x1b", "\\u001b"), ("\u202e", "\\u202e"), ("\u200b", "\\u200b"), ("\u2066", "\\u2066"), ("\x85", "\\u0085")],
    )
    def test_what_could_deceive_is_spelt_out(self, character, shown):
        """In the line, in a message, in the name of the file: wherever a spec can bring its text to the terminal."""
        quoted = json.dumps(f"x{character}[31m")
        report = check(
            f'{{"spec": 1, "nodes": {{"x": {{"type": {quoted}, "shape": [4]}}}}, "outputs": ["x"]}}',
            name=f"a{character}b",
        )
        rendered = text.render(report)
        assert character not in rendered
        assert f"a{shown}b" in rendered
        assert f"`x{shown}[31m`" in rendered

    def test_a_raw_control_character_is_not_printed_either(self):
        rendered = text.render(check("spec: 1\ndescription: a\x1b[31mb\n"))
        assert ESCAPE not in rendered
        assert "a\\u001b[31mb" in rendered

    def test_a_related_place_of_the_text_is_shown_with_its_message(self):
        rendered = text.render(check(SPEC))
        assert " ::: news.yaml:3:3\n" in rendered
        assert "\n  |   - first written here" in rendered

    def test_a_mapping_has_no_lines_and_so_its_path_is_shown(self):
        assert text.render(sc.check_spec(mapping(unts=3))) == dedent(
            """\
            error[SC209]: `Dense` has no argument `unts`
              --> <dict> at /nodes/y/unts
              = help: did you mean `units`?

            <dict>: 1 error"""
        )

    def test_a_related_place_of_a_mapping_is_a_note(self):
        report = sc.check_spec(mapping(type="Conv2D", filters=3, kernel_size=3, units=None))
        assert "  = note: `x` gives (None, 4) float32 at /nodes/x\n" in text.render(report)

    def test_a_report_as_text_is_what_is_rendered_without_colour(self):
        report = check(SPEC)
        assert str(report) == text.render(report)


class TestJson:
    def test_the_whole_document(self):
        span = {"file": "news.yaml", "start": {"line": 4, "column": 20}, "end": {"line": 4, "column": 24}}
        second = {"file": "news.yaml", "start": {"line": 5, "column": 3}, "end": {"line": 5, "column": 4}}
        first = {"file": "news.yaml", "start": {"line": 3, "column": 3}, "end": {"line": 3, "column": 4}}
        fine = check(FINE, "fine.yaml")
        assert json.loads(as_json.render([check(SPEC), fine])) == {
            "files": [
                {
                    "file": "news.yaml",
                    "ok": False,
                    "diagnostics": [
                        {
                            "code": "SC209",
                            "name": "unknown-argument",
                            "severity": "error",
                            "message": "`Dense` has no argument `unts`",
                            "path": "/nodes/y/unts",
                            "span": span,
                            "hint": "did you mean `units`?",
                            "fix": "units",
                            "related": [],
                        },
                        {
                            "code": "SC103",
                            "name": "duplicate-key",
                            "severity": "error",
                            "message": "`x` is written twice in one mapping",
                            "path": "/nodes/x",
                            "span": second,
                            "hint": "give one of them another name, or leave it out",
                            "fix": None,
                            "related": [{"message": "first written here", "path": "", "span": first}],
                        },
                    ],
                },
                {"file": "fine.yaml", "ok": True, "diagnostics": []},
            ]
        }

    def test_without_a_text_there_is_no_span(self):
        (found,) = json.loads(as_json.render([sc.check_spec(mapping(outputs=["z"]))]))["files"][0]["diagnostics"]
        assert found["span"] is None
        assert found["path"] == "/outputs/0"

    def test_it_is_ascii_so_that_no_terminal_and_no_encoding_can_spoil_it(self):
        report = check('{"spec": 1, "nodes": {"x": {"type": "\\u202e日本", "shape": [4]}}, "outputs": ["x"]}')
        assert as_json.render([report]).isascii()

    def test_a_fix_is_quoted_as_its_neighbours_are(self):
        for written, fix in (('"Dens"', '"Dense"'), ("'Dens'", "'Dense'"), ("Dens", "Dense")):
            (found,) = check(WARNED.replace("Dense", written).replace("[x]", "[y]"))
            assert found.fix == fix
        (found,) = check(json.dumps(mapping(type="Dens")))
        assert found.fix == '"Dense"'


class TestGithub:
    def test_a_line_for_each_diagnostic(self):
        assert github.render([check(SPEC)]).splitlines() == [
            "::error file=news.yaml,line=4,col=20,endLine=4,endColumn=24,title=SC209 unknown-argument"
            "::`Dense` has no argument `unts` (help: did you mean `units`?)",
            "::error file=news.yaml,line=5,col=3,endLine=5,endColumn=4,title=SC103 duplicate-key"
            "::`x` is written twice in one mapping (help: give one of them another name, or leave it out)",
        ]

    def test_a_warning_is_a_warning(self):
        warned = check(WARNED)
        assert github.render([warned]).startswith("::warning file=news.yaml,")

    def test_what_has_a_meaning_in_a_command_is_escaped(self):
        found = Diagnostic("SC301", "unknown-reference", "error", "50%\r\n::error::, done: a", "/a", None, hint="b\nc")
        rendered = github.render([Report("a,b:c%d\n.yaml", (found,))])
        assert rendered == (
            "::error file=a%2Cb%3Ac%25d%0A.yaml,title=SC301 unknown-reference"
            "::50%25%0D%0A::error::, done: a (help: b%0Ac)"
        )

    def test_without_a_span_the_file_is_all_there_is(self):
        (line,) = github.render([sc.check_spec(mapping(outputs=["z"]))]).splitlines()
        assert line.startswith("::error file=<dict>,title=SC301 unknown-reference::")

    def test_nothing_for_nothing(self):
        assert github.render([]) == ""


class TestSarif:
    @pytest.fixture
    def run(self):
        return only_run(
            sarif.render(
                [check(SPEC), check("{spec: 1, nodes: {x: {type: Lambda}}, outputs: [x]}", "b c.yaml")], "0.1.0"
            )
        )

    def test_it_says_what_it_is(self):
        log = json.loads(sarif.render([check(SPEC)], "1.2.3"))
        assert log["version"] == "2.1.0"
        assert log["$schema"].endswith("sarif-2.1.0.json")
        driver = log["runs"][0]["tool"]["driver"]
        assert driver["name"] == "spec-compiler"
        assert driver["semanticVersion"] == "1.2.3"

    def test_the_rules_are_those_that_occur(self, run):
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == ["SC103", "SC209", "SC708"]
        for rule in rules:
            code = CODES[rule["id"]]
            assert rule["name"] == code.name
            assert rule["shortDescription"] == {"text": code.title}
            assert rule["defaultConfiguration"] == {"level": code.severity}

    def test_a_result_points_at_its_rule_and_its_place(self, run):
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["level"] in ("error", "warning")
            assert result["message"]["text"]
            (location,) = result["locations"]
            region = location["physicalLocation"]["region"]
            assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
            assert all(number >= 1 for number in region.values())
        assert run["results"][0]["locations"] == [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "news.yaml"},
                    "region": {"startLine": 4, "startColumn": 20, "endLine": 4, "endColumn": 24},
                },
                "logicalLocations": [{"fullyQualifiedName": "/nodes/y/unts"}],
            }
        ]

    def test_columns_are_counted_in_characters(self, run):
        assert run["columnKind"] == "unicodeCodePoints"

    def test_a_related_place_is_a_related_location(self, run):
        (related,) = run["results"][1]["relatedLocations"]
        assert related["message"] == {"text": "first written here"}
        assert related["physicalLocation"]["region"]["startLine"] == 3
        assert "relatedLocations" not in run["results"][0]

    def test_a_fix_replaces_the_span(self, run):
        assert run["results"][0]["fixes"] == [
            {
                "artifactChanges": [
                    {
                        "artifactLocation": {"uri": "news.yaml"},
                        "replacements": [
                            {
                                "deletedRegion": {"startLine": 4, "startColumn": 20, "endLine": 4, "endColumn": 24},
                                "insertedContent": {"text": "units"},
                            }
                        ],
                    }
                ]
            }
        ]
        assert "fixes" not in run["results"][1]

    def test_a_file_is_a_uri(self, run):
        location = run["results"][2]["locations"][0]["physicalLocation"]
        assert location["artifactLocation"] == {"uri": "b%20c.yaml"}

    def test_without_a_span_there_is_no_region_and_no_fix(self):
        run = only_run(sarif.render([sc.check_spec(mapping(type="Dens"))], "1"))
        (result,) = run["results"]
        assert "region" not in result["locations"][0]["physicalLocation"]
        assert "fixes" not in result

    def test_nothing_for_nothing(self):
        run = only_run(sarif.render([], "1"))
        assert run["results"] == []
        assert run["tool"]["driver"]["rules"] == []


def only_run(rendered: str) -> dict:
    (run,) = json.loads(rendered)["runs"]
    return run


def test_a_related_place_without_a_span_is_told_by_every_renderer():
    found = Diagnostic(
        "SC302", "cycle", "error", "the nodes form a cycle", "/nodes/a", None, related=(Related("`a` flows into `b`", "/nodes/b", None),)
    )  # fmt: skip
    report = Report("<dict>", (found,))
    assert "note: `a` flows into `b` at /nodes/b" in text.render(report)
    assert json.loads(as_json.render([report]))["files"][0]["diagnostics"][0]["related"] == [
        {"message": "`a` flows into `b`", "path": "/nodes/b", "span": None}
    ]
    (related,) = only_run(sarif.render([report], "1"))["results"][0]["relatedLocations"]
    assert related["logicalLocations"] == [{"fullyQualifiedName": "/nodes/b"}]

"""What the playground asks of the compiler, here instead of in the browser."""

from __future__ import annotations

import asyncio
import json

import pytest

from spec_compiler.playground.session import Session
from tests.conftest import ROOT

SPEC = """\
spec: 1
name: small
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: 2, inputs: x}
outputs: {y: {loss: mse}}
"""


def session():
    said = []
    return Session(lambda message: said.append(json.loads(message))), said


def ask(asked, question: str, text: str, file: str = "small.yaml", **more):
    return json.loads(asked.answer(question, json.dumps({"file": file, "text": text, **more})))


def say(asked, number: int, method: str, **params):
    """A message of the editor; a question, if it has a number."""
    numbered = {"id": number} if number else {}
    asked.receive(json.dumps({"jsonrpc": "2.0", **numbered, "method": method, "params": params}))


def test_a_page_has_the_graph_of_the_text():
    page = ask(session()[0], "page", SPEC)
    assert (page["title"], page["counts"]["errors"]) == ("small", 0)
    assert set(page["nodes"]) == {"x", "y"}
    assert page["texts"][0]["name"] == "small.yaml"


def test_a_text_is_read_as_its_file_is_called():
    asked, _ = session()
    unnamed = SPEC.replace("name: small\n", "")
    assert ask(asked, "page", unnamed, "one.yaml")["title"] == "one"
    assert ask(asked, "page", unnamed, "two.yaml")["title"] == "two"


def test_a_page_of_a_mistake_has_it_and_no_graph():
    page = ask(session()[0], "page", SPEC.replace("inputs: x", "inputs: z"))
    assert "picture" not in page
    assert [finding["code"] for finding in page["findings"]] == ["SC301"]


def test_nothing_can_be_imported_from_a_file():
    page = ask(session()[0], "page", SPEC + "imports: [../etc/passwd, other.yaml]\n")
    assert sorted(finding["code"] for finding in page["findings"]) == ["SC223", "SC711"]


def test_the_model_has_other_forms_unless_the_text_has_mistakes():
    asked, _ = session()
    assert "Dense" in ask(asked, "form", SPEC, form="table")["text"]
    assert ask(asked, "form", "spec: [", form="table") == {"none": "The spec has errors."}


def test_the_language_server_answers():
    asked, said = session()
    asked.receive(
        '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'
    )
    assert said[0]["result"]["capabilities"]["hoverProvider"]


def test_the_language_server_knows_what_is_set_in_the_page():
    asked, said = session()
    text = SPEC.replace("nodes:", "params: {units: 2}\nnodes:").replace("units: 2, inputs", 'units: "${units}", inputs')
    uri = "file:///specs/small.yaml"

    async def talk():
        ask(asked, "page", text, params={"units": "7"})
        say(asked, 1, "initialize", processId=None, rootUri=None, capabilities={})
        say(asked, 0, "initialized")
        say(
            asked,
            0,
            "textDocument/didOpen",
            textDocument={"uri": uri, "languageId": "yaml", "version": 1, "text": text},
        )
        lines = {"start": {"line": 0, "character": 0}, "end": {"line": 20, "character": 0}}
        say(asked, 2, "textDocument/inlayHint", textDocument={"uri": uri}, range=lines)
        ask(asked, "page", text, params={"units": "9"})
        say(asked, 3, "textDocument/inlayHint", textDocument={"uri": uri}, range=lines)
        await asyncio.sleep(0.2)

    asyncio.run(talk())
    first, second = (json.dumps(next(each for each in said if each.get("id") == number)) for number in (2, 3))
    assert "(None, 7)" in first
    assert "(None, 9)" in second
    assert [each["method"] for each in said if "diagnostics" in each.get("params", {})]


@pytest.mark.parametrize("spec", ["news", "resnet50", "mixture_of_experts"])
def test_what_the_language_server_knows_already_gives_the_same_page(spec):
    text = (ROOT / "specs" / f"{spec}.yaml").read_text(encoding="utf-8")
    wrong = text.replace("inputs: ", "inputs: no_", 1)
    asked, _ = session()
    before = [ask(asked, "page", each) for each in (text, wrong)]

    async def talk():
        after = []
        say(asked, 1, "initialize", processId=None, rootUri=None, capabilities={})
        for version, each in enumerate((text, wrong)):
            uri = "file:///specs/small.yaml"
            document = {"uri": uri, "languageId": "yaml", "version": version, "text": each}
            say(asked, 0, "textDocument/didOpen", textDocument=document)
            assert asked._server.service.analysis_of(uri, each) is not None
            after.append(ask(asked, "page", each, more=version))
        return after

    assert asyncio.run(talk()) == before

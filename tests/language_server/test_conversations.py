"""Whole conversations with the server as a process, by a client of the protocol."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.language_server.editor import Conversation, converse
from tests.processes import ROOT, compile_spec, python

pytestmark = [pytest.mark.slow, pytest.mark.end_to_end]

NEWS = (ROOT / "specs/news.yaml").read_text(encoding="utf-8")


def at(text: str, needle: str) -> types.Position:
    offset = text.index(needle)
    return types.Position(text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1)


def test_a_mistake_is_typed_explained_and_fixed(tmp_path: Path) -> None:
    async def conversation(c: Conversation) -> None:
        answer = await c.start()
        assert answer.capabilities.position_encoding == "utf-16"
        assert answer.capabilities.rename_provider.prepare_provider
        c.open("news.yaml", NEWS)
        assert not (await c.hear("news.yaml")).diagnostics

        start = at(NEWS, "LSTM,")
        c.type("news.yaml", 2, types.Range(start, types.Position(start.line, start.character + 4)), "LTSM")
        said = await c.hear("news.yaml", lambda said: said.version == 2)
        (mistake,) = said.diagnostics
        assert (mistake.code, mistake.range.start) == ("SC208", start)
        assert mistake.code_description.href.endswith("/SC208.md")

        params = types.CodeActionParams(c.document("news.yaml"), mistake.range, types.CodeActionContext([mistake]))
        actions = await c.client.text_document_code_action_async(params)
        assert [action.title for action in actions] == ["Write `LSTM`", "Fix all that can be fixed safely"]
        (edit,) = actions[0].edit.changes[c.uri("news.yaml")]
        c.type("news.yaml", 3, edit.range, edit.new_text)
        assert not (await c.hear("news.yaml", lambda said: said.version == 3)).diagnostics

        hover = await c.client.text_document_hover_async(types.HoverParams(c.document("news.yaml"), start))
        assert hover.contents.value.startswith("# LSTM (layer)")
        where = types.Range(types.Position(0, 0), types.Position(99, 0))
        hints = await c.client.text_document_inlay_hint_async(types.InlayHintParams(c.document("news.yaml"), where))
        assert "→ (None, 32)" in [hint.label for hint in hints]
        assert await c.end() == 0
        assert c.messages == []

    converse(tmp_path, conversation)


def test_a_rename_goes_through_all_files_or_says_why_not(tmp_path: Path) -> None:
    blocks = 'spec: 1\nblocks:\n  head:\n    params: {width: 4}\n    inputs: [x]\n    nodes:\n      out: {type: Dense, units: "${width}", inputs: x}\n    outputs: [out]\n'
    user = "spec: 1\nimports: [blocks.yaml]\nnodes:\n  x: {type: Input, shape: [8]}\n  y: {type: head, width: 2, inputs: x}\noutputs: [y]\n"
    (tmp_path / "blocks.yaml").write_text(blocks)
    (tmp_path / "user.yaml").write_text(user)

    async def conversation(c: Conversation) -> None:
        await c.start()
        c.open("user.yaml", user)
        assert not (await c.hear("user.yaml")).diagnostics
        document = c.document("user.yaml")
        params = types.RenameParams(document, at(user, "width"), "units")
        edit = await c.client.text_document_rename_async(params)
        assert {Path(uri).name: len(edits) for uri, edits in edit.changes.items()} == {"user.yaml": 1, "blocks.yaml": 2}
        with pytest.raises(JsonRpcException, match="there is a node named `y` already"):
            await c.client.text_document_rename_async(types.RenameParams(document, at(user, "x: {"), "y"))
        assert await c.end() == 0

    converse(tmp_path, conversation)


def test_columns_count_what_both_have_agreed_on(tmp_path: Path) -> None:
    spec = 'spec: 1\ndescription: "😀 é"\nnodes: {x: {type: Input, shape: [1]}, y: {type: Dense, name: "😀", units: 1, inputs: z}}\noutputs: [y]\n'

    async def conversation(c: Conversation, encoding: str) -> None:
        answer = await c.start(encodings=[encoding])
        assert answer.capabilities.position_encoding == encoding
        c.open("x.yaml", spec)
        said = await c.hear("x.yaml")
        line = spec.splitlines()[2]
        width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
        codec = encoding if encoding == "utf-8" else f"{encoding}-le"
        before = len(line[: line.index("z}")].encode(codec)) // width
        assert before in {each.range.start.character for each in said.diagnostics if each.code == "SC301"}
        assert await c.end() == 0

    for encoding in ("utf-8", "utf-16", "utf-32"):
        converse(tmp_path, lambda c, encoding=encoding: conversation(c, encoding))


def test_a_bug_of_ours_is_a_message_and_no_dead_server(tmp_path: Path) -> None:
    broken = (
        "import spec_compiler.language_server.hover as hover\n"
        "def fail(*given):\n    raise ZeroDivisionError('as a test')\n"
        "hover.hover = fail\n"
    )

    async def conversation(c: Conversation) -> None:
        await c.start(before=broken)
        c.open("news.yaml", NEWS)
        await c.hear("news.yaml")
        for _ in range(2):
            params = types.HoverParams(c.document("news.yaml"), types.Position(3, 3))
            assert await c.client.text_document_hover_async(params) is None
        symbols = await c.client.text_document_document_symbol_async(
            types.DocumentSymbolParams(c.document("news.yaml"))
        )
        assert "nodes" in [symbol.name for symbol in symbols]
        assert await c.end() == 0
        (message,) = c.messages
        assert "This is a bug in spec-compiler" in message
        assert "ZeroDivisionError" in message

    converse(tmp_path, conversation)


def test_a_request_that_is_formed_wrong_is_answered_too():
    places = [{}, None, [], {"textDocument": {"uri": "file:///a"}, "position": {"line": -1, "character": 0}}]
    asked = [("initialize", {"processId": None, "rootUri": None, "capabilities": {}})]
    asked += [*(("textDocument/hover", place) for place in places), ("shutdown", None)]
    messages = [{"id": number, "method": method, "params": given} for number, (method, given) in enumerate(asked)]
    texts = [json.dumps({"jsonrpc": "2.0", **message}) for message in (*messages, {"method": "exit"})]
    sent = "".join(f"Content-Length: {len(text)}\r\n\r\n{text}" for text in texts)
    done = compile_spec("lsp", stdin=sent.encode())
    answers = [json.loads(text[: text.rindex("}") + 1]) for text in done.stdout.decode().split("\r\n\r\n")[1:]]
    codes = {each["id"]: each.get("error", {}).get("code") for each in answers if "id" in each}
    assert codes == {0: None, **dict.fromkeys(range(1, 5), -32602), 5: None}
    assert done.returncode == 0


def test_files_that_change_on_the_disk_are_looked_at_again(tmp_path: Path) -> None:
    block = "spec: 1\nblocks:\n  b: {inputs: [x], nodes: {y: {type: Dense, units: 1, inputs: x}}, outputs: [y]}\n"
    user = "spec: 1\nimports: [b.yaml]\nnodes: {x: {type: Input, shape: [1]}, y: {type: b, inputs: x}}\noutputs: [y]\n"

    async def conversation(c: Conversation) -> None:
        await c.start()
        c.open("user.yaml", user)
        assert [each.code for each in (await c.hear("user.yaml")).diagnostics] == ["SC223"]
        for text, kind, codes in (
            (block, types.FileChangeType.Created, []),
            (block.replace("Dense", "Dens"), types.FileChangeType.Changed, ["SC208"]),
            (None, types.FileChangeType.Deleted, ["SC223"]),
        ):
            path = tmp_path / "b.yaml"
            path.unlink() if text is None else path.write_text(text)
            changes = [types.FileEvent(path.as_uri(), kind)]
            c.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes))
            await c.hear("user.yaml", lambda said, codes=codes: [each.code for each in said.diagnostics] == codes)
        assert c.registered == ["workspace/didChangeWatchedFiles"]
        assert await c.end() == 0

    converse(tmp_path, conversation)


def test_hints_can_be_turned_off(tmp_path: Path) -> None:
    async def conversation(c: Conversation) -> None:
        await c.start(options={"inlayHints": {"shapes": False, "parameters": False}})
        c.open("news.yaml", NEWS)
        where = types.Range(types.Position(0, 0), types.Position(99, 0))
        params = types.InlayHintParams(c.document("news.yaml"), where)
        assert [hint.label for hint in await c.client.text_document_inlay_hint_async(params)] == ["= 10000", "= 64"]
        settings = {"compile-spec": {"inlayHints": {"values": False}}}
        c.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
        assert not await c.client.text_document_inlay_hint_async(params)
        assert await c.end() == 0

    converse(tmp_path, conversation)


def test_what_a_plugin_prints_does_not_get_between_the_messages(tmp_path: Path) -> None:
    (tmp_path / "chatty.py").write_text("print('hello')\n")

    async def conversation(c: Conversation) -> None:
        await c.start("--plugin", "chatty")
        c.open("news.yaml", NEWS)
        assert not (await c.hear("news.yaml")).diagnostics
        assert await c.end() == 0

    converse(tmp_path, conversation)


def test_the_server_ends_with_its_editor():
    done = compile_spec("lsp", stdin=b"")
    assert (done.returncode, done.stdout) == (0, b"")


def test_without_the_extra_it_says_what_to_install():
    code = (
        "import sys; sys.modules['pygls'] = None; sys.argv[1:] = ['lsp']\nfrom spec_compiler.cli.main import run\nrun()"
    )
    done = python("-c", code, stdin=b"")
    assert done.returncode == 1
    assert b"pip install 'spec-compiler[lsp]'" in done.stderr

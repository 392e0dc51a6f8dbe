"""`compile-spec view --edit`: who may save, and that nothing is lost that another program has saved."""

from __future__ import annotations

import http.client
import json
import os
import socket
import time
from threading import Thread

import pytest

from spec_compiler.viewing.saved_text import ChangedError, SavedText, UnknownTextError, save
from spec_compiler.viewing.serve import PageServer, _Handler
from tests.viewing.test_view import BLOCKS, SPEC, Viewed

pytestmark = [pytest.mark.slow, pytest.mark.end_to_end]


@pytest.fixture
def edited(tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "blocks.yaml").write_text(BLOCKS, encoding="utf-8")
    viewed = Viewed(tmp_path, "--edit")
    viewed.token = viewed.said.split("#edit=")[1].split()[0]
    yield viewed
    viewed.process.terminate()
    viewed.process.wait(20)


def ask(viewed, question: str, asked: object, **changed):
    """The status and the answer to a question of the page; a header is left out that is changed to None."""
    connection = http.client.HTTPConnection("127.0.0.1", viewed.port, timeout=20)
    body = asked if isinstance(asked, str) else json.dumps(asked)
    headers = {
        "Host": f"127.0.0.1:{viewed.port}",
        "Origin": f"http://127.0.0.1:{viewed.port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body.encode())),
        "X-Edit-Token": viewed.token,
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    connection.putrequest("POST", f"/{question}", skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    text = answer.read().decode()
    return answer.status, json.loads(text) if answer.status == 200 else text


def test_a_text_is_looked_at_and_saved_only_when_that_is_asked_for(edited):
    status, saved = ask(edited, "text", {})
    assert (status, saved["file"], saved["text"]) == (200, "spec.yaml", SPEC)
    other = SPEC.replace("units: 3", "units: 7")
    status, page = ask(edited, "page", {"text": other})
    assert page["nodes"]["y.dense"]["gives"][0][1] == "(None, 7) float32"
    assert (edited.folder / "spec.yaml").read_text() == SPEC
    status, after = ask(edited, "save", {"text": other, "digest": saved["digest"]})
    assert (status, after["text"]) == (200, other)
    assert (edited.folder / "spec.yaml").read_text() == other
    assert sorted(os.listdir(edited.folder)) == ["blocks.yaml", "spec.yaml"]
    edited.page_once(lambda page: page["nodes"]["y.dense"]["gives"][0][1] == "(None, 7) float32")


def test_what_another_program_has_saved_is_kept(edited):
    _, saved = ask(edited, "text", {})
    theirs = SPEC.replace("units: 3", "units: 5")
    edited.write("spec.yaml", theirs)
    status, after = ask(edited, "save", {"text": "mine", "digest": saved["digest"]})
    assert (status, after["changed"], after["text"]) == (200, True, theirs)
    assert (edited.folder / "spec.yaml").read_text() == theirs


@pytest.mark.parametrize(
    "changed",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},
        {"X_Edit_Token": ""},
        {"X_Edit_Token": None},
        {"X_Edit_Token": "é"},
        {"X_Edit_Token": "x" * 43},
        {"Content_Type": "text/plain"},
        {"Content_Type": None},
        {"Content_Length": None},
        {"Content_Length": "-1"},
        {"Content_Length": "9" * 20},
    ],
)
def test_none_but_the_page_may_ask(edited, changed):
    _, saved = ask(edited, "text", {})
    changed = {name: value and value.format(port=edited.port) for name, value in changed.items()}
    status, said = ask(edited, "save", {"text": "evil", "digest": saved["digest"]}, **changed)
    assert status in (403, 411, 413, 415)
    assert "tower" not in said
    assert (edited.folder / "spec.yaml").read_text() == SPEC


@pytest.mark.parametrize(
    "asked", ["", "{", "[]", "[" * 100_000, '{"text": 1, "digest": ""}', '{"text": "\\ud800", "digest": ""}', "{}"]
)
def test_what_is_no_question_is_refused(edited, asked):
    status, _ = ask(edited, "save", asked)
    assert status == 400
    assert (edited.folder / "spec.yaml").read_text() == SPEC


def test_nothing_else_can_be_asked(edited):
    for path in ("", "spec.yaml", "save/x", "../spec.yaml"):
        assert ask(edited, path, {})[0] == 404


def test_the_page_itself_has_no_token(edited):
    for path in ("/", "/page.json", "/live.js"):
        answer, text = edited.get(path)
        assert answer.status == 200
        assert edited.token not in text


def test_a_file_keeps_its_mark_its_ends_of_lines_its_rights_and_its_link(tmp_path):
    file, link = tmp_path / "real.yaml", tmp_path / "spec.yaml"
    file.write_bytes(b"\xef\xbb\xbfspec: 1\r\nname: a\r\n")
    file.chmod(0o640)
    link.symlink_to(file)
    before = SavedText.of(link)
    assert before.text == "spec: 1\nname: a\n"
    after = save(link, "spec: 1\nname: b\n", before.digest)
    assert file.read_bytes() == b"\xef\xbb\xbfspec: 1\r\nname: b\r\n"
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    with pytest.raises(ChangedError):
        save(link, "other", before.digest)
    assert SavedText.of(link) == after


def test_a_file_that_is_gone_or_no_text_is_not_made_anew(tmp_path):
    file = tmp_path / "spec.yaml"
    file.write_text("spec: 1\n")
    digest = SavedText.of(file).digest
    file.unlink()
    with pytest.raises(UnknownTextError):
        save(file, "mine", digest)
    assert not file.exists()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UnknownTextError):
        save(file, "mine", digest)


def test_what_a_browser_is_started_with_is_good_for_one_use_and_does_not_tell_the_token(tmp_path, monkeypatch):
    (tmp_path / "browser").write_text('#!/bin/sh\necho "$1" > opened && mv opened address\n')
    (tmp_path / "browser").chmod(0o755)
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "blocks.yaml").write_text(BLOCKS, encoding="utf-8")
    monkeypatch.setenv("BROWSER", f"{tmp_path / 'browser'} %s")
    viewed = Viewed(tmp_path, "--edit", browser=True)
    token = viewed.said.split("#edit=")[1].split()[0]
    for _ in range(2_000):
        if (tmp_path / "address").exists():
            break
        time.sleep(0.01)
    address = (tmp_path / "address").read_text().strip()
    assert address.startswith(f"http://127.0.0.1:{viewed.port}/start/")
    assert token not in address
    path = address.removeprefix(f"http://127.0.0.1:{viewed.port}")
    assert viewed.get(path, host="elsewhere")[0].status == 403
    assert viewed.get(path, method="HEAD")[0].status == 404
    answer, _ = viewed.get(path)
    assert (answer.status, answer.getheader("Location")) == (303, f"http://127.0.0.1:{viewed.port}/#edit={token}")
    assert viewed.get(path)[0].status == 404
    assert viewed.get("/start/")[0].status == 404
    viewed.process.terminate()
    viewed.process.wait(20)


def test_a_link_that_is_turned_while_a_text_is_saved_leads_nowhere_else(tmp_path, monkeypatch):
    """The file that was read is the one that is replaced."""
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "other.yaml").write_text("of somebody else")
    link = tmp_path / "link.yaml"
    link.symlink_to("spec.yaml")
    chmod = os.chmod

    def turn(*given):
        chmod(*given)
        link.unlink()
        link.symlink_to("other.yaml")
        monkeypatch.setattr(os, "chmod", chmod)

    monkeypatch.setattr(os, "chmod", turn)
    save(link, "spec: 1\n", SavedText.of(link).digest)
    assert (tmp_path / "spec.yaml").read_text() == "spec: 1\n"
    assert (tmp_path / "other.yaml").read_text() == "of somebody else"
    assert os.readlink(link) == "other.yaml"


def test_a_browser_that_does_not_go_on_is_given_up(monkeypatch):
    monkeypatch.setattr(_Handler, "timeout", 0.1)
    server = PageServer(None, "spec", 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as slow:
            slow.sendall(b"GET / HT")
            assert slow.recv(1) == b""
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

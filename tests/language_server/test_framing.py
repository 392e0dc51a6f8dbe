"""That of bytes that are framed wrong only the wrong ones are lost, and that it is said."""

from __future__ import annotations

import io
import json

import pytest

from spec_compiler.language_server.framing import UNREADABLE, MessageStream
from tests.processes import compile_spec


def framed(message: object, length: int | None = None) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body) if length is None else length, body)


def numbered(number: int) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "method": "hover", "params": {"text": "é"}}


def heard(sent: bytes, chunk: int = 1 << 16) -> list[int | str]:
    """The numbers of the messages that are read of some bytes, and the problems with what is not."""
    source = io.BytesIO(sent)
    stream = MessageStream(lambda count: source.read(min(count, chunk)), most=1_000)
    found: list[int | str] = []
    while line := stream.readline():
        assert stream.readline() == b"\r\n"
        message = json.loads(stream.read(int(line.removeprefix(b"Content-Length: "))))
        found.append(message["params"]["problem"] if message["method"] == UNREADABLE else message["id"])
    return found


LENGTH = len(json.dumps(numbered(2)))
BETWEEN = "there are bytes between the messages"


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    ("sent", "problems"),
    [
        (framed(numbered(2), 20), ["the 20 bytes that `Content-Length` says are no JSON object", BETWEEN]),
        (framed(numbered(2), 600), ["the next message begins within the 600 bytes that `Content-Length` says"]),
        (
            framed(numbered(2), LENGTH + 5),
            [f"the {LENGTH + 5} bytes that `Content-Length` says are no JSON object"],
        ),
        (b"hello\r\n", [BETWEEN]),
        (b"\xff\x00\xfe", [BETWEEN]),
        (b"Content-Length: 99999\r\n\r\n", ["a message of 99,999 bytes is longer than 1,000"]),
        (b"Content-Length: -5\r\n\r\n", [BETWEEN]),
        (b"Content-Length: 0\r\n\r\n", ["the 0 bytes that `Content-Length` says are no JSON object"]),
        (framed([1, 2]), ["the 6 bytes that `Content-Length` says are no JSON object"]),
        (b"Content-Length: 2\r\n\r\n\xff\xfe", ["the 2 bytes that `Content-Length` says are no JSON object"]),
        (framed({}), ["what is sent is no message of JSON-RPC"]),
        (framed({"jsonrpc": "2.0", "id": 2}), ["what is sent is no message of JSON-RPC"]),
        (framed({"jsonrpc": "2.0", "id": None, "method": "hover"}), ["what is sent is no message of JSON-RPC"]),
        (b'Content-Length: 9\r\n\r\n{"a": 1}\n', ["what is sent is no message of JSON-RPC"]),
    ],
    ids=str,
)
def test_after_what_cannot_be_read_the_next_message_is_found(sent: bytes, problems: list[str], chunk: int):
    found = heard(framed(numbered(1)) + sent + framed(numbered(3)) + framed(numbered(4)), chunk)
    assert [each for each in found if isinstance(each, int)] == [1, 3, 4]
    assert [*dict.fromkeys(each for each in found if isinstance(each, str))] == problems


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (framed(numbered(1))[:-1], "it ends within a message"),
        (b"Content-Length: 5\r\n", "it ends before a message"),
        (b"spec: 1\n", "it ends before a message"),
    ],
)
def test_a_stream_that_ends_too_soon_says_so(sent: bytes, problem: str):
    assert heard(sent) == [problem]


@pytest.mark.parametrize("name", ["content-length", "Content-Type: application/vscode-jsonrpc\r\nContent-Length"])
def test_headers_are_read_as_http_has_them(name: str):
    assert heard(framed(numbered(1)).replace(b"Content-Length", name.encode())) == [1]


def test_what_never_ends_is_not_kept():
    noise = b"x" * 5_000
    assert heard(noise + framed(numbered(1)))[-1] == 1


@pytest.mark.slow
def test_the_server_answers_what_it_cannot_read_and_goes_on():
    def asks(number: int, method: str, **params: object) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}

    sent = b"".join(
        (
            framed(asks(1, "initialize", processId=None, rootUri=None, capabilities={})),
            framed(asks(2, "textDocument/documentSymbol", textDocument={"uri": "file:///a.yaml"}), 30),
            b"\xff\xfe noise \r\n",
            framed({"jsonrpc": "2.0", "id": 3, "method": "no/such"}),
            framed({"jsonrpc": "2.0", "method": "no/such/notification"}),
            framed(asks(4, "textDocument/documentSymbol", textDocument={"uri": "file:///a.yaml"})),
            framed({"jsonrpc": "2.0", "id": 5, "method": "shutdown"}),
            framed({"jsonrpc": "2.0", "method": "exit"}),
        )
    )
    done = compile_spec("lsp", stdin=sent)
    answers = [json.loads(text[: text.rindex("}") + 1]) for text in done.stdout.decode().split("\r\n\r\n")[1:]]
    assert {each["id"]: each.get("error", {}).get("code") for each in answers if "id" in each} == {
        1: None,
        None: -32700,
        3: -32601,
        4: None,
        5: None,
    }
    told = [each["params"]["message"] for each in answers if each.get("method") == "window/showMessage"]
    assert f"What the editor sent cannot be read, and was left out: {BETWEEN}" in told
    assert (done.returncode, done.stderr) == (0, b"")

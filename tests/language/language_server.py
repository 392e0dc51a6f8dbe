"""A client of a language server, as an editor is one: JSON-RPC over standard input and output."""

from __future__ import annotations

import json
import os
import queue
import subprocess
from pathlib import Path
from threading import Thread
from typing import Any

from tests.processes import ROOT

SECONDS = 60
"""How long an answer may take before the server is taken to be dead."""

_CAPABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
    "workspace": {"configuration": True},
}
FILES = json.loads((ROOT / "schemas" / "catalog.json").read_text(encoding="utf-8"))["schemas"][0]["fileMatch"]
"""The names of files that are specs without saying so."""

_SETTINGS = {
    "yaml": {
        "schemas": {(ROOT / "schemas" / "spec.schema.json").as_uri(): FILES},
        "schemaStore": {"enable": False},  # it would be asked for over the network
        "validate": True,
        "completion": True,
        "hover": True,
    },
}


class LanguageServer:
    """`yaml-language-server` in a process of its own. Documents are texts that stand in no file."""

    def __init__(self, command: str) -> None:
        self._process = subprocess.Popen([command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._received: queue.Queue[dict[str, Any]] = queue.Queue()
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._requests = self._documents = 0
        Thread(target=self._receive, daemon=True).start()
        self._request("initialize", {"processId": None, "rootUri": ROOT.as_uri(), "capabilities": _CAPABILITIES})
        self._notify("initialized", {})

    def close(self) -> None:
        """End the process."""
        self._request("shutdown", None)
        self._notify("exit", None)
        self._process.wait(SECONDS)

    def complete(self, text: str) -> dict[str, dict[str, Any]]:
        """What is proposed at the `|` of a text, by label."""
        uri, position = self._open_at_mark(text)
        found = self._request("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})
        return {item["label"]: item for item in found["items"]}

    def hover(self, text: str) -> str:
        """What is shown at the `|` of a text, as Markdown."""
        uri, position = self._open_at_mark(text)
        found = self._request("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})
        return found["contents"]["value"]

    def diagnose(self, text: str, suffix: str = ".yaml") -> list[tuple[str, str]]:
        """The mistakes that are marked in a text: what is underlined, and the message."""
        uri = self._open(text, suffix)
        while uri not in self._diagnostics:
            self._take(self._received.get(timeout=SECONDS))
        lines = text.splitlines()
        return [(_underlined(lines, found["range"]), found["message"]) for found in self._diagnostics[uri]]

    def processor_seconds(self) -> float:
        """The processor's time that the server has taken so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _open_at_mark(self, text: str) -> tuple[str, dict[str, int]]:
        before, _, after = text.partition("|")
        uri = self._open(before + after)
        return uri, {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}

    def _open(self, text: str, suffix: str = ".yaml") -> str:
        self._documents += 1
        uri = (ROOT / "specs" / f"document_{self._documents}{suffix}").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def _request(self, method: str, params: Any) -> Any:
        self._requests += 1
        self._send({"id": self._requests, "method": method, "params": params})
        while True:
            message = self._received.get(timeout=SECONDS)
            if "method" not in message and message["id"] == self._requests:
                return message["result"]
            self._take(message)

    def _notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _take(self, message: dict[str, Any]) -> None:
        """Keep what the server says of itself, and answer what it asks."""
        if message["method"] == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message["method"] == "workspace/configuration":
            wanted = [item["section"] for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": [_SETTINGS.get(section, {}) for section in wanted]})
        elif "id" in message:
            self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> None:
        assert self._process.stdout is not None
        while header := self._process.stdout.readline():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                while self._process.stdout.readline().strip():
                    pass
                self._received.put(json.loads(self._process.stdout.read(int(value))))


def _underlined(lines: list[str], span: dict[str, Any]) -> str:
    start, end = span["start"], span["end"]
    last = end["character"] if end["line"] == start["line"] else None
    return lines[start["line"]][start["character"] : last]


def specs() -> list[Path]:
    """The specs of the repository that the server reads."""
    return sorted((ROOT / "specs").rglob("*.yaml"))

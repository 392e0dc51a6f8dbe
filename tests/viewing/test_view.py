"""`compile-spec view`: what it serves, to whom, and how it follows the files of a spec."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import pytest

from spec_compiler.cli.main import main
from tests.processes import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.end_to_end]

SPEC = """\
spec: 1
imports: [blocks.yaml]
nodes:
  x: {type: Input, shape: [4]}
  y: {type: tower, units: 3, inputs: x}
outputs: [y]
"""
BLOCKS = """\
spec: 1
blocks:
  tower:
    params: [units]
    inputs: [x]
    nodes:
      dense: {type: Dense, units: "${units}", inputs: x}
    outputs: [dense]
"""


class Viewed:
    """A `view` that runs, and the port that it says."""

    def __init__(self, folder: Path, *arguments: str, browser: bool = False) -> None:
        self.folder = folder
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        opening = () if browser else ("--no-browser",)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "spec_compiler", "view", "spec.yaml", *arguments, *opening],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = self.process.stdout.readline()
        assert self.said.startswith("spec.yaml is at http://127.0.0.1:"), self.process.stderr.read()
        self.port = int(self.said.split("127.0.0.1:")[1].split("/")[0])

    def get(self, path: str = "/", host: str | None = None, method: str = "GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True)
        if host != "":
            connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        connection.endheaders()
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def page(self):
        return json.loads(self.get("/page.json")[1])

    def page_once(self, holds, seconds: float = 30):
        """The page, as soon as something holds of it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            page = self.page()
            if holds(page):
                return page
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} seconds: {page['counts']}")

    def write(self, name: str, text: str) -> None:
        """Save a file as editors do: another one is put in its place."""
        (self.folder / f".{name}~").write_text(text, encoding="utf-8")
        os.replace(self.folder / f".{name}~", self.folder / name)


@pytest.fixture
def view(tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "blocks.yaml").write_text(BLOCKS, encoding="utf-8")
    viewed = Viewed(tmp_path)
    yield viewed
    if viewed.process.poll() is None:
        viewed.process.send_signal(signal.SIGINT)
        viewed.process.wait(20)


def test_the_page_and_its_parts_are_served(view):
    answer, text = view.get()
    assert answer.status == 200
    assert {"connect-src 'self'", "script-src 'self'"} <= set(unescape(text).split("; "))
    assert answer.getheader("Content-Security-Policy") == "frame-ancestors 'none'"
    assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    for path in ("/page.css", "/page.js", "/layout.js", "/page.json"):
        assert view.get(path)[0].status == 200, path
    assert set(view.page()["nodes"]) == {"x", "y.dense"}


@pytest.mark.parametrize("path", ["/spec.yaml", "/../spec.yaml", "/%2e%2e/etc/passwd", "//etc/passwd", "/page.json/x"])
def test_nothing_else_is(view, path):
    assert view.get(path)[0].status == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "127.0.0.1", "", "localhost.evil.example:{port}"]
)
def test_a_foreign_host_gets_nothing(view, host):
    for path in ("/", "/page.json", "/events"):
        answer, text = view.get(path, host=host.format(port=view.port))
        assert answer.status in (400, 403), host
        assert "tower" not in text


def test_localhost_is_this_machine_too_and_nothing_can_be_written(view):
    assert view.get(host=f"LocalHost:{view.port}")[0].status == 200
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert view.get(method=method)[0].status == 501


def test_it_listens_on_the_loopback_address_alone(view):
    if not Path("/proc/net/tcp").exists():
        pytest.skip("only Linux says so in a file")
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    ]
    assert [place.split(":")[0] for place in listening if int(place.split(":")[1], 16) == view.port] == ["0100007F"]


def test_the_spec_is_followed_errors_included(view):
    view.write("spec.yaml", SPEC.replace("inputs: x", "inputs: z"))
    page = view.page_once(lambda page: page["counts"]["errors"])
    assert [finding["code"] for finding in page["findings"]] == ["SC301"]
    assert "picture" not in page
    assert page["texts"][0]["lines"][4] == "  y: {type: tower, units: 3, inputs: z}"
    view.write("spec.yaml", SPEC.replace("units: 3", "units: 7"))
    page = view.page_once(lambda page: not page["counts"]["errors"])
    assert page["nodes"]["y.dense"]["gives"][0][1] == "(None, 7) float32"


def test_imports_are_followed_also_those_that_are_not_there_yet(view):
    view.write("blocks.yaml", BLOCKS.replace("Dense, units", "Dense, use_bias: false, units"))
    view.page_once(lambda page: page["nodes"]["y.dense"]["parameters"] == 12)
    (view.folder / "blocks.yaml").unlink()
    view.page_once(lambda page: page["counts"]["errors"])
    view.write("blocks.yaml", BLOCKS)
    view.page_once(lambda page: page.get("nodes", {}).get("y.dense", {}).get("parameters") == 15)


def test_events_tell_of_each_new_page(view):
    connection = http.client.HTTPConnection("127.0.0.1", view.port, timeout=30)
    connection.request("GET", "/events")
    stream = connection.getresponse()
    assert stream.getheader("Content-Type") == "text/event-stream"
    told = [stream.readline() for _ in range(3)]
    assert told == [b"event: page\n", b"data: 1\n", b"\n"]
    view.write("spec.yaml", SPEC + "# saved\n")
    assert [stream.readline() for _ in range(2)] == [b"event: page\n", b"data: 2\n"]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_it_without_a_word(view, sent, code):
    connection = http.client.HTTPConnection("127.0.0.1", view.port, timeout=30)
    connection.request("GET", "/events")
    connection.getresponse().readline()
    view.process.send_signal(sent)
    assert view.process.wait(20) == code
    assert view.process.stdout.read() + view.process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-"], "`view` follows a file, and standard input is none"),
        (["none.yaml"], "`none.yaml` is no file"),
        (["spec.yaml", "--fold", "nothing"], "no block is named `nothing`"),
    ],
)
def test_what_cannot_be_viewed_is_wrong_usage(tmp_path, monkeypatch, capsys, arguments, said):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "blocks.yaml").write_text(BLOCKS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["view", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_port_is_a_number_that_ports_can_have(capsys):
    with pytest.raises(SystemExit):
        main(["view", "spec.yaml", "--port", "70000"])
    assert "takes a port, 0 to 65535, not `70000`" in capsys.readouterr().err


def test_a_port_that_is_taken_is_wrong_usage(view, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["view", "spec.yaml", "--no-browser", "--port", str(view.port)]) == 2
    assert f"port {view.port} of 127.0.0.1 cannot be had" in capsys.readouterr().err

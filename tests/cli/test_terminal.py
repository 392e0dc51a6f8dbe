"""What is shown on a terminal: progress, width, pages."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time

import pytest

from spec_compiler.cli import terminal
from spec_compiler.cli.main import main
from tests.cli.test_commands import Terminal, run
from tests.processes import ROOT

pytestmark = pytest.mark.usefixtures("stand_ins")


@pytest.fixture
def window(monkeypatch):
    """A function that makes a terminal of standard error and gives what is shown on it."""
    first, second = pty.openpty()
    stream = os.fdopen(second, "w")
    os.set_blocking(first, False)

    def shown():
        monkeypatch.setattr(sys, "stderr", stream)
        time.sleep(0.05)
        try:
            return os.read(first, 10_000).decode()
        except BlockingIOError:
            return ""

    yield shown
    stream.close()
    os.close(first)


def test_a_long_work_says_how_far_it_is_and_takes_that_away_again(window):
    assert window() == ""
    progress = terminal.ProgressLine("checking", patience=0)
    progress(1, 20)
    assert window() == "\r\x1b[Kchecking: 1 of 20"
    progress.close()
    assert window() == "\r\x1b[K"


def test_a_short_work_says_nothing(window):
    assert window() == ""
    progress = terminal.ProgressLine("checking", patience=60)
    progress(1, 20)
    progress.close()
    with terminal.Waiting("starting Keras"):
        pass
    assert window() == ""


@pytest.mark.slow
def test_from_the_first_second_on_a_work_that_does_not_say_how_far_it_is_counts_the_seconds(window):
    assert window() == ""
    with terminal.Waiting("starting Keras"):
        time.sleep(0.9)
        assert re.fullmatch("\r\x1b\\[Kstarting Keras: [01] s", window())
    assert window().endswith("\r\x1b[K")


@pytest.mark.slow
def test_without_a_terminal_there_is_no_progress(capfd):
    progress = terminal.ProgressLine("checking", patience=0)
    progress(1, 20)
    progress.close()
    with terminal.Waiting("checking"):
        time.sleep(0.6)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("columns", "width"), [("120", 120), ("7", 7), ("", 80), ("0", 80), ("many", 80)])
def test_the_width_is_that_of_columns_or_80(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "__stdout__", None)
    assert terminal.width() == width


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["news.yaml", "unet.yaml", "seq2seq.yaml", "tweets.json", "densenet121.yaml"])
@pytest.mark.parametrize("columns", [60, 80, 100, 200])
@pytest.mark.parametrize("more", [[], ["--cost"]])
def test_tables_fit(capsys, monkeypatch, spec, columns, more):
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, err = run(capsys, "show", *more, str(ROOT / "specs" / spec))
    assert (code, err, [line for line in out.splitlines() if len(line) > columns]) == (0, "", [])


def explained(monkeypatch, *words, **environment):
    shown = Terminal()
    monkeypatch.setattr(sys, "stdout", shown)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    assert main(["explain", *words]) == 0
    return shown.getvalue()


@pytest.mark.parametrize("subject", ["SC301", "Dense", "ops.top_k", "std/unet.yaml"])
def test_a_page_is_styled_for_a_terminal_and_fits_it(monkeypatch, subject):
    shown = explained(monkeypatch, subject, COLUMNS="70")
    assert "\x1b[1m" in shown
    plain = re.sub("\x1b\\[[\\d;]*m", "", shown)
    assert [line for line in plain.splitlines() if len(line) > 70 or line.startswith(("#", "|", "```"))] == []


def test_a_page_is_without_colours_where_they_are_not_wanted(monkeypatch):
    shown = explained(monkeypatch, "SC301", NO_COLOR="1")
    codes = {code for found in re.findall("\x1b\\[([\\d;]*)m", shown) for code in found.split(";")}
    assert codes <= {"0", "1", "2", "3", "4"}


def test_a_page_is_markdown_elsewhere(capsys, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert run(capsys, "explain", "SC301")[1].startswith("# SC301: unknown-reference\n\n*error*\n")


@pytest.mark.slow
def test_a_reader_that_stops_early_ends_a_check_of_many(tmp_path):
    for number in range(40):
        (tmp_path / f"{number}.yaml").write_text("spec: 1\n")
    script = f"set -o pipefail; {sys.executable} -m spec_compiler check --no-cache . | head -n 1; echo $?"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, timeout=120)
    assert (done.stdout.splitlines()[0][:12], done.stderr) == (b"error[SC202]", b"")

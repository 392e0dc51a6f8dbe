"""Many specs, and what is known of them already: the output is that of a fresh run, byte by byte."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from spec_compiler.checking import cache as caching
from spec_compiler.checking.cache import Cache, cache_folder
from spec_compiler.checking.outcome import Outcome
from spec_compiler.cli.main import main
from tests.cli.test_commands import BAD, DOUBTFUL, GOOD, loaded, run
from tests.processes import ROOT, compile_spec

pytestmark = pytest.mark.slow

FORMATS = ("text", "concise", "json", "sarif", "github")
BLOCKS = "spec: 1\nblocks:\n  b: {inputs: [x], nodes: {d: {type: Dense, units: 2, inputs: x}}, outputs: [d]}\n"
USER = """\
spec: 1
imports: [sub/blocks.yaml]
params: {units: 2}
nodes:
  x: {type: Input, shape: [4]}
  y: {type: b, inputs: x}
  z: {type: Dense, units: "${units}", inputs: y}
outputs: [z]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    specs = tmp_path / "specs"
    (specs / "sub").mkdir(parents=True)
    monkeypatch.chdir(specs)
    monkeypatch.setenv("SPEC_COMPILER_CACHE", str(tmp_path / "cache"))
    for name, text in {"good": GOOD, "bad": BAD, "doubtful": DOUBTFUL, "user": USER, "sub/blocks": BLOCKS}.items():
        (specs / f"{name}.yaml").write_text(text)
    return specs


def entries(folder):
    return sorted(path for path in (folder.parent / "cache").rglob("*") if path.is_file() and path.suffix != ".TAG")


def checked(capsys, monkeypatch, *words):
    """What a check prints, and whether it checked anything."""
    import spec_compiler.pipeline as pipeline

    checked_files = []
    analyse = pipeline.analyse

    def watched(source, **settings):
        checked_files.append(source.name)
        return analyse(source, **settings)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "analyse", watched)
        return run(capsys, "check", *words), checked_files


@pytest.mark.parametrize("form", FORMATS)
def test_what_has_not_changed_is_not_checked_again_and_is_told_in_the_same_bytes(folder, capsys, monkeypatch, form):
    words = ["--format", form, "good.yaml", "bad.yaml", "doubtful.yaml", "user.yaml"]
    fresh = run(capsys, "check", "--no-cache", *words)
    assert entries(folder) == []
    first, checked_files = checked(capsys, monkeypatch, *words)
    assert (first, checked_files) == (fresh, words[2:])
    assert checked(capsys, monkeypatch, *words) == (fresh, [])


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (lambda folder: (folder / "user.yaml").write_text(USER + "# more\n"), ["user.yaml"]),
        (lambda folder: (folder / "sub/blocks.yaml").write_text(BLOCKS + "# more\n"), ["user.yaml"]),
        (lambda folder: (folder / "sub/blocks.yaml").unlink(), ["user.yaml"]),
        (lambda folder: os.utime(folder / "user.yaml", (1, 1)), []),
    ],
)
def test_a_spec_is_checked_again_if_its_text_or_an_import_has_changed(folder, capsys, monkeypatch, change, asked):
    checked(capsys, monkeypatch, "good.yaml", "user.yaml")
    change(folder)
    found, again = checked(capsys, monkeypatch, "good.yaml", "user.yaml")
    assert again == asked
    assert found == run(capsys, "check", "--no-cache", "good.yaml", "user.yaml")


def test_an_import_that_becomes_a_link_to_elsewhere_is_looked_at_again(folder, capsys, monkeypatch):
    assert checked(capsys, monkeypatch, "user.yaml")[0][0] == 0
    shutil.move(folder / "sub", folder.parent / "outside")
    (folder / "sub").symlink_to(folder.parent / "outside")
    assert checked(capsys, monkeypatch, "user.yaml") == (run(capsys, "check", "--no-cache", "user.yaml"), ["user.yaml"])


def test_params_limits_the_root_and_the_folder_count(folder, capsys, monkeypatch):
    for words in ([], ["--set", "units=3"], ["--set", "units=x"], ["--limit", "nodes=2"], ["--root", ".."]):
        fresh = run(capsys, "check", "--no-cache", "user.yaml", *words)
        assert checked(capsys, monkeypatch, "user.yaml", *words) == (fresh, ["user.yaml"])
        assert checked(capsys, monkeypatch, "user.yaml", *words) == (fresh, [])
    monkeypatch.chdir(folder / "sub")
    assert checked(capsys, monkeypatch, "../user.yaml")[1] == ["../user.yaml"]


def test_another_build_of_the_compiler_counts(folder, capsys, monkeypatch):
    checked(capsys, monkeypatch, "good.yaml")
    monkeypatch.setattr(caching, "_build", lambda: "another")
    assert checked(capsys, monkeypatch, "good.yaml")[1] == ["good.yaml"]


@pytest.mark.parametrize("name", ["none.yaml", "missing.yaml", "-"])
def test_what_could_not_be_read_is_not_remembered(folder, name):
    (folder / "missing.yaml").write_text(USER.replace("sub/", "nowhere/"))
    compile_spec("check", name, cwd=folder, stdin=GOOD.encode())
    assert entries(folder) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"",
        lambda text: text[:-5],
        lambda text: text.replace(b"good.yaml", b"evil.yaml"),
        lambda text: b"\x80\x04cos\nsystem\n.",
        lambda text: caching.hashlib.sha256(b"[1]").hexdigest().encode() + b"\n[1]",
        lambda text: os.urandom(len(text)),
    ],
)
def test_an_entry_that_is_spoilt_is_no_entry_and_is_made_again(folder, capsys, monkeypatch, spoil):
    fresh = checked(capsys, monkeypatch, "good.yaml")[0]
    (entry,) = entries(folder)
    sound = entry.read_bytes()
    entry.write_bytes(spoil(sound))
    assert checked(capsys, monkeypatch, "good.yaml") == (fresh, ["good.yaml"])
    assert entry.read_bytes() == sound


def test_a_folder_that_cannot_be_written_is_done_without(folder, capsys, monkeypatch):
    (folder.parent / "cache").write_text("a file")
    assert checked(capsys, monkeypatch, "good.yaml") == ((0, "good.yaml: no errors\n", ""), ["good.yaml"])


def test_entries_are_json_that_only_the_user_can_read(folder, capsys):
    run(capsys, "check", "bad.yaml")
    (entry,) = entries(folder)
    kept = json.loads(entry.read_bytes().partition(b"\n")[2])
    assert sorted(kept) == ["imports", "outcome"]
    assert (entry.stat().st_mode & 0o777, entry.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (folder.parent / "cache/check/CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d1727")


def test_the_cache_does_not_grow_without_bounds(tmp_path):
    cache = Cache(str(tmp_path), [])
    outcome = Outcome("x.yaml", [], {})
    keys = [f"00{number:062}" for number in range(100)]
    for number, key in enumerate(keys):
        cache.keep(key, outcome, [])
        os.utime(tmp_path / "check" / "00" / key[2:], (number, number))
    cache.prune()
    assert [key for key in keys if cache.find(key) is not None] == keys[-64:]
    cache.keep("11" + "1" * 62, Outcome("x.yaml", [], {"x.yaml": {"1": "x" * 100_000}}), [])
    assert cache.find("11" + "1" * 62) is None


def test_the_folder_is_where_caches_are(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("SPEC_COMPILER_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert cache_folder() == str(tmp_path / ".cache/spec-compiler")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == str(tmp_path / ".cache/spec-compiler")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder() == "/caches/spec-compiler"
    monkeypatch.setenv("SPEC_COMPILER_CACHE", "/chosen")
    assert cache_folder() == "/chosen"


@pytest.fixture
def many(folder):
    for number in range(40):
        text = (GOOD, BAD, DOUBTFUL)[number % 3]
        (folder / f"many{number:02}.yaml").write_text(f"{text}# {number}\n")
    return folder


@pytest.mark.parametrize("form", FORMATS)
def test_all_cores_find_what_one_finds_in_the_same_order(many, form):
    command = ("check", "--format", form, ".")
    one, several, cached, again = (
        compile_spec(*command, *more, cwd=many, SPEC_COMPILER_CACHE=str(many.parent / "cache"))
        for more in (("--no-cache", "--jobs", "1"), ("--no-cache", "--jobs", "4"), ("--jobs", "4"), ())
    )
    assert (one.returncode, one.stderr) == (1, b"")
    assert one.stdout == several.stdout == cached.stdout == again.stdout


def test_several_runs_at_once_do_not_disturb_each_other(many):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SPEC_COMPILER_CACHE": str(many.parent / "cache")}
    words = [sys.executable, "-m", "spec_compiler", "check", "--jobs", "2", "."]
    runs = [subprocess.Popen(words, cwd=many, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
    printed = {each.communicate()[0] for each in runs}
    assert printed == {compile_spec("check", "--no-cache", "--jobs", "1", ".", cwd=many).stdout}
    assert [path.name for path in (many.parent / "cache").rglob("*.*") if path.suffix != ".TAG"] == []


def test_a_check_of_what_has_not_changed_loads_next_to_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("SPEC_COMPILER_CACHE", str(tmp_path))
    code = "from spec_compiler.cli.main import main\nassert main() == 0"
    assert "pydantic" in loaded(code, "check", "specs/news.yaml")
    heavy = {"pydantic", "yaml", "dataclasses", "inspect", "shutil", "traceback", "multiprocessing", "tempfile"}
    assert loaded(code, "check", "specs/news.yaml") & heavy == set()


def test_a_thousand_specs_that_have_not_changed_take_less_than_a_second(folder, monkeypatch):
    many = folder.parent / "many"
    many.mkdir()
    monkeypatch.chdir(many)
    cache = Cache(cache_folder(), ["--set", "--root", "", "--limit"])
    for number in range(1000):
        (many / f"{number}.yaml").write_text(f"{GOOD}# {number}\n")
        key = cache.key(f"{number}.yaml", f"{GOOD}# {number}\n".encode())
        cache.keep(key, Outcome(f"{number}.yaml", [], {}), [])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = compile_spec("check", ".")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout == b"checked 1,000 specs: no errors\n"
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1


@pytest.fixture
def checking(many):
    """Starts a check on several cores that takes a while, and gives its process once further ones are at work."""
    for number in range(40, 700):
        (many / f"many{number:03}.yaml").write_text(f"{GOOD}# {number}\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "spec_compiler", "check", "--no-cache", "--jobs", "3", "--quiet", "."],
        cwd=many,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for _ in range(2_000):
        if len(children.read_text().split()) == 3:
            break
        time.sleep(0.01)
    yield process, [int(child) for child in children.read_text().split()]
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the processes of a process")
def test_an_interrupt_ends_all_processes_and_says_nothing(checking):
    process, _ = checking
    os.killpg(process.pid, signal.SIGINT)
    assert (process.communicate(timeout=30)[1], process.returncode) == (b"", 130)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the processes of a process")
def test_a_process_that_the_system_ends_is_told(checking):
    process, children = checking
    os.kill(children[0], signal.SIGKILL)
    _, err = process.communicate(timeout=30)
    assert err.startswith(b"compile-spec: a process that checked specs was ended by the system")
    assert process.returncode == 2


def test_without_what_processes_wait_by_there_is_one(many, capsys, monkeypatch):
    def refuse(*_, **__):
        raise OSError

    monkeypatch.chdir(many)
    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", refuse)
    assert main(["check", "--no-cache", "--jobs", "2", "."]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("checked 4")

"""Output files: written whole or not at all, and never over what cannot be replaced."""

from __future__ import annotations

import os
import stat

import pytest

from spec_compiler.emitting.files import Target, UnwritableError, check_writable, write_all
from spec_compiler.emitting.forms import form_of


def writer(text):
    return lambda path: path.write_text(text)


def failing(path):
    path.write_text("half of it")
    raise OSError(28, "No space left on device")


def broken(path):
    path.write_text("half of it")
    raise ValueError("a bug")


def target(path, write):
    return Target(path, path.suffix, write)


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_files_are_written_and_folders_made(tmp_path):
    write_all([target(tmp_path / "a.json", writer("a")), target(tmp_path / "deep" / "er" / "b.json", writer("b"))])
    assert (contents(tmp_path), contents(tmp_path / "deep" / "er")) == ({"a.json": "a"}, {"b.json": "b"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "deep"]


def test_a_file_that_is_there_is_replaced_and_keeps_its_mode(tmp_path):
    old = tmp_path / "a.json"
    old.write_text("old")
    old.chmod(0o640)
    write_all([target(old, writer("new"))])
    assert (old.read_text(), stat.S_IMODE(old.stat().st_mode)) == ("new", 0o640)


def test_a_writer_sees_the_suffix_of_the_target(tmp_path):
    seen = []
    write_all([Target(tmp_path / "a.weights.h5", ".weights.h5", lambda path: (seen.append(path.name), path.touch()))])
    assert seen == ["model.weights.h5"]


@pytest.mark.parametrize("write", [failing, broken])
def test_a_writer_that_fails_leaves_the_old_files_and_nothing_else(tmp_path, write):
    (tmp_path / "a.json").write_text("old")
    (tmp_path / "b.json").write_text("old")
    with pytest.raises((UnwritableError, ValueError)):
        write_all([target(tmp_path / "a.json", writer("new")), target(tmp_path / "b.json", write)])
    assert contents(tmp_path) == {"a.json": "old", "b.json": "old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "b.json"]


def test_a_system_that_refuses_is_told_in_our_words(tmp_path):
    with pytest.raises(UnwritableError, match=r"b\.json` cannot be written: no space left on device"):
        write_all([target(tmp_path / "b.json", failing)])


def test_an_interrupt_leaves_the_old_file(tmp_path):
    def interrupted(path):
        path.write_text("half of it")
        raise KeyboardInterrupt

    (tmp_path / "a.json").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_all([target(tmp_path / "a.json", interrupted)])
    assert contents(tmp_path) == {"a.json": "old"}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.json").write_text("old")
    (tmp_path / "a.json").symlink_to("real/a.json")
    (tmp_path / "b.json").symlink_to("real/b.json")
    write_all([target(tmp_path / "a.json", writer("new")), target(tmp_path / "b.json", writer("b"))])
    assert [(tmp_path / name).is_symlink() for name in ("a.json", "b.json")] == [True, True]
    assert contents(tmp_path / "real") == {"a.json": "new", "b.json": "b"}


def test_what_cannot_be_replaced_is_refused_before_anything_is_written(tmp_path):
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "file").write_text("a file")
    (tmp_path / "device.json").symlink_to("/dev/null")
    (tmp_path / "to_folder.json").symlink_to("folder.json")
    for name in ("folder.json", "pipe.json", "file/a.json", "device.json", "to_folder.json"):
        with pytest.raises(UnwritableError):
            check_writable(tmp_path / name)
        written: list[str] = []
        with pytest.raises(UnwritableError):
            write_all(
                [
                    target(tmp_path / "new.json", lambda path, to=written: to.append(path)),
                    target(tmp_path / name, writer("x")),
                ]
            )
        assert written == []
    assert not (tmp_path / "new.json").exists()
    assert (tmp_path / "file").read_text() == "a file"


def test_a_file_that_may_not_be_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.json").write_text("old")
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and allowed(path, mode))
    with pytest.raises(UnwritableError, match="may not be written"):
        check_writable(tmp_path / "a.json")
    with pytest.raises(UnwritableError, match="may not be written"):
        check_writable(tmp_path / "new.json")
    assert (tmp_path / "a.json").read_text() == "old"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.keras", ".keras"),
        ("a.b.keras", ".keras"),
        ("a.weights.h5", ".weights.h5"),
        ("a.json", ".json"),
        ("a.h5", None),
        ("a.weights", None),
        ("a", None),
        (".keras", None),
        ("a.keras.txt", None),
    ],
)
def test_the_suffix_picks_the_form(tmp_path, name, suffix):
    form = form_of(tmp_path / name)
    assert (form.suffix if form else None) == suffix

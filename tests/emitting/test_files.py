"""Output files: written whole or not at all, and never over what cannot be replaced."""

from __future__ import annotations

import os
import stat

import pytest

from spec_compiler.emitting.files import (
    Target,
    UnwritableError,
    check_no_source,
    check_writable,
    reserved,
    write_all,
)
from spec_compiler.emitting.forms import suffix_of
from spec_compiler.reading.file_id import FileId


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
        ("a.yaml", ".yaml"),
        ("a.yml", ".yml"),
        ("a.h5", None),
        ("a.weights", None),
        ("a", None),
        (".keras", None),
        ("a.keras.txt", None),
    ],
)
def test_the_suffix_picks_the_form(tmp_path, name, suffix):
    assert suffix_of(str(tmp_path / name)) == suffix


def folder_writer(text):
    def write(path):
        (path / "variables").mkdir(parents=True)
        (path / "saved_model.pb").write_text(text)

    return write


def write_folder(path, write):
    with reserved({path: True}) as places:
        places.write([Target(path, "/", write)])


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    write_folder(tmp_path / "deep" / "m", folder_writer("old"))
    (tmp_path / "deep" / "m" / "left").write_text("over")
    write_folder(tmp_path / "deep" / "m", folder_writer("new"))
    assert sorted(path.name for path in (tmp_path / "deep" / "m").iterdir()) == ["saved_model.pb", "variables"]
    assert (tmp_path / "deep" / "m" / "saved_model.pb").read_text() == "new"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["m"]


def test_a_folder_that_cannot_be_written_leaves_the_old_one(tmp_path):
    write_folder(tmp_path / "m", folder_writer("old"))

    def full(path):
        folder_writer("half of it")(path)
        raise OSError(28, "No space left on device")

    with pytest.raises(UnwritableError, match="no space left"):
        write_folder(tmp_path / "m", full)
    assert (tmp_path / "m" / "saved_model.pb").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_folder_of_something_else_is_not_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years")
    (tmp_path / "file").write_text("text")
    with pytest.raises(UnwritableError, match="something else than a SavedModel"):
        check_writable(tmp_path / "mine", is_folder=True)
    with pytest.raises(UnwritableError, match="is no folder"):
        check_writable(tmp_path / "file", is_folder=True)


def test_a_folder_that_holds_a_source_is_not_replaced(tmp_path):
    write_folder(tmp_path / "m", folder_writer("old"))
    (tmp_path / "m" / "spec.yaml").write_text("spec: 1")
    sources = {FileId.of((tmp_path / "m" / "spec.yaml").stat())}
    with pytest.raises(UnwritableError, match="a source of this run lies in"):
        check_no_source([tmp_path / "m"], sources)


def test_a_new_file_has_the_usual_mode_whatever_writes_it(tmp_path):
    (tmp_path / "usual").touch()
    write_all([target(tmp_path / "a.json", lambda path: (path.touch(), path.chmod(0o600)))])
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "usual").stat().st_mode

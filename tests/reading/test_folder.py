"""Imports are opened as what was checked, whatever links are put there meanwhile."""

from __future__ import annotations

import os

import pytest

from spec_compiler.reading import folder as module
from spec_compiler.reading.folder import OutsideError, open_within
from tests.stages.through import check

BLOCK = "spec: 1\nblocks:\n  leak: {{inputs: [x], nodes: {{d: {{type: Dense, units: {}, inputs: x}}}}, outputs: [d]}}\n"
SPEC = """\
spec: 1
imports: [race.yaml]
nodes:
  x: {type: Input, shape: [4]}
  y: {type: leak, inputs: x}
outputs: [y]
"""


@pytest.fixture
def inside(tmp_path):
    inside = tmp_path / "in"
    (inside / "deep").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret.yaml").write_text(BLOCK.format(77_123_456))
    (inside / "safe.yaml").write_text(BLOCK.format(5))
    (inside / "deep" / "safe.yaml").write_text(BLOCK.format(6))
    (inside / "spec.yaml").write_text(SPEC)
    return inside


def read(path, root):
    with open(open_within(path, root), "rb") as file:
        return file.read()


def test_files_of_the_folder_are_opened_also_by_links_that_stay_in_it(inside):
    (inside / "link.yaml").symlink_to("deep/safe.yaml")
    (inside / "linked").symlink_to("deep")
    (inside.parent / "elsewhere").symlink_to("in")
    for path in ("deep/safe.yaml", "link.yaml", "linked/safe.yaml", "deep/../link.yaml", "../in/link.yaml"):
        assert read(inside / path, inside).decode() == BLOCK.format(6)
        assert read(inside.parent / "elsewhere" / path, inside).decode() == BLOCK.format(6)


@pytest.mark.parametrize("path", ["../out/secret.yaml", "out.yaml", "outside/secret.yaml", "..", "nul\0.yaml", "/etc"])
def test_what_is_outside_is_not_opened(inside, path):
    (inside / "out.yaml").symlink_to("../out/secret.yaml")
    (inside / "outside").symlink_to("../out")
    with pytest.raises(OutsideError):
        open_within(inside / path, inside)


@pytest.mark.parametrize("path", ["race.yaml", "way/secret.yaml"])
def test_a_link_that_is_put_there_after_the_look_is_not_followed(inside, monkeypatch, path):
    first = inside / path.split("/")[0]
    if "/" in path:
        first.mkdir()
        (first / "secret.yaml").write_text(BLOCK.format(5))
    else:
        first.write_text(BLOCK.format(5))
    looked = os.path.commonpath

    def swapped(paths):
        found = looked(paths)
        os.rename(first, inside / "before")
        first.symlink_to("../out" if "/" in path else "../out/secret.yaml")
        return found

    monkeypatch.setattr(module.os.path, "commonpath", swapped)
    with pytest.raises(OSError, match=r"symbolic link|[Nn]ot a directory"):
        open_within(inside / path, inside)


def test_where_folders_have_no_descriptors_what_was_opened_is_looked_at_again(inside, monkeypatch):
    monkeypatch.setattr(os, "supports_dir_fd", set())
    (inside / "link.yaml").symlink_to("deep/safe.yaml")
    assert read(inside / "link.yaml", inside).decode() == BLOCK.format(6)
    opened = os.open

    def swapped(path, flags):
        (inside / "new").symlink_to("../out/secret.yaml")
        os.replace(inside / "new", inside / "link.yaml")
        return opened(path, flags)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(OutsideError):
        open_within(inside / "link.yaml", inside)


def test_an_import_that_leads_out_is_a_diagnostic_and_nothing_of_it_is_shown(inside):
    (inside / "race.yaml").symlink_to("../out/secret.yaml")
    report = check(inside / "spec.yaml")
    assert [found.code for found in report] == ["SC711"]
    assert "77123456" not in str(report)  # shorter ones may be part of the folder's name


def test_an_import_that_is_no_regular_file_is_not_waited_for(inside):
    os.mkfifo(inside / "race.yaml")
    assert [found.code for found in check(inside / "spec.yaml")] == ["SC223"]

from __future__ import annotations

import pytest
from lsprotocol.types import Position

from spec_compiler.language_server.text import DocumentText
from spec_compiler.language_server.uris import path_of, uri_of

TEXT = "aé😀b\r\nsecond\rthird\n"


@pytest.mark.parametrize(
    ("encoding", "columns"), [("utf-8", (0, 1, 3, 7, 8)), ("utf-16", (0, 1, 2, 4, 5)), ("utf-32", (0, 1, 2, 3, 4))]
)
def test_columns_count_units_of_the_encoding(encoding, columns):
    text = DocumentText(TEXT, encoding)
    assert tuple(text.position(offset).character for offset in range(5)) == columns
    assert [text.offset(Position(0, column)) for column in columns] == [0, 1, 2, 3, 4]


def test_each_kind_of_line_end_ends_a_line():
    text = DocumentText(TEXT)
    assert [text.position(TEXT.index(word)) for word in ("second", "third")] == [Position(1, 0), Position(2, 0)]
    assert text.whole.end == Position(3, 0)


def test_a_position_beyond_the_text_is_its_nearest_place():
    text = DocumentText(TEXT)
    assert text.offset(Position(0, 99)) == 4
    assert text.offset(Position(99, 99)) == len(TEXT)


def test_a_file_is_found_by_its_uri(tmp_path):
    path = tmp_path / "a b %é.yaml"
    assert path_of(uri_of(path)) == path
    assert path_of("untitled:Untitled-1") is None

"""Tables in the room that there is: which columns are folded, and where."""

from __future__ import annotations

import pytest

from spec_compiler.emitting.table import TableColumn, table


def column(title: str, *cells: str) -> TableColumn:
    return TableColumn(title, cells, narrowest=4)


def test_names_in_a_list_are_parted_only_where_one_is_longer_than_the_column():
    lines = table([column("inputs", "step.1.filter, step.1.gate, x", "step.10.the_filter")], 14).lines
    assert lines == [
        "inputs",
        "-" * 14,
        "step.1.filter,",
        "step.1.gate, x",
        "step.10.the_",
        "filter",
    ]


def test_a_shape_in_parentheses_is_one_word_and_a_longer_text_is_several():
    shape, text = "(None, 26, 26, 8)", "(None, 1000, 1000, 1000, 1000)"
    assert table([column("shape", f"{shape} {shape}")], 20).lines[2:] == [shape, shape]
    assert table([column("shape", text)], 20).lines[2:] == ["(None, 1000,", "1000, 1000, 1000)"]


def test_the_column_is_folded_that_is_parted_least():
    # By its width, `node` would be folded first, and all of its names be parted; `type` has one long name.
    names = [f"block.{index}.activation" for index in range(1, 6)]
    kinds = ["Dense", "Dense", "GlobalAveragePooling", "Dense", "Dense"]
    found = table([column("node", *names), column("type", *kinds)], 36).lines
    assert found == [
        "node                type",
        "------------------  -------------",
        "block.1.activation  Dense",
        "block.2.activation  Dense",
        "block.3.activation  GlobalAverage",
        "                    Pooling",
        "block.4.activation  Dense",
        "block.5.activation  Dense",
    ]


@pytest.mark.parametrize("width", range(20, 80, 7))
def test_no_line_is_wider_than_the_room_if_the_least_widths_allow_it(width):
    columns = [
        column("node", "stage_1.first.first.conv", "x"),
        column("inputs", "stage_1.first.second.out, pool", ""),
        TableColumn("parameters", ["36,864", "0"]),
    ]
    least = sum(each.least + 2 for each in columns) - 2
    assert max(map(len, table(columns, width).lines)) <= max(width, least)

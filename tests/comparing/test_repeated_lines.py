"""What differs alike in all copies of a node is one line."""

from __future__ import annotations

import spec_compiler as sc
from spec_compiler.comparing.compare import compare
from spec_compiler.comparing.repeated_lines import without_repetition
from spec_compiler.comparing.text_form import as_text


def test_lines_that_differ_in_the_number_of_a_copy_are_one_where_the_first_stood():
    lines = [
        "~ h.1.up: units: 2 → 3",
        "~ h.1.down: units: 2 → 3",
        "~ start: units: 2 → 3",
        *(f"~ h.{number}.up: units: 2 → 3" for number in (2, 3, 5)),
        "~ h.4.up: units: 2 → 4",
        "- h.2.down -> h.2.sum (inputs[1])",
        "- h.3.down -> h.3.sum (inputs[1])",
    ]
    assert list(without_repetition(lines)) == [
        "~ h.{1..3,5}.up: units: 2 → 3",
        "~ h.1.down: units: 2 → 3",
        "~ start: units: 2 → 3",
        "~ h.4.up: units: 2 → 4",
        "- h.{2,3}.down -> h.{2,3}.sum (inputs[1])",
    ]


def test_numbers_that_count_no_copies_and_lines_of_several_copies_stay():
    lines = [
        "~ a: rate: 0.1 → 0.2",
        "~ a: rate: 0.1 → 0.3",
        "- h.1.sum -> h.2.up (inputs)",
        "- h.2.sum -> h.3.up (inputs)",
        "~ b: name: {type: x.1y} → z",
        "~ b: name: {type: x.2y} → z",
    ]
    assert list(without_repetition(lines)) == lines


def test_braces_of_values_stay_as_they_are():
    lines = [f"~ h.{number}: kernel_regularizer: null → {{type: L2, l2: 0.01}}" for number in (1, 2)]
    assert list(without_repetition(lines)) == ["~ h.{1,2}: kernel_regularizer: null → {type: L2, l2: 0.01}"]


def test_a_comparison_says_once_what_differs_in_all_copies():
    def chain(units):
        return {
            "spec": 1,
            "nodes": {
                "x": {"type": "Input", "shape": [4]},
                "h": {"type": "Dense", "units": units, "repeat": 9, "inputs": "x"},
                "y": {"type": "Dense", "units": 1, "inputs": "h"},
            },
            "outputs": ["y"],
        }

    text = as_text(compare(sc.load_spec(chain(4)), sc.load_spec(chain(8))))
    assert "  ~ h.{1..9}: units: 4 → 8\n" in text
    assert "  ~ h.{2..9}: 20 → 72 (+52); its kernel was (4, 4) and is (8, 8)\n" in text

"""What inference refuses wherever it stands: too many weights, and mistakes in what leads to no output."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect


def test_too_many_parameters_are_refused():
    report = expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [1000000]}
          y: {type: Dense, units: 10000000, inputs: x}  # SC706
        outputs: [y]
    """)
    assert report.diagnostics[0].path == "/nodes/y"


def test_what_is_left_out_is_held_against_the_rules_all_the_same():
    expect("""
        spec: 1
        layers: {shared: {type: Dense, units: 2}}
        nodes:
          x: {type: Input, shape: [10, 4]}
          read: {type: LSTM, units: 3, return_state: true, inputs: x}
          lost: {type: Dense, units: 2, inputs: read}  # SC304 SC307
          flat: {type: Conv2D, filters: 2, kernel_size: 3, inputs: x}  # SC304 SC401
          wide: {type: Conv1D, filters: 2, kernel_size: 3, inputs: x}  # SC304
          more: {type: add, inputs: [wide, x]}  # SC304 SC402
          used: {use: shared, inputs: x}
          other: {use: shared, inputs: wide}  # SC304 SC406
        outputs: {y: {from: read.output}, used: {}}
    """)


def test_constants_whose_imaginary_parts_would_be_lost_are_refused():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [2]}
          turned: {type: ops.polar, inputs: {abs_: [1.0, 2.0], angle: [0.3, 0.4]}}  # SC321
          found: {type: ops.eig, inputs: [[0.0, 1.0], [-1.0, 0.0]]}  # SC321
          y: {type: ops.add, inputs: [x, turned]}
          z: {type: ops.add, inputs: [x, found.values]}
        outputs: [y, z]
    """)


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("merge", "hint"),
    [
        ({"type": "add", "inputs": ["x", "b"]}, "`a` and `b`"),
        ({"type": "ops.add", "inputs": {"x1": "a", "x2": "x"}}, "`a`"),
        ({"type": "concatenate", "inputs": ["b", "a"]}, "`b`"),
        ({"type": "add", "inputs": ["other", "b"]}, None),
        ({"type": "add", "inputs": ["half", "a"]}, None),
        ({"type": "add", "inputs": ["x", "joined"]}, None),
    ],
)
def test_tensors_that_a_window_has_made_shorter_are_told_the_padding_with_which_they_go_together(merge, hint):
    conv = {"type": "Conv2D", "filters": 8, "kernel_size": 3}
    spec = {
        "spec": 1,
        "nodes": {
            "x": {"type": "Input", "shape": [32, 32, 8]},
            "a": {**conv, "inputs": "x"},
            "norm": {"type": "BatchNormalization", "inputs": "a"},
            "b": {**conv, "inputs": "norm"},
            "other": {"type": "Dense", "units": 7, "inputs": "x"},
            "half": {"type": "MaxPooling2D", "inputs": "x"},
            "joined": {"type": "concatenate", "inputs": ["a", "norm"]},
            "merge": merge,
        },
        "outputs": ["merge"],
    }
    found = next(each for each in sc.check_spec(spec) if each.severity == "error")
    wanted = None if hint is None else f"they go together with `padding: same` on {hint}, which keeps the length"
    assert (found.code, found.hint) == ("SC402", wanted)

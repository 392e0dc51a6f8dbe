"""What inference refuses wherever it stands: too many weights, and mistakes in what leads to no output."""

from __future__ import annotations

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

"""Unknown keys are errors everywhere; keys that begin with `x-` are the author's own, everywhere."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.graph.text import graph_text
from tests.marked import expect_linking, underlined
from tests.stages.through import check, linked

EVERYWHERE = """
spec: 1
{key}: 1
layers:
  shared:
    type: LSTM
    units: 2
    {key}: 1
nodes:
  x:
    type: Input
    shape: [4, 3]
    {key}: 1
  a:
    type: Bidirectional
    {key}: 1
    layer:
      type: LSTM
      units: 2
      {key}: 1
      kernel_initializer:
        type: HeNormal
        {key}: 1
    inputs: x
  b:
    use: shared
    {key}: 1
    inputs: x
  c:
    type: TimeDistributed
    layer:
      type: Sequential
      {key}: 1
      layers:
        - type: Dense
          units: 2
          {key}: 1
    inputs: x
  d:
    type: LSTM
    units: 2
    call:
      {key}: true
    inputs:
      sequences: x
      {key}: x
outputs:
  a:
    loss:
      type: Huber
      {key}: 1
    metrics:
      - type: MeanAbsoluteError
        {key}: 1
    {key}: 1
  b: {{loss: mse}}
  c: {{loss: mse}}
  d: {{loss: mse}}
compile:
  {key}: 1
  optimizer:
    type: Adam
    {key}: 1
    learning_rate:
      type: ExponentialDecay
      initial_learning_rate: 0.1
      decay_steps: 10
      decay_rate: 0.5
      {key}: 1
fit:
  {key}: 1
  callbacks:
    - type: EarlyStopping
      {key}: 1
lint:
  ignore: []
  {key}: 1
"""


LINES = [number for number, line in enumerate(EVERYWHERE.splitlines(), 1) if "{key}:" in line]


def with_key_in_line(key, kept):
    """The spec with the key in one line only."""
    lines = EVERYWHERE.format(key=key).splitlines()
    return "\n".join(line for number, line in enumerate(lines, 1) if number == kept or number not in LINES)


@pytest.mark.parametrize("line", LINES)
def test_an_unknown_key_is_an_error_at_every_level(line):
    text = with_key_in_line("wrong", line)
    report = check(sc.Source.text(text))
    (found,) = report
    assert "wrong:" in text.splitlines()[found.span.start.line - 1]
    assert found.code in ("SC201", "SC209", "SC309")
    assert underlined(report) == [(found.code, "wrong")]


@pytest.mark.parametrize("line", LINES)
def test_a_key_that_is_a_number_means_nothing_at_any_level(line):
    text = with_key_in_line("7", line)
    report = check(sc.Source.text(text))
    (found,) = report
    assert "7:" in text.splitlines()[found.span.start.line - 1]
    assert found.code in ("SC112", "SC201", "SC209", "SC309")


def test_mistakes_of_a_layer_and_of_the_layer_inside_it_are_found_in_one_run():
    expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4, 3]}
          a: {type: Bidirectional, layer: {type: LSTM, units: "2"}, merge: sum, inputs: x}  # SC203 SC209
          b: {type: TimeDistributed, layer: {type: Dence, units: 2}, name: 3, inputs: x}  # SC208 SC203
          c: {type: Bidirectional, layer: {type: GRU}, backward_layer: {type: GRU}, inputs: x}  # SC210 SC210
        outputs: [a, b, c]
    """)


def test_an_own_key_is_ignored_at_every_level():
    with_own_keys, without = (
        linked(sc.Source.text(text)) for text in (EVERYWHERE.format(key="x-own"), with_key_in_line("x-own", None))
    )
    assert graph_text(with_own_keys) == graph_text(without)


def test_own_keys_may_hold_anything_and_stand_among_the_names():
    graph = linked(
        sc.Source.text("""
            spec: 1
            x-a: {type: Nothing, x-b: [1, {2: null}]}
            layers: {x-layer: 3}
            nodes:
              x-node: {type: Nothing}
              x: {type: Input, shape: [4]}
            outputs: {x-output: {loss: nothing}, x: {}}
        """)
    )
    assert (list(graph.nodes), list(graph.layers), [output.name for output in graph.outputs]) == (["x"], ["x"], ["x"])


def test_an_own_key_is_no_name_that_can_be_referred_to():
    expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          x-y: {type: Dense, units: 2, inputs: x}
          z: {type: Dense, units: 2, inputs: x-y}  # SC301
        outputs: [z, x]
    """)


def test_duplicates_among_own_keys_are_errors_all_the_same():
    expect_linking("""
        spec: 1
        x-a: 1
        x-a: 2  # SC103
        nodes: {x: {type: Input, shape: [4]}}
        outputs: [x]
    """)


def test_a_misspelt_key_is_one_mistake_with_a_suggestion():
    report = expect_linking("""
        spec: 1
        node: {x: {type: Input, shape: [4]}}  # SC201
        output: [x]  # SC201
    """)
    assert [(found.hint, found.fix) for found in report] == [
        ("did you mean `nodes`?", "nodes"),
        ("did you mean `outputs`?", "outputs"),
    ]


def test_a_misspelt_required_argument_is_one_mistake_with_a_suggestion():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, unts: 2, inputs: x}  # SC209
          b: {type: Dense, out_features: 2, inputs: x}  # SC209
        outputs: {a: {los: mse}, b: {}}  # SC201
    """)
    assert [(found.hint, found.fix) for found in report] == [
        ("did you mean `units`?", "units"),
        ("write `units`: it is what PyTorch calls `out_features`", "units"),
        ("did you mean `loss`?", "loss"),
    ]


def test_every_place_where_a_name_is_written_suggests_what_was_meant():
    report = expect_linking("""
        spec: 1
        layers:
          encoder: {type: LTSM, units: 2}  # SC208
        nodes:
          x: {type: Input, shape: [4, 3], dtype: flaot32}  # SC211
          a: {type: Dence, units: 2, inputs: x}  # SC208
          b: {use: encodr, inputs: x}  # SC311
          c: {type: Dense, units: 2, activation: rleu, inputs: x}  # SC211
          d: {type: Dense, units: 2, kernel_initializer: he_norml, inputs: x}  # SC211
          e: {type: Dense, units: 2, kernel_regularizer: {type: L1_L2}, inputs: x}  # SC211
          f: {type: Conv1D, filters: 2, kernel_size: 1, padding: sane, inputs: x}  # SC205
          g: {type: Dense, units: 2, inputs: {input: x}}  # SC309
          h: {type: LSTM, units: 2, call: {trainin: true}, inputs: x}  # SC309
          i: {type: Dense, units: 2, inputs: xx}  # SC301
        outputs:
          a: {loss: binary_crossentrop, metrics: [acuracy]}  # SC211 SC211
        compile: {optimizer: adm}  # SC211
        dtype_policy: mixed_float61  # SC211
    """)
    meant = {found.fix for found in report}
    assert None not in meant, str(report)

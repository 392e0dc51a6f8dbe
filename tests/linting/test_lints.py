"""The lints: what is allowed and yet doubtful."""

from __future__ import annotations

import spec_compiler as sc
from spec_compiler.diagnostics.codes import CODES
from spec_compiler.linting.lint import RULES
from tests.marked import expect, underlined


def test_a_softmax_over_one_unit_is_doubtful():
    report = expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 1, activation: softmax, inputs: x}  # SC601
          b: {type: Dense, units: 2, activation: softmax, inputs: x}
          c: {type: Dense, units: 1, activation: sigmoid, inputs: x}
        outputs: [a, b, c]
    """,
        lints=True,
    )
    assert (report.ok, underlined(report)) == (True, [("SC601", "softmax")])


def test_an_embedding_of_floats_is_doubtful():
    report = expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          n: {type: Input, shape: [4], dtype: int32}
          a: {type: Embedding, input_dim: 9, output_dim: 2, inputs: x}  # SC602
          b: {type: Embedding, input_dim: 9, output_dim: 2, inputs: n}
        outputs: [a, b]
    """,
        lints=True,
    )
    (found,) = report
    assert [related.span.start.line for related in found.related] == [3]


def test_a_shared_layer_that_nothing_calls_is_doubtful():
    expect(
        """
        spec: 1
        layers:
          called: {type: Dense, units: 3}
          held: {type: Dense, units: 2}
          unused: {type: Dense, units: 2}  # SC603
        nodes:
          x: {type: Input, shape: [4, 3]}
          a: {use: called, inputs: x}
          c: {use: called, inputs: a}
          b: {type: TimeDistributed, layer: {use: held}, inputs: x}
        outputs: [b, c]
    """,
        lints=True,
    )


def test_an_output_without_a_loss_beside_outputs_with_one_is_doubtful():
    expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}
          b: {type: Dense, units: 2, inputs: x}
        outputs:
          a: {loss: mse}
          b:  # SC604
    """,
        lints=True,
    )


def test_an_output_that_says_it_has_no_loss_is_fine():
    expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}
          b: {type: Dense, units: 2, inputs: x}
        outputs:
          a: {loss: mse}
          b: {loss: null, metrics: [mae]}
    """,
        lints=True,
    )


def test_outputs_without_any_loss_are_fine():
    expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}
          b: {type: Dense, units: 2, inputs: x}
        outputs: [a, b]
    """,
        lints=True,
    )


LINTS = """
spec: 1
layers: {unused: {type: Dense, units: 2}}
nodes:
  x: {type: Input, shape: [4]}
  a: {type: Dense, units: 1, activation: softmax, inputs: x}
  b: {type: Embedding, input_dim: 9, output_dim: 2, inputs: x}
outputs: {a: {loss: mse}, b: {}}
"""


def codes(text):
    return [found.code for found in sc.check_spec(sc.Source.text(text))]


def test_a_lint_that_is_ignored_is_not_reported():
    assert codes(LINTS) == ["SC603", "SC601", "SC602", "SC604"]
    assert codes(LINTS + "lint: {ignore: [SC601, SC604]}\n") == ["SC603", "SC602"]


def test_lints_alone_can_be_ignored():
    assert codes(LINTS + "lint: {ignore: [SC301, SC304]}\n")[-2:] == ["SC205", "SC205"]
    dead = LINTS.replace("outputs: {a: {loss: mse}, b: {}}", "outputs: [a]")
    assert "SC304" in codes(dead)


def test_lints_are_silent_while_there_are_errors():
    assert codes(LINTS.replace("output_dim: 2", "output_dim: 0")) == ["SC204"]


def test_every_lint_has_a_code_of_the_sixth_family_and_every_such_code_a_lint():
    assert {rule.code.code for rule in RULES} == {code for code in CODES if code.startswith("SC6")}
    assert {rule.code.severity for rule in RULES} == {"warning"}

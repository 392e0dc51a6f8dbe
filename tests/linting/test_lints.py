"""The lints: what is allowed but suspicious."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from spec_compiler.diagnostics.codes import CODES
from spec_compiler.linting.lint import RULES
from tests.marked import expect_lint, underlined

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_a_softmax_over_one_unit_is_doubtful():
    report = expect_lint(
        "SC601",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 1, activation: softmax, inputs: x}  # SC601
          b: {type: Dense, units: 2, activation: softmax, inputs: x}
          c: {type: Dense, units: 1, activation: sigmoid, inputs: x}
        outputs: [a, b, c]
    """,
    )
    assert (report.ok, underlined(report)) == (True, [("SC601", "softmax")])


def test_an_embedding_of_floats_is_doubtful():
    report = expect_lint(
        "SC602",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          n: {type: Input, shape: [4], dtype: int32}
          a: {type: Embedding, input_dim: 9, output_dim: 2, inputs: x}  # SC602
          b: {type: Embedding, input_dim: 9, output_dim: 2, inputs: n}
        outputs: [a, b]
    """,
    )
    (found,) = report
    assert [related.span.start.line for related in found.related] == [3]


def test_an_image_with_its_channels_first_is_doubtful():
    report = expect_lint(
        "SC618",
        """
        spec: 1
        nodes:
          turned: {type: Input, shape: [3, 224, 224]}  # SC618
          right: {type: Input, shape: [224, 224, 3]}
          small: {type: Input, shape: [3, 3, 512]}
          volume: {type: Input, shape: [1, 32, 64, 64]}  # SC618
          batch: {type: Input, batch_shape: [8, 3, 224, 224]}
          a: {type: Conv2D, filters: 2, kernel_size: 3, inputs: turned}
          b: {type: Conv2D, filters: 2, kernel_size: 3, inputs: right}
          c: {type: Conv2D, filters: 2, kernel_size: 3, inputs: small}
          d: {type: Conv3D, filters: 2, kernel_size: [1, 3, 3], inputs: volume}
          e: {type: Conv2D, filters: 2, kernel_size: 3, inputs: batch}
          f: {type: Conv2D, filters: 2, kernel_size: 3, data_format: channels_first, inputs: turned}
          g: {type: MaxPooling2D, inputs: turned}
        outputs: [a, b, c, d, e, f, g]
    """,
    )
    assert [found.hint for found in report] == [
        "if 3 is the number of channels, write `shape: [224, 224, 3]`",
        "if 1 is the number of channels, write `shape: [32, 64, 64, 1]`",
    ]


def test_a_shared_layer_that_nothing_calls_is_doubtful():
    expect_lint(
        "SC603",
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
    )


def test_an_output_without_a_loss_beside_outputs_with_one_is_doubtful():
    expect_lint(
        "SC604",
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
    )


def test_an_output_that_says_it_has_no_loss_is_fine():
    expect_lint(
        "SC604",
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
    )


def test_outputs_without_any_loss_are_fine():
    expect_lint(
        "SC604",
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: Dense, units: 2, inputs: x}
          b: {type: Dense, units: 2, inputs: x}
        outputs: [a, b]
    """,
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

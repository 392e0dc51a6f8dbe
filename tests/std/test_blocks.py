"""Every block of the standard library is what the same graph is that Keras is told by hand."""

from __future__ import annotations

import pytest

from tests.std import (
    branch,
    convolution,
    efficientnet,
    experts,
    inception,
    mobile,
    mobilenet,
    normalization,
    penalty,
    pooling,
    recommendation,
    residual,
    resnet,
    sets,
    sinusoidal,
    squeeze_excite,
    temporal,
    transformer,
    unet,
    variational,
    vgg,
    wavenet,
)
from tests.std.against import assert_same, of_block, of_hand
from tests.std.library import BLOCKS

pytestmark = pytest.mark.tensorflow

MODULES = (
    branch, convolution, efficientnet, experts, inception, mobile, mobilenet, normalization, penalty, pooling,
    recommendation, residual, resnet, sets, sinusoidal, squeeze_excite, temporal, transformer, unet, variational, vgg,
    wavenet,
)  # fmt: skip
CASES = [(f"std/{module.__name__.rpartition('.')[2]}.yaml", case) for module in MODULES for case in module.CASES]


@pytest.mark.parametrize(("imported", "case"), CASES, ids=[str(case) for _, case in CASES])
def test_a_block_is_what_keras_makes_by_hand(imported, case):
    assert_same(of_block(case, imported), of_hand(case))


def test_every_block_has_a_case():
    assert {(imported, case.block) for imported, case in CASES} == {(block.imported, block.name) for block in BLOCKS}


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_param_of_a_block_is_given_in_some_case(block):
    given = {name for _, case in CASES if case.block == block.name for name in case.params}
    assert block.params.keys() - given == set()

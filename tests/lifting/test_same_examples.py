"""Every example of the catalogue is lifted as it was; a module of its own, for it takes long only to find them all."""

from __future__ import annotations

import pytest

from tests.emitting.keras_file.corpus import (
    LAYER_NAMES,
    ONLY_KERAS,
    OP_NAMES,
    constants,
    example_of,
    losses_and_metrics,
    optimizers,
)
from tests.lifting.lifted import configuration, without_numbers
from tests.lifting.same_configuration import assert_lifted, lift_again, written

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", LAYER_NAMES)
def test_the_example_of_a_layer_is_lifted_as_it_was(name, tmp_path):
    assert_lifted(name, example_of(name), tmp_path)


@pytest.mark.parametrize("name", OP_NAMES)
def test_the_example_of_an_op_is_lifted_as_it_was(name, tmp_path):
    assert_lifted(name, example_of(name), tmp_path)


@pytest.mark.parametrize(("name", "spec"), constants().items())
def test_an_op_of_a_constant_is_lifted_as_it_was(name, spec, tmp_path):
    assert_lifted(name, spec, tmp_path)


@pytest.mark.parametrize(("name", "spec"), optimizers().items())
def test_an_optimizer_is_lifted_as_it_was(name, spec, tmp_path):
    if name in ONLY_KERAS:
        return
    _, data = written(spec)
    assert configuration(lift_again(data, tmp_path)) == without_numbers(data)


@pytest.mark.parametrize(("name", "spec"), losses_and_metrics().items())
def test_a_loss_or_a_metric_is_lifted_as_it_was(name, spec, tmp_path):
    assert_lifted(name, spec, tmp_path)

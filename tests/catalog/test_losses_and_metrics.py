"""What losses and metrics compare predictions with, and which class a name means."""

from __future__ import annotations

import pytest

from spec_compiler.catalog import families
from spec_compiler.catalog.losses_and_metrics import Targets
from spec_compiler.catalog.objects import Named

FAMILIES = {"loss": families.losses(), "metric": families.metrics()}


@pytest.mark.parametrize("kind", FAMILIES)
def test_every_loss_and_metric_states_what_targets_it_takes(kind):
    family = FAMILIES[kind]
    assert [name for name in family.classes if not hasattr(family.get(name), "targets")] == []


@pytest.mark.parametrize("kind", FAMILIES)
def test_every_function_has_a_class_but_those_that_keras_chooses(kind):
    family = FAMILIES[kind]
    without = {family.full_name(name) for name in family.functions if family.class_of(Named(name)) is None}
    assert without == {"loss": {"crossentropy"}, "metric": {"accuracy"}}[kind]


@pytest.mark.parametrize(
    ("name", "class_name", "targets"),
    [
        ("bce", "BinaryCrossentropy", Targets.YES_OR_NO),
        ("KLD", "KLDivergence", Targets.DISTRIBUTIONS),
        ("mse", "MeanSquaredError", Targets.NUMBERS),
        ("log_cosh", "LogCosh", Targets.NUMBERS),
        ("categorical_hinge", "CategoricalHinge", Targets.ONE_HOT),
        ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", Targets.CLASS_NUMBERS),
    ],
)
def test_the_name_of_a_function_means_the_class_that_computes_the_same(name, class_name, targets):
    found = families.losses().class_of(Named(name))
    assert (found.keras_name, found.targets) == (class_name, targets)
    assert families.losses().class_of(found()) is found
    assert Named(name).keras_name == name


@pytest.mark.tensorflow
@pytest.mark.parametrize(("short", "full"), families.SHORT_NAMES.items())
def test_a_short_name_is_that_of_the_same_function_in_keras(short, full):
    import keras

    for kind in (keras.losses, keras.metrics):
        family = FAMILIES["loss" if kind is keras.losses else "metric"]
        if short in family.functions and full not in family.chosen:
            assert kind.get(short) == kind.get(full) or type(kind.get(short)) is type(kind.get(full))

"""The phases of training, as a spec has them."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """
spec: 1
params: {rate: 0.01}
nodes:
  x: {type: Input, shape: [3]}
  a: {type: Dense, units: 2, inputs: x}
  b: {type: Dense, units: 2, trainable: false, inputs: a}
  y: {type: Dense, units: 1, inputs: b}
outputs:
  y: {loss: mse}
PHASES
"""


@pytest.mark.parametrize(
    "phases",
    [
        'phases: [{train: [a, y], epochs: 2}, {learning_rate: "${rate}"}]',
        "phases: [{learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 5}}]",
        "phases: [{train: [aa]}] # SC554",
        "phases: [{train: [b]}] # SC554",
        "phases: [{train: []}] # SC203",
        "phases: [{train: a}] # SC203",
        "phases: [a] # SC203",
        "phases: a # SC203",
        "phases: [] # SC554",
        "phases: [{epochs: 0}] # SC204",
        "phases: [{epoch: 1}] # SC201",
        "phases: [{learning_rate: fast}] # SC211",
        "fit: {epochs: 2} # SC554\nphases: [{epochs: 1}]",
    ],
)
def test_a_phase_is_held_against_its_form_and_the_model(phases):
    expect(SPEC.replace("PHASES", phases))


def test_phases_need_a_loss():
    expect(
        """
        spec: 1
        nodes:
          x: {type: Input, shape: [3]}
          y: {type: Dense, units: 1, inputs: x}
        outputs: [y]
        phases: [{epochs: 1}] # SC554
        """
    )


def test_phases_are_in_every_form_of_a_spec():
    text = SPEC.replace("PHASES", 'phases: [{train: [a], epochs: 2}, {learning_rate: "${rate}"}]')
    graph = sc.load_spec(sc.Source.text(text))
    assert graph.graph.fit is None
    for written in (graph.to_yaml(), graph.to_spec()):
        again = sc.load_spec(sc.Source.text(written))
        assert again.graph.phases == graph.graph.phases
    assert 'PHASES = [{"train": ["a"], "epochs": 2}, {"epochs": 1, "learning_rate": 0.01}]' in graph.to_python()


def test_the_epochs_of_the_phases_are_those_of_fit():
    text = SPEC.replace("PHASES", "fit: {batch_size: 4}\nphases: [{epochs: 2}, {epochs: 3}]")
    graph = sc.load_spec(sc.Source.text(text))
    assert graph.graph.fit.epochs == 5
    assert sc.load_spec(sc.Source.text(graph.to_yaml())).graph.fit == graph.graph.fit


def test_a_shared_block_has_no_phases_of_its_own():
    expect(
        """
        spec: 1
        blocks:
          half: {inputs: [x], nodes: {y: {type: Dense, units: 2, inputs: x}}, outputs: [y]}
        layers: {shared: {type: half}}
        nodes:
          x: {type: Input, shape: [3]}
          a: {use: shared, inputs: x}
          b: {use: shared, inputs: x}
          y: {type: add, inputs: [a, b]}
        outputs: {y: {loss: mse}}
        phases: [{train: [shared], epochs: 1}]
        """
    )

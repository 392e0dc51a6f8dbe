"""What a sweep tries, as a spec has it."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect

pytestmark = pytest.mark.usefixtures("stand_ins")

SPEC = """
spec: 1
params:
  units: {default: 8, type: int, min: 2, max: 64}
  rate: 0.01
  shape: {default: tower, choices: [tower, cone]}
  widths: [8, 4]
nodes:
  x: {type: Input, shape: [3]}
  a: {type: Dense, units: "${units if shape == 'tower' else widths[0]}", inputs: x}
  y: {type: Dense, units: 1, inputs: a}
outputs:
  y: {loss: mse}
compile:
  optimizer: {type: Adam, learning_rate: "${rate}"}
search:
  SEARCH
"""


@pytest.mark.parametrize(
    "search",
    [
        "units: [4, 8, 16]",
        "units: {min: 4, max: 16, step: 4}",
        "rate: {min: 1e-4, max: 1, log: true}",
        "shape: {choices: [tower, cone]}",
        "widths: [[8, 4], [16, 8]]",
        "unit: [4] # SC555",
        "units: {min: 4} # SC555",
        "units: {} # SC555",
        "units: {min: 8, max: 4} # SC555",
        "units: {min: 2.5, max: 4} # SC555",
        "units: {min: 4, max: 8, choices: [4]} # SC555",
        "units: [4, 4] # SC555",
        "units: [1, 4] # SC204",
        "units: {min: 1, max: 4} # SC204",
        "units: [four] # SC203",
        "units: 4 # SC203",
        "units: {low: 4} # SC201",
        "rate: {min: 0, max: 1, log: true} # SC555",
        "rate: {min: 0.1, max: 1, log: true, step: 0.1} # SC555",
        "shape: [cube, tower] # SC205",
    ],
)
def test_a_search_is_held_against_its_form_and_the_params(search):
    expect(SPEC.replace("SEARCH", search))


def test_a_search_is_no_part_of_the_model():
    with_search = sc.load_spec(sc.Source.text(SPEC.replace("SEARCH", "units: [4, 8]")))
    without = sc.load_spec(sc.Source.text(SPEC.replace("search:\n  SEARCH", "")))
    assert with_search.to_yaml() == without.to_yaml()
    (units,) = with_search.graph.search
    assert (units.name, units.settings.choices, units.is_whole) == ("units", (4, 8), True)

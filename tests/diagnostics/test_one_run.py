"""A mistake hides no other that has nothing to do with it: all are found in one run."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import codes_and_lines, expect


def test_an_unknown_type_hides_no_mistake_that_is_none_of_its_arguments():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a:
            type: Dens  # SC208
            units: "the right type of this depends on the type"
            kernel_regularizer: {type: L2, l3: 2}  # SC209
            activatoin: relu  # SC209
            name: "no name"  # SC206
            inputs:
              inputs: [
                y,  # SC301
                "${x}",  # SC219
              ]
          b:
            type: TimeDistribted  # SC208
            layer:
              type: Dence  # SC208
              units: "${n}"  # SC219
            inputs: x
            repeat: "3"  # SC221
          c:
            type: SpectralNormalisation  # SC208
            layer: {use: nothing}  # SC311
            when: 3  # SC222
            call:
              training: "${t}"  # SC219
            inputs: x
        layers:
          d:
            type: TimeDistribted  # SC208
            layer: {type: Dense, units: "2"}  # SC203
            name: "${o}"  # SC219
        outputs: [a, b, c]
    """)


@pytest.mark.parametrize("kind", ["residual", "mine>Residual", "Redisual"])
def test_nothing_is_said_of_the_arguments_of_a_type_that_may_be_anything(kind):
    report = sc.check_spec(
        {
            "spec": 1,
            "nodes": {
                "x": {"type": "Input", "shape": [4]},
                "a": {"type": kind, "repeats": 2, "filter": "x", "layer": {"type": "Mine"}, "inputs": "x"},
            },
            "outputs": ["a"],
        }
    )
    assert [(found.code, found.path) for found in report] == [("SC208", "/nodes/a/type")]


def test_what_has_no_value_hides_no_other_mistake_of_its_node():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a:
            type: Dense
            units: "${n}"  # SC219
            activation: rellu  # SC211
            uint: "${m}"  # SC209 SC219
            inputs: [x, x]  # SC308
          b:
            type: Conv1D
            filters: 3
            kernel_size: ["${n}"]  # SC219
            strides: "2"  # SC203
            inputs: "${y}"  # SC219
          c: {type: Sequential, layers: ["${k}", {type: Dense, unit: 2}], inputs: x}  # SC219 SC209
          d: {type: Dense, units: (3, 4), kernel_initializer: (2, 2), activation: rellu, inputs: x}  # SC203 SC203 SC211
          e: {type: ops.linspace, start: "${n}", stop: [[1], [1, 2]], nums: 3}  # SC219 SC321 SC209
          f: {type: ops.add, inputs: [x, [1.0, "${n}"]]}  # SC219
        outputs:
          a:
            loss: "${n}"  # SC219
            metrics: [nothing]  # SC211
          b:
            from: "${n}"  # SC219
            loss: ms  # SC211
        compile:
          optimizer: {type: adam, learning_rate: "${n}", beta1: 0.5}  # SC219 SC209
        fit:
          epochs: "${n}"  # SC219
          batch_size: "2"  # SC203
        models:
          part:
            inputs: ["${n}", q]  # SC219 SC301
            outputs: [c]
    """)


def test_keys_of_a_node_that_are_wrong_hide_no_other_mistake():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          a:
            type: Dense
            name: 3  # SC203
            call: 5  # SC203
            units: "2"  # SC203
            inputs: z  # SC301
          b:  # SC213
            units: "${n}"  # SC219
            inputs: z  # SC301
          c:  # SC213
            type: Dense
            use: x
            inputs: z  # SC301
          d:
            type: Dense
            units: "${missing + index}"  # SC219
            repeat: yes  # SC221
            inputs: x
        outputs: [a]
    """)


def test_copies_that_are_not_known_hide_no_mistake_of_the_node_and_are_none_themselves():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          "a_${i}":
            for: {i: "3"}  # SC221
            type: Dens  # SC208
            units: "${n + i}"  # SC219
            inputs: x
          "b_${i}_${j}":
            for: {i: 2, j: "${n}"}  # SC219
            type: Dense
            units: "${2 * i}"
            inputs: z  # SC301
          c: {type: add, inputs: [a_0, b_0_1, a_7.0]}
          d: {type: add, inputs: ["b_*", e_0]}  # SC301
        outputs: [c, d]
    """)


def test_a_copy_of_a_block_is_checked_inside_though_what_it_is_given_is_wrong():
    expect("""
        spec: 1
        blocks:
          wide:
            params: {units: 2, depth: {type: int}, rate: 0.5}
            inputs: [x]
            nodes:
              a: {type: Dense, units: "${units}", activation: rellu, inputs: x}  # SC211
              b: {type: Dense, units: 3, repeat: "${depth}", inputs: a}
              c: {type: Dropout, rate: "${rate}", inputs: b}
            outputs: [c]
        nodes:
          x: {type: Input, shape: [4]}
          a:  # SC210
            type: wide
            unit: 3  # SC209
            rate: "much"  # SC203
            trainable: maybe  # SC203
            call: {training: 3}  # SC203
            inputs: x
          b: {type: Dense, units: "3", inputs: a}  # SC203
        outputs: [b]
    """)


@pytest.mark.slow
def test_what_is_meant_by_many_unknown_types_is_not_looked_for():
    """So that a thousand of them take no longer than they are written."""
    nodes = {f"n_{index}": {"type": f"Dens{index:03}", "unit": 2, "inputs": "x"} for index in range(1000)}
    spec = {"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}, **nodes}, "outputs": ["n_0"]}
    assert set(codes_and_lines(sc.check_spec(spec))) == {("SC208", 0)}


def test_a_mistake_in_one_option_of_an_output_hides_none_in_another_and_makes_none():
    expect("""
        spec: 1
        nodes:
          x: {type: Input, shape: [4]}
          y: {type: Dense, units: 2, inputs: x}
          z: {type: Dense, units: 2, inputs: x}
          w: {type: Dense, units: 2, inputs: x}  # SC304
        outputs:
          y:
            loss: contrastiv  # SC211
            metrics: acc  # SC203
          z:
            losses: mse  # SC201
            loss_weight: 2.0
    """)

"""Values are strict: "3" is not 3, true is not 1, 3 is fine where a float is wanted."""

from __future__ import annotations

import pytest

import spec_compiler as sc
from tests.marked import expect_linking, underlined
from tests.stages.through import check, linked


def test_text_is_no_number_and_truth_is_none_either():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: ["4"]}  # SC203
          a: {type: Dense, units: "3", inputs: x}  # SC203
          b: {type: Dense, units: true, inputs: x}  # SC203
          c: {type: Dense, units: 3.0, inputs: x}  # SC203
          d: {type: Dropout, rate: "0.5", inputs: x}  # SC203
          e: {type: Dropout, rate: false, inputs: x}  # SC203
          f: {type: Dense, units: 3, use_bias: 1, inputs: x}  # SC203
          g: {type: Dense, units: 3, use_bias: "true", inputs: x}  # SC203
          h: {type: Dense, units: 3, use_bias: yes, inputs: x}  # SC203
          i: {type: Dense, units: 3, use_bias: null, inputs: x}  # SC203
          j: {type: Dense, units: null, inputs: x}  # SC203
          k: {type: Dense, units: [3], inputs: x}  # SC203
          l: {type: Dense, units: {a: 3}, inputs: x}  # SC203
          m: {type: Dense, units: .inf, inputs: x}  # SC203
          n: {type: Dropout, rate: .nan, inputs: x}  # SC203
          o: {type: Reshape, target_shape: 4, inputs: x}  # SC203
          p: {type: 3, inputs: x}  # SC203
          q: {type: Dense, units: 3, activation: 3, inputs: x}  # SC203
          r: {type: Dense, units: 3, kernel_initializer: 3, inputs: x}  # SC203
          s: {type: Dense, units: 3, kernel_initializer: {type: 3}, inputs: x}  # SC203
          t: {type: Dense, units: 3, kernel_regularizer: {type: L2, l2: "1e-4"}, inputs: x}  # SC203
          u: {type: Dense, units: 3, name: 3, inputs: x}  # SC203
          v: {type: Dense, units: 3, call: true, inputs: x}  # SC203
          w: Dense  # SC203
          y:  # SC203
          z: [Dense, 3]  # SC203
        outputs: [a]
    """)
    assert underlined(report)[:5] == [
        ("SC203", '["4"]'),
        ("SC203", '"3"'),
        ("SC203", "true"),
        ("SC203", "3.0"),
        ("SC203", '"0.5"'),
    ]


def test_a_whole_number_is_fine_where_a_float_is_wanted():
    graph = linked(
        sc.Source.text("""
            spec: 1
            nodes:
              x: {type: Input, shape: [4]}
              a: {type: Dropout, rate: 0, inputs: x}
              b: {type: Dense, units: 2, kernel_regularizer: {type: L2, l2: 1}, inputs: a}
            outputs: {b: {loss: mse, loss_weight: 2}}
            compile: {optimizer: {type: SGD, learning_rate: 1}}
        """)
    )
    assert graph.layers["a"].config.rate == 0.0
    assert graph.outputs[0].settings.loss_weight == 2.0


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("spec: '1'", ["SC207"]),
        ("spec: true", ["SC207"]),
        ("spec: 1.0", ["SC207"]),
        ("spec: 2", ["SC207"]),
        ("spec: null", ["SC207"]),
        ("name: 3", ["SC203"]),
        ("name: null", []),
        ("description: true", ["SC203"]),
        ("description: [a]", ["SC203"]),
        ("seed: '3'", ["SC203"]),
        ("seed: true", ["SC203"]),
        ("seed: 1.0", ["SC203"]),
        ("seed: -1", ["SC204"]),
        ("seed: 2147483648", []),
        ("seed: 0", []),
        ("seed: null", []),
        ("dtype_policy: 3", ["SC203"]),
        ("dtype_policy: mixed_float17", ["SC211"]),
        ("dtype_policy: mixed_bfloat16", []),
        ("layers: []", ["SC203"]),
        ("layers: {a: Dense}", ["SC203"]),
        ("layers: {a: null}", ["SC203"]),
        ("layers: null", ["SC203"]),
        ("edges: x -> y", ["SC203"]),
        ("edges: null", ["SC203"]),
        ("inputs: x", ["SC203"]),
        ("inputs: [3]", ["SC203"]),
        ("inputs: {x: 1}", ["SC203"]),
        ("compile: rmsprop", ["SC203"]),
        ("compile: {optimizer: 3}", ["SC203"]),
        ("compile: {jit_compile: 1}", ["SC203"]),
        ("compile: {jit_compile: auto}", []),
        ("compile: {steps_per_execution: 0}", ["SC204"]),
        ("compile: {run_eagerly: no}", ["SC203"]),
        ("compile: null", []),
        ("fit: 3", ["SC203"]),
        ("fit: {epochs: '3'}", ["SC203"]),
        ("fit: {epochs: 0}", ["SC204"]),
        ("fit: {validation_split: 1}", ["SC204"]),
        ("fit: {validation_split: 0}", []),
        ("fit: {class_weight: {0: 1, '1': 2.5}}", []),
        ("fit: {class_weight: {a: 1}}", ["SC203"]),
        ("fit: {class_weight: {-1: 1}}", ["SC203"]),
        ("fit: {class_weight: {0: true}}", ["SC203"]),
        ("fit: {class_weight: {}}", ["SC203"]),
        ("fit: {class_weight: {²: 1}}", ["SC203"]),
        ("fit: {validation_freq: [1, 5]}", []),
        ("fit: {validation_freq: true}", ["SC203"]),
        ("fit: {callbacks: EarlyStopping}", ["SC203"]),
        ("fit: {callbacks: [EarlyStopping, {type: TerminateOnNaN}]}", []),
        ("fit: {initial_epoch: 1}", ["SC212"]),
        ("lint: {ignore: SC601}", ["SC203"]),
        ("lint: {ignore: [601]}", ["SC203"]),
        ("lint: [SC601]", ["SC203"]),
        ("lint: null", ["SC203"]),
    ],
)
def test_each_section_takes_what_it_takes_and_nothing_else(section, codes):
    spec = "spec: 1\n" if not section.startswith("spec:") else ""
    text = f"""{spec}{section}
nodes: {{x: {{type: Input, shape: [4]}}, y: {{type: Dense, units: 2, inputs: x}}}}
outputs: {{y: {{loss: mse}}}}
"""
    report = check(sc.Source.text(text))
    assert [found.code for found in report] == codes, str(report)


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ("null", []),
        ("{}", []),
        ("mse", ["SC203"]),
        ("[mse]", ["SC203"]),
        ("{loss: null}", []),
        ("{loss: 3}", ["SC203"]),
        ("{loss: [mse]}", ["SC203"]),
        ("{loss: mse, loss_weight: '1'}", ["SC203"]),
        ("{loss: mse, loss_weight: true}", ["SC203"]),
        ("{loss: mse, loss_weight: .inf}", ["SC203"]),
        ("{loss: mse, loss_weight: 0}", []),
        ("{loss: mse, metrics: accuracy}", ["SC203"]),
        ("{loss: mse, metrics: [3]}", ["SC203"]),
        ("{loss: mse, metrics: [mae, {type: MeanAbsoluteError}]}", []),
        ("{loss: mse, weighted_metrics: [mae]}", []),
        ("{loss: {}}", ["SC202"]),
        ("{loss: {type: Huber, delta: '1'}}", ["SC203"]),
        ("{loss: {type: BinaryCrossentropy, from_logits: 1}}", ["SC203"]),
        ("{loss_weight: 1.0}", ["SC502"]),
        ("{from: null}", []),
    ],
)
def test_an_output_takes_what_it_takes_and_nothing_else(options, codes):
    text = f"""
spec: 1
nodes: {{x: {{type: Input, shape: [4]}}, y: {{type: Dense, units: 2, inputs: x}}}}
outputs:
  y: {options}
"""
    report = check(sc.Source.text(text))
    assert [found.code for found in report] == codes, str(report)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[1]", ["SC203"]),
        ("just text", ["SC203"]),
        ("3", ["SC203"]),
        ("spec: 1", ["SC202", "SC202"]),
        ("{}", ["SC202", "SC202", "SC202"]),
        ("spec: 1\nnodes: []\noutputs: [x]", ["SC203"]),
        ("spec: 1\nnodes:\noutputs: [x]", ["SC203"]),
        ("spec: 1\nnodes: {}\noutputs: [x]", ["SC313"]),
        ("spec: 1\nnodes: {x: {type: Input, shape: [1]}}\noutputs:", ["SC203"]),
        ("spec: 1\nnodes: {x: {type: Input, shape: [1]}}\noutputs: []", ["SC203"]),
        ("spec: 1\nnodes: {x: {type: Input, shape: [1]}}\noutputs: {}", ["SC203"]),
        ("spec: 1\nnodes: {x: {type: Input, shape: [1]}}\noutputs: x", ["SC203"]),
        ("spec: 1\nnodes: {x: {type: Input, shape: [1]}}\noutputs: [x, x]", ["SC103"]),
        ("spec: 1\nnodes: {x: {type: Input, shape: [1]}}\noutputs: [3]", ["SC203"]),
        ("spec: 1\nnodes: {x: {type: Input, shape: [1]}}\noutputs: [x]", []),
    ],
)
def test_a_spec_is_a_mapping_with_nodes_and_outputs(text, codes):
    report = check(sc.Source.text(text))
    assert [found.code for found in report] == codes, str(report)


def test_a_node_has_one_of_type_and_use():
    expect_linking("""
        spec: 1
        layers:
          shared: {type: Dense, units: 2}
        nodes:
          x: {type: Input, shape: [4]}
          a: {inputs: x}  # SC213
          b: {type: Dense, use: shared, inputs: x}  # SC213
          c: {use: shared, inputs: x}
          d: {type: TimeDistributed, layer: {units: 2}, inputs: x}  # SC213
        outputs: [a, b, c, d]
    """)

"""What a spec says of training, held against its weights."""

from __future__ import annotations

import spec_compiler as sc


def codes(nodes, outputs, **more):
    spec = {"spec": 1, "nodes": {"x": {"type": "Input", "shape": [4]}, **nodes}, "outputs": outputs, **more}
    return [d.code for d in sc.check_spec(spec).diagnostics if d.severity == "error"]


SCALED = {"type": "Rescaling", "scale": 2.0, "inputs": "x"}
DENSE = {"type": "Dense", "units": 2, "inputs": "x"}
LOSS, NONE = {"loss": "mse"}, {"loss": None}


def test_a_loss_that_comes_to_no_weight_is_refused():
    assert codes({"s": SCALED, "y": DENSE}, {"s": LOSS, "y": NONE}) == ["SC506"]
    assert codes({"s": SCALED, "y": DENSE}, {"s": LOSS, "y": LOSS}) == []


def test_a_model_without_weights_may_have_a_loss():
    assert codes({"s": SCALED}, {"s": LOSS}) == []


def test_weights_that_a_regularizer_reaches_are_trained():
    assert codes({"s": SCALED, "y": DENSE | {"kernel_regularizer": "L2"}}, {"s": LOSS, "y": NONE}) == []


def test_weights_of_shared_layers_inside_others_count():
    layers = {"shared": {"type": "Dense", "units": 4}}
    chain = {"type": "Sequential", "layers": [{"use": "shared"}], "inputs": "x"}
    assert codes({"y": chain}, {"y": LOSS}, layers=layers) == []


def test_an_average_of_weights_needs_some():
    optimizer = {"optimizer": {"type": "AdamW", "use_ema": True}}
    assert codes({"s": SCALED}, {"s": LOSS}, compile=optimizer) == ["SC504"]
    assert codes({"y": DENSE}, {"y": LOSS}, compile=optimizer) == []

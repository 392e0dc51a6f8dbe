"""`std/variational.yaml`, written by hand; what is drawn is tested in `test_training.py`."""

from __future__ import annotations

from keras import ops

from tests.std.against import Case


def normal_divergence(mean, log_variance):
    return -0.5 * ops.sum(1 + log_variance - mean**2 - ops.exp(log_variance), axis=-1)


CODE, MAP = [(4,), (4,)], [(3, 5, 4), (3, 5, 4)]

CASES = [
    Case("normal_sample", {"temperature": 0.0}, CODE, lambda mean, log_variance: mean + 0 * log_variance),
    Case("normal_divergence", {}, CODE, normal_divergence),
    Case("normal_divergence", {}, MAP, normal_divergence, title="of a map of codes"),
]

"""`std/normalization.yaml`, written by hand."""

from __future__ import annotations

from keras import layers, ops

from tests.std.against import Case


class InstanceNorm(layers.Layer):
    """Each channel of each sample, normalized over the axes between."""

    def __init__(self, epsilon=1e-5, scale=True, center=True):
        super().__init__()
        self.epsilon, self.scale, self.center = epsilon, scale, center

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), name="gamma") if self.scale else 1
        self.beta = self.add_weight(shape=(shape[-1],), name="beta") if self.center else 0

    def call(self, x):
        axes = list(range(1, x.ndim - 1))
        x = x - ops.mean(x, axes, keepdims=True)
        x = x / ops.sqrt(ops.mean(ops.square(x), axes, keepdims=True) + self.epsilon)
        return x * self.gamma + self.beta


IMAGE, SEQUENCE = [(5, 6, 4)], [(7, 4)]
MORE = {"epsilon": 0.1, "scale": False, "center": False}

CASES = [
    Case("instance_norm", {}, IMAGE, lambda x: InstanceNorm()(x)),
    Case("instance_norm", {}, SEQUENCE, lambda x: InstanceNorm()(x), title="of a sequence"),
    Case("instance_norm", MORE, IMAGE, lambda x: InstanceNorm(**MORE)(x), title="every param"),
]

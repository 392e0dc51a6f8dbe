"""`std/branch.yaml`, written by hand."""

from __future__ import annotations

from keras import initializers, layers

from tests.std.against import Case


class LayerScale(layers.Layer):
    """A weight for each channel."""

    def __init__(self, initial=1e-6):
        super().__init__()
        self.initial = initial

    def build(self, shape):
        begin = initializers.Constant(self.initial)
        self.gamma = self.add_weight(shape=(shape[-1],), initializer=begin, name="gamma")

    def call(self, x):
        return x * self.gamma


def stochastic_depth(x, rate):
    return layers.Dropout(rate, noise_shape=(None,) + (1,) * (len(x.shape) - 1))(x)


SHAPES = {2: [(5, 6, 4)], 1: [(7, 4)], 0: [(4,)]}

CASES = [
    Case("stochastic_depth", {"rate": 0.25}, SHAPES[2], lambda x: stochastic_depth(x, 0.25)),
    Case("stochastic_depth", {"rate": 0.5, "axes": 1}, SHAPES[1], lambda x: stochastic_depth(x, 0.5), title="axes: 1"),
    Case("stochastic_depth", {"rate": 0.5, "axes": 0}, SHAPES[0], lambda x: stochastic_depth(x, 0.5), title="axes: 0"),
    Case("layer_scale", {"width": 4}, SHAPES[2], lambda x: LayerScale()(x)),
    *(
        Case(
            "layer_scale",
            {"width": 4, "axes": axes, "initial": 0.1},
            SHAPES[axes],
            lambda x: LayerScale(0.1)(x),
            title=f"axes: {axes}",
        )
        for axes in (1, 0)
    ),
]

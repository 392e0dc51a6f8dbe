"""`std/experts.yaml`, written by hand: one expert after the other, with a weight for each."""

from __future__ import annotations

from keras import layers, ops

from tests.std.against import Case


def expert(x, units, hidden, activation, output_activation):
    for width in hidden:
        x = layers.Dense(width, activation=activation)(x)
    return layers.Dense(units, activation=output_activation)(x)


def expert_pool(x, experts, units, hidden=(), activation="relu", output_activation="relu"):
    return ops.stack([expert(x, units, hidden, activation, output_activation) for _ in range(experts)], axis=-2)


def expert_gate(pool, x, experts):
    gate = layers.Dense(experts, activation="softmax")(x)
    return sum(pool[..., i, :] * gate[..., i : i + 1] for i in range(experts))


def mixture_of_experts(x, experts, units, *more):
    return expert_gate(expert_pool(x, experts, units, *more), x, experts)


DEEP = {"experts": 3, "units": 4, "hidden": [6, 5], "activation": "tanh", "output_activation": "softplus"}
FEATURES, SEQUENCE = [(7,)], [(5, 7)]

CASES = [
    Case("expert_pool", {"experts": 3, "units": 4}, FEATURES, lambda x: expert_pool(x, 3, 4)),
    Case("expert_pool", DEEP, SEQUENCE, lambda x: expert_pool(x, **DEEP), title="every param, on a sequence"),
    Case("expert_gate", {"experts": 3}, [(3, 4), (7,)], lambda pool, x: expert_gate(pool, x, 3)),
    Case("mixture_of_experts", {"experts": 3, "units": 4}, FEATURES, lambda x: mixture_of_experts(x, 3, 4)),
    Case(
        "mixture_of_experts",
        DEEP,
        SEQUENCE,
        lambda x: mixture_of_experts(x, 3, 4, [6, 5], "tanh", "softplus"),
        title="every param, on a sequence",
    ),
]

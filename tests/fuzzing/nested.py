"""Specs of layers in layers: blocks inside wrappers, chains in chains, parts, dead nodes, and mistakes beside them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

Spec = dict[str, Any]

PLAIN: tuple[Spec, ...] = (
    {"type": "Dense", "units": 4},
    {"type": "ReLU"},
    {"type": "Dropout", "rate": 0.1},
    {"type": "BatchNormalization"},
    {"type": "Masking"},
    {"use": "block"},
    {"use": "deep_block"},
    {"use": "masking_block"},
    {"use": "shared"},
    {"use": "chain"},
    {"type": "SpectralNormalization", "layer": {"type": "Dense", "units": 4}},
    {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 2, "return_sequences": True}},
)
"""Layers that give on what they get with as many features, so that any may stand behind any other."""

BLOCKS: Spec = {
    "plain": {
        "inputs": ["x"],
        "nodes": {"d": {"type": "Dense", "units": 4, "activation": "softmax", "inputs": "x"}},
        "outputs": ["d"],
    },
    "deep": {
        "inputs": ["x"],
        "layers": {"twice": {"type": "Dense", "units": 4}},
        "nodes": {
            "d": {"use": "twice", "inputs": "x"},
            "e": {"use": "twice", "inputs": "d"},
            "q": {"type": "plain", "inputs": "e"},
            "unused": {"type": "Dense", "units": 3, "inputs": "x"},
            "a": {"type": "add", "inputs": ["q", "x"]},
        },
        "outputs": ["a"],
    },
    "masking": {
        "inputs": ["x"],
        "nodes": {"k": {"type": "Masking", "inputs": "x"}, "d": {"type": "Dense", "units": 4, "inputs": "k"}},
        "outputs": ["d"],
    },
}
LAYERS: Spec = {
    "block": {"type": "plain"},
    "deep_block": {"type": "deep"},
    "masking_block": {"type": "masking"},
    "shared": {"type": "Dense", "units": 4},
    "chain": {"type": "Sequential", "layers": [{"use": "deep_block"}, {"type": "ReLU"}]},
}


def nested_specs(seed: int) -> Iterator[Spec]:
    """Yields specs without end, the same for each seed; most of them are right."""
    random = Random(seed)
    while True:
        yield _spec(random)


def _spec(random: Random) -> Spec:
    shape = random.choice(([4], [5, 4], [None, 4], [2, 5, 4]))
    nodes: Spec = {"x": {"type": "Input", "shape": shape}}
    last = "x"
    for index in range(random.randint(1, 4)):
        node = {**_layer(random, 3), "inputs": last}
        if random.random() < 0.15:
            node = {"type": random.choice(sorted(BLOCKS)), "inputs": last}
        if random.random() < 0.2:
            node["repeat"] = random.randint(0, 3)
        if random.random() < 0.1:
            node["trainable"] = False
        if random.random() < 0.1:
            node["call"] = {"training": False}
        last = f"n{index}"
        nodes[last] = node
    if random.random() < 0.3:
        nodes["dead"] = {**_layer(random, 2), "inputs": "x"}
    if random.random() < 0.1:
        nodes["wrong"] = {"type": "Dense", "unitz": 3, "inputs": random.choice(["x", "nowhere"])}
    loss = random.choice(["mse", "binary_crossentropy", {"type": "CategoricalCrossentropy"}])
    spec: Spec = {"spec": 1, "name": "nested", "blocks": BLOCKS, "layers": LAYERS, "nodes": nodes}
    spec["outputs"] = {last: {"loss": loss, "metrics": random.choice([[], ["accuracy"]])}}
    if random.random() < 0.3:
        spec["models"] = {"part": {"inputs": [random.choice(["x", "n0"])], "outputs": [last]}}
    if random.random() < 0.2:
        spec["dtype_policy"] = "mixed_float16"
    return spec


def _layer(random: Random, depth: int) -> Spec:
    """A layer, perhaps with others inside."""
    drawn = random.random()
    if depth and drawn < 0.3:
        return {"type": "Sequential", "layers": [_layer(random, depth - 1) for _ in range(random.randint(1, 3))]}
    if depth and drawn < 0.55:
        return {"type": "TimeDistributed", "layer": _layer(random, depth - 1)}
    return dict(random.choice(PLAIN))

"""Whole specs, drawn node by node from what the catalogue says: nothing here knows a layer by name.

A spec begins with the inputs of some type's example. Then nodes are added, each of a drawn type with drawn arguments
on tensors that are there already; a node that the compiler refuses is left out, and remembered. Some layers are shared,
some stand in wrappers or blocks, some are repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

import spec_compiler as sc
from spec_compiler.catalog.dtypes import FLOATS
from spec_compiler.catalog.registry import FUNCTIONS, LAYERS, operation
from spec_compiler.catalog.tensors import TensorType
from tests.catalog.keras_contract.drawing import POLICIES, example_call, fields

Spec = dict[str, Any]

NAMES = sorted({*(name for names in LAYERS.values() for name in names), *FUNCTIONS} - {"Input"})
"""The types that nodes are drawn of."""

COMMON = ["Dense", "Conv1D", "LSTM", "LayerNormalization", "Activation", "Add", "Concatenate", "Dropout", "Embedding",
          "Masking", "Reshape", "Flatten", "GlobalAveragePooling1D", "MultiHeadAttention", "Bidirectional"]  # fmt: skip
"""Types that are drawn more often, so that what flows is worked on by what most models are made of."""

LOSSES = ["mse", "mae", "Huber", {"type": "LogCosh", "name": "smooth"}]
METRICS = [[], ["mae"], ["MeanSquaredError"], [{"type": "RootMeanSquaredError", "name": "root error"}]]
OPTIMIZERS = ["sgd", "Adam", {"type": "RMSprop", "learning_rate": 1.0e-4}, {"type": "AdamW", "use_ema": True}]
LARGEST = 4096
"""How many elements a tensor has at most for each sample, and how many parameters a model has by the thousand."""


@dataclass
class Drawn:
    """A spec that the compiler accepts, and the nodes that it refused on the way: type, arguments and tensors."""

    spec: Spec
    refused: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)


@st.composite
def specs(draw: Any, most: int = 6) -> Drawn:
    """A spec of up to `most` nodes besides its inputs."""
    return _Drawing(draw).whole(most)


class _Drawing:
    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.spec: Spec = {"spec": 1, "name": "drawn", "seed": 1, "nodes": {}}
        self.tensors: dict[str, TensorType] = {}
        self.used: set[str] = set()
        self.refused: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def one_of(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(list(choices)))

    def whole(self, most: int) -> Drawn:
        policy = self.draw(POLICIES)
        if policy is not None and self.one_of([True, False]):
            self.spec["dtype_policy"] = policy
        for _ in range(self.one_of([1, 1, 2])):
            self.start(self.one_of(NAMES))
        for _ in range(self.draw(st.integers(1, most))):
            self.grow()
        self.finish()
        return Drawn(self.spec, self.refused)

    # Nodes

    def start(self, name: str) -> None:
        """The example of a type on inputs of its own."""
        arguments, tensors = example_call(name)
        inputs: dict[str, Any] = {}
        for argument, value in tensors.items():
            given = value if isinstance(value, list) else [value]
            names = [self.add_input(x) for x in given]
            inputs[argument] = names if isinstance(value, list) else names[0]
        self.try_node({"type": name, **arguments, "inputs": inputs})

    def add_input(self, x: TensorType) -> str:
        name = f"input_{len(self.spec['nodes'])}"
        node: Spec = {"type": "Input", "dtype": x.dtype}
        shape = [length if length is not None else 5 for length in x.shape[1:]]
        self.spec["nodes"][name] = {**node, "shape": shape}
        self.tensors[name] = TensorType((None, *shape), x.dtype)
        return name

    def grow(self) -> None:
        """One more node, of the first of some drawn types that the compiler takes."""
        for _ in range(8):
            name = self.one_of(self.one_of([NAMES, COMMON]))
            arguments = dict(example_call(name)[0])
            for each in self.draw(st.lists(st.sampled_from(sorted(fields(name))), max_size=2, unique=True)):
                arguments[each] = self.draw(fields(name)[each])
            if name in LAYERS["lookup"] and arguments.get("vocabulary") is None:
                # It runs only once it is adapted to data.
                continue
            inputs = self.inputs(name)
            if inputs is not None and self.place({"type": name, **arguments}, inputs):
                return

    def inputs(self, name: str) -> dict[str, Any] | None:
        """Tensors for what a call of a type needs, those that nothing uses yet first."""
        if not self.tensors:
            return None
        fresh = [each for each in self.tensors if each not in self.used] or list(self.tensors)
        chosen: dict[str, Any] = {}
        for argument, value in example_call(name)[1].items():
            several = len(value) if isinstance(value, list) else 0
            like = value[0] if several else value
            fitting = [each for each in fresh if self.tensors[each].rank == like.rank] or list(self.tensors)
            if several:
                first = self.one_of(fitting)
                same = [each for each, x in self.tensors.items() if x == self.tensors[first]]
                chosen[argument] = [first, *(self.one_of(same) for _ in range(several - 1))]
            else:
                chosen[argument] = self.one_of(fitting)
        return chosen

    def place(self, layer: Spec, inputs: dict[str, Any]) -> bool:
        """Write a layer in one of the ways that the language has for it."""
        way = self.one_of(["plain", "plain", "plain", "repeat", "shared", "block", "wrapped", "sequence"])
        alone = len(inputs) == 1 and isinstance(next(iter(inputs.values())), str)
        is_layer = "trainable" in getattr(operation(layer["type"]), "model_fields", {})
        if way == "repeat":
            return self.try_node({**layer, "repeat": 2, "inputs": inputs})
        if way == "shared" and is_layer:
            key = f"shared_{len(self.spec.get('layers', {}))}"
            layers = {**self.spec.get("layers", {}), key: layer}
            call = {"use": key, "inputs": inputs}
            return self.try_node(call, layers=layers) and (self.try_node(dict(call)) or True)
        if way == "block" and alone:
            (source,) = inputs.values()
            key = f"block_{len(self.spec.get('blocks', {}))}"
            nodes = {"first": {**layer, "inputs": {next(iter(inputs)): "x"}}}
            block = {"inputs": ["x"], "nodes": nodes, "outputs": ["first"]}
            times = {"repeat": 2} if self.one_of([True, False]) else {}
            return self.try_node(
                {"type": key, "inputs": source, **times}, blocks={**self.spec.get("blocks", {}), key: block}
            )
        if way == "wrapped" and alone and is_layer:
            (source,) = inputs.values()
            owner = self.one_of(["TimeDistributed", "Bidirectional", "SpectralNormalization"])
            return self.try_node({"type": owner, "layer": layer, "inputs": source})
        if way == "sequence" and alone and is_layer:
            (source,) = inputs.values()
            behind = self.one_of([{"type": "Dropout", "rate": 0.5}, {"type": "Dense", "units": 3}])
            inner = {"type": "Sequential", "layers": [layer, behind]}
            outer = self.one_of(
                [inner, inner, {"type": "Sequential", "layers": [inner]}, {"type": "TimeDistributed", "layer": inner}]
            )
            return self.try_node({**outer, "inputs": source})
        return self.try_node({**layer, "inputs": inputs})

    def try_node(self, node: Spec, **sections: Spec) -> bool:
        """Add a node if the compiler takes it, and note what it gives."""
        name = f"n{len(self.spec['nodes'])}"
        trial = {**self.spec, **sections, "nodes": {**self.spec["nodes"], name: node}}
        names = [name, *(each for each in self.tensors if "." not in each)]
        report = sc.check_spec({**trial, "outputs": {f"out_{each}": {"from": each} for each in names}})
        several = any(d.code == "SC307" for d in report.diagnostics)
        first = f"{name}.0" if several else name
        ends = {f"out_{index}": {"from": each} for index, each in enumerate([first, *self.tensors])}
        whole = {**trial, "outputs": ends}
        if several:
            report = sc.check_spec(whole)
        if not report.ok:
            self.note_refusal(node, report)
            return False
        graph = sc.load_spec(whole)
        result = graph.type_of(graph.ends["out_0"])
        if _size(result) > LARGEST or graph.parameter_count > 1000 * LARGEST:
            return False
        self.spec = trial
        self.tensors[first] = result
        self.used |= set(_references(node["inputs"]))
        return True

    def note_refusal(self, node: Spec, report: sc.Report) -> None:
        """Keep a plain call that is refused for its tensors: Keras must not be able to run it."""
        codes = {d.code for d in report.diagnostics if d.severity == "error"}
        inputs = node["inputs"]
        if "type" not in node or "repeat" in node or node["type"] not in NAMES or not isinstance(inputs, dict):
            return
        if (
            codes
            and all(code.startswith("SC40") and code != "SC407" for code in codes)
            and "dtype_policy" not in self.spec
        ):
            arguments = {key: value for key, value in node.items() if key not in ("type", "inputs")}
            tensors = {
                key: [self.tensors[each] for each in value] if isinstance(value, list) else self.tensors[value]
                for key, value in inputs.items()
            }
            self.refused.append((node["type"], arguments, tensors))

    # Training

    def finish(self) -> None:
        """Outputs for all that nothing uses, with losses where there are numbers to train for."""
        ends = [each for each in self.tensors if each not in self.used] or list(self.tensors)[-1:]
        outputs: Spec = {}
        for index, each in enumerate(ends):
            x = self.tensors[each]
            trained = x.dtype in FLOATS and x.rank > 1 and None not in x.shape[1:] and self.one_of([True, True, False])
            outputs[f"out_{index}"] = {"from": each}
            if trained:
                outputs[f"out_{index}"] |= {"loss": self.one_of(LOSSES), "metrics": self.one_of(METRICS)}
        self.spec["outputs"] = outputs
        if any("loss" in output for output in outputs.values()):
            self.spec["compile"] = {"optimizer": self.one_of(OPTIMIZERS)}
            self.spec["fit"] = {"epochs": 1, "batch_size": self.one_of([1, 2, 4])}
        if not sc.check_spec(self.spec).ok:
            # A regularizer of another dtype than the losses: the model can be run, and not be trained.
            self.spec["outputs"] = {name: {"from": output["from"]} for name, output in outputs.items()}
            self.spec.pop("compile", None)
            self.spec.pop("fit", None)


def _references(inputs: Any) -> list[str]:
    if isinstance(inputs, str):
        return [inputs]
    values = inputs.values() if isinstance(inputs, dict) else inputs
    return [each for value in values for each in _references(value)]


def _size(x: TensorType) -> int:
    size = 1
    for length in x.shape[1:]:
        size *= length or 9
    return size

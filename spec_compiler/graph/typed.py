"""The typed graph: what every call takes and gives, and what every layer holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from spec_compiler.catalog.costs import bytes_of
from spec_compiler.catalog.layers.base import Trainable, inner_layers
from spec_compiler.catalog.tensors import TensorType, Weight, format_shape
from spec_compiler.graph.ir import Graph, Layer, Node, Output

if TYPE_CHECKING:
    import networkx

    from spec_compiler.graph.cost import GraphCost
    from spec_compiler.language.settings import FitSettings


@dataclass(frozen=True, slots=True)
class TensorRef:
    """One output of one node, counted from 0."""

    node: str
    output: int


Operand = TensorRef | float | int
Call = Mapping[str, Operand | tuple[Operand, ...]]
"""The arguments of a call: for each a tensor, a number, or a list of them."""


class Result(NamedTuple):
    """What a call gives: its outputs, and their names where each has a meaning."""

    outputs: tuple[TensorType, ...]
    names: tuple[str, ...] = ()


class SharedLayer(NamedTuple):
    """A layer that is used more than once: by which nodes, its parameters, and how many sharing it saves."""

    layer: str
    nodes: tuple[str, ...]
    parameters: int
    saved: int


@dataclass(frozen=True)
class TypedGraph:
    """A graph with the types of all tensors and all weights.

    Attributes:
        graph: The nodes and layers.
        calls: For each node, the tensors and numbers that its call takes.
        results: For each node, what its call gives.
        weights: For each layer that something calls, its own weights; those of a shared layer inside another
            are the shared layer's.
        ends: For each output, the tensor that it is.
        models: For each shared layer that is a block, its graph.
    """

    graph: Graph
    calls: Mapping[str, Call]
    results: Mapping[str, Result]
    weights: Mapping[str, tuple[Weight, ...]]
    ends: Mapping[str, TensorRef]
    models: Mapping[str, TypedGraph]

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.graph.name

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes in topological order."""
        return self.graph.nodes

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers by their keys."""
        return self.graph.layers

    @property
    def inputs(self) -> tuple[str, ...]:
        """The nodes that are the model's inputs, in their order."""
        return self.graph.inputs

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs of the model, in their order."""
        return self.graph.outputs

    @property
    def fit(self) -> FitSettings | None:
        """The spec's defaults for training."""
        return self.graph.fit

    def edges(self) -> list[tuple[TensorRef, str]]:
        """Every edge: the tensor that flows, and the node that it flows into."""
        return [
            (operand, name)
            for name, call in self.calls.items()
            for value in call.values()
            for operand in (value if isinstance(value, tuple) else (value,))
            if isinstance(operand, TensorRef)
        ]

    @cached_property
    def consumers(self) -> Mapping[str, tuple[str, ...]]:
        """For each node that something takes from, the nodes that do, each once."""
        found: dict[str, dict[str, None]] = {}
        for tensor, name in self.edges():
            found.setdefault(tensor.node, {})[name] = None
        return {name: tuple(takers) for name, takers in found.items()}

    def type_of(self, tensor: TensorRef) -> TensorType:
        """The shape and dtype of a tensor."""
        return self.results[tensor.node].outputs[tensor.output]

    def tensor_name(self, tensor: TensorRef) -> str:
        """A tensor as a reference names it: `lstm`, `encoder.state_h`, `split.1`."""
        result = self.results[tensor.node]
        if len(result.outputs) == 1:
            return tensor.node
        return f"{tensor.node}.{result.names[tensor.output] if result.names else tensor.output}"

    @cached_property
    def parameter_count(self) -> int:
        """The number of elements of all weights, each layer counted once, as `keras.Model.count_params` counts."""
        return sum(weight.size for weights in self.weights.values() for weight in weights)

    @cached_property
    def trainable_parameter_count(self) -> int:
        """The number of elements of the weights that training changes."""
        return sum(weight.size for weights in self.weights.values() for weight in weights if weight.trainable)

    @cached_property
    def weight_bytes(self) -> int:
        """The size of all weights, in bytes."""
        return sum(map(self.layer_bytes, self.weights))

    @cached_property
    def uses(self) -> Mapping[str, tuple[str, ...]]:
        """For each node, the layers that it uses: its own, and the shared ones inside that, each as often as used."""
        keys = {layer.keras_name: key for key, layer in self.layers.items() if layer.shared}
        uses = {}
        for node in self.nodes.values():
            config = self.layers[node.layer].config
            inner = inner_layers(config) if isinstance(config, Trainable) else ()
            uses[node.name] = (node.layer, *(keys[each.name] for each in inner if each.shared))
        return uses

    @cached_property
    def first_uses(self) -> Mapping[str, tuple[str, ...]]:
        """For each node, the layers that it is the first to use: its own, and the shared ones inside that."""
        seen: set[str] = set()
        uses = {}
        for name, used in self.uses.items():
            uses[name] = tuple(key for key in dict.fromkeys(used) if key not in seen)
            seen.update(used)
        return uses

    def layer_parameters(self, key: str) -> int:
        """The number of elements of the weights of one layer."""
        return sum(weight.size for weight in self.weights.get(key, ()))

    def layer_bytes(self, key: str) -> int:
        """The size of the weights of one layer, in bytes."""
        return bytes_of(*self.weights.get(key, ())) or 0

    def sharing(self) -> list[SharedLayer]:
        """The layers that are used more than once, by which nodes, and the parameters that this saves.

        A node uses the layer that it calls, and the shared layers inside that. What a shared block shares inside
        itself is named after it.
        """
        users: dict[str, list[str]] = {}
        for name, used in self.uses.items():
            for key in used:
                users.setdefault(key, []).append(name)
        shared = []
        for key, names in users.items():
            if len(names) > 1:
                parameters = self.layer_parameters(key)
                nodes = tuple(dict.fromkeys(names))
                shared.append(SharedLayer(key, nodes, parameters, parameters * (len(names) - 1)))
        for key, model in self.models.items():
            for each in model.sharing():
                nodes = tuple(f"{key}.{name}" for name in each.nodes)
                shared.append(each._replace(layer=f"{key}.{each.layer}", nodes=nodes))
        return shared

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The graph for networkx: a node for each call, an edge for each tensor that flows.

        Nodes have `type`, `layer`, `shapes` and `dtypes`; edges have `output` (its index), `shape` and `dtype`.
        """
        import networkx

        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=self.name)
        for node in self.nodes.values():
            outputs = self.results[node.name].outputs
            graph.add_node(
                node.name,
                type=self.layers[node.layer].type,
                layer=node.layer,
                shapes=[tensor.shape for tensor in outputs],
                dtypes=[tensor.dtype for tensor in outputs],
            )
        for tensor, target in self.edges():
            kind = self.type_of(tensor)
            graph.add_edge(tensor.node, target, output=tensor.output, shape=kind.shape, dtype=kind.dtype)
        return graph

    def to_yaml(self) -> str:
        """The spec with everything expanded and every default shown, as YAML."""
        from spec_compiler.emitting.spec_text import spec_text

        return spec_text(self)

    def to_keras_json(self) -> str:
        """The architecture as JSON, as `keras.models.model_from_json` reads it. Builds the model, so needs Keras."""
        from spec_compiler.emitting.forms import architecture
        from spec_compiler.emitting.keras_model import keras_model

        return architecture(keras_model(self))

    def cost(self, batch_size: int | None = None, length: int | None = None) -> GraphCost:
        """Memory for weights and activations, and multiply-adds, by node and in total.

        Args:
            batch_size: How many samples a batch has, where the inputs do not state it: the spec's `fit.batch_size`, or
                Keras's 32, if left out.
            length: How long every other axis is that an input leaves open.

        Raises:
            ValueError: A number is less than 1.
        """
        from spec_compiler.graph.cost import cost

        return cost(self, batch_size, length)

    def summary(self, cost: GraphCost | None = None) -> str:
        """The graph as a table: node, type, inputs, output shape, dtype, parameters; and the totals.

        With what the graph costs, the table says that too.
        """
        from spec_compiler.graph.summary import summary

        return summary(self, cost)


def describe(tensor: TensorType) -> str:
    """A tensor's shape and dtype in a sentence."""
    return f"{format_shape(tensor.shape)} {tensor.dtype}"

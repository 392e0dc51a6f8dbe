"""FlatSpec → Graph: names become layers, calls and edges, in topological order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spec_compiler.catalog.fields import DtypePolicy, ModelSeed
from spec_compiler.catalog.layers.base import Inner, Operation, Trainable
from spec_compiler.catalog.layers.core import Input
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean, suggest
from spec_compiler.expanding.flat import FlatLayer, FlatModel, FlatNode, FlatOutput, FlatSpec, Owner, Source, Wire
from spec_compiler.graph.bind import Binder
from spec_compiler.graph.configure import Configurator
from spec_compiler.graph.ir import Argument, Graph, Layer, Node
from spec_compiler.graph.link_settings import link_compile, link_fit, link_outputs, link_scalar
from spec_compiler.graph.nested import nested_model
from spec_compiler.graph.order import find_cycles, reachable_from, topological_order
from spec_compiler.language.spec import LayerForm, NodeForm
from spec_compiler.language.validate import form_subject
from spec_compiler.limits import Limits
from spec_compiler.spans import Place

_ROOT = Place(())
_CALLED = "a shared layer is called by nodes, and what belongs to a call stands there: `{use: …, inputs: …}`"
_NODE = form_subject("a node", NodeForm)
_LAYER = form_subject("a shared layer", LayerForm, dict.fromkeys(("inputs", "call", "repeat", "for", "when"), _CALLED))


def link(spec: FlatSpec, custom: Mapping[str, type[Operation]], findings: Findings, limits: Limits) -> Graph | None:
    """The graph of a spec; none if it is too large. What has mistakes is in it as broken."""
    if len(spec.nodes) > limits.nodes:
        findings.add(
            codes.TOO_MANY_NODES,
            f"the graph has {len(spec.nodes)} nodes, and the limit is {limits.nodes}",
            _ROOT / "nodes",
        )
        return None
    return _Linker(spec, custom, findings, limits).link()


class _Linker:
    def __init__(
        self,
        spec: FlatSpec,
        custom: Mapping[str, type[Operation]],
        findings: Findings,
        limits: Limits,
        is_nested: bool = False,
    ) -> None:
        self.spec = spec
        self.custom = custom
        self.limits = limits
        self.is_nested = is_nested
        self.findings = findings
        self.dtype_policy = link_scalar(spec.dtype_policy, DtypePolicy, "dtype_policy", findings)
        self.configurator = Configurator(self.dtype_policy, custom, findings, spec.blocks)
        self.flat_layers = {layer.name: layer for layer in spec.layers}
        self.layers: dict[str, Layer] = {}
        self.in_progress: list[str] = []
        self.wrapped_in: defaultdict[str, list[tuple[str, Place]]] = defaultdict(list)

    def link(self) -> Graph:
        for name in self.flat_layers:
            self.shared_layer(name)
        nodes = {flat.name: self.node(flat) for flat in self.spec.nodes}
        self.check_names()
        self.check_wrapped(nodes)
        nodes = self.without_cycles(nodes)
        outputs = link_outputs(self.spec, nodes, {} if self.is_nested else self.layers, self.findings)
        ends = [output.source.node for output in self.spec.outputs if output.source is not None]
        nodes, dead = self.without_dead_ends(nodes, ends)
        return Graph(
            name=self.spec.name,
            description=self.spec.description,
            layers=self.layers,
            nodes=nodes,
            inputs=self.inputs(nodes),
            outputs=outputs,
            compile=link_compile(self.spec, outputs, self.findings),
            fit=link_fit(self.spec, outputs, self.findings),
            seed=link_scalar(self.spec.seed, ModelSeed | None, "seed", self.findings),
            dtype_policy=self.dtype_policy,
            ignored_lints=self.spec.ignored_lints,
            held_layers=frozenset(self.wrapped_in),
            unused=self.spec.unused,
            dead=dead,
        )

    # Layers

    def shared_layer(self, name: str) -> Layer:
        """The shared layer of a name, made when it is first asked for, since shared layers may use each other."""
        if name in self.layers:
            return self.layers[name]
        flat = self.flat_layers[name]
        self.in_progress.append(name)
        config: Operation | None = None
        found = None
        if flat.model is not None:
            config = self.nested(flat, flat.model)
        elif flat.type is not None:
            found = self.configurator.find(flat.type, flat.place / "type", flat.asked)
        if found is not None and not issubclass(found, Trainable):
            self.findings.add(
                codes.NOT_A_LAYER,
                f"`{flat.type}` is no layer that could be shared",
                flat.place / "type",
                related=flat.asked,
            )
        elif found is not None:
            config = self.configure(found, flat)
        self.in_progress.pop()
        layer = Layer(name, flat.keras_name, flat.type or "", config, True, flat.place, flat.asked)
        self.layers[name] = layer
        return layer

    def nested(self, flat: FlatLayer, model: FlatModel) -> Operation | None:
        """A block as a shared layer: its graph, with an `Input` for each of the block's inputs."""
        owner = Owner(flat.name, flat.place)
        inputs = [
            FlatNode(name, "Input", None, name, {"shape": []}, None, {}, flat.place, flat.asked, owner=owner)
            for name in model.inputs
        ]
        nodes = [*inputs, *(replace(node, owner=owner) for node in model.nodes)]
        outputs = [
            FlatOutput(name, source if isinstance(source, Wire) else None, {}, flat.place)
            for name, source in model.outputs
        ]
        before = self.findings.errors
        inner = replace(
            self.spec,
            name=flat.keras_name,
            layers=model.layers,
            nodes=tuple(nodes),
            outputs=tuple(outputs),
            inputs=None,
            compile=None,
            fit=None,
        )
        graph = _Linker(inner, self.custom, self.findings, self.limits, is_nested=True).link()
        return nested_model(graph, self.limits) if self.findings.errors == before else None

    def configure(self, found: type[Operation], flat: FlatNode | FlatLayer) -> Operation | None:
        try:
            return self.configurator.configure(
                found,
                flat.type or "",
                flat.arguments,
                flat.place,
                flat.keras_name,
                self.inner_shared,
                flat.asked,
                _NODE if isinstance(flat, FlatNode) else _LAYER,
            )
        except _UnknownInnerError:
            return None

    def inner_shared(self, name: str, place: Place, user: str) -> Inner | None:
        """A shared layer that stands inside another layer."""
        if name in self.in_progress:
            path = " -> ".join([*self.in_progress[self.in_progress.index(name) :], name])
            self.findings.add(codes.CYCLE, f"shared layers use each other in a cycle: {path}", place)
            return None
        if not self.is_shared(name, place):
            return None
        self.wrapped_in[name].append((user, place))
        layer = self.shared_layer(name)
        if layer.config is None:
            # Its mistakes are reported where they are; what holds it is unknown, silently.
            raise _UnknownInnerError
        assert isinstance(layer.config, Trainable)
        return Inner(layer.keras_name, layer.config, shared=True)

    def is_shared(self, name: str, place: Place) -> bool:
        if name in self.flat_layers:
            return True
        hint, fix = did_you_mean(name, self.flat_layers)
        if any(node.name == name for node in self.spec.nodes):
            hint, fix = f"`{name}` is a node; to share its layer, declare it under `layers`", None
        elif fix is None:
            hint = "declare it under `layers`; a node with a layer of its own has a `type`"
        self.findings.add(codes.UNKNOWN_SHARED_LAYER, f"no shared layer is named `{name}`", place, hint=hint, fix=fix)
        return False

    # Nodes

    def node(self, flat: FlatNode) -> Node:
        operation, title, key = self.layer_for(flat)
        if operation is None:
            return Node(flat.name, key, loose(flat), {}, flat.place, flat.asked, broken=True)
        binder = Binder(flat, title, operation, self.findings)
        flags = binder.flags()
        arguments = None if flat.broken or misspells_inputs(flat, operation) else binder.bind()
        broken = arguments is None or flags is None or self.layers[key].config is None
        if arguments is None:
            arguments = loose(flat) if operation is not Input else ()
        return Node(flat.name, key, arguments, flags or {}, flat.place, flat.asked, broken)

    def layer_for(self, flat: FlatNode) -> tuple[type[Operation] | None, str, str]:
        """The class of what a node calls (none if that is a mistake), what it is called in a sentence, and its key."""
        if flat.use is not None:
            return self.used_layer(flat, flat.use)
        found = None
        if flat.type is not None:
            found = self.configurator.find(flat.type, flat.place / "type", flat.asked)
        config = self.configure(found, flat) if found is not None else None
        layer = Layer(flat.name, flat.keras_name, flat.type or "", config, False, flat.place, flat.asked)
        if flat.name in self.layers:
            self.clash(self.layers[flat.name], layer)
            return None, "", flat.name
        self.layers[flat.name] = layer
        return found, f"`{flat.type}`", flat.name

    def used_layer(self, flat: FlatNode, name: str) -> tuple[type[Operation] | None, str, str]:
        for key in flat.arguments:
            self.findings.add(
                codes.UNKNOWN_ARGUMENT,
                f"`{key}` is an argument of the layer, and `{flat.name}` only calls it",
                (flat.place / key).key(),
                hint=f"write it in `layers`, at `{name}`",
                related=flat.asked,
            )
        if flat.keras_name != flat.name:
            self.findings.add(
                codes.UNKNOWN_KEY,
                f"`{flat.name}` calls a shared layer, which has its own name",
                (flat.place / "name").key(),
                hint=f"write `name` in `layers`, at `{name}`",
                related=flat.asked,
            )
        if not self.is_shared(name, flat.place / "use"):
            return None, "", name
        layer = self.layers[name]
        return (type(layer.config) if layer.config is not None else None), f"`{name}` ({layer.type})", name

    def clash(self, first: Layer, second: Layer) -> None:
        self.findings.add(
            codes.NAME_CLASH,
            f"`{second.keras_name}` names a shared layer and a node that makes a layer of its own",
            second.place.key(),
            hint="give one of them another name; to call the shared layer, write `use` instead of `type`",
            related=(Remark(first.place.key(), "the shared layer"),),
        )

    def check_names(self) -> None:
        """Every layer has a Keras name of its own."""
        by_name: dict[str, Layer] = {}
        for layer in self.layers.values():
            first = by_name.setdefault(layer.keras_name, layer)
            if first is not layer:
                self.findings.add(
                    codes.NAME_CLASH,
                    f"two layers are named `{layer.keras_name}`",
                    layer.place / "name" if layer.keras_name != layer.key else layer.place.key(),
                    hint="give one of them another `name`",
                    related=(Remark(first.place.key(), "the other one"),),
                )

    def check_wrapped(self, nodes: Mapping[str, Node]) -> None:
        """Keras writes a model in which a layer is shared across a wrapper, and cannot load it again."""
        called = {node.layer for node in nodes.values()}
        for name, uses in self.wrapped_in.items():
            if len({user for user, _ in uses}) > 1 or name in called:
                where = "in two other layers" if name not in called else "by a node and inside another layer"
                self.findings.add(
                    codes.SHARED_AND_WRAPPED,
                    f"`{name}` is used {where}, and Keras cannot load a saved model of that kind",
                    uses[-1][1],
                    hint="save the weights only (`-o model.weights.h5`), and compile the spec to load them",
                )

    # The graph as a whole

    def without_cycles(self, nodes: dict[str, Node]) -> dict[str, Node]:
        """The nodes in topological order; those on cycles are reported and become broken, without inputs."""
        edges = {name: tuple(node.predecessors()) for name, node in nodes.items()}
        cycles = find_cycles(edges)
        for cycle in cycles:
            self.report_cycle(cycle, nodes)
            for name in cycle:
                node = nodes[name]
                nodes[name] = Node(name, node.layer, (), {}, node.place, node.asked, broken=True)
                edges[name] = ()
        if cycles:
            return self.without_cycles(nodes)
        return {name: nodes[name] for name in topological_order(edges)}

    def report_cycle(self, cycle: list[str], nodes: Mapping[str, Node]) -> None:
        remarks = []
        for source, target in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            wire = next(w for w in nodes[target].sources() if isinstance(w, Wire) and w.node == source)
            remarks.append(Remark(wire.place, f"`{source}` flows into `{target}`"))
        path = " -> ".join([*cycle, cycle[0]])
        self.findings.add(
            codes.CYCLE, f"the nodes form a cycle: {path}", remarks[-1].place, related=tuple(remarks[:-1])
        )

    def without_dead_ends(self, nodes: dict[str, Node], ends: list[str]) -> tuple[dict[str, Node], dict[str, Node]]:
        """The nodes that lead to an output, and those that do not, which are reported."""
        if len(ends) < len(self.spec.outputs) or not ends or any(flat.broken for flat in self.spec.nodes):
            # What an unknown reference would have led to is not known: nobody can say what is unused.
            return nodes, {}
        if any(node.broken and not node.arguments for node in nodes.values()):
            return nodes, {}
        edges = {name: tuple(node.predecessors()) for name, node in nodes.items()}
        alive = reachable_from(edges, ends)
        if len(alive) == len(nodes):
            return nodes, {}
        reported = self.dead_ends(nodes, alive)
        for name, place in reported.items():
            if self.is_input(nodes.get(name)):
                self.findings.add(
                    codes.UNUSED_INPUT,
                    f"the input `{name}` leads to no output",
                    place.key(),
                    hint="use it, or leave it out",
                )
            else:
                self.findings.add(
                    codes.DEAD_NODE,
                    f"`{name}` leads to no output, and is left out of the model",
                    place.key(),
                    hint="name it under `outputs`, use it, or leave it out",
                )
        kept = {name: node for name, node in nodes.items() if name in alive or (self.is_nested and self.is_input(node))}
        return kept, {name: node for name, node in nodes.items() if name in reported and name not in kept}

    def dead_ends(self, nodes: Mapping[str, Node], alive: set[str]) -> dict[str, Place]:
        """The nodes of the spec that lead to no output, as they are written: copies count by what they come from.

        Of a block, what no used output leads to is left out silently; so nothing is said while a part is used.
        """
        owners = {flat.name: flat.owner or Owner(flat.name, flat.place) for flat in self.spec.nodes}
        used = {owners[name] for name in nodes if name in alive}
        return {owners[name].name: owners[name].place for name in nodes if owners[name] not in used}

    def is_input(self, node: Node | None) -> bool:
        if node is None:
            return False
        return isinstance(self.layers[node.layer].config, Input) if node.layer in self.layers else False

    def inputs(self, nodes: Mapping[str, Node]) -> tuple[str, ...]:
        """The model's inputs in their order: as `inputs` says, else as they are written."""
        written = [flat.name for flat in self.spec.nodes if flat.name in nodes and self.is_input(nodes[flat.name])]
        if not written and not any(node.broken for node in nodes.values()) and nodes:
            self.findings.add(
                codes.NO_INPUT,
                "the graph has no `Input`",
                (_ROOT / "nodes").key(),
                hint="a node of the type `Input` takes the data",
            )
        if self.spec.inputs is None:
            return tuple(written)
        wires = [wire for wire in self.spec.inputs if wire is not None]
        listed = [wire.node for wire in wires]
        for index, wire in enumerate(wires):
            if wire.node in nodes and wire.node not in written and not nodes[wire.node].broken:
                self.findings.add(codes.INPUT_ORDER, f"`{wire.node}` is no `Input`", wire.place)
            elif wire.node in listed[:index]:
                self.findings.add(codes.INPUT_ORDER, f"the input `{wire.node}` is listed twice", wire.place)
        for name in written:
            if name not in listed and len(listed) == len(self.spec.inputs):
                self.findings.add(
                    codes.INPUT_ORDER,
                    f"`inputs` lists the model's inputs, and `{name}` is missing",
                    (_ROOT / "inputs").key(),
                    related=(Remark(nodes[name].place.key(), "the input"),),
                )
        return tuple(name for name in listed if name in written)


class _UnknownInnerError(Exception):
    """A layer that stands inside another has mistakes of its own."""


def misspells_inputs(flat: FlatNode, operation: type[Operation]) -> bool:
    """Whether an unknown argument of a node without inputs is meant to be `inputs`; the argument is reported."""
    unknown = (key for key in flat.arguments if key not in operation.model_fields)
    return flat.inputs is None and any(
        suggest(key, (*operation.model_fields, *_NODE.keys)) == "inputs" for key in unknown
    )


def loose(flat: FlatNode) -> tuple[Argument, ...]:
    """The edges of a node whose call is not known, so that what it uses counts as used."""
    sources: list[Source] = []
    values: list[Any] = list(flat.inputs.values()) if isinstance(flat.inputs, Mapping) else [flat.inputs]
    for value in values:
        sources += value if isinstance(value, tuple) else () if value is None else (value,)
    return (Argument("inputs", tuple(sources), True),) if sources else ()

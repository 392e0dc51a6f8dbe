"""FlatSpec → Graph: names become layers, calls and edges, in topological order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from spec_compiler.catalog.fields import DtypePolicy, ModelSeed, show
from spec_compiler.catalog.layers.base import TRAINING, InnerLayer, Operation, Trainable
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Guess, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.graph.flat import FlatLayer, FlatModel, FlatNode, FlatOutput, FlatSpec, OutputRef
from spec_compiler.graph.graph import Argument, Graph, Layer, NestedModel, Node, Part
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.spec import LayerForm, NodeForm
from spec_compiler.language.validate import form_subject
from spec_compiler.limits import Limits
from spec_compiler.linking.bind import Binder
from spec_compiler.linking.configure import Configurator, Site, TypeUse
from spec_compiler.linking.constants import (
    check_outputs,
    constant_nodes,
    is_op,
    operands_of,
    with_constant_operands,
    with_flat_operands,
)
from spec_compiler.linking.cycles import without_cycles
from spec_compiler.linking.defaults import check_defaults
from spec_compiler.linking.misplaced import hints_for_call
from spec_compiler.linking.name_clash import check_names
from spec_compiler.linking.reachability import Reachability
from spec_compiler.linking.saving import check_saving, check_wrapped
from spec_compiler.linking.settings import link_compile, link_fit, link_outputs, link_phases, link_scalar
from spec_compiler.linking.size import check_calls
from spec_compiler.spans import Place

_ROOT = Place(())
_NODE = form_subject("a node", NodeForm)
_LAYER = form_subject("a shared layer", LayerForm)


def link(spec: FlatSpec, custom: Mapping[str, type[Operation]], findings: Findings, limits: Limits) -> Graph | None:
    """The graph of a spec; None if it is too large. What has mistakes is in it as broken."""
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
        took_training: set[Scope] | None = None,
    ) -> None:
        self.spec = spec
        self.custom = custom
        self.limits = limits
        self.is_nested = is_nested
        self.findings = findings
        self.dtype_policy = link_scalar(spec.dtype_policy, DtypePolicy, "dtype_policy", findings)
        self.configurator = Configurator(
            self.dtype_policy,
            custom,
            findings,
            self.inner_shared,
            spec.blocks,
            tuple(layer.name for layer in spec.layers),
        )
        self.flat_layers = {layer.name: layer for layer in spec.layers}
        self.layers: dict[str, Layer] = {}
        self.inner: dict[str, InnerLayer] = {}
        self.constants: frozenset[str] = frozenset()
        self.in_progress: list[str] = []
        self.took_training: set[Scope] = set() if took_training is None else took_training
        self.takes_training = False
        self.wrapped_in: defaultdict[str, list[tuple[str, Place]]] = defaultdict(list)

    def link(self) -> Graph:
        spec, findings = self.spec, self.findings
        if not self.is_nested:
            check_defaults(spec, self.configurator, findings)
        for name in self.flat_layers:
            self.shared_layer(name)
        self.constants = constant_nodes(spec.nodes)
        nodes = {flat.name: self.node(flat) for flat in spec.nodes}
        check_names(self.layers.values(), findings)
        self.check_training()
        check_wrapped(self.wrapped_in, nodes, self.layers, findings)
        if not self.is_nested:
            check_calls(nodes, self.layers, findings, self.limits.nodes)
        nodes = without_cycles(nodes, findings)
        reachability = Reachability(spec, self.layers, is_nested=self.is_nested)
        outputs = link_outputs(spec.outputs, nodes, reachability.layers_of_main(nodes), findings)
        compile_settings = link_compile(spec.compile, _ROOT, outputs, findings)
        parts = _parts(spec, nodes, findings)
        check_outputs(spec, self.constants, findings)
        nodes, dead = reachability.without_dead_ends(nodes, parts, findings)
        if not self.is_nested:
            called = dict.fromkeys(node.layer for node in nodes.values())
            check_saving([self.layers[key] for key in called if key in self.layers], findings)
        phases = link_phases(spec, outputs, findings)
        graph = Graph(
            name=spec.name,
            description=spec.description,
            layers=self.layers,
            nodes=nodes,
            inputs=reachability.inputs(nodes, findings),
            outputs=outputs,
            compile=compile_settings,
            fit=link_fit(spec, outputs, compile_settings, phases, findings),
            phases=phases,
            search=spec.search,
            seed=link_scalar(spec.seed, ModelSeed | None, "seed", findings),
            dtype_policy=self.dtype_policy,
            ignored_lints=spec.ignored_lints,
            held_layers=frozenset(self.wrapped_in),
            scopes=spec.scopes,
            unused=spec.unused,
            parts=parts,
            constants=self.constants & nodes.keys(),
            dead=dead,
        )
        if graph.fit is not None and graph.fit.callbacks and len(outputs) == len(spec.outputs):
            from spec_compiler.linking.monitors import check_monitors  # few specs have callbacks

            check_monitors(graph, findings)
        return graph

    # Layers

    def shared_layer(self, name: str) -> Layer:
        """The shared layer of a name, made when it is first asked for, since shared layers may use each other."""
        if name in self.layers:
            return self.layers[name]
        flat = self.flat_layers[name]
        self.in_progress.append(name)
        config: Operation | NestedModel | None = None
        found = None
        if flat.model is not None:
            config = self.nested(flat, flat.model)
        elif flat.type is not None:
            found = self.configurator.find(flat.type, flat.place / "type", flat.scope)
            if found is None:
                self.check_as_meant(flat)
        if found is not None and not issubclass(found, Trainable):
            self.findings.add(
                codes.NOT_A_LAYER,
                f"`{flat.type}` is no layer that could be shared",
                flat.place / "type",
                hint="what is called once is a node, under `nodes`",
                scope=flat.scope,
            )
        elif found is not None:
            config = self.configure(found, flat)
        self.in_progress.pop()
        layer = Layer(name, flat.keras_name, flat.type or "", config, True, flat.place, flat.scope)
        self.layers[name] = layer
        return layer

    def nested(self, flat: FlatLayer, model: FlatModel) -> NestedModel | None:
        """A block as a shared layer: its graph, with an `Input` for each of the block's inputs."""
        inputs = [
            FlatNode(name, "Input", None, name, {"shape": []}, None, {}, flat.place, model.scope)
            for name in model.inputs
        ]
        outputs = [
            FlatOutput(name, source if isinstance(source, OutputRef) else None, {}, flat.place)
            for name, source in model.outputs
        ]
        before = self.findings.errors
        inner = replace(
            self.spec,
            name=flat.keras_name,
            layers=model.layers,
            nodes=(*inputs, *model.nodes),
            outputs=tuple(outputs),
            inputs=None,
            compile=None,
            fit=None,
            phases=None,
            parts=(),
        )
        linker = _Linker(inner, self.custom, self.findings, self.limits, True, self.took_training)
        graph = linker.link()
        if self.findings.errors > before:
            return None
        return NestedModel(graph, model.scope.frozen_by is None, linker.takes_training)

    def configure(self, found: type[Operation], flat: FlatNode | FlatLayer) -> Operation | None:
        keys = _NODE if isinstance(flat, FlatNode) else _LAYER
        site = Site(flat.keras_name, flat.place, flat.scope)
        try:
            return self.configurator.configure(TypeUse(found, flat.type or "", flat.arguments, site, keys))
        except _UnknownInnerError:
            return None

    def check_as_meant(self, flat: FlatNode | FlatLayer) -> None:
        """Report mistakes in the arguments of a type that does not exist, if it is plain which one is meant."""
        if flat.type is None:
            return
        keys = _NODE if isinstance(flat, FlatNode) else _LAYER
        with suppress(_UnknownInnerError):
            site = Site(flat.keras_name, flat.place, flat.scope)
            self.configurator.check_as_meant(flat.type, flat.arguments, site, keys)

    def inner_shared(self, name: str, place: Place, user: str) -> InnerLayer | None:
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
        if name not in self.inner:
            assert layer.callee is not None
            self.inner[name] = InnerLayer(layer.keras_name, layer.callee, shared=True)
        return self.inner[name]

    def is_shared(self, name: str, place: Place) -> bool:
        if name in self.flat_layers:
            return True
        guess = Guess(partial(self.guess_shared, name), len(self.flat_layers) + len(self.spec.nodes))
        self.findings.add(codes.UNKNOWN_SHARED_LAYER, f"no shared layer is named {show(name)}", place, guess=guess)
        return False

    def guess_shared(self, name: str) -> tuple[str | None, str | None]:
        """What a name of no shared layer may have meant."""
        if any(node.name == name for node in self.spec.nodes):
            return f"`{name}` is a node; to share its layer, declare it under `layers`", None
        hint, fix = did_you_mean(name, self.flat_layers)
        if fix is None:
            hint = "declare it under `layers`; a node with a layer of its own has a `type`"
        return hint, fix

    # Nodes

    def node(self, flat: FlatNode) -> Node:
        """A call, with its layer; it is broken where something about it is a mistake, which is reported."""
        if is_op(flat):
            flat = with_flat_operands(flat, self.findings)
        if flat.name in self.constants:
            flat = with_constant_operands(flat)
        key = flat.name if flat.use is None else flat.use
        callee = self.own_layer(flat) if flat.use is None else self.used_layer(flat, flat.use)
        if callee is None:
            return Node(flat.name, key, loose(flat), {}, flat.place, flat.scope, broken=True)
        title = f"`{flat.type}`" if flat.use is None else f"`{key}` ({self.layers[key].type})"
        signature = callee.signature()
        binder = Binder(flat, title, signature, self.findings, None if is_op(flat) else self.constants)
        flags = binder.flags()
        if signature.takes_training:
            flags = self.with_training(flags, flat.scope)
        misplaced = misplaces_tensors(flat, callee)
        is_known = not (flat.broken or misplaced or misspells_inputs(flat, callee))
        arguments = binder.bind() if is_known else None
        broken = arguments is None or flags is None or self.layers[key].config is None
        if arguments is None:
            arguments = loose(flat) if callee is not Input and not misplaced else ()
        return Node(flat.name, key, arguments, flags or {}, flat.place, flat.scope, broken)

    def with_training(self, flags: Mapping[str, Any] | None, scope: Scope) -> Mapping[str, Any] | None:
        """The flags of a call that takes `training`, with what the copies of blocks around say of it."""
        self.takes_training = True
        around = scope.with_training()
        self.took_training.update(around)
        if not around or flags is None:
            return flags
        # As in a nested model of Keras: what is said of the whole goes before what a call in it says.
        return {**flags, TRAINING.name: around[0].training}

    def own_layer(self, flat: FlatNode) -> type[Operation] | None:
        """The class of a node's own layer; None if that is a mistake, which is reported."""
        found = None
        if flat.type is not None:
            found = self.configurator.find(flat.type, flat.place / "type", flat.scope)
        config = self.configure(found, flat) if found is not None else None
        if found is None:
            self.check_as_meant(flat)
        layer = Layer(flat.name, flat.keras_name, flat.type or "", config, False, flat.place, flat.scope)
        if flat.name in self.layers:
            self.clash(self.layers[flat.name], layer)
            return None
        self.layers[flat.name] = layer
        return found

    def used_layer(self, flat: FlatNode, name: str) -> Operation | NestedModel | None:
        """What a node calls that uses a shared layer; None if that is a mistake, which is reported."""
        callee = self.layers[name].config if self.is_shared(name, flat.place / "use") else None
        of_the_call = hints_for_call(callee.signature()) if callee is not None and flat.arguments else {}
        for key in flat.arguments:
            hint, message = of_the_call.get(key), f"`{flat.name}` has no argument `{key}`"
            if hint is None:
                hint = f"write it in `layers`, at `{name}`"
                message = f"`{key}` is an argument of the layer, and `{flat.name}` only calls it"
            self.findings.add(codes.UNKNOWN_ARGUMENT, message, (flat.place / key).key(), hint=hint, scope=flat.scope)
        return callee

    def clash(self, first: Layer, second: Layer) -> None:
        self.findings.add(
            codes.NAME_CLASH,
            f"`{second.key}` names a shared layer and a node that makes a layer of its own",
            second.place.key(),
            hint="give one of them another name; to call the shared layer, write `use` instead of `type`",
            related=(Remark(first.place.key(), "the shared layer"),),
            scope=second.scope,
        )

    def check_training(self) -> None:
        """Something takes the `training` that is said for all calls of a copy of a block."""
        if self.is_nested or self.findings.errors:
            return  # Of what has mistakes, nobody can say what it would have taken.
        for scope in self.spec.scopes:
            if scope.training is not None and scope not in self.took_training:
                self.findings.add(
                    codes.UNKNOWN_CALL_ARGUMENT,
                    f"nothing inside the block `{scope.block}` takes `training`",
                    (scope.place / "call" / "training").key(),
                    hint="leave it out",
                    scope=scope.parent,
                )


def _parts(spec: FlatSpec, nodes: Mapping[str, Node], findings: Findings) -> tuple[Part, ...]:
    if not spec.parts:
        return ()
    from spec_compiler.linking.parts import link_parts  # few specs have parts

    return link_parts(spec, nodes, findings)


class _UnknownInnerError(Exception):
    """A layer that stands inside another has mistakes of its own."""


def misspells_inputs(flat: FlatNode, callee: type[Operation] | Operation | NestedModel) -> bool:
    """Whether an unknown argument of a node without inputs is meant to be `inputs`; the argument is reported."""
    if flat.inputs is not None or isinstance(callee, NestedModel):
        return False
    fields = _class_of(callee).model_fields
    unknown = (key for key in flat.arguments if key not in fields)
    return any(_means_inputs(key, (*fields, *_NODE.keys)) for key in unknown)


def _class_of(callee: type[Operation] | Operation) -> type[Operation]:
    return callee if isinstance(callee, type) else type(callee)


def misplaces_tensors(flat: FlatNode, callee: type[Operation] | Operation | NestedModel) -> bool:
    """Whether tensors of the call stand among a node's arguments, which is reported: what flows in is not known."""
    fields = () if isinstance(callee, NestedModel) else _class_of(callee).model_fields
    return any(call.name in flat.arguments and call.name not in fields for call in callee.signature().tensors)


def _means_inputs(key: str, keys: tuple[str, ...]) -> bool:
    hint, fix = did_you_mean(key, keys, "key", _NODE.of)
    return fix == "inputs" or (hint or "").endswith("under `inputs`")


def loose(flat: FlatNode) -> tuple[Argument, ...]:
    """The edges of a node whose call is not known, so that what it uses counts as used."""
    sources = tuple(operands_of(flat.inputs))
    return (Argument("inputs", sources, True),) if sources else ()

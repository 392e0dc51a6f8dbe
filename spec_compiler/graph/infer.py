"""Graph → TypedGraph: the rules of the catalogue, applied node by node."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.catalog.rules import DtypeError, RankError, RuleError
from spec_compiler.catalog.tensors import TensorType, Weight, format_shape, number_type
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.flat import Number, Source, Wire
from spec_compiler.graph.ir import Argument, Graph, Node
from spec_compiler.graph.nested import NestedModel, NestedModelError
from spec_compiler.graph.sequence_hint import sequence_hint
from spec_compiler.graph.shared_chain import is_chain, of_all, require_one_rank
from spec_compiler.graph.typed import Call, Operand, Result, TensorRef, TypedGraph, describe
from spec_compiler.limits import Limits
from spec_compiler.spans import Place


class _UnknownError(Exception):
    """Something flows in of which nothing is known; what made it so is reported."""


class _RefusedError(Exception):
    """A reference that does not fit; a finding says why."""


def infer(graph: Graph, findings: Findings, limits: Limits) -> TypedGraph:
    """The types of all tensors and weights. What depends on a mistake has none."""
    return _Inference(graph, findings, limits).run()


class _Inference:
    def __init__(self, graph: Graph, findings: Findings, limits: Limits) -> None:
        self.graph = graph
        self.findings = findings
        self.limits = limits
        self.calls: dict[str, Call] = {}
        self.results: dict[str, Result] = {}
        self.weights: dict[str, tuple[Weight, ...]] = {}
        self.first_call: dict[str, Node] = {}
        self.disagreeing: set[str] = set()
        self.chains: defaultdict[str, dict[str, TensorType]] = defaultdict(dict)
        self.shared_keys = {layer.keras_name: key for key, layer in graph.layers.items() if layer.shared}

    def run(self) -> TypedGraph:
        for node in self.graph.nodes.values():
            if not node.broken:
                try:
                    self.node(node)
                except (_UnknownError, _RefusedError):
                    continue
        ends = self.ends()
        self.check_chains()
        self.check_size()
        typed = TypedGraph(self.graph, self.calls, self.results, self.weights, ends, self.models())
        self.check_dead()
        return typed

    def check_dead(self) -> None:
        """Hold what is left out of the model against the rules as well, and keep nothing of it."""
        self.calls, self.results, self.weights = {}, dict(self.results), dict(self.weights)
        for node in self.graph.dead.values():
            if not node.broken and not isinstance(self.graph.layers[node.layer].config, NestedModel):
                try:
                    self.node(node)
                except (_UnknownError, _RefusedError):
                    continue

    def models(self) -> dict[str, TypedGraph]:
        """The graphs of the nested models, for all calls of each."""
        models = {}
        for key, layer in self.graph.layers.items():
            if isinstance(layer.config, NestedModel) and layer.config.was_called:
                try:
                    models[key] = layer.config.typed()
                except NestedModelError as error:
                    for finding in error.findings:
                        self.findings.take(finding, (Remark(layer.place.key(), f"`{key}` is made here", True),))
        return models

    def node(self, node: Node) -> None:
        layer = self.graph.layers[node.layer]
        config = layer.config
        if config is None:
            raise _UnknownError
        call: dict[str, Operand | tuple[Operand, ...]] = {}
        types: dict[str, Any] = {}
        operands: dict[str, tuple[tuple[Operand, Source], ...]] = {}
        unknown = False
        for argument in node.arguments:
            try:
                resolved = self.argument(node, argument, config)
            except _UnknownError:
                unknown = True
                continue
            operands[argument.name] = resolved
            found = tuple(operand for operand, _ in resolved)
            kinds = tuple(self.type_of(operand) for operand in found)
            call[argument.name] = found if argument.several else found[0]
            types[argument.name] = kinds if argument.several else kinds[0]
        if unknown:
            raise _UnknownError
        try:
            if node.layer in self.chains:
                first = next(iter(self.chains[node.layer].values()))
                require_one_rank("inputs", first, types["inputs"])
            inferred = config.apply(**types, **node.flags)
        except NestedModelError as error:
            for finding in error.findings:
                self.findings.take(
                    finding, (*node.asked, Remark(node.place.key(), f"`{node.name}` calls it here", True))
                )
            raise _RefusedError from None
        except RuleError as error:
            if error.hint is None:
                error.hint = sequence_hint(self.graph, self.calls, error, config, call, types, node.flags)
            self.report(error, node, layer.type, operands)
            raise _RefusedError from None
        self.calls[node.name] = call
        self.results[node.name] = Result(inferred.outputs, inferred.names)
        if layer.shared and is_chain(config):
            self.chains[node.layer][node.name] = types["inputs"]
        self.keep_weights(node, config, inferred.weights)

    def check_chains(self) -> None:
        """A shared `Sequential` works for all its calls together."""
        for key, calls in self.chains.items():
            layer = self.graph.layers[key]
            differ = len({each.shape for each in calls.values()}) > 1 and key not in self.disagreeing
            if differ and layer.config is not None:
                try:
                    layer.config.infer(of_all(calls.values()))
                except RuleError as error:
                    self.findings.add(
                        error.code,
                        f"`{key}` (Sequential) {error.message}, where its calls differ",
                        layer.place.key(),
                        hint=error.hint or "give all calls tensors of one shape",
                        related=tuple(
                            Remark(self.graph.node(name).place.key(), f"`{name}` calls it with {describe(x)}")
                            for name, x in calls.items()
                        ),
                    )

    # What flows in

    def argument(self, node: Node, argument: Argument, config: Operation) -> tuple[tuple[Operand, Source], ...]:
        """The tensors of an argument, each with the source that it comes from."""
        resolved: list[tuple[Operand, Source]] = []
        refused = unknown = False
        for source in argument.sources:
            try:
                resolved += [(operand, source) for operand in self.resolve(source, argument.several, node)]
            except _UnknownError:
                unknown = True
            except _RefusedError:
                refused = True
        if refused:
            raise _RefusedError
        if unknown:
            raise _UnknownError
        self.check_count(node, argument, config, len(resolved))
        return tuple(resolved)

    def resolve(self, source: Source, several: bool, node: Node | None) -> list[Operand]:
        if isinstance(source, Number):
            return [source.value]
        result = self.results.get(source.node)
        if result is None:
            raise _UnknownError
        related = node.asked if node is not None else ()
        if source.output is not None:
            return [TensorRef(source.node, self.pick(source, result, related))]
        if several or len(result.outputs) == 1:
            return [TensorRef(source.node, index) for index in range(len(result.outputs))]
        choices = [f"`{source.node}.{name}`" for name in _output_names(result)]
        user = f"`{node.name}` takes one tensor" if node is not None else "an output is one tensor"
        self.findings.add(
            codes.SEVERAL_OUTPUTS,
            f"{user}, and `{source.node}` has {len(result.outputs)} outputs",
            source.place,
            hint=f"pick one: {', '.join(choices[:6])}",
            related=related,
        )
        raise _RefusedError

    def pick(self, wire: Wire, result: Result, related: tuple[Remark, ...]) -> int:
        """The index of the output that a reference picks."""
        assert wire.output is not None
        if wire.output in result.names:
            return result.names.index(wire.output)
        count = len(result.outputs)
        if wire.output.isdecimal() and int(wire.output) < count:
            return int(wire.output)
        names = _output_names(result)
        if count == 1:
            hint: str | None = f"write `{wire.node}`"
            fix: str | None = wire.node
            message = f"`{wire.node}` has one output"
        else:
            hint, close = did_you_mean(wire.output, names)
            fix = f"{wire.node}.{close}" if close else None
            message = f"`{wire.node}` has the outputs {', '.join(f'`{name}`' for name in names)}"
        self.findings.add(
            codes.UNKNOWN_OUTPUT,
            f"{message}, and no `{wire.output}`",
            wire.place,
            hint=hint,
            fix=fix,
            related=related,
        )
        raise _RefusedError

    def check_count(self, node: Node, argument: Argument, config: Operation, count: int) -> None:
        rule = next(call for call in config.calls if call.name == argument.name)
        if rule.kind != "tensors":
            return
        if count < rule.minimum or (rule.maximum is not None and count > rule.maximum):
            if rule.maximum == rule.minimum:
                wanted = f"{rule.minimum} tensors"
            elif count < rule.minimum:
                wanted = f"at least {rule.minimum} tensors" if rule.minimum > 1 else "at least one tensor"
            else:
                wanted = f"at most {rule.maximum} tensors"
            self.findings.add(
                codes.WRONG_ARITY,
                f"`{node.name}` ({self.graph.layers[node.layer].type}) takes {wanted}, and gets {count}",
                node.place / "inputs" if count else node.place.key(),
                related=node.asked,
            )
            raise _RefusedError

    def type_of(self, operand: Operand) -> TensorType:
        if isinstance(operand, TensorRef):
            return self.results[operand.node].outputs[operand.output]
        return number_type(operand)

    # Mistakes

    def report(
        self, error: RuleError, node: Node, type_name: str, operands: dict[str, tuple[tuple[Operand, Source], ...]]
    ) -> None:
        """A rule that failed, with the ends that it is about and where they come from."""
        blamed = self.blamed(error, operands)
        remarks = []
        named: list[str] = []
        for operand, source in blamed:
            if isinstance(operand, TensorRef):
                origin = self.graph.node(operand.node)
                name = source.node if isinstance(source, Wire) and source.output is None else str(source)
                name = name if isinstance(source, Wire) else operand.node
                if f"`{name}`" not in named:
                    named.append(f"`{name}`")
                    remarks.append(
                        Remark(origin.place.key(), f"`{operand.node}` gives {describe(self.type_of(operand))}")
                    )
        come_from = f" (from {' and '.join(named)})" if named else ""
        layer = self.graph.layers[node.layer]
        if (
            (isinstance(layer.config, NestedModel) or is_chain(layer.config))
            and isinstance(error, (RankError, DtypeError))
            and node.layer in self.first_call
        ):
            other = self.first_call[node.layer]
            come_from += f", and the other call is `{other.name}`"
            remarks.append(Remark(other.place / "inputs", f"`{other.name}` calls `{layer.key}` here"))
        hint = error.hint
        if hint is None and error.code is codes.UNKNOWN_DIMENSION:
            hint = "write a length in the `shape` of the `Input` that this comes from"
        place = self.place_of(error, node, blamed)
        self.findings.add(
            error.code,
            f"`{node.name}` ({type_name}) {error.message}{come_from}",
            place,
            hint=hint,
            related=(*remarks, *node.asked),
        )

    def blamed(
        self, error: RuleError, operands: dict[str, tuple[tuple[Operand, Source], ...]]
    ) -> list[tuple[Operand, Source]]:
        everything = [pair for pairs in operands.values() for pair in pairs]
        if not error.operands:
            return everything if error.argument is None else []
        blamed: list[tuple[Operand, Source]] = []
        for which in error.operands:
            if isinstance(which, int):
                blamed += everything[which : which + 1]
            else:
                blamed += operands.get(which, ())
        return blamed

    def place_of(self, error: RuleError, node: Node, blamed: list[tuple[Operand, Source]]) -> Place:
        layer = self.graph.layers[node.layer]
        if error.argument is not None and not layer.shared:
            return node.place / error.argument
        return blamed[-1][1].place if blamed else node.place.key()

    # Weights

    def keep_weights(self, node: Node, config: Operation, weights: tuple[Weight, ...]) -> None:
        """Note the weights of a layer, each under the layer that owns it; calls of one layer must agree."""
        own: list[Weight] = []
        shared: dict[str, list[list[Weight]]] = {}
        trainable = config.trainable if isinstance(config, Trainable) else True
        for weight in weights:
            if weight.owner is None:
                own.append(weight if trainable or not weight.trainable else _frozen(weight))
                continue
            uses = shared.setdefault(self.shared_keys[weight.owner], [[]])
            if any(other.name == weight.name for other in uses[-1]):
                uses.append([])  # The layer stands in this one more than once.
            uses[-1].append(weight)
        self.agree(node.layer, node, own)
        for key, uses in shared.items():
            for found in uses:
                self.agree(key, node, found)

    def agree(self, key: str, node: Node, found: list[Weight]) -> None:
        """Note what a use of a layer needs, or hold it against what an earlier one did."""
        first = self.weights.setdefault(key, tuple(found))
        origin = self.first_call.setdefault(key, node)
        shapes = [(weight.name, weight.shape) for weight in first]
        if shapes != [(weight.name, weight.shape) for weight in found]:
            self.report_disagreement(key, node, origin, first, found)

    def report_disagreement(
        self, key: str, node: Node, origin: Node, first: tuple[Weight, ...], found: list[Weight]
    ) -> None:
        self.disagreeing.add(key)
        pairs = zip(first, found, strict=False)
        mine, other = next(((b, a) for a, b in pairs if a.shape != b.shape), (found[0], first[0]))
        self.findings.add(
            codes.SHARED_MISMATCH,
            f"`{node.name}` needs the shared layer `{key}` with a `{other.name}` of shape {format_shape(mine.shape)}, "
            f"and `{origin.name}` with one of {format_shape(other.shape)}",
            node.place / "inputs",
            hint="a shared layer has one set of weights: give both calls inputs of the same width",
            related=(Remark(origin.place / "inputs", f"`{origin.name}` calls `{key}` here"), *node.asked),
        )

    def check_size(self) -> None:
        total = 0
        for key, weights in self.weights.items():
            total += sum(weight.size for weight in weights)
            if total > self.limits.parameters:
                layer = self.graph.layers[key]
                self.findings.add(
                    codes.TOO_MANY_PARAMETERS,
                    f"the model has more than {self.limits.parameters} parameters with `{key}`",
                    layer.place.key(),
                    related=layer.asked,
                )
                return

    # Outputs

    def ends(self) -> dict[str, TensorRef]:
        """The tensor that each output is."""
        ends: dict[str, TensorRef] = {}
        for output in self.graph.outputs:
            try:
                (operand,) = self.resolve(output.source, False, None)
            except (_UnknownError, _RefusedError):
                continue
            assert isinstance(operand, TensorRef)
            ends[output.name] = operand
        return ends


def _output_names(result: Result) -> list[str]:
    return list(result.names) or [str(index) for index in range(len(result.outputs))]


def _frozen(weight: Weight) -> Weight:
    return Weight(weight.name, weight.shape, weight.dtype, weight.initializer, False, weight.owner)

"""Graph → TypedGraph: the rules of the catalogue, applied node by node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.catalog.rules import DtypeError, EmptyResultError, RankError, RuleError
from spec_compiler.catalog.shapes import volume
from spec_compiler.catalog.tensors import Inferred, TensorType, Weight, format_shape
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.graph.flat import ConstantOperand, FlatOperand, NumberOperand, OutputRef
from spec_compiler.graph.graph import Argument, Graph, NestedModel, Node, Output
from spec_compiler.graph.scopes import Scope, repeated_hint
from spec_compiler.graph.typed import CallOperands, Operand, Result, TensorRef, TypedGraph, TypedPart, type_of_value
from spec_compiler.inferring.input_shape import input_shape_hint
from spec_compiler.inferring.last_step import sequence_hint
from spec_compiler.inferring.models import (
    ModelRule,
    ModelTypes,
    NestedModelError,
    Rules,
    Types,
    require_agreement,
)
from spec_compiler.inferring.padding import padding_hint
from spec_compiler.inferring.shared_sequential import is_chain, merged_type, require_one_rank
from spec_compiler.inferring.training import check_training
from spec_compiler.language.names import index_of
from spec_compiler.limits import Limits
from spec_compiler.spans import Place

_Resolved = tuple[tuple[Operand, FlatOperand], ...]
"""The operands of an argument, each with what the graph has in its place."""


class _UnknownError(Exception):
    """Something flows in of which nothing is known; what made it so is reported."""


class _RefusedError(Exception):
    """A reference that does not fit; a finding says why."""


_MOST_REMEMBERED = 4096

_UNLIMITED = Limits(parameters=2**63, rank=2**31, elements=10**600, axis=10**600)


def infer(graph: Graph, findings: Findings, limits: Limits) -> TypedGraph:
    """The types of all tensors and weights. What depends on a mistake has none."""
    typed = _Inference(graph, findings, limits, _models_within(limits)).run()
    check_training(typed, findings)
    return typed


def models_of_checked() -> ModelTypes:
    """What the nested models of a typed graph give, inferred as it is asked for: it has been held against limits."""
    return _models_within(_UNLIMITED)


def _models_within(limits: Limits) -> ModelTypes:
    return ModelTypes(lambda graph, findings, models: _Inference(graph, findings, limits, models).run())


class _Inference:
    def __init__(self, graph: Graph, findings: Findings, limits: Limits, models: ModelTypes) -> None:
        self.graph = graph
        self.findings = findings
        self.limits = limits
        self.models = models
        self.rules = Rules(self.model_rule)
        self.model_calls: defaultdict[str, dict[Types, None]] = defaultdict(dict)
        self.calls: dict[str, CallOperands] = {}
        self.results: dict[str, Result] = {}
        self.refused_at: set[Place] = set()
        """Where calls are written that are refused: of several copies, the first is reported."""
        self.weights: dict[str, tuple[Weight, ...]] = {}
        self.first_call: dict[str, Node] = {}
        self.disagreeing: set[str] = set()
        self.constant_elements = 0
        self.too_large: tuple[Node, TensorType] | None = None
        self.too_long: tuple[Node, TensorType] | None = None
        self.applied: dict[tuple[Any, ...], Inferred] = {}
        self.chains: defaultdict[str, dict[str, TensorType]] = defaultdict(dict)
        self.shared_keys = {layer.keras_name: key for key, layer in graph.layers.items() if layer.shared}

    def run(self) -> TypedGraph:
        self.infer(self.graph.nodes.values())
        ends = self.ends(self.graph.outputs)
        parts = dict(self.parts())
        self.check_chains()
        self.check_size()
        typed = TypedGraph(self.graph, self.calls, self.results, self.weights, ends, self.models_of_all_calls(), parts)
        return replace(typed, dead=self.dead_results()) if self.graph.dead else typed

    def dead_results(self) -> dict[str, Result]:
        """Hold what is left out of the model against the rules as well, and keep only what it would give."""
        self.calls, self.results, self.weights = dict(self.calls), dict(self.results), dict(self.weights)
        self.infer(self.graph.dead.values())
        return {name: self.results[name] for name in self.graph.dead if name in self.results}

    def infer(self, nodes: Iterable[Node]) -> None:
        """Apply the rules to nodes, each after those that it takes from; nothing becomes known of what is refused."""
        for node in nodes:
            if not node.broken:
                try:
                    self.node(node)
                except (_UnknownError, _RefusedError):
                    continue

    # What is called

    def model_rule(self, keras_name: str, model: NestedModel) -> ModelRule:
        """The rule of a shared block, which notes its calls: all of them together make the model."""
        key = self.shared_keys[keras_name]

        def typed(inputs: Types) -> TypedGraph:
            for earlier in self.model_calls[key]:
                require_agreement(model, earlier, inputs)
            found = self.models.typed(model, inputs)
            self.model_calls[key][inputs] = None
            return found

        return ModelRule(model, typed)

    def models_of_all_calls(self) -> dict[str, TypedGraph]:
        """The graphs of the nested models, for all calls of each: a length in which they differ is unknown."""
        models = {}
        for key, layer in self.graph.layers.items():
            calls = self.model_calls.get(key)
            if layer.model is not None and calls:
                merged = tuple(merged_type(types) for types in zip(*calls, strict=True))
                try:
                    models[key] = self.models.typed(layer.model, merged)
                except NestedModelError as error:
                    for finding in error.findings:
                        self.findings.take(finding)
        return models

    def node(self, node: Node) -> None:
        """Apply the rule of what a node calls, and keep what the call takes, gives and holds."""
        layer = self.graph.layers[node.layer]
        rule = self.rules.of(layer)
        if rule is None:
            raise _UnknownError
        operands = self.arguments(node, rule)
        call: dict[str, Operand | tuple[Operand, ...]] = {}
        types: dict[str, Any] = {}
        for argument in node.arguments:
            found = [operand for operand, _ in operands[argument.name]]
            if argument.several:
                call[argument.name] = tuple(found)
                types[argument.name] = tuple(map(self.type_of, found))
            else:
                (call[argument.name],) = found
                types[argument.name] = self.type_of(found[0])
        inferred = self.apply(node, rule, call, types, operands)
        self.check_sizes(node, inferred)
        self.check_constants(node, rule, call, inferred)
        self.calls[node.name] = call
        self.results[node.name] = Result(inferred.outputs, inferred.names)
        if layer.shared and is_chain(rule):
            self.chains[node.layer][node.name] = types["inputs"]
        self.keep_weights(node, rule, inferred.weights)

    def apply(
        self,
        node: Node,
        rule: Operation | ModelRule,
        call: CallOperands,
        types: dict[str, Any],
        operands: dict[str, _Resolved],
    ) -> Inferred:
        """What a call gives; what it is refused for is reported."""
        try:
            if node.layer in self.chains:
                first = next(iter(self.chains[node.layer].values()))
                require_one_rank("inputs", first, types["inputs"])
            return self.applied_once(rule, types, node.flags)
        except NestedModelError as error:
            call_here = Remark(node.place.key(), f"`{node.name}` calls it here")
            for finding in error.findings:
                self.findings.take(replace(finding, related=(*finding.related, call_here)))
        except RuleError as error:
            refused = (self.graph, self.calls, error, rule, call, types, node.flags)
            if error.hint is None:
                error.hint = sequence_hint(*refused)
            if error.hint is None and node.place not in self.refused_at:
                error.hint = padding_hint(self.type_of, *refused)
            self.refused_at.add(node.place)
            if error.hint is None or isinstance(error, EmptyResultError):
                error.hint = input_shape_hint(self.type_of, *refused) or error.hint
            self.report(error, node, operands)
        raise _RefusedError

    def applied_once(self, rule: Operation | ModelRule, types: dict[str, Any], flags: Mapping[str, Any]) -> Inferred:
        """What a rule says of a call; where one object stands for equal layers, equal calls are worked out once.

        Raises:
            RuleError: It refuses the call.
        """
        if type(rule).nested or flags or isinstance(rule, ModelRule):
            return rule.apply(**types, **flags)
        key = id(rule), *types.items()  # The rules live as long as the graph.
        found = self.applied.get(key)
        if found is None:
            found = rule.apply(**types)
            if len(self.applied) < _MOST_REMEMBERED:
                self.applied[key] = found
        return found

    def check_sizes(self, node: Node, inferred: Inferred) -> None:
        """Refuse tensors of more axes than the limit, and note the first ones that are too large or too long."""
        for x in inferred.outputs:
            if len(x.shape) > self.limits.rank:
                message = f"`{node.name}` gives a tensor of {x.rank} axes, and the limit is {self.limits.rank}"
                self.findings.add(codes.RANK_TOO_LARGE, message, node.place.key(), scope=node.scope)
                raise _RefusedError
            # Constants have limits of their own.
            if node.name not in self.graph.constants:
                if self.too_large is None and _known_elements(x) > self.limits.elements:
                    self.too_large = (node, x)
                if self.too_long is None and any(size is not None and size > self.limits.axis for size in x.shape):
                    self.too_long = (node, x)

    def check_constants(self, node: Node, rule: Operation | ModelRule, call: CallOperands, inferred: Inferred) -> None:
        """Refuse constants of more elements than the limits, each and together, and those that lose imaginary parts.

        Each use is saved with the model.
        """
        constants = self.graph.constants
        for value in call.values():
            for operand in value if type(value) is tuple else (value,):
                if type(operand) is ConstantOperand or (type(operand) is TensorRef and operand.node in constants):
                    self.count_constant(node, self.type_of(operand))
        if node.name in constants:
            if not isinstance(rule, ModelRule) and rule.unstated_complex:
                message = f"`{node.name}` is a constant of complex numbers, and Keras takes it for one of real numbers"
                self.findings.add(codes.BAD_CONSTANT, message, node.place.key(), scope=node.scope)
                raise _RefusedError
            for x in inferred.outputs:
                self.count_constant(node, x)

    def count_constant(self, node: Node, x: TensorType) -> None:
        elements = volume(x.shape)
        if elements is None:
            message = f"`{node.name}` is a constant, and its shape {format_shape(x.shape)} would depend on its values"
            self.findings.add(codes.BAD_CONSTANT, message, node.place.key(), scope=node.scope)
            raise _RefusedError
        self.constant_elements += elements
        each, together = self.limits.constant, self.limits.constants
        if elements > each:
            message = f"`{node.name}` has a constant of {elements:,} elements, and the limit is {each:,}"
        elif self.constant_elements > together:
            message = f"with `{node.name}` the constants have more than {together:,} elements, which is the limit"
        else:
            return
        self.findings.add(codes.CONSTANT_TOO_LARGE, message, node.place.key(), scope=node.scope)
        raise _RefusedError

    def check_chains(self) -> None:
        """A shared `Sequential` works for all its calls together."""
        for key, calls in self.chains.items():
            layer = self.graph.layers[key]
            differ = len({each.shape for each in calls.values()}) > 1 and key not in self.disagreeing
            rule = self.rules.of(layer)
            if differ and rule is not None:
                try:
                    rule.apply(inputs=merged_type(calls.values()))
                except RuleError as error:
                    self.findings.add(
                        error.code,
                        f"`{key}` (Sequential) {error.message}, where its calls differ",
                        layer.place.key(),
                        hint=error.hint or "give all calls tensors of one shape",
                        related=tuple(
                            Remark(self.graph.node(name).place.key(), f"`{name}` calls it with {x}")
                            for name, x in calls.items()
                        ),
                        scope=layer.scope,
                    )

    # What flows in

    def arguments(self, node: Node, rule: Operation | ModelRule) -> dict[str, _Resolved]:
        """The tensors of each argument; all are looked at before the unknown ones end it, so that none is left out."""
        found: dict[str, _Resolved] = {}
        unknown = False
        for argument in node.arguments:
            try:
                found[argument.name] = self.argument(node, argument, rule)
            except _UnknownError:
                unknown = True
        if unknown:
            raise _UnknownError
        return found

    def argument(self, node: Node, argument: Argument, rule: Operation | ModelRule) -> _Resolved:
        """The tensors of an argument, each with the source that it comes from."""
        resolved: list[tuple[Operand, FlatOperand]] = []
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
        self.check_count(node, argument, rule, len(resolved))
        return tuple(resolved)

    def resolve(self, source: FlatOperand, several: bool, node: Node | None) -> list[Operand]:
        if isinstance(source, NumberOperand):
            return [source.value]
        if isinstance(source, ConstantOperand):
            return [source]
        result = self.results.get(source.node)
        if result is None:
            raise _UnknownError
        scope = node.scope if node is not None else None
        if source.output is not None:
            return [TensorRef(source.node, self.pick(source, result, scope))]
        if several or len(result.outputs) == 1:
            return [TensorRef(source.node, index) for index in range(len(result.outputs))]
        choices = [f"`{source.node}.{name}`" for name in _output_names(result)]
        user = f"`{node.name}` takes one tensor" if node is not None else "an input or output is one tensor"
        self.findings.add(
            codes.SEVERAL_OUTPUTS,
            f"{user}, and `{source.node}` has {len(result.outputs)} outputs",
            source.place,
            hint=f"pick one: {', '.join(choices[:6])}",
            scope=scope,
        )
        raise _RefusedError

    def pick(self, ref: OutputRef, result: Result, scope: Scope | None) -> int:
        """The index of the output that a reference picks."""
        assert ref.output is not None
        if ref.output in result.names:
            return result.names.index(ref.output)
        count = len(result.outputs)
        if (index := index_of(ref.output, count)) is not None:
            return index
        names = _output_names(result)
        scope = self.graph.node(ref.node).scope
        if count == 1 and scope.kind == "repeat" and ref.output.isdecimal():
            hint: str | None = repeated_hint(scope.key)
            fix: str | None = scope.key
            message = f"`{scope.key}` stands for the last copy that `repeat` makes, which has one output"
        elif count == 1:
            hint = f"write `{ref.node}`"
            fix = ref.node
            message = f"`{ref.node}` has one output"
        else:
            hint, close = did_you_mean(ref.output, names)
            fix = f"{ref.node}.{close}" if close else None
            message = f"`{ref.node}` has the outputs {', '.join(f'`{name}`' for name in names)}"
        self.findings.add(
            codes.UNKNOWN_OUTPUT,
            f"{message}, and no `{ref.output}`",
            ref.place,
            hint=hint,
            fix=fix,
            scope=scope,
        )
        raise _RefusedError

    def check_count(self, node: Node, argument: Argument, rule: Operation | ModelRule, count: int) -> None:
        """Refuse a list of more or fewer tensors than the call takes."""
        if not argument.several:
            return
        taken = next(call for call in rule.signature().calls if call.name == argument.name)
        if taken.kind != "tensors":
            return
        if count < taken.minimum or (taken.maximum is not None and count > taken.maximum):
            if taken.maximum == taken.minimum:
                wanted = f"{taken.minimum} tensors"
            elif count < taken.minimum:
                wanted = f"at least {taken.minimum} tensors" if taken.minimum > 1 else "at least one tensor"
            else:
                wanted = f"at most {taken.maximum} tensors"
            self.findings.add(
                codes.WRONG_ARITY,
                f"`{node.name}` ({self.graph.layers[node.layer].type}) takes {wanted}, and gets {count}",
                node.place / "inputs" if count else node.place.key(),
                scope=node.scope,
            )
            raise _RefusedError

    def type_of(self, operand: Operand) -> TensorType:
        if isinstance(operand, TensorRef):
            return self.results[operand.node].outputs[operand.output]
        return type_of_value(operand)

    # Mistakes

    def report(self, error: RuleError, node: Node, operands: dict[str, _Resolved]) -> None:
        """Report a rule that failed, with the tensors that it is about and where they come from."""
        layer = self.graph.layers[node.layer]
        blamed = self.blamed(error, operands)
        title, (come_from, remarks) = f"`{node.name}` ({layer.type})", self.come_from(blamed)
        is_for_all_calls = layer.model is not None or is_chain(layer.operation)
        if is_for_all_calls and isinstance(error, (RankError, DtypeError)) and node.layer in self.first_call:
            other = self.first_call[node.layer]
            come_from += f", and the other call is `{other.name}`"
            remarks.append(Remark(other.place / "inputs", f"`{other.name}` calls `{layer.key}` here"))
        if error.route:
            title, come_from = f"`{'.'.join(map(str, (layer.key, *error.route)))}` ({error.layer})", ""
            if layer.shared:
                remarks.append(Remark(node.place.key(), f"`{node.name}` calls `{layer.key}` here"))
        hint = error.hint
        if hint is None and error.code is codes.UNKNOWN_DIMENSION:
            hint = "write a length in the `shape` of the `Input` that this comes from"
        self.findings.add(
            error.code,
            f"{title} {error.message}{come_from}",
            self.place_of(error, node, blamed),
            hint=hint,
            related=tuple(remarks),
            scope=node.scope,
        )

    def come_from(self, blamed: list[tuple[Operand, FlatOperand]]) -> tuple[str, list[Remark]]:
        """Where the tensors that a mistake is about come from, for the message; and what each of them is."""
        remarks: dict[str, Remark] = {}
        for operand, source in blamed:
            if isinstance(operand, TensorRef):
                name = operand.node
                if isinstance(source, OutputRef):
                    name = source.node if source.output is None else str(source)
                place = self.graph.node(operand.node).place.key()
                remarks.setdefault(name, Remark(place, f"`{operand.node}` gives {self.type_of(operand)}"))
        names = " and ".join(f"`{name}`" for name in remarks)
        return f" (from {names})" if names else "", [*remarks.values()]

    def blamed(self, error: RuleError, operands: dict[str, _Resolved]) -> list[tuple[Operand, FlatOperand]]:
        """The tensors that a mistake is about; all, if its rule names neither any nor an argument."""
        everything = [pair for pairs in operands.values() for pair in pairs]
        if not error.operands:
            return everything if error.argument is None else []
        blamed: list[tuple[Operand, FlatOperand]] = []
        for which in error.operands:
            if isinstance(which, int):
                blamed += everything[which : which + 1]
            else:
                blamed += operands.get(which, ())
        return blamed

    def place_of(self, error: RuleError, node: Node, blamed: list[tuple[Operand, FlatOperand]]) -> Place:
        """Where a mistake is: in an argument of the layer, or where the tensor flows in that it is about."""
        layer = self.graph.layers[node.layer]
        if error.route:
            steps = error.route if error.argument is None else (*error.route, error.argument)
            return layer.place.below(steps)
        if error.argument is not None and not layer.shared:
            return node.place / error.argument
        return blamed[-1][1].place if blamed else node.place.key()

    # Weights

    def keep_weights(self, node: Node, rule: Operation | ModelRule, weights: tuple[Weight, ...]) -> None:
        """Note the weights of a layer, each under the layer that owns it; calls of one layer must agree."""
        own: list[Weight] = []
        shared: dict[str, list[list[Weight]]] = {}
        trainable = rule.trainable if isinstance(rule, Trainable) else True
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
        first = self.weights.get(key)
        if first is None:
            self.weights[key], self.first_call[key] = tuple(found), node
            return
        origin = self.first_call[key]
        shapes = [(weight.name, weight.shape) for weight in first]
        if shapes != [(weight.name, weight.shape) for weight in found]:
            self.report_disagreement(key, node, origin, first, found)

    def report_disagreement(
        self, key: str, node: Node, origin: Node, first: tuple[Weight, ...], found: list[Weight]
    ) -> None:
        self.disagreeing.add(key)
        pairs = zip(first, found, strict=False)
        this, other = next(((b, a) for a, b in pairs if a.shape != b.shape), (found[0], first[0]))
        self.findings.add(
            codes.SHARED_MISMATCH,
            f"`{node.name}` needs the shared layer `{key}` with a `{other.name}` of shape {format_shape(this.shape)}, "
            f"and `{origin.name}` with one of {format_shape(other.shape)}",
            node.place / "inputs",
            hint="a shared layer has one set of weights: give both calls inputs of the same width",
            related=(Remark(origin.place / "inputs", f"`{origin.name}` calls `{key}` here"),),
            scope=node.scope,
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
                    scope=layer.scope,
                )
                return
        if self.too_large is not None:
            # What has too many weights has tensors that are too large as well, which is one mistake.
            node, x = self.too_large
            elements, limit = _known_elements(x), self.limits.elements
            message = f"`{node.name}` gives a tensor of {elements:,} elements, and the limit is {limit:,}"
            self.findings.add(codes.TENSOR_TOO_LARGE, message, node.place.key(), scope=node.scope)
        elif self.too_long is not None:
            node, x = self.too_long
            length, limit = max(size or 0 for size in x.shape), self.limits.axis
            message = f"`{node.name}` gives a tensor with an axis of {length:,} elements, and the limit is {limit:,}"
            self.findings.add(
                codes.AXIS_TOO_LONG,
                message,
                node.place.key(),
                hint="TensorFlow trains with none that is longer; `--limit axis=NUMBER` raises the limit",
                scope=node.scope,
            )

    # Outputs

    def parts(self) -> Iterator[tuple[str, TypedPart]]:
        """The tensors of each part; none of a part with mistakes."""
        if not self.graph.parts:
            return
        from spec_compiler.inferring.parts import check_part, needed  # few specs have parts

        positions = {name: position for position, name in enumerate(self.graph.nodes)}
        amount = 0
        for part in self.graph.parts:
            try:
                taken = [operand for ref in part.inputs for operand in self.resolve(ref, False, None)]
            except (_UnknownError, _RefusedError):
                continue
            ends = self.ends(part.outputs)
            inputs = tuple(operand for operand in taken if isinstance(operand, TensorRef))
            if len(ends) < len(part.outputs):
                continue
            names, used = needed(self.calls, inputs, list(ends.values()))
            amount += len(names)
            if amount > self.limits.nodes:
                message = f"with `{part.name}` the models have more than {self.limits.nodes:,} nodes together"
                self.findings.add(codes.TOO_MANY_NODES, message, part.place.key())
                return
            called = {name: positions[name] for name in names}
            if check_part(self.graph, self.calls, part, inputs, ends, called, used, self.findings):
                yield part.name, TypedPart(inputs, ends)

    def ends(self, outputs: Sequence[Output]) -> dict[str, TensorRef]:
        """The tensor that each output is."""
        ends: dict[str, TensorRef] = {}
        for output in outputs:
            try:
                (operand,) = self.resolve(output.source, False, None)
            except (_UnknownError, _RefusedError):
                continue
            assert isinstance(operand, TensorRef)
            ends[output.name] = operand
        return ends


def _output_names(result: Result) -> list[str]:
    return list(result.names) or [str(index) for index in range(len(result.outputs))]


def _known_elements(x: TensorType) -> int:
    """How many elements a tensor has, if each axis of unknown length, such as the batch, is one long."""
    return prod(length for length in x.shape if length is not None)


def _frozen(weight: Weight) -> Weight:
    return Weight(weight.name, weight.shape, weight.dtype, weight.initializer, False, weight.owner)

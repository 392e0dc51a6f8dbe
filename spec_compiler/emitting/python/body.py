"""A graph as it is written, of the spec or of a block → the statements of a Python function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from spec_compiler.catalog import registry
from spec_compiler.catalog.layers.base import Operation, Trainable
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.ops.numpy.indexing import GetItem
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.emitting.python.arguments import WrittenArguments
from spec_compiler.emitting.python.calls import constant_call, op_call, op_function_call, structure
from spec_compiler.emitting.python.code import (
    Bracketed,
    Fragment,
    Worded,
    call,
    choice,
    dict_comprehension,
    dict_of,
    item_of,
    list_of,
    text_of,
)
from spec_compiler.emitting.python.expressions import Expressions, Template, UnsayableError, plain
from spec_compiler.emitting.python.forms import BlockKey, WrittenSpec
from spec_compiler.emitting.python.identifiers import Identifiers
from spec_compiler.emitting.python.nesting import nested
from spec_compiler.emitting.python.nodes import WrittenNode, texts_of, written_nodes
from spec_compiler.emitting.python.references import (
    Group,
    Guard,
    InputItem,
    Operands,
    References,
    Single,
    Turn,
    arguments_without_call,
    text_pattern,
)
from spec_compiler.emitting.python.settled import holds_expression, with_values
from spec_compiler.emitting.python.statements import Statement, tidied
from spec_compiler.emitting.python.values import class_name
from spec_compiler.expanding.constants import read_constant
from spec_compiler.expanding.loop_values import variables_of
from spec_compiler.graph.flat import ConstantOperand, NumberOperand
from spec_compiler.inferring.shared_sequential import shape_to_build
from spec_compiler.language.spec import BlockForm, SpecForm
from spec_compiler.language.validate import layer_form
from spec_compiler.spans import Place


class Functions(Protocol):
    """The functions of a module: one for each block that is used."""

    def of(self, block: BlockKey) -> str:
        """The name of the function of a block."""


def output_sources(outputs: Any) -> list[Any]:
    """The references of the outputs of a spec or a block, as they are written."""
    if not isinstance(outputs, Mapping):
        return list(outputs)
    return [
        value.get("from", name) if isinstance(value, Mapping) else name if value is None else value
        for name, value in outputs.items()
    ]


class FunctionBody:
    """Writes the statements of one graph.

    Args:
        spec: The spec as it was written.
        form: What the spec or the block says.
        file: The document that it is written in.
        block: The block that it is; None for the spec itself.
        functions: The functions of blocks.
        names: The names of params in Python.
        inputs: The variables that the inputs of a block are.
        identifiers: The names that are free.
        prefix: The variable that has what the names of layers begin with; None if they begin with nothing.
        values: The values of the spec's params.
    """

    def __init__(
        self,
        spec: WrittenSpec,
        form: SpecForm | BlockForm,
        file: str,
        block: BlockKey | None,
        functions: Functions,
        names: Mapping[str, str],
        inputs: Mapping[str, str],
        identifiers: Identifiers,
        prefix: str | None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self.spec = spec
        self.form = form
        self.file = file
        self.block = block
        self.place = Place((), file=file) if block is None else block.place
        self.functions = functions
        self.identifiers = identifiers
        self.is_freezable = block is not None and spec.is_freezable(block)
        self.expressions = Expressions({**names, "trainable": "trainable"} if self.is_freezable else names)
        self.prefix = plain("") if prefix is None else Template(((True, prefix),))
        self.statements: list[Statement] = []
        self.depth = 1
        self.layers: dict[str, str] = {}
        self.loop_variables: dict[str, str] = {}
        self.remarked: set[Place] = set()
        self.inputs = [Single(name, variable) for name, variable in inputs.items()]
        self.values = values or {}
        self.nodes: dict[str, WrittenNode] = {}
        self._take(written_nodes(form, self.place, spec))

    def add(self, prefix: str, code: Fragment) -> None:
        """Add a statement."""
        self.statements.append(Statement(prefix, code, self.depth))

    def lines(self) -> list[str]:
        """The lines of all statements."""
        return [line for each in nested(tidied(self.statements)) for line in each.lines()]

    def write(self) -> None:
        """Write the shared layers and the nodes."""
        for key in self.form.layers:
            if self._shared_block(key) is None and self._is_used(key):
                self._declare(key)
        order = list(self._in_order())
        guards = self._guards([node for nodes in order for node in nodes])
        for nodes in order:
            guard = guards.get(nodes[0].key)
            if guard is not None:
                condition = self.expressions.condition(guard.condition, guard.holds)
                self.add(f"if {condition}:", "")
                self.depth += 1
            if len(nodes) == 1:
                self._write_node(nodes[0])
            else:
                self._write_together(nodes)
            self.depth -= guard is not None

    # What is written

    def _take(self, nodes: Mapping[str, WrittenNode]) -> None:
        """Take nodes for those of the graph."""
        self.nodes = dict(nodes)
        names_of = {key: node.names() for key, node in nodes.items()}
        self.references = References(self.inputs, names_of, texts_of(nodes.values()), _lists_of_texts(self.values))

    def _unroll(self, keys: Iterable[str]) -> None:
        """Write the copies of some nodes one by one.

        Raises:
            UnsayableError: It depends on params which there are.
        """
        chosen = {key for key in keys if self.nodes[key].loops}
        if not chosen or not all(self.nodes[key].can_be_unrolled for key in chosen):
            raise UnsayableError
        self._take(
            {
                each.key: each
                for key, node in self.nodes.items()
                for each in (node.unrolled() if key in chosen else [node])
            }
        )

    def _needed(self) -> set[str]:
        """The nodes that became something, of a block those that lead to its outputs, and all that these may take."""
        if self.block is None:
            waiting = [key for key, node in self.nodes.items() if node.is_there]
        else:
            waiting = list(self.references.nodes_in(output_sources(self.form.outputs)))
        found = set(waiting)
        while waiting:
            new = self.references.nodes_in(self.nodes[waiting.pop()].inputs) - found
            found |= new
            waiting += new
        return found

    def _in_order(self) -> list[list[WrittenNode]]:
        """The nodes, what they take before them, ties in order of writing.

        Copies of `for` that take each other in turn come together, if loops can make them in their order; others are
        written one by one.
        """
        computed = [key for key, node in self.nodes.items() if node.loops and holds_expression(node.form.type)]
        for key in computed:
            if self.nodes[key].can_be_unrolled:
                self._unroll([key])
        while True:
            order = list(self._together())
            broken = [each.key for nodes in order if not self._can_be_looped(nodes) for each in nodes]
            if not broken:
                return order
            self._unroll(broken)

    def _together(self) -> Iterator[list[WrittenNode]]:
        import networkx

        needed = self._needed()
        keys = [key for key in self.nodes if key in needed]
        place = {key: number for number, key in enumerate(keys)}
        taken = {key: self.references.nodes_in(self.nodes[key].inputs) & needed for key in keys}
        graph = networkx.DiGraph([(other, key) for key in keys for other in taken[key]])
        graph.add_nodes_from(keys)
        together = networkx.condensation(graph)
        first = {number: min(place[key] for key in data["members"]) for number, data in together.nodes(data=True)}
        for number in networkx.lexicographical_topological_sort(together, key=first.__getitem__):
            yield [self.nodes[key] for key in sorted(together.nodes[number]["members"], key=place.__getitem__)]

    def _takes_itself(self, nodes: Sequence[WrittenNode]) -> bool:
        """Whether the copies of nodes take those of each other, or of their own node."""
        return len(nodes) > 1 or nodes[0].key in self.references.nodes_in(nodes[0].inputs)

    def _can_be_looped(self, nodes: Sequence[WrittenNode]) -> bool:
        """Whether loops make the copies of nodes in an order in which each has what it takes."""
        if not self._takes_itself(nodes):
            return True
        rows = nodes[0].rows()
        if any(node.loops != nodes[0].loops or list(node.rows().values()) != [*rows.values()] for node in nodes):
            return False
        order = [name for names in zip(*(node.names() for node in nodes), strict=True) for name in names]
        place = {name: number for number, name in enumerate(order)}
        return all(
            place.get(taken, -1) < place[name]
            for node in nodes
            for name, variables in node.rows().items()
            for taken in self.references.names_in(with_values(node.inputs, variables))
        )

    def _guards(self, order: Sequence[WrittenNode]) -> dict[str, Guard]:
        """The conditions of nodes that are there only if a condition picks what they lead to.

        Raises:
            UnsayableError: It is more than one condition.
        """
        uses: dict[str, set[Guard | None]] = {}
        for key, guard in self.references.guards_in(output_sources(self.form.outputs)):
            uses.setdefault(key, set()).add(guard)
        found: dict[str, Guard] = {}
        for node in reversed(order):
            guards = uses.get(node.key, {None})
            if any(guard is not None and guard._replace(holds=not guard.holds) in guards for guard in guards):
                guards = {None}
            own = next(iter(guards)) if len(guards) == 1 else None
            if own is not None:
                found[node.key] = own
            elif None not in guards and self._is_left_out_somewhere(node):
                raise UnsayableError
            for key, guard in self.references.guards_in(node.inputs, node.variables):
                if own is not None and guard not in (None, own) and self._is_left_out_somewhere(self.nodes[key]):
                    raise UnsayableError
                uses.setdefault(key, set()).add(own if own is not None else guard)
        return found

    def _is_left_out_somewhere(self, node: WrittenNode) -> bool:
        """Whether some copy of the block has no copy of a node."""
        graphs = {scope.graph for other in self.nodes.values() for scope in other.scopes()}
        return len({scope.graph for scope in node.scopes()}) < len(graphs)

    # Shared layers

    def _is_used(self, key: str) -> bool:
        return self.place / "layers" / key in self.spec.layers_in_use

    def _shared_block(self, key: str) -> BlockKey | None:
        return self.spec.block_of(self.form.layers[key].get("type"), self.file)

    def _declare(self, key: str) -> str:
        """Write a shared layer, and return its variable."""
        if key in self.layers:
            return self.layers[key]
        form = layer_form(self.form.layers[key], self.place / "layers" / key, Findings())
        assert form is not None
        name = self.prefix + key if form.name is None else self.expressions.template(form.name)
        if form.arguments.get("trainable") is False and self._found(form.type).nested:
            raise UnsayableError
        made = self._made(form.type, form.arguments, name, self.expressions)
        variable = self.layers[key] = self.identifiers.new(key)
        self.add(f"{variable} = ", made)
        shape = shape_to_build(self.spec.graph, key) if key in self.spec.graph.layers else None
        if shape is not None:
            if self.block is not None:
                raise UnsayableError
            self.add("", call(f"{variable}.build", repr(shape)))
        return variable

    def _declare_model(self, key: str, block: BlockKey) -> str:
        """Write a shared block, a model of its own, and return its variable."""
        if key in self.layers:
            return self.layers[key]
        form = layer_form(self.form.layers[key], self.place / "layers" / key, Findings())
        assert form is not None
        if self.block is not None:
            raise UnsayableError
        graph = self.spec.graph.models.get(key)
        if graph is None:
            raise UnsayableError  # Only copies call it that there are none of.
        name = plain(key) if form.name is None else self.expressions.template(form.name)
        inputs: list[Fragment] = []
        for each in graph.inputs:
            type_ = graph.results[each].outputs[0]
            variable = self.identifiers.new(f"{key}_{each}")
            more = {} if type_.dtype == "float32" else {"dtype": text_of(type_.dtype)}
            if type_.sparse or type_.ragged or type_.shape[:1] != (None,):
                raise UnsayableError
            self.add(f"{variable} = ", call("keras.Input", repr(type_.shape[1:]), **more, name=text_of(each)))
            inputs.append(variable)
        given = dict(form.arguments)
        trainable = given.pop("trainable", True)
        arguments = self._block_arguments(block, given, self.expressions)
        outputs = call(self.functions.of(block), *inputs, **arguments)
        several = len(self.spec.block(block).outputs) > 1
        made = call(
            "keras.Model",
            inputs[0] if len(inputs) == 1 else list_of(inputs),
            call("list", outputs) if several else outputs,
            name=name.code(),
        )
        variable = self.layers[key] = self.identifiers.new(key)
        self.add(f"{variable} = ", made)
        if trainable is not True:
            self.add(f"{variable}.trainable = ", WrittenArguments(self.expressions).value(trainable))
        return variable

    # Layers and blocks

    def _found(self, kind: str) -> type[Operation]:
        found = registry.operation(kind)
        if found is None:
            raise UnsayableError
        return found

    def _completed(self, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments with the defaults of the block and of its file; what the node says goes before both."""
        found = self._found(kind)
        name = registry.layer_name(kind)
        # A functional name has defaults where the class, which is what Keras's code has, may have none.
        needs = self._found(name).required_arguments() if kind in registry.FUNCTIONS else ()
        completed: dict[str, Any] = {**{each: found.model_fields[each].default for each in needs}, **given}
        levels = [self.form.defaults]
        if self.block is not None:
            levels.append(self.spec.form(self.file).defaults)
        for level in levels:
            for entry, arguments in level.items():
                if registry.layer_name(entry) == name and not issubclass(found, Input):
                    if found.nested and any(key in found.nested for key in arguments):
                        raise UnsayableError
                    completed = {key: item for key, item in arguments.items() if key in found.model_fields} | completed
        return completed

    def _made(self, kind: str, given: Mapping[str, Any], name: Template, expressions: Expressions) -> Bracketed:
        found = self._found(kind)
        written = WrittenArguments(expressions, lambda value, where: self._inner(value, name + where, expressions))
        positional, named = written.of(found, self._completed(kind, self._frozen_with_block(found, given)))
        return call(class_name(found), *positional, **named, name=name.code())

    def _frozen_with_block(self, found: type[Operation], given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arguments of a layer, which is not trained where the block as a whole is not."""
        if not self.is_freezable or given.get("trainable") is False:
            return given
        if found.nested or given.get("trainable", True) is not True:
            raise UnsayableError
        return {**given, "trainable": "${trainable}"}

    def _inner(self, value: Any, name: Template, expressions: Expressions) -> Fragment:
        if isinstance(value, str):
            value = {"type": value}
        if not isinstance(value, Mapping):
            raise UnsayableError
        if "use" in value:
            key = value["use"]
            if key not in self.form.layers:
                raise UnsayableError
            block = self._shared_block(key)
            return self._declare(key) if block is None else self._declare_model(key, block)
        own = {key: item for key, item in value.items() if key not in ("type", "name") and not key.startswith("x-")}
        if "name" in value:
            name = expressions.template(value["name"])
        if own.get("trainable") is False:
            raise UnsayableError
        return self._made(value["type"], own, name, expressions)

    def _block_arguments(
        self, block: BlockKey, given: Mapping[str, Any], expressions: Expressions
    ) -> dict[str, Fragment]:
        names = self.spec.param_names(block)
        written = WrittenArguments(expressions)
        arguments = {names[name]: written.value(value) for name, value in given.items() if name in names}
        if self.spec.is_freezable(block):
            trainable = given.get("trainable", True)
            if trainable is True and self.is_freezable:
                trainable = "${trainable}"
            elif holds_expression(trainable) and self.is_freezable:
                raise UnsayableError
            if trainable is not True:
                arguments["trainable"] = written.value(trainable)
        return arguments

    # Nodes

    def _write_node(self, node: WrittenNode) -> None:
        if node.loops:
            self._write_together([node])
            return
        self._comment(node)
        variable = self._chain(node, self.expressions, node.key)
        self.references.bind(node.key, Single(node.key, variable, self._outputs(node)))

    def _comment(self, node: WrittenNode) -> None:
        """Write the comments of the spec that stand before a node, or behind it."""
        if node.place not in self.remarked:
            self.remarked.add(node.place)
            for line in self.spec.comments(self.file).get(node.place.path, ()):
                self.add(line, "")

    def _write_together(self, nodes: Sequence[WrittenNode]) -> None:
        """Write the loops that make the copies of a node; of several nodes, if all have the same ones."""
        for node in nodes:
            self._comment(node)
        stems = {node.key: node.stem for node in nodes}
        groups = {key: self.identifiers.new(stem if stem.endswith("s") else f"{stem}s") for key, stem in stems.items()}
        heads, expressions = self._loops(nodes[0])
        code = None if self._takes_itself(nodes) else self._in_one_expression(nodes[0], expressions)
        if code is not None:
            (node,) = nodes
            name = expressions.template(node.key)
            self.add(f"{groups[node.key]} = ", dict_comprehension(name.code(), code, heads))
            self.references.bind(node.key, Group(node.key, groups[node.key], node.names(), self._outputs(node)))
            return
        passing = {node.key for node in nodes if self._passes_with_its_turn(node, nodes)}
        for node in nodes:
            if node.key not in passing:
                self.add(f"{groups[node.key]} = ", "{}")
                self.references.bind(node.key, Group(node.key, groups[node.key], node.names(), self._outputs(node)))
            self._declare_before(node)
        before = self.depth
        for target, values in heads:
            self.add(f"for {target} in {values}:", "")
            self.depth += 1
        for node in nodes:
            name = expressions.template(node.key)
            written = None if node.key in passing else self._in_one_expression(node, expressions)
            if written is None:
                variable = self._chain(node, expressions, stems[node.key])
                if node.key in passing:
                    self.references.bind(node.key, Turn(node.key, variable, self._outputs(node)))
                    continue
                written = variable if isinstance(variable, str) else f"({', '.join(variable)})"
            self.add(f"{groups[node.key]}[{name.code()}] = ", written)
        self.depth = before

    def _passes_with_its_turn(self, node: WrittenNode, nodes: Sequence[WrittenNode]) -> bool:
        """Whether a copy of a node is taken by nothing but the copies of the same turn of a loop over nodes."""
        if node.form.type == "Input" or self.references.is_taken_elsewhere(
            node.key, output_sources(self.form.outputs), False
        ):
            return False
        return not any(
            self.references.is_taken_elsewhere(node.key, other.inputs, other in nodes) for other in self.nodes.values()
        )

    def _declare_before(self, node: WrittenNode) -> None:
        """Write the shared layers that copies call, or have inside, before the loop that makes them."""
        called = self._called(node) if node.form.use is not None else ()
        for key in (*called, *_shared_in(node.form.arguments)):
            if key in self.form.layers:
                block = self._shared_block(key)
                if block is None:
                    self._declare(key)
                else:
                    self._declare_model(key, block)

    def _loops(self, node: WrittenNode) -> tuple[list[tuple[str, str]], Expressions]:
        """The loops that make the copies of a node, and what expressions inside them see."""
        heads, expressions = [], self.expressions
        for key, over in node.loops.items():
            variables = variables_of(key)
            values = self._loop_values(node, over, expressions, len(variables))
            named = {each: self._loop_variable(each) for each in variables}
            heads.append((", ".join(named.values()), values))
            expressions = expressions.inside(named)
        return heads, expressions

    def _loop_variable(self, name: str) -> str:
        """The variable of a loop; loops one after another may have one of the same name."""
        if name not in self.loop_variables:
            self.loop_variables[name] = self.identifiers.new(name)
        return self.loop_variables[name]

    def _loop_values(self, node: WrittenNode, over: Any, expressions: Expressions, count: int) -> str:
        """What a loop over an expression goes through: a number stands for a range, a mapping for its items."""
        code = str(WrittenArguments(expressions).value(over))
        kind = self.spec.kind_of(over, self.file, self.block, node.copies)
        if kind == "int":
            return f"range({code})"
        if kind == "map" and count == 2:
            return f"{code}.items()"
        if kind == "list":
            return code
        raise UnsayableError

    def _in_one_expression(self, node: WrittenNode, expressions: Expressions) -> Fragment | None:
        """The value of a node as one expression; None if it takes statements of its own."""
        form = node.form
        if form.repeat is not None:
            return None
        self._declare_before(node)
        full = self.prefix + expressions.template(node.layer)
        operands = self.references.read(node.inputs, expressions)
        if form.when is None or form.when is True:
            return self._value(node, operands, full, expressions)
        if self._outputs(node):
            return None
        bypassed = operands.first(self._first_argument(node)).code
        if form.when is False:
            return bypassed
        if not isinstance(bypassed, str) or not _is_short(bypassed):
            return None
        condition = WrittenArguments(expressions).value(form.when)
        return choice(self._value(node, operands, full, expressions), condition, bypassed)

    def _chain(self, node: WrittenNode, expressions: Expressions, stem: str) -> str | tuple[str, ...]:
        """Write a node, with its `when` and its `repeat`, and return its variables."""
        code = self._in_one_expression(node, expressions)
        if code is not None:
            is_handed_on = isinstance(code, str) and node.form.when is False
            return str(code) if is_handed_on else self._assign(stem, self._outputs(node), code)
        form = node.form
        full = self.prefix + expressions.template(node.layer)
        operands = self.references.read(node.inputs, expressions)
        block = self.spec.block_of(form.type, self.file) or self._shared_block_of(node)
        if block is not None:
            operands = self._with_arrays_of_block(node, operands)
            operands = Operands(
                tuple((None, InputItem(each)) for each in operands.as_inputs(self.spec.block(block).inputs))
            )
        elif any(item.computed for _, item in operands.items):
            raise UnsayableError
        begin, outputs = self._first_argument(node), self._outputs(node)
        variables = [
            self.identifiers.new(stem if len(outputs) < 2 else f"{stem}_{each}") for each in outputs or (stem,)
        ]
        for number, variable in enumerate(variables[: max(1, len(operands.items))]):
            self.add(f"{variable} = ", operands.first(begin, number).code)
            operands = operands.with_first(begin, variable, number)
        self._declare_before(node)  # before the loop: it is one model for all of it
        before = self.depth
        if form.when is not None and form.when is not True:
            self.add(f"if {WrittenArguments(expressions).value(form.when)}:", "")
            self.depth += 1
        if form.repeat is not None:
            index = self._loop_variable("index")
            self.add(f"for {index} in range({WrittenArguments(expressions).value(form.repeat)}):", "")
            self.depth += 1
            expressions = expressions.inside({"index": index})
            full = full + "." + Template(((True, f"{index} + 1"),))
        self.add(f"{', '.join(variables)} = ", self._value(node, operands, full, expressions))
        self.depth = before
        return variables[0] if len(variables) == 1 else tuple(variables)

    def _assign(self, stem: str, outputs: tuple[str, ...], code: Fragment) -> str | tuple[str, ...]:
        """Give a value a variable, or each of its outputs one."""
        if len(outputs) < 2 or outputs[0].isdecimal():
            variable = self.identifiers.new(stem)
            self.add(f"{variable} = ", code)
            return variable
        variables = tuple(self.identifiers.new(f"{stem}_{output}") for output in outputs)
        self.add(f"{', '.join(variables)} = ", code)
        return variables

    def _first_argument(self, node: WrittenNode) -> str | None:
        """The call argument that a chain of a node's copies goes through."""
        found = registry.operation(node.form.type) if node.form.type is not None else None
        return found.calls[0].name if found is not None and found.calls else None

    def _outputs(self, node: WrittenNode) -> tuple[str, ...]:
        """The names of a node's outputs, or their numbers; none if there is one."""
        block = self.spec.block_of(node.form.type, self.file) or self._shared_block_of(node)
        if block is not None:
            outputs = self.spec.block(block).outputs
            if len(outputs) > 1 and any(map(holds_expression, outputs)):
                raise UnsayableError
            return tuple(outputs) if len(outputs) > 1 else ()
        if not node.instances or node.instances[0].output_count == 1:
            return ()
        instance = node.instances[0]
        return instance.output_names or tuple(map(str, range(instance.output_count)))

    def _shared_block_of(self, node: WrittenNode) -> BlockKey | None:
        return self._shared_block(self._called(node)[0]) if node.form.use is not None else None

    def _value(self, node: WrittenNode, operands: Operands, name: Template, expressions: Expressions) -> Fragment:
        """The call that a node is."""
        form = node.form
        block = self.spec.block_of(form.type, self.file)
        if block is not None:
            operands = self._with_arrays_of_block(node, operands)
            if form.call or any(scope.training is not None for scope in node.copies):
                raise UnsayableError
            arguments = self._block_arguments(block, form.arguments, expressions)
            inputs = operands.as_inputs(self.spec.block(block).inputs)
            return call(self.functions.of(block), *inputs, **arguments, prefix=(name + ".").code())
        flags = {key: WrittenArguments(expressions).value(value) for key, value in (form.call or {}).items()}
        if form.use is not None:
            return self._shared_call(node, operands, flags, expressions)
        assert form.type is not None
        if holds_expression(form.type):
            return self._call_of_computed_type(node, operands, name, expressions)
        found = self._found(form.type)
        own_name = name if form.name is None else expressions.template(form.name)
        if issubclass(found, Input):
            return self._input(form.arguments, own_name, expressions)
        if issubclass(found, Op):
            return self._op(node, found, operands, own_name, expressions)
        if not issubclass(found, Trainable) or (form.arguments.get("trainable") is False and found.nested):
            raise UnsayableError
        made = self._made(form.type, form.arguments, own_name, expressions)
        return self._layer_call(node, found, made, operands, flags)

    def _call_of_computed_type(
        self, node: WrittenNode, operands: Operands, name: Template, expressions: Expressions
    ) -> Fragment:
        """The call of a layer or an op whose name code gives; all that it may be are called in the same way."""
        codes = set()
        for found in {each.operation for each in node.instances}:
            kind = f"ops.{found.keras_name}" if issubclass(found, Op) else found.keras_name
            if registry.operation(kind) is not found:
                raise UnsayableError
            called = [each for each in node.instances if each.operation is found]
            one = node.of_type(kind, called)
            module, _, class_ = class_name(found).rpartition(".")
            own = expressions.text(str(node.form.type).removeprefix("ops."))
            codes.add(
                _with_head(
                    self._value(one, operands, name, expressions), f"{module}.{class_}", f"getattr({module}, {own})"
                )
            )
        if len(codes) != 1:
            raise UnsayableError
        return codes.pop()

    def _layer_call(
        self,
        node: WrittenNode,
        found: type[Operation],
        made: str | Bracketed,
        operands: Operands,
        flags: Mapping[str, Fragment],
    ) -> Fragment:
        if any(item.computed for _, item in operands.items):
            raise UnsayableError
        first, *_ = found.calls
        bound = self._bound(node, found, operands)
        positional = bound.pop(first.name)
        return call(made, positional, **bound, **flags)

    def _bound(self, node: WrittenNode, found: type[Operation], operands: Operands) -> dict[str, Fragment]:
        """What flows into a call, by call argument, each list in the structure that Keras wants it in."""
        if node.instances:
            instance = node.instances[0]
            config = instance.graph.layers[instance.node.layer].config
            assert isinstance(config, Operation)
            bound = operands.as_arguments(instance.node.arguments)
            for argument in instance.node.arguments:
                value = bound.get(argument.name)
                if argument.several and value is not None and not isinstance(value, list):
                    bound[argument.name] = [value]
            return {
                name: structure(config.arrange(name, value)) if isinstance(value, list) else value
                for name, value in bound.items()
            }
        bound = operands.as_arguments(arguments_without_call(found, len(operands.items)))
        return {name: structure(value) for name, value in bound.items()}

    def _shared_call(
        self, node: WrittenNode, operands: Operands, flags: Mapping[str, Fragment], expressions: Expressions
    ) -> Fragment:
        keys = self._called(node)
        blocks = [self._shared_block(key) for key in keys]
        variables = [
            self._declare(key) if block is None else self._declare_model(key, block)
            for key, block in zip(keys, blocks, strict=True)
        ]
        if holds_expression(node.form.use):
            by_name = dict_of({text_of(key): variable for key, variable in zip(keys, variables, strict=True)})
            callee: str | Bracketed = item_of(by_name, expressions.text(str(node.form.use)))
        else:
            (callee,) = variables
        if blocks[0] is not None:
            inputs = operands.as_inputs(self.spec.block(blocks[0]).inputs)
            return call(callee, inputs[0] if len(inputs) == 1 else list_of(inputs), **flags)
        form = layer_form(self.form.layers[keys[0]], self.place / "layers" / keys[0], Findings())
        assert form is not None
        return self._layer_call(node, self._found(form.type), callee, operands, flags)

    def _called(self, node: WrittenNode) -> list[str]:
        """The shared layers that a node may call; if its `use` is computed, all are of one type."""
        use = node.form.use
        assert use is not None
        if not holds_expression(use):
            keys = [use] if use in self.form.layers else []
        else:
            pattern = re.compile(text_pattern(use))
            keys = [key for key in self.form.layers if pattern.fullmatch(key) and self._is_called(key)]
        if not keys or len({str(self.form.layers[key].get("type")) for key in keys}) > 1:
            raise UnsayableError
        return keys

    def _is_called(self, key: str) -> bool:
        return self._is_used(key) or key in self.spec.graph.models

    def _input(self, given: Mapping[str, Any], name: Template, expressions: Expressions) -> Fragment:
        written = WrittenArguments(expressions)
        arguments = {key: written.argument(Input, key, value) for key, value in given.items()}
        for key in ("shape", "batch_shape"):
            if isinstance(given.get(key), list):
                items = [written.value(item) for item in given[key]]
                arguments[key] = Bracketed("", "(", tuple(("", item) for item in items), ")")
        shape = [arguments.pop("shape")] if "shape" in arguments else []
        return call("keras.Input", *shape, **arguments, name=name.code())

    def _op(
        self, node: WrittenNode, found: type[Op], operands: Operands, name: Template, expressions: Expressions
    ) -> Fragment:
        given = self._completed(str(node.form.type), node.form.arguments)
        if any(name in given for name in found.flat_operands):
            raise UnsayableError
        tensors = self._bound(node, found, self._with_arrays(node, operands))
        is_constant = any(each.node.name in each.graph.graph.constants for each in node.instances)
        if not holds_expression(given) and node.instances:
            config = node.instances[0].graph.layers[node.instances[0].node.layer].config
            assert isinstance(config, Op)
            made = op_call(config, tensors)
        else:
            written = WrittenArguments(expressions)
            if found is GetItem and isinstance(given["key"], list):
                arguments: dict[str, Fragment] = {"key": list_of(_key_item(each, written) for each in given["key"])}
            elif "keras_arguments" in vars(found):
                raise UnsayableError
            else:
                arguments = {key: written.argument(found, key, value) for key, value in given.items()}
            made = op_function_call(found, tensors, arguments)
        return constant_call(made) if is_constant else call("named", made, name.code())

    def _with_arrays(self, node: WrittenNode, operands: Operands) -> Operands:
        """What flows into an op, with the lists of numbers that expressions give as arrays.

        Raises:
            UnsayableError: Which of them are lists cannot be told.
        """
        if not any(item.computed for _, item in operands.items):
            return operands
        if not node.instances:
            raise UnsayableError
        arguments = node.instances[0].node.arguments
        sources = [(each.name, source) for each in arguments for source in each.sources]
        if len(sources) != len(operands.items) or any(item.starred for _, item in operands.items):
            raise UnsayableError
        by_name = dict(sources)
        items = []
        for (key, item), (_, source) in zip(operands.items, sources, strict=True):
            constant = source if key is None else by_name[key]
            if item.computed and not isinstance(constant, (ConstantOperand, NumberOperand)):
                raise UnsayableError
            is_list = item.computed and isinstance(constant, ConstantOperand)
            dtype = text_of(constant.dtype) if isinstance(constant, ConstantOperand) else ""
            items.append((key, InputItem(call("np.array", item.code, dtype)) if is_list else item))
        return replace(operands, items=tuple(items))

    def _with_arrays_of_block(self, node: WrittenNode, operands: Operands) -> Operands:
        """What flows into a block, with the lists of numbers that expressions give as arrays.

        Raises:
            UnsayableError: What one of them gives depends on more than what is around the block.
        """
        items = []
        for key, item in operands.items:
            if item.computed:
                outside = {each.parent.graph for each in node.copies if each.parent is not None}
                values = [with_values(item.computed, {**self.values, **each.arguments}) for each in outside]
                if not values or any(not isinstance(value, list) for value in values):
                    raise UnsayableError
                dtypes = {read_constant(value, Place(())).dtype for value in values}
                if len(dtypes) > 1:
                    raise UnsayableError
                item = InputItem(call("np.array", item.code, text_of(dtypes.pop())))
            items.append((key, item))
        return replace(operands, items=tuple(items))


def _key_item(item: Any, written: WrittenArguments) -> Fragment:
    """An item of a key as Python indexes with it: a place, a slice, three dots or a new axis."""
    if not isinstance(item, str):
        return written.value(item)
    if item == "...":
        return item
    parts = re.split(r":(?![^{]*\})", item)
    if len(parts) == 1:
        raise UnsayableError  # it may give a place as well as a slice
    bounds = [written.value(part if "${" in part else int(part)) if part.strip() else "None" for part in parts]
    return call("slice", *bounds)


def _with_head(code: Fragment, head: str, other: str) -> Fragment:
    """Code in which another function is called for that of a name."""
    if not isinstance(code, Bracketed):
        return code
    items = tuple((label, _with_head(item, head, other)) for label, item in code.items)
    called = other if code.head == head else _with_head(code.head, head, other)
    assert not isinstance(called, Worded)
    return replace(code, head=called, items=items)


def _is_short(code: str) -> bool:
    """Whether code is a variable, or an item of one, which may be written twice."""
    return re.fullmatch(r"[\w.]+(\[[^\[\]]*\])?", code) is not None


def _lists_of_texts(values: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The values that are lists of texts, which may be references."""
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, list) and value and all(isinstance(each, str) for each in value)
    }


def _shared_in(value: Any) -> Iterator[str]:
    """The names of the shared layers that stand in arguments."""
    if isinstance(value, list):
        for item in value:
            yield from _shared_in(item)
    elif isinstance(value, Mapping):
        if isinstance(value.get("use"), str):
            yield value["use"]
        yield from _shared_in(list(value.values()))

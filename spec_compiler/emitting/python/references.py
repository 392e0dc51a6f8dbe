"""References of a spec → Python code: variables, items of dicts, and lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from spec_compiler.catalog.layers.base import Operation
from spec_compiler.emitting.python.calls import constant_array
from spec_compiler.emitting.python.code import Bracketed, Fragment, dict_of, item_of, text_of, tuple_of
from spec_compiler.emitting.python.expressions import Expressions, Template, UnsayableError
from spec_compiler.emitting.python.settled import holds_expression
from spec_compiler.expanding.constants import is_constant, read_constant
from spec_compiler.expanding.expression_tree import SyntaxMistake, Tree, parse
from spec_compiler.expanding.substitute import pieces
from spec_compiler.graph.graph import Argument
from spec_compiler.language.names import parse_reference, pattern_to_regex
from spec_compiler.spans import Place


@dataclass(frozen=True)
class Single:
    """A node that is one call, or one input of a block: its variable, or one for each of its outputs."""

    name: str
    variable: str | tuple[str, ...]
    outputs: tuple[str, ...] = ()

    def all(self) -> list[InputItem]:
        """All of its outputs."""
        if isinstance(self.variable, tuple):
            return [InputItem(each) for each in self.variable]
        return [InputItem(self.variable, len(self.outputs) > 1)]

    def pick(self, output: str) -> str:
        """One of its outputs."""
        index = _index(self.outputs, output)
        if isinstance(self.variable, tuple):
            return self.variable[index]
        return f"{self.variable}[{index}]" if len(self.outputs) > 1 else self.variable


@dataclass(frozen=True)
class Group:
    """A node with `for`: the dict that its copies are in, by their names."""

    name: str
    variable: str
    names: tuple[str, ...]
    outputs: tuple[str, ...] = ()

    def copy(self, name: Fragment, output: str | None) -> str:
        """One copy, or one of its outputs."""
        found = f"{self.variable}[{name}]"
        if output is None or len(self.outputs) < 2:
            return found
        return f"{found}[{_index(self.outputs, output)}]"


@dataclass(frozen=True)
class Turn(Single):
    """A copy of a node with `for` that only the same turn of its loop takes: its variable, or those of its outputs."""

    def copy(self, output: str | None) -> str:
        """It, or one of its outputs."""
        if output is not None:
            return self.pick(output)
        if isinstance(self.variable, tuple):
            raise UnsayableError
        return self.variable


def _index(outputs: Sequence[str], output: str) -> int:
    if output in outputs:
        return outputs.index(output)
    if output.isdecimal() and (not outputs or int(output) < len(outputs)):
        return int(output)
    raise UnsayableError


class Guard(NamedTuple):
    """A condition, as an expression of the spec, and whether it is to hold."""

    condition: str
    holds: bool


class InputItem(NamedTuple):
    """An item of what flows in.

    Attributes:
        code: What it is in Python.
        starred: Whether it stands for several.
        computed: The expression that gives it, if that is no reference: a number, or a list of numbers.
    """

    code: Fragment
    starred: bool = False
    computed: str | None = None

    def __str__(self) -> str:
        return f"*{self.code}" if self.starred else str(self.code)


@dataclass(frozen=True)
class Operands:
    """What flows into a call: items, each with the call argument that it is given as, if that is written.

    `lists` are the call arguments that are written as lists.
    """

    items: tuple[tuple[str | None, InputItem], ...]
    lists: frozenset[str] = frozenset()

    def first(self, name: str | None, number: int = 0) -> InputItem:
        """What a chain begins with: the items from the first on, or that of the call argument of a name."""
        found = self.items[self._place(name, number)][1]
        if found.starred:
            raise UnsayableError
        return found

    def with_first(self, name: str | None, code: Fragment, number: int = 0) -> Operands:
        """The same, with the beginning of a chain replaced."""
        place = self._place(name, number)
        changed = [(key, InputItem(code) if each == place else item) for each, (key, item) in enumerate(self.items)]
        return replace(self, items=tuple(changed))

    def _place(self, name: str | None, number: int) -> int:
        if not self.items or (number and any(key is not None for key, _ in self.items)):
            raise UnsayableError
        return number or next((place for place, (key, _) in enumerate(self.items) if key == name), 0)

    def as_arguments(self, arguments: Sequence[Argument]) -> dict[str, Fragment | list[Fragment]]:
        """The call arguments, as the same call is bound in the graph: a list where one is given as a list."""
        if any(key is not None for key, _ in self.items):
            return self._by_name()
        if len(arguments) == 1 and arguments[0].several:
            return {arguments[0].name: [str(item) if item.starred else item.code for _, item in self.items]}
        items = iter(self.items)
        found: dict[str, Fragment | list[Fragment]] = {}
        for argument in arguments:
            taken = [next(items, None) for _ in argument.sources]
            codes = [each[1].code for each in taken if each is not None and not each[1].starred]
            if len(codes) != len(taken):
                raise UnsayableError
            found[argument.name] = codes if argument.several else codes[0]
        if next(items, None) is not None:
            raise UnsayableError
        return found

    def _by_name(self) -> dict[str, Fragment | list[Fragment]]:
        found: dict[str, Fragment | list[Fragment]] = {}
        for key, item in self.items:
            assert key is not None
            if key in self.lists:
                several = found.setdefault(key, [])
                assert isinstance(several, list)
                several.append(str(item) if item.starred else item.code)
            elif item.starred:
                raise UnsayableError
            else:
                found[key] = item.code
        return found

    def as_inputs(self, names: Sequence[str]) -> list[Fragment]:
        """The inputs of a block, in their order."""
        if any(key is not None for key, _ in self.items):
            by_name = {key: item.code for key, item in self.items}
            return [by_name[name] for name in names]
        return [str(item) if item.starred else item.code for _, item in self.items]


def arguments_without_call(found: type[Operation], count: int) -> tuple[Argument, ...]:
    """How a list of operands is bound by an operation that nothing in the graph shows a call of."""
    positional = found.signature().positional
    if len(positional) == 1 and positional[0].kind == "tensors":
        return (Argument(positional[0].name, (), True),)
    if len(positional) < count:
        raise UnsayableError
    one = (None,)
    return tuple(Argument(each.name, one, False) for each in positional[:count])  # type: ignore[arg-type]


class References:
    """The names of one graph, and the variables that they are in Python.

    Args:
        inputs: The inputs of a block, which are known from the start.
        names: For each node the names of the copies that its `for` makes; none for a node without one.
        variables: The texts that each variable and param can be.
        lists: The lists of texts that params are.
    """

    def __init__(
        self,
        inputs: Iterable[Single],
        names: Mapping[str, tuple[str, ...]],
        variables: Mapping[str, set[str]],
        lists: Mapping[str, Sequence[str]],
    ) -> None:
        self._variables = variables
        self._lists = lists
        self._bindings: dict[str, Single | Group] = {each.name: each for each in inputs}
        self._inputs = tuple(self._bindings)
        self._names = names

    def bind(self, key: str, binding: Single | Group) -> None:
        """Note what a node has become."""
        self._bindings[key] = binding

    # What is referred to

    def nodes_in(self, inputs: Any) -> set[str]:
        """The nodes that what flows into another may refer to."""
        if isinstance(inputs, str):
            return {key for key in self._matching(inputs) if key in self._names}
        if isinstance(inputs, list):
            return set().union(*map(self.nodes_in, inputs))
        if isinstance(inputs, Mapping):
            return set().union(*map(self.nodes_in, inputs.values()))
        return set()

    def is_taken_elsewhere(self, key: str, inputs: Any, same_turn: bool) -> bool:
        """Whether what flows into another node may be a copy of a node, and not that of the same turn of a loop."""
        if isinstance(inputs, list):
            return any(self.is_taken_elsewhere(key, each, same_turn) for each in inputs)
        if isinstance(inputs, Mapping):
            return self.is_taken_elsewhere(key, list(inputs.values()), same_turn)
        found = self.nodes_in(inputs)
        is_own = isinstance(inputs, str) and (inputs == key or inputs.startswith(f"{key}."))
        return key in found and not (same_turn and is_own and len(found) == 1)

    def names_in(self, inputs: Any) -> Iterator[str]:
        """The names of nodes and copies that are written in what flows into another."""
        if isinstance(inputs, list):
            for item in inputs:
                yield from self.names_in(item)
        elif isinstance(inputs, Mapping):
            yield from self.names_in(list(inputs.values()))
        elif isinstance(inputs, str) and not holds_expression(inputs):
            reference = parse_reference(inputs)
            if reference is not None and not reference.is_pattern:
                yield reference.node

    def guards_in(self, inputs: Any, variables: frozenset[str] = frozenset()) -> Iterator[tuple[str, Guard | None]]:
        """The nodes that a reference may stand for, each with the condition that picks it, if one does.

        A condition on the variables of copies is none: some copy may take the one, and some the other.
        """
        if isinstance(inputs, list):
            for item in inputs:
                yield from self.guards_in(item, variables)
        elif isinstance(inputs, Mapping):
            yield from self.guards_in(list(inputs.values()), variables)
        elif isinstance(inputs, str):
            tree = _tree_of(inputs)
            if tree is None or tree.kind != "if" or tree.operands[1].names() & variables:
                yield from ((key, None) for key in self.nodes_in(inputs))
                return
            expression = pieces(inputs)[0].text
            value, condition, other = tree.operands
            for branch, holds in ((value, True), (other, False)):
                for key in self.nodes_in("${" + expression[branch.start : branch.end] + "}"):
                    yield key, Guard(expression[condition.start : condition.end], holds)

    def _matching(self, text: str) -> list[str]:
        """The keys of the nodes and inputs that a reference may stand for, in order of writing."""
        if "${" not in text:
            reference = parse_reference(text)
            if reference is None:
                return []
            if reference.is_pattern:
                return self._fitting(self._order, pattern_to_regex(reference.node))
            return self._keys_of.get(reference.node, [])
        parts = pieces(text)
        if len(parts) == 1:
            named = [*_texts_in(parts[0].text), *self._values_of(parts[0].text), *(self._listed(text) or ())]
            found = {key for each in named for key in self._keys_of.get(each.partition(".")[0], ())}
            for pattern in _joined_in(parse(parts[0].text, 2**53)):
                found.update(self._fitting(self._order, re.compile(pattern)))
            return sorted(found, key=self._order.__getitem__)
        before_output, _, _ = text_pattern(text).partition("\\.")
        return self._fitting(self._order, re.compile(before_output))

    @cached_property
    def _order(self) -> dict[str, int]:
        """The keys of the inputs and nodes, in order of writing."""
        keys = [*self._inputs, *self._names]
        return {key: position for position, key in enumerate(keys)}

    @cached_property
    def _keys_of(self) -> dict[str, list[str]]:
        """The keys of what has a name, by the name."""
        found: dict[str, list[str]] = {}
        for key in self._order:
            for name in self._names.get(key) or (key,):
                found.setdefault(name, []).append(key)
        return found

    def _listed(self, text: str) -> Sequence[str] | None:
        """The references that a text gives which is a param and nothing else; None if that is no list of texts."""
        tree = _tree_of(text)
        return self._lists.get(tree.value) if tree is not None and tree.kind == "name" else None

    def _fitting(self, keys: Iterable[str], pattern: re.Pattern[str]) -> list[str]:
        return [key for key in keys if any(pattern.fullmatch(name) for name in self._names.get(key) or (key,))]

    # What a reference is in Python

    def read(self, inputs: Any, expressions: Expressions) -> Operands:
        """What flows into a call."""
        if inputs is None:
            return Operands(())
        if isinstance(inputs, Mapping):
            items = [(str(key), item) for key, value in inputs.items() for item in self._given(value, expressions)]
            lists = frozenset(
                str(key) for key, value in inputs.items() if isinstance(value, list) and not is_constant(value)
            )
            return Operands(tuple(items), lists)
        return Operands(tuple((None, item) for item in self._given(inputs, expressions)))

    def _given(self, value: Any, expressions: Expressions) -> list[InputItem]:
        is_list = isinstance(value, list) and not is_constant(value)
        return self._list(value, expressions) if is_list else self._bare(value, expressions)

    def one(self, text: Any, expressions: Expressions) -> Fragment:
        """The tensor that a reference is."""
        (item, *others) = self._bare(text, expressions)
        if others or item.starred:
            raise UnsayableError
        return item.code

    def _list(self, items: list[Any], expressions: Expressions) -> list[InputItem]:
        return [each for item in items for each in self._bare(item, expressions)]

    def _bare(self, value: Any, expressions: Expressions) -> list[InputItem]:
        if is_constant(value):
            return [InputItem(constant_array(read_constant(value, Place(()))))]
        if isinstance(value, (int, float)):
            return [InputItem(repr(value))]
        if not isinstance(value, str):
            raise UnsayableError
        if "${" in value:
            if (listed := self._listed(value)) is not None:
                (name,) = _tree_of(value).names()  # type: ignore[union-attr]
                picked = self._picked(self._matching(value), "_name", None)
                return [InputItem(f"[{picked} for _name in {expressions.code(name)}]", True)] if listed else []
            is_number = len(pieces(value)) == 1 and not self._matching(value)
            return [InputItem(self._computed(value, expressions), computed=value if is_number else None)]
        reference = parse_reference(value)
        if reference is None:
            raise UnsayableError
        if reference.is_pattern:
            return [item for key in self._matching(value) for item in self._all(key)]
        (key,) = self._matching(value)
        binding = self._binding(key)
        if isinstance(binding, Group):
            stands_for_several = reference.output is None and len(binding.outputs) > 1
            return [InputItem(binding.copy(text_of(reference.node), reference.output), stands_for_several)]
        return binding.all() if reference.output is None else [InputItem(binding.pick(reference.output))]

    def _all(self, key: str) -> list[InputItem]:
        binding = self._binding(key)
        if isinstance(binding, Single):
            return binding.all()
        if len(binding.outputs) > 1:
            raise UnsayableError
        return [InputItem(f"{binding.variable}.values()", True)]

    def _binding(self, key: str) -> Single | Group:
        if key not in self._bindings:
            raise UnsayableError(key)
        return self._bindings[key]

    def _computed(self, text: str, expressions: Expressions) -> Fragment:
        parts = pieces(text)
        if len(parts) == 1:
            return self._chosen(parts[0].text, expressions)
        name, output = _split_output(expressions.template(text))
        if isinstance(output, Template):
            return self._picked_output(self._matching(text), output)
        return self._picked(self._matching(text), name.code(), output)

    def _chosen(self, text: str, expressions: Expressions) -> Fragment:
        """The reference, or the number, that an expression gives."""
        keys = self._matching("${" + text + "}")
        if not keys:
            return expressions.code(text)
        if _texts_in(text):
            return self._branches(parse(text, 2**53), expressions)
        return self._picked(keys, expressions.code(text), None)

    def _branches(self, tree: Tree, expressions: Expressions, least: bool = False) -> str:
        """An expression that gives one of several references, as one that gives one of their tensors."""
        if tree.kind == "value" and isinstance(tree.value, str):
            return str(self.one(tree.value, expressions))
        if tree.kind == "if":
            value, condition, other = tree.operands
            first, second = self._branches(value, expressions, True), self._branches(other, expressions)
            found = f"{first} if {expressions.write(condition, 2)} else {second}"
            return f"({found})" if least else found
        if tree.kind == "index" and tree.operands[0].kind == "list":
            # One after another, as what is not chosen may not be there yet.
            *items, last = tree.operands[0].operands
            index = expressions.write(tree.operands[1], 5)
            found = self._branches(last, expressions)
            for number in reversed(range(len(items))):
                found = f"{self._branches(items[number], expressions, True)} if {index} == {number} else {found}"
            return f"({found})" if least and items else found
        if tree.kind == "+":
            keys = self._fitting(self._order, re.compile(_joined(tree)))
            return str(self._picked(keys, expressions.write(tree), None))
        raise UnsayableError

    def _picked(self, keys: Sequence[str], name: Fragment, output: str | None) -> Fragment:
        """The one of several nodes that has a name which code gives, or one of its outputs."""
        bindings = [self._binding(key) for key in keys]
        if len(bindings) == 1 and isinstance(bindings[0], Group):
            return bindings[0].copy(name, output)
        if len(bindings) == 1 and isinstance(bindings[0], Turn):
            return bindings[0].copy(output)
        if not bindings or len({each.outputs for each in bindings}) > 1:
            raise UnsayableError
        items: list[tuple[str, Fragment]] = []
        for each in bindings:
            if isinstance(each, Group):
                items.append(("**", each.variable))
            elif isinstance(each.variable, str):
                items.append((f"{text_of(each.name)}: ", each.variable))
            else:
                items.append((f"{text_of(each.name)}: ", tuple_of(each.variable)))
        picked = item_of(Bracketed("", "{", tuple(items), "}"), name)
        outputs = bindings[0].outputs
        return picked if output is None or len(outputs) < 2 else item_of(picked, str(_index(outputs, output)))

    def _picked_output(self, keys: Sequence[str], output: Template) -> Fragment:
        """The output of a node that has a name which code gives."""
        node = self._binding(keys[0]) if len(keys) == 1 else None
        if not isinstance(node, Single):
            raise UnsayableError
        pattern = re.compile("".join(".+" if is_code else re.escape(part) for is_code, part in output.pieces))
        fitting = {text_of(name): node.pick(name) for name in node.outputs if pattern.fullmatch(name)}
        if not fitting:
            raise UnsayableError
        return item_of(dict_of(fitting), output.code())

    def _values_of(self, text: str) -> set[str]:
        """The texts that the variables and params in an expression can be."""
        names = parse(text, 2**53).names()
        return set().union(*(self._variables.get(name, set()) | {*self._lists.get(name, ())} for name in names))

    def every(self, names: Sequence[str]) -> list[Fragment]:
        """The nodes of some names in order: of all copies of a node, the whole dict at once."""
        found: list[Fragment] = []
        position = 0
        while position < len(names):
            key = next(key for key, copies in self._names.items() if names[position] in (copies or (key,)))
            binding = self._binding(key)
            copies = self._names[key]
            if isinstance(binding, Group) and tuple(names[position : position + len(copies)]) == copies:
                found.append(f"*{binding.variable}.values()")
                position += len(copies)
                continue
            name = text_of(names[position])
            found.append(binding.copy(name, None) if isinstance(binding, Group) else binding.all()[0].code)
            position += 1
        return found


def text_pattern(text: str) -> str:
    """The pattern of the texts that a text with expressions can give."""
    return "".join(".+" if each.expression else re.escape(each.text) for each in pieces(text))


def _tree_of(text: str) -> Tree | None:
    """The tree of a text that is one expression and nothing else; None if it is not."""
    parts = pieces(text) if "${" in text else ()
    return parse(parts[0].text, 2**53) if len(parts) == 1 and parts[0].expression else None


def _joined(tree: Tree) -> str:
    """The pattern of the names that a sum of texts can give."""
    if tree.kind == "+":
        return "".join(map(_joined, tree.operands))
    return re.escape(tree.value) if tree.kind == "value" and isinstance(tree.value, str) else ".+"


def _joined_in(tree: Tree) -> Iterator[str]:
    """The patterns of the sums of texts in an expression."""
    if tree.kind == "+":
        pattern = _joined(tree)
        if pattern.replace(".+", ""):
            yield pattern
        return
    for each in tree.operands:
        yield from _joined_in(each)


def _texts_in(expression: str) -> list[str]:
    """The texts that are written in an expression."""
    try:
        found: dict[str, None] = {}
        waiting: list[Tree] = [parse(expression, 2**53)]
        while waiting:
            tree = waiting.pop()
            if tree.kind == "value" and isinstance(tree.value, str):
                found[tree.value] = None
            waiting += tree.operands
        return list(found)
    except SyntaxMistake:
        return []


def _split_output(name: Template) -> tuple[Template, str | Template | None]:
    """A reference cut at the dot that picks an output, whose name may be computed, if that of the node is not."""
    for number, (is_code, text) in enumerate(name.pieces):
        if not is_code and "." in text:
            before, _, output = text.partition(".")
            node = Template((*name.pieces[:number], (False, before)))
            rest = name.pieces[number + 1 :]
            if not rest:
                return node, output
            if number:
                raise UnsayableError
            return node, Template((*([(False, output)] if output else ()), *rest))
    return name, None

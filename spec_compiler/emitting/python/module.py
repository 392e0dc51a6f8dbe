"""The spec as it was written → the text of a Python module: a function for each block, and one for the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spec_compiler.catalog.dtypes import is_float
from spec_compiler.emitting.python.arguments import WrittenArguments
from spec_compiler.emitting.python.body import FunctionBody, output_sources
from spec_compiler.emitting.python.code import (
    INDENT,
    Bracketed,
    Fragment,
    call,
    choice,
    in_docstring,
    list_of,
    statement,
    text_of,
    values_of,
)
from spec_compiler.emitting.python.expressions import Expressions
from spec_compiler.emitting.python.forms import BlockKey, WrittenSpec
from spec_compiler.emitting.python.identifiers import Identifiers
from spec_compiler.emitting.python.settled import holds_expression, settled_values
from spec_compiler.emitting.python.training import TrainingCode
from spec_compiler.language.spec import BlockForm

_TYPES = {"int": "int", "float": "float", "bool": "bool", "str": "str", "list": "list", "map": "dict"}
_UNSET = object()


class Module:
    """Writes the functions of a module, in the order in which they use each other."""

    def __init__(self, spec: WrittenSpec, overrides: Mapping[str, Any]) -> None:
        self.spec = spec
        self.overrides = overrides
        self.functions: list[list[str]] = []
        self.names: dict[BlockKey, str] = {}
        self.identifiers = Identifiers(frozenset(("build_model", "FIT")))

    def of(self, block: BlockKey) -> str:
        """The name of the function of a block, which is written when it is first asked for."""
        if block not in self.names:
            self.names[block] = self.identifiers.new(block.name)
            self.functions.append(self._block(block))
        return self.names[block]

    def model(self) -> list[str]:
        """The lines of the function that builds the model."""
        spec, graph = self.spec, self.spec.graph
        form = spec.form("")
        identifiers = Identifiers(frozenset(("build_model", "FIT", *_function_names(spec))))
        params = ModuleParams(form.params, identifiers, self.overrides)
        body = FunctionBody(spec, form, "", None, self, params.names, {}, identifiers, None, params.values())
        for variable, value in params.defaults(body.expressions):
            body.add(f"{variable} = ", value)
        if graph.graph.seed is not None:
            body.add("", call("keras.utils.set_random_seed", repr(graph.graph.seed)))
        if graph.graph.dtype_policy is not None:
            body.add("", call("keras.config.set_dtype_policy", text_of(graph.graph.dtype_policy)))
        body.write()
        outputs = self._outputs(body)
        inputs = list_of(body.references.every(graph.inputs))
        body.add("model = ", call("keras.Model", inputs, list_of(outputs), name=text_of(graph.name)))
        outputs_written = form.outputs if isinstance(form.outputs, dict) else None
        training = TrainingCode(graph.graph, WrittenArguments(body.expressions), form.compile, outputs_written)
        compiled = training.compile_call("model")
        if compiled is not None:
            body.add("", compiled)
        body.add("return ", "model")
        head = _signature("build_model", [], params.signature(body.expressions), "keras.Model")
        return [*head, *_docstring(f"Build the model `{graph.name}`.", params.documented()), *body.lines()]

    def _outputs(self, body: FunctionBody) -> list[Fragment]:
        """The tensors of the outputs, through an `Identity` where what makes one is not called so."""
        graph = self.spec.graph
        written = self.spec.form("").outputs
        found: list[Fragment] = []
        for output in graph.outputs:
            options = written[output.name] if isinstance(written, dict) else None
            source = (options or {}).get("from", output.name)
            tensor = body.references.one(source, body.expressions)
            end = graph.ends[output.name]
            if graph.layers[graph.nodes[end.node].layer].keras_name != output.name:
                dtype = graph.type_of(end).dtype
                policy = text_of(dtype if is_float(dtype) else "float32")
                tensor = call(call("layers.Identity", dtype=policy, name=text_of(output.name)), tensor)
            found.append(tensor)
        return found

    def _block(self, key: BlockKey) -> list[str]:
        form = self.spec.block(key)
        own = {"prefix": 'prefix: str = ""'}
        if self.spec.is_freezable(key):
            own = {"trainable": "trainable: bool = True", **own}
        identifiers = Identifiers(frozenset(("build_model", *own, *_function_names(self.spec))))
        inputs = {name: identifiers.new(name) for name in form.inputs}
        params = ModuleParams(form.params, identifiers, {}, self.spec.never_given(key), self.spec.always_given(key))
        body = FunctionBody(self.spec, form, key.file, key, self, params.names, inputs, identifiers, "prefix")
        for variable, value in params.defaults(body.expressions):
            body.add(f"{variable} = ", value)
        body.write()
        outputs = _block_outputs(form, body)
        body.add("return ", values_of(outputs))
        tensors = [f"{name}: keras.KerasTensor" for name in inputs.values()]
        gives = "keras.KerasTensor" if len(outputs) == 1 else "tuple[keras.KerasTensor, ...]"
        head = _signature(self.names[key], tensors, [*params.signature(body.expressions), *own.values()], gives)
        return [*head, *_docstring(form.description or f"The block `{key.name}`.", params.documented()), *body.lines()]


def _block_outputs(form: BlockForm, body: FunctionBody) -> list[Fragment]:
    return [body.references.one(source, body.expressions) for source in output_sources(form.outputs)]


class ModuleParams:
    """The params of a spec or a block as the arguments of a function.

    Args:
        declared: The params as they are written.
        identifiers: The names that are free.
        given: Values that were set from outside.
        fixed: The params that are no arguments: they have their defaults.
        required: The params whose defaults nothing needs.
    """

    def __init__(
        self,
        declared: Any,
        identifiers: Identifiers,
        given: Mapping[str, Any],
        fixed: frozenset[str] = frozenset(),
        required: frozenset[str] = frozenset(),
    ) -> None:
        self._declared: dict[str, Any] = (
            dict.fromkeys(declared, _UNSET) if isinstance(declared, list) else dict(declared)
        )
        self._given = given
        self._fixed = fixed
        self._required = required
        self.names = {name: identifiers.new(name) for name in self._declared}

    def _default(self, name: str) -> Any:
        if name in self._given:
            return self._given[name]
        if name in self._required:
            return _UNSET
        written = self._declared[name]
        return written.get("default", _UNSET) if isinstance(written, dict) else written

    def _type(self, name: str) -> str | None:
        written = self._declared[name]
        if isinstance(written, dict) and written.get("type") is not None:
            return _TYPES[written["type"]]
        default = self._default(name)
        kinds = {bool: "bool", int: "int", float: "float", list: "list", dict: "dict", str: "str"}
        return None if holds_expression(default) else kinds.get(type(default))

    def signature(self, expressions: Expressions) -> list[str]:
        """The arguments, those without a default first; a default that uses other params is worked out inside."""
        required, others = [], []
        for name, variable in self.names.items():
            kind, default = self._type(name), self._default(name)
            if name in self._fixed:
                continue
            if default is _UNSET:
                required.append(variable if kind is None else f"{variable}: {kind}")
            elif _is_worked_out(default):
                others.append(f"{variable}: {kind} | None = None" if kind is not None else f"{variable}=None")
            else:
                value = WrittenArguments(expressions).value(default)
                others.append(f"{variable}={value}" if kind is None else f"{variable}: {kind} = {value}")
        return required + others

    def defaults(self, expressions: Expressions) -> Iterator[tuple[str, Fragment]]:
        """The params whose defaults use other params, or would be shared by all calls, and what works them out."""
        for name, variable in self.names.items():
            default = self._default(name)
            if name in self._fixed or (default is not _UNSET and _is_worked_out(default)):
                value = WrittenArguments(expressions).value(default)
                yield variable, value if name in self._fixed else choice(value, f"{variable} is None", variable)

    def values(self) -> dict[str, Any]:
        """The params that have a value without one from outside, with their values."""
        declared = {name: {"default": self._default(name)} for name in self.names}
        return settled_values({name: each for name, each in declared.items() if each["default"] is not _UNSET}, [{}])

    def documented(self) -> dict[str, str]:
        """The descriptions of the params that have one."""
        return {
            self.names[name]: written["description"]
            for name, written in self._declared.items()
            if name not in self._fixed and isinstance(written, dict) and isinstance(written.get("description"), str)
        }


def _is_worked_out(default: Any) -> bool:
    return holds_expression(default) or isinstance(default, (list, dict))


def _signature(name: str, positional: Sequence[str], named: Sequence[str], gives: str) -> list[str]:
    items: list[Fragment] = [*positional, *(["*"] if named else []), *named]
    found = Bracketed(f"def {name}", "(", tuple(("", item) for item in items), f") -> {gives}:")
    return statement("", found, 0)


def _docstring(text: str, params: Mapping[str, str]) -> list[str]:
    sentences = " ".join(text.split())
    sentences = _sentence(sentences)
    lines = _wrapped(sentences, INDENT, INDENT, 84)
    if params:
        lines += ["", f"{INDENT}Args:"]
        for name, description in params.items():
            lines += _wrapped(f"{name}: {_sentence(' '.join(description.split()))}", INDENT * 2, INDENT * 3, 88)
    lines[0] = f'{INDENT}"""{lines[0].strip()}'
    if len(lines) == 1 and len(lines[0]) <= 85:
        return [f'{lines[0]}"""']
    return [*lines, f'{INDENT}"""']


def _sentence(text: str) -> str:
    text = in_docstring(text.replace('"', "'"))
    return (text[:1].upper() + text[1:]) + ("" if text.endswith((".", "!", "?")) else ".")


def _wrapped(text: str, first: str, rest: str, width: int) -> list[str]:
    from textwrap import wrap

    # A word that is broken may be broken within an escape.
    return wrap(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False)


def _function_names(spec: WrittenSpec) -> list[str]:
    """What the functions of blocks may be called: a block that is named as a function of Python gets a `_`."""
    return [each for name in spec.block_names() for each in (name, f"{name}_")]

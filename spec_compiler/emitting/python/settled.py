"""Params of imported blocks that a spec never varies, and the blocks with their values written in.

A block of a library has many options, of which a spec uses few: its function has those as arguments that are not the
same in all calls, and nothing is left of what the others leave out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from spec_compiler.catalog import registry
from spec_compiler.catalog.fields import show
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.budget import Budget
from spec_compiler.expanding.expression_tree import ExpressionError, Tree, parse
from spec_compiler.expanding.expression_value import evaluate
from spec_compiler.expanding.loop_values import variables_of
from spec_compiler.expanding.substitute import pieces
from spec_compiler.expanding.values import as_text
from spec_compiler.language.spec import NODE_KEYS, BlockForm
from spec_compiler.limits import DEFAULT_LIMITS
from spec_compiler.spans import Place

_LARGEST = 2**53
_VARIES = object()


def holds_expression(value: Any) -> bool:
    """Whether an expression stands anywhere in a value."""
    if isinstance(value, str):
        return "${" in value.replace("$${", "")
    if isinstance(value, Mapping):
        return any(map(holds_expression, value.values()))
    return isinstance(value, list) and any(map(holds_expression, value))


def settled_values(params: Mapping[str, Any] | Sequence[Any], calls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The params of a block that have one value in all calls, with these values.

    Args:
        params: The params as they are written.
        calls: What each call gives for its params, as far as that has a value wherever the call is made.
    """
    found: dict[str, Any] = {}
    for name, written in params.items() if isinstance(params, Mapping) else {key: {} for key in params}.items():
        given = [call[name] for call in calls if name in call]
        if len(given) < len(calls):
            default = with_values(_default(written), found)
            given.append(_VARIES if holds_expression(default) else default)
        first = given[0] if given else _VARIES
        if not _varies(first) and all(type(each) is type(first) and each == first for each in given):
            found[str(name)] = first
    return found


def _default(written: Any) -> Any:
    return written.get("default", _VARIES) if isinstance(written, dict) else written


def _varies(value: Any) -> bool:
    """Whether a value is none that can be written into an expression."""
    return value is _VARIES or holds_expression(value) or _literal(value) is None


def given_values(arguments: Mapping[str, Any], known: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """What a call gives for the params of a block, where what is `known` around it is enough to tell.

    Args:
        arguments: What the node says.
        known: The params of the graph that the node stands in which are settled.
        hidden: The variables of the node, which may be called as such params are.
    """
    outside = {name: value for name, value in known.items() if name not in hidden}
    return {name: with_values(value, outside) for name, value in arguments.items()}


def hidden_by(node: Mapping[str, Any]) -> frozenset[str]:
    """The variables that a node has for itself."""
    loops = node.get("for")
    variables = {each for key in loops for each in variables_of(key)} if isinstance(loops, Mapping) else set()
    return frozenset(variables | ({"index"} if "repeat" in node else set()))


def with_block_values(form: BlockForm, known: Mapping[str, Any], defaults: Mapping[str, Any]) -> BlockForm:
    """A block without some params, with their values wherever it uses them; its file says `defaults` for types."""
    if not known:
        return form
    rest = (
        {name: with_values(value, known) for name, value in form.params.items() if name not in known}
        if isinstance(form.params, dict)
        else [name for name in form.params if name not in known]
    )
    nodes = {
        key: _node_with_values(value, known, {*form.defaults, *defaults}) if isinstance(value, Mapping) else value
        for key, value in form.nodes.items()
    }
    changed = {
        "params": rest,
        "nodes": nodes,
        **{key: with_values(getattr(form, key), known) for key in ("defaults", "layers", "outputs")},
    }
    return form.model_copy(update=changed)


def _node_with_values(node: Mapping[str, Any], known: Mapping[str, Any], preset: Set[str]) -> Mapping[str, Any]:
    """A node of a block with values written in, without what these leave as it is in Keras.

    `preset` are the types for which the spec has defaults of its own.
    """
    hidden = hidden_by(node)
    found: Mapping[str, Any] = with_values(node, {name: value for name, value in known.items() if name not in hidden})
    if type(found.get("repeat")) is int and not found["repeat"]:
        found = {key: value for key, value in found.items() if key != "repeat"} | {"when": False}
    kind = registry.operation(found["type"]) if isinstance(found.get("type"), str) else None
    if kind is None or kind in map(registry.operation, preset):
        return found
    return {
        key: value
        for key, value in found.items()
        if value == node.get(key) or key in NODE_KEYS or not _is_default(kind, key, value)
    }


def _is_default(kind: type[Operation], key: str, value: Any) -> bool:
    """Whether an argument is what it is without being given."""
    field = kind.model_fields.get(key)
    if field is None or field.is_required():
        return False
    default = field.get_default(call_default_factory=True)
    return type(default) is type(value) and default == value


def with_values(value: Any, known: Mapping[str, Any]) -> Any:
    """A value with some names replaced by what they stand for, worked out as far as that goes."""
    if isinstance(value, str):
        return _text_with_values(value, known)
    if isinstance(value, Mapping):
        return {key: with_values(item, known) for key, item in value.items()}
    return [with_values(item, known) for item in value] if isinstance(value, list) else value


def _text_with_values(text: str, known: Mapping[str, Any]) -> Any:
    if not holds_expression(text):
        return text
    parts = pieces(text)
    written = [_expression_with_values(each.text, known) if each.expression else each.text for each in parts]
    if len(parts) == 1:
        value = _value_of(parse(written[0], _LARGEST), {})
        return "${" + written[0] + "}" if value is _VARIES else value
    return "".join(
        _in_text(new) if each.expression else _escaped(new) for each, new in zip(parts, written, strict=True)
    )


def _in_text(expression: str) -> str:
    """An expression as it stands in a text: what it gives, if that is known."""
    value = _value_of(parse(expression, _LARGEST), {})
    plain = None if value is _VARIES else as_text(value)
    return "${" + expression + "}" if plain is None else _escaped(plain)


def _escaped(text: str) -> str:
    return text.replace("${", "$${")


def _expression_with_values(text: str, known: Mapping[str, Any]) -> str:
    """An expression with all of its parts worked out that need nothing but what is known."""
    return _part_with_values(text, parse(text, _LARGEST), known)


def _part_with_values(text: str, tree: Tree, known: Mapping[str, Any]) -> str:
    names = tree.names()
    if names and names <= known.keys():
        written = _literal(_value_of(tree, known))
        if written is not None:
            return f"({written})" if written.startswith("-") else written
    if tree.kind == "if":
        value, condition, other = tree.operands
        decided = _value_of(condition, known) if condition.names() <= known.keys() else _VARIES
        if isinstance(decided, bool):
            return f"({_part_with_values(text, value if decided else other, known)})"
    if tree.kind == "comprehension":
        known = {name: value for name, value in known.items() if name not in tree.value}
    found, end = "", tree.start
    for each in sorted(tree.operands, key=lambda part: part.start):
        found += text[end : each.start] + _part_with_values(text, each, known)
        end = max(end, each.end)
    return found + text[end : tree.end]


def _value_of(tree: Tree, known: Mapping[str, Any]) -> Any:
    """The value of an expression; `_VARIES` if it has none."""
    findings = Findings()
    try:
        return evaluate(tree, known, Budget(findings, DEFAULT_LIMITS), Place(()))
    except ExpressionError:
        return _VARIES


def _literal(value: Any) -> str | None:
    """A value as an expression writes it; None if it cannot."""
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
    if isinstance(value, list):
        items = [_literal(each) for each in value]
        return f"[{', '.join(each for each in items if each is not None)}]" if None not in items else None
    if value is None or isinstance(value, bool):
        return show(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return repr(value) if isinstance(value, (int, float)) else None

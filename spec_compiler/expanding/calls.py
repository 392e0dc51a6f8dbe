"""The calls that a node is written out as: one, or with `repeat` a chain of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spec_compiler.catalog import registry
from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.expanding.flat import FlatNode, Owner, Wire
from spec_compiler.expanding.scope import Wires
from spec_compiler.expanding.substitute import NoValueError
from spec_compiler.language.spec import NodeForm

if TYPE_CHECKING:
    from spec_compiler.expanding.copies import Copy


def write_calls(copy: Copy, form: NodeForm, wiring: Wires | None) -> None:
    """Write out the calls of a node that is no copy of a block; `wiring` is what flows into the first."""
    full = copy.frame.prefix + copy.name
    try:
        given = copy.frame.prefix + str(copy.variables.substitute(form.name or copy.name, copy.place / "name"))
    except NoValueError:
        given = full
    for number in range(copy.count):
        name = copy.full_name(number)
        variables = copy.variables if copy.times is None else copy.variables.also(index=number)
        keras_name = given if copy.times is None else f"{given}.{number + 1}"
        valueless = False
        arguments: Any = {}
        call: Any = {}
        use = None
        try:
            arguments = copy.frame.with_prefix(variables.substitute(form.arguments, copy.place))
            call = copy.variables.substitute(form.call or {}, copy.place / "call")
            use = _used(copy, form)
        except NoValueError:
            valueless = True
        if number > 0 and wiring is not None:
            wiring = _chained(copy, wiring, copy.full_name(number - 1))
        # Without its arguments nothing is known of the call; that they have no value is reported.
        kind = None if valueless else copy.kind
        broken = copy.unresolved or valueless
        asked = copy.frame.asked
        if copy.times is not None:
            asked = (*asked, Remark(copy.place.key(), f"`{name}` is made here", copy=True))
        owner = copy.frame.owner or (Owner(copy.name, copy.place) if copy.times is not None else None)
        put(copy, FlatNode(name, kind, use, keras_name, arguments, wiring, call, copy.place, asked, broken, owner))


def put(copy: Copy, node: FlatNode) -> None:
    """Add a node to what is written out, within the limits."""
    copy.frame.output.count(copy.place)
    copy.frame.output.nodes.append(node)


def _used(copy: Copy, form: NodeForm) -> str | None:
    """The full name of the shared layer that is called."""
    if form.use is None:
        return None
    place = copy.place / "use"
    use = copy.variables.substitute(form.use, place)
    if not isinstance(use, str):
        copy.frame.findings.add(codes.WRONG_TYPE, f"`use` takes text, not {show(use)}", place, related=copy.frame.asked)
        raise NoValueError
    if copy.frame.prefix and use not in copy.frame.layers:
        hint, fix = did_you_mean(use, copy.frame.layers)
        copy.frame.findings.add(
            codes.UNKNOWN_SHARED_LAYER,
            f"no shared layer of this block is named `{use}`",
            place,
            hint=hint,
            fix=fix,
            related=copy.frame.asked,
        )
        raise NoValueError
    return copy.frame.prefix + use


def _chained(copy: Copy, wiring: Wires, before: str) -> Wires:
    """The inputs of a later copy: its first one is what the copy before gives."""
    wire = Wire(before, None, copy.place / "inputs")
    if isinstance(wiring, tuple):
        return (wire, *wiring[1:])
    if isinstance(wiring, dict):
        found = registry.operation(copy.kind) if isinstance(copy.kind, str) else None
        first = found.calls[0].name if found is not None and found.calls else next(iter(wiring))
        value = wiring.get(first)
        return {**wiring, first: (wire, *value[1:]) if isinstance(value, tuple) else wire}
    return wire

"""How much a spec may ask for. Specs come from strangers, so everything is bounded; each bound can be raised."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds within which the compiler works.

    Attributes:
        text_bytes: Size of a spec's text, in bytes.
        nesting: Depth of the values in a spec.
        aliased_values: Values that the aliases of one YAML document expand to, in all.
        nodes: Nodes of the graph after expansion.
        integer: Largest absolute value of an integer.
        parameters: Parameters of the model.
        memory_bytes: Bytes of weights that may be built; ``None`` means what the machine has.
    """

    text_bytes: int = 64 * 2**20
    nesting: int = 200
    aliased_values: int = 1_000_000
    nodes: int = 200_000
    integer: int = 2**53
    parameters: int = 10**12
    memory_bytes: int | None = None


DEFAULT_LIMITS = Limits()

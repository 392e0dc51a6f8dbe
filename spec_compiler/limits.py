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
        values: Values in a spec's text.
        nodes: Nodes of the graph after expansion, calls that shared layers amount to, and nodes of all models of
            parts together.
        edges: Edges of the graph after expansion.
        expanded_values: Values in the arguments of all nodes after expansion.
        expanded_characters: Characters of the names and texts that expansion makes.
        steps: Steps that the expressions of a whole spec take; each item and character that one makes is a step.
        name: Characters of a name.
        rank: Axes of a tensor.
        axis: Elements along one axis of a tensor; TensorFlow counts in 32 bits where a model is trained.
        elements: Elements of a tensor, where a batch of unknown length has one sample.
        constant: Elements of one constant.
        constants: Elements of all constants together.
        picture_boxes: Boxes of a picture that is laid out.
        findings: Diagnostics of a report; more are counted, and left out.
        integer: Largest absolute value of an integer.
        parameters: Parameters of the model.
        data_bytes: Bytes of the values of a file of data.
        memory_bytes: Bytes of weights that may be built; ``None`` means what the machine has.
    """

    text_bytes: int = 64 * 2**20
    nesting: int = 200
    aliased_values: int = 1_000_000
    values: int = 2_000_000
    nodes: int = 200_000
    edges: int = 2_000_000
    expanded_values: int = 10_000_000
    expanded_characters: int = 64 * 2**20
    steps: int = 5_000_000
    name: int = 255
    rank: int = 64
    axis: int = 2**31 - 1
    elements: int = 10**12
    constant: int = 1_000_000
    constants: int = 4_000_000
    picture_boxes: int = 2_000
    findings: int = 400
    integer: int = 2**53
    parameters: int = 10**12
    data_bytes: int = 2 * 2**30
    memory_bytes: int | None = None


DEFAULT_LIMITS = Limits()

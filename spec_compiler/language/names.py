"""How names and references are formed."""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KERAS_NAME = re.compile(r"[A-Za-z0-9_.>-]+")
"""The name of a layer: what TensorFlow takes as a scope."""
MODEL_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.>-]*")
"""The name of a model, which is TensorFlow's outermost scope."""
OUTPUT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
PATTERN = re.compile(r"[A-Za-z0-9_*-]*\*[A-Za-z0-9_*-]*")

_NOT_IN_SCOPES = re.compile(r"[^A-Za-z0-9_.>-]")

NAME_RULE = "a name is a letter or `_`, followed by letters, digits, `_` and `-`"
MODEL_NAME_RULE = (
    "the name of a model is a letter, a digit or a dot, followed by letters, digits, `_`, `.`, `-` and `>`"
)


def not_evaluated(text: object) -> str | None:
    """Why an expression gives nothing where no expression can stand; None if what stands there is none."""
    if not (isinstance(text, str) and "${" in text):
        return None
    return (
        "no expression is evaluated here, but in the values under `defaults`, `nodes`, `layers`, `blocks`, `outputs`, "
        "`models`, `compile` and `fit`, and in the name of a node with `for`"
    )


class Reference(NamedTuple):
    """What a reference says: a node or a pattern of nodes, and the output that is picked."""

    node: str
    output: str | None = None

    @property
    def is_pattern(self) -> bool:
        """Whether it stands for all nodes whose names match."""
        return "*" in self.node

    def __str__(self) -> str:
        return self.node if self.output is None else f"{self.node}.{self.output}"


def parse_reference(text: str) -> Reference | None:
    """The reference that a text is: `lstm`, `encoder.state_h`, `expert_*`; None if it is none."""
    node, dot, output = text.partition(".")
    if not (NAME.fullmatch(node) or PATTERN.fullmatch(node)):
        return None
    if dot and not OUTPUT.fullmatch(output):
        return None
    return Reference(node, output if dot else None)


def index_of(output: str, count: int) -> int | None:
    """The index that the text of an output is, if it is that of one of `count` outputs; None otherwise."""
    if not (output.isdecimal() and output.isascii() and len(output) <= len(str(count))):
        return None
    index = int(output)
    return index if index < count else None


def pattern_to_regex(pattern: str) -> re.Pattern[str]:
    """The regular expression for a pattern: `*` stands for any text, also none."""
    first, *others = map(re.escape, pattern.split("*"))
    if not others:
        return re.compile(first)
    # Each part is taken where it first occurs, and that is never gone back on: no pattern takes long.
    middle = "".join(f"(?>.*?{part})" for part in others[:-1] if part)
    return re.compile(f"{first}{middle}.*{others[-1]}", re.DOTALL)


def keras_name_problem(name: str) -> str | None:
    """What is wrong with a name for a layer of Keras; None if nothing is.

    TensorFlow makes a scope of the name when the layer is called, and takes these characters alone.
    """
    if not name:
        return "a name cannot be empty"
    other = _NOT_IN_SCOPES.search(name)
    if other is None:
        return None
    character = other[0]
    shown = "spaces" if character == " " else f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
    return f"a name cannot hold {shown}"


LAYER_NAME_RULE = "the name of a layer is letters, digits, `_`, `.`, `-` and `>`: TensorFlow makes a scope of it"


def model_name_of(stem: str) -> str:
    """A name for a model out of the name of a file: what a name may not hold becomes `_`.

    It begins as the scopes of TensorFlow do, with a letter, a digit or a dot; `model` is put before anything else.
    """
    name = _NOT_IN_SCOPES.sub("_", stem)
    return name if MODEL_NAME.match(name) else f"model{name}"


def node_name_of(keras_name: str) -> str:
    """A name for a node out of that of a layer, which may hold more: what a node's may not hold becomes `_`."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", keras_name)
    return name if NAME.match(name) else f"_{name}"

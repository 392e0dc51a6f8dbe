"""How names and references are formed."""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OUTPUT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
PATTERN = re.compile(r"[A-Za-z0-9_*-]*\*[A-Za-z0-9_*-]*")

NAME_RULE = "a name is a letter or `_`, followed by letters, digits, `_` and `-`"


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
    """The reference that a text is: `lstm`, `encoder.state_h`, `expert_*`; none if it is none."""
    node, dot, output = text.partition(".")
    if not (NAME.fullmatch(node) or PATTERN.fullmatch(node)):
        return None
    if dot and not OUTPUT.fullmatch(output):
        return None
    return Reference(node, output if dot else None)


def pattern_to_regex(pattern: str) -> re.Pattern[str]:
    """The regular expression for a pattern: `*` stands for any text, also none."""
    first, *others = map(re.escape, pattern.split("*"))
    if not others:
        return re.compile(first)
    # Each part is taken where it first occurs, and that is never gone back on: no pattern takes long.
    middle = "".join(f"(?>.*?{part})" for part in others[:-1] if part)
    return re.compile(f"{first}{middle}.*{others[-1]}", re.DOTALL)


def keras_name_problem(name: str) -> str | None:
    """What is wrong with a name for a layer of Keras; none if nothing is."""
    if not name:
        return "a name cannot be empty"
    if "/" in name:
        return "a name cannot hold `/`"
    if any(character < " " or character == "\x7f" for character in name):
        return "a name cannot hold control characters"
    return None


def model_name_of(stem: str) -> str:
    """A name for a model out of the name of a file: what a name may not hold becomes `_`."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", stem)
    return name if NAME.match(name) else f"_{name}"

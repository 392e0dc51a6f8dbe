"""YAML texts as people write them, with comments in all places, and the data that they stand for."""

from __future__ import annotations

from hypothesis import strategies as st

SCALARS = {
    "1": 1,
    "1.0": 1.0,
    "1e-3": 0.001,
    "010": 10,
    "0x1F": 31,
    "-.5": -0.5,
    "true": True,
    "null": None,
    "~": None,
    "no": "no",
    "on": "on",
    "12:30": "12:30",
    "2024-01-01": "2024-01-01",
    "relu": "relu",
    "two words": "two words",
    '"${units}"': "${units}",
    "'it''s'": "it's",
    "'#'": "#",
    "'\"a\": \\b'": '"a": \\b',
    '"a\\tb\\u00e9"': "a\tbé",
    '""': "",
    "é#x": "é#x",
}
KEYS = {"a": "a", "b_1": "b_1", "'c d'": "c d", '"${e}"': "${e}", "no": "no", "7": 7, "é": "é", '"#"': "#"}
BLOCKS = {
    "|": "one\n\n  two # no comment\n",
    "|-": "one\n\n  two # no comment",
    ">": "one\n\n  two # no comment\n",
    ">-": "one\n\n  two # no comment",
}


class Writer:
    """Writes one text, asking Hypothesis at each choice. `comments` are those that it wrote."""

    def __init__(self, draw) -> None:
        self.draw = draw
        self.comments: list[str] = []

    def one_of(self, *choices):
        return self.draw(st.sampled_from(choices))

    def document(self) -> tuple[str, dict]:
        start = self.between(0) + (f"---{self.ended()}" if self.one_of(False, False, True) else "")
        text, data = self.mapping(0, 0)
        return start + text + self.between(0), data

    def comment(self) -> str:
        comment = f"#{self.one_of('', ' ', '!')}c{len(self.comments)}{self.one_of('', ' {x}: - #', ' é')}"
        self.comments.append(comment)
        return comment

    def between(self, indent: int) -> str:
        """Lines between entries: none, blank ones, comments."""
        kinds = self.draw(st.lists(st.sampled_from(["blank", "comment", "comment"]), max_size=2))
        return "".join(
            "\n" if kind == "blank" else f"{' ' * (indent + self.one_of(0, 0, 1, 2))}{self.comment()}{self.spaces()}\n"
            for kind in kinds
        )

    def spaces(self) -> str:
        return self.one_of("", "", "", "  ")

    def ended(self) -> str:
        """The end of a line, perhaps with a comment."""
        if self.one_of(True, False, False):
            return f"{self.one_of(' ', '    ')}{self.comment()}\n"
        return self.spaces() + "\n"

    def mapping(self, indent: int, depth: int) -> tuple[str, dict]:
        text, data = "", {}
        for key in self.draw(st.lists(st.sampled_from(list(KEYS)), min_size=1, max_size=3, unique=True)):
            lead = self.between(indent)
            value, data[KEYS[key]] = self.value(indent, depth, indent + self.one_of(0, 2, 4))
            text += f"{lead}{' ' * indent}{key}{self.one_of('', '', ' ')}:{value}"
        return text, data

    def sequence(self, indent: int, depth: int) -> tuple[str, list]:
        text, data = "", []
        for _ in range(self.one_of(1, 2, 3)):
            lead = self.between(indent)
            value, found = self.value(indent, depth, None)
            text += f"{lead}{' ' * indent}-{value}"
            data.append(found)
        return text, data

    def value(self, indent: int, depth: int, list_indent: int | None) -> tuple[str, object]:
        """What follows a key and its colon, or a dash, to the end of its last line."""
        kind = self.one_of("scalar", "scalar", "flow", "flow", "block", "mapping", "sequence", "empty")
        if depth > 2 and kind in ("mapping", "sequence"):
            kind = "scalar"
        if kind == "scalar":
            text, value = self.scalar()
            return self.one_of(" ", "  ", "   ") + text + self.ended(), value
        if kind == "flow":
            text, value = self.flow(depth)
            return " " + text + self.ended(), value
        if kind == "block":
            style = self.one_of(*BLOCKS)
            inner = " " * (indent + self.one_of(3, 4, 5))  # deeper than any comment that follows
            lines = [f"{inner}one\n", "\n", f"{inner}  two # no comment\n", *self.one_of([], ["\n"])]
            return f" {style}{self.ended()}{''.join(lines)}", BLOCKS[style]
        if kind == "empty":
            return self.ended(), None
        if kind == "sequence":
            text, value = self.sequence(indent + self.one_of(2, 3) if list_indent is None else list_indent, depth + 1)
        else:
            text, value = self.mapping(indent + self.one_of(1, 2, 3), depth + 1)
        return self.ended() + text, value

    def scalar(self) -> tuple[str, object]:
        text = self.one_of(*SCALARS)
        return text, SCALARS[text]

    def flow(self, depth: int) -> tuple[str, object]:
        """A collection in brackets, perhaps over several lines with comments."""
        is_mapping = self.draw(st.booleans())
        spread = self.one_of(False, False, True)
        count = self.one_of(0, 1, 2, 3, 12)
        keys = [f"k{index}" for index in range(count)]
        values = [self.flow(depth + 1) if depth < 3 and self.one_of(0, 0, 1) else self.scalar() for _ in keys]
        parts = [f"{key}: {text}" if is_mapping else text for key, (text, _) in zip(keys, values, strict=True)]
        inside = self.gap(spread) + "".join(
            part + ("," if index < count or self.one_of(0, 1) else "") + self.gap(spread)
            for index, part in enumerate(parts, 1)
        )
        if is_mapping:
            return f"{{{inside}}}", {key: value for key, (_, value) in zip(keys, values, strict=True)}
        return f"[{inside}]", [value for _, value in values]

    def gap(self, spread: bool) -> str:
        if not spread:
            return self.one_of("", " ")
        return self.one_of(" ", "\n      ", "\n\n      ") + (
            f"{self.comment()}\n      " if self.one_of(0, 0, 1) else ""
        )


@st.composite
def documents(draw) -> tuple[str, dict, list[str]]:
    """A text, the data that it stands for, and its comments."""
    writer = Writer(draw)
    text, data = writer.document()
    return text, data, writer.comments

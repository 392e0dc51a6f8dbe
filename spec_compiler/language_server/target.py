"""What stands under the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from spec_compiler.expanding.expression_tree import SyntaxMistake
from spec_compiler.expanding.substitute import Piece, pieces
from spec_compiler.language_server.names import Occurrence
from spec_compiler.language_server.slots import Slot, slot_at
from spec_compiler.language_server.snapshot import Snapshot, text_at
from spec_compiler.spans import Place


@dataclass(frozen=True)
class SymbolTarget:
    """A key or a value of a document.

    Attributes:
        place: Where it is; with `part`, the character of its text that is under the cursor.
        slot: What may stand there; of a key, in the mapping that it is a key of.
        value: What is written there; of a key, its value.
        text: The text under the cursor, of a key or a value, as it is written; None if it is no text.
    """

    place: Place
    slot: Slot
    value: Any
    text: str | None

    @property
    def name(self) -> str:
        """The last step of the path: the key."""
        return str(self.place.path[-1])

    @property
    def column(self) -> int:
        """Which character of the text is under the cursor."""
        return self.place.part[0] if self.place.part is not None else 0

    @property
    def expression(self) -> Piece | None:
        """The expression of the text that is under the cursor."""
        if self.text is None or "${" not in self.text:
            return None
        try:
            parts = pieces(self.text)
        except SyntaxMistake:
            return None
        return next(
            (
                each
                for each in parts
                if each.expression and each.start - 2 <= self.column <= each.start + len(each.text) + 1
            ),
            None,
        )


def target_at(snapshot: Snapshot, position: types.Position) -> SymbolTarget | None:
    """What stands at a position of a document; None where nothing does, or a line is half typed."""
    place = snapshot.place_at(position)
    if place is None or position.line + 1 in snapshot.changed:
        return None
    written = text_at(snapshot.document, place.path, key=place.on_key)
    if written is not None:
        column = max(snapshot.offset(position) - written[0], 0)
        place = place.within(column, column)
    path = place.path[:-1] if place.on_key else place.path
    slot = slot_at(snapshot.data, path, blocks_written(snapshot))
    return SymbolTarget(place, slot, snapshot.value_at(Place(place.path)), written[1] if written is not None else None)


def blocks_written(snapshot: Snapshot, file: str = "") -> dict[str, Any]:
    """The blocks that a document can use, as they are written."""
    found = {name: snapshot.value_at(place) for name, place in snapshot.block_names(file).items()}
    return {name: block for name, block in found.items() if isinstance(block, dict)}


def occurrence_at(snapshot: Snapshot, target: SymbolTarget) -> Occurrence | None:
    """The name that stands under the cursor."""
    return snapshot.names.at(target.place)

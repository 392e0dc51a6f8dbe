"""What an editor can set."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class ServerSettings:
    """What is shown between the lines.

    Attributes:
        shapes: The shape that each node gives, and its dtype where that changes.
        parameters: How many parameters the large layers have.
        values: What expressions give.
        large_layer: How many parameters make a layer a large one.
    """

    shapes: bool = True
    parameters: bool = True
    values: bool = True
    large_layer: int = 100_000

    def with_values(self, given: Any) -> ServerSettings:
        """The same with what an editor sends, `{"inlayHints": {"shapes": false}}`; what is no setting is left out.

        An editor may send the section alone, or under the name of the server.
        """
        if isinstance(given, dict) and isinstance(given.get("compile-spec"), dict):
            given = given["compile-spec"]
        hints = given.get("inlayHints") if isinstance(given, dict) else None
        if isinstance(hints, bool):
            hints = {"shapes": hints, "parameters": hints, "values": hints}
        if not isinstance(hints, dict):
            return self
        kinds = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        names = {"largeLayer": "large_layer"}
        found = {names.get(key, key): value for key, value in hints.items()}
        return replace(self, **{key: value for key, value in found.items() if type(value) is kinds.get(key)})

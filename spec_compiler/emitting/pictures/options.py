"""How a picture is to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Direction = Literal["down", "right"]
ThemeName = Literal["auto", "light", "dark"]

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
THEMES: tuple[ThemeName, ...] = get_args(ThemeName)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureOptions:
    """How a picture is to be.

    Attributes:
        direction: Where the edges lead: `down` or `right`.
        depth: How many levels are shown: 1 for the nodes of the spec's own graph, with each block folded; None for as
            many as there is room for.
        fold: Blocks that are folded whatever their level: the names of their nodes, or of the blocks themselves.
        unfold: Blocks that are open whatever their level, and so are those around them.
        theme: `light`, `dark`, or, where a picture can do both, `auto`: as the reader's screen is.

    Raises:
        ValueError: Something is none of these.
    """

    direction: Direction = "down"
    depth: int | None = None
    fold: tuple[str, ...] = ()
    unfold: tuple[str, ...] = ()
    theme: ThemeName = "auto"

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ValueError(f"`direction` is one of {', '.join(DIRECTIONS)}, not `{self.direction}`")
        if self.theme not in THEMES:
            raise ValueError(f"`theme` is one of {', '.join(THEMES)}, not `{self.theme}`")
        if self.depth is not None and self.depth < 1:
            raise ValueError(f"`depth` is at least 1, not {self.depth}")


DEFAULT_OPTIONS = PictureOptions()

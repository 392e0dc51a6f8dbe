"""What keeps a picture from being made."""

from __future__ import annotations


class UnknownBlockError(ValueError):
    """A block is to be folded or unfolded that the picture does not have."""


class PictureTooLargeError(ValueError):
    """A picture has more in it than is laid out; the message says how much."""


class LayoutError(Exception):
    """The layout takes more time or memory than it may."""

"""What only Keras itself can write."""

from __future__ import annotations


class OnlyKerasCanError(Exception):
    """A model has something whose file only Keras can write; the message says what."""

"""What a graph was made of, for forms that keep what the spec said and not only what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from spec_compiler.reading.document import Document


class Origin(NamedTuple):
    """The documents of a spec, by the `file` of their places, and the values that were given for its params."""

    documents: Mapping[str, Document]
    params: Mapping[str, Any]

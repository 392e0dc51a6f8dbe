"""What a mapping of a spec describes, as what is found wrong in it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code


@dataclass(frozen=True)
class Subject:
    """What a mapping describes: how it is called in a sentence, the keys that it takes, and how keys are called.

    `of` is what the table of foreign names knows it as: the name of a type, or the title of a section; `optional` are
    the keys that are null unless they are written; `hints` say, by key, where one that is unknown here belongs, and
    what to write for one that is missing; `forms` show how the value of a key is written.
    """

    title: str
    keys: tuple[str, ...]
    key: str = "key"
    unknown: Code = codes.UNKNOWN_KEY
    missing: Code = codes.MISSING_KEY
    of: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    hints: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)


def of_config(title: str, config: Any, beside: Subject | None = None, *of: str) -> Subject:
    """The subject for the arguments of a class of the catalogue; the keys of another may stand beside them."""
    keys = (*config.model_fields, *(beside.keys if beside is not None else ()))
    of = (config.keras_name, *of, *(beside.of if beside is not None else ()))
    optional = frozenset(name for name, each in config.model_fields.items() if each.default is None)
    return Subject(title, keys, "argument", codes.UNKNOWN_ARGUMENT, codes.MISSING_ARGUMENT, of, optional)

"""What is known of a whole configuration while it is lifted, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from spec_compiler.catalog.keras_config.deserialize import (
    ConfigPath,
    ForbiddenClassError,
    NoConfigError,
    UnknownClassError,
    UnreadableConfigError,
)
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.lifting.lambdas import hint_for
from spec_compiler.lifting.notes import Notes
from spec_compiler.lifting.sharing import Shared
from spec_compiler.spans import Place

_REGISTER = "a class of your own program is registered with `sc.register_layer`, or by a module that `--plugin` names"


@dataclass
class LiftingRun:
    """What is known of the whole configuration, and what has become of it."""

    findings: Findings
    blocks: ConfigData = field(default_factory=dict)
    places: dict[ConfigPath, ConfigPath] = field(default_factory=dict)
    shared: Shared = field(default_factory=Shared)
    notes: Notes = field(default_factory=Notes)

    @contextmanager
    def reporting(self, path: ConfigPath, name: str | None = None) -> Iterator[None]:
        """Report what a spec cannot say, with the place below which it stands, and the layer that it is of."""
        try:
            yield
        except UnreadableConfigError as error:
            self.say(error, path, name)

    def say(self, error: UnreadableConfigError, path: ConfigPath = (), name: str | None = None) -> None:
        """Report something that a spec cannot say."""
        hint = error.hint
        code = codes.NOT_LIFTABLE
        if isinstance(error, ForbiddenClassError):
            code = codes.FORBIDDEN_TYPE
            hint = hint_for(error.data, name) if error.data["class_name"] == "Lambda" else None
        elif isinstance(error, NoConfigError):
            code = codes.NOT_A_CONFIGURATION
        elif isinstance(error, UnknownClassError):
            hint = _REGISTER
        of = f"`{name}`: " if name is not None else ""
        self.findings.add(code, f"{of}{error.message}", Place((*path, *error.path)), hint=hint)

    def changed(self, message: str, path: ConfigPath) -> None:
        """Say what is otherwise in the spec than in the configuration."""
        self.findings.add(codes.CHANGED_BY_LIFTING, message, Place(path))

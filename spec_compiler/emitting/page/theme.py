"""The colours of the page as variables of its style sheet: those of pictures, and some that only the page needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec_compiler.emitting.pictures.svg import DASHES
from spec_compiler.emitting.pictures.theme import DARK, LIGHT, Theme

_LIGHT = {
    "surface": "#f6f8fb",
    "rule": "#d5dce6",
    "hover": "#e8edf4",
    "marked": "#dbe8ff",
    "accent": "#1d5fd1",
    "up": "#1769c2",
    "down": "#c2410c",
    "found": "#a21caf",
    "error": "#c4151c",
    "error-ground": "#fdeceb",
    "warning": "#a15c00",
    "warning-ground": "#fff5e0",
    "added": "#15803d",
    "added-ground": "#dcf5e4",
    "removed": "#c4151c",
    "removed-ground": "#fde4e2",
    "changed": "#a15c00",
    "changed-ground": "#fff0cc",
    "key": "#0b5394",
    "string": "#1a6b3c",
    "value": "#9a3412",
}
_DARK = {
    "surface": "#182230",
    "rule": "#2c3a4d",
    "hover": "#223044",
    "marked": "#1d3a66",
    "accent": "#7db0ff",
    "up": "#6cb2ff",
    "down": "#ff9f5a",
    "found": "#e58bf0",
    "error": "#ff7b78",
    "error-ground": "#3a1b1f",
    "warning": "#e9ae4d",
    "warning-ground": "#35280f",
    "added": "#5fd38a",
    "added-ground": "#12351f",
    "removed": "#ff8a86",
    "removed-ground": "#431d20",
    "changed": "#f0bd5c",
    "changed-ground": "#3d2f10",
    "key": "#8cc2ff",
    "string": "#85d6a2",
    "value": "#ffb38a",
}


def theme_style() -> str:
    """The style sheet of the colours: light, dark, or as the reader's screen is."""
    light, dark = _variables(LIGHT, _LIGHT), _variables(DARK, _DARK)
    return "\n".join(
        [
            f":root {{ {light} }}",
            f"@media (prefers-color-scheme: dark) {{ :root[data-theme='auto'] {{ {dark} }} }}",
            f":root[data-theme='dark'] {{ {dark} }}",
            *_rules(),
        ]
    )


def _variables(theme: Theme, own: Mapping[str, str]) -> str:
    values = {
        "ground": theme.ground,
        "text": theme.text,
        "line": theme.line,
        "muted": theme.muted,
        "badge": theme.badge,
        "badge-text": theme.badge_text,
        **{f"fill-{_css(kind)}": colour for kind, colour in theme.fills.items()},
        **{f"stroke-{_css(kind)}": colour for kind, colour in theme.strokes.items()},
        **{f"edge-{kind}": colour for kind, colour in theme.edges.items()},
        **{f"shared-{number}": stroke for number, (stroke, _) in enumerate(theme.shared)},
        **{f"shared-ground-{number}": fill for number, (_, fill) in enumerate(theme.shared)},
        **own,
    }
    return " ".join(f"--{name}: {value};" for name, value in values.items())


def _rules() -> Iterator[str]:
    """What has which of the colours: boxes and edges by their kinds, shared layers by their numbers."""
    for kind in map(_css, LIGHT.fills):
        yield f".{kind} {{ fill: var(--fill-{kind}); stroke: var(--stroke-{kind}); }}"
    for kind in LIGHT.edges:
        yield f".{kind}-edge {{ stroke: var(--edge-{kind}); }} .{kind}-end {{ fill: var(--edge-{kind}); }}"
    for kind, dashes in DASHES.items():
        yield f".{kind}-edge {{ stroke-dasharray: {dashes}; }}"
    for number in range(len(LIGHT.shared)):
        yield f".colour-{number} {{ fill: var(--shared-ground-{number}); stroke: var(--shared-{number}); }}"
        yield f".colour-{number}-edge {{ stroke: var(--shared-{number}); }}"


def _css(kind: str) -> str:
    return kind.replace("_", "-")

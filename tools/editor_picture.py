"""The pictures of specs in an editor, made of what the language server answers about them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from lsprotocol import types

from spec_compiler.language_server.service import LanguageService
from spec_compiler.language_server.text import DocumentText

_FOLDER = Path(__file__).resolve().parent.parent / "docs/how-to"
_URI = "file:///specs/digits.yaml"
_SPEC = """\
spec: 1
params: {width: 64}

nodes:
  image:  {type: Input, shape: [28, 28, 1]}
  conv:   {type: Conv2D, filters: "${width // 2}", kernel_size: 3, inputs: image}
  pool:   {type: GlobalAvergePooling2D, inputs: conv}
  hidden: {type: Dense, units: "${width}", activation: relu, inputs: image}
  digit:  {type: Dense, units: 10, activation: softmax, inputs: pool}

outputs:
  digit: {loss: sparse_categorical_crossentropy}
"""
_LINE, _CHARACTER, _MARGIN = 22, 7.8, 14
_STYLE = (
    "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}"
    ".ground{fill:#fff}.text{fill:#16202c}.hint{fill:#64748b;font-style:italic}.box{fill:#eef1f6;stroke:#c3ccd9}"
    ".error{fill:none;stroke:#c8322b;stroke-width:1.4}.warning{fill:none;stroke:#b07800;stroke-width:1.4}"
    ".cursor{stroke:#16202c;stroke-width:1.6}"
    "@media(prefers-color-scheme:dark){.ground{fill:#0f1620}.text{fill:#e8eef6}.hint{fill:#93a3b8}"
    ".box{fill:#1c2735;stroke:#61728a}.error{stroke:#ff7b72}.warning{stroke:#e3b341}.cursor{stroke:#e8eef6}}"
)


_SOUND = (
    _SPEC.replace("Averge", "Average")
    .replace("inputs: image}\n  digit", "inputs: pool}\n  digit")
    .replace("softmax, inputs: pool", "softmax, inputs: hidden")
)
_MOST_LINES = 16


def pictures() -> dict[Path, str]:
    """Each picture as SVG, by the file that it is for."""
    return {
        _FOLDER / "editor.svg": _mistake(),
        _FOLDER / "editor-proposals.svg": _proposals(),
        _FOLDER / "editor-hover.svg": _hover(),
    }


def _opened(text: str) -> LanguageService:
    service = LanguageService()
    service.configure({"inlayHints": {"largeLayer": 300}})
    service.open(_URI, text)
    return service


def _mistake() -> str:
    """A mistake that is typed, underlined and explained."""
    service = _opened(_SPEC)
    (said,) = service.publications()
    messages = [f"{each.code}: {each.message}".split("\n") for each in said.diagnostics]
    return _drawn("A spec in an editor", service, said.diagnostics, [line for message in messages for line in message])


def _proposals() -> str:
    """What is proposed where a reference is being typed, after the spec was sound."""
    service = _opened(_SOUND)
    service.publications()
    before, _, after = _SOUND.rpartition("conv")
    service.open(_URI, f"{before}{after}")
    position = _text_of(service).position(len(before))
    items = sorted(service.completion(_URI, position).items, key=lambda item: item.sort_text or item.label)
    rows = [f"{item.label:<10}{item.detail or ''}" for item in items]
    return _drawn("What an editor proposes", service, (), rows, position)


def _hover() -> str:
    """What is known of a node that is pointed at."""
    service = _opened(_SOUND)
    position = _text_of(service).position(_SOUND.index("digit:"))
    found = service.hover(_URI, position)
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    rows = [line for line in found.contents.value.split("\n") if not line.startswith("```")]
    rows = [line for line in rows if "digits.yaml" not in line and line != "written:"]
    return _drawn("What an editor says of a node", service, (), [*rows[:_MOST_LINES], "…"], position)


def _text_of(service: LanguageService) -> DocumentText:
    text = service.workspace.text_of(_URI)
    assert text is not None
    return text


def _drawn(
    title: str,
    service: LanguageService,
    said: Sequence[types.Diagnostic],
    boxes: list[str],
    cursor: types.Position | None = None,
) -> str:
    """A text with its hints, with what is underlined, and with a box of lines below."""
    text = _text_of(service)
    lines = text.text.rstrip("\n").split("\n")
    hints = service.inlay_hints(_URI, text.whole)
    shown = [
        _line(number, line, [each for each in hints if each.position.line == number], said)
        for number, line in enumerate(lines)
    ]
    if cursor is not None:
        x, y = _MARGIN + _column(cursor, hints) * _CHARACTER, _MARGIN + _LINE * (cursor.line + 1)
        shown.append(f'<path class="cursor" d="M{x:.1f} {y - 13}V{y + 4}"/>')
    top = _MARGIN * 2 + _LINE * len(lines)
    height = top + _LINE * len(boxes) + 2 * _MARGIN
    width = 1010
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"',
        f'viewBox="0 0 {width} {height}" role="img">',
        f"<title>{title}</title><style>{_STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        *shown,
        f'<rect class="box" x="{_MARGIN}" y="{top}" rx="4"',
        f'width="{width - 2 * _MARGIN}" height="{height - top - _MARGIN}"/>',
        *(
            f'<text class="text" xml:space="preserve" x="{2 * _MARGIN}" y="{y}">{escape(line)}</text>'
            for y, line in zip(range(top + _LINE, height, _LINE), boxes, strict=False)
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _column(position: types.Position, hints: Sequence[types.InlayHint]) -> int:
    """The column at which a position is drawn: hints before it move it."""
    before = (each for each in hints if each.position.line == position.line)
    return position.character + sum(
        len(f" {each.label}") for each in before if each.position.character < position.character
    )


def _line(number: int, line: str, hints: list[types.InlayHint], said: Sequence[types.Diagnostic]) -> str:
    """A line with its hints between the text, and what is underlined in it."""
    y = _MARGIN + _LINE * (number + 1)
    pieces: list[str] = []
    position = 0
    columns: list[int] = []
    shift = 0
    for hint in [*hints, None]:
        end = hint.position.character if hint is not None else len(line)
        pieces.append(f'<tspan class="text">{escape(line[position:end])}</tspan>')
        columns += [column + shift for column in range(position, end)]
        if hint is not None:
            label = f" {hint.label}"
            pieces.append(f'<tspan class="hint">{escape(label)}</tspan>')
            shift += len(label)
        position = end
    # The length is stated, so that another font cannot move what is underlined.
    length = (len(line) + shift) * _CHARACTER
    found = (
        [f'<text xml:space="preserve" x="{_MARGIN}" y="{y}" textLength="{length:.1f}">{"".join(pieces)}</text>']
        if length
        else []
    )
    for each in said:
        if each.range.start.line == number:
            start, end = columns[each.range.start.character], columns[each.range.end.character - 1] + 1
            kind = "error" if each.severity == types.DiagnosticSeverity.Error else "warning"
            found.append(
                f'<path class="{kind}" d="{_wave(_MARGIN + start * _CHARACTER, _MARGIN + end * _CHARACTER, y + 4)}"/>'
            )
    return "\n".join(found)


def _wave(start: float, end: float, y: float) -> str:
    steps = max(round((end - start) / 4), 1)
    points = [
        f"{start + (end - start) * step / steps:.1f} {y + (2 if step % 2 else 0):.1f}" for step in range(steps + 1)
    ]
    return "M" + "L".join(points)

"""The data of a page → its HTML: one file that needs no other, or the page that a server keeps up to date.

What a spec says is in it as JSON only, which the page's script makes text of. The policy of the page allows its own
script and style, by their hashes, and nothing else: no other script, no address, no form.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

from spec_compiler.emitting.page.theme import theme_style

_FOLDER = Path(__file__).parent
_TEMPLATE = _FOLDER / "web" / "page.html"
_STYLE = _FOLDER / "web" / "page.css"
_SCRIPT = _FOLDER / "page.bundle.js"
_LIVE = _FOLDER / "live.bundle.js"
_WORKER = _FOLDER / "web" / "worker.js"
_START = _FOLDER / "web" / "start.mjs"
_ENGINE = _FOLDER.parent / "pictures" / "elk" / "elk-worker.min.js"

_GENERATOR = "spec-compiler"
_UNSTARTED = """\
<p id="unstarted" class="notice late">Browsers start no scripts from a folder that is opened as a file.
<code>python -m http.server</code> in this folder serves it to this machine, and <code>compile-spec view --edit</code>
shows a spec in the same page.</p>"""
"""What is seen until a script takes it away, or for good if there is none."""


def page_html(data: Mapping[str, Any]) -> str:
    """A page of one file. Of equal data it is equal."""
    style, script = style_text(), script_text()
    policy = _policy(script=_hash(script), style=_hash(style), worker="blob:")
    parts = [
        f'<script type="application/json" id="data">{json_text(data)}</script>',
        f'<script type="text/plain" id="engine">{_packed_engine()}</script>',
        f'<script type="module">{script}</script>',
    ]
    return _filled(policy, str(data.get("title", "")), f"<style>{style}</style>", parts)


def served_html(
    title: str,
    *,
    page: str,
    events: str,
    style: str,
    script: str,
    engine: str,
    live: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The page of a server: its parts are where the arguments say, and `events` tells when there is another page.

    Where the spec may be edited, `live` has the script for that, and the questions that it asks.
    """
    return _linked_html(title, {"href": page, "events": events, **live}, style, script, engine)


def playground_html(title: str, *, live: Mapping[str, str], style: str, script: str, engine: str) -> str:
    """The page of the playground, for any static host.

    Args:
        title: What it is called before a spec is known.
        live: Where the script is in which the spec is edited (`live`), and what that needs.
        style: Where the style sheet is.
        script: Where the script of the page is.
        engine: Where that of the layout engine is.
    """
    return _linked_html(title, live, style, script, engine, compiles=True)


def _linked_html(
    title: str, data: Mapping[str, str], style: str, script: str, engine: str, *, compiles: bool = False
) -> str:
    """A page whose parts are files beside it; one that `compiles` runs WebAssembly too."""
    policy = _policy(
        script="'self' 'wasm-unsafe-eval'" if compiles else "'self'",
        style="'self'",
        worker="'self'",
        connect="'self'",
    )
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    parts = [
        f'<script type="application/json" id="data"{attributes}></script>',
        f'<script type="text/plain" id="engine" data-href="{escape(engine)}"></script>',
        f'<script type="module" src="{escape(script)}"></script>',
    ]
    if compiles:
        parts.insert(0, _UNSTARTED)
    return _filled(policy, title, f'<link rel="stylesheet" href="{escape(style)}">', parts)


def json_text(data: Mapping[str, Any]) -> str:
    """Data as JSON that no parser of HTML can take for anything else."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


@cache
def style_text() -> str:
    """The style sheet of the page."""
    return f"{theme_style()}\n{_STYLE.read_text(encoding='utf-8')}"


@cache
def script_text() -> str:
    """The script of the page: the modules in `web` as one, which `tools/web/build` makes of them."""
    return _SCRIPT.read_text(encoding="utf-8")


def live_text() -> str:
    """The script of a page in which the spec is edited, with the editor in it."""
    return _LIVE.read_text(encoding="utf-8")


def worker_text() -> str:
    """The script that runs Python in the browser."""
    return _WORKER.read_text(encoding="utf-8")


def start_text() -> str:
    """The script that starts Python, for the worker."""
    return _START.read_text(encoding="utf-8")


def engine_text() -> str:
    """The script of the layout engine, for a worker."""
    return _ENGINE.read_text(encoding="utf-8")


@cache
def _packed_engine() -> str:
    return b64encode(gzip.compress(engine_text().encode(), mtime=0)).decode()


def _policy(*, script: str, style: str, worker: str, connect: str = "'none'") -> str:
    parts = {
        "default-src": "'none'",
        "script-src": script,
        "style-src": style,
        "worker-src": worker,
        "connect-src": connect,
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _filled(policy: str, title: str, style: str, parts: list[str]) -> str:
    """The template with its gaps filled, in one pass: what is put in is not looked through for gaps."""
    gaps = {
        "policy": escape(policy),
        "generator": _GENERATOR,
        "title": escape(title),
        "style": style,
        "parts": "\n".join(parts),
    }
    found: list[str] = []
    for number, piece in enumerate(_TEMPLATE.read_text(encoding="utf-8").replace("{", "}").split("}")):
        found.append(gaps[piece] if number % 2 else piece)
    return "".join(found)

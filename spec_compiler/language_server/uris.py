"""Files and what editors call them."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname


def path_of(uri: str) -> Path | None:
    """The path of a file's URI; None for what is no file, such as a document that was never saved."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    name = url2pathname(unquote(parts.path) if os.name != "nt" else parts.path)
    if parts.netloc and os.name == "nt":
        name = f"//{parts.netloc}{name}"
    return Path(name) if name and "\0" not in name else None


def uri_of(path: Path) -> str:
    """The URI of a file."""
    return Path(os.path.abspath(path)).as_uri()

"""A hook of MkDocs: puts the page of each example spec on the site, as `compile-spec SPEC -o page.html` writes it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "specs"
FOLDER = "reference/pages"


def on_files(files: Any, config: Any) -> Any:
    """Add the pages to the files of the site."""
    from mkdocs.structure.files import File

    sys.path.insert(0, str(ROOT))
    try:
        for spec in sorted(SPECS.glob("*.yaml")):
            files.append(File.generated(config, f"{FOLDER}/{spec.stem}.html", content=page(spec)))
    finally:
        sys.path.remove(str(ROOT))
    return files


def page(spec: Path) -> str:
    """The page of a spec, whose text is named as from the root of the repository."""
    import spec_compiler as sc

    source = sc.Source(spec.relative_to(ROOT).as_posix(), spec, "yaml")
    return sc.load_spec(source).to_html()

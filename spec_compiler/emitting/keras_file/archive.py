"""The `.keras` archive: the configuration, the weights, the vocabularies, and what wrote them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from spec_compiler.catalog.keras_config.form import ConfigData

KERAS_VERSION = "3.15.1"
"""The version of Keras whose files these are."""

_WEIGHTS = "model.weights.h5"


def write_archive(path: Path, config: ConfigData, weights: Path, assets: Mapping[str, str]) -> None:
    """Write an archive around a file of weights."""
    now = datetime.now()
    metadata = {"keras_version": KERAS_VERSION, "date_saved": now.strftime("%Y-%m-%d@%H:%M:%S")}
    with ZipFile(path, "w") as archive:
        _write_text(archive, "metadata.json", json.dumps(metadata), now)
        _write_text(archive, "config.json", json.dumps(config), now)
        for name, text in assets.items():
            _write_text(archive, name, text, now)
        member = _member(_WEIGHTS, now)
        member.file_size = weights.stat().st_size
        with archive.open(member, "w") as target, weights.open("rb") as source:
            shutil.copyfileobj(source, target, 1 << 20)


def _write_text(archive: ZipFile, name: str, text: str, now: datetime) -> None:
    archive.writestr(_member(name, now), text)


def _member(name: str, now: datetime) -> ZipInfo:
    return ZipInfo(name, now.timetuple()[:6])

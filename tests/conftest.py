"""What all tests share."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

# Importing Keras may write a configuration to the home folder.
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="keras-home-")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).parent.parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave modules that import Keras alone when only the other tests are asked for: they take seconds to import."""
    if config.option.markexpr != "not tensorflow" or collection_path.suffix != ".py":
        return None
    return True if "pytestmark = pytest.mark.tensorflow" in collection_path.read_text(encoding="utf-8") else None


@pytest.fixture
def specs() -> Path:
    """The folder of the example specs."""
    return ROOT / "specs"

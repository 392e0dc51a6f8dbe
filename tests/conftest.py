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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the language server is that some tests ask."""
    parser.addoption(
        "--language-server", metavar="PATH", help="the command `yaml-language-server`; without it, no test asks it"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests of the language server out unless it is named: it is no Python package."""
    if config.getoption("--language-server") is None:
        left_out = [item for item in items if item.get_closest_marker("language_server") is not None]
        items[:] = [item for item in items if item.get_closest_marker("language_server") is None]
        config.hook.pytest_deselected(items=left_out)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave modules that import Keras alone when only the other tests are asked for: they take seconds to import."""
    if config.option.markexpr != "not tensorflow" or collection_path.suffix != ".py":
        return None
    return True if "pytestmark = pytest.mark.tensorflow" in collection_path.read_text(encoding="utf-8") else None


@pytest.fixture
def specs() -> Path:
    """The folder of the example specs."""
    return ROOT / "specs"

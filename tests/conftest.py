"""What all tests share."""

from __future__ import annotations

import gc
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from spec_compiler.catalog.layers.core.dense import Dense
from tests.browser import chromium, open_tab
from tests.stand_ins import infer_dense

__all__ = ["chromium", "open_tab"]

# No test is timed: how long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Importing Keras may write a configuration to the home folder.
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="keras-home-")
os.environ["SPEC_COMPILER_CACHE"] = tempfile.mkdtemp(prefix="spec-compiler-cache-")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The kernels of oneDNN have an allocator that gives nothing back: a process would keep the most that any test took.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

ROOT = Path(__file__).parent.parent


_OUTSIDE = {
    "language_server": "--language-server",
    "neovim": "--neovim",
    "emacs": "--emacs",
    "browser": "--chromium",
    "other_keras": "--other-keras",
    "playground": "--playground",
}
"""The marks of tests that need something which is no package beside this one, and the option that says where it is."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the programs are that some tests need."""
    parser.addoption(
        "--language-server", metavar="PATH", help="the command `yaml-language-server`; without it, no test asks it"
    )
    parser.addoption("--neovim", metavar="PATH", help="the command `nvim`; without it, no test starts it")
    parser.addoption("--emacs", metavar="PATH", help="the command `emacs`, with eglot; without it, no test starts it")
    parser.addoption(
        "--other-keras",
        metavar="PATH",
        help="the folder of another version of Keras, as of `pip install --no-deps --target`; without it, none is asked",
    )
    parser.addoption("--chromium", metavar="PATH", help="the command `chromium`; without it, no test opens the page")
    parser.addoption(
        "--playground", metavar="PATH", help="what `tools/playground/build` has made; without it, no test looks at that"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests out that need something of which nobody says where it is."""
    missing = [mark for mark, option in _OUTSIDE.items() if config.getoption(option) is None]
    left_out = [item for item in items if any(item.get_closest_marker(mark) is not None for mark in missing)]
    items[:] = [item for item in items if item not in set(left_out)]
    config.hook.pytest_deselected(items=left_out)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave whole modules alone that have no test that is asked for: some take seconds to import."""
    asked = config.option.markexpr
    left_out = [mark for mark in ("tensorflow", "slow") if f"not {mark}" in asked]
    if not (left_out or asked in _OUTSIDE) or not collection_path.match("test_*.py"):
        return None
    text = collection_path.read_text(encoding="utf-8")
    if asked in _OUTSIDE and f"mark.{asked}" not in text:
        return True
    marks = re.search(r"^pytestmark = (.+)$", text, re.MULTILINE)
    found = re.findall(r"pytest\.mark\.(\w+)", marks[1]) if marks else ()
    return True if any(mark in found for mark in left_out) else None


_MEMORY = Path("/proc/self/statm")
_GIGABYTE = 2**30
_most = 2 * _GIGABYTE


def _memory() -> int:
    """The bytes of memory that this process takes; 0 where that is not known."""
    return int(_MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if _MEMORY.exists() else 0


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays to the end: the tests, and all modules that they import."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _models_are_let_go() -> Iterator[None]:
    """Let Keras's models of earlier tests go once they take much: they are held in circles, and by Keras's session."""
    global _most
    yield
    if "keras" in sys.modules and _memory() > _most:
        sys.modules["keras"].utils.clear_session()
        gc.collect()
        _most = max(_most, _memory() + _GIGABYTE)  # What stays is not looked through again and again.


@pytest.fixture
def specs() -> Path:
    """The folder of the example specs."""
    return ROOT / "specs"


@pytest.fixture(scope="session")
def playground(request: pytest.FixtureRequest) -> Path:
    """The folder of the playground."""
    return Path(request.config.getoption("--playground")).resolve()


@pytest.fixture
def stand_ins(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put rules of the tests' own in the place of those of layers, but not where Keras is the measure."""
    if request.node.get_closest_marker("tensorflow") is None:
        monkeypatch.setattr(Dense, "infer", infer_dense)

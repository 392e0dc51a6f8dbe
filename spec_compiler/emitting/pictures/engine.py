"""The engine that lays pictures out: the Eclipse Layout Kernel, as JavaScript, in an embedded V8."""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from spec_compiler.emitting.pictures.errors import LayoutError
from spec_compiler.emitting.requirement import require_pictures

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer

_SCRIPT = Path(__file__).parent / "elk" / "elk-worker.min.js"

_BEFORE = """
var global = globalThis, module = {exports: {}}, exports = module.exports;
var setTimeout = function (work) { work(); };
var console = {log() {}, info() {}, warn() {}, error() {}};
"""
"""What the worker expects of where it runs. It is to answer before it returns."""

_AFTER = """
var answer = null, worker = new module.exports.Worker("");
worker.onmessage = function (message) { answer = message.data; };
worker.postMessage({id: 0, cmd: "register", algorithms: ["layered"]});
function layout(text) {
  answer = null;
  worker.postMessage({id: 1, cmd: "layout", graph: JSON.parse(text), layoutOptions: {}, options: {}});
  return JSON.stringify(answer.error ? {error: String(answer.error)} : answer);
}
"""

_SECONDS = 60
_MEMORY = 2 * 2**30


class _Engine:
    """The one engine of a process. It is slow to start, and grows faster with use."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._context: MiniRacer | None = None

    def layout(self, graph: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            return _outside_of_loops(lambda: self._layout(graph))

    def _layout(self, graph: dict[str, Any]) -> dict[str, Any]:
        if self._context is None:
            self._context = _started()
        try:
            return _answer(self._context, graph)
        except LayoutError:
            self._context = None  # what was cut off may be in any state
            raise


def _outside_of_loops(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do some work where no event loop runs: V8 would take that of a notebook for its own, and cannot be waited for."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


_ENGINE = _Engine()


def layout(graph: dict[str, Any]) -> dict[str, Any]:
    """A graph in the engine's JSON, with places.

    Raises:
        PicturesMissingError: The engine is not installed.
        LayoutError: It takes too long, or too much memory.
    """
    return _ENGINE.layout(graph)


def _started() -> MiniRacer:
    require_pictures("py_mini_racer")
    from py_mini_racer import MiniRacer

    context = MiniRacer()
    atexit.register(context.close)  # else its thread may outlive the program after an exception
    context.eval(_BEFORE)
    context.eval(_SCRIPT.read_text(encoding="utf-8"))
    context.eval(_AFTER)
    return context


def _answer(context: MiniRacer, graph: dict[str, Any]) -> dict[str, Any]:
    from py_mini_racer import JSOOMException, JSTimeoutException

    try:
        text = context.call("layout", json.dumps(graph), timeout_sec=_SECONDS, max_memory=_MEMORY)
    except (JSTimeoutException, JSOOMException) as error:
        raise LayoutError(f"the layout of the picture takes more than {_SECONDS} seconds, or than 2 GiB") from error
    answer: dict[str, Any] = json.loads(str(text))
    if "error" in answer:
        raise RuntimeError(f"the layout engine: {answer['error']}")
    placed: dict[str, Any] = answer["data"]
    return placed

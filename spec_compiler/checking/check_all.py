"""Many specs checked at once: on all cores, and those of which the outcome is known not again."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from spec_compiler.checking.outcome import Outcome, outcome_of

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    from spec_compiler.analysis import Analysis
    from spec_compiler.checking.cache import Cache, Import
    from spec_compiler.limits import Limits
    from spec_compiler.reading.document import Document

STANDARD_INPUT = "-"

_MANY_FILES = 8
_MANY_BYTES = 200_000
"""From so many files, or so many bytes in several of them, further processes are worth their start."""

Progress = Callable[[int, int], None]
"""Is told how many specs of how many are checked."""


class CheckSettings(NamedTuple):
    """How specs are checked: what `check_spec` takes besides the spec."""

    params: Mapping[str, Any]
    root: str | None
    limits: Limits


class WorkerLostError(Exception):
    """A process that checked specs has been ended by something else, as by a system that is out of memory."""


class _Checked(NamedTuple):
    """An outcome, and what has to be the same for it to be the same; None if that cannot be said."""

    outcome: Outcome
    text: bytes | None
    imports: Sequence[Import] | None


def check_all(
    names: Sequence[str],
    settings: Callable[[], CheckSettings],
    *,
    cache: Cache | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Check some specs.

    Args:
        names: Their paths; `-` is standard input.
        settings: Gives the settings; asked only if there is something to check.
        cache: Where outcomes are kept; none are by default.
        jobs: How many processes may work at once.
        progress: Is told how far the work is.

    Returns:
        The outcomes, in the order of the names.
    """
    outcomes: dict[str, Outcome] = {}
    if cache is not None:
        outcomes = {name: outcome for name in names if (outcome := _known(name, cache)) is not None}
    missing = [name for name in dict.fromkeys(names) if name not in outcomes]
    if missing:
        report_progress = progress or _silence
        report_progress(len(outcomes), len(names))
        with closing(_checked(missing, settings(), jobs)) as found:
            for name, checked in zip(missing, found, strict=True):
                outcomes[name] = checked.outcome
                if cache is not None and checked.text is not None and checked.imports is not None:
                    cache.keep(cache.key(name, checked.text), checked.outcome, checked.imports)
                report_progress(len(outcomes), len(names))
        if cache is not None:
            cache.prune()
    return [outcomes[name] for name in names]


def _silence(_done: int, _total: int) -> None:
    """Nobody wants to know how far the work is."""


def _known(name: str, cache: Cache) -> Outcome | None:
    """The outcome of a spec, if it is kept."""
    text = _bytes(name) if name != STANDARD_INPUT else None
    return cache.find(cache.key(name, text)) if text is not None else None


def _bytes(name: str) -> bytes | None:
    """The bytes of a spec of a usual size; the check itself says what is wrong with others."""
    try:
        if not os.path.isfile(name):
            return None
        with open(name, "rb") as file:
            text = file.read(_LARGEST + 1)
    except (OSError, ValueError):
        return None
    return text if len(text) <= _LARGEST else None


_LARGEST = 64 * 2**20


def _checked(names: Sequence[str], settings: CheckSettings, jobs: int) -> Generator[_Checked, None, None]:
    """What the check of each spec finds, in their order."""
    jobs = min(jobs, len(names)) if _is_much(names) else 1
    processes = _processes(jobs) if jobs > 1 else None
    if processes is None:
        for name in names:
            yield _check(name, settings)
        return
    from multiprocessing import active_children

    import spec_compiler.pipeline  # noqa: F401  here, so that processes that are forked have it

    others = active_children()
    try:
        files = [name for name in names if name != STANDARD_INPUT]
        size = max(1, min(16, len(names) // (4 * jobs)))
        shares = [files[start : start + size] for start in range(0, len(files), size)]
        # Not by `map`, which cancels what is left: a process that is ended then is told by a thread, as an error.
        with _signals_held():
            waiting = deque(processes.submit(_check_some, share, settings) for share in shares)
        elsewhere = _results(waiting)
        for name in names:
            yield _check(name, settings) if name == STANDARD_INPUT else next(elsewhere)
    except BaseException as error:
        for each in active_children():
            if each not in others:
                each.kill()
        processes.shutdown(wait=False)
        if _is_of_lost_process(error):
            raise WorkerLostError("a process that checked specs was ended by the system") from error
        raise
    processes.shutdown()


def _is_much(names: Sequence[str]) -> bool:
    if len(names) < 2:
        return False
    sizes = [os.path.getsize(name) for name in names if os.path.isfile(name)]
    return len(names) >= _MANY_FILES or sum(sizes) >= _MANY_BYTES


def _processes(jobs: int) -> ProcessPoolExecutor | None:
    """Processes that check; None where the system has nothing by which they could wait for each other."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    sys.stdout.flush()  # else a process that is forked writes what is not written yet once more
    # A process that is forked has everything imported; where that is not safe, it starts anew.
    method = "fork" if sys.platform == "linux" else "spawn"
    try:
        return ProcessPoolExecutor(jobs, multiprocessing.get_context(method), initializer=_leave_signals_to_the_first)
    except (ImportError, NotImplementedError, OSError):
        return None


def _check_some(names: Sequence[str], settings: CheckSettings) -> list[_Checked]:
    return [_check(name, settings) for name in names]


def _results(waiting: deque[Future[list[_Checked]]]) -> Iterator[_Checked]:
    while waiting:
        yield from waiting.popleft().result()


def _is_of_lost_process(error: BaseException) -> bool:
    from concurrent.futures.process import BrokenProcessPool

    return isinstance(error, BrokenProcessPool)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Let signals wait while processes are forked, which would take them for their own until they know better."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_signals_to_the_first() -> None:
    """Leave it to the first process to end all: a signal may come to every process of a terminal."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _check(name: str, settings: CheckSettings) -> _Checked:
    from spec_compiler.pipeline import analyse
    from spec_compiler.reading.source import Source

    source = Source.standard_input() if name == STANDARD_INPUT else Source.of(name)
    text = None if name == STANDARD_INPUT else _bytes(name)
    analysis = analyse(source, params=settings.params, root=settings.root, limits=settings.limits)
    outcome = outcome_of(analysis.report, [file.name for file in analysis.files if file is not analysis.documents[""]])
    if text is None or not _is_text_of(text, analysis.documents.get("")):
        return _Checked(outcome, None, None)
    return _Checked(outcome, text, _imports(analysis))


def _imports(analysis: Analysis) -> list[Import] | None:
    """The files that a spec imports; None if the outcome depends on more than their texts."""
    from spec_compiler.checking.cache import import_of
    from spec_compiler.diagnostics import codes
    from spec_compiler.expanding.standard import STANDARD

    elsewhere = (codes.UNREADABLE, codes.UNKNOWN_IMPORT, codes.IMPORT_OUTSIDE, codes.TOO_MUCH_MEMORY)
    if {finding.code for finding in analysis.findings} & set(elsewhere):
        return None
    imports = []
    for file, document in analysis.documents.items():
        if not file or file.startswith(STANDARD):
            continue
        path = document.name
        text = _bytes(path)
        if text is None or not _is_text_of(text, document):
            return None
        imports.append(import_of(path, text))
    return imports


def _is_text_of(text: bytes, document: Document | None) -> bool:
    """Whether a document was read from some bytes: the file may have changed since."""
    try:
        return document is not None and text.removeprefix(b"\xef\xbb\xbf").decode() == document.text
    except UnicodeDecodeError:
        return False

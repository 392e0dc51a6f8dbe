"""Memory: how much of it there is, and how often Python looks for what can be freed."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_memory() -> int | None:
    """The memory that a process can have, in bytes: the machine's, or what a container leaves of it."""
    sizes = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for name in _CGROUP_LIMITS:
        try:
            text = Path(name).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            sizes.append(int(text))
    return min(sizes) if sizes else None


_PATIENCE = 50_000
_thresholds_lock = threading.Lock()
_patient = 0
_thresholds_before = (0, 0, 0)


@contextmanager
def relaxed_gc() -> Iterator[None]:
    """Let Python look for cycles less often while a large structure grows that is all kept.

    Every few hundred new objects Python walks through them, and time and again through all: a third of the time of a
    large spec. What refers to itself is still freed, only later. The thresholds of the process are as before at the
    end of the last of several threads; a collector that is switched off stays off.
    """
    global _patient, _thresholds_before
    with _thresholds_lock:
        if _patient == 0:
            _thresholds_before = gc.get_threshold()
            if 0 < _thresholds_before[0] < _PATIENCE:
                gc.set_threshold(_PATIENCE, *_thresholds_before[1:])
        _patient += 1
    try:
        yield
    finally:
        with _thresholds_lock:
            _patient -= 1
            if _patient == 0:
                gc.set_threshold(*_thresholds_before)


def leave_all_to_the_system() -> None:
    """Let Python look for no cycles at the end of the process, among all that the system takes back anyway.

    It would go through everything once more, which takes a tenth of the time of a small check.
    """
    gc.freeze()

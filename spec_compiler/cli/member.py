"""The entry point of one of several processes that train together, which `fit` starts."""

from __future__ import annotations

import os
import sys
import threading
import time

from spec_compiler.cli import streams
from spec_compiler.cli.main import main
from spec_compiler.cli.processes import CORES
from spec_compiler.termination import termination_raised


def run() -> None:
    """Run a command, and end at once: what has failed is not to wait for the others."""
    cores = os.environ.pop(CORES, "")
    if cores:
        os.sched_setaffinity(0, map(int, cores.split(",")))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _keep_streams_to_python()
    streams.prepare()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with termination_raised():
        code = main()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _keep_streams_to_python() -> None:
    """Leave out what C++ code writes of its connections: only Python writes to the standard streams from here on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number, name in ((1, "stdout"), (2, "stderr")):
        shown = os.dup(number)
        os.dup2(nowhere, number)
        setattr(sys, name, open(shown, "w", encoding="utf-8", errors="replace", buffering=1))  # noqa: SIM115
    os.close(nowhere)


def _end_with(parent: int) -> None:
    """End with the process that has started this one, however that ends."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    run()

"""Fresh processes, and what each takes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
_KERAS_HOME = tempfile.mkdtemp(prefix="keras-home-")
_COMPILED = tempfile.mkdtemp(prefix="pycache-")
_CACHE = tempfile.mkdtemp(prefix="spec-compiler-cache-")


class Cost(NamedTuple):
    """What a process took: seconds, and its peak of memory in bytes."""

    seconds: float
    memory: int


def python(*arguments: str) -> Cost:
    """The cost of a whole Python process."""
    environment = {
        **os.environ,
        "KERAS_HOME": _KERAS_HOME,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "",  # as in an installation, where no source is compiled anew
        "PYTHONPYCACHEPREFIX": _COMPILED,
        "SPEC_COMPILER_CACHE": _CACHE,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=output, stderr=errors, env=environment, cwd=ROOT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"{arguments} ended with {process.returncode}\n{errors.read().decode()[-4000:]}")
        told = output.read().decode().strip().splitlines()
    kilobyte = 1 if sys.platform == "darwin" else 1024
    if told and told[-1].startswith('{"seconds"'):
        seconds = json.loads(told[-1])["seconds"]
    return Cost(seconds, usage.ru_maxrss * kilobyte)


def tell(seconds: float) -> None:
    """Say, in a process that is measured, how long the part took that counts."""
    print(json.dumps({"seconds": seconds}))


def medians(times: int, *measures: Callable[[], Cost]) -> list[Cost]:
    """The medians of each measure, all taken in turns, after one turn that does not count."""
    rounds: list[list[Cost]] = [[measure() for measure in measures] for _ in range(times + 1)][1:]
    return [_median([each[index] for each in rounds]) for index in range(len(measures))]


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.seconds for cost in costs), int(statistics.median(cost.memory for cost in costs))
    )


class Row(NamedTuple):
    """A row of the table: what is measured, what it took, against what, and the ratios."""

    what: str
    took: str
    against: str
    ratio: str


def row(what: str, cost: Cost, other: Cost) -> Row:
    """A row that compares two costs."""
    return Row(
        what, _words(cost), _words(other), f"{cost.seconds / other.seconds:.2f}, {cost.memory / other.memory:.2f}"
    )


def seconds(number: float) -> str:
    """Some seconds in words."""
    return f"{number * 1000:.0f} ms" if number < 1 else f"{number:.2f} s"


def _words(cost: Cost) -> str:
    return f"{seconds(cost.seconds)}, {cost.memory / 2**20:.0f} MiB"

"""Several processes that train one model: how they are asked for, started, and watched until they have ended."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from types import FrameType
from typing import IO, TYPE_CHECKING, Any

from spec_compiler.cli.options import positive_number
from spec_compiler.cli.terminal import FINE, SIGNALLED, USAGE, UsageError

if TYPE_CHECKING:
    from spec_compiler.training.distribution.membership import Membership, WeightLayout

MEMBER = "SPEC_COMPILER_MEMBER"
"""Tells a process which of several it is."""

CORES = "SPEC_COMPILER_CORES"
"""Tells a process which cores of its machine are its own."""

LOST = 75
"""How a process ends that has lost the others, which only the one that has started it sees."""

_PATIENCE = 10.0
"""For how many seconds the others may end by themselves, after one has failed."""

_ADDRESS = re.compile(r".+:[0-9]{1,5}")


def add_processes_options(parser: argparse.ArgumentParser) -> None:
    """The options about the processes that train together."""
    parser.add_argument(
        "--processes",
        type=_number_or_auto,
        metavar="NUMBER",
        help="train in several processes on JAX, each with a part of every batch: so many of this machine, or with "
        "--coordinator of several; auto for those that Slurm, MPI or Kubernetes has started",
    )
    parser.add_argument("--coordinator", metavar="HOST:PORT", help="where the first of the processes is reached")
    parser.add_argument(
        "--process-id", type=_number, metavar="NUMBER", help="which of the processes this one is, from 0"
    )
    parser.add_argument(
        "--layout",
        action="append",
        default=[],
        metavar="PATTERN=AXES",
        help="divide the weights whose paths are of a pattern over the devices, as in '.*/kernel=[null, model]'; may "
        "be given several times",
    )
    parser.add_argument(
        "--replicas", type=positive_number, metavar="NUMBER", help="how many copies of a divided model there are; 1"
    )


def _number(text: str) -> int:
    from spec_compiler.numerals import whole_number

    number = whole_number(text)
    if number is None:
        raise argparse.ArgumentTypeError(f"takes a whole number from 0 on, not `{text}`")
    return number


def _number_or_auto(text: str) -> int | str:
    return text if text == "auto" else positive_number(text)


def membership_of_environment() -> Membership | None:
    """Which of several processes this one is; None if it is by itself."""
    text = os.environ.get(MEMBER)
    if text is None:
        return None
    from spec_compiler.training.distribution.membership import Membership

    said = json.loads(text)
    devices = said["devices"]
    return Membership(
        said["coordinator"], said["processes"], said["number"], tuple(devices) if devices is not None else None
    )


def layout_of(options: argparse.Namespace) -> WeightLayout | None:
    """How weights are divided.

    Raises:
        UsageError: It cannot be understood.
    """
    if not options.layout:
        if options.replicas is not None:
            raise UsageError("--replicas goes with --layout")
        return None
    from spec_compiler.diagnostics.diagnostic import Findings
    from spec_compiler.reading.read import read
    from spec_compiler.reading.source import Source
    from spec_compiler.training.distribution.membership import WeightLayout

    axes = {}
    for text in options.layout:
        pattern, _, value = text.rpartition("=")
        findings = Findings()
        found = read(Source.text(value, form="yaml"), findings).data
        is_axes = isinstance(found, (list, tuple)) and all(each in (None, "model") for each in found)
        if not pattern or findings.errors or not is_axes or "model" not in found:
            raise UsageError(f"--layout takes PATTERN=AXES with AXES as in [null, model], not `{text}`")
        try:
            re.compile(pattern)
        except re.error as error:
            raise UsageError(f"--layout {pattern}: {error}") from error
        axes[pattern] = tuple(found)
    return WeightLayout(axes, options.replicas or 1)


def is_asked_for(options: argparse.Namespace) -> bool:
    """Whether there are to be several processes, which are not started yet.

    Raises:
        UsageError: What is asked for does not go together.
    """
    layout_of(options)
    count, number = options.processes, options.process_id
    if count is None:
        for name in ("coordinator", "process_id", "layout"):
            if getattr(options, name) not in (None, []):
                raise UsageError(f"--{name.replace('_', '-')} goes with --processes")
        return False
    if (options.coordinator is None) != (number is None):
        raise UsageError("--coordinator and --process-id go together")
    if options.coordinator is not None:
        if count == "auto" or number >= count:
            raise UsageError("--coordinator takes --processes with their number, and --process-id from 0 to below it")
        if not _ADDRESS.fullmatch(options.coordinator):
            raise UsageError(f"--coordinator takes HOST:PORT, not `{options.coordinator}`")
    if options.spec == "-":
        raise UsageError("several processes cannot read the spec from standard input")
    if options.debug_nan:
        raise UsageError("--debug-nan goes with one process: without --processes")
    backend = os.environ.get("KERAS_BACKEND", "jax")
    if backend != "jax":
        raise UsageError(f"several processes train on JAX, and KERAS_BACKEND is `{backend}`")
    return MEMBER not in os.environ


def run(options: argparse.Namespace, words: Sequence[str]) -> int:
    """Start the processes, and watch them until all have ended.

    Args:
        options: The options of the command.
        words: The words of the command line, which each of them gets.
    """
    from spec_compiler.emitting.requirement import require_installed

    require_installed("jax", "several processes train on JAX", "jax")
    if options.processes == "auto":
        memberships = [_said(None, None, None, None)]
    elif options.coordinator is not None:
        memberships = [_said(options.coordinator, options.processes, options.process_id, None)]
    else:
        address = f"127.0.0.1:{free_port()}"
        gpus = shutil.which("nvidia-smi") is not None or shutil.which("rocm-smi") is not None
        memberships = [
            _said(address, options.processes, number, [number] if gpus and options.processes > 1 else None)
            for number in range(options.processes)
        ]
    with _started(words, memberships) as members:
        return _watched(members)


def _said(coordinator: str | None, processes: int | None, number: int | None, devices: list[int] | None) -> str:
    return json.dumps({"coordinator": coordinator, "processes": processes, "number": number, "devices": devices})


def free_port() -> int:
    """A port of this machine at which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class _Member:
    """A process that was started.

    Attributes:
        number: Which of those that were started it is.
        process: The process.
        said: What it writes to standard error, where that is not shown at once.
    """

    number: int
    process: subprocess.Popen[bytes]
    said: IO[bytes] | None


@contextmanager
def _started(words: Sequence[str], memberships: Sequence[str]) -> Iterator[list[_Member]]:
    """The processes, which are ended if they are still there at the end."""
    members: list[_Member] = []
    cores = _cores(len(memberships))
    try:
        for number, membership in enumerate(memberships):
            said = None if number == 0 else tempfile.TemporaryFile()  # noqa: SIM115 (closed at the end)
            environment = {"KERAS_BACKEND": "jax", MEMBER: membership, CORES: cores[number]}
            process = subprocess.Popen(
                [sys.executable, "-m", "spec_compiler.cli.member", *words],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=None if number == 0 else subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,  # an interrupt of the terminal is passed on, once
            )
            members.append(_Member(number, process, said))
        yield members
    finally:
        _end(members)
        for member in members:
            if member.said is not None:
                member.said.close()


def _cores(count: int) -> list[str]:
    """The cores of each of some processes of one machine, which would get into each other's way otherwise."""
    if not hasattr(os, "sched_getaffinity") or count == 1:
        return [""] * count
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < count:
        return [""] * count
    bounds = [number * len(cores) // count for number in range(count + 1)]
    return [",".join(map(str, cores[first:end])) for first, end in pairwise(bounds)]


def _end(members: Sequence[_Member]) -> None:
    """End what still runs: first asked, then made to."""
    left = [each.process for each in members if each.process.poll() is None]
    for process in left:
        process.terminate()
    until = time.monotonic() + 5
    for process in left:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _watched(members: Sequence[_Member]) -> int:
    """The exit code of all, once they have ended; what has gone wrong is told once."""
    with _interrupts_passed_on(members):
        failed: _Member | None = None
        until: float | None = None
        while any(each.process.poll() is None for each in members):
            if failed is None:
                failed = next((each for each in members if each.process.poll() not in (None, FINE, LOST)), None)
            if until is None and any(each.process.poll() not in (None, FINE) for each in members):
                until = time.monotonic() + _PATIENCE
            if until is not None and time.monotonic() > until:
                break
            time.sleep(0.05)
    codes = [each.process.poll() for each in members]
    if failed is None:
        failed = next((each for each in members if codes[each.number] not in (None, FINE, LOST)), None)
    if failed is None:
        if all(code == FINE for code in codes):
            return FINE
        print(_lost("another process of the run has ended, or cannot be reached any more"), file=sys.stderr)
        return USAGE
    return _told(failed, codes[failed.number], codes)


def _told(failed: _Member, code: int | None, codes: Sequence[int | None]) -> int:
    """Say how a process has failed, where it has not said so itself; the exit code of all."""
    assert code is not None
    of = f"process {failed.number} of {len(codes)}" if len(codes) > 1 else "the process"
    if code == -signal.SIGABRT:  # which is how JAX ends a process that has lost the others
        print(_lost("another process of the run has ended, or cannot be reached any more"), file=sys.stderr)
        return USAGE
    if code < 0:
        print(_lost(f"{of} was ended by signal {-code}"), file=sys.stderr)
        return SIGNALLED - code
    if failed.said is not None and codes[0] != code:
        failed.said.seek(0)
        print(f"compile-spec: {of} says:", file=sys.stderr)
        print(failed.said.read().decode("utf-8", "replace").rstrip(), file=sys.stderr)
    return code


def _lost(what: str) -> str:
    return f"compile-spec: {what}, and so the run ends; the same command with --resume goes on from the last checkpoint"


@contextmanager
def _interrupts_passed_on(members: Sequence[_Member]) -> Iterator[None]:
    """Have the processes do what an interrupt asks for: each ends after the same step."""

    def pass_on(number: int, _: FrameType | None) -> None:
        for each in members:
            if each.process.poll() is None:
                each.process.send_signal(number)

    try:
        before: Any = signal.signal(signal.SIGINT, pass_on)
    except ValueError:  # not in the main thread, where nobody is interrupted
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

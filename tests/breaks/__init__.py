"""What fails if one function of a stage is broken: the tests of that stage, and few besides.

    python -m tests.breaks                  breaks each in turn
    python -m tests.breaks inferring        breaks one

Each run is one of the fast tier, with this module as a plugin that puts something wrong in the place of a function. It
counts the failures by directory, and names those that are not in the directories of the stage, and that do not go the
whole way on purpose (`end_to_end`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from spec_compiler.catalog.layers.core.dense import Dense
from spec_compiler.catalog.rules import RuleError
from spec_compiler.expanding.node import Planned
from spec_compiler.linking.bind import Binder
from spec_compiler.reading import scalars, yaml_reader

VARIABLE = "SPEC_COMPILER_TESTS_BREAK"
"""The environment variable that names what is broken, for the processes that run the tests."""


@dataclass(frozen=True)
class Break:
    """One function, the classes or modules that have it, what it does wrong, and where its tests are."""

    owners: tuple[object, ...]
    name: str
    wrong: Callable[[Callable[..., object]], object]
    told_by: tuple[str, ...]


def _refusing(_: Callable[..., object]) -> Callable[..., object]:
    def infer(*_: object, **__: object) -> object:
        raise RuleError("broken on purpose")

    return infer


BREAKS = {
    "reading": Break(
        (scalars, yaml_reader),
        "resolve",
        lambda resolve: lambda *given: _doubled(resolve(*given)),
        ("tests/reading",),
    ),
    "expanding": Break(
        (Planned,),
        "count",
        lambda count: property(lambda node: count.fget(node) + (node.times is not None)),
        ("tests/expanding",),
    ),
    "linking": Break(
        (Binder,),
        "_list",
        lambda gathered: lambda binder, call, sources: gathered(binder, call, sources[::-1]),
        ("tests/linking",),
    ),
    "inferring": Break((Dense,), "infer", _refusing, ("tests/catalog", "tests/inferring")),
}


def _doubled(value: object) -> object:
    return value * 2 if isinstance(value, float) else value


def pytest_configure() -> None:
    """Break what the environment names."""
    broken = BREAKS[os.environ[VARIABLE]]
    wrong = broken.wrong(vars(broken.owners[0])[broken.name])
    for owner in broken.owners:
        setattr(owner, broken.name, wrong)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests fail, and which of them are not there to tell this."""
    broken = BREAKS[os.environ[VARIABLE]]
    stats = terminalreporter.stats
    failed = {report.nodeid: report for kind in ("failed", "error") for report in stats.get(kind, ())}
    elsewhere = sorted(
        test
        for test, report in failed.items()
        if not test.startswith(broken.told_by) and "end_to_end" not in report.keywords
    )
    counts = Counter("/".join(test.split("::")[0].split("/")[:2]) for test in failed)
    terminalreporter.write_line("")
    terminalreporter.write_line(f"{os.environ[VARIABLE]}: {len(failed)} fail, {len(elsewhere)} of them elsewhere")
    for directory, count in counts.most_common():
        terminalreporter.write_line(f"{count:5} {directory}")
    for test in elsewhere:
        terminalreporter.write_line(f"      {test}")

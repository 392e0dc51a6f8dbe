"""`compile-spec check SPEC...`: all mistakes of some specs, without TensorFlow."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from spec_compiler.checking.check_all import STANDARD_INPUT, CheckSettings, WorkerLostError, check_all
from spec_compiler.cli.options import add_spec_options, limits_of, load_plugins, params_of
from spec_compiler.cli.sources import file_ids, refuse_sources
from spec_compiler.cli.specs import add_specs_arguments, is_named, specs_of
from spec_compiler.cli.terminal import ERRORS, FINE, ProgressLine, UsageError, Waiting, wants_colour

if TYPE_CHECKING:
    from spec_compiler.checking.cache import Cache
    from spec_compiler.checking.outcome import Outcome
    from spec_compiler.diagnostics.report import Report

_FOR_PEOPLE = ("text", "concise")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    add_specs_arguments(parser)
    parser.add_argument(
        "--format",
        choices=(*_FOR_PEOPLE, "json", "sarif", "github"),
        default="text",
        help="text for people (the default), concise with a line for each diagnostic, JSON or SARIF for tools, "
        "annotations for GitHub Actions",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print diagnostics, and nothing else")
    parser.add_argument("--warnings-as-errors", action="store_true", help="end with 1 also if there are only warnings")
    parser.add_argument("--fix", action="store_true", help="apply the safe fixes to the files, and say which are not")
    parser.add_argument("--unsafe-fixes", action="store_true", help="with --fix, apply the fixes that are not safe too")
    parser.add_argument("--no-cache", action="store_true", help="check all specs, also those that have not changed")
    parser.add_argument(
        "-j", "--jobs", type=_jobs, metavar="NUMBER", help="how many processes check many specs; all cores by default"
    )
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Check some specs and print what is wrong with them."""
    if options.unsafe_fixes and not options.fix:
        raise UsageError("--unsafe-fixes goes with --fix")
    if options.fix and STANDARD_INPUT in options.specs:
        raise UsageError("--fix changes files, and `-` is standard input")
    names = specs_of(options)
    load_plugins(options)
    check = partial(
        _check,
        settings=lambda: CheckSettings(params_of(options), options.root, limits_of(options)),
        cache=_cache(options),
        jobs=1 if options.plugin else options.jobs or _cores(),
    )
    outcomes, applied = _fix(names, check, options) if options.fix else (check(names), {})
    reports = [outcome.report() for outcome in outcomes if outcome.errors or outcome.warnings]
    if options.format in _FOR_PEOPLE:
        _print_for_people(names, outcomes, reports, options)
    else:
        _print_for_tools(outcomes, reports, options)
    if options.fix and not options.quiet:
        _print_fixes(reports, applied, options)
    failed = reports if options.warnings_as_errors else [report for report in reports if not report.ok]
    return ERRORS if failed else FINE


def _check(
    names: Sequence[str], *, settings: Callable[[], CheckSettings], cache: Cache | None, jobs: int
) -> list[Outcome]:
    """Check some specs, and say how far that is."""
    outcomes = _outcomes(names, settings, cache, jobs)
    refuse_sources([], file_ids(file for outcome in outcomes for file in outcome.imports))
    return outcomes


def _outcomes(
    names: Sequence[str], settings: Callable[[], CheckSettings], cache: Cache | None, jobs: int
) -> list[Outcome]:
    # A thread must not run while processes are forked; of many specs it is known how far they are.
    if len(names) == 1:
        with Waiting(f"checking {os.path.basename(names[0])}"):
            return check_all(names, settings, cache=cache)
    progress = ProgressLine("checking")
    try:
        return check_all(names, settings, cache=cache, jobs=jobs, progress=progress)
    except WorkerLostError as error:
        raise UsageError(f"{error}; with `--jobs 1` there is one alone, which takes less memory") from error
    finally:
        progress.close()


def _fix(
    names: Sequence[str], check: Callable[[Sequence[str]], list[Outcome]], options: argparse.Namespace
) -> tuple[list[Outcome], dict[str, int]]:
    """Apply the fixes to some specs; what is left to be said of each, and how many were applied to which."""
    from spec_compiler.checking.fix import fix_all
    from spec_compiler.emitting.files import UnwritableError

    try:
        return fix_all(names, check, limits_of(options), unsafe=options.unsafe_fixes)
    except UnwritableError as error:
        raise UsageError(str(error)) from error


def _print_for_tools(outcomes: Sequence[Outcome], reports: Sequence[Report], options: argparse.Namespace) -> None:
    """Print the diagnostics in the form that is asked for; `reports` are those of the specs that have any."""
    if options.format == "json":
        from spec_compiler.diagnostics.renderers import json

        print(json.render([outcome.report() for outcome in outcomes]))
    elif options.format == "sarif":
        from spec_compiler import __version__
        from spec_compiler.diagnostics.renderers import sarif

        print(sarif.render(reports, __version__))
    else:
        from spec_compiler.diagnostics.renderers import github

        if text := github.render(reports):
            print(text)


def _print_for_people(
    names: Sequence[str], outcomes: Sequence[Outcome], reports: Sequence[Report], options: argparse.Namespace
) -> None:
    """Print what people read of each spec, and a line about all of them if there are several."""
    from spec_compiler.diagnostics.renderers import concise, text

    colour = wants_colour(sys.stdout)
    found = iter(reports)
    for name, outcome in zip(names, outcomes, strict=True):
        report = next(found) if outcome.errors or outcome.warnings else None
        if report is None:
            if options.format == "text" and not options.quiet and is_named(name, options):
                print(text.summary_line(outcome))
        elif options.format == "concise":
            print(concise.render(report, colour=colour))
        elif options.quiet:
            print(text.render_diagnostics(report, colour=colour))
        else:
            print(text.render(report, colour=colour))
    if not options.quiet and (len(outcomes) != 1 or options.format == "concise"):
        print(text.totals_line(len(outcomes), reports) + _fixable(reports, options))


def _fixable(reports: Sequence[Report], options: argparse.Namespace) -> str:
    """The end of the line of totals: how much `--fix` would do."""
    if not reports or options.fix:
        return ""
    from spec_compiler.checking.fixable import fixes_of
    from spec_compiler.diagnostics.renderers.text import counted

    safe = sum(fix.safe for report in reports for fix in fixes_of(report))
    return f"; {counted(safe, 'fix', 'fixes')} can be applied with `--fix`" if safe else ""


def _print_fixes(reports: Sequence[Report], applied: dict[str, int], options: argparse.Namespace) -> None:
    """Say what was fixed, and which fixes are not safe."""
    from spec_compiler.checking.fixable import fixes_of
    from spec_compiler.diagnostics.renderers.text import counted
    from spec_compiler.diagnostics.visible import visible

    stream = sys.stdout if options.format in _FOR_PEOPLE else sys.stderr
    total = sum(applied.values())
    print(f"applied {counted(total, 'fix', 'fixes')} to {counted(len(applied), 'spec')}", file=stream)
    left = [fix for report in reports for fix in fixes_of(report)]
    if left:
        print(f"not applied, since not safe: {counted(len(left), 'fix', 'fixes')}", file=stream)
        for fix in left:
            place = f"{fix.span.file}:{fix.span.start.line}:{fix.span.start.column}"
            change = f"`{visible(fix.replaced)}` to `{visible(fix.replacement)}` ({fix.code})"
            print(f"  {visible(place)}: {change}", file=stream)


def _cache(options: argparse.Namespace) -> Cache | None:
    """Where outcomes are kept; nowhere if they depend on the code of plugins."""
    if options.no_cache or options.plugin:
        return None
    from spec_compiler.checking.cache import Cache, cache_folder

    return Cache(cache_folder(), ["--set", *options.params, "--root", options.root or "", "--limit", *options.limit])


def _cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _jobs(text: str) -> int:
    """A number of processes."""
    if not re.fullmatch("0*[1-9][0-9]{0,2}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"takes a whole number from 1 to 999, not `{text}`")
    return int(text)

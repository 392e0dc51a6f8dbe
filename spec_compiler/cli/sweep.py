"""`compile-spec sweep SPEC --data DATA --trials 50`: many trials of a spec, with the values that its `search` names."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spec_compiler.cli.keras_import import import_keras
from spec_compiler.cli.options import (
    add_spec_options,
    limits_of,
    load_plugins,
    params_of,
    positive_number,
    source_of,
)
from spec_compiler.cli.sources import file_ids, plugin_ids, refuse_sources
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, Waiting, print_report
from spec_compiler.cli.training import output_path, print_warnings, progress_on_standard_error
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.files import Target, UnwritableError, check_writable, write_all

if TYPE_CHECKING:
    from optuna import Study

    from spec_compiler.training.sweep import Sweep

_WORKER = "SPEC_COMPILER_SWEEP_WORKER"
"""Tells a process that it is one of several of a sweep."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file with a `search`")
    parser.add_argument("--data", required=True, metavar="DATA", help="what is trained on, as for `fit`")
    parser.add_argument("--validation", metavar="DATA", help="what the trials are held against each other by")
    parser.add_argument("--trials", type=positive_number, required=True, metavar="NUMBER", help="how many, in all")
    parser.add_argument("--jobs", type=positive_number, default=1, metavar="NUMBER", help="how many processes")
    parser.add_argument("-o", "--output", metavar="OUT", help="the best model: .keras (FOLDER/best.keras by default)")
    parser.add_argument(
        "--run", metavar="FOLDER", help="where the table, the plots and the best spec go; build/<name>.sweep by default"
    )
    parser.add_argument("--storage", metavar="URL", help="Optuna's storage; FOLDER/study.db by default")
    parser.add_argument("--study", metavar="NAME", help="what the study is called there; as the model by default")
    parser.add_argument("--monitor", metavar="NAME", help="the logged value that counts; val_loss by default")
    parser.add_argument("--epochs", type=positive_number, metavar="NUMBER", help="how often the data is gone through")
    parser.add_argument("--batch-size", type=positive_number, metavar="NUMBER", help="how many samples make a step")
    parser.add_argument("--seed", type=positive_number, default=1, metavar="NUMBER", help="what values are drawn by")
    parser.add_argument("--max-parameters", type=positive_number, metavar="NUMBER", help="train no larger model")
    parser.add_argument(
        "--max-memory",
        type=positive_number,
        metavar="BYTES",
        help="train none whose weights and activations of a batch take more",
    )
    parser.add_argument("--plots", action="store_true", help="draw Optuna's plots of the trials")
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Carry out the trials, and write what came of them."""
    from spec_compiler.pipeline import SpecError
    from spec_compiler.training.sweep import OtherSweepError, StorageError

    try:
        return _run(options)
    except SpecError as error:
        print_report(error.report)
        return ERRORS
    except (UnwritableError, OtherSweepError, StorageError) as error:
        raise UsageError(str(error)) from error


def _run(options: argparse.Namespace) -> int:
    from spec_compiler.emitting.requirement import require_library

    require_library("optuna")
    if options.plots:
        require_library("matplotlib")
    load_plugins(options)
    sweep = _sweep(options)
    if sweep is None:
        return ERRORS
    output = _output(options, sweep)
    sweep.folder.mkdir(parents=True, exist_ok=True)
    check_writable(sweep.folder / "trials.csv")
    study = sweep.study()
    if _WORKER in os.environ:
        with progress_on_standard_error():
            sweep.run(report=_tell)
        return FINE
    if options.jobs == 1:
        with progress_on_standard_error():
            sweep.run(report=_tell)
    else:
        _in_processes(options.jobs, options.words)
    with Waiting("writing"):
        sweep.write(study, plots=options.plots)
    if not _print_trials(sweep, study):
        return ERRORS
    _write_best(sweep, study, output)
    return FINE


def _print_trials(sweep: Sweep, study: Study) -> bool:
    """Say what came of the trials, and which was best; whether any came to its end."""
    from spec_compiler.training.sweep import shown_value

    trials = study.get_trials(deepcopy=False)
    finished = [trial for trial in trials if trial.value is not None and trial.state.name == "COMPLETE"]
    table = visible(str(sweep.folder / "trials.csv"))
    print(f"{len(trials)} trials, {len(finished)} to their end; the table is {table}")
    if finished:
        best = study.best_trial
        print(f"best: trial {best.number}, {sweep.monitor} {best.value:.6g}")
        for name, value in sweep.params_of(best).items():
            print(visible(f"  {name}: {shown_value(value)}"))
    return bool(finished)


def _write_best(sweep: Sweep, study: Study, output: Path) -> None:
    """Write the best model, and remove those of the other trials; of one from elsewhere there is the spec alone."""
    spec = visible(str(sweep.folder / "best.yaml"))
    model = sweep.best_model(study)
    if model is None:
        print(f"the best model was trained on another machine; {spec} is its spec")
        return
    write_all([Target(output, ".keras", lambda place: _copy(model, place))])
    sweep.remove_other_models(study)
    print(f"wrote {visible(str(output))} and {spec}")


def _output(options: argparse.Namespace, sweep: Sweep) -> Path:
    """Where the best model goes."""
    return output_path(options.output or str(sweep.folder / "best.keras"), (".keras",))


def _copy(model: Path, place: Path) -> None:
    shutil.copyfile(model, place)


def _sweep(options: argparse.Namespace) -> Sweep | None:
    """What is tried; None if the spec has errors, which are printed."""
    from spec_compiler.cli.training import monitored
    from spec_compiler.pipeline import analyse
    from spec_compiler.training.fit import prepare
    from spec_compiler.training.sweep import Sweep, searched, storage_of
    from spec_compiler.views import main_view

    source = source_of(options.spec)
    limits = limits_of(options)
    params = params_of(options)
    with Waiting(f"checking {source.name}"):
        analysis = analyse(source, params=params, root=options.root, limits=limits)
    print_warnings(analysis.report)
    graph = main_view(analysis)
    if graph is None:
        return None
    search = searched(graph, params)
    if not search:
        raise UsageError(f"`{options.spec}` has no `search` that says what is tried")
    given = {"epochs": options.epochs, "batch_size": options.batch_size}
    prepared = prepare(graph, options.data, validation=options.validation, limits=limits, options=given)
    monitor, mode = monitored(options.monitor, graph, prepared)
    folder = Path(options.run) if options.run is not None else Path("build") / f"{graph.name}.sweep"
    sweep = Sweep(
        source,
        search,
        options.data,
        options.validation,
        folder,
        options.storage or storage_of(folder),
        options.study or graph.name,
        options.trials,
        monitor,
        mode,
        options.seed,
        params,
        options.root,
        options.max_parameters,
        options.max_memory,
        {name: value for name, value in given.items() if value is not None},
        limits,
        import_keras,
    )
    validation_files = prepared.validation.files if prepared.validation is not None else ()
    read = file_ids([*prepared.data.files, *validation_files]) | analysis.file_ids | plugin_ids(options)
    refuse_sources([_output(options, sweep), *sweep.files], read)
    return sweep


def _in_processes(jobs: int, command: Sequence[str]) -> None:
    """Carry out the trials in several processes, which find each other through the storage.

    Raises:
        UsageError: One of them has failed.
    """
    words = [sys.executable, "-m", "spec_compiler", *command]
    workers = [subprocess.Popen(words, env={**os.environ, _WORKER: "1"}) for _ in range(jobs)]
    try:
        codes = [worker.wait() for worker in workers]
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.terminate()
    if any(codes):
        raise UsageError(f"a process of the sweep has ended with {next(code for code in codes if code)}")


def _tell(text: str) -> None:
    print(visible(text), file=sys.stderr, flush=True)

"""`compile-spec fit SPEC --data DATA`: from a spec and data to a trained model."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING, Any

from spec_compiler.cli import processes
from spec_compiler.cli.options import (
    add_data_options,
    add_model_option,
    add_spec_options,
    add_weights_options,
    limits_of,
    load_plugins,
    params_of,
    positive_number,
    source_of,
    weights_of,
)
from spec_compiler.cli.sources import file_ids, plugin_ids, refuse_sources
from spec_compiler.cli.terminal import ERRORS, FINE, SIGNALLED, UsageError, Waiting, print_report
from spec_compiler.cli.training import (
    monitored,
    output_path,
    print_warnings,
    progress_on_standard_error,
    verbosity,
)
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.files import Target, UnwritableError, check_distinct, check_writable, reserved

if TYPE_CHECKING:
    from spec_compiler.training.callbacks.checkpoint import Checkpoint
    from spec_compiler.training.distribution.group import ProcessGroup
    from spec_compiler.training.distribution.parts import BatchPart
    from spec_compiler.training.fit import Prepared
    from spec_compiler.training.run_folder import RunFolder
    from spec_compiler.views import GraphView

_SUFFIXES = (".keras", ".weights.h5")
_PLOTS = (".svg", ".png", ".pdf")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    add_data_options(parser, "what is trained on")
    parser.add_argument("--validation", metavar="DATA", help="what the model is validated on after each epoch")
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="the trained model: .keras (build/<name>.keras by default), or .weights.h5 for its weights alone",
    )
    parser.add_argument("--epochs", type=positive_number, metavar="NUMBER", help="how often the data is gone through")
    parser.add_argument(
        "--seed", type=positive_number, metavar="NUMBER", help="what random numbers begin with; the spec's by default"
    )
    _add_run_options(parser)
    add_model_option(parser)
    add_weights_options(parser)
    processes.add_processes_options(parser)
    add_spec_options(parser)


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options about what is kept of a run and shown of it."""
    parser.add_argument(
        "--run",
        metavar="FOLDER",
        help="where the history, the best model and the checkpoints are kept; OUT with .run for its suffix by default",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with the run that was cut short, from its last checkpoint"
    )
    parser.add_argument(
        "--monitor",
        metavar="NAME",
        help="the logged value by which the best model is known; val_loss by default, or loss without validation data",
    )
    parser.add_argument("--plot", metavar="OUT", help="draw the history: .svg, .png or .pdf")
    parser.add_argument("--tensorboard", metavar="FOLDER", help="write logs for TensorBoard")
    parser.add_argument(
        "--debug-nan",
        action="store_true",
        help="run step by step, and end at the first NaN with the node that made it",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(options: argparse.Namespace) -> int:
    """Train the model of a spec, and write it."""
    from spec_compiler.pipeline import SpecError
    from spec_compiler.training.distribution.membership import NotJoinedError, ProcessLostError

    try:
        if processes.is_asked_for(options):
            return processes.run(options, options.words)
        return _run(options)
    except SpecError as error:
        print_report(error.report)
        return ERRORS
    except (UnwritableError, NotJoinedError) as error:
        raise UsageError(str(error)) from error
    except ProcessLostError:
        return processes.LOST


@dataclass(frozen=True)
class _Job:
    """A run that has been looked at as far as it can be without Keras."""

    options: argparse.Namespace
    graph: GraphView
    prepared: Prepared
    output: Path
    plot: Path | None
    folder: RunFolder
    seed: int
    monitor: str
    mode: str
    record: dict[str, Any] | None
    state: dict[str, Any] | None
    group: ProcessGroup | None = None

    @property
    def writes(self) -> bool:
        """Whether this process writes and prints, of several that train together."""
        return self.group is None or self.group.is_first

    @property
    def part(self) -> BatchPart:
        """What of each batch is this process's."""
        from spec_compiler.training.distribution.parts import ALONE

        return self.group.part if self.group is not None else ALONE


def _run(options: argparse.Namespace) -> int:
    weights = weights_of(options)
    job = _looked_at(options, weights)
    if job is None:
        return ERRORS
    membership = processes.membership_of_environment()
    if membership is None:
        return _carried_out(job, weights)
    from spec_compiler.training.distribution.group import join

    with Waiting("waiting for the other processes"):
        group = join(membership, processes.layout_of(options))
    code = _carried_out(_agreed(job, group), weights)
    group.end()
    return code


def _agreed(job: _Job, group: ProcessGroup) -> _Job:
    """The run as all processes carry it out: what the first one knows of it, the others are told.

    Raises:
        UsageError: There is nothing to resume, or the folder of the run is none.
    """
    said: dict[str, Any] = {}
    if group.is_first:
        try:
            record, state = _earlier(job.options, job.graph, job.folder)
            seed = _seed(job.options, job.graph, record)
            said = {"record": record, "state": state, "seed": seed}
        except (UsageError, UnwritableError) as error:
            said = {"error": str(error)}
    said = group.share(said)
    if "error" in said:
        raise UsageError(said["error"])
    folder = job.folder
    if not group.is_first:
        from spec_compiler.training.distribution.group import folder_of_others
        from spec_compiler.training.run_folder import RunFolder

        folder = RunFolder(folder_of_others())
        folder.checkpoint.parent.mkdir()
    state = said["state"]
    for name in ("weights", "arrays"):
        if state is not None and state[name] is not None:
            group.share_file(folder.checkpoint.parent / state[name], folder.checkpoint.parent)
    size = job.prepared.settings.batch_size or 32
    if size % group.part.replicas:
        raise UsageError(f"a batch of {size} samples cannot be divided evenly over {group.part.replicas} devices")
    record = _continued(said["record"], state, job)
    if job.prepared.data.stream is not None:
        job.prepared.data.stream.seed = said["seed"]
    return replace(job, folder=folder, seed=said["seed"], record=record, state=state, group=group)


def _carried_out(job: _Job, weights: Mapping[Any, str]) -> int:
    """Train, and write what came of it."""
    from spec_compiler.pipeline import planned_weights

    limits = limits_of(job.options)
    record = job.record if job.record is not None else _record(job, weights)
    if record["status"] == "finished":
        if job.writes:
            print(f"the run in {visible(str(job.folder.path))} is finished")
        return FINE
    outputs = [job.output, *([job.plot] if job.plot is not None else [])]
    with (
        reserved(dict.fromkeys(outputs if job.writes else [], False)) as places,
        planned_weights(job.graph, weights or None, partial=job.options.partial_weights, limits=limits) as planned,
    ):
        if job.state is None and job.writes:
            job.folder.begin(record, job.graph.to_yaml())
        model = _built(job, planned, limits)
        checkpoint = _train(job, model)
        with _whole(job)(model):
            if job.writes:
                _write(job, model, checkpoint, places)
    if not job.writes:
        shutil.rmtree(job.folder.path, ignore_errors=True)
        return SIGNALLED + signal.SIGINT if checkpoint.interrupted else FINE
    values = {name: column[-1] for name, column in checkpoint.values.items()}
    for name, value in values.items():
        print(f"{name}: {value:.6g}")
    for path in outputs:
        print(f"wrote {visible(str(path))}")
    status = "interrupted" if checkpoint.interrupted else "finished"
    job.folder.note({**record, "status": status, "epochs": len(checkpoint.epochs), "results": values})
    if checkpoint.interrupted:
        print("interrupted: the same command with --resume goes on from here", file=sys.stderr)
        return SIGNALLED + signal.SIGINT
    return FINE


def _whole(job: _Job) -> Callable[[Any], AbstractContextManager[None]]:
    """What has the weights of a model whole, while they are written."""
    return job.group.whole if job.group is not None else nullcontext


def _looked_at(options: argparse.Namespace, weights: Mapping[Any, str]) -> _Job | None:
    """The run, held against the rules; None if the spec has errors, which are printed."""
    output = output_path(options.output, _SUFFIXES) if options.output is not None else None
    plot = _plot_path(options)
    _check_libraries(options)
    source = source_of(options.spec)
    load_plugins(options)
    from spec_compiler.pipeline import analyse, model_of
    from spec_compiler.training.fit import prepare
    from spec_compiler.training.run_folder import RunFolder

    limits = limits_of(options)
    with Waiting(f"checking {source.name}"):
        analysis = analyse(source, params=params_of(options), root=options.root, limits=limits)
    print_warnings(analysis.report)
    if analysis.whole is None:
        return None
    graph = model_of(analysis, options.model)
    if output is None:
        output = output_path(str(Path("build") / f"{graph.name}.keras"), _SUFFIXES)
    check_distinct([output, *([plot] if plot is not None else [])])
    stem = output.name.removesuffix(".weights.h5").removesuffix(".keras")
    folder = RunFolder(Path(options.run) if options.run is not None else output.with_name(f"{stem}.run"))
    is_alone = processes.MEMBER not in os.environ
    record, state = _earlier(options, graph, folder) if is_alone else (None, None)
    seed = _seed(options, graph, record)
    with Waiting("checking data"):
        prepared = prepare(
            graph,
            options.data,
            validation=options.validation,
            check_all=options.check_all,
            stream=options.stream or None,
            seed=seed,
            limits=limits,
            options={"epochs": options.epochs, "batch_size": options.batch_size},
        )
    validation = prepared.validation
    print_warnings(prepared.data.warnings, validation.warnings if validation is not None else None)
    read: list[str | Path] = [*prepared.data.files, *weights.values()]
    read += validation.files if validation is not None else ()
    written = [output, *folder.files, *([plot] if plot is not None else [])]
    refuse_sources(written, file_ids(read) | analysis.file_ids | plugin_ids(options))
    monitor, mode = monitored(options.monitor, graph, prepared)
    for each in _departures(options, record, prepared):
        print(f"compile-spec: warning: {each}", file=sys.stderr)
    job = _Job(options, graph, prepared, output, plot, folder, seed, monitor, mode, record, state)
    return replace(job, record=_continued(record, state, job))


def _continued(record: Mapping[str, Any] | None, state: Mapping[str, Any] | None, job: _Job) -> dict[str, Any] | None:
    """The record of a run that goes on; one that was finished may go on to more epochs."""
    if record is None:
        return None
    is_over = state is not None and state["epoch"] >= job.prepared.settings.epochs
    if is_over and record["status"] == "finished":
        return dict(record)
    return {**record, "asked": {**record["asked"], "epochs": job.options.epochs}, "status": "running"}


def _departures(options: argparse.Namespace, record: Mapping[str, Any] | None, prepared: Prepared) -> Iterator[str]:
    """What is not as it was when a run that goes on was begun, so that `rerun` does not repeat it."""
    from spec_compiler.training.run_folder import data_record

    if record is None:
        return

    def contents(listed: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Any]]:
        return [(each["bytes"], each["sha256"]) for each in listed]

    if contents(record["data"]) != contents(data_record(prepared.data.files)):
        yield "the data is not that with which the run was begun"
    if options.batch_size != record["asked"]["batch_size"]:
        yield "the run was begun with other batches"


def _plot_path(options: argparse.Namespace) -> Path | None:
    if options.plot is None:
        return None
    from spec_compiler.emitting.requirement import require_library

    require_library("matplotlib")
    return output_path(options.plot, _PLOTS)


def _check_libraries(options: argparse.Namespace) -> None:
    if options.tensorboard is not None:
        from spec_compiler.emitting.requirement import require_library

        require_library("tensorboard")
        check_writable(Path(options.tensorboard) / "train")


def _earlier(
    options: argparse.Namespace, graph: GraphView, folder: RunFolder
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What a run that goes on was asked, and where it was left; nothing of a new run.

    Raises:
        UsageError: There is no such run, or it was of another spec.
        UnwritableError: The folder is of no run.
    """
    from spec_compiler.training.run_folder import NoRunError

    if not options.resume:
        folder.check_usable()
        return None, None
    try:
        record, state = folder.record(), folder.state()
        before = folder.spec.read_text(encoding="utf-8")
    except (NoRunError, OSError) as error:
        raise UsageError(f"there is nothing to resume: {error}") from error
    if before != graph.to_yaml():
        raise UsageError(f"the run in `{folder.path}` was of another spec, as `{folder.spec}` has it")
    return record, state


def _seed(options: argparse.Namespace, graph: GraphView, record: Mapping[str, Any] | None) -> int:
    """What random numbers begin with: as it was in a run that goes on, as is asked for, or drawn."""
    if record is not None:
        return int(record["seed"])
    if options.seed is not None:
        return int(options.seed)
    if graph.graph.seed is not None:
        return graph.graph.seed
    import secrets

    return secrets.randbelow(2**31)


def _record(job: _Job, weights: Mapping[Any, str]) -> dict[str, Any]:
    """What is asked of a run, so that it can be repeated from anywhere."""
    from spec_compiler.training.run_folder import data_record, versions

    options, prepared = job.options, job.prepared
    validation = prepared.validation
    return {
        "command": shlex.join(["compile-spec", *options.words]),
        "directory": os.getcwd(),
        "seed": job.seed,
        "asked": {
            "data": os.path.abspath(options.data),
            "validation": os.path.abspath(options.validation) if options.validation is not None else None,
            "epochs": options.epochs,
            "batch_size": options.batch_size,
            "stream": options.stream,
            "check_all": options.check_all,
            "monitor": options.monitor,
            "weights": [
                f"{part}={os.path.abspath(file)}" if part else os.path.abspath(file) for part, file in weights.items()
            ],
            "partial_weights": options.partial_weights,
            "plugin": options.plugin,
            "limit": options.limit,
            "processes": options.processes if options.coordinator is None else None,
            "layout": options.layout,
            "replicas": options.replicas,
        },
        "versions": versions(),
        "data": data_record(prepared.data.files),
        "validation_data": data_record(validation.files) if validation is not None else [],
        "status": "running",
    }


def _built(job: _Job, planned: Any, limits: Any) -> Any:
    """The model, with the weights that it begins with, its layers adapted to the data."""
    from spec_compiler.cli.keras_import import import_keras
    from spec_compiler.pipeline import check_memory, load_weights
    from spec_compiler.training.adapt import adapt_layers, layers_to_adapt

    check_memory(job.graph, limits=limits)
    with Waiting("starting Keras"):
        import_keras()
    adapts = bool(layers_to_adapt(job.graph))
    if job.group is not None and not adapts:
        job.group.distribute()
    model = _begun(job, limits)
    load_weights(model, job.graph, planned)
    if job.writes:
        for each in planned:
            for line in str(each.report).splitlines():
                print(visible(line), file=sys.stderr)
    if adapts:
        with Waiting("adapting"), progress_on_standard_error():
            adapt_layers(model, job.graph, job.prepared.data)
        if job.group is not None:
            model = _distributed(job, model, limits)
    if job.group is not None:
        job.group.check_built(model)
    return model


def _begun(job: _Job, limits: Any) -> Any:
    """The model, its weights as the seed has them."""
    import keras

    from spec_compiler.pipeline import build_model

    if job.graph.graph.seed is None:
        keras.utils.set_random_seed(job.seed)
    with Waiting("building") as progress:
        return build_model(job.graph, limits=limits, progress=progress)


def _distributed(job: _Job, model: Any, limits: Any) -> Any:
    """A model, built once more on the devices of all processes: layers are adapted on those of one."""
    assert job.group is not None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "adapted.weights.h5"
        model.save_weights(path)
        job.group.distribute()
        made = _begun(job, limits)
        made.load_weights(path)
    return made


def _train(job: _Job, model: Any) -> Checkpoint:
    import keras

    from spec_compiler.training.callbacks.checkpoint import Checkpoint
    from spec_compiler.training.distribution.group import lost_told
    from spec_compiler.training.seeded import seeded

    own = job.prepared.callbacks()
    if not job.writes:
        from spec_compiler.training.callbacks.together import of_one_process

        own = of_one_process(own)
    checkpoint = Checkpoint(job.folder, job.monitor, job.mode, own, job.state, writes=job.writes, whole=_whole(job))
    stop = _Stop(model, checkpoint, job.group is not None)
    callbacks: list[Any] = [*own, checkpoint]
    shown = verbosity(job.options.quiet)
    if job.group is not None:
        from spec_compiler.training.callbacks.together import EndTogether, SharedProgress

        callbacks.insert(0, EndTogether(job.group, lambda: stop.is_asked, stop.end))
        if job.writes and shown:
            callbacks.append(SharedProgress(shown))
    if job.options.tensorboard is not None and job.writes:
        callbacks.append(keras.callbacks.TensorBoard(log_dir=job.options.tensorboard))
    finding: AbstractContextManager[None] = nullcontext()
    if job.options.debug_nan:
        from spec_compiler.training.callbacks.nan_finder import NaNFinder

        finder = NaNFinder(job.graph)
        finder.watch(model)
        callbacks.append(finder)
        finding = finder.reported()
    told = nullcontext() if job.group is None else lost_told()
    with progress_on_standard_error(), seeded(job.seed), stop.watching(), finding, told:
        job.prepared.train(
            model,
            callbacks=callbacks,
            verbose=shown if job.group is None else 0,
            initial_epoch=job.state["epoch"] if job.state is not None else None,
            restore=lambda: checkpoint.restore(model),
            is_over=lambda: checkpoint.interrupted,
            part=job.part,
            seed=job.seed,
        )
    return checkpoint


class _Stop:
    """Lets an interrupt end training after the step at work, so that what is trained is kept; a second one ends all."""

    def __init__(self, model: Any, checkpoint: Checkpoint, together: bool) -> None:
        self._model = model
        self._checkpoint = checkpoint
        self._together = together
        self.is_asked = False

    def end(self) -> None:
        """End training after this step."""
        self._checkpoint.interrupted = self._model.stop_training = True

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look to interrupts for a while."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._asked)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _asked(self, _: int, __: FrameType | None) -> None:
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
        if not self._together:  # several processes end after the same step, on which they agree first
            self.end()
        print("\nending after this step; once more to end at once", file=sys.stderr)


def _write(job: _Job, model: Any, checkpoint: Checkpoint, places: Any) -> None:
    from spec_compiler.emitting.keras_model.files import FilesOfModel

    files = FilesOfModel(model)
    is_whole = job.output.name.endswith(".keras")
    write = files.write_keras if is_whole else files.write_weights
    targets: Sequence[Target] = [Target(job.output, ".keras" if is_whole else ".weights.h5", write)]
    if job.plot is not None:
        from spec_compiler.training.plot import plot_history

        def draw(path: Path) -> None:
            plot_history(checkpoint.epochs, checkpoint.values, path)

        targets = [*targets, Target(job.plot, job.plot.suffix.lower(), draw)]
    with Waiting("writing"):
        places.write(targets)

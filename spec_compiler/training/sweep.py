"""Many trials of a spec, each with values of its params that `search` names: Optuna says which are tried next."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spec_compiler.catalog.search import SearchedParam
from spec_compiler.emitting.files import Target, write_all
from spec_compiler.emitting.requirement import require_library
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.pipeline import SpecError, SpecSource, analyse, build_model, load_spec
from spec_compiler.training.adapt import adapt_layers
from spec_compiler.training.fit import Prepared, prepare
from spec_compiler.training.json_text import json_text
from spec_compiler.training.monitor import monitored_value
from spec_compiler.training.seeded import seeded
from spec_compiler.views import GraphView, main_view

if TYPE_CHECKING:
    import optuna


def sweep(
    source: SpecSource,
    data: Any,
    *,
    trials: int,
    validation: Any = None,
    folder: str | os.PathLike[str] | None = None,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    monitor: str | None = None,
    storage: str | None = None,
    name: str | None = None,
    seed: int = 1,
    max_parameters: int | None = None,
    max_memory: int | None = None,
    **options: Any,
) -> optuna.Study:
    """Try values of the params that a spec's `search` names: what Optuna proposes, trained and held against each other.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``, with a `search`.
        data: What is trained on, as for `fit`: all in one, inputs and targets by name.
        trials: How many trials there are in all, with those that the storage has from before.
        validation: What the trials are held against each other by.
        folder: Where the table, the best spec and the models go; `build/<name>.sweep` by default.
        params: Values for other params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        monitor: The logged value that counts; `val_loss` by default, or `loss` without validation data.
        storage: The address of Optuna's storage, which several processes and machines may share; a file of SQLite in
            the folder by default.
        name: What the study is called there; as the model by default.
        seed: What values are drawn by.
        max_parameters: A spec with more parameters is not trained.
        max_memory: A spec whose weights and activations of a batch take more bytes is not trained.
        options: Options of `fit` that win over those of the spec: `epochs`, `batch_size` and so on.

    Returns:
        Optuna's study; `folder` has `trials.csv`, `best.yaml`, `best.json` and the model of the best trial.

    Raises:
        SpecError: The spec has errors, or data is not as the model wants it; the exception has the report.
        ValueError: The spec has no `search`, or `monitor` is no value that is logged.
        OtherSweepError: The storage has a study of that name which is of another spec.
        StorageError: The storage cannot be used.
        LibraryMissingError: Optuna is not installed.
        TypeError: There is no such option.
    """
    require_library("optuna")
    given = dict(params or {})
    graph = load_spec(source, params=given, root=root, limits=limits)
    search = searched(graph, given)
    if not search:
        raise ValueError(f"`{graph.name}` has no `search` that says what is tried")
    prepared = prepare(graph, data, validation=validation, limits=limits, options=options)
    value, mode = monitored_value(monitor, graph, prepared)
    place = Path(folder) if folder is not None else Path("build") / f"{graph.name}.sweep"
    place.mkdir(parents=True, exist_ok=True)
    made = Sweep(
        source=source,
        search=search,
        data=data,
        validation=validation,
        folder=place,
        storage=storage or storage_of(place),
        name=name or graph.name,
        trials=trials,
        monitor=value,
        mode=mode,
        seed=seed,
        params=given,
        root=root,
        max_parameters=max_parameters,
        max_memory=max_memory,
        options=options,
        limits=limits,
    )
    made.run()
    study = made.study()
    made.write(study, plots=False)
    return study


def searched(graph: GraphView, params: Mapping[str, Any]) -> tuple[SearchedParam, ...]:
    """What is tried of a spec: what its `search` names, but for params that have a value."""
    return tuple(each for each in graph.graph.search if each.name not in params)


_WAITS = (0.2, 0.5, 1.0, 2.0)
"""How many seconds it is waited before a storage is opened once more."""
_ALIVE = 60
"""After how many seconds without a sign of life a trial is taken to have died, and is tried again."""

_MODEL = "model"
"""What of a trial names the file of its model."""

_FILES = ("study.db", "trials.csv", "best.yaml", "best.json", "history.svg", "params.svg")


class OtherSweepError(Exception):
    """A storage has a study of that name which is of another spec; the message says so."""


class StorageError(Exception):
    """A storage cannot be used; the message says why."""


@contextmanager
def _storage_told(*beside: type[Exception]) -> Iterator[None]:
    """Raise what a storage refuses, and errors of some further types, as a `StorageError`."""
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    refused: tuple[type[Exception], ...] = (SQLAlchemyError, optuna.exceptions.StorageInternalError, *beside)
    try:
        yield
    except refused as error:
        cause: BaseException = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        raise StorageError(f"the storage of the sweep cannot be used: {str(cause).partition(chr(10))[0]}") from error


@dataclass(frozen=True)
class Sweep:
    """What is tried, on which data, and within which bounds.

    Attributes:
        source: The spec.
        search: What is tried of its params.
        data: What is trained on: the path of files, or what else `fit` takes.
        validation: What the trials are held against each other by.
        folder: Where the models of trials are kept.
        storage: The address of Optuna's storage.
        name: What the study is called there.
        trials: How many trials there are in all.
        monitor: The logged value that the trials are held against each other by.
        mode: Whether lower or higher values of it are better: `min` or `max`.
        seed: What the values that are tried are drawn by.
        params: Values of other params.
        root: The folder that imports may come from.
        max_parameters: A spec with more parameters is not trained.
        max_memory: A spec whose weights and activations of a batch take more bytes is not trained.
        options: Options of `fit` that win over the spec's.
        limits: How much the spec may ask for.
        start: Starts Keras, when the first trial is to be trained.
    """

    source: SpecSource
    search: tuple[SearchedParam, ...]
    data: Any
    validation: Any
    folder: Path
    storage: str
    name: str
    trials: int
    monitor: str
    mode: str
    seed: int
    params: Mapping[str, Any] = field(default_factory=dict)
    root: str | os.PathLike[str] | None = None
    max_parameters: int | None = None
    max_memory: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = DEFAULT_LIMITS
    start: Callable[[], None] = lambda: None

    @property
    def files(self) -> list[Path]:
        """All files in the folder that a sweep replaces. Models of trials get names of their own."""
        return [self.folder / name for name in _FILES]

    def study(self) -> optuna.Study:
        """The study, made if there is none of the name.

        Raises:
            OtherSweepError: There is one of another spec.
            StorageError: The storage cannot be used.
            LibraryMissingError: Optuna is not installed.
        """
        require_library("optuna")
        with _storage_told(ImportError):  # of what talks to a database
            return self._study()

    def _study(self) -> optuna.Study:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)  # what fails is told by who has called
        study = optuna.create_study(
            storage=self._opened_storage(),
            study_name=self.name,
            direction="minimize" if self.mode == "min" else "maximize",
            pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=1),
            load_if_exists=True,
        )
        is_of = self._fingerprint()
        if study.user_attrs.setdefault("spec", is_of) != is_of:
            raise OtherSweepError(f"the study `{self.name}` in {self.storage} is of another spec or search")
        study.set_user_attr("spec", is_of)
        return study

    def _opened_storage(self) -> optuna.storages.RDBStorage:
        import optuna
        from sqlalchemy.exc import IntegrityError, OperationalError

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)

            def make() -> optuna.storages.RDBStorage:
                return optuna.storages.RDBStorage(
                    self.storage,
                    heartbeat_interval=_ALIVE // 2,
                    grace_period=_ALIVE,
                    heartbeat_stale_trial_callback=optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=1),
                )

            for wait in _WAITS:
                try:
                    return make()
                except (IntegrityError, OperationalError):
                    # Another process makes the same tables at this moment, for which Optuna has no lock.
                    time.sleep(wait)
            return make()

    def _fingerprint(self) -> str:
        said = [self.monitor, *sorted(map(repr, self.search)), repr(sorted(self.params.items()))]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def run(self, *, report: Callable[[str], None] = lambda _: None) -> None:
        """Carry out trials until there are as many as there are to be, in all processes together.

        Args:
            report: Is told of each trial what came of it.

        Raises:
            StorageError: The storage cannot be used.
        """
        study = self.study()
        with _storage_told():
            while _is_left(study, self.trials, report):
                study.optimize(lambda trial: self._value_of(trial, report), n_trials=1)

    def _value_of(self, trial: optuna.Trial, report: Callable[[str], None]) -> float:
        """What a trial comes to; what cannot be trained is pruned before any framework is imported."""
        import optuna

        # Of each trial by its number: what goes on, and what shares a storage, draws nothing twice.
        drawn = np.random.SeedSequence((self.seed, trial.number)).generate_state(1)
        trial.study.sampler = optuna.samplers.TPESampler(seed=int(drawn[0]))
        values = {each.name: _tried(trial, each) for each in self.search}
        try:
            graph = self._checked(values)
            prepared = prepare(graph, self.data, validation=self.validation, limits=self.limits, options=self.options)
        except (SpecError, _OverBudgetError) as error:
            reason = str(error.report.diagnostics[0].message) if isinstance(error, SpecError) else str(error)
            trial.set_user_attr("not trained", reason)
            report(f"trial {trial.number}: not trained: {reason}")
            raise optuna.TrialPruned(reason) from error
        value = self._trained(trial, graph, prepared)
        report(f"trial {trial.number}: {self.monitor} {value:.6g}")
        return value

    def _checked(self, values: Mapping[str, Any]) -> GraphView:
        analysis = analyse(self.source, params={**self.params, **values}, root=self.root, limits=self.limits)
        graph = main_view(analysis)
        if graph is None:
            raise SpecError(analysis.report)
        if self.max_parameters is not None and graph.parameter_count > self.max_parameters:
            raise _OverBudgetError(f"{graph.parameter_count:,} parameters are more than {self.max_parameters:,}")
        if self.max_memory is not None:
            cost = graph.cost(self.options.get("batch_size"))
            takes = cost.weight_bytes + (cost.activation_bytes or 0)
            if takes > self.max_memory:
                raise _OverBudgetError(f"{takes:,} bytes of weights and activations are more than {self.max_memory:,}")
        return graph

    def _trained(self, trial: optuna.Trial, graph: GraphView, prepared: Prepared) -> float:
        """The best value of what is watched; the model is kept if none before it was better."""
        self.start()
        import keras
        import optuna

        from spec_compiler.training.callbacks.pruning import Reporting

        seed = graph.graph.seed if graph.graph.seed is not None else self.seed
        keras.utils.set_random_seed(seed)
        model = build_model(graph, limits=self.limits)
        adapt_layers(model, graph, prepared.data)
        place = self._new_place(trial)
        trial.set_user_attr(_MODEL, place.name)
        reporting = Reporting(trial, self.monitor, self.mode, place)
        with seeded(seed):
            prepared.train(
                model,
                callbacks=[*prepared.callbacks(), reporting],
                verbose=0,
                is_over=lambda: reporting.is_pruned,
            )
        keras.utils.clear_session()
        if reporting.is_pruned:
            raise optuna.TrialPruned
        trial.set_user_attr("spec", graph.to_yaml())
        return reporting.best

    def _new_place(self, trial: optuna.Trial) -> Path:
        """Where the model of a trial is kept: at a name that nothing in the folder has."""
        stem = f"trial-{trial.number}"
        names = chain([f"{stem}.keras"], (f"{stem}-{number}.keras" for number in count(2)))
        return next(place for name in names if not os.path.lexists(place := self.folder / name))

    def params_of(self, trial: optuna.trial.FrozenTrial) -> dict[str, Any]:
        """The values of the params that a trial has tried."""
        kept = trial.params
        return {each.name: _value_of(each, kept[each.name]) for each in self.search if each.name in kept}

    def best_model(self, study: optuna.Study) -> Path | None:
        """The file of the model of the best trial; None if it is on another machine."""
        model = self.folder / study.best_trial.user_attrs[_MODEL]
        return model if model.is_file() else None

    def remove_other_models(self, study: optuna.Study) -> None:
        """Remove the models of trials that have come to an end, but for the best."""
        for trial in study.get_trials(deepcopy=False):
            if trial.state.is_finished() and trial.number != study.best_trial.number and _MODEL in trial.user_attrs:
                (self.folder / trial.user_attrs[_MODEL]).unlink(missing_ok=True)

    def write(self, study: optuna.Study, *, plots: bool) -> None:
        """Write the table of all trials, the best spec and its params, and Optuna's own plots.

        Raises:
            UnwritableError: A file cannot be written.
        """
        files = {"trials.csv": _table(study, self)}
        if best := _best(study):
            files["best.yaml"] = best.user_attrs["spec"]
            found = {"trial": best.number, "value": best.value, "params": self.params_of(best)}
            files["best.json"] = json_text(found) + "\n"
        for name, text in files.items():
            write_all([Target(self.folder / name, Path(name).suffix, _writer(text))])
        if plots and best is not None:
            _plot(study, self.folder)


class _OverBudgetError(Exception):
    """A spec asks for more than a sweep allows."""


def _is_left(study: optuna.Study, trials: int, report: Callable[[str], None]) -> bool:
    """Whether a trial is to be carried out. Of one that another process has begun, it is waited for a sign of life."""
    import optuna

    until = time.monotonic() + _ALIVE + 1
    state = optuna.trial.TrialState
    told = False
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            optuna.storages.fail_stale_trials(study)
        ended = len(study.get_trials(deepcopy=False, states=(state.COMPLETE, state.PRUNED)))
        begun = len(study.get_trials(deepcopy=False, states=(state.RUNNING,)))
        if ended + begun < trials:
            return True
        if not begun or time.monotonic() > until:
            return False
        if not told:
            report("waiting for trials that other processes have begun")
            told = True
        time.sleep(min(1, _ALIVE / 10))


def _tried(trial: optuna.Trial, param: SearchedParam) -> Any:
    """The value of a param that a trial tries."""
    settings = param.settings
    if settings.choices is not None:
        choices = range(len(settings.choices)) if _by_number(settings.choices) else settings.choices
        return _value_of(param, trial.suggest_categorical(param.name, choices))
    low, high = settings.min, settings.max
    assert low is not None
    assert high is not None
    if param.is_whole:
        return trial.suggest_int(param.name, int(low), int(high), step=int(settings.step or 1), log=settings.log)
    return trial.suggest_float(param.name, float(low), float(high), step=settings.step, log=settings.log)


def _value_of(param: SearchedParam, kept: Any) -> Any:
    """The value of a param, of what a study keeps of it."""
    choices = param.settings.choices
    return choices[kept] if choices is not None and _by_number(choices) else kept


def _by_number(choices: Sequence[Any]) -> bool:
    """Whether choices stand under their numbers in a study: Optuna keeps no lists and mappings."""
    return not all(isinstance(each, (str, int, float, bool)) or each is None for each in choices)


def shown_value(value: Any) -> str:
    """The value of a param, as `--set` takes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _best(study: optuna.Study) -> Any:
    """The best trial; None if none has come to its end."""
    try:
        return study.best_trial
    except ValueError:
        return None


def _table(study: optuna.Study, sweep: Sweep) -> str:
    """All trials as a table: number, what became of it, the value, the params, and why it was not trained."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = [each.name for each in sweep.search]
    writer.writerow(["trial", "state", sweep.monitor, *names, "not trained"])
    for trial in study.get_trials(deepcopy=False):
        tried = sweep.params_of(trial)
        given = [shown_value(tried[name]) if name in tried else "" for name in names]
        reason = trial.user_attrs.get("not trained", "")
        value = "" if trial.value is None else repr(trial.value)
        writer.writerow([trial.number, trial.state.name.lower(), value, *given, reason])
    return text.getvalue()


def _writer(text: str) -> Callable[[Path], None]:
    return lambda path: _write(path, text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _plot(study: optuna.Study, folder: Path) -> None:
    """Optuna's plots of how the value went, and of each param against it."""
    import matplotlib
    import optuna.visualization.matplotlib as plots

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn: Sequence[tuple[str, Any]] = (("history", plots.plot_optimization_history), ("params", plots.plot_slice))
        for name, draw in drawn:
            axes = draw(study)
            figure = (axes.flat[0] if hasattr(axes, "flat") else axes).figure
            path = folder / f"{name}.svg"
            write_all([Target(path, ".svg", lambda place, figure=figure: figure.savefig(place))])  # type: ignore[misc]
            pyplot.close(figure)


def storage_of(folder: Path) -> str:
    """The storage that a sweep has if none is named: a file of SQLite in its folder."""
    return f"sqlite:///{os.path.abspath(folder / 'study.db')}"

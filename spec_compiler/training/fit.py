"""A spec and data → a trained model: `keras.Model.fit` with what the spec says of training."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from spec_compiler.catalog.training import FitSettings
from spec_compiler.diagnostics import codes
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.pipeline import (
    SpecError,
    SpecSource,
    build_model,
    load_spec,
    load_weights,
    planned_weights,
)
from spec_compiler.spans import Place
from spec_compiler.training.adapt import adapt_layers, layers_to_adapt
from spec_compiler.training.backend_check import check_backend
from spec_compiler.training.check_data import DataCheck
from spec_compiler.training.distribution.parts import ALONE, BatchPart
from spec_compiler.training.feed import Feed, check_trains, feed
from spec_compiler.training.phases import Freezing, Phase, phases_of
from spec_compiler.training.seeded import seeded
from spec_compiler.training.stream import Rows, Stream, length_of
from spec_compiler.views import GraphView

if TYPE_CHECKING:
    import keras

    from spec_compiler.pipeline import WeightSources

_OPTIONS = frozenset(FitSettings.model_fields) - {"callbacks"}
_IN_MEMORY_ONLY = ("batch_size", "shuffle", "validation_split")


def fit(
    source: SpecSource,
    data: Any,
    targets: Any = None,
    *,
    validation: Any = None,
    sample_weight: Any = None,
    params: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    model: str | None = None,
    weights: WeightSources = None,
    partial_weights: bool = False,
    check_all: bool = False,
    stream: bool | None = None,
    callbacks: Sequence[Any] = (),
    verbose: Any = "auto",
    **options: Any,
) -> keras.callbacks.History:
    """Train the model of a spec on data, as the spec's `compile` and `fit` say.

    The same spec with a `seed`, the same data and options give the same weights, which are those of `keras.Model.fit`
    with the same arguments after `keras.utils.set_random_seed`.

    Args:
        source: A path, a mapping, or text as ``Source.text(...)``.
        data: Inputs and targets by the names of the spec: a file, a folder or a pattern of files, a mapping to arrays,
            or a data frame; inputs alone, with `targets`; or what Keras reads by itself, as a `tf.data.Dataset`.
        targets: The targets, where `data` has them not: by name, in order, or one array.
        validation: What the model is validated on after each epoch: as `data`, or a tuple of inputs and targets.
        sample_weight: What each sample counts: an array, or arrays by the names of outputs.
        params: Values for the spec's params, by name.
        root: The folder that imports may come from; the spec's own by default.
        limits: How much the spec may ask for.
        model: Which of its models, of a spec that has several; the main one by default.
        weights: Where weights come from that training begins with, as for `compile_spec`.
        partial_weights: Whether layers may stay as they are that a source has no weights for.
        check_all: Whether all values of what is streamed are looked at before training.
        stream: Whether files are read while the model trains; by default, where they hold more than a gigabyte.
        callbacks: Callbacks of the calling program, after those of the spec.
        verbose: What is printed, as for `keras.Model.fit`.
        options: Options of `fit` that win over those of the spec: `epochs`, `batch_size` and so on.

    Returns:
        What `keras.Model.fit` gives: the history, whose `model` is the trained model.

    Raises:
        SpecError: The spec has errors, or data is not as the model wants it; the exception has the report.
        KerasMissingError: Keras or TensorFlow is not installed.
        TypeError: There is no such option.
    """
    graph = load_spec(source, params=params, root=root, limits=limits, model=model)
    prepared = prepare(
        graph,
        data,
        targets,
        validation=validation,
        sample_weight=sample_weight,
        check_all=check_all,
        stream=stream,
        limits=limits,
        options=options,
    )
    with planned_weights(graph, weights, partial=partial_weights, limits=limits) as planned:
        made = build_model(graph, limits=limits)
        load_weights(made, graph, planned)
        adapt_layers(made, graph, prepared.data)
    with seeded(graph.graph.seed):
        return prepared.train(made, callbacks=[*prepared.callbacks(), *callbacks], verbose=verbose)


@dataclass(frozen=True)
class Prepared:
    """A training run whose data and options have been looked at, before any framework is imported.

    Attributes:
        graph: The graph of the model.
        data: The training data.
        validation: What is validated on; None for nothing, or what is split off.
        settings: The options of the spec, and those that win over them.
        sample_weight: What each sample counts.
        epochs_of_phase: How many epochs each phase has, where that wins over the spec.
    """

    graph: GraphView
    data: Feed
    validation: Feed | None
    settings: FitSettings
    sample_weight: Any = field(default=None, repr=False)
    epochs_of_phase: int | None = None

    def callbacks(self) -> list[Any]:
        """The callbacks of the spec, made anew."""
        from spec_compiler.emitting.keras_model.objects import keras_object

        return [keras_object(each) for each in self.settings.callbacks]

    def phases(self) -> list[Phase]:
        """The phases of training; none if all is trained at once."""
        return phases_of(self.graph.graph.phases, self.epochs_of_phase)

    def train(
        self,
        model: keras.Model,
        *,
        callbacks: Sequence[Any] = (),
        verbose: Any = "auto",
        initial_epoch: int | None = None,
        restore: Callable[[], None] = lambda: None,
        is_over: Callable[[], bool] = lambda: False,
        part: BatchPart = ALONE,
        seed: int | None = None,
    ) -> Any:
        """Train a model, which has been built of the graph: what `keras.Model.fit` gives, for all phases together.

        Args:
            model: The model.
            callbacks: All callbacks, those of the spec included.
            verbose: What is printed.
            initial_epoch: The epoch to begin with, of a run that goes on.
            restore: Puts the model where a run was left that goes on, once it is compiled as it was then.
            is_over: Whether no further phase is to begin.
            part: What of each batch is this process's, of several that train together.
            seed: What draws the order of the samples then.

        Raises:
            SpecError: What is read while the model trains is not as it is wanted.
        """
        phases = self.phases()
        fit = partial(self._fit, model, callbacks, verbose, part, seed)
        if not phases:
            restore()
            return fit(**({} if initial_epoch is None else {"initial_epoch": initial_epoch}))
        begin = initial_epoch or 0
        # What was kept after the last epoch of a phase is of that phase, though the next one goes on from it.
        left = next((phase for phase in phases if phase.first < begin <= phase.end), None)
        freezing = Freezing(model, self.graph)
        if left is not None:
            freezing.begin(left)
        restore()
        histories = []
        for phase in phases:
            if phase.end <= begin or is_over():
                continue
            if phase is not left:
                freezing.begin(phase)
            first = max(phase.first, begin)
            histories.append(fit(epochs=phase.end, initial_epoch=first))
        return _joined(histories)

    def _fit(
        self, model: keras.Model, callbacks: Sequence[Any], verbose: Any, part: BatchPart, seed: int | None, **more: Any
    ) -> Any:
        """What `keras.Model.fit` gives."""
        arguments = {name: getattr(self.settings, name) for name in _OPTIONS} | more
        arguments |= {"callbacks": list(callbacks), "verbose": verbose}
        if self.sample_weight is not None:
            arguments["sample_weight"] = self.sample_weight
        with streams_told((self.data, self.validation)):
            if part is not ALONE:
                return self._fit_part(model, arguments, part, seed)
            arguments["validation_data"] = self._validation_data()
            if self.data.in_memory:
                return model.fit(self.data.inputs(), self.data.targets(), **arguments)
            for name in _IN_MEMORY_ONLY:
                arguments.pop(name)
            arguments["shuffle"] = False
            dataset = self.data.direct
            if self.data.stream is not None:
                arguments["callbacks"].insert(0, _epochs_told(self.data.stream, arguments["initial_epoch"]))
                steps = self.settings.steps_per_epoch
                dataset = batches_of(self.data.stream, shuffled=self.settings.shuffle, steps=steps)
                if not hasattr(dataset, "element_spec"):
                    arguments["steps_per_epoch"] = None  # they end by themselves
            return model.fit(dataset, **arguments)

    def _fit_part(self, model: keras.Model, arguments: dict[str, Any], part: BatchPart, seed: int | None) -> Any:
        """What `keras.Model.fit` gives in one of several processes, for a part of each batch."""
        from spec_compiler.training.distribution.batches import ArrayBatches, StreamBatches

        settings, stream = self.settings, self.data.stream
        size = settings.batch_size or 32
        validation = part_of(self.validation, size, part) if self.validation is not None else None
        if stream is not None:
            told: Any = stream
            batches: Any = StreamBatches(stream, part, shuffled=settings.shuffle, steps=settings.steps_per_epoch)
        else:
            rows = self.data.arrays
            if settings.validation_split and validation is None:
                rows, held_out = split_off(rows, settings.validation_split)
                validation = ArrayBatches(held_out, self.data.apart, size, part)
            drawn = seed if settings.shuffle else None
            told = batches = ArrayBatches(rows, self.data.apart, size, part, seed=drawn, steps=settings.steps_per_epoch)
        for name in (*_IN_MEMORY_ONLY, "steps_per_epoch"):
            arguments.pop(name)
        arguments["callbacks"].insert(0, _epochs_told(told, arguments["initial_epoch"]))
        return model.fit(batches, validation_data=validation, shuffle=False, **arguments)

    def _validation_data(self) -> Any:
        if self.validation is None:
            return None
        if self.validation.stream is not None:
            return batches_of(self.validation.stream)
        if self.validation.direct is not None:
            return self.validation.direct
        return self.validation.inputs(), self.validation.targets()


def batches_of(stream: Stream, *, shuffled: bool = False, steps: int | None = None) -> Any:
    """The batches of a stream as Keras takes them on what it runs on: a `tf.data.Dataset`, or a `PyDataset`."""
    import keras

    if keras.backend.backend() == "tensorflow":
        return stream.dataset(shuffled=shuffled, steps=steps)
    from spec_compiler.training.distribution.batches import StreamBatches

    return StreamBatches(stream, ALONE, shuffled=shuffled, steps=steps)


def part_of(data: Feed, batch_size: int, part: BatchPart) -> Any:
    """A part of each batch of data, in order."""
    from spec_compiler.training.distribution.batches import ArrayBatches, StreamBatches

    if data.stream is not None:
        return StreamBatches(data.stream, part)
    return ArrayBatches(data.arrays, data.apart, batch_size, part)


def split_off(rows: Rows, share: float) -> tuple[Rows, Rows]:
    """The first samples, and a share of them that are the last, as Keras splits them."""
    count = int(length_of(rows) * (1.0 - share))
    first = {name: array[:count] for name, array in rows.items()}
    return first, {name: array[count:] for name, array in rows.items()}


def _epochs_told(data: Any, first: int) -> Any:
    """What tells data in which epoch it is gone through."""
    import keras

    def tell(epoch: int, _: Any = None) -> None:
        data.epoch = epoch

    tell(first)
    return keras.callbacks.LambdaCallback(on_epoch_begin=tell)


def _joined(histories: Sequence[Any]) -> Any:
    """The history of the last phase, with what was logged in those before it."""
    last = histories[-1]
    for earlier in reversed(histories[:-1]):
        last.epoch = [*earlier.epoch, *last.epoch]
        last.history = {
            name: [*earlier.history.get(name, ()), *last.history.get(name, ())]
            for name in dict.fromkeys((*earlier.history, *last.history))
        }
    return last


@contextmanager
def streams_told(feeds: Sequence[Feed | None]) -> Iterator[None]:
    """Raise what was wrong with a stream as the mistake that it is, and not as TensorFlow says it."""
    try:
        yield
    except Exception as error:
        for each in feeds:
            if each is not None and each.stream is not None and each.stream.report is not None:
                raise SpecError(each.stream.report) from error
        raise


def prepare(
    graph: GraphView,
    data: Any,
    targets: Any = None,
    *,
    validation: Any = None,
    sample_weight: Any = None,
    check_all: bool = False,
    stream: bool | None = None,
    seed: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
    options: Mapping[str, Any] | None = None,
) -> Prepared:
    """Look at all that a training run needs, without any framework.

    Raises:
        SpecError: Data or options are not as the model wants them; the exception has the report.
        TypeError: There is no such option.
    """
    check_trains(graph)
    check_backend(graph, trains=True)
    layers_to_adapt(graph)
    settings = fit_settings(graph, options or {})
    held = partial(
        feed,
        graph,
        check_all=check_all,
        stream=stream,
        batch_size=settings.batch_size,
        seed=graph.graph.seed if seed is None else seed,
        limits=limits,
    )
    given = held(data, targets)
    validated = None
    if validation is not None:
        pair = isinstance(validation, tuple) and len(validation) == 2
        validated = held(*validation) if pair else held(validation)
    _check_fit(graph, given, validated, settings)
    epochs = (options or {}).get("epochs")
    if epochs and graph.graph.phases:
        settings = settings.model_copy(update={"epochs": epochs * len(graph.graph.phases)})
    elif graph.graph.phases:
        settings = settings.model_copy(update={"epochs": sum(phase.epochs for phase in graph.graph.phases)})
    return Prepared(graph, given, validated, settings, sample_weight, epochs)


def fit_settings(graph: GraphView, options: Mapping[str, Any]) -> FitSettings:
    """The options of `fit` that the spec has, and those that win over them.

    Raises:
        TypeError: There is no such option.
    """
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        raise TypeError(f"fit takes no option `{unknown[0]}`; there are {', '.join(sorted(_OPTIONS))}")
    settings = graph.graph.fit or FitSettings()
    return settings.model_copy(update={name: value for name, value in options.items() if value is not None})


def _check_fit(graph: GraphView, data: Feed, validation: Feed | None, settings: FitSettings) -> None:
    """Hold the options of `fit` against the data that there is.

    Raises:
        SpecError: They do not go together.
    """
    check = DataCheck(graph)
    if settings.validation_split and not data.in_memory and validation is None:
        check.findings.add(
            codes.NOT_STREAMED,
            "`validation_split` takes the last of all samples, and these are streamed",
            Place(("fit", "validation_split")).key(),
            hint="give data for validation, or write 0",
        )
    for need in graph.data_contract.needs:
        if need.kind == "validation data" and validation is None and not settings.validation_split:
            message = f"there is no validation data: {need.message.removeprefix('give `fit` validation data: ')}"
            check.findings.add(codes.MISSING_DATA, message, need.place, hint="give some, or write `validation_split`")
    if validation is not None and data.classes != validation.classes and data.classes and validation.classes:
        other = sorted({*data.classes} ^ {*validation.classes})
        message = f"the folders of classes for validation are not those of training: {', '.join(other[:8])}"
        check.findings.add(codes.DATA_RANGE, message, Place(("outputs",)).key())
    if check.findings.errors:
        raise SpecError(check.report())

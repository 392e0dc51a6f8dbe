"""What a model is trained for: the options of outputs, `compile` and `fit`, typed and held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from spec_compiler.catalog import families
from spec_compiler.catalog.fields import show
from spec_compiler.catalog.training import CompileSettings, FitSettings, OutputSettings, Settings
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.graph.flat import FlatOutput, FlatSpec
from spec_compiler.graph.graph import Layer, Node, Output
from spec_compiler.language.no_value import NO_VALUE, lacks_value
from spec_compiler.language.subjects import Subject
from spec_compiler.language.validate import form_subject
from spec_compiler.spans import Place

if TYPE_CHECKING:
    from spec_compiler.catalog.phases import PhaseSettings

SettingsT = TypeVar("SettingsT", bound=Settings)

_ROOT = Place(())


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation, config={"strict": True})


def link_scalar(value: Any, annotation: Any, key: str, findings: Findings) -> Any:
    """The value of a top-level key of one value; None if it is missing or wrong."""
    if value is None or value is NO_VALUE:
        return None
    try:
        return _adapter(annotation).validate_python(value)
    except ValidationError as error:
        errors = [{**each, "loc": ()} for each in error.errors(include_url=False)]
        from spec_compiler.language.problems import report  # few specs have mistakes

        report(errors[:1], _ROOT / key, findings, Subject("a spec", ()))
        return None


def link_outputs(
    flat_outputs: Sequence[FlatOutput], nodes: Mapping[str, Node], layers: Mapping[str, Layer], findings: Findings
) -> tuple[Output, ...]:
    """The outputs with their options; those that are wrong are left out."""
    outputs = []
    by_keras_name: dict[str, Layer] = {}
    for layer in layers.values():
        by_keras_name.setdefault(layer.keras_name, layer)
    for flat in flat_outputs:
        settings = _settings(flat, findings)
        if flat.source is None or settings is None:
            continue
        _check_name(flat, nodes, layers, by_keras_name, findings)
        outputs.append(Output(flat.name, flat.source, settings, flat.place))
    return tuple(outputs)


def _settings(flat: FlatOutput, findings: Findings) -> OutputSettings | None:
    options = {key: value for key, value in flat.options.items() if key != "from"}
    settings = _typed(OutputSettings, options, flat.place, findings, form_subject("an output", OutputSettings))
    if settings is not None and settings.loss is None and settings.loss_weight is not None:
        findings.add(
            codes.WEIGHT_WITHOUT_LOSS,
            f"the output `{flat.name}` has a loss weight and no loss",
            flat.place / "loss_weight",
            hint="give it a `loss`, or leave `loss_weight` out",
        )
    return settings


def _check_name(
    flat: FlatOutput,
    nodes: Mapping[str, Node],
    layers: Mapping[str, Layer],
    by_keras_name: Mapping[str, Layer],
    findings: Findings,
) -> None:
    """An output is named as the layer that makes it, or as no layer: then an `Identity` of its name is added."""
    assert flat.source is not None
    namesake = by_keras_name.get(flat.name)
    if namesake is None or flat.source.node not in nodes:
        return
    made_by = layers.get(nodes[flat.source.node].layer)
    if made_by is not None and made_by.keras_name != flat.name:
        findings.add(
            codes.OUTPUT_NAME,
            f"the output `{flat.name}` is named as a layer that does not make it",
            flat.place.key(),
            hint="give the output another name",
            related=(Remark(namesake.place.key(), "the layer"),),
        )


def link_compile(
    compiling: Mapping[str, Any] | None, place: Place, outputs: tuple[Output, ...], findings: Findings
) -> CompileSettings | None:
    """How a model is compiled; None if it is not: there is no loss, no metric and no `compile`."""
    settings = None
    if compiling is not None:
        subject = replace(form_subject("`compile`", CompileSettings), hints=_hints_for_optimizer(compiling))
        settings = _typed(CompileSettings, compiling, place / "compile", findings, subject)
    elif any(output.settings.needs_targets for output in outputs):
        settings = CompileSettings()
    return settings


def _hints_for_optimizer(compiling: Mapping[str, Any]) -> dict[str, str]:
    """What to write for a learning rate beside the name of the optimizer: it is an argument of the optimizer."""
    found = next((key for key in ("learning_rate", "lr") if key in compiling), None)
    optimizer = compiling.get("optimizer")
    name = optimizer.get("type") if isinstance(optimizer, Mapping) else optimizer
    if found is None or not isinstance(name, str) or families.optimizers().get(name) is None:
        return {}
    rate = show(compiling[found]) if isinstance(compiling[found], (int, float)) else "…"
    return {found: f"it belongs to the optimizer: `optimizer: {{type: {name}, learning_rate: {rate}}}`"}


def link_phases(spec: FlatSpec, outputs: tuple[Output, ...], findings: Findings) -> tuple[PhaseSettings, ...]:
    """The phases of training; none if the spec has none, or one is wrong."""
    if spec.phases is None:
        return ()
    from spec_compiler.catalog.phases import PhaseSettings  # few specs have phases, and schedules take time to import

    place = _ROOT / "phases"
    if not spec.phases:
        findings.add(codes.BAD_PHASE, "there are no phases in `phases`", place.key(), hint="leave it out")
    phases = []
    for index, phase in enumerate(spec.phases):
        if not isinstance(phase, Mapping):
            if phase is not NO_VALUE:
                message = f"a phase is a mapping with `train`, `epochs` or `learning_rate`, not {show(phase)}"
                findings.add(codes.WRONG_TYPE, message, place / index)
            continue
        settings = _typed(PhaseSettings, phase, place / index, findings, form_subject("a phase", PhaseSettings))
        phases += [settings] if settings is not None else []
    if spec.outputs and len(outputs) == len(spec.outputs) and not any(output.settings.loss for output in outputs):
        findings.add(
            codes.BAD_PHASE, "there are `phases`, and no output has a loss", place.key(), hint="give an output a `loss`"
        )
    if spec.fit is not None and "epochs" in spec.fit:
        findings.add(
            codes.BAD_PHASE,
            "`fit` says `epochs`, and so do the phases",
            (_ROOT / "fit" / "epochs").key(),
            hint="leave `epochs` of `fit` out: there are as many as the phases have together",
        )
    return tuple(phases) if len(phases) == len(spec.phases) else ()


def link_fit(
    spec: FlatSpec,
    outputs: tuple[Output, ...],
    compiled: CompileSettings | None,
    phases: tuple[PhaseSettings, ...],
    findings: Findings,
) -> FitSettings | None:
    """The defaults for training; None if the spec gives none. With phases, there are as many epochs as they have."""
    if spec.fit is None:
        return None
    settings = _typed(FitSettings, spec.fit, _ROOT / "fit", findings, form_subject("`fit`", FitSettings))
    if settings is None:
        return None
    if phases:
        settings = settings.model_copy(update={"epochs": sum(phase.epochs for phase in phases)})
    if settings.initial_epoch and settings.initial_epoch >= settings.epochs:
        findings.add(
            codes.ARGUMENT_CONFLICT,
            f"training begins with epoch {settings.initial_epoch} and ends with epoch {settings.epochs}",
            _ROOT / "fit" / "initial_epoch",
        )
    if settings.class_weight is not None and len(spec.outputs) > 1:
        findings.add(
            codes.ARGUMENT_CONFLICT,
            f"`class_weight` is for models with one output, and this one has {len(spec.outputs)}",
            (_ROOT / "fit" / "class_weight").key(),
            hint="give a `sample_weight` for each output to `fit` in the calling program, or take a focal loss such as "
            "`CategoricalFocalCrossentropy`",
        )
    if compiled is not None:
        _check_callbacks(settings, compiled, findings)
    trained = any(output.settings.loss or output.settings.loss_weight is not None for output in outputs)
    if spec.outputs and len(outputs) == len(spec.outputs) and not trained:
        findings.add(
            codes.NOTHING_TO_TRAIN,
            "there is a `fit`, and no output has a loss",
            (_ROOT / "fit").key(),
            hint="give an output a `loss`",
        )
    return settings


def _check_callbacks(settings: FitSettings, compiled: CompileSettings, findings: Findings) -> None:
    """Refuse callbacks that take something of the optimizer which it has not."""
    keeps_average = getattr(compiled.optimizer, "keeps_average", True)
    for index, callback in enumerate(settings.callbacks):
        if getattr(callback, "takes_average", False) and not keeps_average:
            findings.add(
                codes.ARGUMENT_CONFLICT,
                f"`{callback.keras_name}` takes the moving average of the weights, and "
                f"`{compiled.optimizer.keras_name}` keeps none",
                _ROOT / "fit" / "callbacks" / index,
                hint="give the optimizer `use_ema: true`",
            )


def _typed(
    kind: type[SettingsT], value: Mapping[str, Any], place: Place, findings: Findings, subject: Subject
) -> SettingsT | None:
    try:
        settings = kind.model_validate(dict(value))
        return None if lacks_value(value) else settings
    except ValidationError as error:
        from spec_compiler.language.problems import report  # few specs have mistakes

        report(error.errors(include_url=False), place, findings, subject)
        return None

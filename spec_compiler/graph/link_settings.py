"""What a model is trained for: the options of outputs, `compile` and `fit`, typed and held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.expanding.flat import FlatOutput, FlatSpec
from spec_compiler.graph.ir import Layer, Node, Output
from spec_compiler.language.problems import Subject, report
from spec_compiler.language.settings import CompileSettings, FitSettings, OutputSettings
from spec_compiler.language.spec import Form
from spec_compiler.language.validate import form_subject
from spec_compiler.spans import Place

FormT = TypeVar("FormT", bound=Form)

_ROOT = Place(())
_OF_AN_OUTPUT = "it belongs to an output: `outputs: {name: {loss: …, metrics: […]}}`"
_NOT_IN_COMPILE = {
    "loss": _OF_AN_OUTPUT,
    "metrics": _OF_AN_OUTPUT,
    "weighted_metrics": _OF_AN_OUTPUT,
    "loss_weights": "it belongs to an output: `outputs: {name: {loss: …, loss_weight: …}}`",
    "learning_rate": "it belongs to the optimizer: `optimizer: {type: Adam, learning_rate: …}`",
    "lr": "it belongs to the optimizer: `optimizer: {type: Adam, learning_rate: …}`",
}


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation, config={"strict": True})


def link_scalar(value: Any, annotation: Any, key: str, findings: Findings) -> Any:
    """The value of a top-level key of one value; none if it is missing or wrong."""
    if value is None:
        return None
    try:
        return _adapter(annotation).validate_python(value)
    except ValidationError as error:
        errors = [{**each, "loc": ()} for each in error.errors(include_url=False)]
        report(errors[:1], _ROOT / key, findings, Subject("a spec", ()))
        return None


def link_outputs(
    spec: FlatSpec, nodes: Mapping[str, Node], layers: Mapping[str, Layer], findings: Findings
) -> tuple[Output, ...]:
    """The outputs with their options; those that are wrong are left out."""
    outputs = []
    by_keras_name: dict[str, Layer] = {}
    for layer in layers.values():
        by_keras_name.setdefault(layer.keras_name, layer)
    for flat in spec.outputs:
        settings = _settings(flat, findings)
        if flat.source is None or settings is None:
            continue
        _check_name(flat, nodes, layers, by_keras_name, findings)
        outputs.append(Output(flat.name, flat.source, settings, flat.place))
    return tuple(outputs)


def _settings(flat: FlatOutput, findings: Findings) -> OutputSettings | None:
    options = {key: value for key, value in flat.options.items() if key != "from"}
    settings = _form(OutputSettings, options, flat.place, findings, form_subject("an output", OutputSettings))
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


def link_compile(spec: FlatSpec, outputs: tuple[Output, ...], findings: Findings) -> CompileSettings | None:
    """How the model is compiled; none if it is not: there is no loss, no metric and no `compile`."""
    settings = None
    if spec.compile is not None:
        subject = form_subject("`compile`", CompileSettings, _NOT_IN_COMPILE)
        settings = _form(CompileSettings, spec.compile, _ROOT / "compile", findings, subject)
    elif any(_is_trained(output) for output in outputs):
        settings = CompileSettings()
    return settings


def link_fit(spec: FlatSpec, outputs: tuple[Output, ...], findings: Findings) -> FitSettings | None:
    """The defaults for training; none if the spec gives none."""
    if spec.fit is None:
        return None
    settings = _form(FitSettings, spec.fit, _ROOT / "fit", findings, form_subject("`fit`", FitSettings))
    if settings is None:
        return None
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
        )
    trained = any(output.settings.loss or output.settings.loss_weight is not None for output in outputs)
    if spec.outputs and len(outputs) == len(spec.outputs) and not trained:
        findings.add(
            codes.NOTHING_TO_TRAIN,
            "there is a `fit`, and no output has a loss",
            (_ROOT / "fit").key(),
            hint="give an output a `loss`",
        )
    return settings


def _is_trained(output: Output) -> bool:
    settings = output.settings
    return settings.loss is not None or bool(settings.metrics) or bool(settings.weighted_metrics)


def _form(
    form: type[FormT], value: Mapping[str, Any], place: Place, findings: Findings, subject: Subject
) -> FormT | None:
    try:
        return form.model_validate(dict(value))
    except ValidationError as error:
        report(error.errors(include_url=False), place, findings, subject)
        return None

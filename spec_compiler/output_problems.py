"""What keeps a graph from being written in some form, as diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.pipeline import SpecError
from spec_compiler.spans import Place
from spec_compiler.views import report_of

if TYPE_CHECKING:
    from spec_compiler.emitting.exports.errors import UnsupportedError
    from spec_compiler.emitting.pictures.options import PictureOptions


def check_picture(
    graph: TypedGraph, options: PictureOptions, *, laid_out: bool = True, limits: Limits = DEFAULT_LIMITS
) -> None:
    """See whether a picture can be made.

    Args:
        graph: The graph.
        options: How the picture is to be.
        laid_out: Whether it is to be laid out, and not only told what is in it.
        limits: How many boxes it may have then.

    Raises:
        SpecError: It has too many boxes.
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """
    from spec_compiler.emitting.pictures.build import build_diagram
    from spec_compiler.emitting.pictures.errors import PictureTooLargeError
    from spec_compiler.emitting.pictures.picture import check_size

    diagram = build_diagram(graph, options)
    if not laid_out:
        return
    try:
        check_size(diagram, limits.picture_boxes)
    except PictureTooLargeError as error:
        raise SpecError(report_of(graph, _too_large(str(error)))) from error


def check_loads(graph: TypedGraph) -> None:
    """See whether Keras could load a `.keras` file of a graph.

    Raises:
        SpecError: A lookup has no vocabulary, and Keras loads no file of such a one.
    """
    waiting = [layer for layer in graph.layers.values() if getattr(layer.operation, "needs_adapting", False)]
    if not waiting:
        return
    from spec_compiler.catalog.layers.vocabulary_rules import Lookup

    findings = Findings()
    for layer in waiting:
        if isinstance(layer.operation, Lookup):
            findings.add(
                codes.NOT_ADAPTED,
                f"`{layer.keras_name}` has no vocabulary yet, and Keras loads no `.keras` file of such a layer",
                layer.place.key(),
                hint="`compile-spec fit` writes a file with the vocabulary of its data; `.json` and `.py` need none",
            )
    if findings.errors:
        raise SpecError(report_of(graph, findings))


def unsupported_report(graph: TypedGraph, error: UnsupportedError) -> Report:
    """What another runtime cannot do of a model, each at the node that asks for it."""
    findings = Findings()
    keys = {layer.keras_name: key for key, layer in graph.layers.items()}
    for name in error.layers:
        place = graph.layers[keys[name]].place
        findings.add(
            codes.UNSUPPORTED_BY_RUNTIME, f"{error.runtime} cannot do `{name}`: {error}", place.key(), hint=error.hint
        )
    if not error.layers:
        findings.add(
            codes.UNSUPPORTED_BY_RUNTIME,
            f"{error.runtime} cannot do this model: {error}",
            Place(()).key(),
            hint=error.hint,
        )
    return report_of(graph, findings)


def _too_large(message: str) -> Findings:
    findings = Findings()
    findings.add(
        codes.PICTURE_TOO_LARGE,
        message,
        (Place(()) / "nodes").key(),
        hint="fold blocks with `--depth 1`, write `.mmd` or `.dot`, or raise `--limit picture_boxes=NUMBER`",
    )
    return findings

"""`compile-spec SPEC`: from a spec to files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from spec_compiler.cli.keras_import import converter_output_held, import_keras
from spec_compiler.cli.options import (
    add_model_option,
    add_picture_options,
    add_spec_options,
    add_weights_options,
    limits_of,
    load_plugins,
    params_of,
    picture_options_of,
    source_of,
    weights_of,
)
from spec_compiler.cli.sources import file_ids, plugin_ids, refuse_sources
from spec_compiler.cli.streams import write_document
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, Waiting, print_report, width
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.exports.errors import UnsupportedError
from spec_compiler.emitting.files import (
    Target,
    UnwritableError,
    check_distinct,
    check_writable,
    reserved,
)
from spec_compiler.emitting.forms import (
    FOLDER,
    FORMS,
    SUFFIXES,
    FormOptions,
    ModelFiles,
    OutputFormat,
    form_of,
    forms_with,
    suffix_of,
)
from spec_compiler.emitting.pictures.errors import LayoutError, UnknownBlockError

if TYPE_CHECKING:
    from spec_compiler.analysis import Analysis
    from spec_compiler.emitting.keras_model.files import FilesOfModel
    from spec_compiler.graph.typed import TypedGraph
    from spec_compiler.limits import Limits
    from spec_compiler.weight_files.plan import PlannedWeights

STANDARD_OUTPUT = "-"
_DEFAULT_SUFFIX = ".keras"
_TEXT_FORMATS = [suffix.removeprefix(".") for form in FORMS if form.is_text for suffix in form.suffixes]


class _Output(NamedTuple):
    """What is to be written: to a file, or to standard output where there is no path."""

    path: Path | None
    suffix: str
    form: OutputFormat

    def text(self, graph: TypedGraph, files: ModelFiles | None, options: FormOptions) -> str:
        """The text, of a form that is text."""
        if self.form.text_of_graph is not None:
            return self.form.text_of_graph(graph, options)
        assert self.form.text_of_files is not None
        assert files is not None
        return self.form.text_of_files(files)

    def write(self, path: Path, graph: TypedGraph, files: ModelFiles | None, options: FormOptions) -> None:
        """Write it to some path."""
        if self.form.write_model is not None:
            assert files is not None
            with converter_output_held():
                self.form.write_model(cast("FilesOfModel", files).model, path)
        elif self.form.write_files is not None:
            assert files is not None
            self.form.write_files(files, path)
        elif self.form.bytes_of_graph is not None:
            path.write_bytes(self.form.bytes_of_graph(graph, options))
        else:
            path.write_text(self.text(graph, files, options), encoding="utf-8", newline="")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file, or - for standard input")
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="OUT",
        help="a file to write, build/<name>.keras by default, or - for standard output; may be given several times. "
        f"The suffix says what is written. {'; '.join(map(_described, FORMS))}",
    )
    parser.add_argument(
        "--format",
        choices=_TEXT_FORMATS,
        help="what -o - writes, as the suffix of a file would say; yaml by default",
    )
    parser.add_argument(
        "--flat", action="store_true", help="write Python code (.py) with one call a line and everything expanded"
    )
    add_picture_options(parser)
    add_model_option(parser)
    add_weights_options(parser)
    parser.add_argument(
        "--with",
        dest="writer",
        choices=("keras",),
        help="let Keras build the model and write its files; by default they are written from the spec alone, and "
        "through Keras only where nothing else can",
    )
    add_spec_options(parser)


def _described(form: OutputFormat) -> str:
    """A form as the help has it."""
    needs = "" if form.extra is None else f" (needs spec-compiler[{form.extra}])"
    suffixes = ", ".join(f"FOLDER{FOLDER}" if suffix == FOLDER else suffix for suffix in form.suffixes)
    return f"{suffixes}: {form.title}{needs}"


def run(options: argparse.Namespace) -> int:
    """Compile a spec, print its graph, and write the files that are asked for."""
    try:
        return _run(options)
    except (LayoutError, UnwritableError) as error:
        raise UsageError(str(error)) from error


def _run(options: argparse.Namespace) -> int:
    outputs = _outputs(options)
    weights = weights_of(options)
    source = source_of(options.spec)
    paths = _paths(outputs)
    refuse_sources(paths, {source.file_id()} | file_ids(weights.values()))
    limits = limits_of(options)
    load_plugins(options)
    from spec_compiler.output_problems import check_loads, unsupported_report
    from spec_compiler.pipeline import SpecError, analyse, model_of, planned_weights

    params = params_of(options)
    with Waiting(f"checking {source.name}"):
        analysis = analyse(source, params=params, root=options.root, limits=limits)
        report = analysis.report
    read = analysis.file_ids | file_ids(weights.values()) | plugin_ids(options)
    refuse_sources(paths, read)
    if report.diagnostics:
        print_report(report)
    if analysis.whole is None:
        return ERRORS
    try:
        graph = model_of(analysis, options.model)
        _check_pictures(outputs, graph, form_options := _form_options(options, analysis, limits))
        if not outputs:
            outputs = [_output(str(Path("build") / f"{graph.name}{_DEFAULT_SUFFIX}"))]
            refuse_sources(_paths(outputs), read)
        if any(_DEFAULT_SUFFIX in output.form.suffixes for output in outputs):
            check_loads(graph)
    except SpecError as error:
        print_report(error.report)
        return ERRORS
    # Who writes a text to standard output wants nothing else there.
    summary_stream = sys.stdout if all(output.path is not None for output in outputs) else sys.stderr
    print(graph.summary(width=width()), file=summary_stream, flush=True)
    for output in outputs:
        if output.form.is_of_model:
            import_keras()
        output.form.require()
    try:
        with planned_weights(graph, weights or None, partial=options.partial_weights, limits=limits) as planned:
            _write(
                outputs,
                graph,
                limits,
                form_options,
                planned,
                through_keras=options.writer == "keras",
            )
    except UnsupportedError as error:
        print_report(unsupported_report(graph, error))
        return ERRORS
    except SpecError as error:
        print_report(error.report)
        return ERRORS
    for output in outputs:
        if output.path is not None:
            print(f"wrote {visible(str(output.path))}{FOLDER if output.form.is_folder else ''}", file=summary_stream)
    return FINE


def _form_options(options: argparse.Namespace, analysis: Analysis, limits: Limits) -> FormOptions:
    """What is asked of the forms."""
    origin = None if options.flat else analysis.code_origin(options.model)
    return FormOptions(origin, picture_options_of(options), limits, analysis.origin, analysis.report)


def _check_pictures(outputs: Sequence[_Output], graph: TypedGraph, options: FormOptions) -> None:
    """Whether the pictures can be made is known before anything is written."""
    if not any("--depth" in output.form.options for output in outputs):
        return
    from spec_compiler.output_problems import check_picture

    try:
        check_picture(
            graph,
            options.picture,
            laid_out=any(output.form.extra == "pictures" for output in outputs),
            limits=options.limits,
        )
    except UnknownBlockError as error:
        raise UsageError(str(error)) from error


def _write(
    outputs: Sequence[_Output],
    graph: TypedGraph,
    limits: Limits,
    options: FormOptions,
    planned: Sequence[PlannedWeights],
    *,
    through_keras: bool,
) -> None:
    """Write what is asked for; whether files can be written is known before Keras is imported."""
    to_files = [(output, output.path) for output in outputs if output.path is not None]
    with reserved({path: output.form.is_folder for output, path in to_files}) as places:
        is_built = through_keras or any(each.form.is_of_model for each in outputs)
        has_files = any(each.form.is_of_keras or each.form.is_of_model for each in outputs)
        files = _files(outputs, graph, limits, planned, is_built) if has_files else None
        writers: list[tuple[Path, str, Callable[[Path], None]]] = [
            (path, output.suffix, partial(output.write, graph=graph, files=files, options=options))
            for output, path in to_files
        ]
        texts = [output.text(graph, files, options) for output in outputs if output.path is None]
        with Waiting("writing"):
            places.write([Target(*writer) for writer in writers])
    for text in texts:
        write_document(text)


def _files(
    outputs: Sequence[_Output], graph: TypedGraph, limits: Limits, planned: Sequence[PlannedWeights], is_built: bool
) -> ModelFiles:
    """The files of Keras: written from the graph, unless only Keras can write them, or a model is built anyway.

    Weights that come from outside are given to a model of Keras. All outputs of a run hold the same weights.
    """
    from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
    from spec_compiler.pipeline import check_memory, keras_files

    if not is_built and not planned:
        try:
            files = keras_files(graph)
        except OnlyKerasCanError as only:
            print(f"note: only Keras can write {only}, and so it writes the files", file=sys.stderr)
        else:
            if any(output.form.has_weights for output in outputs):
                check_memory(graph, limits=limits, one_weight_at_a_time=True)
            return files
    return _files_of_model(graph, limits, planned)


def _files_of_model(graph: TypedGraph, limits: Limits, planned: Sequence[PlannedWeights]) -> ModelFiles:
    from spec_compiler.pipeline import build_model, check_memory, load_weights

    check_memory(graph, limits=limits)
    with Waiting("starting Keras"):
        import_keras()
    with Waiting("building") as progress:
        model = build_model(graph, limits=limits, progress=progress)
        load_weights(model, graph, planned)
    for each in planned:
        for line in str(each.report).splitlines():
            print(visible(line), file=sys.stderr)
    from spec_compiler.emitting.keras_model.files import FilesOfModel

    return FilesOfModel(model)


def _outputs(options: argparse.Namespace) -> list[_Output]:
    """What is to be written; whether it can be is looked at before any work is done."""
    names = options.output
    if names.count(STANDARD_OUTPUT) > 1:
        raise UsageError("standard output takes one output")
    if options.format is not None and STANDARD_OUTPUT not in names:
        raise UsageError("--format goes with `-o -`; what is written to a file its suffix says")
    outputs = [_output(name, options.format) for name in names]
    _refuse_options_without_forms(options, outputs)
    check_distinct(_paths(outputs))
    return outputs


def _paths(outputs: Sequence[_Output]) -> list[Path]:
    """The files to write."""
    return [output.path for output in outputs if output.path is not None]


def _refuse_options_without_forms(options: argparse.Namespace, outputs: Sequence[_Output]) -> None:
    """Refuse options of some forms of output where none of those is written."""
    forms = [output.form for output in outputs] or [form_of(_DEFAULT_SUFFIX)]
    for option in dict.fromkeys(option for form in FORMS for option in form.options):
        is_given = bool(getattr(options, option.removeprefix("--").replace("-", "_")))
        if is_given and not any(option in form.options for form in forms):
            suffixes = ", ".join(form.suffixes[0] for form in forms_with(option))
            raise UsageError(f"{option} goes with an output that is one of {suffixes}")


def _output(name: str, text_format: str | None = None) -> _Output:
    if name == STANDARD_OUTPUT:
        suffix = f".{text_format or 'yaml'}"
        return _Output(None, suffix, form_of(suffix))
    path = Path(name)
    found = suffix_of(name)
    if found is None:
        suffixes = ", ".join(suffix for suffix in SUFFIXES if suffix != FOLDER)
        raise UsageError(f"`{name}`: the suffix of an output is one of {suffixes}, or it ends in `/`")
    form = form_of(found)
    check_writable(path, is_folder=form.is_folder)
    return _Output(path, found, form)

"""`compile-spec fold SPEC...`: specs that are written out, with what repeats written once; without TensorFlow."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from spec_compiler.cli.options import add_spec_options, limits_of, load_plugins, params_of, source_of
from spec_compiler.cli.rewriting import Rewriting, write_texts
from spec_compiler.cli.sources import plugin_ids, refuse_sources
from spec_compiler.cli.specs import add_specs_arguments, specs_of
from spec_compiler.cli.streams import write_document
from spec_compiler.cli.terminal import ERRORS, FINE, UsageError, print_report
from spec_compiler.diagnostics.visible import visible
from spec_compiler.emitting.files import UnwritableError, check_writable

_FOLDING = Rewriting("folded")

_STANDARD_OUTPUT = "-"
_SUFFIXES = (".yaml", ".yml", ".json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    add_specs_arguments(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="SPEC",
        help="the spec to write, or - for standard output; each spec is folded where it lies by default",
    )
    _FOLDING.add_arguments(parser)
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    """Fold some specs; nothing is written if one of them has errors."""
    from spec_compiler.fold_spec import FoldedSpec, fold_spec

    limits, params = limits_of(options), params_of(options)
    names = specs_of(options)
    output = _output(options, names) if options.output is not None else None
    load_plugins(options)

    def folded(name: str) -> FoldedSpec:
        return fold_spec(source_of(name), params=params, root=options.root, limits=limits)

    results = {name: folded(name) for name in names}
    to_standard_output = options.output == _STANDARD_OUTPUT
    read = plugin_ids(options).union(*(result.file_ids for result in results.values()))
    refuse_sources([] if output is None or to_standard_output else [output], read)
    if output is None:
        return _FOLDING.run(results, options)
    result = results[names[0]]
    if result.after is None:
        print_report(result.report)
        return ERRORS
    if to_standard_output:
        write_document(result.after)
        return FINE
    if len(result.file_ids) > 1 and not _is_beside(output, names[0]):
        raise UsageError(f"`{output}`: the spec imports files by paths from its folder, and is written to that alone")
    write_texts({output: result.after})
    if not options.quiet:
        print(f"wrote {visible(str(output))}")
    return FINE


def _is_beside(output: Path, spec: str) -> bool:
    """Whether what is written lies in the folder of the spec, from which the paths of its imports lead."""
    return os.path.realpath(output.parent) == os.path.realpath(Path(spec).parent)


def _output(options: argparse.Namespace, names: list[str]) -> Path:
    """Where the spec is to be written.

    Raises:
        UsageError: There are several, or it cannot be written there in the form that it has.
    """
    if len(names) != 1 or os.path.isdir(options.specs[0]):
        raise UsageError("`-o` takes one spec; without it specs are folded where they lie")
    if options.check or options.diff:
        raise UsageError("`-o` writes, and `--check` and `--diff` do not")
    path = Path(options.output)
    if options.output == _STANDARD_OUTPUT:
        return path
    is_json = names[0].endswith(".json")
    if not path.name.endswith(_SUFFIXES) or path.name.endswith(".json") != is_json:
        wanted = ".json" if is_json else ".yaml or .yml"
        raise UsageError(f"`{path}`: the spec is written to a file ending in {wanted}, as it is read from one")
    try:
        check_writable(path)
    except UnwritableError as error:
        raise UsageError(str(error)) from error
    return path

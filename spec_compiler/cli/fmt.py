"""`compile-spec fmt SPEC...`: specs in one form, with their comments and their order; without TensorFlow."""

from __future__ import annotations

import argparse

from spec_compiler.cli.options import add_limit_option, limits_of, source_of
from spec_compiler.cli.rewriting import Rewriting
from spec_compiler.cli.sources import refuse_sources
from spec_compiler.cli.specs import add_specs_arguments, specs_of
from spec_compiler.formatting.format import format_spec

_FORMATTING = Rewriting("formatted")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    add_specs_arguments(parser)
    _FORMATTING.add_arguments(parser)
    add_limit_option(parser)


def run(options: argparse.Namespace) -> int:
    """Format some specs where they lie; nothing is written if one of them cannot be read."""
    limits = limits_of(options)
    results = {name: format_spec(source_of(name), limits) for name in specs_of(options)}
    refuse_sources([], (file for result in results.values() for file in result.file_ids))
    return _FORMATTING.run(results, options)

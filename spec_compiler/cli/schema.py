"""`compile-spec schema`: the JSON Schema of the language."""

from __future__ import annotations

import argparse

from spec_compiler.cli.streams import write_document
from spec_compiler.cli.terminal import FINE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command has no arguments."""


def run(_: argparse.Namespace) -> int:
    """Print the schema."""
    from spec_compiler.language.schema import schema_text

    write_document(schema_text())
    return FINE

"""`compile-spec schema`: the JSON Schema of the language."""

from __future__ import annotations

import argparse

from spec_compiler.cli.terminal import FINE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command has no arguments."""


def run(_: argparse.Namespace) -> int:
    """Print the schema."""
    from spec_compiler.language.schema import schema_text

    print(schema_text(), end="")
    return FINE

"""Options that several commands have."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields, replace
from importlib import import_module
from typing import Any

from spec_compiler.cli.quiet import import_keras
from spec_compiler.cli.terminal import UsageError
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.reading.read import read
from spec_compiler.reading.source import Source


def add_spec_options(parser: argparse.ArgumentParser) -> None:
    """The options about how specs are read."""
    add_set_option(parser, "--set", "params", "set a param of the spec; VALUE is read as YAML")
    parser.add_argument("--root", metavar="FOLDER", help="the folder that imports may come from")
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        metavar="MODULE",
        help="import a Python module that registers custom layers",
    )
    add_limit_option(parser)


def add_set_option(parser: argparse.ArgumentParser, name: str, destination: str, about: str) -> None:
    """An option that gives params their values."""
    parser.add_argument(name, action="append", default=[], dest=destination, metavar="NAME=VALUE", help=about)


def add_limit_option(parser: argparse.ArgumentParser) -> None:
    """The option about how much a spec may ask for."""
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help=f"raise a limit: {', '.join(field.name for field in fields(Limits))}",
    )


def limits_of(options: argparse.Namespace) -> Limits:
    """The limits that `--limit` asks for.

    Raises:
        UsageError: There is no such limit, or it is no number.
    """
    limits = DEFAULT_LIMITS
    names = [field.name for field in fields(Limits)]
    for text in options.limit:
        name, _, number = text.partition("=")
        name = name.strip().replace("-", "_")
        if name not in names or not number.strip().isdigit():
            raise UsageError(f"--limit takes NAME=NUMBER with a name out of {', '.join(names)}, not `{text}`")
        limits = replace(limits, **{name: int(number)})
    return limits


def params_of(options: argparse.Namespace, *more: str) -> dict[str, Any]:
    """The params that `--set` gives, their values read as YAML; `more` are given after them.

    Raises:
        UsageError: It is not `NAME=VALUE`, or the value is not YAML.
    """
    params = {}
    for text in (*options.params, *more):
        name, equals, value = text.partition("=")
        findings = Findings()
        document = read(Source.text(value, form="yaml"), findings)
        if not equals or not name.strip() or (findings.errors and value.strip()):
            raise UsageError(f"--set takes NAME=VALUE with a value in YAML, not `{text}`")
        params[name.strip()] = document.data
    return params


def load_plugins(options: argparse.Namespace) -> None:
    """Import the modules that `--plugin` names, also from the current folder: they register their layers.

    Raises:
        UsageError: There is no such module, or it fails.
    """
    if not options.plugin:
        return
    import_keras()  # what a plugin imports first, and loudly
    if "" not in sys.path:
        sys.path.insert(0, "")
    for name in options.plugin:
        try:
            import_module(name)
        except Exception as error:  # a stranger's module may raise anything
            reason = str(error).strip().split("\n")[0]
            raise UsageError(f"--plugin {name} cannot be imported: {type(error).__name__}: {reason}") from error


def source_of(name: str) -> Source:
    """The spec that an argument names: a path, or `-` for standard input."""
    return Source.standard_input() if name == "-" else Source.of(name)

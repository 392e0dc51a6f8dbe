"""`compile-spec view SPEC`: the page of a spec in the browser, followed while the spec is edited."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from spec_compiler.cli.options import (
    add_picture_options,
    add_spec_options,
    limits_of,
    load_plugins,
    params_of,
    picture_options_of,
    source_of,
)
from spec_compiler.cli.sources import file_ids, refuse_sources
from spec_compiler.cli.terminal import FINE, UsageError
from spec_compiler.diagnostics.visible import visible

_LAST_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("spec", metavar="SPEC", help="a YAML or JSON file")
    parser.add_argument("--no-browser", action="store_true", help="open no browser; say only where the page is")
    parser.add_argument(
        "--port", type=_port, default=0, metavar="NUMBER", help="the port of the page; any that is free by default"
    )
    parser.add_argument("--edit", action="store_true", help="the spec may be edited in the page, and saved from there")
    add_picture_options(parser)
    add_spec_options(parser)


def _port(text: str) -> int:
    from spec_compiler.numerals import whole_number

    number = whole_number(text)
    if number is None or number > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"takes a port, 0 to {_LAST_PORT}, not `{text}`")
    return number


def run(options: argparse.Namespace) -> int:
    """Serve the page until the command is interrupted."""
    limits = limits_of(options)
    source, params = source_of(options.spec), params_of(options)
    if not isinstance(source.content, Path):
        raise UsageError("`view` follows a file, and standard input is none")
    if source.file_id() is None:
        raise UsageError(f"`{options.spec}` is no file")
    load_plugins(options)
    from spec_compiler.emitting.pictures.errors import UnknownBlockError
    from spec_compiler.pipeline import analyse
    from spec_compiler.viewing.edit import SpecEditor
    from spec_compiler.viewing.follow import Follower
    from spec_compiler.viewing.serve import LOOPBACK, PageServer

    try:
        follower = Follower(
            source.content,
            lambda: analyse(source, params=params, root=options.root, limits=limits),
            picture_options_of(options),
        )
    except UnknownBlockError as error:
        raise UsageError(str(error)) from error
    refuse_sources([], file_ids(follower.files))
    editor = SpecEditor(
        source.content,
        lambda text, given: analyse(
            replace(source, unsaved=text), params={**params, **given}, root=options.root, limits=limits
        ),
    )
    try:
        server = PageServer(follower, source.content.stem, options.port, editor if options.edit else None)
    except OSError as error:
        raise UsageError(
            f"port {options.port} of {LOOPBACK} cannot be had: {(error.strerror or 'refused').lower()}"
        ) from error
    print(f"{visible(options.spec)} is at {server.address} and is followed; Ctrl-C ends this", flush=True)
    if not options.no_browser:
        import webbrowser

        webbrowser.open(server.browser_address)
    server.run()
    return FINE

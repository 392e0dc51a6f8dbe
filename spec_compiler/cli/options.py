"""Options that several commands have."""

from __future__ import annotations

import argparse
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spec_compiler.cli.sources import plugin_ids, refuse_sources
from spec_compiler.cli.terminal import UsageError

if TYPE_CHECKING:
    from spec_compiler.emitting.pictures.options import PictureOptions
    from spec_compiler.limits import Limits
    from spec_compiler.reading.source import Source

_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def add_spec_options(parser: argparse.ArgumentParser) -> None:
    """The options about how specs are read."""
    add_set_option(parser, "--set", "params", "set a param of the spec; VALUE is read as YAML")
    parser.add_argument("--root", metavar="FOLDER", help="the folder that imports may come from")
    add_plugin_option(parser)
    add_limit_option(parser)


def add_plugin_option(parser: argparse.ArgumentParser) -> None:
    """The option about what the calling program would register."""
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        metavar="MODULE",
        help="import a Python module that registers custom layers",
    )


def add_model_option(parser: argparse.ArgumentParser) -> None:
    """The option about which of a spec's models is meant."""
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="one of the spec's `models`, of a spec that has several; the main one by default",
    )


def add_weights_options(parser: argparse.ArgumentParser) -> None:
    """The options about weights that come from outside."""
    parser.add_argument(
        "--weights",
        action="append",
        default=[],
        metavar="[PART=]FILE",
        help="take weights from a .keras, .weights.h5 or .h5 file: for the whole model, or for a node, a shared layer "
        "or the copies of a block; may be given several times",
    )
    parser.add_argument(
        "--partial-weights",
        action="store_true",
        help="leave layers as they are for which a file has no weights, or none that fit",
    )


def add_data_options(parser: argparse.ArgumentParser, about: str) -> None:
    """The options about the data that a model is trained, evaluated or used on."""
    parser.add_argument(
        "--data",
        required=True,
        metavar="DATA",
        help=f"{about}: a .npz, .parquet, .csv or .tfrecord file, a folder or a pattern of these, or a folder of "
        "images in a folder for each class",
    )
    parser.add_argument("--batch-size", type=positive_number, metavar="NUMBER", help="how many samples make a step")
    parser.add_argument(
        "--check-all",
        action="store_true",
        help="look at all values of data that is streamed before the work begins, and not only at the first of each "
        "file",
    )
    parser.add_argument(
        "--stream",
        action="store_true",
        help="read files while the model works, also where they would fit into memory; by default what is larger than "
        "a gigabyte",
    )


def weights_of(options: argparse.Namespace) -> dict[str | None, str]:
    """The files of weights, by the parts that they are for; None is the whole model.

    Raises:
        UsageError: One is not `[PART=]FILE`, or two are for one part.
    """
    found: dict[str | None, str] = {}
    for text in options.weights:
        part, equals, path = text.partition("=")
        is_part = bool(equals) and _PART.fullmatch(part) is not None
        key, value = (part, path) if is_part else (None, text)
        if not value:
            raise UsageError(f"--weights takes [PART=]FILE, not `{text}`")
        if key in found:
            raise UsageError(f"two files of weights are for {'the whole model' if key is None else f'`{key}`'}")
        found[key] = value
    if options.partial_weights and not found:
        raise UsageError("--partial-weights goes with --weights")
    return found


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
        help="set a limit, such as nodes=1000000; the answer to a name that does not exist lists all",
    )


def add_picture_options(parser: argparse.ArgumentParser) -> None:
    """The options of how pictures are to be; none has a default, so that one that is given is known."""
    from spec_compiler.emitting.pictures.options import DIRECTIONS, THEMES

    parser.add_argument("--direction", choices=DIRECTIONS, help="where the edges of a picture lead; down by default")
    parser.add_argument(
        "--depth",
        type=positive_number,
        metavar="NUMBER",
        help="how many levels of blocks a picture shows: 1 for the nodes of the spec itself, with each block folded; "
        "as many as there is room for by default",
    )
    parser.add_argument(
        "--fold", action="append", metavar="NAME", help="fold a block in pictures; may be given several times"
    )
    parser.add_argument(
        "--unfold", action="append", metavar="NAME", help="open a block in pictures; may be given several times"
    )
    parser.add_argument(
        "--theme", choices=THEMES, help="the colours of a picture; auto by default: as the screen is, or light"
    )


def picture_options_of(options: argparse.Namespace) -> PictureOptions:
    """How pictures are to be."""
    from spec_compiler.emitting.pictures.options import PictureOptions

    given = {name: getattr(options, name) for name in ("direction", "depth", "theme")}
    return PictureOptions(
        **{name: value for name, value in given.items() if value is not None},
        fold=tuple(options.fold or ()),
        unfold=tuple(options.unfold or ()),
    )


def limits_of(options: argparse.Namespace) -> Limits:
    """The limits that `--limit` asks for.

    Raises:
        UsageError: There is no such limit, or it is no number.
    """
    from dataclasses import fields, replace

    from spec_compiler.limits import DEFAULT_LIMITS, Limits
    from spec_compiler.numerals import whole_number

    limits = DEFAULT_LIMITS
    names = [field.name for field in fields(Limits)]
    for text in options.limit:
        name, _, number = text.partition("=")
        name = name.strip().replace("-", "_")
        value = whole_number(number.strip())
        if name not in names or value is None:
            raise UsageError(f"--limit takes NAME=NUMBER with a name out of {', '.join(names)}, not `{text}`")
        limits = replace(limits, **{name: value})
    return limits


def params_of(options: argparse.Namespace, *more: str) -> dict[str, Any]:
    """The params that `--set` gives, their values read as YAML; `more` are given after them.

    Raises:
        UsageError: It is not `NAME=VALUE`, or the value is not YAML.
    """
    if not options.params and not more:
        return {}
    from spec_compiler.reading.value import UnreadableValueError, read_value

    params = {}
    for text in (*options.params, *more):
        name, equals, value = text.partition("=")
        try:
            params[name.strip()] = read_value(value)
        except UnreadableValueError:
            equals = ""
        if not equals or not name.strip():
            raise UsageError(f"--set takes NAME=VALUE with a value in YAML, not `{text}`")
    return params


def load_plugins(options: argparse.Namespace) -> None:
    """Import the modules that `--plugin` names, also from the current folder: they register their layers.

    Raises:
        UsageError: There is no such module, or it fails.
    """
    if not options.plugin:
        return
    from spec_compiler.cli.keras_import import import_keras

    import_keras()  # what a plugin imports first, and loudly
    if "" not in sys.path:
        sys.path.insert(0, "")
    for name in options.plugin:
        try:
            import_module(name)
        except Exception as error:  # a stranger's module may raise anything
            reason = str(error).strip().split("\n")[0]
            if name.endswith(".py"):
                reason += f"; a module is named as in `import`: --plugin {Path(name).stem}"
            raise UsageError(f"--plugin {name} cannot be imported: {type(error).__name__}: {reason}") from error
    refuse_sources([], plugin_ids(options))


def source_of(name: str) -> Source:
    """The spec that an argument names: a path, or `-` for standard input.

    Raises:
        UsageError: It is what standard output is written to.
    """
    from spec_compiler.reading.source import Source

    source = Source.standard_input() if name == "-" else Source.of(name)
    refuse_sources([], [source.file_id()])
    return source


def positive_number(text: str) -> int:
    """A whole number of at least 1.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    from spec_compiler.numerals import whole_number

    number = whole_number(text)
    if not number:
        raise argparse.ArgumentTypeError(f"takes a whole number of at least 1, not `{text}`")
    return number

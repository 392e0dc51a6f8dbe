"""`compile-spec completion SHELL`: the script with which a shell completes the commands, derived from their parsers."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import NamedTuple

from spec_compiler.cli.terminal import FINE

_SPECS = ("json", "yaml", "yml")
_ANY: tuple[str, ...] = ()
_FOLDERS = ("/",)
_FILES = {
    "SPEC": _SPECS,
    "A": _SPECS,
    "B": _SPECS,
    "MODEL": ("keras", "h5", *_SPECS),
    "OUT": _ANY,
    "FILE": _ANY,
    "[PART=]FILE": _ANY,
    "DATA": _ANY,
    "FOLDER": _FOLDERS,
}
"""What arguments that name files are called in the help, and the suffixes of those files."""


class _Option(NamedTuple):
    """An option, or an argument if it has no spellings: what it is about, and what may follow.

    Attributes:
        spellings: How it is written.
        about: What its help says.
        takes_value: Whether a value follows it.
        takes_several: Whether it is an argument that may be given several times.
        choices: The values that there are, if they are few.
        suffixes: Those of the files that it names; None if it names none.
    """

    spellings: tuple[str, ...]
    about: str
    takes_value: bool
    takes_several: bool
    choices: tuple[str, ...]
    suffixes: tuple[str, ...] | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("shell", choices=tuple(_SCRIPTS), help="the shell that the script is for")


def run(options: argparse.Namespace) -> int:
    """Print the script."""
    from spec_compiler.cli.main import COMMANDS, parser_of

    commands = {name: _options(parser_of(name)) for name in ("compile", *COMMANDS)}
    print("\n".join(_SCRIPTS[options.shell](commands, COMMANDS)))
    return FINE


def _options(parser: argparse.ArgumentParser) -> list[_Option]:
    """What the parser of a command takes."""
    return [
        _Option(
            tuple(action.option_strings),
            re.sub(r"\s+", " ", action.help or ""),
            action.nargs != 0,
            action.nargs in ("+", "*"),
            tuple(map(str, action.choices or ())),
            _FILES.get(str(action.metavar)),
        )
        for action in parser._actions
    ]


def _spellings(options: list[_Option]) -> list[str]:
    return [spelling for option in options for spelling in option.spellings]


def _bash(commands: dict[str, list[_Option]], about: dict[str, str]) -> Iterator[str]:
    yield from (
        "# bash completion of compile-spec: source <(compile-spec completion bash)",
        "_compile_spec() {",
        "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}",
        "  local command=compile words='' files='' file",
        "  COMPREPLY=()",
        f"  case ${{COMP_WORDS[1]}} in {'|'.join(about)}) [[ $COMP_CWORD -gt 1 ]] && command=${{COMP_WORDS[1]}};; esac",
        "  [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD-2]}",  # bash parts --format=json into three words
        "  [[ $word == = ]] && word=''",
        "  case $command:$before in",
    )
    for name, options in commands.items():
        for option in options:
            if option.spellings and option.takes_value:
                pattern = "|".join(f"{name}:{spelling}" for spelling in option.spellings)
                yield f"    {pattern}) words='{' '.join(option.choices)}' files='{_bash_pattern([option])}';;"
    yield "    *)"
    yield f"      if [[ $COMP_CWORD -eq 1 ]]; then words='{' '.join(about)}'; fi"
    yield "      case $command in"
    for name, options in commands.items():
        arguments = [option for option in options if not option.spellings]
        plain = " ".join(choice for option in arguments for choice in option.choices)
        yield (
            f"        {name}) if [[ $word == -* ]]; then words='{' '.join(_spellings(options))}'; "
            f"else words=\"$words {plain}\" files='{_bash_pattern(arguments)}'; fi;;"
        )
    yield from (
        "      esac;;",
        "  esac",
        '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
        "  if [[ -n $files ]]; then",
        "    while IFS= read -r file; do",
        '      if [[ -d $file || $file == $files ]]; then COMPREPLY+=("$file"); fi',
        '    done < <(compgen -f -- "$word")',
        "  fi",
        "}",
        "shopt -s extglob",
        "complete -o filenames -F _compile_spec compile-spec",
    )


def _bash_pattern(options: list[_Option]) -> str:
    """A pattern of the files that options name; folders are files too."""
    taken = [option.suffixes for option in options if option.suffixes is not None]
    if _ANY in taken:
        return "*"
    suffixes = dict.fromkeys(suffix for each in taken for suffix in each)
    return f"*.@({'|'.join(suffixes)})" if suffixes else ""


def _zsh(commands: dict[str, list[_Option]], about: dict[str, str]) -> Iterator[str]:
    yield "# zsh completion of compile-spec, after compinit: source <(compile-spec completion zsh)"
    yield "_compile_spec() {"
    yield "  local -a commands=("
    yield from (f"    {_quoted(f'{name}:{_zsh_text(text)}')}" for name, text in about.items())
    yield "  )"
    yield "  local command=compile"
    yield "  if (( CURRENT > 2 )) && (( ${commands[(I)${words[2]}:*]} )); then"
    yield "    command=${words[2]}; shift words; (( CURRENT-- ))"
    yield "  elif (( CURRENT == 2 )) && [[ ${words[2]} != -* ]]; then"
    yield "    _describe command commands"
    yield "  fi"
    yield "  case $command in"
    for name, options in commands.items():
        yield f"    {name}) _arguments {' '.join(map(_quoted, _zsh_specs(options)))};;"
    yield from ("  esac", "}", "compdef _compile_spec compile-spec")


def _zsh_specs(options: list[_Option]) -> Iterator[str]:
    """What `_arguments` of zsh is told of each option and each argument."""
    place = 0
    for option in options:
        for spelling in option.spellings:
            joined = "=" if option.takes_value and spelling.startswith("--") else ""
            value = f":value:{_zsh_value(option)}" if option.takes_value else ""
            yield f"*{spelling}{joined}[{_zsh_text(option.about)}]{value}"
        if not option.spellings:
            place += 1
            yield f"{'*' if option.takes_several else place}:argument:{_zsh_value(option)}"


def _zsh_value(option: _Option) -> str:
    if option.choices:
        return f"({' '.join(option.choices)})"
    if option.suffixes is None:
        return " "
    if option.suffixes == _FOLDERS:
        return "_files -/"
    return f'_files -g "*.({"|".join(option.suffixes)})(-.)"' if option.suffixes else "_files"


def _zsh_text(text: str) -> str:
    return re.sub(r"([\[\]:])", r"\\\1", text)


def _quoted(text: str) -> str:
    """A text in single quotes, as all shells but fish write it."""
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(commands: dict[str, list[_Option]], about: dict[str, str]) -> Iterator[str]:
    yield "# fish completion of compile-spec: compile-spec completion fish | source"
    yield "complete -c compile-spec -f"
    for name, text in about.items():
        yield f"complete -c compile-spec -n __fish_use_subcommand -a {name} -d {_fish_quoted(text)}"
    for name, options in commands.items():
        where = f"not __fish_seen_subcommand_from {' '.join(about)}"
        if name != "compile":
            where = f"__fish_seen_subcommand_from {name}"
        for option in options:
            words = [f"complete -c compile-spec -n {_fish_quoted(where)}"]
            for spelling in option.spellings:
                words.append(f"-l {spelling[2:]}" if spelling.startswith("--") else f"-s {spelling[1:]}")
            if option.spellings:
                words.append(("-x" if option.suffixes is None else "-r") if option.takes_value else "")
                words.append(f"-d {_fish_quoted(option.about)}")
            if option.choices:
                words.append(f"-a {_fish_quoted(' '.join(option.choices))}")
            elif option.suffixes == _FOLDERS:
                words.append("-a '(__fish_complete_directories)'")
            elif option.suffixes and not option.spellings:
                listed = " ; ".join(f"__fish_complete_suffix .{suffix}" for suffix in option.suffixes)
                words.append(f"-k -a '({listed})'")
            elif option.suffixes is not None:
                words.append("-F")
            yield " ".join(filter(None, words))


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}

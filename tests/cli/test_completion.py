"""The scripts with which shells complete the commands."""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess

import pytest

from spec_compiler.cli.completion import _FILES
from spec_compiler.cli.main import COMMANDS, main, parser_of


@pytest.fixture
def script(capsys):
    def of(shell):
        assert main(["completion", shell]) == 0
        return capsys.readouterr().out

    return of


def completed(script, folder, *words):
    """What bash proposes for the last of some words."""
    line = f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; _compile_spec; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{line}"], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_options_choices_and_files(script, tmp_path):
    for name in ("news.yaml", "news.json", "notes.txt", "news.keras"):
        (tmp_path / name).write_text("")
    (tmp_path / "nets").mkdir()
    bash = script("bash")
    assert completed(bash, tmp_path, "compile-spec", "ch") == ["check"]
    assert sorted(completed(bash, tmp_path, "compile-spec", "ne")) == ["nets", "news.json", "news.yaml"]
    assert completed(bash, tmp_path, "compile-spec", "check", "--w") == ["--warnings-as-errors"]
    assert completed(bash, tmp_path, "compile-spec", "check", "--format", "s") == ["sarif"]
    assert completed(bash, tmp_path, "compile-spec", "diff", "--format", "") == ["text", "json"]
    assert sorted(completed(bash, tmp_path, "compile-spec", "show", "n")) == ["nets", "news.json", "news.yaml"]
    assert completed(bash, tmp_path, "compile-spec", "news.yaml", "-o", "no") == ["notes.txt"]
    assert completed(bash, tmp_path, "compile-spec", "completion", "") == ["bash", "zsh", "fish"]
    assert completed(bash, tmp_path, "compile-spec", "explain", "n") == []
    assert completed(bash, tmp_path, "compile-spec", "check", "--format", "=", "s") == ["sarif"]
    assert completed(bash, tmp_path, "compile-spec", "check", "--format", "=") == [
        "text",
        "concise",
        "json",
        "sarif",
        "github",
    ]
    assert completed(bash, tmp_path, "compile-spec", "rerun", "n") == ["nets"]
    models = ["nets", "news.json", "news.keras", "news.yaml"]
    for words in (["lift", "n"], ["evaluate", "n"], ["predict", "n"]):
        assert sorted(completed(bash, tmp_path, "compile-spec", *words)) == models
    for words in (["data", "news.yaml", "n"], ["fit", "news.yaml", "--data", "n"], ["news.yaml", "--weights", "n"]):
        assert sorted(completed(bash, tmp_path, "compile-spec", *words)) == sorted([*models, "notes.txt"])


def test_fish_completes_the_same(script, tmp_path):
    for name in ("news.yaml", "news.keras"):
        (tmp_path / name).write_text("")
    (tmp_path / "nets").mkdir()
    (tmp_path / "script.fish").write_text(script("fish"))
    for line, proposed in (
        ("ch", ["check"]),
        ("check --format=s", ["--format=sarif"]),
        ("rerun n", ["nets/"]),
        ("lift n", ["nets/", "news.keras", "news.yaml"]),
        ("fit news.yaml --data n", ["nets/", "news.keras", "news.yaml"]),
        ("explain n", []),
    ):
        if shutil.which("fish"):
            command = f"source script.fish; complete -C 'compile-spec {line}'"
            done = subprocess.run(
                ["fish", "--no-config", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True
            )
            assert sorted(each.partition("\t")[0] for each in done.stdout.splitlines()) == proposed


def test_what_names_a_file_is_completed_as_one():
    called = {action.metavar for name in ("compile", *COMMANDS) for action in parser_of(name)._actions}
    no_files = [
        "BYTES",
        "HOST:PORT",
        "MODULE",
        "NAME",
        "NAME=NUMBER",
        "NAME=VALUE",
        "NUMBER",
        "PATTERN=AXES",
        "SUBJECT",
        "URL",
    ]
    assert sorted({each for each in called if each is not None} - set(_FILES)) == no_files


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_knows_every_command_and_option_and_is_well_formed(script, shell):
    text = script(shell)
    for name in ("compile", *COMMANDS):
        options = {option for action in parser_of(name)._actions for option in action.option_strings}
        for option in options:
            spelling = {"fish": f"-l {option[2:]} " if option.startswith("--") else f"-s {option[1:]} "}.get(
                shell, option
            )
            assert spelling in text, (name, option)
    assert all(command in text for command in COMMANDS)
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=text, text=True, check=True, timeout=60)


def test_a_shell_without_a_script_is_refused(capsys):
    with pytest.raises(SystemExit) as end:
        main(["completion", "tcsh"])
    assert end.value.code == 2
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err


def test_every_option_and_argument_has_a_help():
    for name in ("compile", *COMMANDS):
        assert [
            action.dest for action in parser_of(name)._actions if not action.help or action.help == argparse.SUPPRESS
        ] == []

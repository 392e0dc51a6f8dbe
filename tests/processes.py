"""Python processes for tests that need a fresh one."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
GIGABYTES = 10**9


def python(
    *arguments: str, cwd: Path | None = None, stdin: bytes = b"", path: str | None = str(ROOT), **environment: str
):
    """Run Python with some arguments; `path` is where it looks for modules besides its own."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | environment
    if path is not None:
        env["PYTHONPATH"] = path
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=env, input=stdin, capture_output=True, check=False, timeout=300
    )


def compile_spec(*arguments: str, memory: float | None = None, seconds: int | None = None, **more):
    """Run the command line, within bounds of memory (in gigabytes) and processor time where they are given."""
    if memory is None and seconds is None:
        return python("-m", "spec_compiler", *arguments, **more)
    limits = [(resource.RLIMIT_AS, memory and int(memory * GIGABYTES)), (resource.RLIMIT_CPU, seconds)]
    code = "import resource, sys\n" + "".join(
        f"resource.setrlimit({kind}, ({bound}, {bound}))\n" for kind, bound in limits if bound
    )
    code += f"sys.argv[1:] = {list(arguments)!r}\nfrom spec_compiler.cli.main import run\nrun()\n"
    return python("-c", code, **more)

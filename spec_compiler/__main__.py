"""`python -m spec_compiler` is `compile-spec`."""

from spec_compiler.cli.main import run

run()

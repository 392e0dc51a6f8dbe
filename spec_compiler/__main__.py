"""`python -m spec_compiler` is `compile-spec`."""

from spec_compiler.cli.main import run

if __name__ == "__main__":  # and not in a process that checks a part of many specs
    run()

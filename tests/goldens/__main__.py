"""Make all goldens again."""

from tests.goldens import HERE, example_specs, golden_of, golden_text

for old in HERE.glob("*.txt"):
    old.unlink()
for spec in example_specs():
    golden_of(spec).write_text(golden_text(spec), encoding="utf-8")

"""Make all goldens again."""

from tests.goldens import HERE, golden_text, goldens

for old in HERE.rglob("*.txt"):
    old.unlink()
for golden, spec in goldens().items():
    golden.parent.mkdir(exist_ok=True)
    golden.write_text(golden_text(golden, spec), encoding="utf-8")

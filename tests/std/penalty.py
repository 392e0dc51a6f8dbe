"""`std/penalty.yaml`, written by hand; what it adds to the loss is tested in `test_training.py`."""

from __future__ import annotations

from tests.std.against import Case

CASES = [
    Case("penalty", {}, [(4,), (3,)], lambda x, cost: x),
    Case("penalty", {"weight": 0.5}, [(2, 4), ()], lambda x, cost: x, title="of a tensor with one number a sample"),
]

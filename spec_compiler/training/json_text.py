"""What came of training → JSON that every reader takes."""

from __future__ import annotations

import json
import math
from typing import Any


def json_text(data: Any) -> str:
    """Data as JSON. It has no NaN and no infinity, and so they are null."""
    return json.dumps(_finite(data), indent=2, ensure_ascii=False, allow_nan=False)


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _finite(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data

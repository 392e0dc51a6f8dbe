"""What JSON calls an object, as the emitters build it."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]

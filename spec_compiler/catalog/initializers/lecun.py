"""The initializers of LeCun and others."""

from __future__ import annotations

from spec_compiler.catalog.initializers.fans import FanInitializer


class LecunUniform(FanInitializer):
    """Uniform within ±√(3 / inputs), after LeCun et al. (1998)."""


class LecunNormal(FanInitializer):
    """Truncated normal with variance 1 / inputs, after LeCun et al. (1998)."""

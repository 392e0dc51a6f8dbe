"""The initializers of He and others."""

from __future__ import annotations

from spec_compiler.catalog.initializers.fans import FanInitializer


class HeUniform(FanInitializer):
    """Uniform within ±√(6 / inputs), after He et al. (2015)."""


class HeNormal(FanInitializer):
    """Truncated normal with variance 2 / inputs, after He et al. (2015)."""

"""The initializers of Glorot and Bengio."""

from __future__ import annotations

from spec_compiler.catalog.initializers.fans import FanInitializer


class GlorotUniform(FanInitializer):
    """Uniform within ±√(6 / (inputs + outputs)), after Glorot and Bengio (2010)."""


class GlorotNormal(FanInitializer):
    """Truncated normal with variance 2 / (inputs + outputs), after Glorot and Bengio (2010)."""

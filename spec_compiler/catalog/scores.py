"""What losses and metrics have in common: both hold predictions against targets."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from spec_compiler.catalog.dtypes import FLOATS
from spec_compiler.catalog.fields import Fraction, NameOf, ScopeName
from spec_compiler.catalog.thing import Thing

FloatDtype = Annotated[str | None, NameOf("floating-point dtype", FLOATS, optional=True)]


def named(default: str | None) -> Any:
    """The field `name`, with the name that Keras gives to such a loss or metric."""
    return Field(default, description="What it is called, as in the logs; null for a name made of the class's.")


class Score(Thing):
    """Something that holds predictions against targets.

    `default_dtype` is what it computes in unless told otherwise; none where Keras has no setting that would change it.
    """

    default_dtype: ClassVar[str | None] = "float32"

    name: ScopeName | None = named(None)
    dtype: FloatDtype = Field(None, description="The dtype that it computes in; float32 if left out.")


class FromLogits(Score):
    """A score of probabilities that also takes logits."""

    from_logits: bool = Field(False, description="Whether predictions are logits rather than probabilities.")


class Smoothed(Score):
    """A score whose targets can be smoothed."""

    label_smoothing: Fraction = Field(0.0, description="How far targets are moved towards all classes being equal.")


class OverAxis(Score):
    """A score that is taken along one axis."""

    axis: int = Field(-1, description="The axis along which predictions and targets are compared.")


class IgnoringClass(Score):
    """A score of class numbers that can leave one class out."""

    ignore_class: int | None = Field(None, description="The number of a class that does not count.")

"""What merging layers have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from spec_compiler.catalog.dtypes import promote
from spec_compiler.catalog.intervals import Interval
from spec_compiler.catalog.layers.base import CallArgument, LayerConfig, of_operands, tensors
from spec_compiler.catalog.rules import ArityError, DtypeError, ShapeError, describe_shapes
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, one

ANY_NUMBER = (tensors("inputs", "The tensors to merge."),)
A_PAIR = (tensors("inputs", "The two tensors to merge.", minimum=2, maximum=2),)


class Merge(LayerConfig):
    """A layer that takes a list of tensors."""

    merges: ClassVar[bool] = True
    ranged_by: ClassVar[tuple[str, ...]] = ("inputs",)
    interval: ClassVar[Callable[..., Interval]] = of_operands
    calls: ClassVar[tuple[CallArgument, ...]] = ANY_NUMBER

    def take(self, inputs: Sequence[TensorType]) -> list[TensorType]:
        """The tensors as the layer sees them: floating-point ones cast.

        Raises:
            ArityError: There are too few or too many.
            DtypeError: Text is among numbers.
        """
        (call,) = self.calls
        if len(inputs) < call.minimum or (call.maximum is not None and len(inputs) > call.maximum):
            expected = str(call.minimum) if call.minimum == call.maximum else f"{call.minimum} or more"
            raise ArityError(f"takes {expected} tensors, and gets {len(inputs)}", "inputs")
        xs = [self.cast(x) for x in inputs]
        texts = [x.dtype == "string" for x in xs]
        if any(texts) and not all(texts):
            raise DtypeError("cannot mix text with numbers", texts.index(True), texts.index(False))
        return xs

    def result_dtype(self, dtypes: Sequence[str]) -> str:
        """The dtype of a result, of inputs as the layer sees them: what all of them go into."""
        return dtypes[0] if len(set(dtypes)) == 1 else promote(*dtypes)

    def merged(self, shape: Shape, inputs: Sequence[TensorType]) -> Inferred:
        """A result of a shape: sparse if all inputs are, ragged if one is."""
        sparse = all(x.sparse for x in inputs)
        ragged = any(x.ragged for x in inputs)
        return one(TensorType(shape, self.result_dtype([x.dtype for x in inputs]), sparse, ragged))


def common_batch(shapes: Sequence[Shape]) -> Dimension:
    """The batch size, if one of the shapes knows it."""
    known = {shape[0]: index for index, shape in enumerate(shapes) if shape[0] is not None}
    if len(known) > 1:
        places = sorted(known.values())[:2]
        pair = describe_shapes([shapes[index] for index in places])
        raise ShapeError(f"takes tensors of one batch size, and gets {pair}", *places)
    return next(iter(known), None)

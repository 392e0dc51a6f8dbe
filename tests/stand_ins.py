"""Rules of the tests' own for layers that stand in many specs.

What a layer gives is for the tests of the catalogue. A lint, a comparison or a table needs layers that give something,
and asks nothing of how it was found. The module of such tests says ``pytestmark = pytest.mark.usefixtures("stand_ins")``,
and a mistake in `Dense.infer` is then told by the tests of the catalogue and of inference, and not by those of a lint.
"""

from __future__ import annotations

from spec_compiler.catalog.layers.core.dense import Dense
from spec_compiler.catalog.tensors import Inferred, TensorType, Weight


def infer_dense(self: Dense, inputs: TensorType, training: bool | None = None) -> Inferred:
    """(…, n) to (…, units)."""
    kernel = Weight(
        "kernel",
        (inputs.shape[-1], self.units),
        self.variable_dtype,
        self.kernel_initializer,
        regularizer=self.kernel_regularizer,
    )
    bias = Weight(
        "bias",
        (self.units,),
        self.variable_dtype,
        self.bias_initializer,
        regularizer=self.bias_regularizer,
    )
    output = TensorType((*inputs.shape[:-1], self.units), self.compute_dtype)
    return Inferred((output,), (kernel, bias) if self.use_bias else (kernel,))

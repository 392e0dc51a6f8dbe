"""Where NaN comes from: each node of a model is looked at as it runs, and the first that makes NaN is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import keras
import numpy as np

from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.report import Report
from spec_compiler.graph.graph import Layer
from spec_compiler.pipeline import SpecError
from spec_compiler.spans import Place
from spec_compiler.training.check_data import DataCheck
from spec_compiler.views import GraphView


class _NaNFound(BaseException):
    """Ends training. It is no `Exception`, of which Keras would make another one on its way out of a layer."""


class NaNFinder(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends training at the first NaN, and says what made it: a node, the gradient of a weight, or a loss."""

    def __init__(self, graph: GraphView) -> None:
        super().__init__()
        self._graph = graph
        self._layers = {layer.keras_name: layer for layer in graph.layers.values()}
        self._when = "before the first step"
        self._report: Report | None = None
        self._epoch = 1
        self._seen: dict[str, bool] = {}
        """On JAX, the nodes that have made NaN in this step, and whether of numbers that were infinite in part."""

    def watch(self, model: keras.Model) -> None:
        """Have a model look at what each of its nodes gives; it runs step by step from then on."""
        model.run_eagerly = True
        model.jit_compile = False
        for operation in model.operations:
            if not isinstance(operation, keras.layers.InputLayer):
                operation.call = self._watched(operation.name, operation.call)

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Raise what has ended training as the mistake that it is.

        Raises:
            SpecError: There was NaN.
        """
        try:
            yield
        except _NaNFound as found:
            assert self._report is not None
            raise SpecError(self._report) from found

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def watched(*arguments: Any, **options: Any) -> Any:
            results = call(*arguments, **options)
            made, taken = keras.tree.flatten(results), keras.tree.flatten((arguments, options))
            if keras.backend.backend() == "jax":
                self._look_later(name, made, taken)
            elif any(map(_has_nan, made)) and not any(map(_has_nan, taken)):
                self._tell_of(name, any(map(_is_infinite, taken)))
            return results

        return watched

    def _look_later(self, name: str, made: Sequence[Any], taken: Sequence[Any]) -> None:
        """Look at values of JAX when there are such: a node is called with what stands for them."""
        import jax

        def any_of(question: Callable[[Any], Any], values: Sequence[Any]) -> Any:
            numbers = [each for each in values if isinstance(each, jax.Array) and each.dtype.kind in "fcV"]
            return jax.numpy.array([question(each).any() for each in numbers] or [False]).any()

        is_nan, is_infinite = jax.numpy.isnan, jax.numpy.isinf
        seen = any_of(is_nan, made) & ~any_of(is_nan, taken), any_of(is_infinite, taken)
        jax.debug.callback(partial(self._see, name), *seen)

    def _see(self, name: str, made: Any, infinite: Any) -> None:
        if made:
            self._seen[name] = bool(infinite)

    def _tell_of(self, name: str, infinite: bool) -> None:
        of = ", which are infinite in part" if infinite else ""
        self._tell(name, f"`{name}` gives NaN {self._when}, of numbers{of}")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Count the epochs."""
        self._epoch = epoch + 1

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Count the steps."""
        self._when = f"in step {batch + 1} of epoch {self._epoch}"

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the loss, and at the weights that the step has made."""
        if keras.backend.backend() == "jax":
            import jax

            jax.effects_barrier()
        for operation in self.model.operations:
            if operation.name in self._seen:
                self._tell_of(operation.name, self._seen[operation.name])
        values = logs or {}
        if np.isnan(float(values.get("loss", 0.0))):
            lost = [output.name for output in self._graph.outputs if output.settings.loss is not None]
            name = next((each for each in lost if np.isnan(float(values.get(f"{each}_loss", np.nan)))), lost[0])
            place = next(output.place for output in self._graph.outputs if output.name == name) / "loss"
            self._tell(name, f"the loss of `{name}` is NaN {self._when}, of numbers", place)
        for weight in self.model.trainable_variables:
            if _has_nan(weight):
                name = weight.path.rsplit("/", 1)[0].split("/")[0]
                self._tell(name, f"the gradient of `{weight.path}` makes it NaN {self._when}")

    def _tell(self, name: str, message: str, place: Place | None = None) -> None:
        layer: Layer | None = self._layers.get(name)
        check = DataCheck(self._graph)
        at = place if place is not None else layer.place.key() if layer is not None else Place(("nodes",)).key()
        check.findings.add(
            codes.NAN_MADE,
            message,
            at,
            hint="a lower learning rate, `clipnorm` of the optimizer, or a small number added before a division or a "
            "logarithm keeps numbers finite",
        )
        self._report = check.report()
        raise _NaNFound


def _array(value: Any) -> Any:
    if not keras.ops.is_tensor(value) and not isinstance(value, keras.Variable):
        return None
    array = keras.ops.convert_to_numpy(value) if value.dtype != "string" else None
    return array if array is not None and array.dtype.kind in "fc" else None


def _has_nan(value: Any) -> bool:
    array = _array(value)
    return array is not None and bool(np.isnan(array).any())


def _is_infinite(value: Any) -> bool:
    array = _array(value)
    return array is not None and bool(np.isinf(array).any())

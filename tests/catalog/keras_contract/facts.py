"""Whether what is stated of the results of a call is what Keras computes: the bounds, the batch, the gradient.

A call is a spec with the node `result`, on inputs with drawn data and weights. It is run in training and otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import yaml

import spec_compiler as sc
from spec_compiler.analysing.batches import Batches
from spec_compiler.analysing.gradients import Gradients
from spec_compiler.analysing.ranges import Ranges
from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.examples import example
from spec_compiler.catalog.gradient_flow import Flow
from spec_compiler.catalog.intervals import Interval
from spec_compiler.graph.typed import TensorRef, TypedGraph, tensors

ROUNDING = {"float64": 1e-6, "float32": 1e-3, "float16": 2e-2, "bfloat16": 6e-2}
"""How far beyond a bound a result may be, as a share of it."""

SPANS = [(-3.0, 3.0), (0.0, 1.0), (0.25, 0.75), (-2.0, -0.5), (1.5, 40.0), (-100.0, 100.0)]
"""Where data lie."""

BATCH = 4
WORDS = np.array(["red", "blue", "a", "something else", ""], dtype=object)


def spec_of(name: str, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """The example of a type as a spec, with other arguments; None if it is not valid, or has no input."""
    found = example(name)
    assert found is not None, name
    spec: dict[str, Any] = yaml.safe_load(found.text)
    node = spec["nodes"][found.node]
    kept = {key: value for key, value in node.items() if key in ("type", "inputs", "call")}
    spec["nodes"][found.node] = {**kept, **arguments}
    return spec if sc.check_spec(spec).ok else None


class Run:
    """A call of a type on data.

    Attributes:
        graph: The typed graph of the call.
        data: What flows in, by name.
    """

    def __init__(self, spec: Mapping[str, Any], seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.graph = sc.load_spec(spec)
        outputs = self.graph.results["result"].outputs
        is_constant = "result" in self.graph.graph.constants
        several = {**spec, "outputs": {f"o{index}": {"from": f"result.{index}"} for index in range(len(outputs))}}
        self.model = sc.compile_spec(spec if is_constant or len(outputs) == 1 else several)
        self._draw_weights()
        self.data = {name: self._drawn(self.graph, name) for name in self.graph.inputs}
        self.is_constant = is_constant
        self._results: dict[bool, list[Any]] = {}

    def __call__(self, training: bool) -> list[Any]:
        """The results on the data, computed once; for a tape they are to be `computed` under it."""
        if training not in self._results:
            self._results[training] = self.computed(training)
        return self._results[training]

    def computed(self, training: bool, data: Mapping[str, Any] | None = None) -> list[Any]:
        """The results on the data, or on others, computed anew."""
        given = [(data or self.data)[name] for name in self.graph.inputs]
        return keras.tree.flatten(self.model(given if len(given) > 1 else given[0], training=training))

    def _draw_weights(self) -> None:
        for weight in self.model.trainable_variables:
            drawn = self.random.normal(scale=self.random.choice([0.5, 3.0]), size=weight.shape)
            weight.assign(weight.constraint(drawn) if weight.constraint else drawn)

    def _drawn(self, graph: TypedGraph, name: str) -> Any:
        x = graph.results[name].outputs[0]
        shape = [BATCH if length is None else length for length in x.shape]
        low, high = SPANS[self.random.integers(len(SPANS))]
        if x.dtype == "string":
            return tf.constant(self.random.choice(WORDS, shape))
        if x.dtype == "bool":
            return tf.constant(self.random.integers(0, 2, shape).astype(bool))
        if is_float(x.dtype):
            return tf.cast(self.random.uniform(low, high, shape), x.dtype)
        if x.dtype.startswith("complex"):
            return tf.cast(self.random.normal(size=shape) + 1j * self.random.normal(size=shape), x.dtype)
        return tf.cast(self.random.integers(0, self.random.choice([2, 9]), shape), x.dtype)

    def given(self) -> dict[TensorRef, Interval]:
        """Between which bounds the data lie."""
        found = {}
        for name, data in self.data.items():
            if data.dtype.is_floating or data.dtype.is_integer:
                low, high = np.min(data), np.max(data)
                whole = data.dtype.is_integer
                found[TensorRef(name, 0)] = (
                    Interval(int(low), int(high)) if whole else Interval(float(low), float(high))
                )
        return found


def outside(run: Run) -> Iterator[str]:
    """Yields what results have beyond the bounds that are stated for them."""
    if run.is_constant:
        return
    ranges = Ranges(run.graph, run.given())
    for training in (False, True):
        for output, result in enumerate(run(training)):
            if not (result.dtype.is_floating or result.dtype.is_integer) or isinstance(result, tf.SparseTensor):
                continue
            stated = ranges.of(TensorRef("result", output))
            numbers = np.asarray(tf.cast(result, "float64")).ravel()
            numbers = numbers[np.isfinite(numbers)]
            if not numbers.size:
                continue
            slack = ROUNDING.get(result.dtype.name, 0.0)
            low, high = (
                bound - sign * slack * max(1.0, abs(bound)) for bound, sign in ((stated.low, 1), (stated.high, -1))
            )
            if numbers.min() < low or numbers.max() > high:
                yield f"output {output} has {numbers.min()} to {numbers.max()}, stated is {stated} (training={training})"


def wrong_batch(run: Run) -> Iterator[str]:
    """Yields what of the first axis is not as stated: that it is the batch, or what has become of it."""
    batches = Batches(run.graph)
    if any(run.graph.results[name].outputs[0].shape[:1] != (None,) for name in run.graph.inputs) or run.is_constant:
        return
    for output, result in enumerate(run(False)):
        tensor = TensorRef("result", output)
        found, shape = batches.of(tensor), tuple(result.shape)
        if found is not None and found.axis is not None:
            rows = BATCH * found.times  # parts of a batch that cannot be divided so are of several lengths
            if shape[found.axis] == BATCH if rows % 1 else shape[found.axis] != rows:
                yield f"output {output} has {shape}, stated is {found}"
        elif not batches.is_unusual(tensor) and shape[:1] != (BATCH,):
            yield f"output {output} has {shape}, and nothing is stated"


def wrong_gradient(run: Run) -> Iterator[str]:
    """Yields what comes back where none, or zero, is stated, and what does not where something is."""
    gradients = Gradients(run.graph)
    floats = [name for name in run.graph.inputs if is_float(run.graph.results[name].outputs[0].dtype)]
    taken = {tensor.node for tensor in tensors(run.graph.calls["result"])}
    outputs = run.graph.results["result"].outputs
    if not floats or run.is_constant or any(x.dtype.startswith("complex") for x in outputs):
        return
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([run.data[name] for name in floats])
        results = run.computed(True)
        sums = [
            tf.reduce_sum(tf.cast(result, "float32") * tf.random.uniform(tf.shape(result)))
            for result in results
            if not isinstance(result, tf.SparseTensor) and result.dtype.is_floating
        ]
        total = tf.add_n(sums) if sums else None
    carried = any(gradients.carries(TensorRef("result", index)) for index in range(len(results)))
    flow = gradients.through("result") if carried else Flow.NONE
    for name in floats:
        try:
            gradient = tape.gradient(total, run.data[name]) if total is not None else None
        except Exception:  # whatever TensorFlow raises where it has no gradient for such a call
            continue
        is_zero = gradient is not None and not np.any(np.asarray(tf.convert_to_tensor(gradient)))
        if flow is Flow.NONE and gradient is not None and not is_zero:
            yield f"a gradient comes back to {name}, and none is stated"
        if flow is Flow.ZERO and gradient is not None and not is_zero:
            yield f"a gradient comes back to {name}, and it is stated to be zero"
        if flow is Flow.SOME and gradient is None and name in taken and len(floats) == 1:
            yield f"no gradient comes back to {name}, and one is stated"

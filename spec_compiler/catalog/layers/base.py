"""What all layers have: their general arguments, their call, and the rule that infers its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.constraints import Constraint as WeightConstraint
from spec_compiler.catalog.costs import Cost, bytes_of
from spec_compiler.catalog.dtypes import is_float, policy
from spec_compiler.catalog.fields import (
    ActivationName,
    Constraint,
    DtypePolicy,
    Initializer,
    Regularizer,
)
from spec_compiler.catalog.initializers import Initializer as WeightInitializer
from spec_compiler.catalog.regularizers import Regularizer as WeightRegularizer
from spec_compiler.catalog.rules import ShapeError, invalid
from spec_compiler.catalog.tensors import Dimension, Inferred, TensorType, Weight, format_shape
from spec_compiler.catalog.thing import Thing


@dataclass(frozen=True, slots=True)
class CallArgument:
    """An argument of a call: a tensor, a list of tensors, either of them, or a flag that a spec gives under `call`."""

    name: str
    kind: Literal["tensor", "tensors", "either", "flag"]
    description: str
    required: bool = True
    minimum: int = 1
    maximum: int | None = None


def tensor(name: str, description: str, *, required: bool = True) -> CallArgument:
    """An argument that is one tensor."""
    return CallArgument(name, "tensor", description, required)


def tensors(
    name: str, description: str, *, required: bool = True, minimum: int = 1, maximum: int | None = None
) -> CallArgument:
    """An argument that is a list of tensors, of `minimum` to `maximum` of them."""
    return CallArgument(name, "tensors", description, required, minimum, maximum)


def either(name: str, description: str, *, required: bool = True) -> CallArgument:
    """An argument of which nothing is known: it may be one tensor or a list of them."""
    return CallArgument(name, "either", description, required)


def flag(name: str, description: str) -> CallArgument:
    """An argument that is true or false; without it, Keras decides."""
    return CallArgument(name, "flag", description, required=False)


INPUTS = tensor("inputs", "The tensor that the layer is applied to.")
TRAINING = flag("training", "Whether the layer works as in training; by default, as the model does.")
MASK = tensor("mask", "Which elements count: a boolean tensor.", required=False)


def no_products(_operation: Operation, _result: Inferred, **_call: Any) -> Dimension:
    """The rule of what multiplies no matrices: it counts nothing, however much work it is."""
    return 0


class Operation(Thing):
    """Something that can be called on tensors: a layer or an op.

    `calls` are the arguments of the call, in Keras's order; the first tensors are the positional ones.
    `infer` takes the same arguments by name, and so do `multiply_adds` and `call_cost`.
    """

    calls: ClassVar[tuple[CallArgument, ...]] = (INPUTS,)
    takes_numbers: ClassVar[bool] = False
    """Whether plain numbers may stand where tensors do, as in ops."""
    infer: ClassVar[Callable[..., Inferred]]
    """``infer(self, **tensors and flags) -> Inferred``. Raises `RuleError` where Keras would refuse the call."""
    multiply_adds: ClassVar[Callable[..., Dimension]] = no_products
    """``multiply_adds(self, result, **tensors and flags) -> int | None``, the result being what `infer` gives: how many
    products of two numbers the call forms outside of training, for the whole batch; None if that is not known."""

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What a call costs that `infer` gives this result for."""
        return Cost(self.multiply_adds(result, **call), bytes_of(*result.outputs))

    def apply(self, **call: Any) -> Inferred:
        """What a call gives: `infer`, and what holds for all operations of a kind.

        Raises:
            RuleError: Keras would refuse the call, or could not run it.
        """
        return self.infer(**call)

    @classmethod
    def positional_tensors(cls) -> tuple[CallArgument, ...]:
        """The tensors that a list of inputs is taken for, in order: those that every call needs."""
        return tuple(call for call in cls.calls if call.kind != "flag" and call.required)

    @classmethod
    def takes_one(cls) -> bool:
        """Whether one tensor is enough for a call, outside of any list."""
        return [call.kind in ("tensor", "either") for call in cls.positional_tensors()] == [True]

    def arrange(self, argument: str, values: list[Any]) -> Any:
        """A list of tensors for a call argument, in the structure that Keras wants it in."""
        return values


class Trainable(Operation):
    """A layer or a model: an operation that may have weights."""

    nested: ClassVar[tuple[str, ...]] = ()
    """The arguments that are layers themselves, or lists of layers."""

    states_shape: ClassVar[bool] = True
    """Whether Keras can be asked for the shape of the layer's output without a call of it."""

    trainable: bool = Field(True, description="Whether training changes the layer's weights.")


class Layer(Trainable):
    """A layer of Keras."""

    dtype: DtypePolicy = Field(
        None, description="The dtype, or the dtype policy, that the layer computes in and keeps its weights in."
    )
    activity_regularizer: Regularizer = Field(None, description="What is added to the loss for the layer's output.")

    @property
    def compute_dtype(self) -> str:
        """The dtype that the layer computes in."""
        return policy(self.dtype or "float32").compute

    @property
    def variable_dtype(self) -> str:
        """The dtype that the layer keeps its weights in."""
        return policy(self.dtype or "float32").variable

    def cast(self, x: TensorType) -> TensorType:
        """An input as the layer sees it: Keras casts floating-point inputs to the compute dtype, and only those."""
        return x.with_dtype(self.compute_dtype) if is_float(x.dtype) else x

    def weight(
        self,
        name: str,
        shape: tuple[int, ...],
        initializer: Thing | None = None,
        *,
        trainable: bool = True,
        dtype: str | None = None,
    ) -> Weight:
        """A weight of the layer, in the layer's variable dtype unless another is named.

        Raises:
            ShapeError: The initializer cannot fill it, or its regularizer or constraint cannot be applied to it.
        """
        dtype = dtype or self.variable_dtype
        self.check_initializer(name, shape, dtype, initializer)
        self.check_penalties(name, shape, dtype)
        return Weight(name, shape, dtype, initializer, trainable)

    def check_initializer(self, weight: str, shape: tuple[int, ...], dtype: str, initializer: Thing | None) -> None:
        """Refuse an initializer that cannot fill a weight.

        Raises:
            ShapeError: It cannot.
        """
        problem = initializer.refuses(shape, dtype) if isinstance(initializer, WeightInitializer) else None
        if problem is not None:
            raise ShapeError(
                f"has the initializer `{type(initializer).__name__}`, which {problem}, "
                f"and `{weight}` is of shape {format_shape(shape)} and {dtype}",
                argument=self._argument_of(weight, initializer),
            )

    def check_penalties(self, weight: str, shape: tuple[int, ...], dtype: str) -> None:
        """Refuse a regularizer or a constraint that cannot be applied to a weight.

        Raises:
            ShapeError: One cannot.
        """
        if not self.trainable:
            # Keras applies neither to what is not trained.
            return
        stem = weight.rpartition("/")[2].removesuffix("_kernel")
        names = (stem, "depthwise") if stem == "kernel" else (stem,)
        for argument in (f"{name}_{kind}" for name in names for kind in ("regularizer", "constraint")):
            thing = getattr(self, argument, None)
            problem = None
            if isinstance(thing, WeightRegularizer):
                problem = thing.refuses(shape, dtype)
            elif isinstance(thing, WeightConstraint):
                problem = thing.refuses(shape)
            if problem is not None:
                raise ShapeError(
                    f"has the {argument.rpartition('_')[2]} `{type(thing).__name__}`, which {problem}, "
                    f"and `{weight}` is of shape {format_shape(shape)} and {dtype}",
                    argument=argument,
                )

    def apply(self, **call: Any) -> Inferred:
        """What `infer` says, if there can be an activity regularizer on the outputs."""
        inferred = self.infer(**call)
        regularizer = self.activity_regularizer
        if not isinstance(regularizer, WeightRegularizer):
            return inferred
        for output in inferred.outputs:
            problem = regularizer.refuses(output.shape, output.dtype)
            if problem is not None:
                raise ShapeError(
                    f"has the activity regularizer `{type(regularizer).__name__}`, which {problem}, "
                    f"and gives {format_shape(output.shape)} {output.dtype}",
                    argument="activity_regularizer",
                )
        return inferred

    def _argument_of(self, weight: str, initializer: Thing | None) -> str | None:
        """The argument that a weight's initializer comes from; one of several with the same by the weight's name."""
        arguments = [name for name in type(self).model_fields if getattr(self, name) is initializer]
        named = {f"{weight}_initializer", f"{weight.removesuffix('_kernel')}_initializer"}
        return next((name for name in arguments if name in named), arguments[0] if arguments else None)


class Arguments(BaseModel):
    """A group of arguments that several layers have in common."""

    model_config = Thing.model_config


class Kernel(Arguments):
    """The arguments about a layer's kernel."""

    kernel_initializer: Initializer = Field(
        "glorot_uniform", validate_default=True, description="What the kernel is before training."
    )
    kernel_regularizer: Regularizer = Field(None, description="What is added to the loss for the kernel.")
    kernel_constraint: Constraint = Field(None, description="What the kernel is forced into after each step.")


class Bias(Arguments):
    """The arguments about a layer's bias."""

    use_bias: bool = Field(True, description="Whether a bias is added.")
    bias_initializer: Initializer = Field(
        "zeros", validate_default=True, description="What the bias is before training."
    )
    bias_regularizer: Regularizer = Field(None, description="What is added to the loss for the bias.")
    bias_constraint: Constraint = Field(None, description="What the bias is forced into after each step.")


class Activated(Arguments):
    """The argument about what is applied to the result."""

    activation: ActivationName = Field(None, description="The function that is applied to the result; null for none.")


@dataclass(frozen=True, slots=True)
class Inner:
    """A layer inside another: its name, its arguments, and whether it is one of the spec's shared layers."""

    name: str
    config: Trainable
    shared: bool = False

    def infer(self, x: TensorType, **call: Any) -> Inferred:
        """What a call on one tensor gives. The weights are named below this layer; a shared layer's stay its own."""
        result = self.config.apply(**{self.config.calls[0].name: x}, **call)
        return Inferred(result.outputs, self.own(result.weights, self.name), result.names)

    def cost(self, x: TensorType, result: Inferred) -> Cost:
        """What a call on one tensor costs that gives this result."""
        return self.config.call_cost(result, **{self.config.calls[0].name: x})

    def own(self, weights: tuple[Weight, ...], name: str) -> tuple[Weight, ...]:
        """Weights of this layer as its owner states them, where Keras calls the layer `name`.

        Whether a shared layer is trained, it says itself, wherever it stands.
        """
        return tuple(
            replace(
                weight,
                name=weight.name if self.shared or weight.owner else f"{name}/{weight.name}",
                trainable=weight.trainable and (self.config.trainable or weight.owner is not None),
                owner=weight.owner or (self.name if self.shared else None),
            )
            for weight in weights
        )


def inner_layers(layer: Trainable) -> Iterator[Inner]:
    """The layers inside a layer, at any depth, each as often as it stands there."""
    for field in type(layer).nested:
        value = getattr(layer, field)
        for inner in value if isinstance(value, tuple) else (value,):
            if inner is not None:
                yield inner
                yield from inner_layers(inner.config)


class _InnerLayer:
    """The annotation of a field that takes a layer: the compiler has made an `Inner` of what the spec says."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def parse(value: Any) -> Inner:
            if not isinstance(value, Inner):
                raise invalid("takes a layer: a mapping with `type` and its arguments, or with `use`")
            return value

        return core_schema.no_info_plain_validator_function(parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"x-definition": "nested_layer"}


InnerLayer = Annotated[Inner, _InnerLayer()]

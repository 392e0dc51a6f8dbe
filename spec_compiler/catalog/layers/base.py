"""What all layers have: their general arguments, their call, and the rule that infers its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Protocol, Self, TypeVar, cast

from pydantic import BaseModel, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from spec_compiler.catalog.activations import SHARING, activated
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.constraints.base import Constraint as WeightConstraint
from spec_compiler.catalog.costs import Cost, bytes_of
from spec_compiler.catalog.dtypes import is_float, is_integer, policy
from spec_compiler.catalog.fields import (
    ActivationName,
    Constraint,
    DtypePolicy,
    Initializer,
    Regularizer,
)
from spec_compiler.catalog.gradient_flow import Flow, NoDerivative
from spec_compiler.catalog.initializers.base import Initializer as WeightInitializer
from spec_compiler.catalog.intervals import EVERY, UNKNOWN, Interval, Ranged, hull, in_dtype, number
from spec_compiler.catalog.mask_rules import UNKNOWN as UNKNOWN_MASK
from spec_compiler.catalog.mask_rules import MaskRule
from spec_compiler.catalog.regularizers.base import Regularizer as WeightRegularizer
from spec_compiler.catalog.rules import DtypeError, RuleError, ShapeError, conflict, invalid
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, Weight, format_shape

T = TypeVar("T")


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


@dataclass(frozen=True)
class CallSignature:
    """What a call takes: its arguments in Keras's order, and which of them a plain list of inputs is taken for."""

    calls: tuple[CallArgument, ...]
    positional: tuple[CallArgument, ...]
    takes_numbers: bool = False

    @cached_property
    def tensors(self) -> tuple[CallArgument, ...]:
        """The arguments that are tensors, or lists of them."""
        return tuple(call for call in self.calls if call.kind != "flag")

    @cached_property
    def flags(self) -> tuple[CallArgument, ...]:
        """The arguments that a spec gives under `call`."""
        return tuple(call for call in self.calls if call.kind == "flag")

    @property
    def takes_one(self) -> bool:
        """Whether one tensor is enough for a call, outside of any list."""
        return [call.kind in ("tensor", "either") for call in self.positional] == [True]

    @cached_property
    def takes_training(self) -> bool:
        """Whether a call may be told that it is one of training."""
        return any(call.name == TRAINING.name for call in self.calls)


class NumbersTaken(NamedTuple):
    """The whole numbers from 0 that an operation takes: in which of its tensors, below which number, and what says so.

    `fails` says whether it cannot run with a larger one, which otherwise is left out of the result. `route` leads to
    the layer inside that takes them, if it is one.
    """

    operand: str
    below: int
    argument: str
    fails: bool
    route: tuple[str | int, ...] = ()


def no_products(_operation: Operation, _result: Inferred, **_call: Any) -> Dimension:
    """The rule of what multiplies no matrices: it counts nothing, however much work it is."""
    return 0


def of_activation(operation: Operation, _output: int, of: TensorType, **_call: Any) -> Interval:
    """The rule of what gives an activation of weighted sums; of anything else, it knows nothing."""
    activation = operation.applied_activation(of.rank) if operation.affine else None
    return UNKNOWN if activation is None else activated(activation, operation.sums)


def of_operands(operation: Operation, _output: int, _of: TensorType, **call: Any) -> Interval:
    """The rule of what gives elements of its operands, and no others."""
    return hull(ranged_operands(operation, call))


def of_operands_or_zero(operation: Operation, _output: int, _of: TensorType, **call: Any) -> Interval:
    """The rule of what gives elements of its operands, and zeros."""
    return hull((*ranged_operands(operation, call), number(0)))


def ranged_operands(operation: Operation, call: dict[str, Any]) -> Iterator[Interval]:
    """Yields the intervals of the operands of a call that the rule of an operation is told of."""
    for argument in operation.ranged_by:
        value = call.get(argument)
        for each in value if isinstance(value, list) else (value,):
            if each is not None:
                yield each.interval


class Operation(Config):
    """Something that can be called on tensors: a layer or an op.

    `calls` are the arguments of the call, in Keras's order; the first tensors are the positional ones.
    `infer` takes the same arguments by name, and so do `multiply_adds` and `call_cost`.
    """

    keras_module: ClassVar[str] = "keras.layers"

    calls: ClassVar[tuple[CallArgument, ...]] = (INPUTS,)
    nested: ClassVar[tuple[str, ...]] = ()
    """The arguments that are layers themselves, or lists of layers."""
    takes_numbers: ClassVar[bool] = False
    """Whether plain numbers may stand where tensors do, as in ops."""
    flat_operands: ClassVar[tuple[str, ...]] = ()
    """The tensors of the call that may stand as numbers among the arguments, where an op makes a constant."""
    example: ClassVar[str]
    """The arguments and the inputs of a call, as a spec writes them beside `type`; the inputs are among `INPUTS`."""
    several_outputs: ClassVar[bool] = False
    """Whether the call of the example has several outputs."""
    mask_rule: ClassVar[MaskRule]
    """What it does with masks. It has no default: each class states it, by itself or through its family."""
    keeps_inner_kernel: ClassVar[bool] = False
    """Whether it keeps the kernel of the layer inside it as its first weight too, so that Keras saves that twice."""
    affine: ClassVar[bool] = False
    """Whether the result is an activation of weighted sums of the input."""
    mixes_freely: ClassVar[bool] = False
    """Whether each number of the result is a sum of all those along the last axis: two such in a row are as one."""
    attends: ClassVar[bool] = False
    """Whether it is attention over the steps of a sequence."""
    needs_tensorflow: ClassVar[bool] = False
    """Whether a model that it is in can be trained only where Keras runs on TensorFlow."""
    drops: ClassVar[bool] = False
    """Whether it drops a share of its input in training."""
    merges: ClassVar[bool] = False
    """Whether it makes one tensor of several that play the same part."""
    removes_mean: ClassVar[bool] = False
    """Whether it takes the mean over the batch away from each unit in training."""
    rearranges: ClassVar[bool] = False
    """Whether the result has the elements of the input, along other axes."""
    unstated_complex: ClassVar[bool] = False
    """Whether it gives complex numbers, of which Keras states that they are real."""
    stops_gradient: ClassVar[bool] = False
    """Whether no gradient comes back from the result, though it has floating-point numbers: there is none at all."""
    has_flat_result: ClassVar[bool] = False
    """Whether the gradient that comes back from the result is zero everywhere, as the result is constant in steps."""
    default_training: ClassVar[bool | None] = None
    """The default of `training` in Keras's `call`, which Keras records where a call does not say."""
    converts_inputs: ClassVar[bool] = True
    """Whether Keras casts floating-point inputs to the dtype that the layer computes in."""
    attaches_masks: ClassVar[bool] = True
    """Whether Keras attaches the mask of a result while a model is put together, and not only where it is computed."""
    built_from_the_start: ClassVar[bool] = False
    """Whether Keras's class is built by its constructor, so that it keeps no shapes that it was built for."""
    built_for: ClassVar[tuple[str, ...] | None] = None
    """The call arguments whose shapes Keras's `build` takes, where these are others than the first alone."""
    infer: ClassVar[Callable[..., Inferred]]
    """``infer(self, **tensors and flags) -> Inferred``. Raises `RuleError` where Keras would refuse the call."""
    multiply_adds: ClassVar[Callable[..., Dimension]] = no_products
    """``multiply_adds(self, result, **tensors and flags) -> int | None``, the result being what `infer` gives: how many
    products of two numbers the call forms outside of training, for the whole batch; None if that is not known."""

    ranged_by: ClassVar[tuple[str, ...]] = ()
    """The arguments of the call whose elements say something of those of the result."""
    interval: ClassVar[Callable[..., Interval]] = of_activation
    """``interval(self, output, of, **operands and flags) -> Interval``: between which bounds the elements of one of the
    outputs lie, whose type is `of`. The operands are those of `ranged_by` that the call has, each as a `Ranged`."""

    @property
    def flow(self) -> Flow:
        """What comes back through a call, of a gradient of its results."""
        return Flow.NONE if self.stops_gradient else Flow.ZERO if self.has_flat_result else Flow.SOME

    def without_derivative(self, result: Inferred, trained: bool, frozen: bool, **call: Any) -> NoDerivative | None:
        """Returns what of a call Keras has no gradient of, where one of its result has to come back through it.

        `trained` says whether one has to come back to what the call takes, as weights that are trained lead there;
        `frozen`, whether a layer around this one is not trained.
        """
        return self.lacks_derivative(result.outputs[0].dtype) if trained else None

    def lacks_derivative(self, dtype: str) -> NoDerivative | None:
        """Returns why Keras can compute a result of a dtype and has no gradient of it; None if it has one."""
        return None

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What a call costs that `infer` gives this result for."""
        return Cost(self.multiply_adds(result, **call), bytes_of(*result.outputs))

    def apply(self, **call: Any) -> Inferred:
        """What a call gives: `infer`, and what holds for all operations of a kind.

        Raises:
            RuleError: Keras would refuse the call, or could not run it.
        """
        return self.infer(**call)

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """Returns what a call with such flags does with masks, where that depends on arguments or on layers inside."""
        return self.mask_rule

    @property
    def hides_mask(self) -> bool:
        """Whether a layer inside makes a mask that does not come out with the result."""
        return False

    @classmethod
    def masked_arguments(cls) -> tuple[str, ...]:
        """Returns the call arguments whose masks Keras hands to the call: those with a mask argument of their own, or
        the first.
        """
        names = [call.name for call in cls.calls]
        return tuple(name for name in names if f"{name}_mask" in names) or tuple(names[:1])

    @classmethod
    def mask_arguments(cls) -> tuple[CallArgument, ...]:
        """Returns the call arguments that take a mask as a tensor."""
        return tuple(call for call in cls.calls if call.name.endswith("mask") and call.kind != "flag")

    @classmethod
    def state_arguments(cls) -> tuple[CallArgument, ...]:
        """Returns the call arguments that take the states to begin with."""
        return tuple(call for call in cls.calls if call.name.endswith(("_state", "states")))

    @property
    def sums(self) -> Interval:
        """Between which bounds weighted sums lie: any number can come out, but where weights are constrained."""
        given = self.model_fields_set
        constrained = any(name.endswith("_constraint") and getattr(self, name) is not None for name in given)
        return UNKNOWN if constrained else EVERY

    def shape_outside_training(self, x: TensorType) -> Shape | None:
        """Returns the shape that a call on one tensor gives outside of training, where `infer` states another one.

        None where the shape is the same, or not known.
        """
        return None

    def needs_xla(self, result: TensorType) -> bool:
        """Whether a processor computes a result of this type only as XLA compiles it, for want of a kernel."""
        return False

    @property
    def may_move_batch(self) -> bool:
        """Whether the first axis of the result may be another than the first axis of what it takes."""
        return False

    @property
    def needs_adapting(self) -> bool:
        """Whether the layer is to be adapted to data before it can be used."""
        return False

    @property
    def passes_through(self) -> bool:
        """Whether the result has the values of the input, unchanged."""
        return False

    def seen(self, x: Ranged) -> Ranged:
        """An operand as the rule for intervals sees it."""
        return x

    def numbers_taken(self, **flags: Any) -> NumbersTaken | None:
        """Returns which numbers it takes, where these stand for rows, places or classes."""
        return None

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation that a result of `rank` axes comes out of: `linear` if it is affine without one, None
        if it cannot be told. Softmax counts if it is over the last axis.
        """
        return None

    def shares_along(self, rank: int) -> tuple[int, ...]:
        """Returns the axes along which a result of `rank` axes has shares of 1; none if that is not known.

        By its activation, that is the last axis or none.
        """
        return (rank - 1,) if rank and self.applied_activation(rank) in SHARING else ()

    @property
    def loop(self) -> Loop | None:
        """The recurrent layer whose loop over the steps this layer runs: itself, one inside it, or None."""
        return None

    @classmethod
    def positional_tensors(cls) -> tuple[CallArgument, ...]:
        """The tensors that a list of inputs is taken for, in order: those that every call needs."""
        return tuple(call for call in cls.calls if call.kind != "flag" and call.required)

    @classmethod
    def signature(cls) -> CallSignature:
        """What a call takes."""
        return _signature(cls)

    @classmethod
    def takes_one(cls) -> bool:
        """Whether one tensor is enough for a call, outside of any list."""
        return cls.signature().takes_one

    def arrange(self, argument: str, values: list[Any]) -> Any:
        """A list of tensors for a call argument, in the structure that Keras wants it in."""
        return values

    def as_called(self, arguments: Mapping[str, T]) -> tuple[T | list[T], dict[str, T]]:
        """The arguments of a call as Keras takes them: the one that stands first, and the others by their names."""
        others = dict(arguments)
        return others.pop(self.calls[0].name), others

    @property
    def calls_others(self) -> bool:
        """Whether it calls layers that it has inside."""
        return bool(type(self).nested)

    def called(self) -> Iterator[Callee]:
        """What a call of it calls in turn, each as often as it does."""
        return (inner.config for inner in layers_in(self))


@lru_cache(4096)
def _signature(kind: type[Operation]) -> CallSignature:
    """What a call of a class takes: it is asked for at every node, and made once."""
    return CallSignature(kind.calls, kind.positional_tensors(), kind.takes_numbers)


class Trainable(Operation):
    """A layer or a model: an operation that may have weights."""

    states_shape: ClassVar[bool] = True
    """Whether Keras can be asked for the shape of the layer's output without a call of it."""
    copies: ClassVar[bool] = False
    """Whether it works on copies of the layer inside it, which then cannot be a shared one."""

    trainable: bool = Field(True, description="Whether training changes the layer's weights.")

    def lost_by_saving(self, frozen: bool) -> str | None:
        """What Keras loses of the layer where it saves a model and loads it again; None if nothing.

        `frozen` says whether the layer, or one around it, is not trained.
        """
        return None


_PENALTIES = ("_regularizer", "_constraint")
"""How the arguments end that keep a weight small."""


@cache
def _penalty_arguments(layer: type[Operation]) -> tuple[str, ...]:
    """The arguments of a class of layers that keep a weight small."""
    return tuple(name for name in layer.model_fields if name.endswith(_PENALTIES))


class LayerConfig(Trainable):
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
        """An input as the layer sees it: Keras casts floating-point inputs to the compute dtype, and only those.

        So a layer that keeps the elements of its input gives whole numbers for whole numbers, although Keras states
        its compute dtype for them too.
        """
        return x.with_dtype(self.compute_dtype) if is_float(x.dtype) else x

    @property
    def computes_in_whole_numbers(self) -> bool:
        """Whether what it takes is cast to whole numbers, or to truth values."""
        return self.dtype is not None and (is_integer(self.compute_dtype) or self.compute_dtype == "bool")

    @property
    def flow(self) -> Flow:
        """What comes back through a call: nothing, where what is taken is cast to whole numbers."""
        return Flow.NONE if self.computes_in_whole_numbers else super().flow

    def seen(self, x: Ranged) -> Ranged:
        """An operand, cast: to whole numbers, if it computes with those."""
        if not is_float(x.type.dtype) or not self.computes_in_whole_numbers:
            return x
        return Ranged(self.cast(x.type), in_dtype(x.interval, self.compute_dtype))

    def weight(
        self,
        name: str,
        shape: tuple[int, ...],
        initializer: Config | None = None,
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
        penalties = self._penalties(name)
        self.check_penalties(name, shape, dtype, penalties)
        if not penalties:
            return Weight(name, shape, dtype, initializer, trainable)
        regularizer = next((config for name, config in penalties if config and name.endswith("_regularizer")), None)
        constraint = next((config for name, config in penalties if config and name.endswith("_constraint")), None)
        return Weight(name, shape, dtype, initializer, trainable, regularizer=regularizer, constraint=constraint)

    def check_initializer(self, weight: str, shape: tuple[int, ...], dtype: str, initializer: Config | None) -> None:
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

    def check_penalties(
        self, weight: str, shape: tuple[int, ...], dtype: str, penalties: Sequence[tuple[str, Any]]
    ) -> None:
        """Refuse a regularizer or a constraint that cannot be applied to a weight.

        Raises:
            ShapeError: One cannot.
        """
        if not self.trainable:
            # Keras applies neither to what is not trained.
            return
        for argument, config in penalties:
            problem = None
            if isinstance(config, WeightRegularizer):
                problem = config.refuses(shape, dtype)
            elif isinstance(config, WeightConstraint):
                problem = config.refuses(shape)
            if problem is not None:
                raise ShapeError(
                    f"has the {argument.rpartition('_')[2]} `{type(config).__name__}`, which {problem}, "
                    f"and `{weight}` is of shape {format_shape(shape)} and {dtype}",
                    argument=argument,
                )

    def _penalties(self, weight: str) -> list[tuple[str, Any]]:
        """The arguments that are a regularizer or a constraint of a weight, and what each is."""
        if self.model_fields_set.isdisjoint(_penalty_arguments(type(self))):
            return []  # As nearly always: neither has a default.
        stem = weight.rpartition("/")[2].removesuffix("_kernel")
        names = (stem, "depthwise") if stem == "kernel" else (stem,)
        return [(f"{name}{kind}", getattr(self, f"{name}{kind}", None)) for name in names for kind in _PENALTIES]

    @property
    def has_mixed_policy(self) -> bool:
        """Whether it computes in another dtype than it keeps its weights in."""
        return self.compute_dtype != self.variable_dtype

    @property
    def penalizes_output(self) -> bool:
        """Whether it adds something to the loss for its output."""
        return self.activity_regularizer is not None

    def apply(self, **call: Any) -> Inferred:
        """What `infer` says, if inputs can be cast, and there can be an activity regularizer on the outputs."""
        if self.compute_dtype == "string":
            _refuse_floats(call)
        return regularized(self.infer(**call), self.activity_regularizer)

    def _argument_of(self, weight: str, initializer: Config | None) -> str | None:
        """The argument that a weight's initializer comes from; one of several with the same by the weight's name."""
        arguments = [name for name in type(self).model_fields if getattr(self, name) is initializer]
        named = {f"{weight}_initializer", f"{weight.removesuffix('_kernel')}_initializer"}
        return next((name for name in arguments if name in named), arguments[0] if arguments else None)


def regularized(result: Inferred, regularizer: Config | None) -> Inferred:
    """What a call gives, if there can be an activity regularizer on it.

    Raises:
        ShapeError: The regularizer cannot be computed of an output.
    """
    if not isinstance(regularizer, WeightRegularizer):
        return result
    for output in result.outputs:
        problem = regularizer.refuses(output.shape, output.dtype)
        if problem is not None:
            raise ShapeError(
                f"has the activity regularizer `{type(regularizer).__name__}`, which {problem}, "
                f"and gives {format_shape(output.shape)} {output.dtype}",
                argument="activity_regularizer",
            )
    return result


def _refuse_floats(call: dict[str, Any]) -> None:
    """Refuse tensors that Keras would cast to text."""
    for value in call.values():
        for x in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(x, TensorType) and is_float(x.dtype):
                raise DtypeError(f"has the dtype string, and cannot cast {x.dtype} to that", argument="dtype")


class Unregularized(LayerConfig):
    """A layer without a `get_config` of its own in Keras, which cannot be saved with an activity regularizer."""

    @model_validator(mode="after")
    def _no_regularizer(self) -> Self:
        if self.activity_regularizer is not None:
            name = type(self).__name__
            raise conflict("activity_regularizer", f"Keras cannot save `{name}` with an `activity_regularizer`")
        return self


class Arguments(BaseModel):
    """A group of arguments that several layers have in common."""

    model_config = Config.model_config


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


class Loop(Arguments):
    """The arguments about the loop over the steps."""

    return_sequences: bool = Field(False, description="Whether the output of every step is returned, or the last one.")
    return_state: bool = Field(False, description="Whether the last states are returned too.")
    go_backwards: bool = Field(False, description="Whether the steps are taken from the last to the first.")
    stateful: bool = Field(False, description="Whether a batch begins with the states that the last one ended with.")
    unroll: bool = Field(False, description="Whether the loop is unrolled: faster for short sequences.")


class Callee(Protocol):
    """What a layer can have inside itself and call: a layer of the catalogue, or a model of the spec's own."""

    keras_name: ClassVar[str]
    nested: ClassVar[tuple[str, ...]]
    states_shape: ClassVar[bool]

    @property
    def trainable(self) -> bool:
        """Whether training changes its weights."""

    def signature(self) -> CallSignature:
        """What a call takes."""

    def takes_one(self) -> bool:
        """Whether one tensor is enough for a call, outside of any list."""

    @property
    def calls_others(self) -> bool:
        """Whether a call of it calls anything else."""

    def called(self) -> Iterator[Callee | Operation | None]:
        """What a call of it calls in turn, each as often as it does; None for what nothing is known of."""


class Applicable(Callee, Protocol):
    """What can be asked what a call of it gives: a layer, or a model once inference has put its rule in its place."""

    def apply(self, **call: Any) -> Inferred:
        """What a call gives."""

    def call_cost(self, result: Inferred, **call: Any) -> Cost:
        """What a call costs."""


class Stated:
    """What can stand in the place of a model of the spec's own and be asked for facts; of these, none is known here."""

    @property
    def ranged_by(self) -> tuple[str, ...]:
        """The arguments of the call whose elements say something of those of the result."""
        return ()

    def seen(self, x: Ranged) -> Ranged:
        """An operand as the rule for intervals sees it."""
        return x

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """Between which bounds the elements of one of the outputs lie, whose type is `of`."""
        return UNKNOWN

    @property
    def flow(self) -> Flow:
        """What comes back through a call, of a gradient of its results."""
        return Flow.SOME

    @property
    def may_move_batch(self) -> bool:
        """Whether the first axis of a result may be another than the first axis of what it takes."""
        return False

    def without_derivative(self, result: Inferred, trained: bool, frozen: bool, **call: Any) -> NoDerivative | None:
        """Returns what of a call Keras has no gradient of, where one of its result has to come back through it."""
        return None

    def mask_rule_of(self, **flags: Any) -> MaskRule:
        """What a call does with masks."""
        return UNKNOWN_MASK


@dataclass(frozen=True, slots=True)
class InnerLayer:
    """A layer inside another: its name, its arguments, and whether it is one of the spec's shared layers.

    `route` is where it stands in the arguments of the other: ``("layer",)``, ``("layers", 1)``.
    """

    name: str
    config: Callee
    shared: bool = False
    route: tuple[str | int, ...] = field(default=(), compare=False)
    # A shared layer may stand in one that stands twice in a third, and so on: each call is worked out once.
    _inferred: dict[TensorType, Inferred] = field(default_factory=dict, init=False, repr=False, compare=False)
    _costs: dict[TensorType, Cost] = field(default_factory=dict, init=False, repr=False, compare=False)
    _intervals: dict[tuple[TensorType, Ranged], Interval] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _outside_training: dict[TensorType, Shape | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _without_derivative: dict[tuple[TensorType, bool, bool], NoDerivative | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _facts: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take an `Inner` as it is: the compiler has made it."""
        return core_schema.is_instance_schema(cls)

    @property
    def layer(self) -> Trainable:
        """The layer of the catalogue that it is, where it is known to be no model of the spec's own."""
        assert isinstance(self.config, Trainable)
        return self.config

    @property
    def _rule(self) -> Applicable:
        return cast(Applicable, self.config)

    @property
    def mask_rule(self) -> MaskRule:
        """What a call of it does with masks."""
        if "mask_rule" not in self._facts:
            stated = self._stated
            self._facts["mask_rule"] = UNKNOWN_MASK if stated is None else stated.mask_rule_of()
        found: MaskRule = self._facts["mask_rule"]
        return found

    @property
    def flow(self) -> Flow:
        """What comes back through a call of it, of a gradient of its result."""
        if "flow" not in self._facts:
            stated = self._stated
            self._facts["flow"] = Flow.SOME if stated is None else stated.flow
        found: Flow = self._facts["flow"]
        return found

    @property
    def may_move_batch(self) -> bool:
        """Whether a call of it may give another first axis than it takes."""
        if "may_move_batch" not in self._facts:
            stated = self._stated
            self._facts["may_move_batch"] = stated is not None and stated.may_move_batch
        found: bool = self._facts["may_move_batch"]
        return found

    @property
    def _stated(self) -> Operation | Stated | None:
        """What can be asked for facts; None for a model of the spec's own in the place of which nothing was put."""
        return self.config if isinstance(self.config, (Operation, Stated)) else None

    @property
    def passes_through(self) -> bool:
        """Whether a call of it certainly gives the values of the input, unchanged."""
        if "passes_through" not in self._facts:
            self._facts["passes_through"] = isinstance(self.config, Operation) and self.config.passes_through
        found: bool = self._facts["passes_through"]
        return found

    def applied_activation(self, rank: int) -> str | None:
        """Returns the activation that a result of `rank` axes comes out of; None if it cannot be told."""
        return self.config.applied_activation(rank) if isinstance(self.config, Operation) else None

    def infer(self, x: TensorType) -> Inferred:
        """What a call on one tensor gives. The weights are named below this layer; a shared layer's stay its own."""
        if x not in self._inferred:
            with self.to_blame():
                result = self._rule.apply(**{self.config.signature().calls[0].name: x})
            self._inferred[x] = Inferred(result.outputs, self.own(result.weights, self.name), result.names)
        return self._inferred[x]

    def interval(self, of: TensorType, x: Ranged) -> Interval:
        """What a call on one tensor makes of its interval."""
        stated = self._stated
        if stated is None:
            return UNKNOWN
        if (of, x) not in self._intervals:
            found = stated.interval(0, of, **{self.config.signature().calls[0].name: stated.seen(x)})
            self._intervals[of, x] = in_dtype(found, of.dtype)
        return self._intervals[of, x]

    def without_derivative(self, x: TensorType, trained: bool, frozen: bool) -> NoDerivative | None:
        """Returns what of a call on one tensor Keras has no gradient of, where one has to come back through it."""
        frozen = frozen and not self.shared
        if (x, trained, frozen) not in self._without_derivative:
            stated, call = self._stated, {self.config.signature().calls[0].name: x}
            found = None if stated is None else stated.without_derivative(self.infer(x), trained, frozen, **call)
            self._without_derivative[x, trained, frozen] = found and found._replace(route=(*self.route, *found.route))
        return self._without_derivative[x, trained, frozen]

    def shape_outside_training(self, x: TensorType) -> Shape | None:
        """Returns the shape that a call on one tensor gives outside of training, if that is another."""
        if x not in self._outside_training:
            config = self.config
            self._outside_training[x] = config.shape_outside_training(x) if isinstance(config, Operation) else None
        return self._outside_training[x]

    @contextmanager
    def to_blame(self) -> Iterator[None]:
        """Let a rule that fails say that it is a rule of this layer, and not of the one around it."""
        try:
            yield
        except RuleError as error:
            error.inside(self.route, self.config.keras_name)
            raise

    def numbers_taken(self, operand: str) -> NumbersTaken | None:
        """Which numbers it takes, if those are what the layer around it takes as an operand."""
        taken = self.config.numbers_taken() if isinstance(self.config, Operation) else None
        return taken and taken._replace(operand=operand, route=(*self.route, *taken.route))

    def cost(self, x: TensorType, result: Inferred) -> Cost:
        """What a call on one tensor costs that gives this result."""
        if x not in self._costs:
            self._costs[x] = self._rule.call_cost(result, **{self.config.signature().calls[0].name: x})
        return self._costs[x]

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


def layers_in(layer: Callee | Operation) -> Iterator[InnerLayer]:
    """The layers that stand in a layer itself, each as often as it does."""
    for argument in type(layer).nested:
        value = getattr(layer, argument)
        for inner in value if isinstance(value, tuple) else (value,):
            if inner is not None:
                yield inner


def inner_layers(layer: Callee) -> Iterator[InnerLayer]:
    """The layers inside a layer, at any depth, each once."""
    seen: set[int] = set()
    waiting = [layers_in(layer)]
    while waiting:
        inner = next(waiting[-1], None)
        if inner is None:
            waiting.pop()
        elif id(inner) not in seen:
            seen.add(id(inner))
            yield inner
            waiting.append(layers_in(inner.config))


def through(steps: Iterator[tuple[InnerLayer, TensorType, Inferred]], interval: Interval) -> Interval:
    """What layers in turn make of the numbers of an interval."""
    for inner, x, result in steps:
        interval = inner.interval(result.outputs[0], Ranged(x, interval))
    return interval


def chain_without_derivative(
    steps: Iterable[tuple[InnerLayer, TensorType, Inferred]], trained: bool, frozen: bool
) -> NoDerivative | None:
    """Returns what of layers in turn Keras has no gradient of, where one has to come back through it.

    No gradient comes to what stands before a layer that lets none through. Whether a shared layer is trained, it says
    itself.
    """
    lacking: NoDerivative | None = None
    for inner, x, result in steps:
        lacking = lacking or inner.without_derivative(x, trained, frozen)
        if inner.flow is not Flow.SOME:
            lacking, trained = None, False
        trained = trained or any(each.trainable and (each.owner or not frozen) for each in result.weights)
    return lacking


def shape_through_outside_training(steps: Iterator[tuple[InnerLayer, TensorType, Inferred]]) -> Shape | None:
    """Returns the shape that the first of some layers in turn gives outside of training that then gives another."""
    return next(filter(None, (inner.shape_outside_training(x) for inner, x, _ in steps)), None)


def distinct(weights: Iterable[Weight]) -> tuple[Weight, ...]:
    """Weights in order, those of a shared layer once, however often it stands in a layer."""
    seen: set[Weight] = set()
    found = []
    for weight in weights:
        if weight.owner is not None:
            if weight in seen:
                continue
            seen.add(weight)
        found.append(weight)
    return tuple(found)


class _InnerLayer:
    """The annotation of a field that takes a layer: the compiler has made an `Inner` of what the spec says."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def parse(value: Any) -> InnerLayer:
            if not isinstance(value, InnerLayer):
                raise invalid("takes a layer: a mapping with `type` and its arguments, or with `use`")
            return value

        return core_schema.no_info_plain_validator_function(parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"x-definition": "nested_layer"}


InnerLayerField = Annotated[InnerLayer, _InnerLayer()]

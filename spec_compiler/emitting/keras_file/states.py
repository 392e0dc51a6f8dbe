"""What layers hold: their variables, the layers inside them, and their files, as Keras finds them by attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from spec_compiler.catalog.config import Config
from spec_compiler.catalog.keras_config.names import AutomaticNames
from spec_compiler.catalog.keras_config.table import keras_class
from spec_compiler.catalog.layers.base import InnerLayer, Operation
from spec_compiler.catalog.layers.vocabulary_rules import own_tokens
from spec_compiler.catalog.tensors import Weight
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError


@dataclass(frozen=True, eq=False)
class UnitForgetBiasState:
    """The bias of a cell whose forget gate begins with ones; the others begin as the initializer says."""

    initializer: Config


@dataclass(frozen=True, eq=False)
class Variable:
    """A variable of a layer.

    Attributes:
        path: The names of what it stands in, from the outermost, and its own.
        weight: Its shape and dtype, and whether it is trained.
        initializer: What it is before training.
        keras_path: Its name in Keras, which has no models in it, and for a shared layer the one in which it is built.
    """

    path: tuple[str, ...]
    weight: Weight
    initializer: Config | UnitForgetBiasState
    keras_path: str = ""


@dataclass(frozen=True, eq=False)
class State:
    """What a layer or a model holds.

    Attributes:
        class_name: The class that Keras has for it.
        name: Its name.
        own: Its own variables.
        unsaved: Variables that it has besides, which Keras does not save.
        children: The layers inside by the attributes that Keras finds them under, or lists of them.
        assets: Texts that are kept as files, by their names.
        tables: Numbers that it keeps besides its variables, by their names.
    """

    class_name: str
    name: str
    own: tuple[Variable, ...] = ()
    unsaved: tuple[Variable, ...] = ()
    children: tuple[tuple[str, State | tuple[State, ...]], ...] = ()
    assets: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def inside(self) -> Iterator[State]:
        """The layers inside it, in order of making."""
        for _, child in self.children:
            yield from child if isinstance(child, tuple) else (child,)


def variables_of(state: State) -> list[Variable]:
    """All variables of a layer or a model in Keras's order, each once."""
    return list(dict.fromkeys(_variables(state)))


def _variables(state: State) -> Iterator[Variable]:
    yield from state.own
    yield from state.unsaved
    for child in state.inside():
        yield from _variables(child)


StateOf = Callable[[InnerLayer, tuple[str, ...]], State]
"""Gives the state of a shared layer, which stands in layers of these names."""

_CLASSES = {"GroupQueryAttention": "GroupedQueryAttention"}
"""Classes that Keras offers under another name than their own."""

_CELLS = {
    "LSTM": "LSTMCell", "GRU": "GRUCell", "SimpleRNN": "SimpleRNNCell",
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), "ConvLSTMCell"),
}  # fmt: skip

_AUGMENTATIONS = (
    "AutoContrast", "Equalization", "RandomBrightness", "RandomColorDegeneration", "RandomContrast",
    "RandomPosterization", "RandomRotation", "RandomSharpness", "RandomShear", "RandomTranslation", "Solarization",
)  # fmt: skip
_MORE_AUGMENTATIONS = ("RandomBrightness", "RandomColorDegeneration", "RandomContrast", "RandomSharpness")
_JITTERS = {
    "brightness_factor": "RandomBrightness", "contrast_factor": "RandomContrast",
    "saturation_factor": "RandomSaturation", "hue_factor": "RandomHue",
}  # fmt: skip


class States:
    """Makes the states of layers.

    Args:
        within: The names of the models that the layers stand in.
        names: The counter of names.
        shared: Gives the state of a shared layer.
        around: The names of the layers in which the layers stand that are made, if they are shared and stand in some.
    """

    def __init__(
        self, within: tuple[str, ...], names: AutomaticNames, shared: StateOf, around: tuple[str, ...] = ()
    ) -> None:
        self._within = within
        self._names = names
        self._shared = shared
        self._around = around

    def of(self, config: Operation, name: str, weights: Sequence[Weight]) -> State:
        """The state of a layer, of which the weights are given by their names below it."""
        return self._of(config, name, weights, (*self._within, name))

    def _of(self, config: Operation, name: str, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        found = keras_class(type(config)).class_name
        own = [weight for weight in weights if "/" not in weight.name and weight.owner is None]
        updates = [weight for weight in own if weight.name.startswith("lora_")]
        state = State(
            _CLASSES.get(found, found),
            name,
            self._variables([weight for weight in own if weight not in updates], config, path, in_order=not updates),
            self._variables(updates, config, path),
        )
        make = _PARTS.get(config.keras_name)
        if make is None and type(config).nested:
            raise OnlyKerasCanError(f"layers inside `{config.keras_name}`")
        return state if make is None else make(self, state, config, weights, path)

    def _variables(
        self, weights: Sequence[Weight], config: Operation, path: tuple[str, ...], *, in_order: bool = True
    ) -> tuple[Variable, ...]:
        """Variables in Keras's order, those that are trained first; a kernel that has an update stays the first."""
        kept = sorted(weights, key=lambda weight: in_order and not weight.trainable)
        return tuple(
            Variable(
                (*path, weight.name),
                weight,
                _initializer(weight, config),
                "/".join((*self._around, *path[len(self._within) :], weight.name)),
            )
            for weight in kept
        )

    def part(self, inner: InnerLayer, name: str, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The state of a layer inside another, under a name."""
        if inner.shared:
            return self._shared(inner, (*self._around, *path[len(self._within) :]))
        if not isinstance(inner.config, Operation):
            raise OnlyKerasCanError("a block inside a layer")
        return self._of(inner.config, name, _below(weights, name), (*path, name))

    # What the layers of each class have inside

    def cell(self, state: State, config: Operation, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The cell that a recurrent layer makes for itself."""
        class_name = _CELLS[config.keras_name]
        name = weights[0].name.partition("/")[0]
        own = self._variables(_below(weights, name), config, (*path, name))
        return replace(state, children=(("cell", State(class_name, name, own)),))

    def layer(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """One layer, or one cell."""
        (argument,) = type(config).nested
        inner = getattr(config, argument)
        return replace(state, children=((argument, self.part(inner, inner.name, weights, path)),))

    def list(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """A list of layers, or of cells."""
        (argument,) = type(config).nested
        parts = tuple(self.part(inner, inner.name, weights, path) for inner in getattr(config, argument))
        return replace(state, children=((argument, parts),))

    def directions(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The layers of both directions, under the names that Keras gives them."""
        forward, backward = config.layer, config.backward_layer
        if forward.shared or (backward is not None and backward.shared):
            raise OnlyKerasCanError("a shared layer inside `Bidirectional`")
        first = "forward_" + forward.name.removeprefix("forward_")
        second = backward.name if backward is not None else "backward_" + forward.name.removeprefix("backward_")
        children = (
            ("forward_layer", self.part(forward, first, weights, path)),
            ("backward_layer", self.part(backward or forward, second, weights, path)),
        )
        return replace(state, children=children)

    def normalized(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The layer inside, whose kernel the layer around it holds too."""
        inner = self.part(config.layer, config.layer.name, weights, path)
        return replace(state, own=(inner.own[0], *state.own), children=(("layer", inner),))

    def heads(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The dense layers of attention with heads, and what is applied to the scores."""
        grouped = config.keras_name == "GroupQueryAttention"

        def dense(name: str, attribute: str) -> tuple[str, State]:
            own = self._variables(_below(weights, name), config, (*path, name))
            return attribute, State("EinsumDense", name, own)

        prefix = "_" if grouped else ""
        before = [dense(name, f"{prefix}{name}_dense") for name in ("query", "key")]
        if config.use_gate:
            before.append(dense("gate", "_gate_dense"))
        before.append(dense("value", f"{prefix}value_dense"))
        scores = [
            ("_softmax", State("Softmax", self._names.next("Softmax"))),
            ("_dropout_layer", State("Dropout", self._names.next("Dropout"))),
        ]
        return replace(state, children=(*before, *scores, dense("attention_output", f"{prefix}output_dense")))

    def augmentations(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The augmentations that one is drawn from; they have the name of the layer around them."""
        left = () if getattr(config, "all_ops", True) else _MORE_AUGMENTATIONS
        names = [name for name in _AUGMENTATIONS if name not in left]
        return replace(state, children=tuple((AutomaticNames().next(name), State(name, state.name)) for name in names))

    def jitters(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The augmentations that are asked for."""
        names = [name for factor, name in _JITTERS.items() if getattr(config, factor) is not None]
        children = tuple((AutomaticNames().next(name), State(name, self._names.next(name))) for name in names)
        return replace(state, children=children)

    def lookup(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The vocabulary, which is a file if the configuration has none."""
        tables = {}
        if config.mode == "tf_idf":
            if config.vocabulary is None:
                # Keras has no weights to save until they are learnt, and says so.
                raise OnlyKerasCanError("a lookup with weights of tokens that are to be learnt")
            tables["idf_weights"] = _frequencies(config)
        assets = {} if config.vocabulary is not None else {"vocabulary.txt": "\n".join(map(str, config.special))}
        return replace(state, assets=assets, tables=tables)

    def text_lookup(self, state: State, config: Any, weights: Sequence[Weight], path: tuple[str, ...]) -> State:
        """The lookup that a text goes through, and its vocabulary."""
        state = self.lookup(state, config, weights, path)
        inside = State("StringLookup", self._names.next("StringLookup"), assets=state.assets, tables=state.tables)
        return replace(state, children=(("_lookup_layer", inside),))


_PARTS: dict[str, Callable[..., State]] = {
    **dict.fromkeys(_CELLS, States.cell),
    **dict.fromkeys(("RNN", "TimeDistributed"), States.layer),
    **dict.fromkeys(("Pipeline", "Sequential", "StackedRNNCells"), States.list),
    **dict.fromkeys(("GroupQueryAttention", "MultiHeadAttention"), States.heads),
    **dict.fromkeys(("AugMix", "RandAugment"), States.augmentations),
    **dict.fromkeys(("IntegerLookup", "StringLookup"), States.lookup),
    "Bidirectional": States.directions,
    "RandomColorJitter": States.jitters,
    "SpectralNormalization": States.normalized,
    "TextVectorization": States.text_lookup,
}
"""What finds the parts of a layer, by its class; others have none."""


def _frequencies(config: Any) -> tuple[float, ...]:
    """The weight of each token: those that are no words have the mean, those that are missing nothing."""
    given = config.idf_weights
    has_others = len(own_tokens(config.vocabulary, config.special)) < len(config.vocabulary)
    before = 0 if has_others else len(config.special)
    known = (sum(given) / len(given),) * before + given
    length = config.max_tokens if config.pad_to_max_tokens and config.max_tokens is not None else 0
    return (*known, *(0.0,) * (length - len(known)))


def _below(weights: Sequence[Weight], name: str) -> list[Weight]:
    """The weights below a part, by their names there."""
    prefix = f"{name}/"
    return [
        replace(weight, name=weight.name.removeprefix(prefix)) for weight in weights if weight.name.startswith(prefix)
    ]


DRAWN = frozenset((
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "LecunNormal", "LecunUniform",
    "Ones", "Orthogonal", "RandomNormal", "RandomUniform", "STFT", "TruncatedNormal", "VarianceScaling", "Zeros",
))  # fmt: skip
"""The initializers whose numbers can be made without Keras."""

_DTYPES = frozenset(("bfloat16", "float16", "float32", "float64", "int64"))


def _initializer(weight: Weight, config: Any) -> Config | UnitForgetBiasState:
    """What a variable begins with, if its numbers can be made without Keras."""
    initializer = weight.initializer
    if weight.dtype not in _DTYPES:
        raise OnlyKerasCanError(f"weights of {weight.dtype}")
    if initializer is not None:
        if type(initializer).__name__ not in DRAWN:
            raise OnlyKerasCanError(f"the initializer `{type(initializer).__name__}`")
        return initializer
    if weight.name == "bias" and getattr(config, "unit_forget_bias", False):
        return UnitForgetBiasState(config.bias_initializer)
    raise OnlyKerasCanError(f"the `{weight.name}` of `{config.keras_name}`")

"""The vocabularies that lookups of a model have learnt: Keras keeps them beside its configuration, a spec in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from spec_compiler.catalog.keras_config.deserialize import ConfigPath, UnreadableConfigError, deserialize
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.keras_config.names import AutomaticNames
from spec_compiler.catalog.layers.lookup import IndexLookup, TextVectorization
from spec_compiler.catalog.layers.vocabulary_rules import own_tokens
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.spans import Place

_CLASSES = ("IntegerLookup", "StringLookup", "TextVectorization")


class LearningLayer(NamedTuple):
    """A lookup whose configuration has no vocabulary: its configuration, its place in a file, and that in the model."""

    data: ConfigData
    place: str
    path: ConfigPath

    @property
    def name(self) -> Any:
        """What it is called."""
        return self.data["config"].get("name")


def write_vocabularies(data: Any, learnt: Callable[[LearningLayer], Sequence[str] | None], findings: Findings) -> None:
    """Write what lookups have learnt into the configuration of a model; what stays behind is said.

    Args:
        data: The configuration.
        learnt: Gives the tokens of a lookup, special ones too; None if nobody knows them.
        findings: Where it is said.
    """
    for layer in _lookups(data, "", ()):
        tokens = learnt(layer)
        if tokens is not None and not _written(layer.data, tokens):
            findings.add(
                codes.CHANGED_BY_LIFTING,
                f"the vocabulary that `{layer.name}` ({layer.data['class_name']}) has learnt stays behind",
                Place(layer.path),
                hint="adapt the layer again, or write its `vocabulary`",
            )


def _lookups(data: Any, place: str, path: ConfigPath) -> Iterator[LearningLayer]:
    """Yields the lookups of a model and of models inside it that have no vocabulary.

    In a file layers are counted by class, which is how `model.weights.h5` and `assets` name them.
    """
    config = data.get("config") if isinstance(data, dict) else None
    layers = config.get("layers") if isinstance(config, dict) else None
    if not isinstance(layers, list):
        return
    names = AutomaticNames()
    for index, layer in enumerate(layers):
        class_name = layer.get("class_name") if isinstance(layer, dict) else None
        if not isinstance(class_name, str):
            continue
        at = f"{place}layers/{names.next(class_name)}/"
        inside: ConfigPath = (*path, "config", "layers", index)
        if class_name not in _CLASSES:
            yield from _lookups(layer, at, inside)
        elif isinstance(layer.get("config"), dict) and layer["config"].get("vocabulary") is None:
            yield LearningLayer(layer, at, inside)


def _written(layer: ConfigData, tokens: Sequence[str]) -> bool:
    """Write tokens into the configuration of a lookup, without the special ones; whether it can have them so."""
    config = layer["config"]
    try:
        made = deserialize(layer)
        if not isinstance(made, (IndexLookup, TextVectorization)):
            return False
        special = made.special
        numbers = layer["class_name"] == "IntegerLookup"
        own = list(own_tokens([int(token) for token in tokens] if numbers else tokens, special))
        if not own:
            return True
        deserialize({**layer, "config": {**config, "vocabulary": own}})
    except (UnreadableConfigError, ValueError):
        return False
    config["vocabulary"] = own
    return True

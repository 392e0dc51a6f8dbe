"""Which layers of a configuration stand in several places and are one: Keras numbers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from spec_compiler.catalog.keras_config.deserialize import ConfigPath, UnreadableConfigError
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.lifting.keras_model import FUNCTIONAL

Refuse = Callable[[UnreadableConfigError], None]
"""Is told what cannot be said of a model."""

_NUMBER = "shared_object_id"


@dataclass(frozen=True)
class Shared:
    """The numbers of the layers that stand in several places."""

    numbers: frozenset[int] = field(default_factory=frozenset)

    def is_shared(self, data: ConfigData) -> bool:
        """Whether a layer stands in several places."""
        number = data.get(_NUMBER)
        return isinstance(number, int) and number in self.numbers


def shared_layers(data: ConfigData, refuse: Refuse) -> Shared:
    """The layers that stand in several places of one model; one that two models share is refused.

    The first place of a layer may have lost its number, as Keras copies what is inside a model before it numbers it: it
    gets that number here.
    """
    places = _Places()
    waiting: list[tuple[Any, ConfigPath, ConfigPath]] = [(data["config"], ("config",), ())]
    while waiting:
        value, path, owner = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, (*path, index), owner) for index, item in enumerate(value)][::-1]
        elif isinstance(value, dict):
            if _is_layer(value) and places.is_known(value, path, owner, refuse):
                # What is inside it is the same as where it stands first.
                continue
            inside = path if value.get("class_name") == FUNCTIONAL else owner
            waiting += [(item, (*path, key), inside) for key, item in value.items()][::-1]
    places.restore_numbers(refuse)
    return Shared(frozenset(places.several))


class _Places:
    """Where layers stand: those with numbers, where each stands first, and those without."""

    def __init__(self) -> None:
        self.several: set[int] = set()
        self._first: dict[int, tuple[ConfigData, ConfigPath, ConfigPath]] = {}
        self._unnumbered: dict[tuple[str, str], dict[ConfigPath, list[ConfigData]]] = {}

    def is_known(self, layer: ConfigData, path: ConfigPath, owner: ConfigPath, refuse: Refuse) -> bool:
        """Whether a layer has stood elsewhere before; it is not forgotten."""
        number = layer.get(_NUMBER)
        if not isinstance(number, int):
            self._unnumbered.setdefault(_called(layer), {}).setdefault(owner, []).append(layer)
            return False
        if number not in self._first:
            self._first[number] = layer, path, owner
            return False
        self.several.add(number)
        if self._first[number][2] != owner:
            refuse(_of_two_models(layer, path))
        return True

    def restore_numbers(self, refuse: Refuse) -> None:
        """Give the layers their numbers that have lost them, where it is certain which these are."""
        refused: ConfigPath | None = None
        for number, (layer, path, owner) in self._first.items():
            if refused is not None and path[: len(refused)] == refused:
                continue
            copies = self._unnumbered.get(_called(layer), {})
            here = copies.get(owner, [])
            if len(here) == 1:
                here.pop()[_NUMBER] = number
                self.several.add(number)
            elif here:
                refused = path
                message = (
                    f"`{layer['config']['name']}` is one with another layer of its name, and it is not said with which"
                )
                refuse(UnreadableConfigError(message, path))
            elif number not in self.several and any(each != owner for each in copies):
                refused = path
                refuse(_of_two_models(layer, path))


def _called(layer: ConfigData) -> tuple[str, str]:
    return str(layer.get("class_name")), layer["config"]["name"]


def _of_two_models(layer: ConfigData, path: ConfigPath) -> UnreadableConfigError:
    message = f"`{layer['config']['name']}` is one layer in two models, which a spec cannot say"
    return UnreadableConfigError(message, path)


def _is_layer(value: ConfigData) -> bool:
    """Whether it is a layer: of other objects that Keras numbers, none but policies have a name."""
    config = value.get("config")
    is_policy = str(value.get("class_name")).endswith("DTypePolicy")
    return isinstance(config, dict) and isinstance(config.get("name"), str) and not is_policy

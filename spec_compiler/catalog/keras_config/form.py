"""What there is to say of how a class of the catalogue stands in Keras's configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spec_compiler.catalog.keras_config.kinds import Kind
from spec_compiler.catalog.tensors import TensorType

ConfigData = dict[str, Any]

Tensors = Mapping[str, TensorType]


@dataclass(frozen=True, kw_only=True)
class Form:
    """Where a class departs from the rules that all classes follow.

    Attributes:
        class_name: Its name in the configuration, where that is not the one that Keras offers it under.
        kinds: How an argument stands, by its name, where its type does not say it.
        unsaved: Arguments that Keras does not save: what is read has their defaults.
        if_set: Arguments that are saved only if they are not null.
        always: Arguments that are saved also if they are null, which others of the name are not.
        if_given: Arguments that are saved only if they are given, even if they are null: the class leaves it to Keras
            to save what its constructor was called with.
        only_null: Arguments that are saved only if they are null: with another value Keras cannot save the object.
        left_out: What Keras saves for an argument that is not given, where its own default has another form.
        added: What Keras saves besides the arguments, by name: a value, or a function of the object.
        without_effect: What of that makes no difference, and may have any value where it is read.
        built: Changes what is written of a layer that was called on tensors of certain types, which are given by the
            names of its call's arguments.
        unbuilt: The reverse of that: changes what is read by what the layer was built for, which is given as Keras
            saves it.
        loads: Whether Keras can load what it saves.
        finish: Changes what is written where no argument by itself says how.
        prepare: The reverse of that, before anything is read.
    """

    class_name: str | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    unsaved: tuple[str, ...] = ()
    if_set: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    if_given: tuple[str, ...] = ()
    only_null: tuple[str, ...] = ()
    left_out: Mapping[str, Any] = field(default_factory=dict)
    added: Mapping[str, Any] = field(default_factory=dict)
    without_effect: tuple[str, ...] = ()
    built: Callable[[ConfigData, Tensors], ConfigData] | None = None
    unbuilt: Callable[[ConfigData, ConfigData], ConfigData] | None = None
    loads: bool = True
    finish: Callable[[ConfigData], ConfigData] | None = None
    prepare: Callable[[ConfigData], ConfigData] | None = None


@dataclass(frozen=True, kw_only=True)
class OpForm(Form):
    """Where an op departs from the rules that all ops follow.

    Attributes:
        positional: What its call has in order, if that is not just its tensors. An argument among them is part of
            the call and not of the configuration.
        keywords: What its call has by name, also if it is null.
        spread: What stands in its call item by item: a list among the positional ones, or a mapping among those by
            name.
        missing: What stands for a tensor that the call does not have, where that is not null.
        named: Whether its name is saved.
    """

    positional: tuple[str, ...] | None = None
    keywords: tuple[str, ...] = ()
    spread: str | None = None
    missing: Mapping[str, Any] = field(default_factory=dict)
    named: bool = True

"""A type and its arguments → the catalogue's object, with the layers inside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, NamedTuple, NoReturn

from pydantic import ValidationError

from spec_compiler.catalog import families, registry
from spec_compiler.catalog.fields import show
from spec_compiler.catalog.layers.base import InnerLayer, LayerConfig, Operation, Trainable
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Code, Findings, Guess
from spec_compiler.diagnostics.suggest import did_you_mean, misspelt
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.names import LAYER_NAME_RULE, keras_name_problem
from spec_compiler.language.no_value import NO_VALUE, lacks_value
from spec_compiler.language.spec import NODE_KEYS
from spec_compiler.language.subjects import Subject, of_config
from spec_compiler.language.validate import without_tuples
from spec_compiler.linking.misplaced import Around, hints_for_call, hints_for_stray, stray_arguments, without_layer
from spec_compiler.spans import Place

InnerShared = Callable[[str, Place, str], InnerLayer | None]
"""Gives the shared layer that something uses inside itself: by its name, the place of the use, and the user."""

_PLAIN = frozenset((str, int, float, bool, type(None)))
_LONGEST_REMEMBERED = 500
_MOST_REMEMBERED = 4096

_MOST_MEANT = 20
"""So many types that do not exist are taken for what was meant; to look for more would take long."""


class Site(NamedTuple):
    """Where a layer stands: the name that Keras gives it, its place in the spec, and the scope that it is part of."""

    keras_name: str
    place: Place
    scope: Scope

    def inside(self, step: str | int) -> Site:
        """The site of what stands in an argument, or in a list; Keras names it after what it is in."""
        return Site(f"{self.keras_name}.{step}", self.place / step, self.scope)


class TypeUse(NamedTuple):
    """A type with its arguments, where a spec makes a layer or an op of it.

    Attributes:
        found: Its class.
        type_name: What the spec calls it.
        arguments: The arguments, as the spec has them.
        site: Where it stands.
        beside: The keys that may stand beside the arguments.
        around: The layer that it stands in, if it stands in one.
    """

    found: type[Operation]
    type_name: str
    arguments: Mapping[str, Any]
    site: Site
    beside: Subject | None = None
    around: Around | None = None


class _RefusedError(Exception):
    """A layer inside another is written wrongly; a finding says how."""


class Configurator:
    """Makes the catalogue's objects of one spec.

    Args:
        dtype_policy: The policy of layers that name no dtype.
        custom: The registered custom layers by name.
        findings: Where mistakes go.
        inner_shared: Gives the shared layers that stand inside others.
        blocks: The names of the spec's blocks, for better hints.
        layers: The names of its shared layers, for the same.
    """

    def __init__(
        self,
        dtype_policy: str | None,
        custom: Mapping[str, type[Operation]],
        findings: Findings,
        inner_shared: InnerShared,
        blocks: tuple[str, ...],
        layers: tuple[str, ...],
    ) -> None:
        self._dtype_policy = dtype_policy
        self._custom = custom
        self._findings = findings
        self._inner_shared = inner_shared
        self._blocks = blocks
        self._layers = frozenset(layers)
        self._meant: dict[str, str | None] = {}
        self._made_before: dict[tuple[type[Operation], str], Operation] = {}

    def find(self, type_name: str, place: Place, scope: Scope | None = None) -> type[Operation] | None:
        """The class of a type; if there is none, a finding says what may have been meant."""
        found = self._class_of(type_name)
        if found is not None:
            return found
        reason = registry.FORBIDDEN.get(type_name)
        if reason is not None:
            self._findings.add(
                codes.FORBIDDEN_TYPE,
                f"`{type_name}` does not exist in specs: {reason}",
                place,
                hint="register a layer of your own from the calling program, and name it `package>Name`",
                scope=scope,
            )
            return None
        if type_name in self._blocks:
            # Of a node it would have been written out: this is a layer that stands inside another.
            self._findings.add(
                codes.NOT_A_LAYER,
                f"`{type_name}` is a block, and a layer stands here",
                place,
                hint=f"declare it under `layers`, `name: {{type: {type_name}}}`, and write `{{use: name}}`",
                scope=scope,
            )
            return None
        names = self._type_names
        what = "op" if type_name.startswith("ops.") else "custom layer" if ">" in type_name else "type"
        self._findings.add(
            codes.UNKNOWN_TYPE,
            f"no {what} is named {show(type_name)}",
            place,
            scope=scope,
            guess=Guess(partial(_guess_type, type_name, names, self._layers), len(names)),
        )
        return None

    def configure(self, use: TypeUse) -> Operation | None:
        """The object of a class and its arguments; None if they have mistakes, which are reported."""
        key = _known_by(use)
        if key is not None and (known := self._made_before.get(key)) is not None:
            return known
        config = self._new(use)
        if config is not None and key is not None and len(self._made_before) < _MOST_REMEMBERED:
            self._made_before[key] = config
        return config

    def _new(self, use: TypeUse) -> Operation | None:
        found, site = use.found, use.site
        values = dict(without_tuples(use.arguments, site.place, self._findings, site.scope))
        beside = use.beside.keys if use.beside is not None else ()
        stray = stray_arguments(found, values, beside) if found.nested else frozenset()
        before = self._findings.errors
        inside = self._inside(found, values, stray, site) if found.nested and issubclass(found, Trainable) else {}
        # What a layer inside lacks may be written beside it, and is reported there.
        is_sound_inside = self._findings.errors == before and not _lacks_layer(inside)
        values |= inside
        if self._dtype_policy is not None and issubclass(found, LayerConfig) and values.get("dtype") is None:
            values["dtype"] = self._dtype_policy
        try:
            config = found.model_validate(values)
            return config if is_sound_inside and not (before and lacks_value(values)) else None
        except ValidationError as error:
            self._report(use, stray, error.errors(include_url=False), is_sound_inside)
            return None

    def _report(self, use: TypeUse, stray: frozenset[str], errors: list[Any], is_sound_inside: bool) -> None:
        """Report what is wrong with arguments, but for what is reported of the layers inside or around."""
        found, hints = use.found, {}
        if not is_sound_inside and issubclass(found, Trainable):
            # What is missing of the layers inside is reported; the other arguments are held against their types.
            errors = [each for each in errors if each["type"] != "conflict" and each["loc"][0] not in found.nested]
        if use.around is not None:
            hints = use.around.hints(found)
            errors = [each for each in errors if not use.around.gives(each)]
        elif use.beside is not None:
            hints = hints_for_call(found.signature(), (*found.model_fields, *NODE_KEYS))
        if issubclass(found, Trainable) and found.nested:
            errors, missing = without_layer(found, use.arguments, stray, errors)
            hints |= hints_for_stray(found, use.arguments, stray, self._class_of) | missing
        from spec_compiler.language.problems import report  # few specs have mistakes

        subject = replace(of_config(f"`{use.type_name}`", found, use.beside, "a layer"), hints=hints)
        report(errors, use.site.place, self._findings, subject, use.site.scope)

    def _inside(
        self, found: type[Trainable], arguments: Mapping[str, Any], stray: frozenset[str], site: Site
    ) -> dict[str, Any]:
        """The arguments of a layer that are layers themselves; None in the place of one with mistakes."""
        return {
            argument: _routed(self._nested(value, site.inside(argument), Around(found, argument, stray)), argument)
            for argument in found.nested
            if (value := arguments.get(argument)) is not None
        }

    def check_as_meant(
        self,
        type_name: str,
        arguments: Mapping[str, Any],
        site: Site,
        beside: Subject,
    ) -> None:
        """Report the mistakes in the arguments of a type that does not exist which it has nothing to do with.

        These are misspelt arguments of the type that was meant, and whatever is wrong inside of an argument: in a layer
        or a regularizer that stands there.
        """
        meant = self._type_meant(type_name)
        found = self._class_of(meant) if meant is not None else None
        if meant is None or found is None:
            return
        findings = Findings()
        configurator = Configurator(
            self._dtype_policy, self._custom, findings, self._inner_shared, self._blocks, tuple(self._layers)
        )
        configurator.configure(TypeUse(found, meant, arguments, site, beside))
        depth = len(site.place.path) + 1
        for finding in findings:
            is_misspelt = finding.code in (codes.UNKNOWN_ARGUMENT, codes.UNKNOWN_KEY) and finding.fix is not None
            if is_misspelt or len(finding.place.path) > depth:
                self._findings.take(finding)

    def _type_meant(self, type_name: str) -> str | None:
        """The type of which one that does not exist is a misspelling; None if it is of none."""
        if type_name not in self._meant:
            if len(self._meant) >= _MOST_MEANT:
                return None
            self._meant[type_name] = misspelt(type_name, self._type_names, "type")
        return self._meant[type_name]

    @cached_property
    def _type_names(self) -> tuple[str, ...]:
        return (*self._blocks, *registry.type_names(), *self._custom)

    def _class_of(self, type_name: str) -> type[Operation] | None:
        return self._custom.get(type_name) or registry.operation(type_name)

    def _nested(self, value: Any, site: Site, around: Around) -> Any:
        """The layers that stand in an argument, under the names that Keras knows them by."""
        if isinstance(value, list):
            return [self._nested(item, site.inside(index), around) for index, item in enumerate(value)]
        try:
            return self._inner(value, site, around)
        except _RefusedError:
            return None

    def _inner(self, value: Any, site: Site, around: Around) -> InnerLayer | None:
        """A layer that stands in another; None if it has mistakes, which are reported."""
        if value is NO_VALUE:
            return None
        if isinstance(value, str):
            value = {"type": value}
        place, key = site.place, site.place.path[-1]
        if not isinstance(value, dict):
            hint = "write a mapping with `type` and its arguments, or with `use`"
            self._refuse(codes.WRONG_TYPE, f"`{key}` takes a layer, not {show(value)}", place, site, hint)
        if ("type" in value) == ("use" in value):
            which = "both" if "type" in value else "neither"
            message = f"the layer in `{key}` has {which} of `type` and `use`"
            self._refuse(codes.TYPE_OR_USE, message, place.key(), site)
        return self._used(value, site, around.owner) if "use" in value else self._made(value, site, around)

    def _used(self, value: dict[str, Any], site: Site, owner: type[Trainable]) -> InnerLayer | None:
        """A shared layer inside another."""
        place = site.place
        for key in value:
            if key != "use":
                message = f"a shared layer is used as it is, without `{key}`"
                self._findings.add(codes.UNKNOWN_KEY, message, (place / key).key(), scope=site.scope)
        name = value["use"]
        if name is NO_VALUE:
            return None
        if not isinstance(name, str):
            self._refuse(codes.WRONG_TYPE, f"`use` takes text, not {show(name)}", place / "use", site)
        if owner.copies:
            message = f"`{owner.keras_name}` works on copies of its layer, which cannot be a shared one"
            hint = "write the layer out; to share it, share the whole of this layer"
            self._refuse(codes.COPIED_NOT_SHARED, message, place / "use", site, hint)
        return self._inner_shared(name, place / "use", site.keras_name)

    def _made(self, value: dict[str, Any], site: Site, around: Around) -> InnerLayer | None:
        """A layer that is written inside another."""
        place, type_name = site.place, value["type"]
        if type_name is NO_VALUE:
            return None
        if not isinstance(type_name, str):
            self._refuse(codes.WRONG_TYPE, f"`type` takes text, not {show(type_name)}", place / "type", site)
        site = self._with_name(value.get("name"), site)
        found = self.find(type_name, place / "type", site.scope)
        if found is None:
            return None
        if not issubclass(found, Trainable):
            self._refuse(codes.NOT_A_LAYER, f"`{type_name}` is no layer", place / "type", site)
        arguments = {key: item for key, item in value.items() if key not in ("type", "name")}
        config = self.configure(TypeUse(found, type_name, arguments, site, around=around))
        return InnerLayer(site.keras_name, config) if isinstance(config, Trainable) else None

    def _with_name(self, name: Any, site: Site) -> Site:
        """The site of a layer that says what it is called; if that is no name, it is reported and as if not there."""
        if name is None or name is NO_VALUE:
            return site
        problem = keras_name_problem(name) if isinstance(name, str) else f"`name` takes text, not {show(name)}"
        if problem is None:
            return site._replace(keras_name=name)
        rule = LAYER_NAME_RULE if isinstance(name, str) else None
        self._findings.add(codes.BAD_NAME, problem, site.place / "name", hint=rule, scope=site.scope)
        return site

    def _refuse(self, code: Code, message: str, place: Place, site: Site, hint: str | None = None) -> NoReturn:
        self._findings.add(code, message, place, hint=hint, scope=site.scope)
        raise _RefusedError


def _known_by(use: TypeUse) -> tuple[type[Operation], str] | None:
    """What tells a class and its arguments from all others; None if they are made anew each time.

    Most layers of a large model are like many others of it. Those inside a layer are told apart by their identity, and
    objects of the calling program can be asked for nothing.
    """
    if use.around is not None or use.found.nested:
        return None
    for value in use.arguments.values():
        if type(value) not in _PLAIN and not (type(value) is list and _PLAIN.issuperset(map(type, value))):
            return None
    arguments = repr(use.arguments)
    return (use.found, arguments) if len(arguments) <= _LONGEST_REMEMBERED else None


def _lacks_layer(inside: Mapping[str, Any]) -> bool:
    """Whether a layer inside another has mistakes, which may be reported elsewhere."""
    return any(each is None or (isinstance(each, list) and None in each) for each in inside.values())


def _routed(inner: Any, *route: str | int) -> Any:
    """The layers of an argument, each of which knows where it stands in it."""
    if isinstance(inner, list):
        return [_routed(item, *route, index) for index, item in enumerate(inner)]
    return replace(inner, route=route) if isinstance(inner, InnerLayer) else inner


def _guess_type(type_name: str, names: Sequence[str], layers: frozenset[str]) -> tuple[str | None, str | None]:
    """What a type that does not exist may have meant."""
    if type_name in layers:
        return f"`{type_name}` is a shared layer: to call it, write `use: {type_name}` in place of `type`", None
    if (imported := _import_of(type_name)) is not None:
        return f"it is a block that ships with the compiler: write `imports: [{imported}]`", None
    called, bracket, _ = type_name.partition("(")
    if bracket and called in names:
        return f"arguments stand beside `type`: `{{type: {called}, …}}`", None
    hint, fix = did_you_mean(type_name, names, "type")
    if hint is None and ">" in type_name:
        hint = "its class is registered by the calling program, or by a module that `--plugin` names"
    if hint is None and (kind := families.kind_named(type_name)) is not None:
        hint = f"`{type_name}` is {kind}, and no layer"
    return hint, fix


def _import_of(type_name: str) -> str | None:
    """The file that has a block of this name, of those that ship with the compiler."""
    from spec_compiler.expanding.standard_blocks import shipped_block

    block = shipped_block(type_name)
    return block.imported if block is not None else None

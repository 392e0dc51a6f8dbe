"""A type and its arguments → the catalogue's object, with the layers inside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from spec_compiler.catalog import registry
from spec_compiler.catalog.fields import show
from spec_compiler.catalog.layers.base import Inner, Layer, Operation, Trainable
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.language.names import keras_name_problem
from spec_compiler.language.problems import Subject, of_thing, report
from spec_compiler.spans import Place

SharedLayer = Callable[[str, Place, str], Inner | None]
"""Gives the shared layer that something uses inside itself: by its name, the place of the use, and the user."""


class Configurator:
    """Makes the catalogue's objects of one spec.

    Args:
        dtype_policy: The policy of layers that name no dtype.
        custom: The registered custom layers by name.
        findings: Where mistakes go.
        blocks: The names of the spec's blocks, for better hints.
    """

    def __init__(
        self,
        dtype_policy: str | None,
        custom: Mapping[str, type[Operation]],
        findings: Findings,
        blocks: tuple[str, ...] = (),
    ) -> None:
        self._dtype_policy = dtype_policy
        self._custom = custom
        self._findings = findings
        self._blocks = blocks

    def find(self, type_name: str, place: Place, asked: tuple[Remark, ...] = ()) -> type[Operation] | None:
        """The class of a type; if there is none, a finding says what may have been meant."""
        found = self._custom.get(type_name) or registry.operation(type_name)
        if found is not None:
            return found
        reason = registry.FORBIDDEN.get(type_name)
        if reason is not None:
            self._findings.add(
                codes.FORBIDDEN_TYPE,
                f"`{type_name}` does not exist in specs: {reason}",
                place,
                hint="register a layer of your own from the calling program, and name it `package>Name`",
                related=asked,
            )
            return None
        if type_name in self._blocks:
            # Of a node it would have been written out: this is a layer that stands inside another.
            self._findings.add(
                codes.NOT_A_LAYER,
                f"`{type_name}` is a block, and a layer stands here",
                place,
                hint=f"declare it under `layers`, `name: {{type: {type_name}}}`, and write `{{use: name}}`",
                related=asked,
            )
            return None
        names = [*self._blocks, *registry.type_names(), *self._custom]
        hint, fix = did_you_mean(type_name, names)
        if (imported := _import_of(type_name)) is not None:
            hint, fix = f"it is a block that ships with the compiler: write `imports: [{imported}]`", None
        if hint is None and ">" in type_name:
            hint = "its class is registered by the calling program, or by a module that `--plugin` names"
        what = "op" if type_name.startswith("ops.") else "custom layer" if ">" in type_name else "type"
        self._findings.add(
            codes.UNKNOWN_TYPE, f"no {what} is named {show(type_name)}", place, hint=hint, fix=fix, related=asked
        )
        return None

    def configure(
        self,
        found: type[Operation],
        type_name: str,
        arguments: Mapping[str, Any],
        place: Place,
        keras_name: str,
        shared: SharedLayer,
        asked: tuple[Remark, ...] = (),
        beside: Subject | None = None,
    ) -> Operation | None:
        """The object of a class and its arguments; none if they have mistakes, which are reported.

        `beside` has the keys that may stand beside the arguments.
        """
        values = dict(arguments)
        before = self._findings.errors
        if issubclass(found, Trainable):
            for field in found.nested:
                if values.get(field) is not None:
                    values[field] = self._nested(
                        values[field], place / field, f"{keras_name}.{field}", found, shared, asked
                    )
        broken_inside = self._findings.errors > before
        if self._dtype_policy is not None and issubclass(found, Layer) and values.get("dtype") is None:
            values["dtype"] = self._dtype_policy
        try:
            config = found.model_validate(values)
            return None if broken_inside else config
        except ValidationError as error:
            errors = error.errors(include_url=False)
        if broken_inside and issubclass(found, Trainable):
            # What is missing of the layers inside is reported; the other arguments are held against their types.
            errors = [each for each in errors if each["type"] != "conflict" and each["loc"][0] not in found.nested]
        report(errors, place, self._findings, of_thing(f"`{type_name}`", found, beside), asked)
        return None

    def _nested(
        self,
        value: Any,
        place: Place,
        name: str,
        owner: type[Trainable],
        shared: SharedLayer,
        asked: tuple[Remark, ...],
    ) -> Any:
        """The layers that stand in an argument, under the names that Keras knows them by."""
        if isinstance(value, list):
            return [
                self._nested(item, place / index, f"{name}.{index}", owner, shared, asked)
                for index, item in enumerate(value)
            ]
        if isinstance(value, str):
            value = {"type": value}
        if not isinstance(value, dict):
            self._findings.add(
                codes.WRONG_TYPE,
                f"`{place.path[-1]}` takes a layer, not {show(value)}",
                place,
                hint="write a mapping with `type` and its arguments, or with `use`",
                related=asked,
            )
            return None
        if ("type" in value) == ("use" in value):
            self._findings.add(
                codes.TYPE_OR_USE,
                f"the layer in `{place.path[-1]}` has {'both' if 'type' in value else 'neither'} of `type` and `use`",
                place.key(),
                related=asked,
            )
            return None
        if "use" in value:
            return self._used(value, place, name, owner, shared, asked)
        return self._made(value, place, name, shared, asked)

    def _used(
        self,
        value: dict[str, Any],
        place: Place,
        name: str,
        owner: type[Trainable],
        shared: SharedLayer,
        asked: tuple[Remark, ...],
    ) -> Inner | None:
        for key in value:
            if key != "use":
                self._findings.add(
                    codes.UNKNOWN_KEY,
                    f"a shared layer is used as it is, without `{key}`",
                    (place / key).key(),
                    related=asked,
                )
        if not isinstance(value["use"], str):
            self._findings.add(
                codes.WRONG_TYPE, f"`use` takes text, not {show(value['use'])}", place / "use", related=asked
            )
            return None
        if getattr(owner, "copies", False):
            self._findings.add(
                codes.COPIED_NOT_SHARED,
                f"`{owner.keras_name}` works on copies of its layer, which cannot be a shared one",
                place / "use",
                hint="write the layer out; to share it, share the whole of this layer",
                related=asked,
            )
            return None
        return shared(value["use"], place / "use", name)

    def _made(
        self, value: dict[str, Any], place: Place, name: str, shared: SharedLayer, asked: tuple[Remark, ...]
    ) -> Inner | None:
        type_name = value["type"]
        if not isinstance(type_name, str):
            self._findings.add(
                codes.WRONG_TYPE, f"`type` takes text, not {show(type_name)}", place / "type", related=asked
            )
            return None
        given = value.get("name")
        if given is not None:
            problem = keras_name_problem(given) if isinstance(given, str) else f"`name` takes text, not {show(given)}"
            if problem is not None:
                self._findings.add(codes.BAD_NAME, problem, place / "name", related=asked)
                return None
            name = given
        found = self.find(type_name, place / "type", asked)
        if found is None:
            return None
        if not issubclass(found, Trainable):
            self._findings.add(codes.NOT_A_LAYER, f"`{type_name}` is no layer", place / "type", related=asked)
            return None
        arguments = {key: item for key, item in value.items() if key not in ("type", "name")}
        config = self.configure(found, type_name, arguments, place, name, shared, asked)
        return Inner(name, config) if isinstance(config, Trainable) else None


def _import_of(type_name: str) -> str | None:
    """The file that has a block of this name, of those that ship with the compiler."""
    from spec_compiler.expanding.standard_blocks import standard_blocks

    block = standard_blocks().get(type_name)
    return block.imported if block is not None else None

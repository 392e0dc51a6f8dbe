"""The types of arguments that many classes share: numbers with ranges, windows, names of other things."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec_compiler.catalog import families, registered
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.dtypes import POLICIES, TENSOR_DTYPES
from spec_compiler.catalog.objects import OneOf
from spec_compiler.catalog.rules import invalid

PositiveInt = Annotated[int, Field(gt=0)]
NonNegativeInt = Annotated[int, Field(ge=0)]
PositiveRounds = Annotated[int, Field(gt=0, le=1000)]
"""How often Keras does something, each time anew in the graph that it makes of a model: 1 to 1,000 times."""
Rounds = Annotated[int, Field(ge=0, le=1000)]
"""The same, where it may also do it not at all."""
NonZeroInt = Annotated[int, Field()]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Number = Annotated[int, Field()] | Finite
"""A number that stays whole if it is written so."""
PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegativeFloat = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""A number from 0 to 1, both included."""
Interpolation = Literal["nearest", "bilinear"]
"""How pixels are made of those around them."""
Rate = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
"""A share of what is dropped: 0 is allowed, 1 is not."""
Seed = Annotated[int, Field(ge=0, lt=2**31)]
ModelSeed = Annotated[int, Field(ge=0)]
"""The seed of a whole model: the seeds of its layers are derived from it."""

Initializer = Annotated[Config, OneOf(families.initializers)]
OptionalInitializer = Annotated[Config | None, OneOf(families.initializers, optional=True)]
Regularizer = Annotated[Config | None, OneOf(families.regularizers, optional=True)]
Constraint = Annotated[Config | None, OneOf(families.constraints, optional=True)]

DataFormat = Literal["channels_last", "channels_first"]


@dataclass(frozen=True)
class NameOf:
    """The annotation of a field that takes a name out of a list; the names are looked up when they are needed.

    With `registered`, it takes the names of functions that the calling program has registered as such, too.
    """

    kind: str
    names: tuple[str, ...]
    optional: bool = False
    registered: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        allowed = frozenset(self.names)

        def parse(value: Any) -> str | None:
            if value is None and self.optional:
                return None
            if not isinstance(value, str):
                raise PydanticCustomError("name_form", "", {"kind": self.kind})
            if value not in allowed and not (self.registered and registered.find(value, self.kind)):
                raise PydanticCustomError("unknown_object", "", {"kind": self.kind, "name": value, "names": self.names})
            return value

        return core_schema.no_info_plain_validator_function(parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        names = {"enum": [*self.names, None] if self.optional else list(self.names)}
        return {"anyOf": [names, registered.NAME_SCHEMA]} if self.registered else names


ActivationName = Annotated[str | None, NameOf("activation", families.ACTIVATIONS, optional=True, registered=True)]
DtypeName = Annotated[str, NameOf("dtype", TENSOR_DTYPES)]
DtypePolicy = Annotated[str | None, NameOf("dtype policy", POLICIES, optional=True)]


@dataclass(frozen=True)
class Sizes:
    """The annotation of a field that takes `rank` whole numbers, or one that stands for all of them.

    Its value is always a tuple of `rank` numbers.
    """

    rank: int
    minimum: int = 1
    optional: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> tuple[int, ...] | None:
        """The numbers of a value of a spec.

        Raises:
            PydanticCustomError: It is no number and no list of `rank` numbers, or one is too small.
        """
        if value is None and self.optional:
            return None
        if type(value) is int:
            numbers: tuple[Any, ...] = (value,) * self.rank
        elif isinstance(value, (list, tuple)) and len(value) == self.rank and all(type(n) is int for n in value):
            numbers = tuple(value)
        else:
            raise invalid(f"takes {self._form()}, not {show(value)}")
        if any(number < self.minimum for number in numbers):
            raise PydanticCustomError("greater_than_equal", "", {"ge": self.minimum})
        return numbers

    def _form(self) -> str:
        return "a whole number" if self.rank == 1 else f"a whole number or a list of {self.rank}"

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number = {"type": "integer", "minimum": self.minimum}
        several = {"type": "array", "items": number, "minItems": self.rank, "maxItems": self.rank}
        return {"anyOf": [number, several, *([{"type": "null"}] if self.optional else [])]}


@dataclass(frozen=True)
class Integers:
    """The annotation of a field that takes a list of whole numbers; with `single`, also one number alone.

    Its value is a tuple, or the one number as it was given.
    """

    single: bool = False
    minimum: int | None = None
    maximum: int | None = None
    unknown: bool = False
    optional: bool = False
    least: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> tuple[int | None, ...] | int | None:
        """The numbers of a value of a spec; with `unknown`, null stands for an unknown one.

        Raises:
            PydanticCustomError: It is not such a list, it has fewer than `least` numbers, or one is out of range.
        """
        if value is None and self.optional:
            return None
        if self.single and type(value) is int:
            self._check(value)
            return value
        if not isinstance(value, (list, tuple)):
            raise invalid(f"takes {self._form()}, not {show(value)}")
        for item in value:
            if item is None and self.unknown:
                continue
            if type(item) is not int:
                raise invalid(f"takes {self._form()}, and {show(item)} is no whole number")
            self._check(item)
        _require_length(value, self.least)
        return tuple(value)

    def _check(self, number: int) -> None:
        if self.minimum is not None and number < self.minimum:
            raise PydanticCustomError("greater_than_equal", "", {"ge": self.minimum})
        if self.maximum is not None and number > self.maximum:
            raise PydanticCustomError("less_than_equal", "", {"le": self.maximum})

    def _form(self) -> str:
        return "a whole number or a list of them" if self.single else "a list of whole numbers"

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "integer"}
        if self.minimum is not None:
            number["minimum"] = self.minimum
        if self.maximum is not None:
            number["maximum"] = self.maximum
        item = {"anyOf": [number, {"type": "null"}]} if self.unknown else number
        return _list_schema(item, number, self.least, single=self.single, optional=self.optional)


@dataclass(frozen=True)
class Numbers:
    """The annotation of a field that takes a list of finite numbers; with `single`, also one number alone.

    Its value is a tuple, or the one number as it was given.
    """

    single: bool = False
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False
    least: int = 1

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> tuple[float, ...] | float | None:
        """The numbers of a value of a spec.

        Raises:
            PydanticCustomError: It is not such a list, it has fewer than `least` numbers, or one is out of range.
        """
        if value is None and self.optional:
            return None
        if self.single and type(value) in (int, float):
            return self._number(value)
        if not isinstance(value, (list, tuple)):
            raise invalid(f"takes {self._form()}, not {show(value)}")
        _require_length(value, self.least)
        return tuple(self._number(item) for item in value)

    def _number(self, value: Any) -> float:
        if (
            type(value) not in (int, float)
            or not isfinite(value)
            or (self.minimum is not None and value < self.minimum)
            or (self.maximum is not None and value > self.maximum)
        ):
            raise invalid(f"takes {self._form()}, and {show(value)} is none")
        return float(value)

    def _form(self) -> str:
        bounds = [f"of at least {show(self.minimum)}"] if self.minimum is not None else []
        bounds += [f"at most {show(self.maximum)}"] if self.maximum is not None else []
        form = "a number or a list of numbers" if self.single else "a list of numbers"
        return " ".join([form, " and ".join(bounds)]).strip()

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number: dict[str, Any] = {"type": "number"}
        if self.minimum is not None:
            number["minimum"] = self.minimum
        if self.maximum is not None:
            number["maximum"] = self.maximum
        return _list_schema(number, number, self.least, single=self.single, optional=self.optional)


NestedTuples = tuple[Any, ...]
"""Numbers in tuples, nested as deep as an array has axes."""


@dataclass(frozen=True)
class NestedNumbers:
    """The annotation of a field that takes a number, or an array: lists of numbers, nested as deep as it has axes.

    Its value is a number, or nested tuples.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> float | NestedTuples:
        """The numbers of a value of a spec.

        Raises:
            PydanticCustomError: It holds something else, nothing, or lists that differ in length.
        """
        if not isinstance(value, (list, tuple)):
            if type(value) not in (int, float) or not isfinite(value):
                raise invalid(f"takes a number or a nested list of numbers, and {show(value)} is neither")
            return float(value)
        if not value:
            raise invalid("takes a number or a nested list of numbers, and a list in it is empty")
        items = tuple(map(self.parse, value))
        if len(set(map(shape_of, items))) > 1:
            raise invalid("takes a list that is rectangular, and the lists in it differ in shape")
        return items

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": ["number", "array"]}, "minItems": 1}]}


def shape_of(array: float | NestedTuples) -> tuple[int, ...]:
    """The shape of a number or of nested tuples that are rectangular."""
    return (len(array), *shape_of(array[0])) if isinstance(array, tuple) else ()


def _require_length(value: Sequence[Any], least: int) -> None:
    if len(value) < least:
        raise PydanticCustomError("too_short", "", {"min_length": least})


def _list_schema(
    item: dict[str, Any], number: dict[str, Any], least: int, *, single: bool, optional: bool
) -> dict[str, Any]:
    """The JSON Schema of a list of items; with `single` of a number, with `optional` of null, too."""
    array: dict[str, Any] = {"type": "array", "items": item}
    if least:
        array["minItems"] = least
    forms = [array, *([number] if single else []), *([{"type": "null"}] if optional else [])]
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


Axes = Annotated[tuple[int, ...] | int | None, Integers(single=True, optional=True)]
"""One axis, several, or null for all."""


_SCOPE = r"[A-Za-z0-9.][A-Za-z0-9_.>-]*"


def _scope_name(name: str) -> str:
    if not re.fullmatch(_SCOPE, name):
        rule = "such a name is a letter, a digit or a dot, followed by letters, digits, `_`, `.`, `-` and `>`"
        raise PydanticCustomError("bad_name", "", {"name": name, "rule": rule})
    return name


ScopeName = Annotated[str, AfterValidator(_scope_name), WithJsonSchema({"type": "string", "pattern": f"^{_SCOPE}$"})]
"""A name of a model, a loss, an optimizer or a schedule: TensorFlow makes a name scope of it, and takes no others."""


def _not_empty(name: str) -> str:
    if not name:
        raise invalid("takes the name of a value of the logs, and is empty")
    return name


LogName = Annotated[str, AfterValidator(_not_empty), WithJsonSchema({"type": "string", "minLength": 1})]
"""The name under which something is logged, such as a metric: any text."""

KnownOrNotShape = Annotated[tuple[int | None, ...] | None, Integers(minimum=1, unknown=True, optional=True)]


_LOOKS_ELSE = re.compile(r"[-+]?[0-9.]{1,30}(e[-+]?[0-9]{1,4})?|true|false|null|")
"""Texts that would be a number, a truth value or nothing if they were not in quotes."""


def show(value: Any) -> str:
    """A value of a spec in a sentence: ``3``, ``true``, `` `relu` ``, "a list", "a mapping"."""
    if value is None:
        return "null"
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, float):
        text = f"{value:.6g}"
        return f"{text}.0" if text.lstrip("-").isdigit() else text
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        if _LOOKS_ELSE.fullmatch(value):
            return f'the text `"{value}"`'
        return f"`{value}`" if len(value) <= 40 else f"`{value[:37]}…`"
    if isinstance(value, (list, tuple)):
        flat = all(item is None or isinstance(item, (int, float, str)) for item in value)
        return f"[{', '.join(map(_show_item, value))}]" if flat and len(value) <= 6 else "a list"
    if isinstance(value, dict):
        return "a mapping"
    return f"a {type(value).__name__}"


def _show_item(item: Any) -> str:
    """An item of a list in a sentence: as in YAML, without a mark around it."""
    return show(item).removeprefix("the text ").strip("`")

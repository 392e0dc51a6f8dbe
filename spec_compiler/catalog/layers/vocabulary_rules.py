"""What layers with a vocabulary share: their arguments, and what a vocabulary must be.

A vocabulary is a list in the spec, and never the name of a file, which Keras would read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from encodings.aliases import aliases
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec_compiler.catalog.fields import show
from spec_compiler.catalog.intervals import Interval, places
from spec_compiler.catalog.layers.base import Arguments
from spec_compiler.catalog.layers.preprocessing_rules import FloatList, encoded
from spec_compiler.catalog.rules import UnknownDimensionError, conflict, invalid
from spec_compiler.catalog.tensors import Dimension, Shape

LookupMode = Literal["int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf"]
_OLD_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}

VocabularyToken = str | int | None


@dataclass(frozen=True)
class VocabularyOf:
    """The annotation of a field that takes a list of tokens, text or whole numbers; its value is a tuple of them."""

    kind: type[str] | type[int]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def parse(self, value: Any) -> tuple[Any, ...] | None:
        """The tokens of a value of a spec.

        Raises:
            PydanticCustomError: It is the name of a file, no list, or holds something else than tokens.
        """
        if value is None:
            return None
        if isinstance(value, str):
            message = f"takes a list of {self._tokens}, and never the name of a file, as {show(value)} would be"
            raise PydanticCustomError("file_as_value", "{message}", {"message": message})
        if not isinstance(value, (list, tuple)):
            raise invalid(f"takes a list of {self._tokens}, not {show(value)}")
        for item in value:
            if type(item) is not self.kind or (isinstance(item, int) and not -(2**63) <= item < 2**63):
                raise invalid(f"takes a list of {self._tokens}, and {show(item)} is none")
        return tuple(value)

    @property
    def _tokens(self) -> str:
        return "words" if self.kind is str else "whole numbers of 64 bits"

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        item = {"type": "string" if self.kind is str else "integer"}
        return {"anyOf": [{"type": "array", "items": item, "minItems": 1}, {"type": "null"}]}


_NOT_TEXT = {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"}
_ENCODINGS = {*aliases, *aliases.values()} - {name for name, codec in aliases.items() if codec in _NOT_TEXT} - _NOT_TEXT


def _encoding(name: str) -> str:
    # Held against a table: to look a codec up, Python would import a module of that name.
    if name.lower().replace("-", "_").replace(" ", "_") not in _ENCODINGS:
        raise invalid(f"takes the name of a character encoding, and {show(name)} is none")
    return name


TextEncoding = Annotated[str, AfterValidator(_encoding)]


class Lookup(Arguments):
    """The arguments about a vocabulary, and about what is made of the tokens in it."""

    max_tokens: Annotated[int, Field(ge=2)] | None = Field(
        None, description="The most tokens there can be, those that stand for padding and for unknown ones included."
    )
    idf_weights: FloatList | None = Field(
        None, description="The inverse document frequency of each token, for `output_mode: tf_idf`."
    )
    output_mode: LookupMode = Field("int", description="Whether a token is given as a number or as a vector, and how.")
    pad_to_max_tokens: bool = Field(False, description="Whether vectors have `max_tokens` places, whatever is known.")
    sparse: bool = Field(False, description="Whether vectors are sparse tensors.")

    @property
    def mode(self) -> str:
        """The mode under its present name."""
        return _OLD_MODES.get(self.output_mode, self.output_mode)

    def depth(self, vocabulary: Sequence[VocabularyToken] | None, special: Sequence[VocabularyToken]) -> Dimension:
        """The length of vectors; unknown as long as there is no vocabulary."""
        if self.pad_to_max_tokens:
            return self.max_tokens
        return None if vocabulary is None else len(special) + len(own_tokens(vocabulary, special))

    def places(self, vocabulary: Sequence[VocabularyToken] | None, special: Sequence[VocabularyToken]) -> Interval:
        """The places of a vocabulary, or of one that is learnt from data, and has `max_tokens` at most."""
        if vocabulary is None:
            return places(self.max_tokens)
        return replace(places(len(special) + len(own_tokens(vocabulary, special))), reached=True)

    def known_size(self, size: Dimension) -> int:
        """The length of vectors, without which they cannot be made.

        Raises:
            UnknownDimensionError: There is no vocabulary yet.
        """
        if size is None:
            raise UnknownDimensionError("needs a `vocabulary` to know how long its vectors are", argument="vocabulary")
        return size

    @property
    def vector_dtype(self) -> str:
        """The dtype of vectors as they are made; Keras says that they are float32."""
        return "float32" if self.mode == "tf_idf" else "int64"

    def check_modes(self, vocabulary: Sequence[VocabularyToken] | None) -> None:
        """Refuse arguments about the output that do not go together.

        Raises:
            PydanticCustomError: The first that does not.
        """
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise conflict("pad_to_max_tokens", "`pad_to_max_tokens` is true, and there is no `max_tokens`")
        if self.sparse and self.mode == "int":
            raise conflict("sparse", "`sparse` goes with vectors, and `output_mode` is `int`")
        if self.idf_weights is not None and self.mode != "tf_idf":
            raise conflict(
                "idf_weights", f"`idf_weights` go with `output_mode: tf_idf`, and it is `{self.output_mode}`"
            )
        if self.mode != "tf_idf" or vocabulary is None:
            return
        if self.idf_weights is None:
            raise conflict("idf_weights", "`output_mode` is `tf_idf`, and the `vocabulary` has no `idf_weights`")
        if len(self.idf_weights) != len(vocabulary):
            raise conflict(
                "idf_weights",
                f"there are {len(self.idf_weights)} `idf_weights` for the {len(vocabulary)} tokens of the `vocabulary`",
            )


def own_tokens(vocabulary: Sequence[VocabularyToken], special: Sequence[VocabularyToken]) -> Sequence[VocabularyToken]:
    """The tokens of a vocabulary without the special ones, which may stand at its start, all of them in order."""
    given = tuple(vocabulary[: len(special)]) == tuple(special)
    return vocabulary[len(special) :] if given else vocabulary


def check_vocabulary(
    vocabulary: Sequence[VocabularyToken],
    special: Sequence[VocabularyToken],
    reserved: Sequence[VocabularyToken],
    max_tokens: int | None,
) -> None:
    """Refuse a vocabulary that is empty, has a token twice, a `reserved` one among the others, or too many.

    Raises:
        PydanticCustomError: It is one of these.
    """
    tokens = own_tokens(vocabulary, special)
    if not tokens:
        raise conflict("vocabulary", "`vocabulary` has no tokens")
    seen: set[VocabularyToken] = set()
    for token in tokens:
        if token in seen:
            raise conflict("vocabulary", f"`vocabulary` has the token {show(token)} twice")
        seen.add(token)
    for token in reserved:
        if token is not None and token in seen:
            order = ", ".join(map(show, special)) or "none"
            raise conflict(
                "vocabulary",
                f"`vocabulary` has the special token {show(token)}: those are left out, or stand at the start, "
                f"all of them in order: {order}",
            )
    size = len(special) + len(tokens)
    if max_tokens is not None and size > max_tokens:
        raise conflict("max_tokens", f"there are {size} tokens with the special ones, and `max_tokens` is {max_tokens}")


def lookup_shape(shape: Shape, mode: str, depth: Dimension) -> Shape:
    """The shape of vectors that a lookup says it gives: of all but `one_hot`, the last axis is summed over."""
    return encoded(shape, mode, depth) if mode == "one_hot" else (*shape[:-1], depth)

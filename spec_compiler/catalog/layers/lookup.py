"""Layers that look words and numbers up in a vocabulary."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from spec_compiler.catalog.fields import Integers, PositiveInt
from spec_compiler.catalog.intervals import UNKNOWN, Interval
from spec_compiler.catalog.layers.base import Trainable
from spec_compiler.catalog.layers.preprocessing_rules import (
    TEXT,
    Salt,
    encoded,
    encoded_interval,
    encoded_when_traced,
    require_samples,
)
from spec_compiler.catalog.layers.vocabulary_rules import (
    Lookup,
    TextEncoding,
    VocabularyOf,
    VocabularyToken,
    check_vocabulary,
    lookup_shape,
)
from spec_compiler.catalog.mask_rules import LOSES, MaskRule
from spec_compiler.catalog.operands import NUMBERS, Elements, require_elements
from spec_compiler.catalog.rules import RankError, ShapeError, UnknownDimensionError, conflict
from spec_compiler.catalog.tensors import Dimension, Inferred, Shape, TensorType, format_shape, one


class IndexLookup(Lookup, Trainable):
    """A layer that replaces each token by its place in a vocabulary, or the other way round.

    Keras computes in a dtype of its own here, and has no `dtype` to choose.
    """

    mask_rule: ClassVar[MaskRule] = LOSES
    needs_tensorflow: ClassVar[bool] = True
    text: ClassVar[bool]
    """Whether tokens are text."""
    converts_inputs: ClassVar[bool] = False
    built_for: ClassVar[tuple[str, ...] | None] = ()

    num_oov_indices: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        1, description="How many places unknown tokens are spread over."
    )
    mask_token: VocabularyToken = Field(None, description="The token that stands for padding.")
    oov_token: VocabularyToken = Field(None, description="The token that is given for an unknown place.")
    vocabulary: tuple[VocabularyToken, ...] | None = Field(
        None, description="The tokens; learnt from data if left out."
    )
    invert: bool = Field(False, description="Whether places are looked up, and tokens given.")
    salt: Salt = Field(None, description="A whole number, or two, that spread unknown tokens in another way.")

    @property
    def special(self) -> tuple[VocabularyToken, ...]:
        """The tokens that stand before those of the vocabulary."""
        padding = (self.mask_token,) if self.mask_token is not None and self.mode == "int" else ()
        return padding + (self.oov_token,) * self.num_oov_indices

    @property
    def needs_adapting(self) -> bool:
        """Whether the vocabulary is made of data."""
        return self.vocabulary is None

    @property
    def size(self) -> Dimension:
        """The length of vectors."""
        return self.depth(self.vocabulary, self.special)

    @property
    def keys(self) -> Elements:
        """What is looked up: text, or numbers, which are made whole."""
        return TEXT if self.text and not self.invert else NUMBERS

    @model_validator(mode="after")
    def _fitting_arguments(self) -> Self:
        if self.invert and self.mode != "int":
            raise conflict("output_mode", f"`invert` is true, and `output_mode` is `{self.output_mode}`, not `int`")
        if self.invert and self.oov_token is None:
            raise conflict("oov_token", "`invert` is true, and there is no `oov_token` to give for unknown places")
        self.check_modes(self.vocabulary)
        if self.vocabulary is not None:
            reserved = (self.mask_token, self.oov_token) if self.invert else (self.mask_token,)
            check_vocabulary(self.vocabulary, self.special, reserved, self.max_tokens)
        return self

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """The places of the vocabulary, or vectors; tokens can be anything."""
        if self.invert:
            return UNKNOWN
        return self.places(self.vocabulary, self.special) if self.mode == "int" else encoded_interval(self.mode)

    def infer(self, inputs: TensorType) -> Inferred:
        """(…) to (…), (…, size) for `one_hot`, or (…, n) to (…, size)."""
        require_elements(inputs, self.keys, "inputs")
        if self.mode == "int":
            # Inverted too: Keras says that tokens are whole numbers.
            return one(TensorType(inputs.shape, "int64"))
        require_samples(self.mode, inputs)
        return one(TensorType(lookup_shape(inputs.shape, self.mode, self.size), "float32"))

    def traced(self, x: TensorType) -> Inferred:
        """What the lookup really gives: tokens of their own dtype, vectors of whole numbers."""
        require_elements(x, self.keys, "inputs")
        if self.mode == "int":
            return one(TensorType(x.shape, "string" if self.invert and self.text else "int64"))
        return one(TensorType(encoded_when_traced(x.shape, self.mode, self.known_size(self.size)), self.vector_dtype))


class StringLookup(IndexLookup):
    """Replaces words by their places in a vocabulary, or places by words."""

    example: ClassVar[str] = "vocabulary: [red, green, blue], inputs: texts"

    text = True

    mask_token: str | None = Field(None, description="The word that stands for padding.")
    oov_token: str | None = Field("[UNK]", description="The word that is given for an unknown place.")
    vocabulary: Annotated[tuple[str, ...] | None, VocabularyOf(str)] = Field(
        None, description="The words, as a list; learnt from data if left out."
    )
    encoding: TextEncoding = Field("utf-8", description="How the words are encoded.")


Integer64 = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class IntegerLookup(IndexLookup):
    """Replaces whole numbers by their places in a vocabulary, or places by numbers."""

    example: ClassVar[str] = "vocabulary: [3, 5, 8], inputs: words"

    text = False

    mask_token: Integer64 | None = Field(None, description="The number that stands for padding.")
    oov_token: Integer64 | None = Field(-1, description="The number that is given for an unknown place.")
    vocabulary: Annotated[tuple[int, ...] | None, VocabularyOf(int)] = Field(
        None, description="The numbers, as a list; learnt from data if left out."
    )
    vocabulary_dtype: Literal["int64"] = Field("int64", description="The dtype of the vocabulary.")
    oov_method: Literal["floormod", "farmhash"] = Field(
        "floormod", description="How unknown numbers are spread: by their remainder, or by a hash."
    )

    @model_validator(mode="after")
    def _salted_hash(self) -> Self:
        if self.salt is not None and self.oov_method != "farmhash":
            raise conflict("salt", "`salt` goes with `oov_method: farmhash`")
        return self


class TextVectorization(Lookup, Trainable):
    """Splits texts into words and replaces these by their places in a vocabulary.

    Keras computes in a dtype of its own here, and has no `dtype` to choose.
    """

    mask_rule: ClassVar[MaskRule] = LOSES
    needs_tensorflow: ClassVar[bool] = True
    example: ClassVar[str] = "vocabulary: [red, green, blue], output_sequence_length: 6, inputs: text"
    converts_inputs: ClassVar[bool] = False

    standardize: Literal["lower_and_strip_punctuation", "lower", "strip_punctuation"] | None = Field(
        "lower_and_strip_punctuation", description="What is done to a text before it is split; null for nothing."
    )
    split: Literal["whitespace", "character"] | None = Field(
        "whitespace", description="Where a text is split; null for nowhere."
    )
    ngrams: Annotated[
        tuple[int, ...] | int | None, Integers(single=True, minimum=1, maximum=1000, optional=True, least=1)
    ] = Field(
        None, description="Words are put together in groups of up to this many, or of just these numbers of words."
    )
    output_sequence_length: PositiveInt | None = Field(
        None, description="How many words of each text are given, for `output_mode: int`; as many as there are if null."
    )
    vocabulary: Annotated[tuple[str, ...] | None, VocabularyOf(str)] = Field(
        None, description="The words, as a list; learnt from data if left out."
    )
    ragged: bool = Field(False, description="Whether texts of different lengths are given as a ragged tensor.")
    encoding: TextEncoding = Field("utf-8", description="How texts and words are encoded.")

    @property
    def special(self) -> tuple[VocabularyToken, ...]:
        """The tokens that stand before those of the vocabulary."""
        return ("", "[UNK]") if self.mode == "int" else ("[UNK]",)

    @property
    def needs_adapting(self) -> bool:
        """Whether the vocabulary is made of data."""
        return self.vocabulary is None

    @property
    def size(self) -> Dimension:
        """The length of vectors."""
        return self.depth(self.vocabulary, self.special)

    @model_validator(mode="after")
    def _fitting_arguments(self) -> Self:
        if self.mode != "int":
            for name in ("output_sequence_length", "ragged"):
                if getattr(self, name):
                    raise conflict(name, f"`{name}` goes with `output_mode: int`, and it is `{self.output_mode}`")
        self.check_modes(self.vocabulary)
        if self.vocabulary is not None:
            check_vocabulary(self.vocabulary, self.special, ("",), self.max_tokens)
        return self

    def interval(self, output: int, of: TensorType, **call: Any) -> Interval:
        """The places of the vocabulary, or vectors."""
        return self.places(self.vocabulary, self.special) if self.mode == "int" else encoded_interval(self.mode)

    def infer(self, inputs: TensorType) -> Inferred:
        """(batch) or (batch, 1) to (batch, words); or to vectors, which Keras says have an axis for what is split."""
        self._check(inputs)
        shape = inputs.shape
        if self.mode == "int":
            return one(TensorType((shape[0], self.output_sequence_length), "int64"))
        if self.split is not None:
            shape = (*shape, None)
        elif len(shape) <= 1:
            shape = (*shape, 1)
        return one(TensorType(lookup_shape(shape, self.mode, self.size), "float32"))

    def _check(self, inputs: TensorType) -> None:
        require_elements(inputs, TEXT, "inputs")
        if self.mode == "int" and not inputs.shape:
            raise RankError("takes (batch) or (batch, 1), and gets a single text", "inputs")
        if self.split is not None and inputs.rank > 1 and inputs.shape[-1] not in (1, None):
            raise ShapeError(
                f"splits one text each, (batch) or (batch, 1), and gets {format_shape(inputs.shape)}", "inputs"
            )
        if self.ngrams is not None and self.split is None and not inputs.shape:
            raise RankError("puts words together along an axis, and gets a single word", "inputs")

    def traced(self, x: TensorType) -> Inferred:
        """What is really given: the words of each text, or one vector a text."""
        self._check(x)
        words = self._words(x.shape)
        if self.mode == "int":
            if self.output_sequence_length is not None:
                words = (*words[:-1], self.output_sequence_length)
            return one(TensorType(words, "int64"))
        size = self.known_size(self.size)
        # The words of texts of different lengths are never one word each for all, as far as TensorFlow knows.
        encode = encoded_when_traced if self.split is None else encoded
        return one(TensorType(encode(words, self.mode, size), self.vector_dtype))

    def _words(self, shape: Shape) -> Shape:
        """The shape of the words of texts, of which there may be a different number in each."""
        if self.split is None:
            return shape if self.ngrams is None else (*shape[:-1], None)
        if len(shape) > 1 and shape[-1] is None:
            raise UnknownDimensionError(f"needs to know that the last axis of {format_shape(shape)} is 1", "inputs")
        texts = shape[:-1] if len(shape) > 1 else shape
        return (*((None,) if texts else ()), *texts[1:], None)

"""What may be written: the sections of a spec and the keys of each, before anything is evaluated.

Values that may hold expressions are not typed here: they are once they are evaluated, in `settings` and by the
catalogue.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from spec_compiler.catalog.rules import invalid
from spec_compiler.language.names import MODEL_NAME, MODEL_NAME_RULE, NAME, NAME_RULE


def _nothing() -> list[Any]:
    return []  # pydantic asks `list` itself for its signature, which starts Python's tokenizer


class Section(BaseModel):
    """A mapping with certain keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=False, defer_build=True)


class _Name:
    """The annotation of a text that is a name.

    Args:
        pattern: How it is formed.
        rule: The same in words.
        definition: The definition of the JSON Schema that says so.
    """

    def __init__(self, pattern: re.Pattern[str], rule: str, definition: str) -> None:
        self._pattern = pattern
        self._rule = rule
        self._definition = definition

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def parse(value: Any) -> str:
            if not isinstance(value, str):
                raise PydanticCustomError("string_type", "")
            if not self._pattern.fullmatch(value):
                raise PydanticCustomError("bad_name", "", {"name": value, "rule": self._rule})
            return value

        return core_schema.no_info_plain_validator_function(parse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"x-definition": self._definition}


Name = Annotated[str, _Name(NAME, NAME_RULE, "name")]
ModelName = Annotated[str, _Name(MODEL_NAME, MODEL_NAME_RULE, "model_name")]
InputsValue = Any
"""References as they are written: a text, a number, a list of them, or a mapping from argument to these."""


DefaultsTable = dict[str, dict[str, Any]]
"""Arguments by type, for the layers and ops that do not say them themselves."""


class NodeForm(Section):
    """A node: a call of a layer, an op or a block. Keys that are none of these are the arguments of its type."""

    model_config = ConfigDict(extra="allow")

    type: str | None = Field(None, description="What is called: a layer, an op, a block, or a custom layer.")
    use: str | None = Field(None, description="Instead of `type`: the shared layer that is called.")
    name: str | None = Field(None, description="The Keras name of the layer, to the letter, if it is not the node's.")
    inputs: InputsValue = Field(None, description="What flows in.")
    call: dict[str, Any] | None = Field(None, description="The other arguments of the call.")
    repeat: Any = Field(None, description="A chain of so many fresh copies.")
    copies: dict[str, Any] | None = Field(None, alias="for", description="Parallel copies, one for each value.")
    when: Any = Field(None, description="A condition; if it is false, the node is bypassed.")

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the node's type."""
        return self.__pydantic_extra__ or {}


NODE_KEYS = tuple(field.alias or name for name, field in NodeForm.model_fields.items())
"""The keys that every node may have, whatever its type."""


class LayerForm(Section):
    """A shared layer. Keys that are none of these are the arguments of its type."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="What the layer is.")
    name: str | None = Field(None, description="The Keras name of the layer, to the letter, if it is not its key.")

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the layer's type."""
        return self.__pydantic_extra__ or {}


def _block_params(value: Any) -> dict[str, Any] | list[Any]:
    if isinstance(value, (dict, list)):
        return value
    raise invalid("takes a mapping of params or a list of their names")


def _outputs(value: Any) -> dict[str, Any] | list[Any]:
    if isinstance(value, (dict, list)) and value:
        return value
    if isinstance(value, (dict, list)):
        raise invalid("names at least one output")
    if isinstance(value, str):
        raise invalid("takes a list of names or a mapping of outputs")
    raise invalid("takes a mapping of outputs or a list of their names")


def _references(value: Any) -> list[Any] | str:
    if isinstance(value, list) or (isinstance(value, str) and "${" in value):
        return value
    raise invalid("takes a list of references" if isinstance(value, str) else "takes references in a list")


class _References:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_references)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"x-definition": "references"}


class _Outputs:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_outputs)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"x-definition": "outputs"}


class _BlockParams:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_block_params)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"x-definition": "block_params"}


class ParamForm(Section):
    """A param that says more than its default."""

    default: Any = Field(None, description="The value if none is set; without it, one must be.")
    type: Literal["int", "float", "bool", "str", "list", "map"] | None = Field(
        None, description="What values it takes; by default those of its default's type."
    )
    min: float | None = Field(None, description="The smallest value.")
    max: float | None = Field(None, description="The greatest value.")
    choices: list[Any] | None = Field(None, description="The values that it can have.")
    description: str | None = Field(None, description="What it is, in free text.")


class BlockForm(Section):
    """A block: a node type of the spec's own."""

    description: str | None = Field(None, description="What the block is, in free text.")
    params: Annotated[dict[str, Any] | list[Any], _BlockParams()] = Field(
        default_factory=dict, description="What a node of this type can say."
    )
    defaults: DefaultsTable = Field(default_factory=dict, description="Arguments for all that is written in the block.")
    inputs: list[str] = Field(description="The names of what flows in.")
    layers: dict[Name, Any] = Field(default_factory=dict, description="Layers that are shared inside one copy.")
    nodes: dict[str, Any] = Field(default_factory=dict, description="The graph of the block.")
    edges: list[Any] = Field(default_factory=_nothing, description="The wiring as arrows.")
    outputs: Annotated[dict[str, Any] | list[Any], _Outputs()] = Field(description="What a copy gives.")


class OutputForm(Section):
    """An output of the model and what it is trained for."""

    source: Any = Field(None, alias="from", description="The reference, where it is not the output's own name.")
    loss: Any = Field(None, description="A loss of Keras; without one the output is not trained on.")
    loss_weight: Any = Field(None, description="What the loss is multiplied with; 1.0 if left out.")
    metrics: list[Any] | None = Field(None, description="What is measured.")
    weighted_metrics: list[Any] | None = Field(None, description="What is measured with the sample weights.")


class ModelForm(Section):
    """A part of the graph that is a model of its own, on the layers of the whole."""

    inputs: Annotated[list[Any] | str, _References()] = Field(description="References to the tensors that it takes.")
    outputs: Annotated[dict[str, Any] | list[Any], _Outputs()] = Field(
        description="What it gives, and what each output is trained for."
    )
    compile: dict[str, Any] | None = Field(None, description="The optimizer and other options of `Model.compile`.")


class LintForm(Section):
    """What the lints are to leave alone."""

    ignore: list[str] = Field(default_factory=_nothing, description="Codes of lints that are not to be reported.")


class SpecForm(Section):
    """A whole spec. `spec`, `nodes` and `outputs` are required; `validate` says so if they are missing."""

    spec: Literal[1] = Field(1, description="The version of the language.")
    name: ModelName | None = Field(None, description="The name of the model.")
    description: str | None = Field(None, description="What the model is, in free text.")
    params: dict[str, Any] = Field(default_factory=dict, description="Named constants, set from outside.")
    defaults: DefaultsTable = Field(default_factory=dict, description="Arguments for all that is written in the file.")
    imports: list[str] = Field(default_factory=_nothing, description="Files whose blocks become available.")
    blocks: dict[Name, Any] = Field(default_factory=dict, description="Node types of the spec's own.")
    layers: dict[Name, Any] = Field(default_factory=dict, description="Shared layers: one instance each.")
    nodes: dict[str, Any] = Field(default_factory=dict, description="The graph: the name of each node, and the node.")
    edges: list[Any] = Field(default_factory=_nothing, description="The wiring as arrows.")
    inputs: list[str] | None = Field(None, description="The order of the model's inputs.")
    outputs: Annotated[dict[str, Any] | list[Any], _Outputs()] = Field(
        default_factory=dict, description="What each output is trained for."
    )
    models: dict[ModelName, Any] = Field(
        default_factory=dict, description="Parts of the graph that are models of their own."
    )
    compile: dict[str, Any] | None = Field(None, description="The optimizer and other options of `Model.compile`.")
    fit: dict[str, Any] | None = Field(None, description="Defaults for training: options of `Model.fit`.")
    search: dict[str, Any] = Field(default_factory=dict, description="What a sweep tries of the params.")
    phases: list[Any] | None = Field(None, description="What is trained in which order, for how long.")
    seed: Any = Field(None, description="Makes weights and dropout the same each time.")
    dtype_policy: Any = Field(None, description="The dtype policy of every layer that names no dtype.")
    lint: LintForm = Field(default_factory=LintForm, description="What the lints are to leave alone.")

"""Shared layers: each is written out once, under its own name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from spec_compiler.expanding.body import Body, Known
from spec_compiler.expanding.completion import without_freezing
from spec_compiler.expanding.instances import instance
from spec_compiler.expanding.library import Block
from spec_compiler.expanding.names import Meaning, UnresolvedError
from spec_compiler.expanding.run import UnfinishedGraph
from spec_compiler.graph.flat import FlatLayer, FlatModel, OutputRef
from spec_compiler.graph.scopes import Scope
from spec_compiler.language.validate import layer_form
from spec_compiler.spans import Place


def write_layers(body: Body) -> None:
    """Write out the shared layers of a graph, in order of writing."""
    for key, value in body.layers.items():
        body.part.layers.append(_layer(body, key, value))


def _layer(body: Body, key: str, value: Any) -> FlatLayer:
    place = body.place / "layers" / key
    name = body.prefix + key
    form = layer_form(body.variables.known(value, place), place, body.findings, body.scope)
    if form is None:
        return FlatLayer(name, None, name, {}, place, body.scope)
    keras_name = form.name if form.name is not None else name
    block = body.library.blocks.get(form.type)
    if block is None:
        kind = None if body.library.is_broken(form.type) else form.type
        arguments = body.completion.complete(form.type, form.arguments, place)
        return FlatLayer(name, kind, keras_name, body.with_prefix(arguments), place, body.scope)
    model = None if body.library.is_broken(form.type) else _model(body, block, key, form.arguments, place)
    kind = form.type if model is not None else None
    return FlatLayer(name, kind, keras_name, {}, place, body.scope, model)


def _model(body: Body, block: Block, key: str, arguments: Mapping[str, Any], place: Place) -> FlatModel | None:
    """A block that is shared: a model of its own, with nodes of its own; None if it has mistakes."""
    part = UnfinishedGraph()
    inputs: dict[str, Meaning] = {each: Known(partial(OutputRef, each, None, place)) for each in block.form.inputs}
    arguments, freezes = without_freezing(arguments, block.params, place, body.findings, body.scope)
    scope = body.run.scope(
        Scope("shared", body.prefix + key, body.scope, key, place, block.name, arguments, freezes=freezes)
    )
    inside = instance(body, part, block, scope, inputs)
    write_layers(inside)
    inside.write_nodes()
    inside.note_names()
    try:
        outputs = inside.outputs_of(block)
    except UnresolvedError:
        return None
    finally:
        inside.close()
    return FlatModel(scope, tuple(block.form.inputs), tuple(part.nodes), tuple(part.layers), outputs)

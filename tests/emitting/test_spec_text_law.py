"""The law of rendering: what is rendered is read as the same graph, and rendered again it is the same text."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter

import spec_compiler as sc
from spec_compiler.catalog import families, registry
from spec_compiler.catalog.config import Config
from spec_compiler.catalog.examples import example
from spec_compiler.comparing.compare import compare
from spec_compiler.expanding.standard_blocks import standard_blocks

pytestmark = pytest.mark.slow

FAMILIES = ("losses", "metrics", "optimizers", "schedules", "initializers", "regularizers", "constraints", "callbacks")
TYPES = [name for name in registry.type_names() if registry.own_name(name) == name]


def rendered_twice(text):
    graph = sc.load_spec(sc.Source.text(text))
    again = sc.load_spec(sc.Source.text(graph.to_yaml(), form="yaml"))
    return graph, again


@pytest.mark.parametrize("name", TYPES)
def test_every_example_of_the_catalogue_is_rendered_to_the_same_graph_and_the_same_bytes(name):
    graph, again = rendered_twice(example(name).text)
    assert again.to_yaml() == graph.to_yaml()
    assert compare(graph, again).same


@pytest.mark.parametrize("name", standard_blocks())
def test_every_standard_block_is_rendered_to_the_same_bytes(name):
    graph, again = rendered_twice(standard_blocks()[name].example)
    assert again.to_yaml() == graph.to_yaml()


def every_class() -> list[type[Config]]:
    """Every class of the catalogue."""
    for name in TYPES:
        registry.operation(name)
    for family in FAMILIES:
        known = getattr(families, family)()
        for name in known.names:
            known.get(name)

    def below(found: type[Config]) -> list[type[Config]]:
        return [each for sub in found.__subclasses__() for each in (sub, *below(sub))]

    return [each for each in below(Config) if each.__module__.startswith("spec_compiler.")]


def test_every_default_is_what_it_would_be_if_it_were_written():
    def written(field: Any, default: Any) -> Any:
        kind = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        return TypeAdapter(kind).validate_python(default)

    unlike = {}
    for found in every_class():
        for name, field in found.model_fields.items():
            if not field.is_required() and not field.validate_default:
                default = field.get_default(call_default_factory=True)
                # As text, 1 and 1.0 differ.
                if repr(default) != repr(written(field, default)):
                    unlike[found.__name__, name] = default
    assert unlike == {}


OBJECTS = [
    *(f"kernel_constraint: {name}" for name in ("MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm")),
    *(f"kernel_regularizer: {name}" for name in ("L1", "L2", "L1L2", "OrthogonalRegularizer")),
]


@pytest.mark.parametrize("argument", OBJECTS)
def test_objects_that_are_given_by_their_names_are_rendered_to_the_same_bytes(argument):
    graph, again = rendered_twice(
        "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n"
        f"  y: {{type: Dense, units: 2, {argument}, inputs: x}}\noutputs: [y]\n"
    )
    assert again.to_yaml() == graph.to_yaml()
    assert compare(graph, again).same


@pytest.mark.parametrize("name", ["Discretization", "Pipeline"])
def test_a_layer_that_has_not_all_arguments_of_the_others_refuses_them(name):
    text = example(name).text.replace(f"type: {name},", f"type: {name}, trainable: false,")
    assert [found.code for found in sc.check_spec(sc.Source.text(text))] == ["SC209"]

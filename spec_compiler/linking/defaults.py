"""The entries of `defaults` are held against the catalogue: each is for a type and for arguments that exist."""

from __future__ import annotations

from functools import partial

from spec_compiler.catalog import families, registry
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.registered import RegisteredConfig
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Guess, Remark
from spec_compiler.diagnostics.suggest import did_you_mean
from spec_compiler.graph.flat import FlatDefaults, FlatSpec
from spec_compiler.language.spec import NODE_KEYS
from spec_compiler.linking.configure import Configurator
from spec_compiler.spans import Place


def check_defaults(spec: FlatSpec, configurator: Configurator, findings: Findings) -> None:
    """Report types that have no defaults, and arguments that their types do not have."""
    seen: dict[tuple[Place, str], Place] = {}
    for entry in spec.defaults:
        name = registry.layer_name(entry.type)
        table = entry.place._replace(path=entry.place.path[:-1])
        first = seen.setdefault((table, name), entry.place)
        if first != entry.place:
            findings.add(
                codes.DUPLICATE_KEY,
                f"`{first.path[-1]}` and `{entry.type}` are one layer, and it has defaults already",
                entry.place.key(),
                hint="put them into one entry",
                related=(Remark(first.key(), "the other entry"),),
            )
        elif entry.type in spec.blocks or entry.type == "Input":
            what = "an input" if entry.type == "Input" else "a block"
            hint = None if entry.type == "Input" else "give its params defaults instead"
            findings.add(
                codes.NOT_A_LAYER,
                f"defaults are for layers and ops, and `{entry.type}` is {what}",
                entry.place.key(),
                hint=hint,
            )
        elif (kind := families.kind_named(entry.type)) is not None and registry.operation(entry.type) is None:
            findings.add(
                codes.NOT_A_LAYER,
                f"defaults are for layers and ops, and `{entry.type}` is {kind}",
                entry.place.key(),
                hint="write its arguments where it is used",
            )
        elif (found := configurator.find(entry.type, entry.place.key())) is not None:
            _check_arguments(entry, found, findings)


def _check_arguments(entry: FlatDefaults, found: type[Operation], findings: Findings) -> None:
    for argument in entry.arguments:
        at = (entry.place / argument).key()
        if argument in NODE_KEYS:
            findings.add(
                codes.UNKNOWN_KEY, f"`{argument}` has no default", at, hint="it stands on each node that has one"
            )
        elif argument not in found.model_fields and not issubclass(found, RegisteredConfig):
            findings.add(
                codes.UNKNOWN_ARGUMENT,
                f"`{entry.type}` has no argument `{argument}`",
                at,
                guess=Guess(partial(did_you_mean, argument, [*found.model_fields]), len(found.model_fields)),
            )

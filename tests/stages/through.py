"""A spec taken through the stages up to one and no further, for the tests of these: no later stage can fail them.

``expanded``, ``linked`` and ``inferred`` give what the stage makes of a spec without mistakes; ``check`` gives the
report of all mistakes that the stages up to one find.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import spec_compiler as sc
from spec_compiler.catalog.registered_layers import registered_layers
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report, make_report
from spec_compiler.expanding.expand import expand
from spec_compiler.graph.flat import FlatSpec
from spec_compiler.graph.graph import Graph
from spec_compiler.graph.typed import TypedGraph
from spec_compiler.inferring.infer import infer
from spec_compiler.language.names import model_name_of
from spec_compiler.language.spec import SpecForm
from spec_compiler.language.validate import validate
from spec_compiler.limits import DEFAULT_LIMITS, Limits
from spec_compiler.linking.link import link
from spec_compiler.reading.document import Document
from spec_compiler.reading.read import read

Spec = str | os.PathLike[str] | Mapping[Any, Any] | sc.Source
Stage = Literal["reading", "validating", "expanding", "linking", "inferring"]


@dataclass
class Run:
    """One spec on its way, as `pipeline.analyse` takes it. Each step takes those before it."""

    source: sc.Source
    params: Mapping[str, Any] = field(default_factory=dict)
    root: Path | None = None
    limits: Limits = DEFAULT_LIMITS
    findings: Findings = field(default_factory=Findings)
    documents: dict[str, Document] = field(default_factory=dict)

    def read(self) -> Document:
        self.documents[""] = read(self.source, self.findings, self.limits)
        return self.documents[""]

    def validate(self) -> SpecForm | None:
        data = self.read().data
        return validate(data, self.findings) if data is not None or not self.findings.errors else None

    def expand(self) -> FlatSpec | None:
        form = self.validate()
        if form is None:
            return None
        directory, content = self.source.directory, self.source.content
        return expand(
            form,
            model_name_of(content.stem) if isinstance(content, Path) else "model",
            self.findings,
            params=dict(self.params),
            directory=directory or self.root,
            root=self.root,
            limits=self.limits,
            documents=self.documents,
        )

    def link(self) -> Graph | None:
        flat = self.expand()
        return link(flat, registered_layers(), self.findings, self.limits) if flat is not None else None

    def infer(self) -> TypedGraph | None:
        graph = self.link()
        return infer(graph, self.findings, self.limits) if graph is not None else None

    def report(self) -> Report:
        return make_report(self.source.name, self.findings, self.documents, most=self.limits.findings)


def check(source: Spec, stage: Stage = "linking", **options: Any) -> Report:
    """What the stages up to one have to say of a spec."""
    run = _run(source, **options)
    steps = {
        "reading": run.read,
        "validating": run.validate,
        "expanding": run.expand,
        "linking": run.link,
        "inferring": run.infer,
    }
    steps[stage]()
    return run.report()


def expanded(source: Spec, **options: Any) -> FlatSpec:
    """The flat spec of a spec in which reading, validating and expanding find no mistake."""
    run = _run(source, **options)
    return _sound(run, run.expand())


def flows(spec: FlatSpec) -> dict[str, list[str]]:
    """What flows into each node of a flat spec, as a reference names it."""
    return {node.name: [str(source) for source in _several(node.inputs)] for node in spec.nodes}


def _several(inputs: Any) -> Iterator[Any]:
    """All that stands in the inputs of a node: in a list, in a mapping, or alone."""
    for value in inputs.values() if isinstance(inputs, Mapping) else (inputs,):
        yield from value if isinstance(value, tuple) else () if value is None else (value,)


def linked(source: Spec, **options: Any) -> Graph:
    """The graph of a spec in which the stages up to linking find no mistake."""
    run = _run(source, **options)
    return _sound(run, run.link())


def inferred(source: Spec, **options: Any) -> TypedGraph:
    """The typed graph of a spec in which the stages up to inference find no mistake."""
    run = _run(source, **options)
    return _sound(run, run.infer())


def _run(source: Spec, **options: Any) -> Run:
    root = options.pop("root", None)
    return Run(sc.Source.of(source), root=Path(root) if root is not None else None, **options)


def _sound(run: Run, value: Any) -> Any:
    assert not run.findings.errors, f"\n{run.report()}"
    assert value is not None
    return value

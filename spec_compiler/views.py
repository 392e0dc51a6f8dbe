"""What a caller holds: the typed graph of a spec, with all that can be asked of it.

The graph itself is data. Each question and each form is asked for when it is needed, so that a caller pays for nothing
else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from spec_compiler.analysis import Analysis
from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.diagnostics.report import Report, make_report
from spec_compiler.graph.typed import TypedGraph

if TYPE_CHECKING:
    import networkx

    from spec_compiler.analysing.cost import GraphCost
    from spec_compiler.analysing.data_contract import DataContract
    from spec_compiler.analysing.sharing import SharedLayer
    from spec_compiler.catalog.logs import TrainingLogs
    from spec_compiler.emitting.node import NodeReport
    from spec_compiler.emitting.pictures.options import Direction, PictureOptions, ThemeName


@dataclass(frozen=True, repr=False)
class GraphView(TypedGraph):
    """The typed graph of a spec: nodes, edges, shapes, dtypes, weights, and every form that it can be given.

    Attributes:
        analysis: What else is known of the spec, so that what is found later can be reported at its line; None for a
            graph that comes of no spec.
    """

    analysis: Analysis | None = field(default=None, compare=False)

    def sharing(self) -> list[SharedLayer]:
        """The layers that are used more than once, by which nodes, and the parameters that this saves.

        A node uses the layer that it calls, and the shared layers inside that. What a shared block shares inside
        itself is named after it.
        """
        from spec_compiler.analysing.sharing import sharing

        return sharing(self)

    def cost(self, batch_size: int | None = None, length: int | None = None) -> GraphCost:
        """Memory for weights and activations, and multiply-adds, by node and in total.

        Args:
            batch_size: How many samples a batch has, where the inputs do not state it: the spec's `fit.batch_size`, or
                Keras's 32, if left out.
            length: How long every other axis is that an input leaves open.

        Raises:
            ValueError: A number is less than 1.
        """
        from spec_compiler.analysing.cost import cost

        return cost(self, batch_size, length)

    @cached_property
    def data_contract(self) -> DataContract:
        """What the model wants of its data: of each input and each target its form, and what it needs besides."""
        from spec_compiler.analysing.data_contract import data_contract

        return data_contract(self)

    @cached_property
    def logs(self) -> TrainingLogs:
        """What training logs after each epoch, under Keras's names and in its order."""
        from spec_compiler.linking.logs import logs

        return logs(self.graph)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The graph for networkx: a node for each call, an edge for each tensor that flows.

        Nodes have `type`, `layer`, `shapes` and `dtypes`; edges have `output` (its index), `shape` and `dtype`.
        """
        from spec_compiler.emitting.networkx_graph import networkx_graph

        return networkx_graph(self)

    def to_yaml(self) -> str:
        """The spec with everything expanded and every default shown, as YAML."""
        from spec_compiler.emitting.spec.text import spec_text

        return spec_text(self)

    def to_spec(self) -> str:
        """The spec with everything expanded and nothing written that is as by default, as YAML."""
        from spec_compiler.emitting.spec.text import short_spec_text

        return short_spec_text(self)

    def to_python(self, *, flat: bool = False) -> str:
        """Code that builds the model with Keras alone: a module with a function `build_model`.

        It has a function for each block, a loop for each `repeat` and `for`, and the params as arguments. With `flat`,
        for a part of a model, or for a graph that comes of no spec, it has one call a line, and everything is expanded.
        """
        from spec_compiler.emitting.python.text import python_text

        return python_text(self, None if flat or self.analysis is None else self.analysis.code_origin(self.name))

    def to_keras_json(self) -> str:
        """The architecture as JSON, as `keras.models.model_from_json` reads it.

        What only Keras can write (a layer of the program's own, say) is built, which needs Keras.

        Raises:
            KerasMissingError: Keras is needed, and it or TensorFlow is not installed.
        """
        from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
        from spec_compiler.emitting.keras_file.planned import KerasFiles

        try:
            return KerasFiles(self).json()
        except OnlyKerasCanError:
            from spec_compiler.emitting.requirement import require_keras

            require_keras()
        from spec_compiler.emitting.keras_model.build import keras_model
        from spec_compiler.emitting.keras_model.files import FilesOfModel

        return FilesOfModel(keras_model(self)).json()

    def to_svg(
        self,
        *,
        direction: Direction = "down",
        depth: int | None = None,
        fold: Iterable[str] = (),
        unfold: Iterable[str] = (),
        theme: ThemeName = "auto",
    ) -> str:
        """The graph as a picture, as SVG: blocks as boxes in boxes, shapes at the edges.

        Args:
            direction: Where the edges lead: `down` or `right`.
            depth: How many levels of blocks are shown, 1 for the nodes of the spec itself with each block folded; as
                many as there is room for, if left out.
            fold: Blocks that are folded: the names of their nodes, or of the blocks.
            unfold: Blocks that are open, and so are those around them.
            theme: `light`, `dark`, or `auto`: as the reader's screen is.

        Raises:
            PicturesMissingError: The layout engine is not installed.
            UnknownBlockError: There is no such block.
            PictureTooLargeError: Too many boxes are left.
            ValueError: An argument has none of its values.
        """
        from spec_compiler.emitting.pictures.picture import svg_text

        return svg_text(self, _picture_options(direction, depth, fold, unfold, theme))

    def to_png(
        self,
        *,
        direction: Direction = "down",
        depth: int | None = None,
        fold: Iterable[str] = (),
        unfold: Iterable[str] = (),
        theme: ThemeName = "auto",
    ) -> bytes:
        """The same picture in pixels; `auto` is light. Takes what `to_svg` takes, and raises what it raises."""
        from spec_compiler.emitting.pictures.picture import png_bytes

        return png_bytes(self, _picture_options(direction, depth, fold, unfold, theme))

    def to_pdf(
        self,
        *,
        direction: Direction = "down",
        depth: int | None = None,
        fold: Iterable[str] = (),
        unfold: Iterable[str] = (),
        theme: ThemeName = "auto",
    ) -> bytes:
        """The same picture as PDF; `auto` is light. Takes what `to_svg` takes, and raises what it raises."""
        from spec_compiler.emitting.pictures.picture import pdf_bytes

        return pdf_bytes(self, _picture_options(direction, depth, fold, unfold, theme))

    def to_mermaid(
        self,
        *,
        direction: Direction = "down",
        depth: int | None = None,
        fold: Iterable[str] = (),
        unfold: Iterable[str] = (),
    ) -> str:
        """The same picture as a flowchart of Mermaid, which needs nothing installed."""
        from spec_compiler.emitting.pictures.picture import mermaid_text

        return mermaid_text(self, _picture_options(direction, depth, fold, unfold))

    def to_dot(
        self,
        *,
        direction: Direction = "down",
        depth: int | None = None,
        fold: Iterable[str] = (),
        unfold: Iterable[str] = (),
    ) -> str:
        """The same picture in the language of Graphviz, which need not be installed."""
        from spec_compiler.emitting.pictures.picture import dot_text

        return dot_text(self, _picture_options(direction, depth, fold, unfold))

    def to_html(
        self,
        *,
        direction: Direction = "down",
        depth: int | None = None,
        fold: Iterable[str] = (),
        unfold: Iterable[str] = (),
        theme: ThemeName = "auto",
    ) -> str:
        """A page of the graph and its spec, one file that needs no network: to be moved, scaled, folded and searched.

        Takes what `to_svg` takes, for how it is at first. It needs nothing installed: the browser lays it out.

        Raises:
            UnknownBlockError: There is no such block.
            ValueError: An argument has none of its values.
        """
        from spec_compiler.emitting.page.data import page_data
        from spec_compiler.emitting.page.html import page_html

        analysis = self.analysis
        origin, report = (analysis.origin, analysis.report) if analysis is not None else (None, None)
        return page_html(page_data(self, origin, report, _picture_options(direction, depth, fold, unfold, theme)))

    def summary(
        self,
        cost: GraphCost | None = None,
        *,
        width: int | None = None,
        masks: bool = False,
        ranges: bool = False,
        gradients: bool = False,
    ) -> str:
        """The graph as a table: node, type, inputs, output shape, dtype, parameters; and the totals.

        With what the graph costs, the table says that too, and if asked what has become of masks, between which bounds
        elements lie, and where the gradient of the losses comes to. With a width its lines have no more characters:
        texts are folded, and columns that do not fit are left out.
        """
        from spec_compiler.emitting.summary import summary

        facts = {"masks": masks, "ranges": ranges, "gradients": gradients}
        return summary(self, cost, width, tuple(fact for fact, is_wanted in facts.items() if is_wanted))

    def node_report(self, name: str, cost: GraphCost | None = None) -> NodeReport:
        """All that is known of one node, for `text()` and `json()`: its arguments, what flows in and out, its weights,
        masks, gradients and cost, and what it depends on and what on it.

        Args:
            name: The node.
            cost: What the graph costs, if not for Keras's batch size and open lengths.

        Raises:
            KeyError: There is no such node.
        """
        from spec_compiler.emitting.node import NodeReport

        if name not in self.nodes:
            raise KeyError(name)
        found = next(each for each in (cost or self.cost()).nodes if each.node == name)
        return NodeReport(self, name, found, self.analysis.origin if self.analysis is not None else None)

    def _repr_html_(self) -> str:
        """The graph in a notebook: its picture, or its table where no picture can be made."""
        from spec_compiler.emitting.notebook import html

        return html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The graph in whatever shows it: as HTML, and as the text of its table."""
        return {"text/html": self._repr_html_(), "text/plain": self.summary()}


def _picture_options(
    direction: Direction,
    depth: int | None,
    fold: Iterable[str],
    unfold: Iterable[str],
    theme: ThemeName = "auto",
) -> PictureOptions:
    from spec_compiler.emitting.pictures.options import PictureOptions

    return PictureOptions(direction=direction, depth=depth, fold=tuple(fold), unfold=tuple(unfold), theme=theme)


def view(graph: TypedGraph, analysis: Analysis | None = None) -> GraphView:
    """A typed graph as a caller holds it."""
    return GraphView(**{each.name: getattr(graph, each.name) for each in fields(TypedGraph)}, analysis=analysis)


def main_view(analysis: Analysis) -> GraphView | None:
    """The graph of the main model of a spec without errors; None if there are some."""
    if analysis.whole is None:
        return None
    from spec_compiler.analysing.models import main_model

    return view(main_model(analysis.whole), analysis)


def all_views(analysis: Analysis) -> dict[str, GraphView]:
    """The graphs of all models of a spec without errors, by name, the main one first; empty if there are some."""
    whole = analysis.whole
    if whole is None:
        return {}
    from spec_compiler.analysing.models import main_model, part_model

    graphs = [main_model(whole), *(part_model(whole, part.name) for part in whole.graph.parts)]
    return {graph.name: view(graph, analysis) for graph in graphs}


def report_of(graph: TypedGraph, findings: Findings) -> Report:
    """What a later stage has found, each at its line where the graph is one of a spec."""
    analysis = graph.analysis if isinstance(graph, GraphView) else None
    return analysis.report_of(findings) if analysis is not None else make_report(graph.name, findings, {})

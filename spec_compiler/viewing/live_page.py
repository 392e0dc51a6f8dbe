"""What is known of a spec → its page, also while it has errors."""

from __future__ import annotations

from spec_compiler.analysis import Analysis
from spec_compiler.emitting.json_object import JsonObject
from spec_compiler.emitting.page.data import error_data, page_data
from spec_compiler.emitting.pictures.options import DEFAULT_OPTIONS, PictureOptions
from spec_compiler.views import main_view


def live_page(analysis: Analysis, options: PictureOptions = DEFAULT_OPTIONS) -> JsonObject:
    """The page of a spec as it is now: with its graph, or with what keeps it from having one.

    Raises:
        UnknownBlockError: A block is to be folded or unfolded that is not there.
    """
    graph = main_view(analysis)
    if graph is None:
        return error_data(analysis.sound, analysis.origin, analysis.report)
    return page_data(graph, analysis.origin, analysis.report, options)

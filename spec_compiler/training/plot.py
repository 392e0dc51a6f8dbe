"""The history of a training run as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from spec_compiler.emitting.requirement import require_library

SUFFIXES = (".svg", ".png", ".pdf")


def plot_history(epochs: Sequence[int], values: Mapping[str, Sequence[float]], path: Path) -> None:
    """Draw what was logged over the epochs: each value in a field of its own, that of the validation data with it.

    Raises:
        LibraryMissingError: What draws is not installed.
    """
    require_library("matplotlib")
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    names = [name for name in values if not (name.startswith("val_") and name.removeprefix("val_") in values)]
    names.sort(key=lambda name: (name != "loss", name))
    columns = min(len(names), 3)
    rows = -(-len(names) // max(columns, 1))
    figure = Figure(figsize=(4.2 * max(columns, 1), 3 * max(rows, 1)), layout="constrained")
    FigureCanvasAgg(figure)
    numbers = [epoch + 1 for epoch in epochs]
    for index, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, index + 1)
        axes.plot(numbers, values[name], marker="." if len(numbers) < 50 else None, label="training")
        if f"val_{name}" in values:
            axes.plot(numbers, values[f"val_{name}"], marker="." if len(numbers) < 50 else None, label="validation")
            axes.legend()
        axes.set_title(name)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
    # Nothing of the day in it, so that the same history gives the same file.
    dates = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with rc_context({"svg.hashsalt": "spec-compiler"}):
        figure.savefig(path, metadata=dates.get(path.suffix.lower()))

"""What a model wants of its data, and what training logs, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from spec_compiler.analysing.data_contract import DataContract, WantedData
from spec_compiler.catalog.logs import TrainingLogs
from spec_compiler.catalog.tensors import format_shape
from spec_compiler.diagnostics.visible import visible


def contract_text(contract: DataContract, logs: TrainingLogs, width: int | None = None) -> str:
    """A line for each input and each target, for each thing that is needed besides, and the names of the logs.

    Args:
        contract: What the model wants.
        logs: What training logs.
        width: How many characters a line may have; without it, lines are as long as they need to be.
    """
    lines = [*_data("inputs", contract.inputs, width), *_data("targets", contract.targets, width)]
    if contract.needs:
        lines += ["needed besides:", *(line for need in contract.needs for line in _wrapped(str(need), "  ", width))]
    if logs:
        lines += ["logged by training:", *_wrapped(logs_text(logs), "  ", width)]
    return "\n".join(map(visible, lines))


def logs_text(logs: TrainingLogs) -> str:
    """The names of the logs in a sentence."""
    names = [name for name, log in logs.items() if not log.validation]
    text = ", ".join(names)
    if len(names) < len(logs):
        text += "; with validation data also with `val_` before each"
        if "learning_rate" in "".join(names):
            text += " but the rate"
    return text if logs.complete else f"{text}; and what objects of the calling program log"


def _data(title: str, wanted: Sequence[WantedData], width: int | None) -> Iterator[str]:
    if not wanted:
        return
    yield f"{title}:"
    longest = max(len(each.name) for each in wanted)
    for each in wanted:
        shape = "" if each.shape is None else f"{format_shape(each.shape)} "
        because = f", for `{each.because}`" if each.because is not None else ""
        optional = "" if each.required else ", or nothing"
        text = f"{each.name:<{longest}}  {shape}{each.dtype}: {each.meaning}{because}{optional}"
        yield from _wrapped(text, "  ", width, " " * (longest + 4))


def _wrapped(text: str, indent: str, width: int | None, further: str = "    ") -> Iterable[str]:
    """A text on lines of a width at most, where words allow; what goes on is indented further."""
    if width is None or len(indent + text) <= width:
        return [indent + text]
    return wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=further if len(further) < width // 2 else "    ",
        break_long_words=False,
        break_on_hyphens=False,
    )

"""A call that works of each op of `core`, `einops` and `numpy`: its arguments, and the types of its tensors."""

from __future__ import annotations

from typing import Any

from spec_compiler.catalog.registry import OPS, operation

NAMESPACES = ("core", "einops", "numpy")

CONSTANTS = [*OPS["numpy.constants"]]
"""The ops that take no tensors, and so are called before there is a model."""

NAMES = [
    name
    for module, names in OPS.items()
    for name in names
    if module.partition(".")[0] in NAMESPACES and name not in CONSTANTS
]

A = (2, 3)
WHOLE = ("int32", 2, 3)

OWN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "argpartition": ({"kth": 1}, {"x": A}),
    "array_split": ({"indices_or_sections": 2}, {"x": A}),
    "average": ({"axis": 1}, {"x": A, "weights": A}),
    "bincount": ({"minlength": 4}, {"x": ("int32", 4)}),
    "bitwise_and": ({}, {"x": WHOLE, "y": WHOLE}),
    "bitwise_invert": ({}, {"x": WHOLE}),
    "bitwise_left_shift": ({}, {"x": WHOLE, "y": WHOLE}),
    "bitwise_or": ({}, {"x": WHOLE, "y": WHOLE}),
    "bitwise_right_shift": ({}, {"x": WHOLE, "y": WHOLE}),
    "bitwise_xor": ({}, {"x": WHOLE, "y": WHOLE}),
    "broadcast_to": ({"shape": [4, 2, 3]}, {"x": A}),
    "cast": ({"dtype": "float16"}, {"x": A}),
    "clip": ({"x_min": 0, "x_max": 1}, {"x": A}),
    "concatenate": ({"axis": 1}, {"xs": [A, (2, 4)]}),
    "corrcoef": ({}, {"x": (3, 3)}),
    "correlate": ({"mode": "same"}, {"x1": (4,), "x2": (3,)}),
    "diff": ({}, {"a": A}),
    "digitize": ({}, {"x": A, "bins": (3,)}),
    "dot": ({}, {"x1": A, "x2": (3, 4)}),
    "dsplit": ({"indices_or_sections": 2}, {"x": (2, 3, 4)}),
    "dstack": ({}, {"xs": [A, A]}),
    "einsum": ({"subscripts": "ab,bc->ac"}, {"operands": [A, (3, 4)]}),
    "expand_dims": ({"axis": 1}, {"x": A}),
    "full": ({"shape": [2, 3]}, {"fill_value": ()}),
    "full_like": ({}, {"x": A, "fill_value": 2}),
    "gcd": ({}, {"x1": WHOLE, "x2": WHOLE}),
    "geomspace": ({"num": 5}, {"start": A, "stop": 9}),
    "get_item": ({"key": ["...", "1:", None]}, {"x": A}),
    "hsplit": ({"indices_or_sections": 3}, {"x": A}),
    "hstack": ({}, {"xs": [A, A]}),
    "inner": ({}, {"x1": A, "x2": (4, 3)}),
    "lcm": ({}, {"x1": WHOLE, "x2": WHOLE}),
    "ldexp": ({}, {"x1": A, "x2": WHOLE}),
    "linspace": ({"num": 5}, {"start": A, "stop": 9}),
    "logspace": ({"num": 5}, {"start": A, "stop": 2.0}),
    "matmul": ({}, {"x1": A, "x2": (3, 4)}),
    "meshgrid": ({}, {"x": [(2,), (3,)]}),
    "moveaxis": ({"source": 0, "destination": 1}, {"x": A}),
    "nanpercentile": ({"axis": 1}, {"x": A, "q": 50.0}),
    "nanquantile": ({"axis": 1}, {"x": A, "q": 0.5}),
    "pad": ({"pad_width": [[1, 1], [0, 2]]}, {"x": A}),
    "percentile": ({"axis": 1}, {"x": A, "q": (2,)}),
    "quantile": ({"axis": 1}, {"x": A, "q": (2,)}),
    "rearrange": ({"pattern": "a (b c) -> c (a b)", "axes_lengths": {"b": 2}}, {"tensor": (3, 4)}),
    "repeat": ({"repeats": 2}, {"x": A}),
    "reshape": ({"newshape": [3, -1]}, {"x": A}),
    "roll": ({"shift": 1}, {"x": A}),
    "rot90": ({}, {"array": A}),
    "saturate_cast": ({"dtype": "uint8"}, {"x": A}),
    "scatter": ({"shape": [4, 3]}, {"indices": ("int32", 2, 1), "values": A}),
    "scatter_update": ({}, {"inputs": (4, 3), "indices": ("int32", 2, 1), "updates": A}),
    "searchsorted": ({}, {"sorted_sequence": (4,), "values": (3,)}),
    "select": ({}, {"condlist": [("bool", 2, 3)], "choicelist": [A]}),
    "slice": ({"shape": [1, 2]}, {"inputs": A, "start_indices": ("int32", 2)}),
    "slice_update": ({}, {"inputs": (4, 3), "start_indices": ("int32", 2), "updates": A}),
    "slogdet": ({}, {"x": (3, 3)}),
    "split": ({"indices_or_sections": [1]}, {"x": A}),
    "stack": ({"axis": -1}, {"x": [A, A]}),
    "stop_gradient": ({}, {"variable": A}),
    "swapaxes": ({"axis1": 0, "axis2": 1}, {"x": A}),
    "take": ({"axis": 1}, {"x": A, "indices": ("int32", 2)}),
    "take_along_axis": ({"axis": 1}, {"x": A, "indices": ("int32", 2, 1)}),
    "tensordot": ({"axes": 1}, {"x1": A, "x2": (3, 4)}),
    "tile": ({"repeats": [2, 1]}, {"x": A}),
    "trapezoid": ({"dx": 2.0}, {"y": A}),
    "unique": ({"return_counts": True, "size": 4}, {"x": A}),
    "unravel_index": ({"shape": [3, 3]}, {"indices": WHOLE}),
    "vander": ({"N": 2}, {"x": (3,)}),
    "vsplit": ({"indices_or_sections": 2}, {"x": A}),
    "vstack": ({}, {"xs": [A, A]}),
    "where": ({}, {"condition": ("bool", 2, 3), "x1": A, "x2": 0}),
}  # fmt: skip


def example(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The call of an op: its own one, or that without arguments on matrices."""
    if name in OWN:
        return OWN[name]
    return {}, dict.fromkeys((call.name for call in operation(f"ops.{name}").calls), A)

"""Ops of `core`, `einops` and `numpy` against Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from spec_compiler.catalog.dtypes import TENSOR_DTYPES
from spec_compiler.catalog.registry import OPS, operation
from spec_compiler.catalog.rules import EmptyResultError, RuleError
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.emitting.keras_model.ops import call_op
from tests.catalog.keras_contract.calls import make, symbolic, types
from tests.catalog.keras_contract.inference import check_op
from tests.catalog.keras_contract.op_on_data import assert_agreement, runs, value_of
from tests.catalog.keras_contract.refusals import refuses_op
from tests.catalog.keras_contract.signatures import check_op_signature
from tests.catalog.ops.numpy_calls import NAMES, A, example

pytestmark = pytest.mark.tensorflow

B = (None, 7, 5)
"""A batch of sequences."""

ROWS = [
    ("abs", {}, {"x": B}),
    ("round", {"decimals": 2}, {"x": B}),
    ("round", {"decimals": -1}, {"x": ("int32", None, 3)}),
    ("clip", {"x_min": -1.5, "x_max": 1.5}, {"x": ("float16", None, 3)}),
    ("clip", {"x_min": 0, "x_max": 1}, {"x": ("bool", None, 3)}),
    ("nan_to_num", {"nan": 1.0, "posinf": 9.0, "neginf": -9.0}, {"x": B}),
    ("exp", {}, {"x": ("bfloat16", None, 3)}),
    ("add", {}, {"x1": B, "x2": (5,)}),
    ("add", {}, {"x1": B, "x2": (None, 1, 5)}),
    ("add", {}, {"x1": (None, 3), "x2": (4, 1)}),
    ("add", {}, {"x1": ("int32", None, 3), "x2": 0.5}),
    ("add", {}, {"x1": 2, "x2": ("uint8", None, 3)}),
    ("add", {}, {"x1": ("string", None), "x2": ("string", None)}),
    ("multiply", {}, {"x1": ("bfloat16", None, 3), "x2": ("float16", 3)}),
    ("multiply", {}, {"x1": ("bool", None, 3), "x2": ("int64", 3)}),
    ("divide", {}, {"x1": ("int64", None, 3), "x2": 2}),
    ("true_divide", {}, {"x1": ("uint8", None, 3), "x2": ("uint8", 3)}),
    ("power", {}, {"x1": 2, "x2": B}),
    ("mod", {}, {"x1": ("bool", None, 3), "x2": ("bool", 3)}),
    ("arctan2", {}, {"x1": ("float16", None, 3), "x2": 2}),
    ("nextafter", {}, {"x1": ("float16", None, 3), "x2": 2}),
    ("heaviside", {}, {"x1": ("int64", None, 3), "x2": ("int64", 3)}),
    ("hypot", {}, {"x1": ("int32", None, 3), "x2": ("int32", 3)}),
    ("gcd", {}, {"x1": ("int8", None, 3), "x2": 6}),
    ("bitwise_left_shift", {}, {"x": ("uint8", None, 3), "y": 2}),
    ("right_shift", {}, {"x": ("int32", None, 3), "y": ("int8", 3)}),
    ("equal", {}, {"x1": ("string", None, 3), "x2": ("string", 3)}),
    ("greater", {}, {"x1": B, "x2": 0}),
    ("isclose", {"rtol": 0.1, "atol": 0.2, "equal_nan": True}, {"x1": B, "x2": 1.0}),
    ("allclose", {}, {"x1": B, "x2": (5,)}),
    ("isin", {"invert": True}, {"x1": ("int32", None, 3), "x2": ("int32", 9)}),
    ("logical_and", {}, {"x1": ("float32", None, 3), "x2": ("bool", 3)}),
    ("sum", {"axis": -1, "keepdims": True}, {"x": B}),
    ("sum", {"axis": [0, 2]}, {"x": B}),
    ("sum", {"axis": []}, {"x": B}),
    ("sum", {"axis": 1}, {"x": ("int8", None, 3)}),
    ("sum", {}, {"x": ("bool", None, 3)}),
    ("prod", {"dtype": "float64"}, {"x": ("int32", None, 3)}),
    ("mean", {"axis": [-1, -2]}, {"x": ("uint8", *B)}),
    ("max", {"axis": 1, "initial": 0.0}, {"x": B}),
    ("max", {"axis": 1, "initial": 0}, {"x": ("int32", *B)}),
    ("all", {"axis": 1}, {"x": ("float16", *B)}),
    ("count_nonzero", {"axis": [1, 2]}, {"x": ("string", *B)}),
    ("argmax", {"axis": -1, "keepdims": True}, {"x": B}),
    ("argmax", {"keepdims": True}, {"x": B}),
    ("average", {}, {"x": B}),
    ("average", {"axis": 1}, {"x": B, "weights": (7,)}),
    ("average", {"axis": -1}, {"x": ("int32", None, 5), "weights": ("float16", None, 5)}),
    ("cumsum", {}, {"x": B}),
    ("cumsum", {"axis": -1, "dtype": "float64"}, {"x": B}),
    ("cumprod", {"axis": 1}, {"x": ("bool", *B)}),
    ("nansum", {"axis": 1}, {"x": ("uint16", *B)}),
    ("nanmedian", {"axis": 1, "keepdims": True}, {"x": B}),
    ("nanargmax", {"axis": 1}, {"x": B}),
    ("quantile", {"axis": [1, 2], "method": "nearest"}, {"x": B, "q": 0.25}),
    ("quantile", {"axis": 1, "keepdims": True}, {"x": B, "q": (3,)}),
    ("nanpercentile", {}, {"x": ("int32", None, 5), "q": 10}),
    ("percentile", {"axis": -1}, {"x": ("float16", None, 5), "q": (None,)}),
    ("concatenate", {"axis": -1}, {"xs": [B, (None, 7, 2), (2, 7, None)]}),
    ("concatenate", {"axis": 1}, {"xs": [("int32", None, 3), (None, 4)]}),
    ("stack", {"axis": 1}, {"x": [(None, 3), ("float16", 2, 3), (2, None)]}),
    ("hstack", {}, {"xs": [B, (None, 2, 5)]}),
    ("vstack", {}, {"xs": [(2, 3), (4, 3)]}),
    ("dstack", {}, {"xs": [(None, 3), (None, 3), (None, 3, 4)]}),
    ("dstack", {}, {"xs": [(), (1,)]}),
    ("append", {}, {"x1": B, "x2": (3,)}),
    ("append", {"axis": 1}, {"x1": (2, 3), "x2": (2, 4)}),
    ("split", {"indices_or_sections": 7, "axis": 1}, {"x": B}),
    ("split", {"indices_or_sections": [2, 4], "axis": 1}, {"x": B}),
    ("split", {"indices_or_sections": [2, 4]}, {"x": B}),
    ("split", {"indices_or_sections": 2}, {"x": B}),
    ("hsplit", {"indices_or_sections": [1]}, {"x": (4,)}),
    ("array_split", {"indices_or_sections": 3, "axis": 1}, {"x": B}),
    ("array_split", {"indices_or_sections": 3}, {"x": B}),
    ("unstack", {"axis": 1}, {"x": B}),
    ("unstack", {"num": 3}, {"x": B}),
    ("meshgrid", {"indexing": "ij"}, {"x": [(3,), ("float32", 2, 2), (None,)]}),
    ("meshgrid", {}, {"x": [("int32", 3), ("int32", 4)]}),
    ("reshape", {"newshape": [-1, 35]}, {"x": B}),
    ("reshape", {"newshape": 6}, {"x": (2, 3)}),
    ("reshape", {"newshape": [3, -1]}, {"x": (2, 3)}),
    ("ravel", {}, {"x": B}),
    ("expand_dims", {"axis": [0, -1]}, {"x": B}),
    ("squeeze", {"axis": [1, -1]}, {"x": (None, 1, 5, 1)}),
    ("squeeze", {}, {"x": (None, 1, 5, 1)}),
    ("transpose", {}, {"x": B}),
    ("transpose", {"axes": [0, -1, 1]}, {"x": B}),
    ("moveaxis", {"source": [0, 1], "destination": [-1, 0]}, {"x": B}),
    ("flip", {"axis": [1, -1]}, {"x": B}),
    ("roll", {"shift": [1, 2], "axis": [1, 2]}, {"x": B}),
    ("rot90", {"k": 3, "axes": [1, 2]}, {"array": B}),
    ("rot90", {"k": 2, "axes": [1, 2]}, {"array": (None, 5, 5)}),
    ("broadcast_to", {"shape": [4, 7, 5]}, {"x": B}),
    ("tile", {"repeats": [2, 3]}, {"x": B}),
    ("tile", {"repeats": [2, 1, 1, 1]}, {"x": B}),
    ("repeat", {"repeats": 3, "axis": 1}, {"x": B}),
    ("repeat", {"repeats": [1, 2, 3, 0, 1], "axis": -1}, {"x": B}),
    ("repeat", {"repeats": 2}, {"x": B}),
    ("pad", {"pad_width": [[0, 0], [1, 2], [3, 0]]}, {"x": B}),
    ("pad", {"pad_width": 2, "mode": "reflect"}, {"x": (5,)}),
    ("pad", {"pad_width": [1, 2], "mode": "symmetric"}, {"x": (None,)}),
    ("pad", {"pad_width": [[1], [0]], "constant_values": 9}, {"x": ("uint8", None, 3)}),
    ("get_item", {"key": [":", -1]}, {"x": B}),
    ("get_item", {"key": [":", "::-2", "1:-1"]}, {"x": B}),
    ("get_item", {"key": ["...", None, "2:"]}, {"x": B}),
    ("get_item", {"key": [None, 0, None, "..."]}, {"x": B}),
    ("get_item", {"key": 0}, {"x": B}),
    ("take", {"axis": 1}, {"x": B, "indices": ("int32", 2, 3)}),
    ("take", {"axis": -1}, {"x": B, "indices": 2}),
    ("take", {}, {"x": B, "indices": ("int64", None)}),
    ("take_along_axis", {"axis": 1}, {"x": B, "indices": ("int32", None, 2, 1)}),
    ("take_along_axis", {}, {"x": B, "indices": ("int32", 4)}),
    ("where", {}, {"condition": ("bool", None, 1), "x1": (None, 3), "x2": ("int32", 3)}),
    ("where", {}, {"condition": ("bool", None, 3), "x1": 0, "x2": 1}),
    ("select", {}, {"condlist": [("bool", None, 3), ("bool", 3)], "choicelist": [(None, 3), 1.0], "default": 2.0}),
    ("scatter", {"shape": [9, 5]}, {"indices": ("int32", None, 1), "values": ("bfloat16", None, 5)}),
    ("scatter", {"shape": [9, 5]}, {"indices": ("int64", 3, 2, None), "values": (3, 2)}),
    ("scatter_update", {"reduction": "mul"}, {"inputs": (9, 5), "indices": ("int32", 3, 1), "updates": (3, 5)}),
    ("scatter_update", {"reduction": "add"}, {"inputs": (9, 5), "indices": ("int32", 3, 1), "updates": ()}),
    ("slice", {"shape": [1, 2, -1]}, {"inputs": B, "start_indices": ("int32", 3)}),
    ("sort", {"axis": 1}, {"x": B}),
    ("argsort", {"axis": None}, {"x": ("uint8", 3, 4)}),
    ("argpartition", {"kth": 2, "axis": None}, {"x": B}),
    ("searchsorted", {"side": "right"}, {"sorted_sequence": (None,), "values": B}),
    ("digitize", {}, {"x": ("int64", None, 3), "bins": ("int32", 4)}),
    ("bincount", {}, {"x": ("int32", None, 4)}),
    ("bincount", {"weights": [1, 2.5, 3, 4]}, {"x": ("uint8", 4)}),
    ("nonzero", {}, {"x": B}),
    ("unique", {"return_index": True, "return_inverse": True, "return_counts": True}, {"x": ("int32", None, 3)}),
    ("unique", {"return_inverse": True, "axis": 1, "size": 3, "fill_value": 0}, {"x": (4, 5)}),
    ("unique", {"sorted": False}, {"x": ("bool", 4, 5)}),
    ("diag", {"k": -2}, {"x": (4,)}),
    ("diag", {"k": 1}, {"x": (4, 3)}),
    ("diag", {}, {"x": (None, 3)}),
    ("diagflat", {"k": 1}, {"x": (4, 3)}),
    ("diagonal", {"offset": 1, "axis1": 1, "axis2": 2}, {"x": B}),
    ("trace", {"axis1": -2, "axis2": -1}, {"x": ("uint8", *B)}),
    ("tril", {"k": -1}, {"x": B}),
    ("vander", {"increasing": True}, {"x": (None,)}),
    ("slogdet", {}, {"x": (None, 3)}),
    ("matmul", {}, {"x1": B, "x2": (5, 2)}),
    ("matmul", {}, {"x1": (None, 2, 3, 5), "x2": (2, 5, 4)}),
    ("matmul", {}, {"x1": (5,), "x2": (None, 5, 4)}),
    ("matmul", {}, {"x1": B, "x2": (5,)}),
    ("matmul", {}, {"x1": ("int8", 2, 3), "x2": ("int8", 3, 2)}),
    ("matmul", {}, {"x1": ("bfloat16", 2, 3), "x2": ("int32", 3, 2)}),
    ("dot", {}, {"x1": B, "x2": (4, 5, 2)}),
    ("dot", {}, {"x1": B, "x2": 2}),
    ("dot", {}, {"x1": (5,), "x2": (5,)}),
    ("inner", {}, {"x1": B, "x2": (None, 5)}),
    ("outer", {}, {"x1": B, "x2": (4, 3)}),
    ("outer", {}, {"x1": (2, 3), "x2": 2}),
    ("vdot", {}, {"x1": (6,), "x2": (2, 3)}),
    ("kron", {}, {"x1": (None, 3), "x2": (2, 2)}),
    ("cross", {"axis": 0}, {"x1": (3, None), "x2": (2, 5)}),
    ("cross", {"axisc": 0}, {"x1": (4, 3), "x2": (3,)}),
    ("cross", {}, {"x1": (4, 2), "x2": (4, 2)}),
    ("correlate", {"mode": "full"}, {"x1": ("int64", 4), "x2": ("int64", 6)}),
    ("tensordot", {"axes": [[1, 2], [0, 1]]}, {"x1": B, "x2": (7, 5, 3)}),
    ("tensordot", {"axes": [-1, 0]}, {"x1": B, "x2": (5, 3)}),
    ("tensordot", {"axes": 0}, {"x1": (2,), "x2": (3,)}),
    ("einsum", {"subscripts": "...ij,jk->...ik"}, {"operands": [B, (5, 2)]}),
    ("einsum", {"subscripts": "bij,bkj,bk"}, {"operands": [B, (None, 4, 5), (None, 4)]}),
    ("einsum", {"subscripts": "ij->ji"}, {"operands": [("int8", None, 3)]}),
    ("zeros_like", {"dtype": "int32"}, {"x": B}),
    ("full_like", {"dtype": "float64"}, {"x": ("int32", *B), "fill_value": ()}),
    ("full", {"shape": [2, 3], "dtype": "int32"}, {"fill_value": ("int64",)}),
    ("linspace", {"num": 4, "endpoint": False, "axis": -1}, {"start": ("float16", None, 3), "stop": 5}),
    ("logspace", {"num": 4, "base": 2, "dtype": "float64"}, {"start": 0, "stop": (None, 3)}),
    ("diff", {"n": 2, "axis": 1}, {"a": B}),
    ("diff", {"n": 9, "axis": 1}, {"a": B}),
    ("trapezoid", {"x": [0, 1, 2, 4, 8]}, {"y": B}),
    ("trapezoid", {"axis": 1}, {"y": ("int32", *B)}),
    ("unravel_index", {"shape": [3, 4, 5]}, {"indices": ("int64", None)}),
    ("view", {"dtype": "int8"}, {"x": B}),
    ("view", {"dtype": "float64"}, {"x": (None, 4)}),
    ("view", {"dtype": "int32"}, {"x": ()}),
    ("array", {"dtype": "int8"}, {"x": B}),
    ("cast", {"dtype": "string"}, {"x": ("string", None)}),
    ("cast", {"dtype": "bool"}, {"x": B}),
    ("convert_to_tensor", {"dtype": "float64", "sparse": False}, {"x": TensorType((None, 3), sparse=True)}),
    ("rearrange", {"pattern": "b (h p) (w q) c -> b (h w) (p q c)", "axes_lengths": {"p": 2, "q": 2}}, {"tensor": (2, 4, 6, 3)}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs"), ROWS)
def test_inferred_is_what_keras_states_and_can_run(name, arguments, inputs):
    check_op(name, arguments, inputs)
    assert runs(operation(f"ops.{name}").keras_name, make(f"ops.{name}", arguments).keras_arguments(), inputs)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", TENSOR_DTYPES)
def test_a_dtype_is_taken_just_if_keras_computes_with_it(name, dtype):
    if (name, dtype) == ("bincount", "string"):
        return  # it ends the process
    arguments, inputs = example(name)
    kept = {"float32": dtype, "int32": dtype if _all_whole(inputs) else "int32", "bool": "bool"}
    assert_agreement(name, arguments, {key: _retyped(value, kept) for key, value in inputs.items()})


def _all_whole(inputs):
    return all(types(value).dtype == "int32" for value in inputs.values() if isinstance(value, tuple))


def _retyped(value, kept):
    if isinstance(value, list):
        return [_retyped(item, kept) for item in value]
    found = types(value)
    return TensorType(found.shape, kept[found.dtype]) if isinstance(found, TensorType) else value


SPARSE = TensorType((4, 3), sparse=True)
DENSE = TensorType((4, 3))

SPARSE_ROWS = [
    *((name, {"x": SPARSE}, True) for name in ("abs", "negative", "square", "floor", "round", "sin", "sqrt", "expm1")),
    *((name, {"x": SPARSE}, True) for name in ("sign", "real", "conjugate", "copy", "transpose")),
    *((name, {"x": SPARSE}, False) for name in ("cos", "exp", "log", "isfinite", "isreal")),
    *((name, {"x1": SPARSE, "x2": SPARSE}, True) for name in ("add", "subtract", "maximum", "minimum", "multiply")),
    *((name, {"x1": SPARSE, "x2": DENSE}, False) for name in ("add", "subtract", "maximum", "minimum")),
    ("multiply", {"x1": DENSE, "x2": SPARSE}, True),
    ("divide", {"x1": SPARSE, "x2": DENSE}, True),
    ("divide", {"x1": DENSE, "x2": SPARSE}, False),
    ("concatenate", {"xs": [SPARSE, SPARSE]}, True),
    ("matmul", {"x1": SPARSE, "x2": TensorType((3, 4))}, False),
    ("matmul", {"x1": SPARSE, "x2": TensorType((3, 4), sparse=True)}, True),
    ("sum", {"x": SPARSE}, True),
    ("convert_to_tensor", {"x": SPARSE}, True),
]


@pytest.mark.parametrize(("name", "inputs", "sparse"), SPARSE_ROWS)
def test_sparse_tensors_stay_so_where_keras_keeps_them(name, inputs, sparse):
    inferred = make(f"ops.{name}", {}).infer(**inputs)
    output = call_op(make(f"ops.{name}", {}), symbolic(inputs), "it")
    assert inferred.outputs[0].sparse == output.sparse == sparse
    assert runs(name, {}, inputs)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "convert_to_tensor"])
def test_ragged_tensors_are_refused(name):
    arguments, inputs = example(name)
    first = next(key for key, value in inputs.items() if isinstance(value, (tuple, list)))
    many = isinstance(inputs[first], list)
    found = types(inputs[first][0] if many else inputs[first])
    ragged = TensorType((None, *found.shape[1:]), found.dtype, ragged=True)
    inputs = {**inputs, first: [ragged, *inputs[first][1:]] if many else ragged}
    refuses_op(name, arguments, inputs, keras_builds=True)


REFUSED = [
    ("negative", {}, {"x": ("uint8", 3)}, True),
    ("abs", {}, {"x": 3}, True),
    ("clip", {"x_min": 0.5, "x_max": 1}, {"x": ("int32", 3)}, True),
    ("fabs", {}, {"x": ("complex64", 3)}, False),
    ("add", {}, {"x1": (2, 3), "x2": (2, 4)}, False),
    ("add", {}, {"x1": ("bool", 3), "x2": ("bool", 3)}, True),
    ("add", {}, {"x1": ("string", 3), "x2": (3,)}, False),
    ("add", {}, {"x1": 1, "x2": 2}, True),
    ("add", {}, {"x1": SPARSE, "x2": (3,)}, True),
    ("hypot", {}, {"x1": (3,), "x2": 2}, False),
    ("ldexp", {}, {"x1": (3,), "x2": (3,)}, True),
    ("bitwise_and", {}, {"x": ("int32", 3), "y": ("int32", 2, 3)}, True),
    ("bitwise_and", {}, {"x": ("int32", 3), "y": 1}, False),
    ("bitwise_left_shift", {}, {"x": ("int32", 3), "y": 0.5}, False),
    ("sum", {"axis": 2}, {"x": A}, False),
    ("sum", {"axis": [0, 0]}, {"x": (2, 3, 4)}, True),
    ("max", {"initial": 0.5}, {"x": ("int32", 3)}, True),
    ("argmax", {"axis": [0, 1]}, {"x": A}, True),
    ("average", {"axis": 1}, {"x": A, "weights": (2,)}, False),
    ("average", {}, {"x": A, "weights": (3,)}, False),
    ("quantile", {}, {"x": A, "q": (2, 2)}, True),
    ("nanquantile", {"axis": 1}, {"x": ("int32", 2, 3), "q": 0.5}, True),
    ("concatenate", {}, {"xs": [(2, 3), (2, 4)]}, False),
    ("concatenate", {"axis": 2}, {"xs": [A, A]}, False),
    ("stack", {}, {"x": [(2, 3), (2, 4)]}, False),
    ("hstack", {}, {"xs": [(3,), (3,)]}, False),
    ("split", {"indices_or_sections": 2, "axis": 1}, {"x": A}, False),
    ("split", {"indices_or_sections": [2, 1]}, {"x": (4,)}, True),
    ("hsplit", {"indices_or_sections": 1}, {"x": ()}, False),
    ("vsplit", {"indices_or_sections": 2}, {"x": (4,)}, False),
    ("unstack", {}, {"x": B}, False),
    ("unstack", {"num": 2}, {"x": (3, 4)}, True),
    ("meshgrid", {}, {"x": [(3,)]}, False),
    ("reshape", {"newshape": [4, -1]}, {"x": A}, False),
    ("reshape", {"newshape": [-1, -1]}, {"x": A}, False),
    ("expand_dims", {"axis": 4}, {"x": A}, False),
    ("squeeze", {"axis": 0}, {"x": B}, False),
    ("transpose", {"axes": [0, 1]}, {"x": B}, False),
    ("transpose", {"axes": [0, 1, 1]}, {"x": B}, False),
    ("moveaxis", {"source": [0, 1], "destination": 0}, {"x": B}, False),
    ("roll", {"shift": [1, 2], "axis": 0}, {"x": B}, True),
    ("rot90", {"axes": [0, 0]}, {"array": A}, False),
    ("rot90", {"k": 2}, {"array": A}, True),
    ("broadcast_to", {"shape": [2]}, {"x": A}, True),
    ("repeat", {"repeats": [1, 2], "axis": 1}, {"x": A}, False),
    ("pad", {"pad_width": 1}, {"x": A}, True),
    ("pad", {"pad_width": 1, "mode": "edge"}, {"x": (3,)}, True),
    ("pad", {"pad_width": 3, "mode": "reflect"}, {"x": (3,)}, True),
    ("pad", {"pad_width": 1, "mode": "reflect", "constant_values": 1}, {"x": (3,)}, True),
    ("pad", {"pad_width": -1}, {"x": (3,)}, True),
    ("get_item", {"key": [0, 0, 0]}, {"x": A}, False),
    ("get_item", {"key": 2}, {"x": A}, False),
    ("get_item", {"key": ["1;2"]}, {"x": A}, False),
    ("get_item", {"key": ["...", "..."]}, {"x": A}, False),
    ("take", {"axis": 1}, {"x": A, "indices": (2,)}, True),
    ("take_along_axis", {"axis": 1}, {"x": A, "indices": ("int32", 2)}, False),
    ("where", {}, {"condition": ("bool", 3)}, True),
    ("where", {}, {"condition": ("bool", 3), "x1": (3,)}, False),
    ("select", {}, {"condlist": [("bool", 2, 3)], "choicelist": [(3,)]}, True),
    ("select", {}, {"condlist": [("bool", 3)], "choicelist": [(3,), (3,)]}, True),
    ("scatter", {"shape": [4]}, {"indices": ("int32", 2, 2), "values": (2,)}, True),
    ("scatter_update", {}, {"inputs": (4,), "indices": ("int32", 2, 1), "updates": (3,)}, True),
    ("scatter_update", {"reduction": "div"}, {"inputs": (4,), "indices": ("int32", 2, 1), "updates": (2,)}, False),
    ("slice", {"shape": [1]}, {"inputs": A, "start_indices": ("int32", 2)}, False),
    ("slice", {"shape": [3, 1]}, {"inputs": A, "start_indices": ("int32", 2)}, True),
    ("sort", {"axis": 2}, {"x": A}, False),
    ("searchsorted", {}, {"sorted_sequence": A, "values": A}, False),
    ("searchsorted", {}, {"sorted_sequence": (3,), "values": ("int32", 3)}, True),
    ("digitize", {}, {"x": A, "bins": A}, False),
    ("bincount", {"sparse": True}, {"x": ("int32", 3)}, True),
    ("bincount", {"weights": [1, 2]}, {"x": ("int32", 3)}, True),
    ("unique", {"axis": 2}, {"x": A}, False),
    ("diag", {}, {"x": (2, 3, 4)}, False),
    ("diag", {"k": 3}, {"x": A}, True),
    ("diagonal", {"axis1": 0, "axis2": -2}, {"x": A}, False),
    ("trace", {"axis1": 1}, {"x": A}, False),
    ("vander", {}, {"x": A}, False),
    ("corrcoef", {}, {"x": A}, True),
    ("slogdet", {}, {"x": (2, 3, 3)}, True),
    ("slogdet", {}, {"x": (2, 3)}, True),
    ("matmul", {}, {"x1": (2, 3), "x2": (4, 5)}, False),
    ("matmul", {}, {"x1": (2, 3), "x2": 2}, False),
    ("dot", {}, {"x1": (2, 3), "x2": (4,)}, False),
    ("dot", {}, {"x1": (2, None), "x2": (4,)}, False),
    ("inner", {}, {"x1": (2, 3), "x2": (4,)}, False),
    ("vdot", {}, {"x1": (2, 3), "x2": (4,)}, True),
    ("kron", {}, {"x1": (2, 3), "x2": (4,)}, True),
    ("cross", {}, {"x1": (4, 4), "x2": (4, 3)}, False),
    ("correlate", {}, {"x1": (None,), "x2": (3,)}, False),
    ("tensordot", {"axes": 1}, {"x1": (2, 3), "x2": (4,)}, True),
    ("tensordot", {"axes": [[0, 1], [0]]}, {"x1": A, "x2": A}, False),
    ("einsum", {"subscripts": "ij,jk->il"}, {"operands": [(2, 3), (3, 4)]}, False),
    ("einsum", {"subscripts": "ij,jk->ik"}, {"operands": [(2, 3), (4, 4)]}, True),
    ("einsum", {"subscripts": "ij,jk->ik"}, {"operands": [(2, 3)]}, False),
    ("full", {"shape": [2]}, {"fill_value": (3,)}, True),
    ("geomspace", {"dtype": "int32"}, {"start": (2,), "stop": 3}, True),
    ("geomspace", {"num": 5, "axis": 1}, {"start": (2, 3), "stop": 9}, True),
    ("geomspace", {"num": 5, "axis": -1}, {"start": (3,), "stop": 9}, True),
    ("linspace", {"retstep": True}, {"start": (2,), "stop": 3}, True),
    ("trapezoid", {"axis": 0, "x": [1, 2]}, {"y": A}, True),
    ("trapezoid", {"axis": -2}, {"y": A}, True),
    ("diff", {"n": -1}, {"a": A}, True),
    ("view", {"dtype": "float64"}, {"x": A}, False),
    ("view", {"dtype": "int8"}, {"x": ()}, False),
    ("cast", {"dtype": "float32"}, {"x": ("string", 3)}, True),
    ("cast", {"dtype": "float33"}, {"x": A}, False),
    ("saturate_cast", {"dtype": "string"}, {"x": A}, True),
    ("rearrange", {"pattern": "a b -> b a"}, {"tensor": (None, 3)}, False),
    ("rearrange", {"pattern": "a (b c) -> b a c", "axes_lengths": {"b": 2}}, {"tensor": A}, False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "inputs", "builds"), REFUSED)
def test_what_keras_refuses_or_cannot_run_is_refused(name, arguments, inputs, builds):
    refuses_op(name, arguments, inputs, keras_builds=builds)
    if builds and name not in MEANINGLESS:
        assert not runs(name, arguments, inputs)


MEANINGLESS = {"abs", "add", "bincount", "pad", "trapezoid", "where"}
"""Ops that Keras can run on what is refused, with no tensor of a model for a result (`abs` and `add` of numbers), one
whose shape is not the stated one for other data (`where`), a wrong one (`trapezoid`), or the end of the process
(`bincount`); `pad` takes names of modes in capitals."""


def test_a_refusal_names_the_operands_and_the_argument():
    with pytest.raises(EmptyResultError) as caught:
        make("ops.diag", {"k": 3}).infer(x=TensorType((2, 3)))
    assert caught.value.message == "takes diagonal 3, and (2, 3) has none such"
    assert (caught.value.operands, caught.value.argument) == (("x",), "k")
    with pytest.raises(RuleError) as caught:
        make("ops.concatenate", {}).infer(xs=[TensorType((2, 3)), TensorType((2, 3)), TensorType((2, 4))])
    assert caught.value.operands == (1, 2)


NOT_FIELDS = {"einsum": ("kwargs",), "rearrange": ("axes_lengths",)}
"""`einsum` takes options of TensorFlow, `rearrange` the lengths of axes under their own names."""


@pytest.mark.parametrize("name", NAMES)
def test_arguments_and_defaults_are_those_of_keras(name):
    check_op_signature(name, excluded=NOT_FIELDS.get(name, ()))


def test_every_module_of_ops_has_just_the_ops_of_the_registry():
    assert len(NAMES) == len(set(NAMES))
    assert set(NAMES) <= {name for module in OPS.values() for name in module}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_of_an_op_is_saved_and_loaded_and_gives_the_same(name, tmp_path):
    arguments, inputs = example(name)
    config = make(f"ops.{name}", arguments)
    tensors = symbolic(types(inputs))
    outputs = keras.tree.flatten(call_op(config, tensors, "it"))
    flat = [x for x in keras.tree.flatten(tensors) if isinstance(x, keras.KerasTensor)]
    model = keras.Model(flat, outputs)
    data = [value_of(x, x.shape, 0 if name.startswith("scatter") else 1) for x in flat]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for before, after in zip(keras.tree.flatten(model(data)), keras.tree.flatten(loaded(data)), strict=True):
        assert (before.shape, before.dtype) == (after.shape, after.dtype)
        if name != "empty_like":
            np.testing.assert_array_equal(before, after)

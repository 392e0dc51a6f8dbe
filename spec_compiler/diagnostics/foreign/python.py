"""Names of Python, and of numpy."""

from __future__ import annotations

from spec_compiler.diagnostics.foreign.row import Row, explained, renamed

_SOURCE = "Python"
_NO_CODE = "an expression calls the functions of the language alone"

ROWS: tuple[Row, ...] = (
    # Functions of expressions
    *explained(
        _SOURCE,
        "function",
        {
            "pow": "write `a ** b`",
            "sqrt": "write `a ** 0.5`",
            "square": "write `a ** 2`",
            "exp": "write `2.718281828459045 ** a`",
            "floor": "write `a // 1`",
            "ceil": "write `-(-a // 1)`",
            "divmod": "write `a // b` and `a % b`",
            "list": "leave it out: `range`, `zip`, `sorted` and the like give lists",
            "tuple": "write a list: `[a, b]`",
            "set": "write a list: `[a, b]`",
            "dict": "write the mapping as the default of a param",
            "bool": "write a comparison, such as `a != 0`",
            "map": "write `for: {a: […]}` on a node, which makes a copy of it for each value",
            "filter": "write `for: {a: […]}` on a node, and `when` for those that are meant",
            "format": 'put the value into the text: `"h_${i}"`',
            "print": "`compile-spec show` prints what a spec comes to",
            "isinstance": "a param says which type it has: `{default: 3, type: int}`",
            "eval": _NO_CODE,
            "open": _NO_CODE,
        },
    ),
    # Dtypes
    *renamed(_SOURCE, "dtype", {"str": "string", "boolean": "bool"}),
    *explained(
        _SOURCE,
        "dtype",
        {
            "float": "say how many bits: `float32`, as Keras computes unless told otherwise",
            "int": "say how many bits: `int32`, or `int64`",
            "complex": "say how many bits: `complex64`, or `complex128`",
            "uint": "say how many bits: `uint8`, or `uint32`",
            "object": "tensors hold numbers, truth values or text: write `string`",
        },
    ),
    *explained(
        _SOURCE,
        "dtype policy",
        {
            "float": "say how many bits: `float32`, as Keras computes unless told otherwise",
            "int": "a layer computes in floating-point numbers: leave it out, or write `float32`",
        },
    ),
    # Types that are code
    *explained(
        _SOURCE,
        "type",
        {
            "lambda": "a spec cannot hold code: register a layer of your own, and name it `package>Name`",
            "def": "a part of a spec with inputs and outputs of its own is a block, under `blocks`",
        },
    ),
)

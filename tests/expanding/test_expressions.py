"""Expressions: what they give, and which part of them is underlined when they have no value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec_compiler.diagnostics.diagnostic import Findings
from spec_compiler.expanding.budget import Budget, LimitExceededError
from spec_compiler.expanding.expression_tree import ExpressionError, parse
from spec_compiler.expanding.expression_value import evaluate
from spec_compiler.limits import DEFAULT_LIMITS
from spec_compiler.spans import Place

SCOPE = {
    "n": 7,
    "x": 2.5,
    "yes": True,
    "name": "user",
    "sizes": [64, 128, 256],
    "nothing": None,
    "columns": {"sex": 2, "age": 9, 3: 1},
}
LARGEST = 2**53


def value(text, scope=SCOPE):
    return evaluate(parse(text, LARGEST), scope, Budget(Findings(), DEFAULT_LIMITS), Place(()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("7 / 2", 3.5),
        ("n if yes else 0", 7),
        ("1 if n > 10 else 2 if n > 5 else 3", 2),
        ("1 < n <= 7", True),
        ("not yes or n == 7", True),
        ("yes and n != 7", False),
        ("true == 1", False),
        ("1 == 1.0", True),
        ("sizes[1]", 128),
        ("sizes[-1]", 256),
        ("[64, 128, 256][n - 5]", 256),
        ("name + '_id'", "user_id"),
        ("'a' < 'b'", True),
        ("[1] + [2]", [1, 2]),
        ("[0] * 3", [0, 0, 0]),
        ("3 in [1, 2, 3]", True),
        ("'3' not in ['1']", True),
        ("min(3, n)", 3),
        ("max(sizes)", 256),
        ("abs(-3)", 3),
        ("round(2.567, 1)", 2.6),
        ("round(2.5)", 2),
        ("int(3.9)", 3),
        ("float(3)", 3.0),
        ("len(sizes)", 3),
        ("range(3)", [0, 1, 2]),
        ("range(8, 2, -2)", [8, 6, 4]),
        ("sum(sizes)", 448),
        ("null == nothing", True),
        ("columns['sex']", 2),
        ("columns[3]", 1),
        ("len(columns)", 3),
        ("'age' in columns", True),
        ("'3' in columns", False),
        ("2 not in columns", True),
        ("true in columns", False),
        ("columns == columns", True),
        ("keys(columns)", ["sex", "age", 3]),
        ("values(columns)", [2, 9, 1]),
        ("items(columns)", [["sex", 2], ["age", 9], [3, 1]]),
        ("sizes[1:]", [128, 256]),
        ("sizes[:-1]", [64, 128]),
        ("sizes[::2]", [64, 256]),
        ("sizes[::-1]", [256, 128, 64]),
        ("sizes[5:]", []),
        ("sizes[null:2]", [64, 128]),
        ("name[:2] + name[-1]", "usr"),
        ("[2 * size for size in sizes if size > 64]", [256, 512]),
        ("[a * b for a, b in zip([1, 0, 3], [4, 5, 6]) if a]", [4, 18]),
        ("[[a * b for b in range(2)] for a in range(3)]", [[0, 0], [0, 1], [0, 2]]),
        ("[n for n in [1, 2]] + [n]", [1, 2, 7]),
        ("[name + '_' + str(index) for index in range(2)]", ["user_0", "user_1"]),
        ("str(1.5) + str(true) + str(null)", "1.5truenull"),
        ("zip(sizes, [1, 2])", [[64, 1], [128, 2]]),
        ("enumerate(sizes[:2], 1)", [[1, 64], [2, 128]]),
        ("sorted(['b', 'a'])", ["a", "b"]),
        ("reversed(range(3))", [2, 1, 0]),
        ("any([size > 200 for size in sizes])", True),
        ("all([size > 200 for size in sizes])", False),
        ("1e-3", 0.001),
        ("'it\\'s'", "it's"),
    ],
)
def test_an_expression_has_its_value(text, expected):
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("n +", "+"),
        ("n ? 2", "?"),
        ("(n", "n"),
        ("n n", "n"),
        ("m + 1", "m"),
        ("n.real", "."),
        ("open('x')", "open"),
        ("__import__('os')", "__import__"),
        ("sizes[3]", "3"),
        ("sizes['a']", "'a'"),
        ("1 / 0", "1 / 0"),
        ("n + name", "n + name"),
        ("yes + 1", "yes + 1"),
        ("n and yes", "n"),
        ("'a' * 3", "'a' * 3"),
        ("2 ** 10000", "2 ** 10000"),
        ("9 ** 9 ** 9", "9 ** 9 ** 9"),
        ("range(1000000)", "range(1000000)"),
        ("[0] * 1000000", "[0] * 1000000"),
        ("True", "True"),
        ("n < name", "n < name"),
        ("(-8) ** 0.5", "(-8) ** 0.5"),
        ("max([])", "max([])"),
        ("lambda: 1", "lambda"),
        ("columns + 1", "columns + 1"),
        ("-columns", "columns"),
        ("1 if columns else 2", "columns"),
        ("columns['sx']", "'sx'"),
        ("columns[true]", "true"),
        ("columns[1:]", "columns"),
        ("sizes[::0]", "0"),
        ("sizes['a':]", "'a'"),
        ("sum(columns)", "sum(columns)"),
        ("sorted(columns)", "sorted(columns)"),
        ("all([1, 2])", "all([1, 2])"),
        ("str(sizes)", "str(sizes)"),
        ("keys(sizes)", "keys(sizes)"),
        ("[key for key in columns]", "columns"),
        ("[a for a, b in sizes]", "sizes"),
        ("[a for a, a in sizes]", "a"),
        ("[a for a in sizes if 'x']", "'x'"),
        ("[a for a in sizes if a if n]", "if"),
        ("[a for null in sizes]", "null"),
        ("[[0] * 10000 for a in range(100)]", "[0] * 10000"),
        ("[[a * b for a in range(1000)] for b in range(1000)]", "a * b"),
    ],
)
def test_a_mistake_is_located(text, part):
    with pytest.raises(ExpressionError) as caught:
        value(text)
    assert part in text[caught.value.start : caught.value.end] or text[caught.value.start : caught.value.end] in part


def test_what_an_expression_makes_counts_as_its_steps():
    findings = Findings()
    budget = Budget(findings, replace(DEFAULT_LIMITS, steps=30_000))
    for text in ("range(9000)", "[0] * 9000", "name"):
        evaluate(parse(text, LARGEST), SCOPE, budget, Place(()))
    with pytest.raises(LimitExceededError):
        evaluate(parse("[0] * 9000 + range(9000)", LARGEST), SCOPE, budget, Place(()))
    assert [finding.message for finding in findings] == [
        "the expressions and patterns of the spec take more than 30000 steps"
    ]


def test_a_name_of_a_comprehension_is_its_own():
    assert parse("[a * n for a, b in zip(b, sizes) if c]", LARGEST).names() == {"n", "b", "sizes", "c"}
    assert parse("[[a * b for b in y] for a in x]", LARGEST).names() == {"x", "y"}


def test_deep_nesting_is_refused():
    for text in ("(" * 200 + "1" + ")" * 200, "-" * 500 + "1", "not " * 300 + "true", "[" * 100 + "]" * 100):
        with pytest.raises(ExpressionError):
            value(text)


@pytest.mark.slow
@given(st.text(alphabet="n x12.+-*/%()[]<>=!'\"andortifelse,:", max_size=40))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_any_text_has_a_value_or_a_located_mistake(text):
    try:
        value(text)
    except ExpressionError as error:
        assert 0 <= error.start <= error.end <= len(text)


@given(st.integers(-50, 50), st.integers(-50, 50), st.sampled_from(["+", "-", "*", "//", "%", "<", "==", ">="]))
@settings(deadline=None, derandomize=True)
def test_arithmetic_is_that_of_python(left, right, sign):
    text = f"({left}) {sign} ({right})"
    if sign in ("//", "%") and right == 0:
        with pytest.raises(ExpressionError):
            value(text)
    else:
        assert value(text) == eval(text)

"""The lines of Python code."""

from __future__ import annotations

import pytest

from spec_compiler.emitting.python.code import call, dict_of, list_of, statement, text_of, tuple_of
from spec_compiler.emitting.python.expressions import Expressions, UnsayableError
from spec_compiler.emitting.python.identifiers import Identifiers


def test_what_fits_stands_on_one_line():
    code = call(call("layers.Dense", "64", activation='"relu"', name='"dense"'), "x")
    assert statement("dense = ", code) == ['    dense = layers.Dense(64, activation="relu", name="dense")(x)']


def test_what_is_too_long_is_broken_in_the_fullest_brackets():
    code = call(call("layers.Conv2D", "64", "3", padding='"same"', activation='"relu"', name='f"{prefix}first"'), "x")
    assert statement("first_convolution = ", code) == [
        "    first_convolution = layers.Conv2D(",
        '        64, 3, padding="same", activation="relu", name=f"{prefix}first"',
        "    )(x)",
    ]


def test_what_does_not_fit_inside_either_has_an_item_a_line():
    code = dict_of({'"epochs"': "50", '"callbacks"': list_of(["a" * 40, "b" * 40])})
    assert statement("FIT = ", code, 0) == [
        "FIT = {",
        '    "epochs": 50,',
        '    "callbacks": [',
        f"        {'a' * 40},",
        f"        {'b' * 40},",
        "    ],",
        "}",
    ]


def test_a_tuple_of_one_ends_in_a_comma():
    assert str(tuple_of(["100"])) == "(100,)"
    assert str(tuple_of(["100", "5"])) == "(100, 5)"


@pytest.mark.parametrize("text", ["plain", 'a "word"', "it's", "a\\b", "two\nlines", "both ' and \""])
def test_a_text_is_the_text_again(text):
    assert eval(text_of(text)) == text


def test_names_are_those_of_python_and_each_is_taken_once():
    names = Identifiers()
    assert [names.new(name) for name in ("a-b", "a-b", "class", "sum", "3d", "keras")] == [
        "a_b", "a_b_2", "class_", "sum_", "_3d", "keras_",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("${units}", "units"),
        ("${units // 2}", "units // 2"),
        ("${(a + b) * units}", "(a + b) * units"),
        ("${a if flag == true else null}", "a if flag == True else None"),
        ("${[64, 128, 256][index]}", "[64, 128, 256][index]"),
        ("${range(3)}", "list(range(3))"),
        ("${sum(range(3))}", "sum(range(3))"),
        ("${[a * b for a, b in zip(x, y) if a]}", "[a * b for a, b in zip(x, y) if a]"),
        ("${keys(sizes)}", "list(sizes)"),
        ("${sizes['sex']}", 'sizes["sex"]'),
        ("${w[1:]}", "w[1:]"),
        ("${w[::2]}", "w[::2]"),
        ("${-(2 ** a)}", "-2**a"),
        ("${not (a and b)}", "not (a and b)"),
        ("dense_${i}", 'f"dense_{i}"'),
        ("${sizes['sex']}_in", "f\"{sizes['sex']}_in\""),
        ("a $${b} {c}", '"a ${b} {c}"'),
    ],
)
def test_an_expression_is_one_of_python(text, code):
    names = ("units", "a", "b", "flag", "index", "x", "y", "sizes", "w", "i")
    assert str(Expressions({name: name for name in names}).text(text)) == code


def test_an_expression_takes_the_names_of_its_scope():
    assert Expressions({"class": "class_"}).text("${class * 2}") == "class_ * 2"
    with pytest.raises(UnsayableError):
        Expressions({}).text("${units}")

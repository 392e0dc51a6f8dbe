"""What is written where it is used, and what keeps a statement of its own."""

from __future__ import annotations

from spec_compiler.emitting.python.code import call, choice, dict_comprehension, list_of
from spec_compiler.emitting.python.nesting import nested
from spec_compiler.emitting.python.statements import Statement


def layer(kind: str, taken, *arguments):
    return call(call(f"layers.{kind}", *arguments), taken)


def lines(*statements: tuple[str, object]) -> list[str]:
    found = nested([Statement(prefix, code, 1) for prefix, code in statements])
    return [line for each in found for line in each.lines()]


def test_a_layer_with_a_kernel_stands_with_what_is_done_to_its_result():
    assert lines(
        ("conv = ", layer("Conv2D", "x", "8", "3")),
        ("norm = ", layer("BatchNormalization", "conv")),
        ("relu = ", layer("ReLU", "norm")),
        ("last = ", layer("Conv2D", "relu", "8", "3")),
        ("return ", "last"),
    ) == [
        "    relu = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(8, 3)(x)))",
        "    last = layers.Conv2D(8, 3)(relu)",
        "    return last",
    ]


def test_what_is_used_twice_or_has_a_comment_stands_by_itself():
    twice = (("drop = ", layer("Dropout", "x", "0.5")), ("return ", layer("Add", list_of(["drop", "drop"]))))
    assert lines(*twice) == ["    drop = layers.Dropout(0.5)(x)", "    return layers.Add()([drop, drop])"]
    remarked = (("# Why.", ""), ("drop = ", layer("Dropout", "x", "0.5")), ("return ", layer("ReLU", "drop")))
    assert lines(*remarked) == ["    # Why.", "    drop = layers.Dropout(0.5)(x)", "    return layers.ReLU()(drop)"]


def test_calls_of_shared_layers_and_of_blocks_keep_their_order():
    statements = (
        ("a = ", call("encoder", "x")),
        ("b = ", call("encoder", "y")),
        ("return ", layer("Subtract", list_of(["b", "a"]))),
    )
    assert lines(*statements) == ["    a = encoder(x)", "    return layers.Subtract()([encoder(y), a])"]


def test_what_goes_into_a_model_has_a_name():
    statements = (("y = ", layer("Dense", "x", "1")), ("model = ", call("keras.Model", list_of(["x"]), list_of(["y"]))))
    assert lines(*statements) == ["    y = layers.Dense(1)(x)", "    model = keras.Model([x], [y])"]


def test_choices_by_one_condition_become_one():
    statements = (
        ("conv = ", choice(layer("Conv2D", "x", "8", "1"), "project", "x")),
        ("norm = ", choice(layer("BatchNormalization", "conv"), "project", "conv")),
        ("return ", layer("Add", list_of(["norm", "x"]))),
    )
    assert lines(*statements)[0] == ("    norm = layers.BatchNormalization()(layers.Conv2D(8, 1)(x)) if project else x")


def test_copies_that_are_taken_one_by_one_or_all_at_once_are_made_there():
    loops = [("i", "range(3)")]
    statements = (
        ("parts = ", dict_comprehension('f"part_{i}"', layer("Dense", "x", "4"), loops)),
        ("actives = ", dict_comprehension('f"active_{i}"', layer("ReLU", 'parts[f"part_{i}"]'), loops)),
        ("return ", layer("Add", list_of(["*actives.values()"]))),
    )
    assert lines(*statements) == ["    return layers.Add()([layers.ReLU()(layers.Dense(4)(x)) for i in range(3)])"]


def test_what_follows_from_arguments_is_written_where_it_is_used():
    statements = (("hidden = ", "4 * width"), ("x = ", "y"), ("return ", layer("Dense", "x", "hidden")))
    assert lines(*statements) == ["    return layers.Dense(4 * width)(y)"]

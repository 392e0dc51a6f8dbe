"""What an editor makes of the schema, asked of the language server of Visual Studio Code's YAML extension.

Not among the tests that are run by default: it takes Node and `npm install yaml-language-server`.
"""

from __future__ import annotations

import pytest

from tests.language.language_server import FILES, LanguageServer, specs

pytestmark = pytest.mark.language_server

HEAD = """\
# yaml-language-server: $schema=../schemas/spec.schema.json
spec: 1
"""
NODES = f"{HEAD}nodes:\n  x: {{type: Input, shape: [9, 4]}}\n"
TAIL = "\noutputs: [y]\n"
BLOCKS = f"""{HEAD}
blocks:
  bottleneck:
    params: {{width: 3}}
    inputs: [x]
    nodes:
      y: {{type: Dense, units: "${{width}}", inputs: x}}
    outputs: [y]
"""


@pytest.fixture(scope="module")
def server(request):
    server = LanguageServer(request.config.getoption("--language-server"))
    yield server
    server.close()


@pytest.mark.parametrize(
    "node", ["  y: {type: |, inputs: x}", "  y: {type: L|, inputs: x}", "  y:\n    type: |", "  y:\n    type: Den|"]
)
def test_types_are_completed(server, node):
    found = server.complete(NODES + node + TAIL)
    assert {"Dense", "LSTM", "concatenate", "ops.matmul"} <= found.keys()
    assert found["LSTM"]["documentation"] == "A long short-term memory (Hochreiter and Schmidhuber, 1997)."
    assert found["LSTM"]["insertText"] == "LSTM"


# In braces on one line the server proposes nothing before a letter is typed, whatever the schema.
@pytest.mark.parametrize(
    "node",
    [
        "  y: {type: LSTM, un|}",
        "  y: {type: LSTM,\n      |}",
        "  y:\n    type: LSTM\n    |",
        "  y:\n    type: LSTM\n    inputs: x\n    ret|",
    ],
)
def test_the_arguments_of_a_type_are_completed(server, node):
    found = server.complete(NODES + node + TAIL)
    assert found["units"]["documentation"] == "The length of the output and of each state."
    assert found["return_sequences"]["insertText"] == "return_sequences: ${1:false}"
    assert {"call", "repeat", "when", "use_bias"} <= found.keys()
    assert not {"filters", "states"} & found.keys()


PLACES = {
    "an argument of an op": (NODES + "  y:\n    type: ops.sum\n    |" + TAIL, {"axis", "keepdims"}),
    "a choice": (NODES + "  y: {type: Dense, activation: r|}" + TAIL, {"relu", "softmax"}),
    "an initializer": (NODES + "  y:\n    type: Dense\n    kernel_initializer: |" + TAIL, {"he_normal", "Constant"}),
    "an argument of an initializer": (
        NODES + "  y:\n    type: Dense\n    kernel_initializer:\n      type: RandomNormal\n      |" + TAIL,
        {"mean", "stddev", "seed"},
    ),
    "an argument of a layer in a layer": (
        NODES + "  y:\n    type: Bidirectional\n    layer:\n      type: LSTM\n      |" + TAIL,
        {"units", "return_sequences"},
    ),
    "a tensor of a call": (
        NODES + "  y:\n    type: MultiHeadAttention\n    inputs:\n      |" + TAIL,
        {"query", "value", "key", "attention_mask"},
    ),
    "an option of a call": (
        NODES + "  y:\n    type: Attention\n    call:\n      |" + TAIL,
        {"training", "use_causal_mask"},
    ),
    "an argument of a shared layer": (
        HEAD + "layers:\n  e:\n    type: GRU\n    |\nnodes: {}\n",
        {"units", "reset_after"},
    ),
    "an argument of a node in a block": (
        HEAD + "blocks:\n  b:\n    inputs: [x]\n    nodes:\n      y:\n        type: Conv2D\n        |\n",
        {"filters", "kernel_size"},
    ),
    "a section": (HEAD + "|\n", {"nodes", "outputs", "compile", "fit", "params", "blocks"}),
    "a loss": (NODES + "outputs:\n  x:\n    loss: |\n", {"mse", "BinaryCrossentropy"}),
    "an argument of a loss": (
        NODES + "outputs:\n  x:\n    loss:\n      type: BinaryCrossentropy\n      |\n",
        {"from_logits", "label_smoothing"},
    ),
    "an argument of an optimizer": (
        NODES + "compile:\n  optimizer:\n    type: Adam\n    |\n",
        {"learning_rate", "beta_1", "clipnorm"},
    ),
    "an option of training": (NODES + "fit:\n  |\n", {"epochs", "batch_size", "callbacks"}),
}


@pytest.mark.parametrize("place", PLACES)
def test_everything_else_is_completed_too(server, place):
    text, wanted = PLACES[place]
    assert wanted <= server.complete(text).keys()


HOVERS = {
    "an argument": ("  y: {type: LSTM, un|its: 3, inputs: x}", "LSTM", "The length of the output and of each state."),
    "a type": ("  y: {type: LS|TM, units: 3}", "LSTM", "A long short-term memory (Hochreiter and Schmidhuber, 1997)."),
    "an argument of an op": (
        "  y: {type: ops.sum, keep|dims: true}",
        "ops.sum",
        "Whether the reduced axes are kept with length 1.",
    ),
    "a thing in an argument": (
        "  y: {type: Dense, units: 3, kernel_regularizer: {type: L|2}}",
        "L2",
        "The sum of the squares.",
    ),
}


@pytest.mark.parametrize("place", HOVERS)
def test_what_something_means_is_shown(server, place):
    node, title, description = HOVERS[place]
    assert server.hover(NODES + node + TAIL).split("\n\n")[:2] == [f"#### {title}", description]


MISTAKES = {
    "a type": ("{type: LTSM, units: 3, inputs: x}", "LTSM", "No layer, op or block has this name."),
    "an argument": ("{type: LSTM, units: 3, unts: 3, inputs: x}", "unts", "Property unts is not allowed."),
    "a number out of range": ("{type: LSTM, units: 0, inputs: x}", "0", "Value is below the exclusive minimum of 0."),
    "a number in quotes": ("{type: LSTM, units: '3', inputs: x}", "'3'", 'Incorrect type. Expected "integer".'),
    "nothing": ("{type: LSTM, inputs: x}", "y", 'Missing property "units".'),
    "a thing": ("{type: Dense, units: 3, kernel_constraint: NonNg, inputs: x}", "NonNg", "Value must be "),
    "an argument of a thing": (
        "{type: Dense, units: 3, kernel_regularizer: {type: L2, l1: 3}, inputs: x}",
        "l1",
        "Property l1 is not allowed.",
    ),
    "an option of a call": (
        "{type: LSTM, units: 3, inputs: x, call: {trainin: true}}",
        "trainin",
        "Property trainin is not allowed.",
    ),
    "a reference": (
        "{type: LSTM, units: 3, inputs: x/0}",
        "x/0",
        "A reference is the name of a node, with a dot and the output where it has several.",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_underlined(server, mistake):
    node, underlined, message = MISTAKES[mistake]
    ((where, text),) = server.diagnose(f"{NODES}  y: {node}{TAIL}")
    assert (where, text[: len(message)]) == (underlined, message)


def test_a_type_that_is_no_name_is_called_so(server):
    found = server.diagnose(f"{HEAD}blocks: {{}}\nnodes:\n  x: {{type: Den se}}\noutputs: [x]\n")
    assert ("Den se", "No layer or op has this name, and no block can have it.") in found


@pytest.mark.parametrize("suffix", [name.removeprefix("*") for name in FILES if name.endswith("ml")])
def test_a_file_is_known_for_a_spec_by_its_name(server, suffix):
    text = f"spec: 1\nnodes:\n  x: {{type: Input, shape: [9], shpe: [4]}}{TAIL}"
    assert server.diagnose(text, suffix) == [("shpe", "Property shpe is not allowed.")]
    assert server.diagnose(text) == []


def test_nodes_of_a_block_take_no_longer_than_nodes_of_a_layer(server):
    def seconds(node: str) -> float:
        """The processor's time for what a keystroke asks for, with twenty such nodes in the spec."""
        nodes = "".join(f"  n{number}: {{type: {node}, inputs: x}}\n" for number in range(20))
        text = f"{BLOCKS}nodes:\n  x: {{type: Inp|ut, shape: [9]}}\n{nodes}outputs: [n0]\n"
        server.hover(text)
        before = server.processor_seconds()
        for _ in range(5):
            server.hover(text)
        return server.processor_seconds() - before

    assert seconds("bottleneck, width: 3") < 3 * seconds("LSTM, units: 3")


def test_expressions_repetitions_and_own_keys_are_no_mistakes(server):
    found = server.diagnose(f"""{HEAD}
x-note: mine
params:
  n: {{default: 4, type: int, min: 1}}
  deep: true
  kind: relu
  sizes: [1, 2]
blocks:
  bottleneck:
    params: {{width: 3}}
    inputs: [x]
    nodes:
      y: {{type: Dense, units: "${{width}}", inputs: x}}
    outputs: [y]
layers:
  shared: {{type: Dense, units: "${{n}}", trainable: "${{deep}}"}}
nodes:
  x: {{type: Input, shape: ["${{n}}"], x-note: mine}}
  a: {{type: Dense, units: "${{n}}", activation: "${{kind}}", kernel_initializer: "${{'zeros'}}", repeat: "${{n}}", inputs: x}}
  b: {{use: shared, repeat: 2, when: "${{deep}}", inputs: a}}
  "c_${{i}}": {{for: {{i: "${{sizes}}"}}, type: Dropout, rate: "${{i / 10}}", call: {{training: "${{deep}}"}}, inputs: b}}
  "d_${{i}}": {{for: {{i: 2}}, type: bottleneck, width: "${{n}}", inputs: "c_${{i + 1}}"}}
  e: {{type: concatenate, inputs: ["d_*"]}}
  f: {{type: "my_package>Mine", anything: 3, inputs: [e]}}
  g: {{type: "${{kind}}", inputs: e}}
outputs:
  f: {{loss: "${{'mse'}}", loss_weight: "${{1 / n}}"}}
  g: {{loss: {{type: Huber, delta: "${{n}}"}}, metrics: [mae, "${{'mse'}}"]}}
compile: {{optimizer: {{type: Adam, learning_rate: "${{1 / n}}"}}}}
fit: {{epochs: "${{n}}", class_weight: {{0: 1.0, 1: 2.0}}}}
seed: "${{n}}"
""")
    assert found == []


@pytest.mark.parametrize("spec", specs(), ids=lambda path: path.name)
def test_the_specs_of_the_repository_are_without_mistakes(server, spec):
    text = spec.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schemas/spec.schema.json\n")
    assert server.diagnose(text) == []

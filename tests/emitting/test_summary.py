"""The table of a graph."""

from __future__ import annotations

import re

import pytest

import spec_compiler as sc
from spec_compiler.analysing.sharing import first_uses
from tests.goldens import example_specs

pytestmark = pytest.mark.usefixtures("stand_ins")

WRAPPED = """
spec: 1
layers:
  step: {type: Dense, units: 5}
nodes:
  x: {type: Input, shape: [4, 3]}
  each: {type: TimeDistributed, layer: {use: step}, inputs: x}
  again: {use: step, inputs: x}
  both: {type: concatenate, inputs: [each, again]}
  own: {type: Dense, units: 1, inputs: both}
outputs: [own]
"""


def parameters_of(text):
    rows = text.split("\n\n")[1].splitlines()[2:]
    return {row.split()[0]: row.split()[-1] for row in rows}


def test_a_shared_layer_is_counted_where_a_wrapper_uses_it_first():
    graph = sc.load_spec(sc.Source.text(WRAPPED))
    assert dict(first_uses(graph)) == {
        "x": ("x",),
        "each": ("each", "step"),
        "again": (),
        "both": ("both",),
        "own": ("own",),
    }
    assert parameters_of(graph.summary()) == {"x": "0", "each": "20", "again": "shared", "both": "0", "own": "11"}


@pytest.mark.slow
@pytest.mark.parametrize("spec", example_specs(), ids=lambda path: path.name)
def test_the_rows_of_a_table_add_up_to_its_total(spec):
    text = sc.load_spec(spec).summary()
    counts = [int(count.replace(",", "")) for count in parameters_of(text).values() if count != "shared"]
    assert f"{sum(counts):,}" == re.search(r"^parameters: ([\d,]+)", text, re.MULTILINE)[1]


OPEN = """
spec: 1
nodes:
  words: {type: Input, shape: [null], dtype: int32}
  vectors: {type: Embedding, input_dim: 1000, output_dim: 64, inputs: words}
  read: {type: LSTM, units: 32, inputs: vectors}
  answer: {type: Dense, units: 1, inputs: read}
outputs: {answer: {loss: mse}}
fit: {batch_size: 64}
"""


def test_with_a_cost_the_table_says_what_each_node_costs():
    graph = sc.load_spec(sc.Source.text(OPEN))
    assert (
        graph.summary(graph.cost(length=100))
        == """\
model model

node     type       inputs   output shape      dtype    parameters    weights  activations  multiply-adds
-------  ---------  -------  ----------------  -------  ----------  ---------  -----------  -------------
words    Input               (None, None)      int32             0        0 B     25.0 KiB              0
vectors  Embedding  words    (None, None, 64)  float32      64,000  250.0 KiB      1.6 MiB              0
read     LSTM       vectors  (None, 32)        float32      12,416   48.5 KiB      8.0 KiB      1,228,800
answer   Dense      read     (None, 1)         float32          33      132 B        256 B             32

parameters: 76,449 (76,449 trainable, 0 not), 298.6 KiB
activations: 1.6 MiB for a batch of 64 (`fit.batch_size`), at most 1.6 MiB at one time in inference
multiply-adds: 1,228,832 a sample
shared layers: none
outputs:
  answer  loss mse, weight 1
optimizer: RMSprop"""
    )


def test_what_is_not_known_is_said_to_be():
    graph = sc.load_spec(sc.Source.text(OPEN))
    assert graph.summary(graph.cost(2)).splitlines()[4:13] == [
        "words    Input               (None, None)      int32             0        0 B            ?              0",
        "vectors  Embedding  words    (None, None, 64)  float32      64,000  250.0 KiB            ?              0",
        "read     LSTM       vectors  (None, 32)        float32      12,416   48.5 KiB        256 B              ?",
        "answer   Dense      read     (None, 1)         float32          33      132 B          8 B             32",
        "",
        "parameters: 76,449 (76,449 trainable, 0 not), 298.6 KiB",
        "activations: at least 264 B for a batch of 2",
        "multiply-adds: at least 32 a sample",
        "lengths that are open: those of `words`; `--length NUMBER` states them",
    ]


def test_the_weights_of_a_shared_layer_stand_at_its_first_call():
    graph = sc.load_spec(sc.Source.text(WRAPPED))
    rows = graph.summary(graph.cost()).split("\n\n")[1].splitlines()[2:]
    assert [row.split()[0] for row in rows if row.split()[-3] == "shared" or row.split()[-4] == "shared"] == ["again"]

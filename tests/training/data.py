"""A spec that takes data of every kind, and data that it takes."""

from __future__ import annotations

import numpy as np

import spec_compiler as sc

SPEC = """\
spec: 1
name: every
nodes:
  words: {type: Input, shape: [4], dtype: int32}
  image: {type: Input, shape: [2, 3, 1]}
  age:   {type: Input, shape: [1]}
  city:  {type: Input, shape: [1], dtype: string}
  table: {type: Embedding, input_dim: 10, output_dim: 3, inputs: words}
  place: {type: StringLookup, vocabulary: [bern, rome], output_mode: one_hot, inputs: city}
  flat:  {type: Flatten, inputs: table}
  flat2: {type: Flatten, inputs: image}
  all:   {type: concatenate, inputs: [flat, flat2, age, place]}
  kind:  {type: Dense, units: 3, activation: softmax, inputs: all}
  sort:  {type: Dense, units: 3, activation: softmax, inputs: all}
  alarm: {type: Dense, units: 1, activation: sigmoid, inputs: all}
outputs:
  kind:  {loss: sparse_categorical_crossentropy}
  sort:  {loss: categorical_crossentropy}
  alarm: {loss: binary_crossentropy}
"""
LINES = {name: number for number, line in enumerate(SPEC.splitlines(), 1) for name in [line.split(":")[0].strip()]}
"""The line at which each node, or the output of its name, is last written."""
INPUT_LINES = {"words": 4, "image": 5, "age": 6, "city": 7}

COUNT = 6
INPUTS = {
    "words": np.arange(24).reshape(COUNT, 4) % 10,
    "image": np.zeros((COUNT, 2, 3, 1), "uint8"),
    "age": np.arange(20.0, 26.0),
    "city": np.array(["bern", "rome", "oslo"] * 2),
}
TARGETS = {
    "kind": np.arange(COUNT) % 3,
    "sort": np.eye(3)[np.arange(COUNT) % 3],
    "alarm": np.arange(COUNT) % 2,
}


def graph(text=SPEC):
    return sc.load_spec(sc.Source.text(text, name="spec.yaml"))


def found(report):
    """The code, the line of the spec, and the beginning of the message up to the first space, of each diagnostic."""
    return [(each.code, each.span.start.line, each.message.split(" ")[0].strip("`")) for each in report]

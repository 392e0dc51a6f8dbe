"""Checks a chain of dense layers: ``check_one.py 1000 yaml|json``; with ``compile`` in place of these, compiles it."""

from __future__ import annotations

import json
import sys
import time

import models
from fresh import tell

import spec_compiler as sc

layers, form = int(sys.argv[1]), sys.argv[2]
if form == "compile":
    import keras

    keras.ops.zeros(1)  # starts TensorFlow
    source = sc.Source.text(models.chain(layers, units=4))
    begin = time.perf_counter()
    model = sc.compile_spec(source)
    assert len(model.layers) == layers + 1
else:
    if form == "json":
        before, nodes = "x", {"x": {"type": "Input", "shape": [8]}}
        for number in range(layers):
            nodes[f"dense_{number}"] = {"type": "Dense", "units": 8, "activation": "relu", "inputs": before}
            before = f"dense_{number}"
        text = json.dumps({"spec": 1, "nodes": nodes, "outputs": [before], "lint": {"ignore": ["SC616"]}}, indent=1)
    else:
        text = models.chain(layers)
    begin = time.perf_counter()
    report = sc.check_spec(sc.Source.text(text, form=form))
    assert report.ok
tell(time.perf_counter() - begin)

"""Builds one model, and says how long that took: ``build_one.py chain spec|cold|hand``.

Imports do not count: neither Keras's, nor the compiler's, which imports the description of a layer when a spec first
names it. For ``cold`` these last do count.
"""

from __future__ import annotations

import sys
import time

import keras
import models
from fresh import tell

import spec_compiler.emitting.keras_model.build  # noqa: F401
import spec_compiler.pipeline as compiler

name, way = sys.argv[1:]
keras.ops.zeros(1)  # starts TensorFlow
if way in ("spec", "cold"):
    spec = models.spec_of(name)
    source = spec if spec.endswith(".yaml") else compiler.Source.text(spec)
    if way == "spec":
        assert compiler.check_spec(source).ok  # imports what the spec names
    begin = time.perf_counter()
    model = compiler.compile_spec(source)
else:
    begin = time.perf_counter()
    model = models.by_hand(name)
tell(time.perf_counter() - begin)

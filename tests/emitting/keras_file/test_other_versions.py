"""What older versions of Keras load: weights, into the model that they build of the code; not the archive, and they say so."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest

import spec_compiler as sc
from spec_compiler.emitting.keras_file.planned import KerasFiles
from tests.emitting.keras_file.corpus import ROOT
from tests.processes import python
from tests.samples import inputs_of

COMMANDS = ROOT / "docs/reference/command-line.md"

pytestmark = [pytest.mark.other_keras, pytest.mark.tensorflow, pytest.mark.slow]

BUILD_AND_PREDICT = """
import sys
folder, version = sys.argv[1:]
sys.path.insert(0, version)
import keras
import numpy as np
assert keras.__file__.startswith(version), keras.__file__
names = {"__name__": "model"}
exec(open(f"{folder}/model.py").read(), names)
model = names["build_model"]()
model.load_weights(f"{folder}/model.weights.h5")
batch = dict(np.load(f"{folder}/batch.npz"))
np.savez(f"{folder}/predicted.npz", *keras.tree.flatten(model.predict(batch, verbose=0)))
try:
    keras.models.load_model(f"{folder}/model.keras")
except TypeError as error:
    print("Unrecognized keyword" in str(error) or "unexpected keyword" in str(error))
"""


NEWER = {
    "layers.Dense": ("quantization_config",),
    "layers.EinsumDense": ("quantization_config",),
    "layers.Embedding": ("quantization_config",),
    "layers.BatchNormalization": ("renorm",),
    "layers.MultiHeadAttention": ("use_gate", "sliding_window"),
    "layers.GroupQueryAttention": ("use_gate", "sliding_window"),
    "layers.IntegerLookup": ("oov_method", "salt"),
    "initializers.GlorotUniform": ("input_axes", "output_axes"),
    "initializers.HeNormal": ("input_axes", "output_axes"),
}
"""Arguments that older versions do not know, as the table of the documentation has them."""

REFUSED_AND_LOADED = """
import json, sys
sys.path.insert(0, sys.argv[1])
import keras
assert keras.__file__.startswith(sys.argv[1]), keras.__file__
found = {}
for key, data in json.load(sys.stdin).items():
    try:
        keras.saving.deserialize_keras_object(data)
        found[key] = None
    except TypeError as error:
        found[key] = str(error)
print(json.dumps(found))
"""


def test_an_older_version_refuses_the_arguments_that_are_newer_and_loads_the_rest(pytestconfig):
    import keras

    asked = {}
    for name, arguments in NEWER.items():
        kind, cls = name.split(".")
        given = {"units": 2, "equation": "ab,bc->ac", "output_shape": [3], "input_dim": 4, "output_dim": 2}
        given |= {"num_heads": 2, "key_dim": 4, "head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2}
        made = getattr(getattr(keras, kind), cls)
        taken = inspect.signature(made.__init__).parameters
        data = keras.saving.serialize_keras_object(made(**{key: given[key] for key in taken if key in given}))
        assert set(arguments) <= set(data["config"])
        asked[name] = data
    (page,) = (line for line in COMMANDS.read_text().splitlines() if line.startswith("| 3.12 |"))
    assert all(f"`{argument}`" in page for arguments in NEWER.values() for argument in arguments)
    done = python("-c", REFUSED_AND_LOADED, pytestconfig.getoption("--other-keras"), stdin=json.dumps(asked).encode())
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    refusals = json.loads(done.stdout.splitlines()[-1])
    for name, arguments in NEWER.items():
        assert any(argument in refusals[name].rsplit("Exception encountered", 1)[-1] for argument in arguments)


@pytest.mark.parametrize("name", ["mlp.yaml", "news.yaml", "masked_bilstm.yaml", "resnet18.yaml"])
def test_an_older_version_loads_weights_into_the_model_of_the_code(name, tmp_path, pytestconfig):
    import keras

    graph, model = sc.load_spec(ROOT / "specs" / name), sc.compile_spec(ROOT / "specs" / name)
    files = KerasFiles(graph)
    files.write_weights(tmp_path / "model.weights.h5")
    files.write_keras(tmp_path / "model.keras")
    (tmp_path / "model.py").write_text(graph.to_python())
    model.load_weights(tmp_path / "model.weights.h5")
    batch = inputs_of(graph, 2)
    np.savez(tmp_path / "batch.npz", **batch)
    expected = keras.tree.flatten(model.predict(batch, verbose=0))
    done = python("-c", BUILD_AND_PREDICT, str(tmp_path), pytestconfig.getoption("--other-keras"))
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert b"True" in done.stdout.split()
    with np.load(tmp_path / "predicted.npz") as predicted:
        for one, other in zip(predicted.values(), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)

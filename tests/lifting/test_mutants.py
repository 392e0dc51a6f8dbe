"""Real configurations, changed at random: there is always an answer with places, and never a crash."""

from __future__ import annotations

import copy
import json
import os
import random
from contextlib import suppress
from typing import Any

import pytest

import spec_compiler as sc
from spec_compiler.emitting.keras_file.only_keras import OnlyKerasCanError
from spec_compiler.emitting.keras_file.planned import KerasFiles
from spec_compiler.lift_model import lift_model
from tests.emitting.keras_file.corpus import ROOT, TRAINED, WHOLE

pytestmark = pytest.mark.end_to_end

MUTANTS = int(os.environ.get("SPEC_COMPILER_MUTANTS", "400"))
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**40, 0.5, -1e300, "", "x", "${1}", "../x", [], [None], {}, {"class_name": "Lambda"},
    {"class_name": "__numpy__", "config": {"value": [[1.0], [2.0, 3.0]], "dtype": "float32"}},
    {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}, [["x", 0, 0]], "keras.layers",
    "InputLayer", "Functional", "Sequential", {"module": "os", "class_name": "system", "config": {"name": "x"}},
)  # fmt: skip


def configurations() -> list[Any]:
    found: list[Any] = [TRAINED, *(sc.Source.text(f"spec: 1{text}") for text in WHOLE.values())]
    found += [
        ROOT / "specs" / name for name in ("news.yaml", "tweets.yaml", "masked_bilstm.yaml", "video_question.yaml")
    ]
    written = []
    for each in found:
        # A few can be written through Keras alone.
        with suppress(OnlyKerasCanError):
            written.append(json.loads(KerasFiles(sc.load_spec(each)).json()))
    return written


def places(data: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for key, value in items for found in ((*place, key), *places(value, (*place, key)))]


def mutant(data: Any, draw: random.Random) -> Any:
    changed = copy.deepcopy(data)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        *way, last = draw.choice(places(changed))
        part = changed
        for step in way:
            part = part[step]
        match draw.randrange(4):
            case 0:
                part[last] = copy.deepcopy(draw.choice(VALUES))
            case 1:
                del part[last]
            case 2 if isinstance(part, list):
                part.append(copy.deepcopy(part[last]))
            case _:
                *other, key = draw.choice(places(changed))
                source = changed
                for step in other:
                    source = source[step]
                part[last] = copy.deepcopy(source[key])
    return changed


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=pytest.mark.slow if number else ()) for number in range(8)]
)
def test_whatever_stands_in_a_configuration_there_is_an_answer(number, tmp_path):
    draw = random.Random(number)
    known = configurations()
    for turn in range(MUTANTS // 8):
        data = mutant(draw.choice(known), draw)
        path = tmp_path / "model.json"
        path.write_text(json.dumps(data))
        lifted = lift_model(path)
        assert (lifted.graph is not None) == lifted.report.ok, f"{number}, {turn}"
        for found in lifted.report:
            assert found.path == "" or found.path.startswith("/"), found
        if lifted.graph is not None:
            sc.load_spec(sc.Source.text(lifted.graph.to_spec()))

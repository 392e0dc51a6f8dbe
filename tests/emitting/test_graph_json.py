"""A graph as JSON, which is written in room of its own size."""

from __future__ import annotations

import json
import tracemalloc

from spec_compiler.emitting.graph_json import text_of


def test_the_text_takes_little_more_room_than_it_has():
    data = {"nodes": [{"name": f"n{number}", "shape": [None, number], "nested": {"ü": True}} for number in range(5000)]}
    tracemalloc.start()
    text = text_of(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert text == json.dumps(data, indent=1, ensure_ascii=False)
    assert most < 3 * len(text)

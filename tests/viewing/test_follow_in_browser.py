"""`compile-spec view` in a real browser: the page becomes what is saved, errors included."""

from __future__ import annotations

import pytest

from tests.viewing.test_view import SPEC, view

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["view"]


def test_the_page_follows_the_file_and_keeps_what_is_selected(open_tab, view):
    tab = open_tab(f"http://127.0.0.1:{view.port}/")
    tab.laid_out()
    tab.click("node:y.dense")
    view.write("spec.yaml", SPEC.replace("units: 3", "units: 7"))
    tab.expect("#panel", "(None, 7) float32")
    assert tab.marked("selected") == {"node:y.dense"}

    view.write("spec.yaml", SPEC.replace("units: 3, inputs: x", "units: -3, inputs: x"))
    tab.page.wait_for_selector("#stale:not([hidden])")
    banner, graph = (tab.page.locator(each).bounding_box() for each in ("#stale", "#graph"))
    assert banner["y"] + banner["height"] <= graph["y"]
    assert tab.page.locator("#source-lines .said.error").count() == 1
    assert "error SC" in tab.text("#findings")
    assert tab.page.get_attribute('#graph .box[data-id="node:y.dense"]', "class").split().count("error") == 1

    view.write("spec.yaml", "spec: [")
    tab.expect("#source-lines", "spec: [")
    assert "node:y.dense" in tab.boxes()

    view.write("spec.yaml", SPEC)
    tab.page.wait_for_selector("#stale", state="hidden")
    tab.expect("#panel", "(None, 3) float32")


def test_a_spec_with_errors_has_its_graph_once_they_are_mended(open_tab, view):
    view.write("spec.yaml", SPEC.replace("inputs: x", "inputs: z"))
    view.page_once(lambda page: page["counts"]["errors"])
    tab = open_tab(f"http://127.0.0.1:{view.port}/")
    tab.page.wait_for_selector("#no-graph:not([hidden])")
    assert "SC301" in tab.text("#findings")
    view.write("spec.yaml", SPEC)
    tab.laid_out()
    assert tab.page.is_hidden("#no-graph")
    assert "node:x" in tab.boxes()


def test_the_page_says_when_the_command_has_ended(open_tab, view):
    tab = open_tab(f"http://127.0.0.1:{view.port}/")
    tab.laid_out()
    view.process.terminate()
    view.process.wait(20)
    tab.page.wait_for_selector("#lost:not([hidden])")
    tab.faults = [fault for fault in tab.faults if "ERR_" not in fault]

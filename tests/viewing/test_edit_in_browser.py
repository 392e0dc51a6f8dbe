"""`compile-spec view --edit` in a real browser: typed, looked at, saved, and never over what another program has saved."""

from __future__ import annotations

import pytest

from tests.viewing.test_edit import edited
from tests.viewing.test_view import BLOCKS, SPEC

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["edited"]


def replace(tab, old: str, new: str) -> None:
    """Type a text after what stands before it, in the place of another."""
    line = tab.page.locator(".cm-line", has_text=old)
    line.click()
    for _ in range(2):  # first to where the line begins after its indentation
        tab.page.keyboard.press("Home")
    for _ in range(line.inner_text().index(old)):
        tab.page.keyboard.press("ArrowRight")
    for _ in old:
        tab.page.keyboard.press("Delete")
    tab.page.keyboard.type(new)


def test_what_is_typed_is_looked_at_saved_on_request_and_kept_from_others(open_tab, edited):
    file = edited.folder / "spec.yaml"
    tab = open_tab(f"http://127.0.0.1:{edited.port}/#edit={edited.token}")
    tab.laid_out()
    tab.click("node:y.dense")
    tab.expect("#panel", "(None, 3) float32")
    assert tab.page.is_disabled("#save")

    replace(tab, "units: 3", "units: 7")
    tab.expect("#panel", "(None, 7) float32")
    assert file.read_text() == SPEC
    tab.page.keyboard.press("Control+s")
    tab.page.wait_for_selector("#save:disabled")
    assert file.read_text() == SPEC.replace("units: 3", "units: 7")

    edited.write("spec.yaml", SPEC.replace("units: 3", "units: 9"))
    tab.expect("#panel", "(None, 9) float32")
    assert tab.page.is_hidden("#changed")

    replace(tab, "units: 9", "units: 11")
    edited.write("spec.yaml", SPEC.replace("units: 3", "units: 13"))
    tab.page.wait_for_selector("#changed:not([hidden])")
    assert tab.page.is_disabled("#save")
    tab.page.click("#keep")
    tab.expect("#panel", "(None, 11) float32")
    assert "units: 13" in file.read_text()
    tab.page.click("#save")
    tab.page.wait_for_selector("#save:disabled")
    assert file.read_text() == SPEC.replace("units: 3", "units: 11")


def test_what_another_program_has_saved_can_be_taken(open_tab, edited):
    tab = open_tab(f"http://127.0.0.1:{edited.port}/#edit={edited.token}")
    tab.laid_out()
    replace(tab, "units: 3", "unit: 3")
    tab.page.wait_for_selector(".cm-lintRange-error")
    edited.write("spec.yaml", SPEC.replace("units: 3", "units: 5"))
    tab.page.wait_for_selector("#changed:not([hidden])")
    tab.page.click("#take")
    tab.page.wait_for_selector("#stale", state="hidden")
    assert "units: 5" in tab.text(".cm-content")
    assert tab.page.is_disabled("#save")


def test_who_has_not_the_whole_address_may_only_look(open_tab, edited):
    tab = open_tab(f"http://127.0.0.1:{edited.port}/")
    tab.laid_out()
    assert tab.page.locator("#save, .cm-content").count() == 0
    tab.expect("#source-lines", "units: 3")


def test_what_is_wrong_in_an_imported_file_is_underlined_at_the_import(open_tab, edited):
    tab = open_tab(f"http://127.0.0.1:{edited.port}/#edit={edited.token}")
    tab.laid_out()
    edited.write("blocks.yaml", BLOCKS.replace("Dense", "Dens"))
    underlined = tab.page.locator(".cm-lintRange-error")
    underlined.wait_for()
    assert underlined.inner_text() == "blocks.yaml"
    underlined.hover()
    said = tab.page.locator(".cm-tooltip .cm-diagnostic")
    said.wait_for()
    assert "blocks.yaml:7: " in said.inner_text()
    edited.write("blocks.yaml", BLOCKS)
    underlined.wait_for(state="detached")


PARAMS = """\
spec: 1
params:
  units: {default: 3, type: int, min: 1, max: 64, description: the width}
  how: {default: relu, choices: [relu, tanh]}
  biased: true
nodes:
  x: {type: Input, shape: [4]}
  y: {type: Dense, units: "${units}", activation: "${how}", use_bias: "${biased}", inputs: x}
outputs: [y]
"""


@pytest.fixture
def set_(open_tab, edited):
    """A page of a spec with params, whose pane of params is open."""
    edited.write("spec.yaml", PARAMS)
    tab = open_tab(f"http://127.0.0.1:{edited.port}/#edit={edited.token}")
    tab.laid_out()
    tab.page.click("#form-table-tab")
    tab.expect("#form-table", "(None, 3)")
    return tab


def test_params_have_fields_and_sliders_and_what_is_set_counts_for_all(set_, edited):
    tab = set_
    tab.page.click("#params-tab")
    assert tab.page.get_by_label("units", exact=True).input_value() == "3"
    tab.expect("#params", "the width · whole number · 1 to 64 · default 3")
    slider = tab.page.get_by_label("units, as a slider")
    slider.focus()
    tab.page.keyboard.press("End")
    assert tab.page.get_by_label("units", exact=True).input_value() == "64"
    tab.expect("#params-tab", "1")
    tab.page.get_by_label("how", exact=True).select_option("tanh")
    tab.page.get_by_label("biased", exact=True).uncheck()
    tab.expect("#params-tab", "3")
    tab.page.click("#form-code-tab")
    tab.expect("#form-code", "tanh")
    tab.page.click("#form-table-tab")
    tab.expect("#form-table", "(None, 64)")
    tab.expect("#form-table", "256")
    assert (edited.folder / "spec.yaml").read_text() == PARAMS
    assert tab.page.is_disabled("#save")


def test_a_value_out_of_range_is_said_where_it_is_typed(set_):
    tab = set_
    tab.page.click("#params-tab")
    tab.page.get_by_label("units", exact=True).fill("65")
    tab.expect("#params [role=alert]:not([hidden])", "units is at most 64, not 65")
    assert tab.page.get_by_label("units", exact=True).get_attribute("aria-invalid") == "true"
    assert tab.page.get_by_role("button", name="Make it the default in the text").is_disabled()
    tab.page.get_by_role("button", name="Back to the default").click()
    tab.page.wait_for_selector("#params [role=alert]", state="hidden")
    assert tab.page.get_by_label("units", exact=True).input_value() == "3"
    tab.page.wait_for_selector("#stale", state="hidden")


def test_a_value_becomes_the_default_in_the_text(set_, edited):
    tab = set_
    tab.page.click("#params-tab")
    tab.page.get_by_label("units", exact=True).fill("12")
    tab.page.click("#params button:text('Make it the default in the text'):not(:disabled):visible")
    tab.expect(".cm-content", "units: {default: 12, type: int")
    tab.expect("#params", "default 12")
    assert tab.page.get_by_label("units", exact=True).input_value() == "12"
    tab.page.click("#save")
    tab.page.wait_for_selector("#save:disabled")
    assert (edited.folder / "spec.yaml").read_text() == PARAMS.replace("default: 3", "default: 12")


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        ("spec", "spec.yaml", b"spec: 1"),
        ("spec_json", "spec.json", b'{\n  "spec": 1'),
        ("code", "spec.py", b'"""'),
        ("svg", "spec.svg", b"<svg"),
        ("keras", "spec.keras", b"PK"),
    ],
)
def test_the_model_is_taken_along_in_other_forms(set_, form, name, begins):
    with set_.page.expect_download() as downloading:
        set_.page.select_option("#download", form)
    assert downloading.value.suggested_filename == name
    assert downloading.value.path().read_bytes().startswith(begins)

"""The page in a real browser: what it shows, how one moves in it, and that a spec cannot do anything in it."""

from __future__ import annotations

import re
from html import escape

import pytest

import spec_compiler as sc
from spec_compiler.emitting.page.comparison import Compared, comparison_data
from spec_compiler.emitting.page.html import page_html
from spec_compiler.emitting.pictures.build import build_diagram
from spec_compiler.emitting.pictures.options import PictureOptions
from spec_compiler.emitting.pictures.picture import drawing
from spec_compiler.pipeline import analyse
from spec_compiler.views import main_view

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BLOCKS = """
spec: 1
name: towers
blocks:
  tower:
    description: Two dense layers.
    params: [units]
    inputs: [x]
    nodes:
      first: {type: Dense, units: "${units}", inputs: x}
      drop: {type: Dropout, rate: 0.2, inputs: first}
      second: {type: Dense, units: "${units}", inputs: drop}
    outputs: [second]
layers:
  shared: {type: Dense, units: 3}
nodes:
  x: {type: Input, shape: [20]}
  y: {type: Input, shape: [20]}
  left: {type: tower, units: 32, inputs: x}
  right: {type: tower, units: 16, inputs: y}
  a: {use: shared, inputs: x}
  b: {use: shared, inputs: y}
  both: {type: concatenate, inputs: [left, right, a, b]}
  out: {type: Dense, units: 4, activation: softmax, inputs: both}
outputs: {out: {loss: mse}}
"""


def page_of(text: str, **options) -> str:
    return sc.load_spec(sc.Source.text(text, form="yaml")).to_html(**options)


@pytest.mark.parametrize(
    "name", ["news", "tweets", "unet", "seq2seq", "translation", "resnet50", "inception", "cycle_gan", "retinanet"]
)
def test_boxes_stand_where_the_picture_has_them(open_tab, specs, name):
    graph = sc.load_spec(specs / f"{name}.yaml")
    placed = drawing(graph).boxes
    tab = open_tab(graph.to_html())
    tab.laid_out()
    boxes = tab.boxes()
    assert boxes.keys() == {each.box.id for each in placed}
    # The picture has its heading above, and rounds.
    for each in placed:
        x, y, width, height = boxes[each.box.id]
        expected = (each.place.x - 24, each.place.y - 76, each.place.width, each.place.height)
        assert (x, y, width, height) == pytest.approx(expected, abs=0.11), each.box.id


def test_a_page_asks_no_network(open_tab, specs):
    tab = open_tab(sc.load_spec(specs / "news.yaml").to_html())
    tab.laid_out()
    assert all(url.startswith(("file:", "data:", "blob:")) for url in tab.asked)


def test_a_page_works_in_a_frame_of_a_notebook(open_tab, specs):
    page = sc.load_spec(specs / "mlp.yaml").to_html()
    tab = open_tab(f'<!DOCTYPE html><iframe srcdoc="{escape(page)}" width="100%" height="640"></iframe>')
    tab.page.frame_locator("iframe").locator("#graph[data-boxes]").wait_for()


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "\"'><svg onload=alert(1)>",
    "]]>&lt;b&gt;${alert(1)}\u2028\u2029",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_spec_stays_text(open_tab, text):
    analysis = analyse(
        {
            "spec": 1,
            "description": text.replace("${", "$${"),
            "params": {"p": {"default": 1, "description": text}},
            "blocks": {
                "inner": {
                    "description": text,
                    "inputs": ["x"],
                    "nodes": {
                        "look": {"type": "StringLookup", "vocabulary": [text.replace("${", "$${")], "inputs": "x"}
                    },
                    "outputs": ["look"],
                }
            },
            "nodes": {"x": {"type": "Input", "shape": [2], "dtype": "string"}, "n": {"type": "inner", "inputs": "x"}},
            "outputs": ["n"],
        }
    )
    graph = main_view(analysis)
    assert graph is not None, str(analysis.report)
    from spec_compiler.emitting.page.data import page_data

    data = page_data(graph, analysis.origin, analysis.report)
    spoilt = {
        **data,
        "title": text,
        "subtitle": text,
        "texts": [{"name": text, "lines": [text, f"# {text}"]}],
        "findings": [
            {"code": text, "name": text, "severity": "warning", "message": f"`{text}` {text}", "hint": text, "related": [],
             "nodes": ["n.look"], "text": 0, "span": {"file": text, "start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 2}}}
        ],
        "counts": {"errors": 0, "warnings": 1},
    }  # fmt: skip
    tab = open_tab(page_html(spoilt))
    tab.laid_out()
    for pane in ("outline", "cost", "findings", "panel"):
        tab.page.click(f"#{pane}-tab")
    tab.page.fill("#search", "look")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector("#graph .box.selected")
    assert tab.page.text_content("#title") == text
    assert tab.page.text_content("#source-lines .line code") == text
    assert tab.page.evaluate("document.querySelectorAll('script, img, iframe, object').length") == 3
    assert tab.page.locator("[onerror], [onload]").count() == 0


def test_the_policy_lets_no_other_script_run(open_tab, specs):
    tab = open_tab(sc.load_spec(specs / "mlp.yaml").to_html())
    tab.laid_out()
    ran = tab.page.evaluate(
        """async () => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            const image = document.createElement("div");
            image.setAttribute("onclick", "window.ran = true");
            document.body.append(image);
            image.click();
            let asked = "refused";
            try { await fetch("http://127.0.0.1:9/"); asked = "asked"; } catch (error) { asked = String(error); }
            return [window.ran ?? false, asked.includes("asked")];
        }"""
    )
    assert ran == [False, False]
    refused = [fault for fault in tab.faults if "Content Security Policy" in fault]
    assert len(refused) >= 2
    tab.faults.clear()


def test_pointing_at_a_node_shows_what_it_depends_on_and_feeds(open_tab):
    tab = open_tab(page_of(BLOCKS))
    tab.laid_out()
    tab.hover("node:left.drop")
    tab.page.wait_for_selector("#graph .box.up")
    assert tab.marked("up") == {"node:x", "node:left.first"}
    assert tab.marked("down") == {"node:left.second", "node:both", "node:out", "output:out"}
    tab.page.mouse.move(2, 2)
    tab.page.wait_for_selector("#graph .box.up", state="detached")


def test_blocks_fold_and_open_as_in_pictures(open_tab):
    graph = sc.load_spec(sc.Source.text(BLOCKS, form="yaml"))
    tab = open_tab(graph.to_html())
    tab.laid_out()
    assert "node:left.drop" in tab.boxes()
    tab.page.click("#fold-all")
    tab.page.wait_for_selector('#graph .box[data-id="node:left.drop"]', state="detached")
    folded = build_diagram(graph, PictureOptions(depth=1))
    assert tab.boxes().keys() == {box.id for box in folded.all_boxes()}
    before = tab.box("block:left").bounding_box()
    tab.click("block:left", times=2)
    tab.page.wait_for_selector('#graph .box[data-id="node:left.drop"]')
    after = tab.box("block:left").bounding_box()
    assert (after["x"], after["y"]) == pytest.approx((before["x"], before["y"]), abs=1)
    assert "node:right.drop" not in tab.boxes()
    assert tab.page.get_attribute('#graph .box[data-id="block:left"]', "aria-label").endswith(", open")


def test_the_panel_has_everything_known_of_a_node(open_tab, specs):
    tab = open_tab(sc.load_spec(specs / "news.yaml").to_html())
    tab.laid_out()
    tab.click("node:lstm")
    panel = tab.text("#panel")
    for said in (
        "LSTM",
        "A long short-term memory",
        "units",
        "32",
        "embedding",
        "(None, 100, 512) float32",
        "lstm_cell/kernel",
        "65,536",
        "multiply-adds",
        "aux_output",
        "news.yaml:13",
        "whatever it takes",
    ):
        assert said in panel, said
    marked = tab.page.eval_on_selector_all("#source-lines .marked", "rows => rows.map((row) => row.dataset.line)")
    assert marked == ["13"]
    assert "lstm" in tab.page.get_attribute("#graph", "aria-activedescendant")


def test_a_line_of_the_spec_selects_its_node(open_tab, specs):
    tab = open_tab(sc.load_spec(specs / "news.yaml").to_html())
    tab.laid_out()
    tab.page.click('#source-lines .line[data-line="16"]')
    tab.page.wait_for_selector("#graph .box.selected")
    assert tab.marked("selected") == {"node:merged"}
    assert tab.page.inner_text("#panel h2") == "merged"


def test_what_is_selected_inside_a_folded_block_is_opened(open_tab):
    tab = open_tab(page_of(BLOCKS, depth=1))
    tab.laid_out()
    tab.page.fill("#search", "dropout right")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector('#graph .box.selected[data-id="node:right.drop"]')
    assert "Dropout" in tab.text("#panel")


def test_searching_tells_how_many_there_are_and_takes_the_keyboard(open_tab):
    tab = open_tab(page_of(BLOCKS))
    tab.laid_out()
    tab.page.keyboard.press("/")
    assert tab.page.evaluate("document.activeElement.id") == "search"
    tab.page.keyboard.type("tower")
    assert tab.page.get_attribute("#search", "aria-expanded") == "true"
    assert tab.page.locator("#search-results [role=option]").count() == 2
    assert tab.marked("found") == {"block:left", "block:right"}
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector('#graph .box.selected[data-id="block:right"]')


def test_the_keyboard_goes_along_the_edges_and_folds(open_tab):
    tab = open_tab(page_of(BLOCKS))
    tab.laid_out()
    tab.page.focus("#graph")
    tab.click("node:left.first")
    tab.page.keyboard.press("ArrowDown")
    assert tab.marked("selected") == {"node:left.drop"}
    tab.page.keyboard.press("ArrowUp")
    assert tab.marked("selected") == {"node:left.first"}
    tab.page.keyboard.press("Escape")
    assert tab.marked("selected") == {"block:left"}
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector('#graph .box[data-id="node:left.drop"]', state="detached")
    assert "folded" in tab.page.text_content("#status") or "selected" in tab.page.text_content("#status")


def test_the_outline_is_a_tree_for_the_keyboard(open_tab):
    tab = open_tab(page_of(BLOCKS))
    tab.laid_out()
    tab.page.click("#outline-tab")
    tab.page.focus("#outline [role=treeitem][tabindex='0']")
    tab.page.keyboard.press("Home")
    while tab.page.evaluate("document.activeElement.dataset.id") != "block:left":
        tab.page.keyboard.press("ArrowDown")
    assert tab.page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("ArrowRight")
    assert tab.page.evaluate("document.activeElement.dataset.id") == "node:left.first"
    assert tab.page.evaluate("document.activeElement.getAttribute('aria-level')") == "2"
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector('#graph .box.selected[data-id="node:left.first"]')


def test_what_a_screen_reader_hears_has_names_and_roles(open_tab):
    tab = open_tab(page_of(BLOCKS))
    tab.laid_out()
    missing = tab.page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, [role]")].filter((each) => {
            const label = each.getAttribute("aria-label") || each.textContent.trim() || each.title;
            const by = each.getAttribute("aria-labelledby");
            return !label && !(by && document.getElementById(by)) && !each.closest("label") && !each.hidden;
        }).map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert [each for each in missing if 'id="status"' not in each] == []
    ids = tab.page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    controlled = tab.page.evaluate(
        "[...document.querySelectorAll('[aria-controls]')].map((each) => each.getAttribute('aria-controls'))"
    )
    assert set(controlled) <= set(ids)


def test_cost_is_told_as_bars_of_what_is_seen(open_tab, specs):
    graph = sc.load_spec(specs / "news.yaml")
    tab = open_tab(graph.to_html())
    tab.laid_out()
    tab.page.click("#cost-tab")
    bars = tab.text("#cost .bars").split("\n")
    assert bars[:2] == ["embedding", "5,120,000 · 98.4 %"]
    assert "5,200,610 parameters in 5 boxes" in tab.text("#cost")
    tab.page.select_option("#cost select", "products")
    assert f"{graph.cost().multiply_adds:,} multiply-adds" in tab.text("#cost")
    tab.page.click("#cost .bar >> nth=0")
    tab.page.wait_for_selector("#graph .box.selected")


def test_findings_stand_at_their_nodes_and_lines(open_tab):
    text = BLOCKS.replace(
        "activation: softmax, inputs: both",
        "activation: softmax, inputs: both}\n  idle: {type: Dense, units: 2, inputs: x",
    )
    tab = open_tab(page_of(text))
    tab.laid_out()
    assert re.fullmatch(r"Findings\s*\d+", tab.text("#findings-tab"))
    tab.page.click("#findings-tab")
    assert "SC" in tab.text("#findings")
    assert tab.page.locator("#source-lines .said").count() >= 1


def test_a_node_has_its_findings_with_what_to_write(open_tab):
    spec = "spec: 1\nnodes:\n  x: {type: Input, shape: [4]}\n  a: {type: Dense, units: 5, inputs: x}\n  b: {type: Dense, units: 2, inputs: a}\noutputs: {b: {loss: mse}}\n"
    (found,) = sc.check_spec(sc.Source.text(spec)).diagnostics
    tab = open_tab(page_of(spec))
    tab.laid_out()
    tab.click("node:a")
    told = f"{found.code} {found.message}\n{found.hint}".replace("`", "")
    assert tab.page.inner_text("#panel .message") == told


def test_a_page_is_dark_where_the_screen_is_and_as_it_is_told(open_tab, specs):
    graph = sc.load_spec(specs / "mlp.yaml")
    grounds = {}
    for theme, scheme in [("auto", "light"), ("auto", "dark"), ("light", "dark"), ("dark", "light")]:
        tab = open_tab(graph.to_html(theme=theme), scheme=scheme)
        grounds[theme, scheme] = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    light, dark = "rgb(255, 255, 255)", "rgb(15, 22, 32)"
    assert grounds == {
        ("auto", "light"): light,
        ("auto", "dark"): dark,
        ("light", "dark"): light,
        ("dark", "light"): dark,
    }


@pytest.mark.parametrize("width", [320, 390, 768, 1400])
def test_no_width_makes_the_page_scroll_sideways(open_tab, specs, width):
    tab = open_tab(sc.load_spec(specs / "resnet50.yaml").to_html(), width=width, height=700)
    tab.laid_out()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 900:
        tab.page.click("#source-tab")
        assert tab.page.is_visible("#source-lines")
    for pane in ("panel", "outline", "cost", "findings"):
        tab.page.click(f"#{pane}-tab")
        assert tab.page.is_visible(f"#{pane}")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_comparison_has_colours_and_a_legend(open_tab):
    changed = BLOCKS.replace("Dropout, rate: 0.2", "GaussianNoise, stddev: 0.1").replace(
        "inputs: both}", "inputs: more}"
    )
    changed = (
        changed.replace("  out: ", "  more: {type: Dense, units: 8, inputs: both}\n  out: ")
        .replace("[left, right, a, b]", "[left, right, a]")
        .replace("  b: {use: shared, inputs: y}\n", "")
    )
    analyses = [analyse(sc.Source.text(text, form="yaml", name=name)) for name, text in (("a", BLOCKS), ("b", changed))]
    before, after = (Compared(each.source, main_view(each), each.origin) for each in analyses)
    from spec_compiler.comparing.compare import compare

    tab = open_tab(page_html(comparison_data(before, after, compare(before.graph, after.graph))))
    tab.laid_out()
    assert tab.marked("added") == {"node:more"}
    assert tab.marked("removed") == {"removed:node:b"}
    assert {"node:left.drop", "node:right.drop", "node:both", "node:out"} <= tab.marked("changed")
    assert tab.text("#legend").split("\n")[:3] == ["only in b", "only in a", "different in the two"]
    tab.click("node:left.drop")
    assert "type: Dropout → GaussianNoise" in tab.text("#panel")


def test_five_thousand_nodes_are_fluid(open_tab):
    activations = ["relu", "tanh", "gelu", "silu", "elu"]
    nodes = {"x": {"type": "Input", "shape": [8]}}
    names = ["x"]
    for number in range(4999):
        kind = {"type": "Dense", "units": 8, "activation": activations[(number * number + number // 7) % 5]}
        if number % 11 == 10:
            kind = {"type": "add"}
        inputs = [names[-1], names[-9]] if "units" not in kind else names[-1]
        nodes[f"n{number}"] = {**kind, "inputs": inputs}
        names.append(f"n{number}")
    graph = sc.load_spec({"spec": 1, "nodes": nodes, "outputs": [names[-1]]})
    tab = open_tab(graph.to_html())
    tab.laid_out()
    shown = int(tab.page.get_attribute("#graph", "data-boxes"))
    assert shown > 2000
    near = tab.page.evaluate("document.querySelectorAll('#graph *').length")
    tab.page.click("#fit")
    tab.page.wait_for_timeout(300)
    far = tab.page.evaluate("document.querySelectorAll('#graph *').length")
    assert max(near, far) < 3000, (near, far)
    # What a frame costs of the page's own time; how soon it is painted depends on the machine.
    cost = tab.page.evaluate(
        """async () => {
            const svg = document.getElementById("graph");
            const { left, top, width, height } = svg.getBoundingClientRect();
            const times = [];
            for (let number = 0; number < 40; number++) {
                const options = { clientX: left + width / 2, clientY: top + height / 2, cancelable: true, bubbles: true };
                const start = performance.now();
                svg.dispatchEvent(new WheelEvent("wheel", { ...options, deltaY: number < 20 ? -200 : 200 }));
                svg.dispatchEvent(new PointerEvent("pointermove", { ...options, clientX: left + number * 5, pointerType: "mouse" }));
                times.push(performance.now() - start);
                await new Promise(requestAnimationFrame);
            }
            return times.sort((one, other) => one - other)[20];
        }"""
    )
    assert cost < 50

"""The playground in a real browser: what one types is answered in the page, and nowhere else."""

from __future__ import annotations

import functools
import http.server
import threading
import time

import pytest

pytestmark = [pytest.mark.playground, pytest.mark.browser, pytest.mark.slow]

SPEC = """\
spec: 1
name: small
nodes:
  x: {type: Input, shape: [4]}
  hidden: {type: Dense, units: 8, inputs: x}
  y: {type: Dense, units: 2, inputs: hidden}
outputs: {y: {loss: mse}}
"""

PARAMS = SPEC.replace("nodes:\n", "params: {units: {default: 8, type: int, min: 1, max: 64}}\nnodes:\n").replace(
    "units: 8,", 'units: "${units}",'
)


class _Host(http.server.SimpleHTTPRequestHandler):
    """A static host that knows of nothing."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture(scope="module")
def address(playground):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Host, directory=playground))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(open_tab, address):
    """Open the playground and wait until it answers, and its language server too."""

    def opened(fragment: str = "", **more):
        tab = open_tab(f"{address}{fragment}", **more)
        tab.page.wait_for_selector("html[data-server=ready][data-answers]", state="attached")
        return tab

    return opened


def write(tab, text: str) -> None:
    """Paste a text in the place of that of the editor, and wait for an answer to it."""
    before = tab.page.get_attribute("html", "data-answers")
    tab.page.locator(".cm-content").click()
    tab.page.keyboard.press("ControlOrMeta+a")
    tab.page.locator(".cm-content").evaluate(
        """(content, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )
    tab.page.wait_for_function("(before) => document.documentElement.dataset.answers !== before", arg=before)


def point_at(tab, line: str, word: str) -> None:
    """Move the mouse to a word of the line that has some text."""
    x, y = tab.page.locator(".cm-line", has_text=line).evaluate(
        """(element, word) => {
            const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
            while (!walker.nextNode().textContent.includes(word)) {}
            const range = document.createRange();
            const at = walker.currentNode.textContent.indexOf(word);
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + word.length);
            const { left, top, width, height } = range.getBoundingClientRect();
            return [left + width / 2, top + height / 2];
        }""",
        word,
    )
    tab.page.mouse.move(x, y, steps=5)


def text_of(tab) -> str:
    return tab.page.evaluate(
        "() => [...document.querySelector('#editor').shadowRoot.querySelectorAll('.cm-line')].map((line) =>"
        " [...line.childNodes].filter((node) => !node.classList?.contains('cm-hint')).map((node) => node.textContent).join('')).join('\\n')"
    )


def test_a_mistake_is_underlined_explained_and_mended_where_it_is(opened):
    tab = opened()
    write(tab, SPEC.replace("inputs: hidden", "inputs: hiden"))
    underlined = tab.page.locator(".cm-lintRange-error")
    underlined.wait_for()
    assert underlined.inner_text() == "hiden"
    assert tab.page.is_visible("#stale")
    underlined.hover()
    said = tab.page.locator(".cm-tooltip .cm-diagnostic")
    said.wait_for()
    assert "SC301 no node is named hiden" in said.inner_text()
    assert said.locator("a").get_attribute("href") == "../../reference/diagnostics/SC301/"
    said.locator("button.cm-diagnosticAction").click()
    tab.page.wait_for_selector("#stale", state="hidden")
    assert text_of(tab) == SPEC
    tab.page.wait_for_selector('#graph .box[data-id="node:hidden"]')
    assert set(tab.boxes()) == {"node:x", "node:hidden", "node:y", "output:y"}


def test_the_picture_and_the_other_forms_follow_the_typing(opened):
    tab = opened()
    write(tab, SPEC)
    tab.page.click("#form-code-tab")
    tab.expect("#form-code", "Dense(8")
    assert "Findings" in tab.text("#tabs")
    write(
        tab,
        SPEC.replace("units: 8", "units: 9")
        .replace("nodes:\n", "nodes:\n  z: {type: Input, shape: [4]}\n")
        .replace("inputs: x", "inputs: [x, z]")
        .replace("Dense, units: 9", "concatenate"),
    )
    tab.expect("#form-code", "Concatenate(")
    tab.page.wait_for_selector('#graph .box[data-id="node:z"]')
    tab.page.click("#form-table-tab")
    tab.expect("#form-table", "concatenate")
    tab.page.click("#form-data-tab")
    tab.expect("#form-data", "z  (None, 4) float32")
    assert tab.page.locator("#form-code").is_hidden()


def test_what_the_server_knows_is_there_while_one_types(opened):
    tab = opened()
    write(tab, SPEC)
    tab.page.locator(".cm-hint").first.wait_for()
    assert any("(None, 8)" in each for each in tab.page.locator(".cm-hint").all_inner_texts())
    tab.page.keyboard.press("ControlOrMeta+End")
    tab.page.keyboard.type("compile: {optimizer: ad")
    tab.page.keyboard.press("Control+Space")
    proposals = tab.page.locator(".cm-tooltip-autocomplete li")
    proposals.first.wait_for()
    assert any("adam" in each.lower() for each in proposals.all_inner_texts())


def test_a_spec_is_shared_by_its_address(opened, address):
    tab = opened()
    write(tab, SPEC.replace("small", "shared"))
    tab.page.click("#share")
    tab.page.wait_for_function("() => location.hash.startsWith('#spec=')")
    other = opened(tab.page.url.removeprefix(address))
    assert text_of(other) == SPEC.replace("small", "shared")
    other.expect("#title", "shared")


@pytest.mark.parametrize("fragment", ["#spec=AAAA", "#spec=%00", "#spec=7b7d"])
def test_an_address_without_a_spec_says_so(opened, fragment):
    tab = opened(fragment)
    tab.expect("#told", "no spec that can be read")
    assert "LSTM" in text_of(tab)


def test_an_example_opens_by_its_address_and_by_the_list(opened):
    tab = opened("#example=lenet5.yaml")
    tab.expect("#title", "lenet5")
    tab.page.select_option("#examples", "vae.yaml")
    tab.expect("#title", "vae")


def test_a_spec_is_downloaded_in_other_forms(opened):
    tab = opened()
    write(tab, SPEC)
    forms = {
        "spec": (".yaml", SPEC),
        "spec_json": (".json", '"spec": 1'),
        "code": (".py", "def build_model"),
        "svg": (".svg", "<svg"),
        "mermaid": (".mmd", "flowchart"),
        "architecture": (".architecture.json", '"Functional"'),
    }
    for form, (suffix, part) in forms.items():
        with tab.page.expect_download() as downloading:
            tab.page.select_option("#download", form)
        assert downloading.value.suggested_filename == f"news{suffix}"
        assert part in downloading.value.path().read_text(encoding="utf-8")
    assert tab.page.locator("#download option[value=keras]").is_disabled()


def test_params_are_set_beside_the_text_and_shared_with_it(opened, address):
    tab = opened()
    write(tab, PARAMS)
    tab.page.locator(".cm-hint", has_text="(None, 8)").wait_for()
    tab.page.click("#params-tab")
    tab.page.get_by_label("units, as a slider").fill("16")
    tab.page.locator(".cm-hint", has_text="(None, 16)").wait_for()
    assert text_of(tab) == PARAMS
    tab.page.get_by_label("units", exact=True).fill("99")
    tab.expect("#params", "units is at most 64, not 99")
    tab.page.get_by_label("units", exact=True).fill("24")
    tab.page.wait_for_selector("#stale", state="hidden")
    tab.page.click("#share")
    tab.page.wait_for_function("() => location.hash.startsWith('#spec=')")
    other = opened(tab.page.url.removeprefix(address))
    other.page.click("#params-tab")
    assert other.page.get_by_label("units", exact=True).input_value() == "24"
    other.page.click("#form-code-tab")
    other.expect("#form-code", "24")
    other.page.select_option("#examples", "lenet5.yaml")
    other.expect("#title", "lenet5")
    assert other.page.is_hidden("#params-tab")


def test_a_node_is_renamed_after_it_was_clicked(opened):
    tab = opened()
    write(tab, SPEC)
    point_at(tab, "hidden: {type", "hidden")
    tab.page.mouse.down()
    tab.page.mouse.up()
    tab.page.wait_for_selector('#graph .box.selected[data-id="node:hidden"]')
    tab.page.keyboard.press("F2")
    asked = tab.page.locator(".cm-lsp-rename-panel input")
    asked.fill("inner")
    asked.press("Enter")
    tab.page.wait_for_selector('#graph .box[data-id="node:inner"]')
    assert text_of(tab) == SPEC.replace("hidden", "inner")


def test_nothing_leaves_the_page(opened, address):
    tab = opened()
    write(tab, SPEC)
    assert all(each.startswith((address, "blob:", "data:")) for each in tab.asked), tab.asked
    asked = len(tab.asked)
    write(tab, SPEC.replace("small", "secret"))
    assert tab.asked[asked:] == []


def test_a_hostile_spec_stays_text(opened):
    tab = opened()
    evil = "<img src=x onerror=alert(1)><a href=javascript:alert(2)>go</a><style>*{display:none}</style>"
    write(
        tab,
        SPEC.replace(
            "name: small",
            f"name: small\ndescription: '{evil}'\nblocks:\n  tower: {{description: '{evil}', inputs: [x], nodes: {{d: {{type: Dense, units: 1, inputs: x}}}}, outputs: [d]}}",
        ).replace("type: Dense, units: 8", "type: tower"),
    )
    point_at(tab, "hidden: {type: tower", "tower")
    tip = tab.page.locator(".cm-lsp-hover-tooltip")
    tip.wait_for()
    assert evil[:8] in tip.inner_text()
    assert tip.locator("img, a, style").count() == 0


def test_a_folder_that_is_opened_as_a_file_says_what_to_do(chromium, playground):
    context = chromium.new_context()
    page = context.new_page()
    page.goto((playground / "index.html").as_uri())
    page.wait_for_selector("#unstarted:visible")
    assert "python -m http.server" in page.inner_text("#unstarted")
    context.close()


def test_the_licences_of_all_that_is_in_it_are_a_link_away(opened):
    tab = opened()
    assert tab.page.is_hidden("#unstarted")
    with tab.page.context.expect_page() as opening:
        tab.page.click("#about a", modifiers=["ControlOrMeta"])
    text = opening.value.inner_text("body")
    assert all(name in text for name in ("Pyodide", "CPython", "pydantic_core", "networkx", "CodeMirror", "elkjs"))


@pytest.mark.parametrize("width", [320, 760, 1400])
def test_no_width_makes_the_page_scroll_sideways(opened, width):
    tab = opened(width=width, height=700)
    assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
    if width < 900:
        tab.page.click("#source-tab")
        write(tab, SPEC)
        assert tab.page.locator(".cm-content").is_visible()


def test_two_thousand_nodes_stay_fluid(opened):
    tab = opened()
    nodes = "".join(f"  n{n}: {{type: Dense, units: 4, inputs: {f'n{n - 1}' if n else 'x'}}}\n" for n in range(2000))
    write(tab, f"spec: 1\nname: long\nnodes:\n  x: {{type: Input, shape: [4]}}\n{nodes}outputs: [n1999]\n")
    tab.page.evaluate(
        """() => {
            window.longest = 0;
            let last = performance.now();
            const beat = () => {
                const now = performance.now();
                window.longest = Math.max(window.longest, now - last);
                last = now;
                window.setTimeout(beat, 5);
            };
            beat();
        }"""
    )
    tab.page.keyboard.press("ControlOrMeta+Home")
    tab.page.keyboard.press("End")
    for letter in " # as it is typed":
        tab.page.keyboard.press(letter if letter != " " else "Space")
        time.sleep(0.05)
    assert text_of(tab).startswith("spec: 1 # as it is typed\n")
    assert tab.page.evaluate("() => window.longest") < 500

"""A real Chromium for the tests of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium(request):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=request.config.getoption("--chromium"), args=_ARGUMENTS, timeout=120_000
        )
        yield browser
        browser.close()


class Tab:
    """A page in the browser, and what went wrong in it."""

    def __init__(self, page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self.asked.append(request.url))
        page.set_default_timeout(120_000)

    def laid_out(self) -> None:
        self.page.wait_for_selector("#graph[data-boxes]:not([aria-busy])", state="attached")

    def drawn(self) -> None:
        """Wait until what has been asked for is on the screen: the page draws once a frame."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def boxes(self) -> dict[str, tuple[float, float, float, float]]:
        """Where the boxes are that are drawn, in the picture's own measure."""
        self.drawn()
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll("#graph .box")].map((box) => {
                const rect = box.querySelector("rect");
                return [box.dataset.id, ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)))];
            }))"""
        )

    def marked(self, kind: str) -> set[str]:
        """The boxes that have a class."""
        self.drawn()
        return set(self.page.eval_on_selector_all(f"#graph .box.{kind}", "boxes => boxes.map((box) => box.dataset.id)"))

    def expect(self, selector: str, text: str) -> None:
        """Wait until an element has a text."""
        from playwright.sync_api import expect

        expect(self.page.locator(selector)).to_contain_text(text, timeout=60_000)

    def text(self, selector: str) -> str:
        return self.page.inner_text(selector)

    def box(self, id_: str):
        return self.page.locator(f'#graph .box[data-id="{id_}"] > rect').first

    def hover(self, id_: str) -> None:
        place = self.box(id_).bounding_box()
        self.page.mouse.move(place["x"] + 12, place["y"] + place["height"] - 6)

    def click(self, id_: str, times: int = 1) -> None:
        place = self.box(id_).bounding_box()
        self.page.mouse.click(place["x"] + 12, place["y"] + place["height"] - 6, click_count=times)


@pytest.fixture
def open_tab(chromium, tmp_path) -> Iterator:
    """Open a page, by its text or its address; at the end nothing may have gone wrong in it."""
    contexts, tabs = [], []

    def opened(page: str, *, width: int = 1400, height: int = 900, scheme: str = "light", **more) -> Tab:
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
        contexts.append(context)
        tab = Tab(context.new_page())
        tabs.append(tab)
        if not page.startswith("http://"):
            file = tmp_path / f"page-{len(tabs)}.html"
            file.write_text(page, encoding="utf-8")
            page = file.as_uri()
        tab.page.goto(page)
        return tab

    yield opened
    faults = [fault for tab in tabs for fault in tab.faults]
    for context in contexts:
        context.close()
    assert faults == []

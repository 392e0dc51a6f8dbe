"""The forms of a picture: SVG, PNG, PDF, Mermaid and DOT, from Python and from the command line."""

from __future__ import annotations

import asyncio
import re
import struct
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

import spec_compiler as sc
from spec_compiler.cli.main import main
from spec_compiler.emitting.pictures import engine
from spec_compiler.emitting.pictures.build import build_diagram
from spec_compiler.emitting.pictures.errors import LayoutError, PictureTooLargeError
from spec_compiler.emitting.pictures.options import PictureOptions
from spec_compiler.emitting.pictures.picture import check_size, drawing
from spec_compiler.emitting.pictures.text_widths import is_in_font, text_width
from tests.processes import ROOT, python

pytestmark = pytest.mark.usefixtures("stand_ins")

SVG = "{http://www.w3.org/2000/svg}"
SPEC = """
spec: 1
nodes:
  x: {type: Input, shape: [4]}
  text: {type: Activation, activation: relu, inputs: x}
  y: {type: Dense, units: 2, inputs: text}
outputs: {y: {loss: mse, loss_weight: 0.5}}
"""


@cache
def load_news():
    return sc.load_spec("specs/news.yaml")


@pytest.fixture
def news():
    return load_news()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_svg_is_xml_with_every_name_and_shape_as_text(news):
    root = ElementTree.fromstring(news.to_svg())
    texts = {element.text for element in root.iter(f"{SVG}text")}
    assert {"news", "main_input", "lstm", "LSTM · 69,760 parameters", "(None, 100, 512)", "× 3"} <= texts
    assert root.find(f"{SVG}title").text == "news"
    tooltips = {element.text for element in root.iter(f"{SVG}title")}
    assert "lstm: LSTM(units=32) → (None, 32) float32" in tooltips


def test_the_same_graph_gives_the_same_svg(news):
    assert news.to_svg() == sc.load_spec("specs/news.yaml").to_svg()


def test_texts_are_as_wide_as_they_were_measured_in_any_font(news):
    for element in ElementTree.fromstring(news.to_svg()).iter(f"{SVG}text"):
        weight = "bold" if "bold" in element.get("class") else "regular"
        measured = text_width(element.text, float(element.get("font-size")), weight)
        assert float(element.get("textLength")) == pytest.approx(measured, abs=0.06)


def test_svg_is_light_dark_or_both(news):
    light, dark, both = (news.to_svg(theme=theme) for theme in ("light", "dark", "auto"))
    assert "prefers-color-scheme" not in light + dark
    assert ".ground{fill:#ffffff}" in light
    assert ".ground{fill:#0f1620}" in dark
    assert both.index(".ground{fill:#ffffff}") < both.index("prefers-color-scheme:dark") < both.index("fill:#0f1620")


def test_a_picture_is_made_inside_an_event_loop_as_in_a_notebook(news):
    async def cell():
        return news._repr_mimebundle_()["text/html"]

    # In a thread of its own, since a browser of other tests may have a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        shown = [pool.submit(lambda: asyncio.run(cell())).result() for _ in range(2)]
    assert shown[0].startswith('<div tabindex="0" style="max-height: 640px; overflow: auto"><img alt="model news"')
    assert shown == [news._repr_html_()] * 2


def test_a_picture_leads_down_or_right(news):
    down, right = (drawing(news, PictureOptions(direction=direction)) for direction in ("down", "right"))
    assert down.height > down.width
    assert right.width > right.height


def test_what_a_spec_says_is_no_markup():
    graph = sc.load_spec(
        sc.Source.text("""
        spec: 1
        nodes:
          x: {type: Input, shape: [], dtype: string}
          y: {type: StringLookup, vocabulary: ["<b>&\\"'", "`x`"], inputs: x}
        outputs: [y]
        """)
    )
    texts = [element.text for element in ElementTree.fromstring(graph.to_svg()).iter(f"{SVG}text")]
    assert "vocabulary=[<b>&\"', `x`]" in texts
    assert "vocabulary=[#lt;b#gt;#amp;#quot;', #96;x#96;]" in graph.to_mermaid()
    assert "vocabulary=[<b>&\\\"', `x`]" in graph.to_dot()


@pytest.mark.slow
def test_png_is_twice_as_large_as_the_drawing_and_dark_if_asked(news):
    light, dark = news.to_png(), news.to_png(theme="dark")
    assert light[:8] == b"\x89PNG\r\n\x1a\n"
    found = drawing(news)
    assert struct.unpack(">II", light[16:24]) == pytest.approx((2 * found.width, 2 * found.height), abs=1)
    assert light != dark


@pytest.mark.slow
def test_the_same_picture_is_the_same_pdf_in_every_process(tmp_path):
    code = "import spec_compiler as sc; print(sc.load_spec('specs/news.yaml').to_pdf())"
    written = {python("-c", code, cwd=ROOT).stdout for _ in range(6)}
    assert len(written) == 1
    assert b"%PDF" in written.pop()


def test_the_objects_of_a_pdf_are_where_its_table_says(news):
    written = news.to_pdf()
    table = int(re.search(rb"startxref\s+(\d+)", written)[1])
    places = [int(place) for place in re.findall(rb"(\d{10}) \d{5} n", written[table:])]
    assert [int(re.match(rb"(\d+) 0 obj", written[place:])[1]) for place in places] == [*range(1, len(places) + 1)]


def test_pdf_has_one_page_as_large_as_the_drawing(news):
    written = news.to_pdf()
    assert written.startswith(b"%PDF-")
    found = drawing(news)
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", written)
    assert [float(each) for each in box.groups()] == pytest.approx([found.width, found.height], abs=1)


def test_characters_that_the_font_does_not_have_are_taken_to_be_wide_and_known_as_such():
    assert is_in_font("main_input × 12 · …")
    assert not is_in_font("名前")
    assert text_width("名前", 10) == 20
    assert text_width("il", 10) < text_width("WM", 10) < 20


def test_mermaid_has_a_subgraph_for_each_open_block():
    graph = sc.load_spec(sc.Source.text(BLOCK))
    assert graph.to_mermaid(direction="right").splitlines() == [
        "---",
        'title: "small · 20 parameters"',
        "---",
        "flowchart LR",
        '  n0(["<b>x</b>"])',
        '  subgraph n1["block · unit"]',
        '    n2["<b>a</b><br>Dense · 20 parameters<br>units=4"]',
        '    n3["<b>b</b><br>add"]',
        "  end",
        '  n4(["<b>block</b>"])',
        '  n0 -->|"(None, 4)"| n2',
        '  n0 -->|"(None, 4)"| n3',
        '  n2 -->|"(None, 4)"| n3',
        '  n3 -->|"(None, 4)"| n4',
        "  classDef input fill:#e3f5ea,stroke:#3f9d69,color:#16202c",
        "  class n0 input",
        "  classDef output fill:#e5efff,stroke:#4a7fd4,color:#16202c",
        "  class n4 output",
    ]


BLOCK = """
spec: 1
name: small
blocks:
  unit:
    inputs: [x]
    nodes:
      a: {type: Dense, units: 4, inputs: x}
      b: {type: add, inputs: [x, a]}
    outputs: [b]
nodes:
  x: {type: Input, shape: [4]}
  block: {type: unit, inputs: x}
outputs: [block]
"""


def test_dot_has_a_cluster_for_each_open_block_and_a_node_for_a_folded_one():
    graph = sc.load_spec(sc.Source.text(BLOCK))
    lines = [line.strip() for line in graph.to_dot().splitlines()]
    assert 'subgraph "cluster block:block" {' in lines
    assert '"node:block.a" -> "node:block.b" [label="(None, 4)"]' in lines
    folded = graph.to_dot(depth=1)
    assert "subgraph" not in folded
    assert '"node:x" -> "block:block" [label="(None, 4)"]' in folded


def test_dot_lets_what_ties_a_shared_block_begin_at_its_cluster():
    text = sc.load_spec("specs/hierarchical_attention.yaml").to_dot(depth=1)
    (tie,) = [line for line in text.splitlines() if "arrowhead=none" in line]
    assert 'ltail="cluster layer:sentence"' in tie


@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.pdf", "a.mmd", "a.dot"])
def test_the_command_writes_each_form(folder, capsys, name):
    assert main(["spec.yaml", "-o", name]) == 0
    assert capsys.readouterr().out.endswith(f"wrote {name}\n")
    assert (folder / name).stat().st_size > 100


def test_the_command_takes_how_a_picture_is_to_be(folder):
    (folder / "block.yaml").write_text(BLOCK, encoding="utf-8")
    words = ["--depth", "1", "--unfold", "block", "--direction", "right", "--theme", "dark"]
    assert main(["block.yaml", "-o", "a.svg", *words]) == 0
    graph = sc.load_spec("block.yaml")
    expected = graph.to_svg(depth=1, unfold=["block"], direction="right", theme="dark")
    assert (folder / "a.svg").read_text(encoding="utf-8") == expected


def test_text_forms_go_to_standard_output_too(folder, capsys):
    assert main(["spec.yaml", "-o", "-", "--format", "mmd"]) == 0
    assert capsys.readouterr().out == sc.load_spec("spec.yaml").to_mermaid()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["-o", "a.keras", "--depth", "1"],
            "--depth goes with an output that is one of .svg, .png, .pdf, .html, .mmd, .dot",
        ),
        (["--theme", "dark"], "--theme goes with an output that is one of .svg, .png, .pdf, .html"),
        (["-o", "a.mmd", "--theme", "dark"], "--theme goes with an output that is one of .svg, .png, .pdf, .html"),
        (["-o", "a.svg", "--fold", "z"], "no block is named `z`"),
    ],
)
def test_options_of_pictures_go_with_pictures_and_name_what_is_there(folder, capsys, words, message):
    assert main(["spec.yaml", *words]) == 2
    assert capsys.readouterr().err == f"compile-spec: {message}\n"
    assert [path.name for path in folder.iterdir()] == ["spec.yaml"]


def test_a_picture_with_too_many_boxes_is_refused(folder, capsys):
    assert main(["spec.yaml", "-o", "a.svg", "--limit", "picture_boxes=3"]) == 1
    assert "error[SC722]: the picture has 4 boxes, and at most 3 are laid out" in capsys.readouterr().err
    assert main(["spec.yaml", "-o", "a.mmd", "--limit", "picture_boxes=3"]) == 0
    with pytest.raises(PictureTooLargeError, match="the picture has 4 boxes, and at most 3 are laid out"):
        drawing(sc.load_spec("spec.yaml"), most_boxes=3)


def test_a_picture_with_too_many_edges_is_refused():
    names = [f"x{n}" for n in range(40)]
    inputs = "".join(f"  {name}: {{type: Input, shape: [4]}}\n" for name in names)
    sums = "".join(f"  s{n}: {{type: add, inputs: [{', '.join(names)}]}}\n" for n in range(20))
    text = f"spec: 1\nnodes:\n{inputs}{sums}outputs: [{', '.join(f's{n}' for n in range(20))}]\n"
    graph = sc.load_spec(sc.Source.text(text))
    with pytest.raises(PictureTooLargeError, match="the picture has 820 edges, and at most 800 are laid out"):
        check_size(build_diagram(graph, PictureOptions()), 80)


@pytest.mark.slow
def test_a_layout_that_takes_too_long_is_given_up_and_the_next_one_is_made(news, monkeypatch, folder, capsys):
    monkeypatch.setattr(engine, "_SECONDS", 1e-6)
    with pytest.raises(LayoutError, match="the layout of the picture takes more than"):
        news.to_svg()
    assert main(["spec.yaml", "-o", "a.svg"]) == 2
    assert "the layout of the picture takes more than" in capsys.readouterr().err
    monkeypatch.undo()
    assert news.to_svg().startswith("<svg")


@pytest.mark.slow
def test_a_graph_of_very_many_different_nodes_is_refused_in_a_moment_and_written_as_text(tmp_path):
    count = 20_000
    nodes = "".join(f"  n{n}: {{type: Dense, units: {n * n % 997 + 1}, inputs: n{n - 1}}}\n" for n in range(1, count))
    spec = sc.Source.text(f"spec: 1\nnodes:\n  n0: {{type: Input, shape: [4]}}\n{nodes}outputs: [n{count - 1}]\n")
    graph = sc.load_spec(spec)
    with pytest.raises(PictureTooLargeError, match="boxes"):
        graph.to_svg()
    assert graph.to_dot().count(" -> ") > 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "output"), [("py_mini_racer", "a.svg"), ("resvg_py", "a.png"), ("svg2pdf_py", "a.pdf")]
)
def test_what_is_not_installed_is_named_with_the_extra_that_installs_it(folder, missing, output):
    script = "import sys; sys.modules[sys.argv.pop(1)] = None; from spec_compiler.cli.main import run; run()"
    done = python("-c", script, missing, "spec.yaml", "-o", output, cwd=folder)
    assert (done.returncode, done.stderr.decode()) == (
        1,
        f"compile-spec: this form of picture needs `{missing}`, which is not installed: "
        "pip install 'spec-compiler[pictures]'\n",
    )
    assert [path.name for path in folder.iterdir()] == ["spec.yaml"]


def test_a_notebook_shows_the_picture_and_folds_the_table_away(news):
    html = news._repr_html_()
    assert html.startswith('<div tabindex="0" style="max-height: 640px; overflow: auto"><img alt="model news"')
    assert "<details><summary>10 nodes</summary>" in html
    assert set(news._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_a_notebook_shows_the_table_where_no_picture_can_be_made(news, monkeypatch):
    monkeypatch.setitem(sys.modules, "py_mini_racer", None)
    monkeypatch.setattr(engine, "_ENGINE", engine._Engine())
    html = news._repr_html_()
    assert "<img" not in html
    assert html.startswith("<strong>model news</strong><table>")

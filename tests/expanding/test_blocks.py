"""Params, blocks, `repeat`, `for` and `when`: what they write out, and where their mistakes are."""

from __future__ import annotations

from pathlib import Path

import pytest

import spec_compiler as sc
from tests.marked import expect, expect_linking, underlined
from tests.stages.through import check, linked

INPUT = "  x: {type: Input, shape: [8]}\n"


def load(nodes, outputs="[y]", head="", **options):
    return linked(sc.Source.text(f"spec: 1\n{head}nodes:\n{INPUT}{nodes}outputs: {outputs}\n"), **options)


def found(nodes, outputs="[y]", head="", stage="linking", **options):
    text = f"spec: 1\n{head}nodes:\n{INPUT}{nodes}outputs: {outputs}\n"
    report = check(sc.Source.text(text), stage, **options)
    lines = text.split("\n")
    return {
        (d.code, lines[d.span.start.line - 1][d.span.start.column - 1 : d.span.end.column - 1])
        for d in report.diagnostics
    }


def edges(graph):
    return {name: [str(source) for source in node.sources()] for name, node in graph.nodes.items()}


# Params


def test_params_have_defaults_that_may_use_each_other_and_can_be_set():
    head = "params: {units: {default: '${base * 2}', type: int}, base: 4}\n"
    nodes = "  y: {type: Dense, units: '${units}', inputs: x}\n"
    assert load(nodes, head=head).layers["y"].config.units == 8
    assert load(nodes, head=head, params={"base": 16}).layers["y"].config.units == 32
    assert load(nodes, head=head, params={"units": 3}).layers["y"].config.units == 3


def test_what_is_set_is_held_against_the_param():
    head = "params: {units: {default: 4, min: 1, max: 9}, kind: {default: relu, choices: [relu, tanh]}}\n"
    nodes = "  y: {type: Dense, units: '${units}', activation: '${kind}', inputs: x}\n"
    assert found(nodes, head=head, params={"units": "4"}) == {("SC203", "units")}
    assert found(nodes, head=head, params={"units": 10}) == {("SC204", "units")}
    assert found(nodes, head=head, params={"units": True}) == {("SC203", "units")}
    assert found(nodes, head=head, params={"kind": "gelu"}) == {("SC205", "kind")}
    assert {code for code, _ in found(nodes, head=head, params={"unit": 3})} == {"SC216"}


def test_a_param_without_default_must_be_set():
    head = "params: {units: {type: int}}\n"
    nodes = "  y: {type: Dense, units: '${units}', inputs: x}\n"
    assert found(nodes, head=head) == {("SC217", "units")}
    assert load(nodes, head=head, params={"units": 2}).layers["y"].config.units == 2


def test_params_in_a_cycle_are_reported_once():
    head = "params: {a: '${b}', b: '${a}'}\n"
    codes = {code for code, _ in found("  y: {type: Dense, units: '${a}', inputs: x}\n", head=head)}
    assert codes == {"SC302"}


def test_an_integer_is_wanted_where_keras_wants_one():
    head = "params: {n: 8}\n"
    assert found("  y: {type: Dense, units: '${n / 2}', inputs: x}\n", head=head) == {("SC203", "'${n / 2}'")}
    assert found("  y: {type: Dense, units: '${n // 2}', inputs: x}\n", head=head) == set()


def test_an_expression_in_a_text_is_put_into_it_and_the_escape_is_a_plain_text():
    nodes = "  y: {type: ops.einsum, subscripts: 'a${n} $${n}', name: 'layer-${n}', inputs: [x]}\n"
    report = check(sc.Source.text(f"spec: 1\nparams: {{n: 8}}\nnodes:\n{INPUT}{nodes}outputs: [y]\n"))
    assert "`a8 ${n}`" in report.diagnostics[0].message
    graph = load("  y: {type: Dense, units: 1, name: 'layer-${n}', inputs: x}\n", head="params: {n: 8}\n")
    assert graph.layers["y"].keras_name == "layer-8"


def test_the_part_of_an_expression_that_is_wrong_is_underlined():
    assert found("  y: {type: Dense, units: '${n + m}', inputs: x}\n", head="params: {n: 8}\n") == {("SC219", "m")}
    assert found("  y: {type: Dense, units: '${n + }', inputs: x}\n", head="params: {n: 8}\n") == {("SC218", "+")}
    assert found("  y: {type: Dense, units: '${2 ** 99}', inputs: x}\n") == {("SC710", "2 ** 99")}


# repeat


def test_repeat_chains_copies_and_the_name_means_the_last_one():
    graph = load(
        "  d: {type: Dense, units: '${[4, 3][index]}', repeat: 2, inputs: x}\n  y: {type: Dense, units: 1, inputs: d}\n"
    )
    assert edges(graph) == {"x": [], "d.1": ["x"], "d.2": ["d.1"], "y": ["d.2"]}
    assert [graph.layers[f"d.{i}"].config.units for i in (1, 2)] == [4, 3]


def test_repeat_zero_bypasses_and_repeat_one_is_numbered():
    nodes = "  d: {type: Dense, units: 8, repeat: %d, inputs: x}\n  y: {type: Dense, units: 1, inputs: d}\n"
    assert edges(load(nodes % 0)) == {"x": [], "y": ["x"]}
    assert edges(load(nodes % 1)) == {"x": [], "d.1": ["x"], "y": ["d.1"]}


def test_the_other_inputs_of_a_chain_stay_the_same():
    nodes = "  c: {type: add, repeat: 3, inputs: [d, x]}\n  d: {type: Dense, units: 8, inputs: x}\n  y: {type: Dense, units: 1, inputs: c}\n"
    graph = load(nodes)
    assert {k: v for k, v in edges(graph).items() if k.startswith("c")} == {
        "c.1": ["d", "x"],
        "c.2": ["c.1", "x"],
        "c.3": ["c.2", "x"],
    }


def test_a_shared_layer_can_be_called_many_times_in_a_row():
    graph = load("  y: {use: s, repeat: 3, inputs: x}\n", head="layers: {s: {type: Dense, units: 8}}\n")
    assert [node.layer for node in graph.nodes.values()] == ["x", "s", "s", "s"]


def test_copies_in_between_cannot_be_referred_to():
    nodes = "  d: {type: ReLU, repeat: 2, inputs: x}\n  y: {type: ReLU, inputs: d.1}\n"
    assert found(nodes, stage="inferring") == {("SC306", "d.1")}


# for


def test_for_makes_parallel_copies_named_by_count_and_by_value():
    nodes = (
        '  "e_${i}": {for: {i: 3}, type: Dense, units: "${4 + i}", inputs: x}\n'
        '  "p_${f}": {for: {f: [0, 2]}, type: Dense, units: 2, inputs: "e_${f}"}\n'
        '  y: {type: add, inputs: ["p_*"]}\n'
        "  z: {type: Dense, units: 1, inputs: e_1}\n"
    )
    graph = load(nodes, outputs="[y, z]")
    assert edges(graph) == {
        "x": [],
        **{f"e_{i}": ["x"] for i in range(3)},
        "p_0": ["e_0"],
        "p_2": ["e_2"],
        "y": ["p_0", "p_2"],
        "z": ["e_1"],
    }


def test_several_variables_give_the_product_the_first_outermost():
    nodes = '  "d_${a}_${b}": {for: {a: [p, q], b: 2}, type: Dense, units: 2, inputs: x}\n  y: {type: add, inputs: ["d_*"]}\n'
    assert [name for name in load(nodes).nodes if name.startswith("d_")] == ["d_p_0", "d_p_1", "d_q_0", "d_q_1"]


def test_copies_of_one_name_are_refused():
    assert found('  "d_${a}": {for: {a: [p, p]}, type: Dense, units: 2, inputs: x}\n', outputs="[d_p]") == {
        ("SC221", '"d_${a}"')
    }


# when


def test_when_false_hands_the_input_on():
    nodes = "  d: {type: Dense, units: 8, when: '${deep}', inputs: x}\n  y: {type: Dense, units: 1, inputs: d}\n"
    assert edges(load(nodes, head="params: {deep: true}\n")) == {"x": [], "d": ["x"], "y": ["d"]}
    assert edges(load(nodes, head="params: {deep: false}\n")) == {"x": [], "y": ["x"]}


def test_when_is_true_or_false_and_needs_one_input():
    assert found("  y: {type: Dense, units: 8, when: 1, inputs: x}\n") == {("SC222", "1")}
    assert found("  y: {type: add, when: true, inputs: [x, x]}\n") == {("SC222", "when")}


def test_when_sees_the_variables_of_for():
    nodes = '  "d_${i}": {for: {i: 3}, type: Dense, units: 8, when: "${i > 0}", inputs: x}\n  y: {type: add, inputs: ["d_*"]}\n'
    assert edges(load(nodes)) == {"x": [], "d_1": ["x"], "d_2": ["x"], "y": ["x", "d_1", "d_2"]}


# Blocks

RESIDUAL = """blocks:
  residual:
    params: {units: {type: int, min: 1}, project: false}
    inputs: [x]
    nodes:
      a: {type: Dense, units: "${units}", inputs: x}
      skip: {type: Dense, units: "${units}", when: "${project}", inputs: x}
      sum: {type: add, inputs: [a, skip]}
      aside: {type: Dense, units: 99, inputs: sum}
    outputs: [sum]
"""


def test_a_block_is_written_out_with_the_names_of_its_copies():
    graph = load(
        "  s: {type: residual, units: 8, repeat: 2, inputs: x}\n  y: {type: residual, units: 2, project: true, inputs: s.sum}\n",
        head=RESIDUAL,
    )
    assert edges(graph) == {
        "x": [],
        "s.1.a": ["x"],
        "s.1.sum": ["s.1.a", "x"],
        "s.2.a": ["s.1.sum"],
        "s.2.sum": ["s.2.a", "s.1.sum"],
        "y.a": ["s.2.sum"],
        "y.skip": ["s.2.sum"],
        "y.sum": ["y.a", "y.skip"],
    }


def test_what_no_used_output_of_a_block_leads_to_is_left_out_silently():
    report = check(
        sc.Source.text(
            f"spec: 1\n{RESIDUAL}nodes:\n{INPUT}  y: {{type: residual, units: 8, inputs: x}}\noutputs: [y]\n"
        )
    )
    assert report.diagnostics == ()


@pytest.mark.usefixtures("stand_ins")
def test_a_mistake_in_a_copy_points_into_the_block_and_names_who_asked():
    text = f"spec: 1\n{RESIDUAL}nodes:\n{INPUT}  y: {{type: residual, units: 3, repeat: 2, inputs: x}}\noutputs: [y]\n"
    (diagnostic,) = check(sc.Source.text(text), "inferring").diagnostics
    assert diagnostic.code == "SC402"
    assert diagnostic.path == "/blocks/residual/nodes/sum/inputs/1"
    assert diagnostic.span.start.line == 9
    assert "`y.1.sum`" in diagnostic.message
    assert ("`y.1` is made here, where `units` is 3", "/nodes/y") in [(r.message, r.path) for r in diagnostic.related]


def test_only_of_a_shape_it_is_said_which_arguments_a_copy_got():
    block = (
        "blocks: {b: {params: [n], inputs: [x], nodes: {o: {type: Dense, units: '${n}', inputs: x}}, outputs: [o]}}\n"
    )
    (diagnostic,) = check(
        sc.Source.text(f"spec: 1\n{block}nodes:\n{INPUT}  y: {{type: b, n: 0, inputs: x}}\noutputs: [y]\n"), "linking"
    ).diagnostics
    assert [r.message for r in diagnostic.related] == ["`y` is made here"]


def test_the_mistakes_of_a_node_of_a_block_type_are_its_own():
    assert found("  y: {type: residual, unit: 3, inputs: x}\n", head=RESIDUAL) == {("SC209", "unit")}
    assert found("  y: {type: residual, units: 0, inputs: x}\n", head=RESIDUAL) == {("SC204", "0")}
    assert found("  y: {type: residual, units: 8, inputs: [x, x]}\n", head=RESIDUAL) == {("SC308", "[x, x]")}
    assert found("  y: {type: residual, units: 8, inputs: x}\n", outputs="{z: {from: y.out}}", head=RESIDUAL) == {
        ("SC306", "y.out")
    }


def test_a_block_sees_nothing_of_the_spec():
    head = "params: {n: 3}\nblocks:\n  b: {inputs: [x], nodes: {d: {type: Dense, units: '${n}', inputs: x}}, outputs: [d]}\n"
    assert {code for code, _ in found("  y: {type: b, inputs: x}\n", head=head)} == {"SC219"}
    head = "blocks:\n  b: {inputs: [x], nodes: {d: {type: Dense, units: 3, inputs: other}}, outputs: [d]}\n"
    nodes = "  other: {type: Dense, units: 3, inputs: x}\n  y: {type: b, inputs: other}\n"
    assert {code for code, _ in found(nodes, head=head)} == {"SC301"}


def test_blocks_use_blocks_and_none_contains_itself():
    head = (
        RESIDUAL
        + "  two:\n    inputs: [x]\n    nodes: {r: {type: residual, units: 8, repeat: 2, inputs: x}}\n    outputs: {out: r}\n"
    )
    graph = load("  y: {type: two, inputs: x}\n", head=head)
    assert [name for name in graph.nodes if name.endswith("sum")] == ["y.r.1.sum", "y.r.2.sum"]
    head = "blocks:\n  a: {inputs: [x], nodes: {n: {type: b, inputs: x}}, outputs: [n]}\n  b: {inputs: [x], nodes: {n: {type: a, inputs: x}}, outputs: [n]}\n"
    assert {code for code, _ in found("  y: {type: a, inputs: x}\n", head=head)} == {"SC319"}


def test_an_output_of_a_block_may_be_chosen_by_a_param():
    head = (
        "blocks:\n  b:\n    params: {skip: true}\n    inputs: [a]\n"
        "    nodes: {d: {type: Dense, units: 8, inputs: a}, s: {type: add, inputs: [d, a]}}\n"
        "    outputs: {out: \"${'s' if skip else 'd'}\"}\n"
    )
    nodes = "  y: {type: b, inputs: x}\n  z: {type: b, skip: false, inputs: y.out}\n"
    graph = load(nodes, outputs="{o: {from: z}}", head=head)
    assert edges(graph) == {"x": [], "y.d": ["x"], "y.s": ["y.d", "x"], "z.d": ["y.s"]}
    assert found(nodes, outputs="{o: {from: z}}", head=head.replace("else 'd'", "else 'e'")) == {
        ("SC301", "\"${'s' if skip else 'e'}\"")
    }
    assert found(nodes, outputs="{o: {from: z}}", head=head.replace("if skip", "if ship")) == {("SC219", "ship")}


def test_a_block_with_several_inputs_and_outputs():
    head = (
        "blocks:\n  pair:\n    inputs: [a, b]\n    nodes: {p: {type: Dense, units: 2, inputs: a}, q: {type: Dense, units: 3, inputs: b}}\n"
        "    outputs: {left: p, right: q}\n"
    )
    nodes = "  d: {type: Dense, units: 4, inputs: x}\n  s: {type: pair, inputs: {b: d, a: x}}\n  y: {type: concatenate, inputs: s}\n  z: {type: Dense, units: 1, inputs: s.right}\n"
    graph = load(nodes, outputs="[y, z]", head=head)
    assert edges(graph)["s.p"] == ["x"]
    assert edges(graph)["s.q"] == ["d"]
    assert edges(graph)["y"] == ["s.p", "s.q"]
    assert edges(graph)["z"] == ["s.q"]


def test_layers_of_a_block_are_shared_inside_one_copy():
    head = (
        "blocks:\n  twin:\n    inputs: [a, b]\n    layers: {e: {type: Dense, units: 8}}\n"
        "    nodes: {p: {use: e, inputs: a}, q: {use: e, inputs: b}, s: {type: add, inputs: [p, q]}}\n    outputs: [s]\n"
    )
    graph = load("  t: {type: twin, inputs: [x, x]}\n  y: {type: twin, inputs: [t, x]}\n", head=head)
    assert {name: node.layer for name, node in graph.nodes.items() if node.layer.endswith("e")} == {
        "t.p": "t.e",
        "t.q": "t.e",
        "y.p": "y.e",
        "y.q": "y.e",
    }


# Imports


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


MAIN = "spec: 1\nimports: [%s]\nnodes:\n  x: {type: Input, shape: [8]}\n  y: {type: residual, units: 8, inputs: x}\noutputs: [y]\n"


def test_an_import_brings_the_blocks_of_a_file(tmp_path):
    write(tmp_path, "blocks/res.yaml", "spec: 1\n" + RESIDUAL)
    spec = write(tmp_path, "main.yaml", MAIN % "blocks/res.yaml")
    assert "y.sum" in linked(spec).nodes


def test_a_mistake_in_an_imported_file_is_located_in_that_file(tmp_path):
    imported = write(tmp_path, "res.yaml", "spec: 1\n" + RESIDUAL.replace("type: add", "type: ad"))
    spec = write(tmp_path, "main.yaml", MAIN % "res.yaml")
    (diagnostic,) = check(spec).diagnostics
    assert (diagnostic.code, diagnostic.span.file, diagnostic.span.start.line) == ("SC208", str(imported), 9)
    assert "main.yaml" in diagnostic.related[0].span.file


def test_imports_stay_below_the_folder_also_through_links(tmp_path):
    write(tmp_path, "secret.yaml", "spec: 1\n" + RESIDUAL)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    for target in ("../secret.yaml", "link.yaml", str(tmp_path / "secret.yaml")):
        spec = write(tmp_path, "specs/main.yaml", MAIN % target)
        assert [d.code for d in check(spec).diagnostics] == ["SC711"]
    spec = write(tmp_path, "specs/main.yaml", MAIN % "../secret.yaml")
    assert check(spec, root=tmp_path).ok


def test_an_import_that_no_path_can_name_is_refused(tmp_path):
    for target in ('"a\\0b"', '""', '"."', '"~/x.yaml"'):
        spec = write(tmp_path, "main.yaml", MAIN % target)
        assert {d.code for d in check(spec).diagnostics} & {"SC711", "SC223"}


def test_cycles_and_clashes_of_imports_are_reported(tmp_path):
    write(tmp_path, "a.yaml", "spec: 1\nimports: [b.yaml]\n" + RESIDUAL)
    write(tmp_path, "b.yaml", "spec: 1\nimports: [a.yaml]\n")
    spec = write(tmp_path, "main.yaml", MAIN % "a.yaml")
    assert [d.code for d in check(spec).diagnostics] == ["SC319"]
    write(tmp_path, "c.yaml", "spec: 1\n" + RESIDUAL)
    write(tmp_path, "d.yaml", "spec: 1\n" + RESIDUAL)
    spec = write(tmp_path, "main.yaml", MAIN % "c.yaml, d.yaml")
    assert [d.code for d in check(spec).diagnostics] == ["SC318"]


def test_an_import_that_is_not_there_is_reported_and_not_what_it_would_have_brought(tmp_path):
    spec = write(tmp_path, "main.yaml", MAIN % "nowhere.yaml")
    assert [d.code for d in check(spec).diagnostics] == ["SC223"]
    write(tmp_path, "parts.yaml", "blocks: [")
    spec = write(tmp_path, "main.yaml", MAIN % "parts.yaml" + "layers: {shared: {type: residual, units: 8}}\n")
    assert [d.code for d in check(spec).diagnostics] == ["SC101"]
    forbidden = (MAIN % "nowhere.yaml").replace("type: residual, units: 8", "type: Lambda")
    spec = write(tmp_path, "main.yaml", forbidden)
    assert {d.code for d in check(spec).diagnostics} == {"SC223", "SC708"}


def test_a_block_that_contains_itself_is_an_error_also_where_nothing_is_a_copy_of_it():
    expect_linking("""
        spec: 1
        blocks:
          alone: {inputs: [x], nodes: {y: {type: Dense, units: 2, inputs: x}}, outputs: [y]}
          itself:
            inputs: [x]
            nodes:
              y: {type: itself, inputs: x}  # SC319
            outputs: [y]
          first:
            inputs: [x]
            nodes:
              y: {type: alone, inputs: x}
              z: {type: second, inputs: y}
            outputs: [z]
          second:
            inputs: [x]
            layers:
              shared: {type: first}  # SC319
            nodes: {y: {use: shared, inputs: x}}
            outputs: [y]
        nodes:
          x: {type: Input, shape: [3]}
          y: {type: Dense, units: 2, inputs: x}
        outputs: [y]
    """)


def test_a_chain_needs_something_that_flows_into_it():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [3], repeat: 2}  # SC221
          y: {type: Dense, units: 2, inputs: x}
        outputs: [y]
    """)
    assert report.diagnostics[0].hint == "for copies side by side, write `for`"


@pytest.mark.parametrize("count", ['"3"', "many", "-1", "true", "2.5", "[2]", "{n: 2}", "3.0"])
@pytest.mark.parametrize("kind", ["Dense, units: 2", "residual"])
def test_what_is_no_count_is_refused(count, kind):
    expect_linking(f"""
        spec: 1
        blocks:
          residual: {{inputs: [x], nodes: {{h: {{type: Dense, units: 3, inputs: x}}}}, outputs: [h]}}
        nodes:
          x: {{type: Input, shape: [3]}}
          y: {{type: {kind}, inputs: x, repeat: {count}}}  # SC221
          z: {{type: Dense, units: 2, inputs: y}}
        outputs: [z]
    """)


def test_copies_of_one_name_say_whether_the_name_or_the_values_are_to_blame():
    report = expect_linking("""
        spec: 1
        nodes:
          x: {type: Input, shape: [3]}
          "a_${i}": {for: {i: 2, j: 2}, type: Dense, units: 2, inputs: x}  # SC221
          "b_${i}": {for: {i: [1, 1]}, type: Dense, units: 2, inputs: x}  # SC221
        outputs: {y: {from: a_0}, z: {from: b_1}}
    """)
    assert [found.hint for found in report] == [
        "put what tells the copies apart into the name: ${i} ${j}",
        "the values of a variable are all different",
    ]


# The blocks that ship with the compiler


def test_a_standard_import_needs_no_folder():
    graph = load("  y: {type: cross_layer, width: 8, inputs: [x, x]}\n", head="imports: [std/recommendation.yaml]\n")
    assert edges(graph)["y.sum"] == ["y.crossed", "x"]


def hint_of(text):
    (diagnostic,) = check(sc.Source.text(text)).diagnostics
    return diagnostic.code, diagnostic.hint, diagnostic.fix


def test_a_standard_file_that_does_not_exist_is_guessed_or_all_are_named():
    text = "spec: 1\nimports: [%s]\nnodes:\n  x: {type: Input, shape: [8]}\n  y: {type: residual, inputs: x}\noutputs: [y]\n"
    assert hint_of(text % "std/residuals.yaml") == ("SC223", "did you mean `std/residual.yaml`?", '"std/residual.yaml"')
    assert hint_of(text % "std/unet") == ("SC223", "did you mean `std/unet.yaml`?", '"std/unet.yaml"')
    for target in ("std/qqq", "std/../secret.yaml", "std/__init__.py", "std/"):
        code, hint, fix = hint_of(text % target)
        assert (code, fix) == ("SC223", None)
        assert hint.startswith("there are `std/branch.yaml`, `std/convolution.yaml`, ")


def test_a_standard_block_that_is_not_imported_is_named_with_its_file():
    assert hint_of(
        "spec: 1\nnodes:\n  x: {type: Input, shape: [8]}\n  y: {type: cross_layer, width: 8, inputs: [x, x]}\noutputs: [y]\n"
    ) == ("SC208", "it is a block that ships with the compiler: write `imports: [std/recommendation.yaml]`", None)


def test_an_architecture_that_is_not_imported_is_named_with_its_file():
    assert hint_of(
        "spec: 1\nnodes:\n  x: {type: Input, shape: [224, 224, 3]}\n  y: {type: VGG16, inputs: x}\noutputs: [y]\n"
    ) == ("SC208", "it is a block that ships with the compiler: write `imports: [std/applications/vgg16.yaml]`", None)


def test_an_architecture_whose_file_is_misspelt_is_found():
    text = "spec: 1\nimports: [std/aplications/vgg16.yaml]\nnodes:\n  x: {type: Input, shape: [8]}\noutputs: [x]\n"
    meant = "std/applications/vgg16.yaml"
    assert hint_of(text) == ("SC223", f"did you mean `{meant}`?", f'"{meant}"')


def test_a_standard_file_and_a_block_of_the_specs_own_may_clash():
    head = "imports: [std/residual.yaml]\n" + RESIDUAL
    assert {code for code, _ in found("  y: {type: residual, units: 8, inputs: x}\n", head=head)} == {"SC318"}


def test_an_import_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "large.yaml").write_text("spec: 1\n" + "# a long comment\n" * 50)
    text = "spec: 1\nimports: [{}]\nnodes: {{x: {{type: Input, shape: [3]}}}}\noutputs: [x]\n"
    said = {}
    for name in ("none.yaml", "folder", "large.yaml", "''"):
        (tmp_path / "spec.yaml").write_text(text.format(name))
        (found,) = check(tmp_path / "spec.yaml", limits=sc.Limits(text_bytes=500))
        said[name] = (found.code, found.message.replace(f"{tmp_path}/", ""))
    assert said["folder"][1].endswith("cannot be read: it is a folder, not a file")
    assert said["none.yaml"][1].endswith("cannot be read: there is no such file")
    assert said["large.yaml"][1].endswith("is larger than 500 bytes")
    assert said["''"] == ("SC223", "an import names a file, and this text is empty")
    assert [code for code, _ in said.values()] == ["SC223", "SC223", "SC701", "SC223"]


def test_a_name_in_the_place_of_a_list_does_not_hide_the_other_mistakes_of_a_block():
    block = {"inputs": "x", "nodes": {"d": {"type": "Dense", "unit": 3, "inputs": "x"}}, "outputs": "d"}
    nodes = {"i": {"type": "Input", "shape": [4]}, "y": {"type": "block", "inputs": "i"}}
    report = check({"spec": 1, "blocks": {"block": block}, "nodes": nodes, "outputs": ["y"]})
    assert {(d.code, d.path) for d in report} == {
        ("SC203", "/blocks/block/inputs"), ("SC209", "/blocks/block/nodes/d/unit"), ("SC203", "/blocks/block/outputs"),
    }  # fmt: skip


def test_no_block_has_a_param_that_every_node_has_as_a_key():
    report = expect("""
        spec: 1
        blocks:
          a:
            params:
              type: Dense  # SC206
              units: 3
            inputs: [x]
            nodes:
              y: {type: Dense, units: "${units}", inputs: x}
            outputs: [y]
          b:
            params: [width, repeat]  # SC206
            inputs: [x]
            nodes:
              y: {type: Dense, units: "${width}", inputs: x}
            outputs: [y]
        nodes:
          x: {type: Input, shape: [4]}
          a: {type: a, inputs: x}
          b: {type: b, width: 3, repeat: 2, inputs: a}
        outputs: [b]
    """)
    assert underlined(report) == [("SC206", "type"), ("SC206", "repeat")]


def hints(nodes, head=""):
    text = f"spec: 1\n{head}nodes:\n{INPUT}{nodes}outputs: [y]\n"
    return [diagnostic.hint for diagnostic in check(sc.Source.text(text)).diagnostics]


def test_a_name_that_is_known_elsewhere_is_told_where():
    dense = "{type: Dense, units: '${width}', inputs: x}"
    block = f"params: {{width: 3}}\nblocks: {{b: {{inputs: [x], nodes: {{o: {dense}}}, outputs: [o]}}}}\n"
    (hint,) = hints("  y: {type: b, inputs: x}\n", block)
    assert hint == "a block sees its own params, and nothing of the spec's: give `b` a param `width`"
    (hint,) = hints("  y: {type: Dense, units: 2, repeat: 2, when: '${index > 0}', inputs: x}\n")
    assert hint == "`index` is known in the arguments and in the `name` of a node with `repeat`"
    assert hints("  y: {type: Dense, units: '${width}', inputs: x}\n") == [None]


def test_an_object_in_the_place_of_a_layer_is_named_as_what_it_is():
    assert hints("  y: {type: Adam, inputs: x}\n") == ["`Adam` is an optimizer, and no layer"]

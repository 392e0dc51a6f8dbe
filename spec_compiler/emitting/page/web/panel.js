/** The panel: everything that is known of the box that is selected. */

import { byId, h, number, plural, prose } from "./dom.js";

export class Panel {
  /** @param events what the rest of the page is told: `go` to a node, `line` of a text */
  constructor(events) {
    this.root = byId("panel");
    this.events = events;
  }

  show(data, diagram, id) {
    const box = id === null ? null : diagram.boxes.get(id);
    this.data = data;
    this.diagram = diagram;
    this.root.replaceChildren(...(box ? this.ofBox(box) : this.ofModel()));
    this.root.scrollTop = 0;
  }

  ofModel() {
    return [
      h("h2", {}, this.data.title),
      this.data.description && h("p", {}, this.data.description),
      this.data.changes ? changesOfModel(this.data.changes) : null,
      section("In all", h("pre", { class: "totals" }, this.data.totals.join("\n"))),
      h("p", { class: "hint" }, "Select a node of the graph, or a line of the spec, to see what is known of it."),
    ].filter(Boolean);
  }

  ofBox(box) {
    const names = box.names.length ? box.names : [box.id.slice(box.id.indexOf(":") + 1)];
    const node = this.data.nodes[names[0]];
    const parts = [h("h2", {}, box.title, box.times ? h("span", { class: "times" }, `× ${number(box.times)}`) : null)];
    if (box.change) parts.push(this.change(box, names));
    parts.push(...this.findings(box));
    if (box.boxes) parts.push(...this.ofBlock(box, names));
    else if (node) parts.push(...this.ofNode(box, node, names));
    else parts.push(h("p", {}, box.about), ...this.linesOf(box));
    return parts.filter(Boolean);
  }

  // What a box is

  ofNode(box, node, names) {
    const type = this.data.types[node.type];
    return [
      fullName(box, names),
      h("p", { class: "kind" }, h("strong", {}, node.type), node.layer ? `, the shared layer ${node.layer}` : ""),
      type && h("p", {}, prose(type.text.split("\n\n")[0])),
      section("Arguments", this.arguments(node, type)),
      section("Takes", this.taken(node)),
      section(
        "Gives",
        grid(
          ["tensor", "type", "range"],
          node.gives.map(([tensor, kind, range, because]) => [
            tensor,
            kind,
            because === "nothing more is known" ? range : `${range}, ${because}`,
          ]),
        ),
      ),
      section(
        "Weights",
        node.weights.length ? grid(["weight", "shape", "type", "parameters", "begins as", ""], node.weights) : null,
      ),
      section("Cost", costLine(node)),
      section("Mask", sentences(node.mask)),
      section("Gradient", sentences(node.gradient)),
      section("Depends on", this.links(this.adjacent(names, "before"))),
      section("Feeds", this.links(this.adjacent(names, "after"))),
      section("Shares its layer with", node.layer ? this.links(this.callers(node, names)) : null),
      section("In the spec", this.places(node.places)),
      type &&
        type.text.includes("\n\n") &&
        section(
          "More of " + node.type,
          type.text
            .split("\n\n")
            .slice(1)
            .map((text) => h("p", {}, prose(text))),
        ),
    ];
  }

  ofBlock(box, names) {
    const block = this.data.blocks[names[0]];
    const inside = this.diagram.namesIn(box.id);
    const parameters = inside.map((name) => this.data.nodes[name]).filter((node) => node && !node.layer);
    return [
      h("p", { class: "kind" }, h("strong", {}, block?.block ?? "block"), `, ${plural(inside.length, "node")}`),
      block?.about && h("p", {}, prose(block.about)),
      section("Arguments", block?.arguments.length ? grid(["argument", "value"], block.arguments) : null),
      section("Parameters", h("p", {}, number(parameters.reduce((sum, node) => sum + node.parameters, 0)))),
      section("In the spec", block ? this.places(block.places) : null),
      section(
        "Has inside",
        this.links(
          box.boxes.map((inner) => inner.id),
          true,
        ),
      ),
    ];
  }

  linesOf(box) {
    return box.texts.filter(({ role }) => !role.startsWith("title")).map(({ text }) => h("p", {}, text));
  }

  // Its parts

  arguments(node, type) {
    if (!node.arguments.length) return null;
    const rows = node.arguments.map(([name, value, says]) => {
      const [takes, , text] = type?.arguments[name] ?? [];
      const help = [text, takes && `Takes ${takes}.`].filter(Boolean).join(" ").replaceAll("`", "");
      return h(
        "tr",
        { class: says === "default" ? "default" : "given" },
        h("th", { scope: "row", title: help || null }, name),
        h("td", {}, h("code", {}, value)),
        h("td", { class: "says" }, says === "default" ? "by default" : says),
        h("td", { class: "help" }, help),
      );
    });
    const given = rows.filter((row) => row.className === "given");
    const defaults = rows.filter((row) => row.className === "default");
    return [
      given.length ? h("table", { class: "arguments" }, h("tbody", {}, given)) : h("p", {}, "none given"),
      defaults.length
        ? h(
            "details",
            {},
            h("summary", {}, plural(defaults.length, "default")),
            h("table", { class: "arguments" }, h("tbody", {}, defaults)),
          )
        : null,
    ];
  }

  taken(node) {
    if (!node.takes.length) return h("p", {}, "data");
    const rows = node.takes.map(([argument, tensor, kind, range, from]) => [
      argument,
      from ? this.link(this.diagram.boxOfName.get(from), tensor) : tensor,
      kind,
      range,
    ]);
    return grid(["as", "from", "type", "range"], rows);
  }

  adjacent(names, direction) {
    const next = this.diagram.neighbours()[direction];
    const found = new Set();
    for (const name of names) for (const id of next.get(this.diagram.boxOfName.get(name)) ?? []) found.add(id);
    return [...found];
  }

  callers(node, names) {
    return Object.entries(this.data.nodes)
      .filter(([name, other]) => other.layer === node.layer && !names.includes(name))
      .map(([name]) => this.diagram.boxOfName.get(name));
  }

  links(ids, areShort = false) {
    const known = [...new Set(ids)].filter((id) => this.diagram.boxes.has(id));
    if (!known.length) return null;
    const items = known
      .slice(0, 100)
      .map((id) =>
        h("li", {}, this.link(id, areShort ? this.diagram.boxes.get(id).title : nameOf(this.diagram.boxes.get(id)))),
      );
    return [
      h("ul", { class: "links" }, items),
      known.length > 100 ? h("p", {}, `and ${number(known.length - 100)} more`) : null,
    ];
  }

  link(id, text) {
    if (id === undefined) return text;
    return h("button", { type: "button", class: "link", onclick: () => this.events.go(id) }, text);
  }

  places(places) {
    if (!places.length) return null;
    return h(
      "ul",
      { class: "links" },
      places.map(([text, first, last, what]) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", class: "link", onclick: () => this.events.line(text, first, last) },
            `${this.data.texts[text].name}:${first}`,
          ),
          " ",
          prose(what),
        ),
      ),
    );
  }

  findings(box) {
    const names = new Set(this.diagram.namesIn(box.id));
    return this.data.findings
      .filter(({ nodes }) => nodes.some((name) => names.has(name)))
      .map((finding) =>
        h(
          "p",
          { class: `message ${finding.severity}` },
          h("strong", {}, finding.code),
          " ",
          prose(finding.message),
          finding.hint ? [h("br"), prose(finding.hint)] : null,
        ),
      );
  }

  change(box, names) {
    const known = box.names.length ? names : [box.id.slice(box.id.indexOf(":") + 1)];
    const told = known.flatMap((name) => this.data.changes?.nodes[name] ?? []);
    return h(
      "div",
      { class: `message ${box.change}` },
      h("strong", {}, box.change),
      told.length
        ? h(
            "ul",
            {},
            told.map((line) => h("li", {}, prose(line))),
          )
        : null,
    );
  }
}

/** The whole name, where the title is a part of it. */
function fullName({ title }, names) {
  const [first, last] = [names[0], names.at(-1)].map((name) => name.replace(/^removed:/, ""));
  if (names.length === 1 && first === title) return null;
  return h("p", { class: "full-name" }, names.length > 1 ? `${first} … ${last}` : first);
}

function changesOfModel({ summary, before, after }) {
  return section("Compared", [
    h("p", {}, `${before} → ${after}`),
    h(
      "ul",
      {},
      summary.map((line) => h("li", {}, prose(line))),
    ),
  ]);
}

function section(title, ...content) {
  const found = content.flat().filter(Boolean);
  return found.length ? h("section", {}, h("h3", {}, title), found) : null;
}

function grid(titles, rows) {
  return h(
    "div",
    { class: "scrolled" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          titles.map((title) => h("th", { scope: "col" }, title)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((cell) => h("td", {}, cell ?? "")),
          ),
        ),
      ),
    ),
  );
}

function sentences(lines) {
  return lines.length ? lines.map((line) => h("p", {}, prose(line))) : null;
}

function costLine({ cost, bytes, parameters }) {
  const products = cost.multiply_adds === null ? "unknown" : number(cost.multiply_adds);
  return grid(
    ["parameters", "weights", "activations a batch", "multiply-adds a sample"],
    [[number(parameters), bytes.weights, bytes.activations ?? "unknown", products]],
  );
}

/** What a box is called in lists: its full name, or that of an output. */
export function nameOf(box) {
  return (box.names[0] ?? box.title).replace(/^removed:/, "");
}

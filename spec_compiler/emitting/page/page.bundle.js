/* Made by tools/web/build out of the modules in web; do not edit. */
// web/dom.js
var SVG = "http://www.w3.org/2000/svg";
function h(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}
function s(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}
function byId(id) {
  return document.getElementById(id);
}
function elementId(id) {
  return `box-${encodeURIComponent(id)}`;
}
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== void 0 && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== void 0 && child !== false)
  );
  return element;
}
function prose(text) {
  return text.split(/(`[^`]+`)/).map(
    (part) => part.length > 2 && part.startsWith("`") && part.endsWith("`") ? h("code", {}, part.slice(1, -1)) : part
  );
}
function number(value) {
  return value.toLocaleString("en");
}
function plural(count2, noun) {
  return `${number(count2)} ${noun}${count2 === 1 ? "" : "s"}`;
}

// web/follow.js
function follow(address2, { onPage, onLost, onBack }) {
  const events = new EventSource(address2.events);
  let latest = 0;
  events.addEventListener("page", async ({ data }) => {
    const number2 = Number(data);
    latest = number2;
    const response = await fetch(address2.page, { cache: "no-store" });
    const page = await response.json();
    if (number2 === latest) onPage(page);
  });
  events.addEventListener("open", onBack);
  events.addEventListener("error", onLost);
  return events;
}

// web/panel.js
var Panel = class {
  /** @param events what the rest of the page is told: `go` to a node, `line` of a text */
  constructor(events) {
    this.root = byId("panel");
    this.events = events;
  }
  show(data, diagram, id) {
    const box = id === null ? null : diagram.boxes.get(id);
    this.data = data;
    this.diagram = diagram;
    this.root.replaceChildren(...box ? this.ofBox(box) : this.ofModel());
    this.root.scrollTop = 0;
  }
  ofModel() {
    return [
      h("h2", {}, this.data.title),
      this.data.description && h("p", {}, this.data.description),
      this.data.changes ? changesOfModel(this.data.changes) : null,
      section("In all", h("pre", { class: "totals" }, this.data.totals.join("\n"))),
      h("p", { class: "hint" }, "Select a node of the graph, or a line of the spec, to see what is known of it.")
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
            because === "nothing more is known" ? range : `${range}, ${because}`
          ])
        )
      ),
      section(
        "Weights",
        node.weights.length ? grid(["weight", "shape", "type", "parameters", "begins as", ""], node.weights) : null
      ),
      section("Cost", costLine(node)),
      section("Mask", sentences(node.mask)),
      section("Gradient", sentences(node.gradient)),
      section("Depends on", this.links(this.adjacent(names, "before"))),
      section("Feeds", this.links(this.adjacent(names, "after"))),
      section("Shares its layer with", node.layer ? this.links(this.callers(node, names)) : null),
      section("In the spec", this.places(node.places)),
      type && type.text.includes("\n\n") && section(
        "More of " + node.type,
        type.text.split("\n\n").slice(1).map((text) => h("p", {}, prose(text)))
      )
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
          true
        )
      )
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
        h("td", { class: "help" }, help)
      );
    });
    const given = rows.filter((row) => row.className === "given");
    const defaults = rows.filter((row) => row.className === "default");
    return [
      given.length ? h("table", { class: "arguments" }, h("tbody", {}, given)) : h("p", {}, "none given"),
      defaults.length ? h(
        "details",
        {},
        h("summary", {}, plural(defaults.length, "default")),
        h("table", { class: "arguments" }, h("tbody", {}, defaults))
      ) : null
    ];
  }
  taken(node) {
    if (!node.takes.length) return h("p", {}, "data");
    const rows = node.takes.map(([argument, tensor, kind, range, from]) => [
      argument,
      from ? this.link(this.diagram.boxOfName.get(from), tensor) : tensor,
      kind,
      range
    ]);
    return grid(["as", "from", "type", "range"], rows);
  }
  adjacent(names, direction) {
    const next = this.diagram.neighbours()[direction];
    const found = /* @__PURE__ */ new Set();
    for (const name of names) for (const id of next.get(this.diagram.boxOfName.get(name)) ?? []) found.add(id);
    return [...found];
  }
  callers(node, names) {
    return Object.entries(this.data.nodes).filter(([name, other]) => other.layer === node.layer && !names.includes(name)).map(([name]) => this.diagram.boxOfName.get(name));
  }
  links(ids, areShort = false) {
    const known = [...new Set(ids)].filter((id) => this.diagram.boxes.has(id));
    if (!known.length) return null;
    const items = known.slice(0, 100).map(
      (id) => h("li", {}, this.link(id, areShort ? this.diagram.boxes.get(id).title : nameOf(this.diagram.boxes.get(id))))
    );
    return [
      h("ul", { class: "links" }, items),
      known.length > 100 ? h("p", {}, `and ${number(known.length - 100)} more`) : null
    ];
  }
  link(id, text) {
    if (id === void 0) return text;
    return h("button", { type: "button", class: "link", onclick: () => this.events.go(id) }, text);
  }
  places(places) {
    if (!places.length) return null;
    return h(
      "ul",
      { class: "links" },
      places.map(
        ([text, first, last, what]) => h(
          "li",
          {},
          h(
            "button",
            { type: "button", class: "link", onclick: () => this.events.line(text, first, last) },
            `${this.data.texts[text].name}:${first}`
          ),
          " ",
          prose(what)
        )
      )
    );
  }
  findings(box) {
    const names = new Set(this.diagram.namesIn(box.id));
    return this.data.findings.filter(({ nodes }) => nodes.some((name) => names.has(name))).map(
      (finding) => h(
        "p",
        { class: `message ${finding.severity}` },
        h("strong", {}, finding.code),
        " ",
        prose(finding.message),
        finding.hint ? [h("br"), prose(finding.hint)] : null
      )
    );
  }
  change(box, names) {
    const known = box.names.length ? names : [box.id.slice(box.id.indexOf(":") + 1)];
    const told = known.flatMap((name) => this.data.changes?.nodes[name] ?? []);
    return h(
      "div",
      { class: `message ${box.change}` },
      h("strong", {}, box.change),
      told.length ? h(
        "ul",
        {},
        told.map((line) => h("li", {}, prose(line)))
      ) : null
    );
  }
};
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
      summary.map((line) => h("li", {}, prose(line)))
    )
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
          titles.map((title) => h("th", { scope: "col" }, title))
        )
      ),
      h(
        "tbody",
        {},
        rows.map(
          (row) => h(
            "tr",
            {},
            row.map((cell) => h("td", {}, cell ?? ""))
          )
        )
      )
    )
  );
}
function sentences(lines) {
  return lines.length ? lines.map((line) => h("p", {}, prose(line))) : null;
}
function costLine({ cost, bytes: bytes2, parameters }) {
  const products = cost.multiply_adds === null ? "unknown" : number(cost.multiply_adds);
  return grid(
    ["parameters", "weights", "activations a batch", "multiply-adds a sample"],
    [[number(parameters), bytes2.weights, bytes2.activations ?? "unknown", products]]
  );
}
function nameOf(box) {
  return (box.names[0] ?? box.title).replace(/^removed:/, "");
}

// web/costs.js
var MEASURES = {
  parameters: { title: "parameters", of: (node) => node.isFirst ? node.parameters : 0, text: number },
  products: { title: "multiply-adds a sample", of: (node) => node.cost.multiply_adds ?? 0, text: number },
  activations: { title: "activations a batch", of: (node) => node.cost.activation_bytes ?? 0, text: bytes }
};
var MOST = 200;
var Costs = class {
  /** @param events what the rest of the page is told: `go` to a box */
  constructor(events) {
    this.root = byId("cost");
    this.events = events;
    this.measure = "parameters";
    this.isSorted = true;
    const choice = h(
      "select",
      { "aria-label": "what is measured", onchange: (event) => this.choose({ measure: event.target.value }) },
      Object.entries(MEASURES).map(([key, { title }]) => h("option", { value: key }, title))
    );
    const order = h(
      "label",
      {},
      h("input", {
        type: "checkbox",
        checked: true,
        onchange: (event) => this.choose({ isSorted: event.target.checked })
      }),
      " largest first"
    );
    this.total = h("p", { "aria-live": "polite" });
    this.bars = h("ol", { class: "bars" });
    this.root.replaceChildren(h("div", { class: "choices" }, choice, order), this.total, this.bars);
  }
  choose(change) {
    Object.assign(this, change);
    this.draw();
  }
  /** @param boxes those that are seen and have none inside; @param namesIn gives the nodes of one */
  show(nodes, boxes, namesIn) {
    this.nodes = nodes;
    this.boxes = boxes;
    this.namesIn = namesIn;
    this.isStale = true;
    if (this.root.offsetParent) this.draw();
  }
  /** Draw the bars if they are not as they should be; they are looked at only when their tab is. */
  wake() {
    if (this.isStale) this.draw();
  }
  draw() {
    if (!this.boxes) return;
    this.isStale = false;
    const { of, text, title } = MEASURES[this.measure];
    const values = this.boxes.map((box) => ({ box, value: this.sum(box, of) })).filter(({ value }) => value > 0);
    const total = values.reduce((sum, { value }) => sum + value, 0);
    const most = Math.max(1, ...values.map(({ value }) => value));
    if (this.isSorted) values.sort((one, other) => other.value - one.value);
    this.total.textContent = `${text(total)} ${title} in ${plural(values.length, "box").replace("boxs", "boxes")}${values.length > MOST ? `, of which ${MOST} are shown` : ""}`;
    this.bars.replaceChildren(
      ...values.slice(0, MOST).map(({ box, value }) => this.bar(box, value, most, total, text))
    );
  }
  bar(box, value, most, total, text) {
    const share = `${(100 * value / total).toFixed(1)} %`;
    const fill = h("span", { class: "fill" });
    fill.style.width = `${100 * value / most}%`;
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "bar", onclick: () => this.events.go(box.id) },
        h("span", { class: "of" }, nameOf(box), box.times ? ` × ${box.times}` : ""),
        h("span", { class: "amount" }, `${text(value)} · ${share}`),
        h("span", { class: "track", "aria-hidden": "true" }, fill)
      )
    );
  }
  sum(box, of) {
    return this.namesIn(box.id).reduce((sum, name) => sum + (this.nodes[name] ? of(this.nodes[name]) : 0), 0);
  }
};
function bytes(count2) {
  let value = count2;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (value < 1024 || unit === "GiB") return `${unit === "B" ? value : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return String(count2);
}

// web/engine.js
var Engine = class {
  constructor() {
    this.number = 0;
    this.waiting = /* @__PURE__ */ new Map();
    this.ready = this.start();
  }
  async start() {
    const worker = new Worker(await address());
    worker.onmessage = ({ data }) => this.answer(data);
    worker.onerror = (event) => this.fail(new Error(event.message || "the layout engine has stopped"));
    worker.postMessage({ id: 0, cmd: "register", algorithms: ["layered"] });
    return worker;
  }
  /** A graph in the engine's JSON, with places. */
  async layout(graph) {
    const worker = await this.ready;
    const id = ++this.number;
    const found = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, cmd: "layout", graph, layoutOptions: {}, options: {} });
    return found;
  }
  answer({ id, data, error }) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message ?? String(error)));
    else waiting?.resolve(data);
  }
  fail(error) {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
};
async function address() {
  const element = document.getElementById("engine");
  if (element.dataset.href) return element.dataset.href;
  const packed = Uint8Array.from(atob(element.textContent.trim()), (character) => character.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = await new Response(unpacked).blob();
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}

// web/findings.js
var Findings = class {
  /** @param events what the rest of the page is told: `nodes`, `line` */
  constructor(events) {
    this.root = byId("findings");
    this.events = events;
  }
  show({ findings, texts, counts }) {
    const left = counts.errors + counts.warnings - findings.length;
    this.root.replaceChildren(
      ...findings.length ? [
        h(
          "ul",
          { class: "findings" },
          findings.map((each) => this.item(each, texts))
        )
      ] : [h("p", {}, "Nothing was found.")],
      ...left > 0 ? [h("p", {}, `and ${left} more`)] : []
    );
  }
  item({ code, name, severity, message, hint, span, text, related, nodes }, texts) {
    const place2 = span && text !== null ? this.place(texts[text].name, text, span.start.line) : null;
    const others = related.filter((each) => each.text !== null);
    return h(
      "li",
      { class: `message ${severity}` },
      h("p", {}, h("strong", {}, `${severity} ${code}`), ` ${name} `, place2),
      h("p", {}, prose(message)),
      hint && h("p", { class: "hint" }, prose(hint)),
      others.map(
        (each) => h("p", {}, this.place(texts[each.text].name, each.text, each.line), " ", prose(each.message))
      ),
      nodes.length ? h(
        "button",
        { type: "button", class: "link", onclick: () => this.events.nodes(nodes) },
        `show ${nodes[0]}${nodes.length > 1 ? ` and ${nodes.length - 1} more` : ""}`
      ) : null
    );
  }
  place(name, text, line) {
    return h(
      "button",
      { type: "button", class: "link", onclick: () => this.events.line(text, line, line) },
      `${name}:${line}`
    );
  }
};

// web/folding.js
var Diagram = class {
  /** @param picture the boxes and edges of the page's data */
  constructor(picture) {
    this.picture = picture;
    this.boxes = /* @__PURE__ */ new Map();
    this.around = /* @__PURE__ */ new Map();
    this.sources = /* @__PURE__ */ new Map();
    this.boxOfName = /* @__PURE__ */ new Map();
    this.inOrder = [];
    for (const box of picture.boxes) this.enter(box, []);
  }
  enter(box, around2) {
    this.boxes.set(box.id, box);
    this.around.set(box.id, around2);
    this.inOrder.push(box.id);
    for (const port of box.ports ?? []) this.sources.set(port.id, { box: box.id, port });
    if (!box.boxes) for (const name of box.names) this.boxOfName.set(name, box.id);
    for (const inner of box.boxes ?? []) this.enter(inner, [...around2, box.id]);
  }
  /** The blocks that can be folded, by their ids. */
  blocks() {
    return this.inOrder.filter((id) => this.boxes.get(id).boxes);
  }
  /** The box that a box is seen as while some blocks are open: itself, or the outermost folded one around it. */
  seenAs(id, open) {
    return this.around.get(id).find((block) => !open.has(block)) ?? id;
  }
  /** All nodes that a box stands for or has inside. */
  namesIn(id) {
    const box = this.boxes.get(id);
    return box.boxes ? box.boxes.flatMap((inner) => this.namesIn(inner.id)) : box.names;
  }
  /**
   * What is seen while some blocks are open: the boxes as a tree, each with `isOpen` and `ports`, and the edges.
   * A port keeps what stands behind `>` in its id, so that each tensor has its own.
   */
  seen(open) {
    const ports = /* @__PURE__ */ new Map();
    const edges = [];
    const drawn = /* @__PURE__ */ new Set();
    for (const edge of this.picture.edges) {
      const source = this.sources.get(edge.port);
      const from = this.seenAs(source.box, open);
      const to = this.seenAs(edge.target, open);
      const isFolded = from !== source.box;
      if (from === to && isFolded) continue;
      const port = isFolded ? `${from}>${edge.port.slice(edge.port.indexOf(">") + 1)}` : edge.port;
      const key = JSON.stringify([port, to, edge.kind]);
      if (drawn.has(key) && (to !== edge.target || edge.kind === "shared")) continue;
      drawn.add(key);
      if (!ports.has(from)) ports.set(from, /* @__PURE__ */ new Map());
      ports.get(from).set(port, { ...source.port, id: port });
      edges.push({ ...edge, id: `edge:${edges.length}`, port, from, target: to });
    }
    const boxes = this.picture.boxes.map((box) => this.seenBox(box, open, ports));
    return { boxes, edges };
  }
  seenBox(box, open, ports) {
    const isOpen = Boolean(box.boxes) && open.has(box.id);
    const own = [...ports.get(box.id)?.values() ?? []].sort((one, other) => output(one) - output(other));
    const inside = isOpen ? box.boxes.map((inner) => this.seenBox(inner, open, ports)) : [];
    return { box, isOpen, ports: own, inside };
  }
  /** For each box without any inside, those that it takes from, and those that take from it; calls are not counted. */
  neighbours() {
    if (this.known) return this.known;
    const before = /* @__PURE__ */ new Map();
    const after = /* @__PURE__ */ new Map();
    for (const edge of this.picture.edges) {
      if (edge.kind === "shared") continue;
      const source = this.sources.get(edge.port).box;
      put(before, edge.target, source);
      put(after, source, edge.target);
    }
    this.known = { before, after };
    return this.known;
  }
  /** All boxes that can be reached from those inside a box, in one direction. */
  reached(id, next) {
    const found = /* @__PURE__ */ new Set();
    const waiting = this.leavesIn(id);
    const start2 = new Set(waiting);
    while (waiting.length) {
      for (const other of next.get(waiting.pop()) ?? []) {
        if (!found.has(other) && !start2.has(other)) {
          found.add(other);
          waiting.push(other);
        }
      }
    }
    return found;
  }
  leavesIn(id) {
    const box = this.boxes.get(id);
    return box.boxes ? box.boxes.flatMap((inner) => this.leavesIn(inner.id)) : [id];
  }
};
function output(port) {
  return Number(port.id.slice(port.id.lastIndexOf(".") + 1)) || 0;
}
function put(map, key, value) {
  if (!map.has(key)) map.set(key, /* @__PURE__ */ new Set());
  map.get(key).add(value);
}

// web/shapes.js
var CORNER = 6;
var ARROW = { length: 6.5, width: 3.2 };
function way(points, { hasArrow, isRounded = true }) {
  const corners = points.filter(
    (point, place2) => place2 === 0 || point.x !== points[place2 - 1].x || point.y !== points[place2 - 1].y
  );
  if (hasArrow && corners.length > 1) {
    corners.push(
      towards(corners.at(-1), corners.at(-2), Math.min(ARROW.length - 1, distance(corners.at(-1), corners.at(-2))))
    );
    corners.splice(-2, 1);
  }
  const parts = [`M${at(corners[0])}`];
  for (let each = 1; each < corners.length - 1; each++) {
    const [before, corner2, after] = corners.slice(each - 1, each + 2);
    if (!isRounded) {
      parts.push(`L${at(corner2)}`);
      continue;
    }
    const radius = Math.min(CORNER, distance(before, corner2) / 2, distance(corner2, after) / 2);
    parts.push(`L${at(towards(corner2, before, radius))}Q${at(corner2)} ${at(towards(corner2, after, radius))}`);
  }
  parts.push(`L${at(corners.at(-1))}`);
  return parts.join("");
}
function arrow(points) {
  const end = points.at(-1);
  const before = points.findLast((point) => point.x !== end.x || point.y !== end.y) ?? end;
  const along = { x: Math.sign(round(end.x - before.x)), y: Math.sign(round(end.y - before.y)) };
  const base = { x: end.x - along.x * ARROW.length, y: end.y - along.y * ARROW.length };
  const across = { x: -along.y * ARROW.width, y: along.x * ARROW.width };
  const sides = [
    { x: base.x + across.x, y: base.y + across.y },
    { x: base.x - across.x, y: base.y - across.y }
  ];
  return `M${at(end)}L${at(sides[0])}L${at(sides[1])}Z`;
}
function rectangle({ x, y, width, height }) {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
}
function at({ x, y }) {
  return `${round(x)} ${round(y)}`;
}
function round(value) {
  return Math.round(value * 10) / 10;
}
function distance(one, other) {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}
function towards(start2, end, length) {
  return {
    x: start2.x + Math.sign(end.x - start2.x) * length,
    y: start2.y + Math.sign(end.y - start2.y) * length
  };
}

// web/drawing.js
var MANY = 500;
var FAR = 0.3;
var AROUND = 0.5;
var Drawing = class {
  /** @param world the group that is moved and scaled */
  constructor(world) {
    this.world = world;
    this.layers = Object.fromEntries(["open", "edges", "boxes", "labels", "traced"].map((name) => [name, s("g")]));
    for (const [name, layer] of Object.entries(this.layers)) layer.setAttribute("class", `layer-${name}`);
    world.append(...Object.values(this.layers));
    this.marks = { selected: null, up: /* @__PURE__ */ new Set(), down: /* @__PURE__ */ new Set(), found: /* @__PURE__ */ new Set() };
    this.findings = /* @__PURE__ */ new Map();
    this.clear();
  }
  clear() {
    this.placed = { boxes: [], edges: [], labels: [], width: 1, height: 1 };
    this.byId = /* @__PURE__ */ new Map();
    this.drawn = /* @__PURE__ */ new Map();
    this.covered = null;
    for (const layer of Object.values(this.layers)) layer.replaceChildren();
  }
  /** Show a new layout; `findings` has the worst severity of each box that has findings. */
  show(placed2, findings) {
    this.clear();
    this.placed = placed2;
    this.findings = findings;
    this.byId = new Map(placed2.boxes.map((each) => [each.id, each]));
    for (const edge of placed2.edges) edge.area = around(edge.points);
  }
  /** Draw what is in sight. @param sight the part of the picture that is seen, and its scale */
  see(sight) {
    const isFar = sight.scale < FAR && this.placed.boxes.length > MANY;
    if (this.covered && this.covered.isFar === isFar && isWithin(sight, this.covered)) return;
    this.covered = { ...widened(sight), isFar };
    for (const layer of Object.values(this.layers)) layer.replaceChildren();
    this.drawn.clear();
    if (isFar) this.drawFar();
    else this.drawNear();
    this.mark(this.marks);
  }
  drawNear() {
    const isSmall = this.placed.boxes.length <= MANY;
    const isSeen = (area) => isSmall || meets(area, this.covered);
    for (const each of this.placed.boxes) {
      if (!isSeen(each)) continue;
      const element = this.boxElement(each);
      this.drawn.set(each.id, element);
      (each.isOpen ? this.layers.open : this.layers.boxes).append(element);
    }
    for (const edge of this.placed.edges.toSorted(
      (one, other) => (other.kind === "shared") - (one.kind === "shared")
    )) {
      if (isSeen(edge.area)) this.layers.edges.append(edgeElement(edge));
    }
    for (const label of this.placed.labels) if (isSeen(label)) this.layers.labels.append(labelElement(label));
  }
  drawFar() {
    const kinds = /* @__PURE__ */ new Map();
    for (const each of this.placed.boxes) {
      const key = boxClass(each);
      if (!kinds.has(key)) kinds.set(key, []);
      kinds.get(key).push(rectangle(each));
    }
    for (const [kind, parts] of kinds) {
      const element = s("path", { class: `${kind} far`, d: parts.join("") });
      (kind.startsWith("open") ? this.layers.open : this.layers.boxes).append(element);
    }
    const ways = /* @__PURE__ */ new Map();
    for (const edge of this.placed.edges) {
      if (!ways.has(edge.kind)) ways.set(edge.kind, []);
      ways.get(edge.kind).push(way(edge.points, { hasArrow: false, isRounded: false }));
    }
    for (const [kind, parts] of ways) {
      this.layers.edges.append(s("path", { class: `edge ${kind}-edge far`, d: parts.join("") }));
    }
  }
  /** Mark what is selected, what it depends on and feeds, and what is searched for. */
  mark(marks) {
    this.marks = marks;
    const { selected, up, down, found, isPointedAt } = marks;
    this.world.classList.toggle("tracing", isPointedAt && up.size + down.size > 0);
    this.layers.traced.replaceChildren();
    if (this.covered?.isFar) {
      this.markFar(marks);
      return;
    }
    const states = { up, down, found, selected: /* @__PURE__ */ new Set([selected]), focus: /* @__PURE__ */ new Set([marks.focus]) };
    for (const [id, element] of this.drawn) {
      for (const [state, ids] of Object.entries(states)) element.classList.toggle(state, ids.has(id));
      element.setAttribute("aria-selected", String(id === selected));
    }
    for (const element of this.layers.edges.children) {
      const { from, to } = element.dataset;
      element.classList.toggle("up", up.has(from) && (up.has(to) || to === marks.focus));
      element.classList.toggle("down", down.has(to) && (down.has(from) || from === marks.focus));
    }
  }
  markFar({ selected, up, down, found, focus }) {
    const sets = { up, down, found, selected: /* @__PURE__ */ new Set([selected, focus]) };
    for (const [kind, ids] of Object.entries(sets)) {
      const parts = [...ids].filter((id) => this.byId.has(id)).map((id) => rectangle(this.byId.get(id)));
      if (parts.length) this.layers.traced.append(s("path", { class: `far-${kind}`, d: parts.join("") }));
    }
  }
  /** The innermost box at a place of the picture. */
  boxAt(x, y) {
    return this.placed.boxes.findLast(
      (each) => x >= each.x && x <= each.x + each.width && y >= each.y && y <= each.y + each.height
    );
  }
  boxElement(each) {
    const { box, x, y, width, height } = each;
    const isBlock = Boolean(box.boxes);
    const severity = this.findings.get(each.id);
    return s(
      "g",
      {
        class: `box ${changed(each)} ${severity ?? ""}`,
        id: elementId(each.id),
        role: "option",
        "aria-label": spoken(each, severity),
        "data-id": each.id,
        "data-kind": box.kind
      },
      s("title", {}, box.about || box.title),
      s("rect", { class: boxClass(each), x, y, width, height, rx: corner(each) }),
      each.badge && s("rect", {
        class: "pill",
        x: each.badge[0],
        y: each.badge[1],
        width: each.badge[2],
        height: each.badge[3],
        rx: each.badge[3] / 2
      }),
      each.texts.map(textElement),
      isBlock && foldMark(each),
      severity && findingMark(each, severity)
    );
  }
};
function changed({ box, isOpen }) {
  const change = isOpen ? box.change : box.folded_change ?? box.change;
  return change ? `changes ${change}` : "";
}
function spoken({ box, isOpen }, severity) {
  const state = box.boxes && (isOpen ? "open" : "folded");
  return [box.about || box.title, state, box.change, severity && `has ${severity}s`].filter(Boolean).join(", ");
}
function corner({ box, height }) {
  if (box.boxes) return 8;
  return box.kind === "input" || box.kind === "output" ? Math.min(height / 2, 16) : 6;
}
function foldMark({ isOpen, x, y, width }) {
  const middle2 = { x: x + width - 11, y: y + 11 };
  return s(
    "g",
    { class: "fold" },
    s("circle", { cx: middle2.x, cy: middle2.y, r: 6.5 }),
    s("path", { d: `M${middle2.x - 3.2} ${middle2.y}h6.4${isOpen ? "" : `M${middle2.x} ${middle2.y - 3.2}v6.4`}` })
  );
}
function findingMark({ x, y }, severity) {
  return s(
    "g",
    { class: `finding ${severity}` },
    s("circle", { cx: x + 1, cy: y + 1, r: 7 }),
    s("text", { x: x + 1, y: y + 5, "text-anchor": "middle", "font-size": 11 }, "!")
  );
}
function boxClass({ box, isOpen, level }) {
  const kind = isOpen && box.kind !== "shared" ? level % 2 ? "open-within" : "open" : box.kind;
  const colour = box.colour === void 0 ? "" : ` colour colour-${box.colour % 6}`;
  return `${kind}${colour}${isOpen && box.kind === "shared" ? " open-shared" : ""}`;
}
function textElement({ text, x, y, size, role, width }) {
  return s("text", { class: role, x, y, "font-size": size, ...fitted(width) }, text);
}
function labelElement({ text, x, y, width, height }) {
  return s("text", { class: "label", x, y: y + height * 0.8, "font-size": height, ...fitted(width) }, text);
}
function fitted(width) {
  return { textLength: width, lengthAdjust: "spacingAndGlyphs" };
}
function edgeElement(edge) {
  const hasArrow = edge.kind !== "shared";
  const colour = edge.colour === void 0 ? "" : ` colour-${edge.colour % 6}-edge`;
  const change = edge.change ? ` changes ${edge.change}` : "";
  return s(
    "g",
    { class: `edge-group${change}`, "data-from": edge.from, "data-to": edge.target },
    s("path", { class: `edge ${edge.kind}-edge${colour}`, d: way(edge.points, { hasArrow }) }),
    hasArrow && s("path", { class: `end ${edge.kind}-end`, d: arrow(edge.points) }),
    hasArrow && edge.junctions.map(({ x, y }) => s("circle", { class: `end ${edge.kind}-end`, cx: x, cy: y, r: 2.2 }))
  );
}
function around(points) {
  const [xs, ys] = [points.map(({ x: x2 }) => x2), points.map(({ y: y2 }) => y2)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
function meets(one, other) {
  return one.x <= other.x + other.width && one.x + one.width >= other.x && one.y <= other.y + other.height && one.y + one.height >= other.y;
}
function isWithin(inner, outer) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height && inner.scale > outer.scale / 2;
}
function widened(sight) {
  const [dx, dy] = [sight.width * AROUND, sight.height * AROUND];
  return { ...sight, x: sight.x - dx, y: sight.y - dy, width: sight.width + 2 * dx, height: sight.height + 2 * dy };
}

// web/layout.js
var MANY2 = 1200;
function engineGraph({ boxes, edges }, options) {
  const isLarge = count(boxes) > MANY2;
  return {
    id: "diagram",
    layoutOptions: isLarge ? { ...options.root, ...options.large } : options.root,
    children: boxes.map((each) => engineNode(each, options)),
    edges: edges.map((edge) => ({
      id: edge.id,
      sources: [edge.port],
      targets: [edge.target],
      ...edge.kind === "shared" ? { layoutOptions: options.tie } : {}
    }))
  };
}
function count(boxes) {
  return boxes.reduce((sum, { inside }) => sum + 1 + count(inside), 0);
}
function engineNode({ box, isOpen, ports, inside }, options) {
  const node = { id: box.id, ports: ports.map((port) => enginePort(port, options)) };
  if (isOpen) {
    node.children = inside.map((each) => engineNode(each, options));
    node.layoutOptions = { ...options.open, [options.least_size]: box.open.least_size };
  } else {
    node.width = box.width;
    node.height = box.height;
    node.layoutOptions = { ...options.closed, [options.least_size]: `(${box.width}, ${box.height})` };
  }
  return node;
}
function enginePort(port, options) {
  const label = { id: `${port.id}#`, text: port.label, width: port.width, height: options.label };
  return {
    id: port.id,
    width: 0,
    height: 0,
    layoutOptions: { "elk.port.side": options.side },
    labels: port.label ? [label] : []
  };
}
function placed(seen, answer, options) {
  const nodes = /* @__PURE__ */ new Map();
  collect(answer, nodes);
  const ways = new Map(answer.edges.map((edge) => [edge.id, edge]));
  const edges = seen.edges.flatMap(
    (edge) => ways.get(edge.id).sections.map((section2) => ({
      ...edge,
      points: upright([section2.startPoint, ...section2.bendPoints ?? [], section2.endPoint]),
      junctions: ways.get(edge.id).junctionPoints ?? []
    }))
  );
  const boxes = [];
  const labels = [];
  place(seen.boxes, 0, { nodes, edges, boxes, labels, options });
  return { boxes, edges, labels, width: answer.width, height: answer.height };
}
function collect(node, nodes) {
  for (const child of node.children ?? []) {
    nodes.set(child.id, child);
    collect(child, nodes);
  }
}
function place(seen, level, found) {
  for (const { box, isOpen, inside } of seen) {
    const { x, y, width, height, ports = [] } = found.nodes.get(box.id);
    const area = { x, y, width, height };
    const lettering = isOpen ? inHeader(box.open, area, found) : centred(box, area);
    found.boxes.push({ id: box.id, box, isOpen, level, ...area, ...lettering });
    for (const port of ports) {
      for (const label of port.labels ?? []) found.labels.push({ ...label, box: box.id });
    }
    place(inside, level + 1, found);
  }
}
function centred(box, area) {
  return moved(box, area.x + (area.width - box.width) / 2, area.y + (area.height - box.height) / 2);
}
function moved({ texts, badge }, dx, dy) {
  return {
    texts: texts.map((text) => ({ ...text, x: text.x + dx, y: text.y + dy })),
    badge: badge && [badge[0] + dx, badge[1] + dy, badge[2], badge[3]]
  };
}
var CLEARANCE = 4;
var ROUNDED = 0.5;
var SIGN = 22;
function inHeader(header, area, { edges, options }) {
  const taken = crossings({ ...area, height: options.header }, edges);
  const [start2, end] = [area.x + 10, area.x + area.width - SIGN];
  const texts = [];
  let badge;
  for (const piece of pieces(header)) {
    const found = room(start2, end, piece.width, taken);
    if (found.width < piece.width && texts.length) continue;
    const set = moved(piece, found.x - piece.texts[0].x, area.y);
    texts.push(...set.texts);
    badge ??= set.badge;
    taken.push([found.x - CLEARANCE, found.x + piece.width + 2 * CLEARANCE]);
    taken.sort((one, other) => one[0] - other[0]);
  }
  return { texts, badge };
}
function pieces({ texts, badge }) {
  const name = texts.filter(({ role }) => role.endsWith("bold"));
  const right = badge ? badge[0] + badge[2] : name[0].x + name[0].width;
  const others = texts.filter((text) => !name.includes(text));
  return [
    { texts: name, badge, width: right - name[0].x },
    ...others.map((text) => ({ texts: [text], width: text.width }))
  ];
}
function crossings(area, edges) {
  const found = [];
  for (const { points } of edges) {
    for (let at2 = 1; at2 < points.length; at2++) {
      const [left, right] = [points[at2 - 1].x, points[at2].x].sort((one, other) => one - other);
      const [top, bottom] = [points[at2 - 1].y, points[at2].y].sort((one, other) => one - other);
      const isLevel = left <= area.x + area.width && right >= area.x;
      if (isLevel && top < area.y + area.height && bottom > area.y) found.push([left, right]);
    }
  }
  return found.sort((one, other) => one[0] - other[0]);
}
function room(start2, end, width, taken) {
  let widest = { x: start2, width: 0 };
  let from = start2;
  for (const [left, right] of [...taken, [end + CLEARANCE, end]]) {
    const found = { x: from, width: left - CLEARANCE - from };
    if (found.width >= width) return found;
    if (found.width > widest.width) widest = found;
    from = Math.max(from, right + CLEARANCE);
  }
  return widest;
}
function upright(points) {
  const found = [];
  for (const point of points) {
    const before = found.at(-1);
    const x = before && Math.abs(point.x - before.x) < ROUNDED ? before.x : point.x;
    const y = before && Math.abs(point.y - before.y) < ROUNDED ? before.y : point.y;
    found.push({ x, y });
  }
  return found;
}

// web/viewport.js
var LEAST = 0.02;
var MOST2 = 4;
var STEP = 1.25;
var Viewport = class {
  /**
   * @param svg the element that is looked through
   * @param world the group that is moved
   * @param onChange is called, once a frame, with what is in sight
   */
  constructor(svg, world, onChange) {
    this.svg = svg;
    this.world = world;
    this.onChange = onChange;
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    this.pointers = /* @__PURE__ */ new Map();
    this.hasMoved = false;
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, (event) => this.up(event));
    new ResizeObserver(() => this.changed()).observe(svg);
  }
  get size() {
    return { width: this.svg.clientWidth || 1, height: this.svg.clientHeight || 1 };
  }
  /** What is in sight, in the picture's own measure. */
  get sight() {
    const { width, height } = this.size;
    return {
      x: -this.x / this.scale,
      y: -this.y / this.scale,
      width: width / this.scale,
      height: height / this.scale,
      scale: this.scale
    };
  }
  /** The place of the picture under a point of the window. */
  at(clientX, clientY) {
    const { left, top } = this.svg.getBoundingClientRect();
    return { x: (clientX - left - this.x) / this.scale, y: (clientY - top - this.y) / this.scale };
  }
  set(x, y, scale) {
    Object.assign(this, { x, y, scale: Math.min(Math.max(scale, LEAST), MOST2) });
    this.changed();
  }
  panBy(dx, dy) {
    this.set(this.x + dx, this.y + dy, this.scale);
  }
  /** Scale so that a point of the element stays where it is; its middle by default. */
  zoomBy(factor, px = this.size.width / 2, py = this.size.height / 2) {
    const scale = Math.min(Math.max(this.scale * factor, LEAST), MOST2);
    const ratio = scale / this.scale;
    this.set(px - (px - this.x) * ratio, py - (py - this.y) * ratio, scale);
  }
  zoomIn() {
    this.zoomBy(STEP);
  }
  zoomOut() {
    this.zoomBy(1 / STEP);
  }
  /** Show the whole of a picture, or at least its beginning where the whole would be too small to read. */
  fit({ width, height }, { whole = false } = {}) {
    const room2 = this.size;
    const margin = 24;
    const below = 52;
    const across = (room2.width - 2 * margin) / width;
    const down = (room2.height - margin - below) / height;
    const readable = Math.min(across, 1);
    const scale = whole || down > 0.45 * readable ? Math.min(across, down, 1.25) : Math.max(readable, 0.35);
    const isHigher = height * scale > room2.height - below;
    const x = width * scale > room2.width && !whole ? margin : (room2.width - width * scale) / 2;
    this.set(x, isHigher ? margin : Math.max(margin, (room2.height - below - height * scale) / 2), scale);
  }
  /** Bring a box into sight if it is not, and large enough to be read. */
  reveal({ x, y, width, height }) {
    const { width: across, height: down } = this.size;
    const scale = Math.max(this.scale, 0.6);
    const [left, top] = [this.x + x * this.scale, this.y + y * this.scale];
    const isSeen = scale === this.scale && left >= 0 && top >= 0 && left + width * scale <= across && top + height * scale <= down;
    if (isSeen) return;
    this.set(
      across / 2 - (x + Math.min(width, across / scale) / 2) * scale,
      down / 2 - (y + Math.min(height, down / scale) / 2) * scale,
      scale
    );
  }
  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const { left, top } = this.svg.getBoundingClientRect();
    if (event.shiftKey) this.panBy(-(event.deltaX || event.deltaY) * unit, 0);
    else this.zoomBy(Math.exp(-event.deltaY * unit * 16e-4), event.clientX - left, event.clientY - top);
  }
  down(event) {
    if (event.button !== 0) return;
    if (!this.pointers.size) this.hasMoved = false;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.start = { x: event.clientX, y: event.clientY };
  }
  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    if (this.pointers.size === 1) {
      if (!this.hasMoved && Math.hypot(now.x - this.start.x, now.y - this.start.y) < 4) return;
      if (!this.hasMoved) this.svg.setPointerCapture(event.pointerId);
      this.hasMoved = true;
      this.svg.classList.add("moving");
      this.panBy(now.x - before.x, now.y - before.y);
    } else if (this.pointers.size === 2) {
      this.hasMoved = true;
      this.pinch(event.pointerId, before, now);
    }
    this.pointers.set(event.pointerId, now);
  }
  pinch(moving, before, now) {
    const [other] = [...this.pointers].filter(([id]) => id !== moving).map(([, point]) => point);
    const ratio = Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(before.x - other.x, before.y - other.y) || 1);
    const { left, top } = this.svg.getBoundingClientRect();
    this.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.zoomBy(ratio, (now.x + other.x) / 2 - left, (now.y + other.y) / 2 - top);
  }
  up(event) {
    this.pointers.delete(event.pointerId);
    if (!this.pointers.size) this.svg.classList.remove("moving");
  }
  changed() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.world.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.scale})`);
      this.onChange(this.sight);
    });
  }
};

// web/graph.js
var WORST = ["warning", "error"];
var GraphView = class {
  /** @param events what the rest of the page is told: `select`, `layout`, `say`, `fail` */
  constructor(engine, events) {
    this.engine = engine;
    this.events = events;
    this.svg = byId("graph");
    const world = byId("world");
    this.drawing = new Drawing(world);
    this.viewport = new Viewport(this.svg, world, (sight) => this.drawing.see(sight));
    this.open = /* @__PURE__ */ new Set();
    this.selected = null;
    this.hovered = null;
    this.found = /* @__PURE__ */ new Set();
    this.number = 0;
    this.svg.addEventListener("click", (event) => this.click(event));
    this.svg.addEventListener("dblclick", (event) => this.doubleClick(event));
    this.svg.addEventListener("pointermove", (event) => this.hover(event));
    this.svg.addEventListener("pointerleave", () => this.pointAt(null));
    this.svg.addEventListener("keydown", (event) => this.key(event));
  }
  /** Show a diagram. What was open and selected in the one before stays so, where it is still there. */
  async show(diagram, openAtFirst, findings) {
    const known = this.diagram;
    this.diagram = diagram;
    this.findings = findings;
    const opened = openAtFirst.filter((id) => !known?.boxes.has(id) || this.open.has(id));
    const kept = [...this.open].filter((id) => diagram.boxes.get(id)?.boxes);
    this.open = /* @__PURE__ */ new Set([...opened, ...kept]);
    if (!diagram.boxes.has(this.selected)) this.selected = null;
    this.hovered = null;
    await this.layOut({ isNew: !known });
  }
  /** Lay out what is seen; `anchor` is a box that is to stay where it is on the screen. */
  async layOut({ isNew = false, anchor = null } = {}) {
    const number2 = ++this.number;
    const { diagram } = this;
    const before = this.corner(anchor);
    const seen = diagram.seen(this.open);
    const options = diagram.picture.engine;
    this.busy(true);
    try {
      const answer = await this.engine.layout(engineGraph(seen, options));
      if (number2 !== this.number) return;
      this.placed = placed(seen, answer, options);
    } catch (error) {
      if (number2 === this.number) this.events.fail(error);
      return;
    } finally {
      if (number2 === this.number) this.busy(false);
    }
    this.drawing.show(this.placed, this.severities());
    if (isNew) this.viewport.fit(this.placed);
    else this.keepInPlace(before, this.corner(anchor));
    this.mark();
    this.svg.dataset.boxes = String(this.placed.boxes.length);
    this.events.layout();
  }
  busy(isBusy) {
    if (isBusy) this.svg.setAttribute("aria-busy", "true");
    else this.svg.removeAttribute("aria-busy");
    byId("busy").hidden = !isBusy;
  }
  /** Where a box is, or the folded one that it is seen as. */
  corner(id) {
    return id === null ? void 0 : this.drawing.byId.get(this.diagram.seenAs(id, this.open));
  }
  /** Move the picture so that what was in one place is where it was on the screen. */
  keepInPlace(before, now) {
    if (before && now) {
      this.viewport.panBy((before.x - now.x) * this.viewport.scale, (before.y - now.y) * this.viewport.scale);
    } else {
      this.viewport.changed();
    }
  }
  /** The worst finding of each box that is seen. */
  severities() {
    const found = /* @__PURE__ */ new Map();
    for (const { severity, nodes } of this.findings) {
      for (const name of nodes) {
        const id = this.diagram.boxOfName.get(name);
        if (id === void 0) continue;
        const seen = this.diagram.seenAs(id, this.open);
        if (WORST.indexOf(severity) > WORST.indexOf(found.get(seen))) found.set(seen, severity);
      }
    }
    return found;
  }
  seen(id) {
    return this.diagram.seenAs(id, this.open);
  }
  // Folding
  async toggle(id) {
    if (!this.diagram.boxes.get(id)?.boxes) return;
    const isOpen = !this.open.delete(id);
    if (isOpen) this.open.add(id);
    this.events.say(`${this.diagram.boxes.get(id).title} ${isOpen ? "opened" : "folded"}`);
    await this.layOut({ anchor: id });
  }
  async foldAll() {
    this.open = /* @__PURE__ */ new Set();
    await this.layOut();
    this.viewport.fit(this.placed);
  }
  async openAll() {
    this.open = new Set(this.diagram.blocks());
    await this.layOut();
    this.viewport.fit(this.placed);
  }
  // Selecting
  /** Select a box, or nothing; the blocks around it are opened if it is to be shown. */
  async select(id, { show = false } = {}) {
    this.selected = id;
    if (id !== null && show) {
      const folded = this.diagram.around.get(id).filter((block) => !this.open.has(block));
      for (const block of folded) this.open.add(block);
      if (folded.length) await this.layOut();
      const each = this.drawing.byId.get(id);
      if (each) this.viewport.reveal(each);
    }
    this.mark();
    this.events.select(id);
  }
  pointAt(id) {
    if (id === this.hovered) return;
    this.hovered = id;
    this.mark();
  }
  search(ids) {
    this.found = new Set(ids.map((id) => this.seen(id)));
    this.mark();
  }
  mark() {
    if (!this.diagram) return;
    const focus = this.hovered ?? this.selected;
    const traced = focus === null ? { up: /* @__PURE__ */ new Set(), down: /* @__PURE__ */ new Set() } : this.traced(focus);
    const selected = this.selected === null ? null : this.seen(this.selected);
    this.drawing.mark({
      selected,
      ...traced,
      found: this.found,
      focus: focus === null ? null : this.seen(focus),
      isPointedAt: this.hovered !== null
    });
    if (selected === null) this.svg.removeAttribute("aria-activedescendant");
    else this.svg.setAttribute("aria-activedescendant", elementId(selected));
  }
  /** What a box depends on, and what it feeds, as far as it is seen. */
  traced(id) {
    const { before, after } = this.diagram.neighbours();
    const own = this.seen(id);
    const asSeen = (ids) => {
      const found = /* @__PURE__ */ new Set();
      for (const each of ids) {
        const seen = this.seen(each);
        found.add(seen);
      }
      found.delete(own);
      return found;
    };
    return { up: asSeen(this.diagram.reached(id, before)), down: asSeen(this.diagram.reached(id, after)) };
  }
  // Pointer and keys
  boxUnder(event) {
    const { x, y } = this.viewport.at(event.clientX, event.clientY);
    const each = this.drawing.boxAt(x, y);
    const isMark = each?.box.boxes && x > each.x + each.width - 20 && y < each.y + 20;
    return { id: each?.id ?? null, isMark: Boolean(isMark) };
  }
  click(event) {
    if (this.viewport.hasMoved) return;
    const { id, isMark } = this.boxUnder(event);
    this.svg.focus({ preventScroll: true });
    this.select(id);
    if (isMark) this.toggle(id);
  }
  doubleClick(event) {
    const { id, isMark } = this.boxUnder(event);
    if (id !== null && !isMark) this.toggle(id);
  }
  hover(event) {
    if (event.pointerType === "touch" || this.viewport.pointers.size) return;
    const { id } = this.boxUnder(event);
    const isOpen = id !== null && this.drawing.byId.get(id)?.isOpen;
    this.pointAt(isOpen ? null : id);
  }
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = KEYS[event.key];
    if (!action || !this.placed) return;
    event.preventDefault();
    action(this);
  }
  /** Select the nearest box in a direction: along an edge that leads there if there is one. */
  step(dx, dy) {
    const current = this.selected !== null ? this.drawing.byId.get(this.seen(this.selected)) : null;
    if (!current) {
      const first = this.placed.boxes[0];
      if (first) this.select(first.id, { show: true });
      return;
    }
    const { up, down } = this.adjacent(current.id);
    const linked = /* @__PURE__ */ new Set([...up, ...down]);
    const best = this.placed.boxes.filter((each) => each.id !== current.id && !(each.isOpen && holds(each, current))).map((each) => ({ id: each.id, cost: awayFrom(current, each, dx, dy) * (linked.has(each.id) ? 0.35 : 1) })).filter(({ cost }) => Number.isFinite(cost)).sort((one, other) => one.cost - other.cost)[0];
    if (best) this.select(best.id, { show: true });
  }
  adjacent(id) {
    const edges = this.placed.edges.filter(({ kind }) => kind !== "shared");
    return {
      up: edges.filter(({ target }) => target === id).map(({ from }) => from),
      down: edges.filter(({ from }) => from === id).map(({ target }) => target)
    };
  }
  /** From the selected block to what is in it, or out of it to the block around. */
  enter() {
    const id = this.selected !== null ? this.seen(this.selected) : null;
    const box = id !== null ? this.diagram.boxes.get(id) : null;
    if (box?.boxes) this.toggle(id);
  }
  leave() {
    const around2 = this.selected !== null ? this.diagram.around.get(this.selected).at(-1) : void 0;
    this.select(around2 ?? null, { show: around2 !== void 0 });
  }
};
var KEYS = {
  ArrowUp: (graph) => graph.step(0, -1),
  ArrowDown: (graph) => graph.step(0, 1),
  ArrowLeft: (graph) => graph.step(-1, 0),
  ArrowRight: (graph) => graph.step(1, 0),
  Enter: (graph) => graph.enter(),
  " ": (graph) => graph.enter(),
  Escape: (graph) => graph.leave(),
  "+": (graph) => graph.viewport.zoomIn(),
  "=": (graph) => graph.viewport.zoomIn(),
  "-": (graph) => graph.viewport.zoomOut(),
  0: (graph) => graph.viewport.fit(graph.placed, { whole: true })
};
function awayFrom(current, other, dx, dy) {
  const from = middle(current);
  const to = middle(other);
  const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
  const across = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
  return along > 1 ? along + 2 * across : Infinity;
}
function middle({ x, y, width, height }) {
  return { x: x + width / 2, y: y + height / 2 };
}
function holds(outer, inner) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
}

// web/outline.js
var Outline = class {
  /** @param events what the rest of the page is told: `go` to a box */
  constructor(events) {
    this.root = byId("outline");
    this.events = events;
    this.opened = /* @__PURE__ */ new Set();
    this.current = null;
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("click", (event) => this.click(event));
  }
  show(diagram) {
    this.diagram = diagram;
    this.rows = /* @__PURE__ */ new Map();
    this.root.replaceChildren(...this.items(diagram.picture.boxes, 1));
    this.moveTo(this.rows.has(this.current) ? this.current : diagram.inOrder[0] ?? null, { focus: false });
  }
  items(boxes, level) {
    return boxes.map((box, at2) => {
      const isBlock = Boolean(box.boxes);
      const isOpen = this.opened.has(box.id);
      const name = h("span", { class: "name" }, box.title, box.times ? ` × ${box.times}` : "");
      const kind = h("span", { class: "kind" }, box.texts.find(({ role }) => role === "line")?.text ?? box.kind);
      const row = h(
        "div",
        { class: `row ${box.change ?? ""}` },
        h("span", { class: "twist", "aria-hidden": "true" }, isBlock ? "▸" : ""),
        name,
        kind
      );
      const item = h(
        "li",
        {
          role: "treeitem",
          "aria-level": level,
          "aria-posinset": at2 + 1,
          "aria-setsize": boxes.length,
          "aria-selected": "false",
          "aria-expanded": isBlock ? String(isOpen) : null,
          tabindex: -1,
          "data-id": box.id
        },
        row,
        isBlock && isOpen ? h("ul", { role: "group" }, this.items(box.boxes, level + 1)) : null
      );
      this.rows.set(box.id, item);
      return item;
    });
  }
  /** Mark what is selected, and open the blocks around it. */
  select(id) {
    if (!this.diagram) return;
    for (const block of id === null ? [] : this.diagram.around.get(id)) this.expand(block, true);
    for (const item2 of this.root.querySelectorAll('[aria-selected="true"]'))
      item2.setAttribute("aria-selected", "false");
    const item = this.rows.get(id);
    if (!item) return;
    item.setAttribute("aria-selected", "true");
    this.moveTo(id, { focus: false });
    if (this.root.offsetParent) item.firstElementChild.scrollIntoView({ block: "nearest" });
  }
  expand(id, isOpen) {
    const item = this.rows.get(id);
    const box = this.diagram.boxes.get(id);
    if (!item || !box.boxes || this.opened.has(id) === isOpen) return;
    if (isOpen) this.opened.add(id);
    else this.opened.delete(id);
    item.setAttribute("aria-expanded", String(isOpen));
    item.querySelector(":scope > ul")?.remove();
    if (isOpen)
      item.append(h("ul", { role: "group" }, this.items(box.boxes, Number(item.getAttribute("aria-level")) + 1)));
  }
  moveTo(id, { focus }) {
    this.rows.get(this.current)?.setAttribute("tabindex", "-1");
    this.current = id;
    const item = this.rows.get(id);
    item?.setAttribute("tabindex", "0");
    if (focus) item?.focus();
  }
  click(event) {
    const id = event.target.closest("[role=treeitem]")?.dataset.id;
    if (id === void 0) return;
    if (event.target.classList.contains("twist")) this.expand(id, !this.opened.has(id));
    else this.events.go(id);
    this.moveTo(id, { focus: true });
  }
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = event.target.dataset?.id;
    const items = [...this.root.querySelectorAll("[role=treeitem]")];
    const at2 = items.findIndex((item) => item.dataset.id === id);
    const to = (item) => item && this.moveTo(item.dataset.id, { focus: true });
    const actions = {
      ArrowDown: () => to(items[at2 + 1]),
      ArrowUp: () => to(items[at2 - 1]),
      Home: () => to(items[0]),
      End: () => to(items.at(-1)),
      ArrowRight: () => this.opened.has(id) ? to(items[at2 + 1]) : this.expand(id, true),
      ArrowLeft: () => this.opened.has(id) ? this.expand(id, false) : to(this.rows.get(this.diagram.around.get(id).at(-1))),
      Enter: () => this.events.go(id),
      " ": () => this.events.go(id)
    };
    if (!actions[event.key] || at2 < 0) return;
    event.preventDefault();
    actions[event.key]();
  }
};

// web/search.js
var MOST3 = 40;
var Search = class {
  /** @param events what the rest of the page is told: `go` to a box, `found` ids */
  constructor(events) {
    this.events = events;
    this.input = byId("search");
    this.list = byId("search-results");
    this.active = -1;
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("focus", () => this.search());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")?.dataset.id));
  }
  show(data, diagram) {
    this.diagram = diagram;
    this.entries = diagram.inOrder.map((id) => {
      const box = diagram.boxes.get(id);
      const node = data.nodes[box.names[0]];
      const block = data.blocks[box.names[0]];
      const given = (node?.arguments ?? []).filter(([, , says]) => says !== "default").map(([name, value]) => `${name}=${value}`);
      const type = node?.type ?? block?.block ?? box.kind;
      return {
        id,
        name: nameOf(box),
        type,
        text: [nameOf(box), box.title, type, node?.layer, ...box.names, ...given].join("\n").toLowerCase()
      };
    });
  }
  search() {
    const words = this.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length ? this.entries.filter(({ text }) => words.every((word) => text.includes(word))) : [];
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.events.found(found.map(({ id }) => id));
    const rows = found.slice(0, MOST3).map(
      ({ id, name, type }, at2) => h(
        "li",
        { role: "option", id: `found-${at2}`, "data-id": id, "aria-selected": "false" },
        h("span", {}, name),
        h("span", { class: "kind" }, type)
      )
    );
    if (found.length > MOST3) rows.push(h("li", { class: "more" }, `${number(found.length - MOST3)} more`));
    if (words.length && !found.length) rows.push(h("li", { class: "more" }, "nothing found"));
    this.list.replaceChildren(...rows);
    this.list.hidden = !rows.length;
    this.input.setAttribute("aria-expanded", String(rows.length > 0));
  }
  key(event) {
    const rows = [...this.list.querySelectorAll("[role=option]")];
    if (event.key === "Escape") {
      this.input.value = "";
      this.search();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!rows.length) return;
      rows[this.active]?.setAttribute("aria-selected", "false");
      this.active = (this.active + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length;
      rows[this.active].setAttribute("aria-selected", "true");
      rows[this.active].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", rows[this.active].id);
    } else if (event.key === "Enter") {
      this.take((rows[this.active] ?? rows[0])?.dataset.id);
    }
  }
  take(id) {
    if (id === void 0) return;
    this.close();
    this.events.found([]);
    this.events.go(id);
  }
  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
};

// web/source.js
var TOKEN = /(#.*$)|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|([A-Za-z_][\w*.${}-]*)(?=\s*:(?:\s|$))|(\btrue\b|\bfalse\b|\bnull\b|-?\b\d[\d_.e+-]*\b)/g;
var Source = class {
  /** @param events what the rest of the page is told: `nodes` of a line were chosen */
  constructor(events) {
    this.events = events;
    this.root = byId("source-lines");
    this.files = byId("source-files");
    this.current = 0;
    this.files.addEventListener("change", () => this.open(Number(this.files.value)));
    this.root.addEventListener("click", (event) => this.click(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
  }
  show(data) {
    this.data = data;
    this.nodes = linesOfNodes(data);
    const names = data.texts.map(({ name }, number2) => h("option", { value: number2 }, name));
    this.files.replaceChildren(...names);
    this.files.hidden = data.texts.length < 2;
    this.open(this.wanted(data));
  }
  /** The text that was open, or the first one with an error if there is none in that. */
  wanted({ texts, findings }) {
    const wrong = findings.filter(({ severity, text }) => severity === "error" && text !== null);
    const known = this.current < texts.length ? this.current : 0;
    return wrong.length && !wrong.some(({ text }) => text === known) ? wrong[0].text : known;
  }
  open(number2) {
    this.current = number2;
    this.files.value = String(number2);
    const text = this.data.texts[number2];
    const findings = this.data.findings.filter((each) => each.text === number2);
    this.root.replaceChildren(
      ...text ? text.lines.flatMap((line, at2) => this.line(number2, at2 + 1, line, findings)) : []
    );
    this.rows = new Map([...this.root.querySelectorAll(".line")].map((row) => [Number(row.dataset.line), row]));
    this.mark(this.marked ?? []);
  }
  line(text, number2, content, findings) {
    const here = findings.filter(({ span }) => span?.start.line === number2);
    const worst = here.some(({ severity }) => severity === "error") ? "error" : here.length ? "warning" : "";
    const names = this.nodes.get(`${text}:${number2}`) ?? [];
    const row = h(
      "div",
      {
        class: `line ${worst} ${names.length ? "linked" : ""}`,
        "data-line": number2,
        tabindex: names.length ? 0 : null,
        role: names.length ? "button" : null,
        "aria-label": names.length ? `line ${number2}, ${plural(names.length, "node")}: ${content.trim()}` : null
      },
      h("span", { class: "number", "aria-hidden": "true" }, String(number2)),
      h("code", {}, coloured(content))
    );
    const messages = here.map(
      ({ code, severity, message, hint }) => h(
        "div",
        { class: `said ${severity}` },
        h("strong", {}, `${severity} ${code}`),
        ` ${message}`,
        hint ? h("em", {}, ` ${hint}`) : null
      )
    );
    return [row, ...messages];
  }
  click(event) {
    const row = event.target.closest(".line");
    if (row && getSelection().isCollapsed) this.choose(Number(row.dataset.line));
  }
  key(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.choose(Number(event.target.dataset.line));
  }
  choose(line) {
    const names = this.nodes.get(`${this.current}:${line}`);
    if (names) this.events.nodes(names);
  }
  /** Mark the lines of what is selected; `places` are text, first and last line. */
  mark(places, { show = false } = {}) {
    this.marked = places;
    for (const row of this.root.querySelectorAll(".marked")) row.classList.remove("marked");
    const here = places.filter(([text]) => text === this.current);
    for (const [, first, last] of here)
      for (let line = first; line <= last; line++) this.rows?.get(line)?.classList.add("marked");
    if (show && here.length) this.scrollTo(here[0][1]);
  }
  /** Show lines of a text, which is opened if it is not. */
  reveal(text, first, last) {
    if (text !== this.current) this.open(text);
    this.mark([[text, first, last]]);
    this.scrollTo(first);
  }
  scrollTo(line) {
    const row = this.rows.get(line);
    const pane = this.root;
    if (!row || !pane.offsetParent) return;
    const at2 = row.offsetTop - pane.offsetTop;
    if (at2 < pane.scrollTop || at2 > pane.scrollTop + pane.clientHeight - 40)
      pane.scrollTop = at2 - pane.clientHeight / 3;
  }
};
function linesOfNodes(data) {
  const own = /* @__PURE__ */ new Map();
  const made = /* @__PURE__ */ new Map();
  for (const [name, { places }] of Object.entries(data.nodes ?? {})) {
    for (const [text, first, last, what] of places) {
      const map = what === "the node" ? own : made;
      for (let line = first; line <= last; line++) {
        const key = `${text}:${line}`;
        if (!map.has(key)) map.set(key, []);
        map.get(key).push(name);
      }
    }
  }
  for (const [key, names] of made) if (!own.has(key)) own.set(key, names);
  return own;
}
function coloured(line) {
  const parts = [];
  let end = 0;
  for (const found of line.matchAll(TOKEN)) {
    const kind = ["comment", "text", "key", "value"][found.slice(1).findIndex((group) => group !== void 0)];
    if (kind === "comment" && found.index > 0 && !/\s/.test(line[found.index - 1])) continue;
    parts.push(line.slice(end, found.index), h("span", { class: `token-${kind}` }, found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, line.slice(end)];
}

// web/tabs.js
var Tabs = class {
  /** @param onChange is called with the id of the pane that is seen now */
  constructor(list, onChange) {
    this.tabs = [...list.querySelectorAll("[role=tab]")];
    this.onChange = onChange;
    for (const tab of this.tabs) tab.addEventListener("click", () => this.open(tab.getAttribute("aria-controls")));
    list.addEventListener("keydown", (event) => this.key(event));
  }
  open(id, { focus = false } = {}) {
    for (const tab of this.tabs) {
      const isOpen = tab.getAttribute("aria-controls") === id;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).classList.toggle("current", isOpen);
      if (isOpen && focus) tab.focus();
    }
    this.onChange(id);
  }
  key(event) {
    const seen = this.tabs.filter((tab) => tab.offsetParent);
    const at2 = seen.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const next = { ArrowRight: at2 + 1, ArrowLeft: at2 - 1, Home: 0, End: -1 }[event.key];
    if (next === void 0) return;
    event.preventDefault();
    this.open(seen.at(next % seen.length).getAttribute("aria-controls"), { focus: true });
  }
};

// web/page.js
var THEMES = ["auto", "light", "dark"];
var Page = class {
  /**
   * @param makeSource makes what shows the text of the spec
   * @param isTyped whether that is edited in the page
   * @param onTab is called with the id of each pane that is opened
   */
  constructor({ makeSource = (events) => new Source(events), isTyped = false, onTab = () => {
  } } = {}) {
    this.isTyped = isTyped;
    this.onTab = onTab;
    const go = (id) => this.select(id, { show: true });
    const nodes = (names) => this.selectNodes(names);
    const line = (text, first, last) => this.revealLine(text, first, last);
    this.graph = new GraphView(new Engine(), {
      select: (id) => this.selected(id),
      layout: () => this.laidOut(),
      say,
      fail: (error) => this.fail(`The graph cannot be laid out: ${error.message}`)
    });
    this.panel = new Panel({ go, line });
    this.outline = new Outline({ go });
    this.source = makeSource({ nodes });
    this.findings = new Findings({ nodes, line });
    this.costs = new Costs({ go });
    this.search = new Search({ go, found: (ids) => this.diagram && this.graph.search(ids) });
    this.tabs = new Tabs(byId("tabs"), (id) => this.tabOpened(id));
    this.tabs.open("panel");
    this.buttons();
  }
  buttons() {
    const actions = {
      "zoom-in": () => this.graph.viewport.zoomIn(),
      "zoom-out": () => this.graph.viewport.zoomOut(),
      fit: () => this.graph.placed && this.graph.viewport.fit(this.graph.placed, { whole: true }),
      "fold-all": () => this.diagram && this.graph.foldAll(),
      "open-all": () => this.diagram && this.graph.openAll(),
      "toggle-source": () => this.toggleSource(),
      theme: () => this.nextTheme()
    };
    for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest("input, select, textarea");
      if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        byId("search").focus();
      }
    });
  }
  /** Show a page: the first one, or what the spec has become. One with errors leaves the graph as it was. */
  async show(data) {
    const isFirst = this.data === void 0;
    const hasGraph = Boolean(data.picture);
    this.data = hasGraph ? data : { ...this.lastGraph(), ...data };
    byId("stale").hidden = hasGraph || !this.diagram;
    byId("no-graph").hidden = Boolean(hasGraph || this.diagram);
    this.headings(data);
    if (isFirst) this.theme(data.theme ?? "auto");
    this.source.show(this.data);
    this.findings.show(this.data);
    if (hasGraph) await this.showGraph(data);
    else if (this.diagram) this.graphKept();
    if (!hasGraph && !this.isTyped) this.tabs.open("findings");
    this.tellFindings(data);
  }
  lastGraph() {
    const empty = { nodes: {}, blocks: {}, types: {}, totals: [], title: "", description: "" };
    return this.data?.picture ? this.data : empty;
  }
  async showGraph(data) {
    const picture = JSON.stringify(data.picture);
    if (picture === this.picture) {
      markFirst(data.nodes);
      this.graphKept();
      this.selected(this.graph.selected);
      return;
    }
    this.picture = picture;
    this.diagram = new Diagram(data.picture);
    this.search.show(data, this.diagram);
    this.outline.show(this.diagram);
    this.legend(data);
    markFirst(data.nodes);
    await this.graph.show(this.diagram, data.open, data.findings);
    this.selected(this.graph.selected);
  }
  /** The graph is that which is seen already, or of the last spec without errors; the findings stand at its nodes. */
  graphKept() {
    this.graph.findings = this.data.findings;
    if (this.graph.placed) {
      this.graph.drawing.show(this.graph.placed, this.graph.severities());
      this.graph.viewport.changed();
    }
  }
  headings(data) {
    const title = data.title || document.title;
    document.title = title;
    byId("title").textContent = title;
    byId("subtitle").textContent = data.subtitle ?? "";
  }
  tellFindings({ counts }) {
    const told = [
      counts.errors && plural(counts.errors, "error"),
      counts.warnings && plural(counts.warnings, "warning")
    ].filter(Boolean);
    const tab = byId("findings-tab");
    tab.replaceChildren(
      "Findings",
      ...told.length ? [
        h(
          "span",
          { class: `count ${counts.errors ? "error" : "warning"}`, title: told.join(", ") },
          String(counts.errors + counts.warnings)
        )
      ] : []
    );
    say(told.length ? told.join(" and ") : "no findings");
  }
  legend({ picture, changes }) {
    const kinds = new Set(picture.edges.map(({ kind }) => kind));
    const edges = Object.entries(picture.legend).filter(([kind]) => kinds.has(kind));
    const rows = edges.map(
      ([kind, text]) => h("li", {}, h("span", { class: `sample ${kind}-sample`, "aria-hidden": "true" }), text)
    );
    const told = changes ? ["added", "removed", "changed"].map(
      (change) => h("li", {}, h("span", { class: `sample-box ${change}`, "aria-hidden": "true" }), changes.legend[change])
    ) : [];
    byId("legend").replaceChildren(...told, ...rows);
    byId("legend").hidden = !told.length && !rows.length;
  }
  // What is selected
  async select(id, options) {
    await this.graph.select(id, options);
  }
  selectNodes(names) {
    const id = names.map((name) => this.diagram?.boxOfName.get(name)).find((each) => each !== void 0);
    if (id !== void 0) this.select(id, { show: true });
  }
  selected(id) {
    if (!this.diagram) return;
    this.panel.show(this.data, this.diagram, id);
    this.outline.select(id);
    this.source.mark(this.placesOf(id), { show: true });
    if (id !== null) {
      const box = this.diagram.boxes.get(id);
      say(`${box.about || box.title} selected`);
    }
  }
  placesOf(id) {
    if (id === null) return [];
    const box = this.diagram.boxes.get(id);
    const known = this.data.nodes[box.names[0]] ?? this.data.blocks[box.names[0]];
    return known?.places ?? [];
  }
  revealLine(text, first, last) {
    document.body.classList.remove("without-source");
    if (!byId("source").offsetParent) this.tabs.open("source");
    this.source.reveal(text, first, last);
  }
  laidOut() {
    const seen = this.graph.placed.boxes.filter(({ isOpen }) => !isOpen).map(({ box }) => box);
    this.costs.show(this.data.nodes, seen, (id) => this.diagram.namesIn(id));
    byId("no-graph").hidden = true;
  }
  tabOpened(id) {
    this.onTab(id);
    if (id === "cost") this.costs?.wake();
    if (id === "outline" && this.graph.selected !== null) this.outline?.select(this.graph.selected);
  }
  fail(message) {
    byId("no-graph").hidden = false;
    byId("no-graph").textContent = message;
    say(message);
  }
  say(message) {
    say(message);
  }
  // How the page looks
  toggleSource() {
    const isHidden = document.body.classList.toggle("without-source");
    byId("toggle-source").setAttribute("aria-pressed", String(!isHidden));
  }
  theme(name) {
    document.documentElement.dataset.theme = name;
    byId("theme").textContent = `${name[0].toUpperCase()}${name.slice(1)}`;
    byId("theme").setAttribute("aria-label", `colours: ${name}`);
  }
  nextTheme() {
    const at2 = THEMES.indexOf(document.documentElement.dataset.theme);
    this.theme(THEMES[(at2 + 1) % THEMES.length]);
  }
};
function markFirst(nodes) {
  const seen = /* @__PURE__ */ new Set();
  for (const node of Object.values(nodes)) {
    node.isFirst = !node.layer || !seen.has(node.layer);
    if (node.layer) seen.add(node.layer);
  }
}
function say(text) {
  byId("status").textContent = text;
}

// web/main.js
async function start() {
  const element = byId("data");
  const { live, events, href, save } = element.dataset;
  if (live && (!save || location.hash.startsWith("#edit="))) {
    const { startLive } = await import(new URL(live, document.baseURI).href);
    await startLive(Page, element.dataset);
  } else if (events) {
    const page = new Page();
    follow(
      { events, page: href },
      {
        onPage: (data) => page.show(data),
        onLost: () => byId("lost").hidden = false,
        onBack: () => byId("lost").hidden = true
      }
    );
  } else {
    await new Page().show(JSON.parse(element.textContent));
  }
}
start();

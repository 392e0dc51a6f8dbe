/**
 * What has its place, drawn as SVG: only what is in sight and around it is there, so that a graph of thousands of nodes
 * can be moved as easily as one of ten. From far away, where no text could be read, boxes of a kind are one path.
 */

import { elementId, s } from "./dom.js";
import { arrow, rectangle, way } from "./shapes.js";

const MANY = 500;
const FAR = 0.3;
const AROUND = 0.5;

export class Drawing {
  /** @param world the group that is moved and scaled */
  constructor(world) {
    this.world = world;
    this.layers = Object.fromEntries(["open", "edges", "boxes", "labels", "traced"].map((name) => [name, s("g")]));
    for (const [name, layer] of Object.entries(this.layers)) layer.setAttribute("class", `layer-${name}`);
    world.append(...Object.values(this.layers));
    this.marks = { selected: null, up: new Set(), down: new Set(), found: new Set() };
    this.findings = new Map();
    this.clear();
  }

  clear() {
    this.placed = { boxes: [], edges: [], labels: [], width: 1, height: 1 };
    this.byId = new Map();
    this.drawn = new Map();
    this.covered = null;
    for (const layer of Object.values(this.layers)) layer.replaceChildren();
  }

  /** Show a new layout; `findings` has the worst severity of each box that has findings. */
  show(placed, findings) {
    this.clear();
    this.placed = placed;
    this.findings = findings;
    this.byId = new Map(placed.boxes.map((each) => [each.id, each]));
    for (const edge of placed.edges) edge.area = around(edge.points);
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
      (one, other) => (other.kind === "shared") - (one.kind === "shared"),
    )) {
      if (isSeen(edge.area)) this.layers.edges.append(edgeElement(edge));
    }
    for (const label of this.placed.labels) if (isSeen(label)) this.layers.labels.append(labelElement(label));
  }

  drawFar() {
    const kinds = new Map();
    for (const each of this.placed.boxes) {
      const key = boxClass(each);
      if (!kinds.has(key)) kinds.set(key, []);
      kinds.get(key).push(rectangle(each));
    }
    for (const [kind, parts] of kinds) {
      const element = s("path", { class: `${kind} far`, d: parts.join("") });
      (kind.startsWith("open") ? this.layers.open : this.layers.boxes).append(element);
    }
    const ways = new Map();
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
    const states = { up, down, found, selected: new Set([selected]), focus: new Set([marks.focus]) };
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
    const sets = { up, down, found, selected: new Set([selected, focus]) };
    for (const [kind, ids] of Object.entries(sets)) {
      const parts = [...ids].filter((id) => this.byId.has(id)).map((id) => rectangle(this.byId.get(id)));
      if (parts.length) this.layers.traced.append(s("path", { class: `far-${kind}`, d: parts.join("") }));
    }
  }

  /** The innermost box at a place of the picture. */
  boxAt(x, y) {
    return this.placed.boxes.findLast(
      (each) => x >= each.x && x <= each.x + each.width && y >= each.y && y <= each.y + each.height,
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
        "data-kind": box.kind,
      },
      s("title", {}, box.about || box.title),
      s("rect", { class: boxClass(each), x, y, width, height, rx: corner(each) }),
      each.badge &&
        s("rect", {
          class: "pill",
          x: each.badge[0],
          y: each.badge[1],
          width: each.badge[2],
          height: each.badge[3],
          rx: each.badge[3] / 2,
        }),
      each.texts.map(textElement),
      isBlock && foldMark(each),
      severity && findingMark(each, severity),
    );
  }
}

/** What has become of a box, where two models are compared; of a folded block also if it is so inside. */
function changed({ box, isOpen }) {
  const change = isOpen ? box.change : (box.folded_change ?? box.change);
  return change ? `changes ${change}` : "";
}

/** What a screen reader says of a box. */
function spoken({ box, isOpen }, severity) {
  const state = box.boxes && (isOpen ? "open" : "folded");
  return [box.about || box.title, state, box.change, severity && `has ${severity}s`].filter(Boolean).join(", ");
}

function corner({ box, height }) {
  if (box.boxes) return 8;
  return box.kind === "input" || box.kind === "output" ? Math.min(height / 2, 16) : 6;
}

/** The sign of a block that is folded or open, in its upper right corner. */
export function foldMark({ isOpen, x, y, width }) {
  const middle = { x: x + width - 11, y: y + 11 };
  return s(
    "g",
    { class: "fold" },
    s("circle", { cx: middle.x, cy: middle.y, r: 6.5 }),
    s("path", { d: `M${middle.x - 3.2} ${middle.y}h6.4${isOpen ? "" : `M${middle.x} ${middle.y - 3.2}v6.4`}` }),
  );
}

function findingMark({ x, y }, severity) {
  return s(
    "g",
    { class: `finding ${severity}` },
    s("circle", { cx: x + 1, cy: y + 1, r: 7 }),
    s("text", { x: x + 1, y: y + 5, "text-anchor": "middle", "font-size": 11 }, "!"),
  );
}

function boxClass({ box, isOpen, level }) {
  const kind = isOpen && box.kind !== "shared" ? (level % 2 ? "open-within" : "open") : box.kind;
  const colour = box.colour === undefined ? "" : ` colour colour-${box.colour % 6}`;
  return `${kind}${colour}${isOpen && box.kind === "shared" ? " open-shared" : ""}`;
}

function textElement({ text, x, y, size, role, width }) {
  return s("text", { class: role, x, y, "font-size": size, ...fitted(width) }, text);
}

function labelElement({ text, x, y, width, height }) {
  return s("text", { class: "label", x, y: y + height * 0.8, "font-size": height, ...fitted(width) }, text);
}

/** A text is as wide as it was measured, in whatever font: where that is another, letters are scaled with their gaps. */
function fitted(width) {
  return { textLength: width, lengthAdjust: "spacingAndGlyphs" };
}

function edgeElement(edge) {
  const hasArrow = edge.kind !== "shared";
  const colour = edge.colour === undefined ? "" : ` colour-${edge.colour % 6}-edge`;
  const change = edge.change ? ` changes ${edge.change}` : "";
  return s(
    "g",
    { class: `edge-group${change}`, "data-from": edge.from, "data-to": edge.target },
    s("path", { class: `edge ${edge.kind}-edge${colour}`, d: way(edge.points, { hasArrow }) }),
    hasArrow && s("path", { class: `end ${edge.kind}-end`, d: arrow(edge.points) }),
    hasArrow && edge.junctions.map(({ x, y }) => s("circle", { class: `end ${edge.kind}-end`, cx: x, cy: y, r: 2.2 })),
  );
}

function around(points) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function meets(one, other) {
  return (
    one.x <= other.x + other.width &&
    one.x + one.width >= other.x &&
    one.y <= other.y + other.height &&
    one.y + one.height >= other.y
  );
}

function isWithin(inner, outer) {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height &&
    inner.scale > outer.scale / 2
  );
}

function widened(sight) {
  const [dx, dy] = [sight.width * AROUND, sight.height * AROUND];
  return { ...sight, x: sight.x - dx, y: sight.y - dy, width: sight.width + 2 * dx, height: sight.height + 2 * dy };
}

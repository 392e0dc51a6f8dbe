/** The graph on the page: what is folded, selected and pointed at, and how one moves in it. */

import { byId, elementId } from "./dom.js";
import { Drawing } from "./drawing.js";
import { engineGraph, placed } from "./layout.js";
import { Viewport } from "./viewport.js";

const WORST = ["warning", "error"];

export class GraphView {
  /** @param events what the rest of the page is told: `select`, `layout`, `say`, `fail` */
  constructor(engine, events) {
    this.engine = engine;
    this.events = events;
    this.svg = byId("graph");
    const world = byId("world");
    this.drawing = new Drawing(world);
    this.viewport = new Viewport(this.svg, world, (sight) => this.drawing.see(sight));
    this.open = new Set();
    this.selected = null;
    this.hovered = null;
    this.found = new Set();
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
    this.open = new Set([...opened, ...kept]);
    if (!diagram.boxes.has(this.selected)) this.selected = null;
    this.hovered = null;
    await this.layOut({ isNew: !known });
  }

  /** Lay out what is seen; `anchor` is a box that is to stay where it is on the screen. */
  async layOut({ isNew = false, anchor = null } = {}) {
    const number = ++this.number;
    const { diagram } = this;
    const before = this.corner(anchor);
    const seen = diagram.seen(this.open);
    const options = diagram.picture.engine;
    this.busy(true);
    try {
      const answer = await this.engine.layout(engineGraph(seen, options));
      if (number !== this.number) return; // there is a later one
      this.placed = placed(seen, answer, options);
    } catch (error) {
      if (number === this.number) this.events.fail(error);
      return;
    } finally {
      if (number === this.number) this.busy(false);
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
    return id === null ? undefined : this.drawing.byId.get(this.diagram.seenAs(id, this.open));
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
    const found = new Map();
    for (const { severity, nodes } of this.findings) {
      for (const name of nodes) {
        const id = this.diagram.boxOfName.get(name);
        if (id === undefined) continue;
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
    this.open = new Set();
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
    const traced = focus === null ? { up: new Set(), down: new Set() } : this.traced(focus);
    const selected = this.selected === null ? null : this.seen(this.selected);
    this.drawing.mark({
      selected,
      ...traced,
      found: this.found,
      focus: focus === null ? null : this.seen(focus),
      isPointedAt: this.hovered !== null,
    });
    if (selected === null) this.svg.removeAttribute("aria-activedescendant");
    else this.svg.setAttribute("aria-activedescendant", elementId(selected));
  }

  /** What a box depends on, and what it feeds, as far as it is seen. */
  traced(id) {
    const { before, after } = this.diagram.neighbours();
    const own = this.seen(id);
    const asSeen = (ids) => {
      const found = new Set();
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
    const linked = new Set([...up, ...down]);
    const best = this.placed.boxes
      .filter((each) => each.id !== current.id && !(each.isOpen && holds(each, current)))
      .map((each) => ({ id: each.id, cost: awayFrom(current, each, dx, dy) * (linked.has(each.id) ? 0.35 : 1) }))
      .filter(({ cost }) => Number.isFinite(cost))
      .sort((one, other) => one.cost - other.cost)[0];
    if (best) this.select(best.id, { show: true });
  }

  adjacent(id) {
    const edges = this.placed.edges.filter(({ kind }) => kind !== "shared");
    return {
      up: edges.filter(({ target }) => target === id).map(({ from }) => from),
      down: edges.filter(({ from }) => from === id).map(({ target }) => target),
    };
  }

  /** From the selected block to what is in it, or out of it to the block around. */
  enter() {
    const id = this.selected !== null ? this.seen(this.selected) : null;
    const box = id !== null ? this.diagram.boxes.get(id) : null;
    if (box?.boxes) this.toggle(id);
  }

  leave() {
    const around = this.selected !== null ? this.diagram.around.get(this.selected).at(-1) : undefined;
    this.select(around ?? null, { show: around !== undefined });
  }
}

const KEYS = {
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
  0: (graph) => graph.viewport.fit(graph.placed, { whole: true }),
};

/** How far a box is away in a direction; without end if it is not there. */
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
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

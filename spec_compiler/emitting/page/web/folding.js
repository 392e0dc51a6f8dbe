/** The diagram that is seen, out of the one in which all blocks are open: edges end at the outermost folded block. */

export class Diagram {
  /** @param picture the boxes and edges of the page's data */
  constructor(picture) {
    this.picture = picture;
    this.boxes = new Map();
    this.around = new Map();
    this.sources = new Map();
    this.boxOfName = new Map();
    this.inOrder = [];
    for (const box of picture.boxes) this.enter(box, []);
  }

  enter(box, around) {
    this.boxes.set(box.id, box);
    this.around.set(box.id, around);
    this.inOrder.push(box.id);
    for (const port of box.ports ?? []) this.sources.set(port.id, { box: box.id, port });
    if (!box.boxes) for (const name of box.names) this.boxOfName.set(name, box.id);
    for (const inner of box.boxes ?? []) this.enter(inner, [...around, box.id]);
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
    const ports = new Map();
    const edges = [];
    const drawn = new Set();
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
      if (!ports.has(from)) ports.set(from, new Map());
      ports.get(from).set(port, { ...source.port, id: port });
      edges.push({ ...edge, id: `edge:${edges.length}`, port, from, target: to });
    }
    const boxes = this.picture.boxes.map((box) => this.seenBox(box, open, ports));
    return { boxes, edges };
  }

  seenBox(box, open, ports) {
    const isOpen = Boolean(box.boxes) && open.has(box.id);
    const own = [...(ports.get(box.id)?.values() ?? [])].sort((one, other) => output(one) - output(other));
    const inside = isOpen ? box.boxes.map((inner) => this.seenBox(inner, open, ports)) : [];
    return { box, isOpen, ports: own, inside };
  }

  /** For each box without any inside, those that it takes from, and those that take from it; calls are not counted. */
  neighbours() {
    if (this.known) return this.known;
    const before = new Map();
    const after = new Map();
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
    const found = new Set();
    const waiting = this.leavesIn(id);
    const start = new Set(waiting);
    while (waiting.length) {
      for (const other of next.get(waiting.pop()) ?? []) {
        if (!found.has(other) && !start.has(other)) {
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
}

function output(port) {
  return Number(port.id.slice(port.id.lastIndexOf(".") + 1)) || 0;
}

function put(map, key, value) {
  if (!map.has(key)) map.set(key, new Set());
  map.get(key).add(value);
}

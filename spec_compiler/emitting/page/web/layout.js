/** What is seen → everything in its place, by the layout engine. */

/** From so many boxes on, the engine is to take less trouble. */
const MANY = 1200;

/** The graph of what is seen, as the engine takes it. */
export function engineGraph({ boxes, edges }, options) {
  const isLarge = count(boxes) > MANY;
  return {
    id: "diagram",
    layoutOptions: isLarge ? { ...options.root, ...options.large } : options.root,
    children: boxes.map((each) => engineNode(each, options)),
    edges: edges.map((edge) => ({
      id: edge.id,
      sources: [edge.port],
      targets: [edge.target],
      ...(edge.kind === "shared" ? { layoutOptions: options.tie } : {}),
    })),
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
    labels: port.label ? [label] : [],
  };
}

/**
 * What the engine gives back, read as places: the boxes, those around before those inside, the edges with their ways,
 * and the labels at the ports.
 */
export function placed(seen, answer, options) {
  const nodes = new Map();
  collect(answer, nodes);
  const ways = new Map(answer.edges.map((edge) => [edge.id, edge]));
  const edges = seen.edges.flatMap((edge) =>
    ways.get(edge.id).sections.map((section) => ({
      ...edge,
      points: upright([section.startPoint, ...(section.bendPoints ?? []), section.endPoint]),
      junctions: ways.get(edge.id).junctionPoints ?? [],
    })),
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

/** The texts of a box as they were set, in the middle of the room that the engine gave it. */
function centred(box, area) {
  return moved(box, area.x + (area.width - box.width) / 2, area.y + (area.height - box.height) / 2);
}

function moved({ texts, badge }, dx, dy) {
  return {
    texts: texts.map((text) => ({ ...text, x: text.x + dx, y: text.y + dy })),
    badge: badge && [badge[0] + dx, badge[1] + dy, badge[2], badge[3]],
  };
}

const CLEARANCE = 4;
const ROUNDED = 0.5;

/** The room that the sign of folding takes. */
const SIGN = 22;

/** The texts of an open box in its upper part, beside the edges that pass there: its name, and what it is if that fits. */
function inHeader(header, area, { edges, options }) {
  const taken = crossings({ ...area, height: options.header }, edges);
  const [start, end] = [area.x + 10, area.x + area.width - SIGN];
  const texts = [];
  let badge;
  for (const piece of pieces(header)) {
    const found = room(start, end, piece.width, taken);
    if (found.width < piece.width && texts.length) continue;
    const set = moved(piece, found.x - piece.texts[0].x, area.y);
    texts.push(...set.texts);
    badge ??= set.badge;
    taken.push([found.x - CLEARANCE, found.x + piece.width + 2 * CLEARANCE]);
    taken.sort((one, other) => one[0] - other[0]);
  }
  return { texts, badge };
}

/** The name with how often it is there, then each of the other texts. */
function pieces({ texts, badge }) {
  const name = texts.filter(({ role }) => role.endsWith("bold"));
  const right = badge ? badge[0] + badge[2] : name[0].x + name[0].width;
  const others = texts.filter((text) => !name.includes(text));
  return [
    { texts: name, badge, width: right - name[0].x },
    ...others.map((text) => ({ texts: [text], width: text.width })),
  ];
}

/** From where to where edges pass through a place. */
function crossings(area, edges) {
  const found = [];
  for (const { points } of edges) {
    for (let at = 1; at < points.length; at++) {
      const [left, right] = [points[at - 1].x, points[at].x].sort((one, other) => one - other);
      const [top, bottom] = [points[at - 1].y, points[at].y].sort((one, other) => one - other);
      const isLevel = left <= area.x + area.width && right >= area.x;
      if (isLevel && top < area.y + area.height && bottom > area.y) found.push([left, right]);
    }
  }
  return found.sort((one, other) => one[0] - other[0]);
}

/** The first room that is wide enough; the widest, if there is none. */
function room(start, end, width, taken) {
  let widest = { x: start, width: 0 };
  let from = start;
  for (const [left, right] of [...taken, [end + CLEARANCE, end]]) {
    const found = { x: from, width: left - CLEARANCE - from };
    if (found.width >= width) return found;
    if (found.width > widest.width) widest = found;
    from = Math.max(from, right + CLEARANCE);
  }
  return widest;
}

/** A way whose parts are upright or level but for what rounding made of them. */
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

/** The shapes of edges: ways along upright and level lines with their corners rounded, and arrows. */

const CORNER = 6;
const ARROW = { length: 6.5, width: 3.2 };

/** The way of an edge up to its arrow, as the data of a path. */
export function way(points, { hasArrow, isRounded = true }) {
  const corners = points.filter(
    (point, place) => place === 0 || point.x !== points[place - 1].x || point.y !== points[place - 1].y,
  );
  if (hasArrow && corners.length > 1) {
    corners.push(
      towards(corners.at(-1), corners.at(-2), Math.min(ARROW.length - 1, distance(corners.at(-1), corners.at(-2)))),
    );
    corners.splice(-2, 1);
  }
  const parts = [`M${at(corners[0])}`];
  for (let each = 1; each < corners.length - 1; each++) {
    const [before, corner, after] = corners.slice(each - 1, each + 2);
    if (!isRounded) {
      parts.push(`L${at(corner)}`);
      continue;
    }
    const radius = Math.min(CORNER, distance(before, corner) / 2, distance(corner, after) / 2);
    parts.push(`L${at(towards(corner, before, radius))}Q${at(corner)} ${at(towards(corner, after, radius))}`);
  }
  parts.push(`L${at(corners.at(-1))}`);
  return parts.join("");
}

/** The arrow at the end of an edge. */
export function arrow(points) {
  const end = points.at(-1);
  const before = points.findLast((point) => point.x !== end.x || point.y !== end.y) ?? end;
  const along = { x: Math.sign(round(end.x - before.x)), y: Math.sign(round(end.y - before.y)) };
  const base = { x: end.x - along.x * ARROW.length, y: end.y - along.y * ARROW.length };
  const across = { x: -along.y * ARROW.width, y: along.x * ARROW.width };
  const sides = [
    { x: base.x + across.x, y: base.y + across.y },
    { x: base.x - across.x, y: base.y - across.y },
  ];
  return `M${at(end)}L${at(sides[0])}L${at(sides[1])}Z`;
}

/** An upright rectangle, as the data of a path. */
export function rectangle({ x, y, width, height }) {
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

function towards(start, end, length) {
  return {
    x: start.x + Math.sign(end.x - start.x) * length,
    y: start.y + Math.sign(end.y - start.y) * length,
  };
}

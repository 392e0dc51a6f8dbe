/** Moving and scaling the picture: by wheel, drag, two fingers, and keys. */

const LEAST = 0.02;
const MOST = 4;
const STEP = 1.25;

export class Viewport {
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
    this.pointers = new Map();
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
      scale: this.scale,
    };
  }

  /** The place of the picture under a point of the window. */
  at(clientX, clientY) {
    const { left, top } = this.svg.getBoundingClientRect();
    return { x: (clientX - left - this.x) / this.scale, y: (clientY - top - this.y) / this.scale };
  }

  set(x, y, scale) {
    Object.assign(this, { x, y, scale: Math.min(Math.max(scale, LEAST), MOST) });
    this.changed();
  }

  panBy(dx, dy) {
    this.set(this.x + dx, this.y + dy, this.scale);
  }

  /** Scale so that a point of the element stays where it is; its middle by default. */
  zoomBy(factor, px = this.size.width / 2, py = this.size.height / 2) {
    const scale = Math.min(Math.max(this.scale * factor, LEAST), MOST);
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
    const room = this.size;
    const margin = 24;
    const below = 52; // where the controls are
    const across = (room.width - 2 * margin) / width;
    const down = (room.height - margin - below) / height;
    const readable = Math.min(across, 1);
    const scale = whole || down > 0.45 * readable ? Math.min(across, down, 1.25) : Math.max(readable, 0.35);
    const isHigher = height * scale > room.height - below;
    const x = width * scale > room.width && !whole ? margin : (room.width - width * scale) / 2;
    this.set(x, isHigher ? margin : Math.max(margin, (room.height - below - height * scale) / 2), scale);
  }

  /** Bring a box into sight if it is not, and large enough to be read. */
  reveal({ x, y, width, height }) {
    const { width: across, height: down } = this.size;
    const scale = Math.max(this.scale, 0.6);
    const [left, top] = [this.x + x * this.scale, this.y + y * this.scale];
    const isSeen =
      scale === this.scale && left >= 0 && top >= 0 && left + width * scale <= across && top + height * scale <= down;
    if (isSeen) return;
    this.set(
      across / 2 - (x + Math.min(width, across / scale) / 2) * scale,
      down / 2 - (y + Math.min(height, down / scale) / 2) * scale,
      scale,
    );
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const { left, top } = this.svg.getBoundingClientRect();
    if (event.shiftKey) this.panBy(-(event.deltaX || event.deltaY) * unit, 0);
    else this.zoomBy(Math.exp(-event.deltaY * unit * 0.0016), event.clientX - left, event.clientY - top);
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
    const ratio =
      Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(before.x - other.x, before.y - other.y) || 1);
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
}

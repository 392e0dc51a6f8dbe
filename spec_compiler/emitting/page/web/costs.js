/** What the boxes that are seen cost, as bars. */

import { byId, h, number, plural } from "./dom.js";
import { nameOf } from "./panel.js";

const MEASURES = {
  parameters: { title: "parameters", of: (node) => (node.isFirst ? node.parameters : 0), text: number },
  products: { title: "multiply-adds a sample", of: (node) => node.cost.multiply_adds ?? 0, text: number },
  activations: { title: "activations a batch", of: (node) => node.cost.activation_bytes ?? 0, text: bytes },
};
const MOST = 200;

export class Costs {
  /** @param events what the rest of the page is told: `go` to a box */
  constructor(events) {
    this.root = byId("cost");
    this.events = events;
    this.measure = "parameters";
    this.isSorted = true;
    const choice = h(
      "select",
      { "aria-label": "what is measured", onchange: (event) => this.choose({ measure: event.target.value }) },
      Object.entries(MEASURES).map(([key, { title }]) => h("option", { value: key }, title)),
    );
    const order = h(
      "label",
      {},
      h("input", {
        type: "checkbox",
        checked: true,
        onchange: (event) => this.choose({ isSorted: event.target.checked }),
      }),
      " largest first",
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
      ...values.slice(0, MOST).map(({ box, value }) => this.bar(box, value, most, total, text)),
    );
  }

  bar(box, value, most, total, text) {
    const share = `${((100 * value) / total).toFixed(1)} %`;
    const fill = h("span", { class: "fill" });
    fill.style.width = `${(100 * value) / most}%`;
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "bar", onclick: () => this.events.go(box.id) },
        h("span", { class: "of" }, nameOf(box), box.times ? ` × ${box.times}` : ""),
        h("span", { class: "amount" }, `${text(value)} · ${share}`),
        h("span", { class: "track", "aria-hidden": "true" }, fill),
      ),
    );
  }

  sum(box, of) {
    return this.namesIn(box.id).reduce((sum, name) => sum + (this.nodes[name] ? of(this.nodes[name]) : 0), 0);
  }
}

function bytes(count) {
  let value = count;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (value < 1024 || unit === "GiB") return `${unit === "B" ? value : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return String(count);
}

/** The outline: the blocks and nodes as a tree, for the keyboard and for screen readers as good as the picture. */

import { byId, h } from "./dom.js";

export class Outline {
  /** @param events what the rest of the page is told: `go` to a box */
  constructor(events) {
    this.root = byId("outline");
    this.events = events;
    this.opened = new Set();
    this.current = null;
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("click", (event) => this.click(event));
  }

  show(diagram) {
    this.diagram = diagram;
    this.rows = new Map();
    this.root.replaceChildren(...this.items(diagram.picture.boxes, 1));
    this.moveTo(this.rows.has(this.current) ? this.current : (diagram.inOrder[0] ?? null), { focus: false });
  }

  items(boxes, level) {
    return boxes.map((box, at) => {
      const isBlock = Boolean(box.boxes);
      const isOpen = this.opened.has(box.id);
      const name = h("span", { class: "name" }, box.title, box.times ? ` × ${box.times}` : "");
      const kind = h("span", { class: "kind" }, box.texts.find(({ role }) => role === "line")?.text ?? box.kind);
      const row = h(
        "div",
        { class: `row ${box.change ?? ""}` },
        h("span", { class: "twist", "aria-hidden": "true" }, isBlock ? "▸" : ""),
        name,
        kind,
      );
      const item = h(
        "li",
        {
          role: "treeitem",
          "aria-level": level,
          "aria-posinset": at + 1,
          "aria-setsize": boxes.length,
          "aria-selected": "false",
          "aria-expanded": isBlock ? String(isOpen) : null,
          tabindex: -1,
          "data-id": box.id,
        },
        row,
        isBlock && isOpen ? h("ul", { role: "group" }, this.items(box.boxes, level + 1)) : null,
      );
      this.rows.set(box.id, item);
      return item;
    });
  }

  /** Mark what is selected, and open the blocks around it. */
  select(id) {
    if (!this.diagram) return;
    for (const block of id === null ? [] : this.diagram.around.get(id)) this.expand(block, true);
    for (const item of this.root.querySelectorAll('[aria-selected="true"]'))
      item.setAttribute("aria-selected", "false");
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
    if (id === undefined) return;
    if (event.target.classList.contains("twist")) this.expand(id, !this.opened.has(id));
    else this.events.go(id);
    this.moveTo(id, { focus: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = event.target.dataset?.id;
    const items = [...this.root.querySelectorAll("[role=treeitem]")];
    const at = items.findIndex((item) => item.dataset.id === id);
    const to = (item) => item && this.moveTo(item.dataset.id, { focus: true });
    const actions = {
      ArrowDown: () => to(items[at + 1]),
      ArrowUp: () => to(items[at - 1]),
      Home: () => to(items[0]),
      End: () => to(items.at(-1)),
      ArrowRight: () => (this.opened.has(id) ? to(items[at + 1]) : this.expand(id, true)),
      ArrowLeft: () =>
        this.opened.has(id) ? this.expand(id, false) : to(this.rows.get(this.diagram.around.get(id).at(-1))),
      Enter: () => this.events.go(id),
      " ": () => this.events.go(id),
    };
    if (!actions[event.key] || at < 0) return;
    event.preventDefault();
    actions[event.key]();
  }
}

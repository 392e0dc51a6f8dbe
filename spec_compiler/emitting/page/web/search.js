/** Searching nodes by name, type, argument or block. */

import { byId, h, number } from "./dom.js";
import { nameOf } from "./panel.js";

const MOST = 40;

export class Search {
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
      const given = (node?.arguments ?? [])
        .filter(([, , says]) => says !== "default")
        .map(([name, value]) => `${name}=${value}`);
      const type = node?.type ?? block?.block ?? box.kind;
      return {
        id,
        name: nameOf(box),
        type,
        text: [nameOf(box), box.title, type, node?.layer, ...box.names, ...given].join("\n").toLowerCase(),
      };
    });
  }

  search() {
    const words = this.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length ? this.entries.filter(({ text }) => words.every((word) => text.includes(word))) : [];
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.events.found(found.map(({ id }) => id));
    const rows = found
      .slice(0, MOST)
      .map(({ id, name, type }, at) =>
        h(
          "li",
          { role: "option", id: `found-${at}`, "data-id": id, "aria-selected": "false" },
          h("span", {}, name),
          h("span", { class: "kind" }, type),
        ),
      );
    if (found.length > MOST) rows.push(h("li", { class: "more" }, `${number(found.length - MOST)} more`));
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
    if (id === undefined) return;
    this.close();
    this.events.found([]);
    this.events.go(id);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
}

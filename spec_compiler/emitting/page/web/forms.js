/** The model in other forms, as tabs beside those of the page: each is made when it is looked at. */

import { byId, h } from "./dom.js";

const FORMS = { table: "Table", code: "Code", data: "Data" };

export class Forms {
  /** @param ask gives the text of a form */
  constructor(ask) {
    this.ask = ask;
    this.panes = new Map();
    for (const [name, title] of Object.entries(FORMS)) {
      const text = h("pre", { tabindex: 0, "aria-label": title });
      const pane = h(
        "div",
        { id: `form-${name}`, class: "pane form", role: "tabpanel", "aria-labelledby": `form-${name}-tab` },
        text,
      );
      this.panes.set(pane.id, { name, text });
      byId("side").append(pane);
      byId("tabs").append(
        h("button", { type: "button", role: "tab", id: `form-${name}-tab`, "aria-controls": pane.id }, title),
      );
    }
  }

  /** Look at a pane, which may be none of these. */
  async open(id) {
    this.current = id;
    const pane = this.panes.get(id);
    if (!pane) return;
    const said = await this.ask(pane.name);
    if (this.current === id) pane.text.textContent = said;
  }

  /** The spec has changed: what is looked at is made again. */
  renew() {
    return this.open(this.current);
  }
}

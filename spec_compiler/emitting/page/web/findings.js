/** The list of findings. */

import { byId, h, prose } from "./dom.js";

export class Findings {
  /** @param events what the rest of the page is told: `nodes`, `line` */
  constructor(events) {
    this.root = byId("findings");
    this.events = events;
  }

  show({ findings, texts, counts }) {
    const left = counts.errors + counts.warnings - findings.length;
    this.root.replaceChildren(
      ...(findings.length
        ? [
            h(
              "ul",
              { class: "findings" },
              findings.map((each) => this.item(each, texts)),
            ),
          ]
        : [h("p", {}, "Nothing was found.")]),
      ...(left > 0 ? [h("p", {}, `and ${left} more`)] : []),
    );
  }

  item({ code, name, severity, message, hint, span, text, related, nodes }, texts) {
    const place = span && text !== null ? this.place(texts[text].name, text, span.start.line) : null;
    const others = related.filter((each) => each.text !== null);
    return h(
      "li",
      { class: `message ${severity}` },
      h("p", {}, h("strong", {}, `${severity} ${code}`), ` ${name} `, place),
      h("p", {}, prose(message)),
      hint && h("p", { class: "hint" }, prose(hint)),
      others.map((each) =>
        h("p", {}, this.place(texts[each.text].name, each.text, each.line), " ", prose(each.message)),
      ),
      nodes.length
        ? h(
            "button",
            { type: "button", class: "link", onclick: () => this.events.nodes(nodes) },
            `show ${nodes[0]}${nodes.length > 1 ? ` and ${nodes.length - 1} more` : ""}`,
          )
        : null,
    );
  }

  place(name, text, line) {
    return h(
      "button",
      { type: "button", class: "link", onclick: () => this.events.line(text, line, line) },
      `${name}:${line}`,
    );
  }
}

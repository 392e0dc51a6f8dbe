/** The params of the spec as fields: a value that is set here counts for all that is shown, and the text stays as it is. */

import { byId, h } from "./dom.js";

const PARTS = 100;

export class Params {
  /** @param events what the rest of the page is told: a value was `set`, or is to be the default in the text: `edit` */
  constructor(events) {
    this.events = events;
    this.set = {};
    this.rows = new Map();
    this.root = h("div", {
      id: "params",
      class: "pane",
      role: "tabpanel",
      tabindex: 0,
      "aria-labelledby": "params-tab",
    });
    this.tab = h(
      "button",
      { type: "button", role: "tab", id: "params-tab", "aria-controls": "params", hidden: true },
      "Params",
    );
    byId("side").append(this.root);
    byId("outline-tab").before(this.tab);
  }

  /** Begin with the values that an address has, or with none. */
  load(set = {}) {
    this.set = { ...set };
    this.rows.clear();
    this.root.replaceChildren();
  }

  show(fields) {
    const seen = new Map();
    for (const field of fields) {
      const kind = JSON.stringify([field.name, field.type, field.min, field.max, field.choices]);
      const row = this.rows.get(kind) ?? new Row(field, this);
      row.show(field, this.set[field.name]);
      seen.set(kind, row);
    }
    const elements = [...seen.values()].map(({ element }) => element);
    // What is there already is not moved: a field that is typed in would lose the cursor.
    if (
      elements.some((element, at) => this.root.children[at] !== element) ||
      this.root.children.length !== elements.length
    )
      this.root.replaceChildren(...elements);
    this.rows = seen;
    this.tab.hidden = !fields.length;
    const count = fields.filter(({ name }) => name in this.set).length;
    this.tab.replaceChildren(
      "Params",
      count ? h("span", { class: "count", title: `${count} set` }, String(count)) : "",
    );
  }

  /** Whether the pane is open, and the spec has no params any more. */
  get isGone() {
    return this.tab.hidden && this.root.classList.contains("current");
  }

  /** Give a param a value, as YAML; undefined for its default. */
  give(name, text) {
    if (text === undefined) delete this.set[name];
    else this.set[name] = text;
    this.events.set();
  }

  /** The value is the default in the text from now on. */
  keep({ name, edit }) {
    delete this.set[name];
    this.events.edit(edit);
  }
}

class Row {
  constructor(field, owner) {
    this.owner = owner;
    this.field = field;
    const id = `param-${field.name}`;
    const described = `${id}-says`;
    this.input = input(field, id, described);
    this.slider = slider(field);
    this.says = h("p", { id: described, class: "says" });
    this.problem = h("p", { class: "message error", role: "alert", hidden: true });
    this.reset = h("button", { type: "button", class: "link", onclick: () => this.back() }, "Back to the default");
    this.keep = h(
      "button",
      { type: "button", class: "link", onclick: () => owner.keep(this.field) },
      "Make it the default in the text",
    );
    this.input.addEventListener("input", () => this.typed(this.input));
    this.slider?.addEventListener("input", () => this.typed(this.slider));
    this.element = h(
      "div",
      { class: "param" },
      h("label", { for: id }, field.name),
      h("div", { class: "values" }, this.slider, this.input),
      this.says,
      this.problem,
      h("div", { class: "choices" }, this.reset, this.keep),
    );
  }

  typed(from) {
    const { type } = this.field;
    const text = from.type === "checkbox" ? String(from.checked) : from.value;
    const isEmpty = text.trim() === "" && type !== "str";
    if (this.slider && from !== this.slider && !isEmpty) this.slider.value = text;
    if (this.slider && from === this.slider) this.input.value = text;
    const asYaml = type === "str" ? JSON.stringify(text) : text;
    this.owner.give(this.field.name, isEmpty ? undefined : asYaml);
  }

  back() {
    this.owner.give(this.field.name, undefined);
    this.fill(this.field.default ?? "");
    this.input.focus();
  }

  show(field, set) {
    this.field = field;
    const isSet = set !== undefined;
    const shown = isSet ? (field.type === "str" ? JSON.parse(set) : set) : (field.default ?? "");
    const isTyping = document.activeElement === this.input || document.activeElement === this.slider;
    if (!isTyping) this.fill(shown);
    this.says.textContent = told(field);
    this.element.classList.toggle("set", isSet);
    this.problem.hidden = !field.problem;
    this.problem.textContent = field.problem ? `${field.name} ${field.problem}` : "";
    this.input.setAttribute("aria-invalid", String(Boolean(field.problem)));
    this.reset.hidden = !isSet;
    this.keep.hidden = !isSet;
    this.keep.disabled = !field.edit;
  }

  fill(text) {
    if (this.input.type === "checkbox") this.input.checked = text === "true";
    else this.input.value = text;
    if (this.slider) this.slider.value = text;
  }
}

function input({ type, min, max, choices }, id, described) {
  const about = { id, "aria-describedby": described, autocomplete: "off", spellcheck: "false" };
  if (choices)
    return h(
      "select",
      about,
      ["", ...choices].map((choice) => h("option", { value: choice, hidden: choice === "" }, choice)),
    );
  if (type === "bool") return h("input", { ...about, type: "checkbox" });
  if (type === "int" || type === "float")
    return h("input", { ...about, type: "number", step: type === "int" ? 1 : "any", min, max });
  return h("input", { ...about, type: "text" });
}

/** What one drags between the least and the greatest value, where there are both. */
function slider({ name, type, min, max, choices }) {
  if (choices || (type !== "int" && type !== "float") || min === null || max === null) return null;
  const step = type === "int" ? 1 : (max - min) / PARTS;
  return h("input", { type: "range", min, max, step, "aria-label": `${name}, as a slider` });
}

/** What a param takes, in words. */
function told({ description, type, min, max, default: given, expression }) {
  const kinds = {
    int: "whole number",
    float: "number",
    bool: "true or false",
    str: "text",
    list: "list",
    map: "mapping",
  };
  const range =
    min !== null && max !== null
      ? `${min} to ${max}`
      : min !== null
        ? `from ${min}`
        : max !== null
          ? `up to ${max}`
          : "";
  const measure = range && type !== "int" && type !== "float" && type !== null ? `length ${range}` : range;
  const usual = expression !== null ? `default ${expression}` : given !== null ? `default ${given}` : "must be set";
  return [description, kinds[type] ?? "", measure, usual].filter(Boolean).join(" · ");
}

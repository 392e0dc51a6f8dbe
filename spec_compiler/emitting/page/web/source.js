/** The texts of the spec beside the graph: a line shows its nodes, a node its lines, and findings stand where they are. */

import { byId, h, plural } from "./dom.js";

const TOKEN =
  /(#.*$)|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|([A-Za-z_][\w*.${}-]*)(?=\s*:(?:\s|$))|(\btrue\b|\bfalse\b|\bnull\b|-?\b\d[\d_.e+-]*\b)/g;

export class Source {
  /** @param events what the rest of the page is told: `nodes` of a line were chosen */
  constructor(events) {
    this.events = events;
    this.root = byId("source-lines");
    this.files = byId("source-files");
    this.current = 0;
    this.files.addEventListener("change", () => this.open(Number(this.files.value)));
    this.root.addEventListener("click", (event) => this.click(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  show(data) {
    this.data = data;
    this.nodes = linesOfNodes(data);
    const names = data.texts.map(({ name }, number) => h("option", { value: number }, name));
    this.files.replaceChildren(...names);
    this.files.hidden = data.texts.length < 2;
    this.open(this.wanted(data));
  }

  /** The text that was open, or the first one with an error if there is none in that. */
  wanted({ texts, findings }) {
    const wrong = findings.filter(({ severity, text }) => severity === "error" && text !== null);
    const known = this.current < texts.length ? this.current : 0;
    return wrong.length && !wrong.some(({ text }) => text === known) ? wrong[0].text : known;
  }

  open(number) {
    this.current = number;
    this.files.value = String(number);
    const text = this.data.texts[number];
    const findings = this.data.findings.filter((each) => each.text === number);
    this.root.replaceChildren(
      ...(text ? text.lines.flatMap((line, at) => this.line(number, at + 1, line, findings)) : []),
    );
    this.rows = new Map([...this.root.querySelectorAll(".line")].map((row) => [Number(row.dataset.line), row]));
    this.mark(this.marked ?? []);
  }

  line(text, number, content, findings) {
    const here = findings.filter(({ span }) => span?.start.line === number);
    const worst = here.some(({ severity }) => severity === "error") ? "error" : here.length ? "warning" : "";
    const names = this.nodes.get(`${text}:${number}`) ?? [];
    const row = h(
      "div",
      {
        class: `line ${worst} ${names.length ? "linked" : ""}`,
        "data-line": number,
        tabindex: names.length ? 0 : null,
        role: names.length ? "button" : null,
        "aria-label": names.length ? `line ${number}, ${plural(names.length, "node")}: ${content.trim()}` : null,
      },
      h("span", { class: "number", "aria-hidden": "true" }, String(number)),
      h("code", {}, coloured(content)),
    );
    const messages = here.map(({ code, severity, message, hint }) =>
      h(
        "div",
        { class: `said ${severity}` },
        h("strong", {}, `${severity} ${code}`),
        ` ${message}`,
        hint ? h("em", {}, ` ${hint}`) : null,
      ),
    );
    return [row, ...messages];
  }

  click(event) {
    const row = event.target.closest(".line");
    if (row && getSelection().isCollapsed) this.choose(Number(row.dataset.line));
  }

  key(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.choose(Number(event.target.dataset.line));
  }

  choose(line) {
    const names = this.nodes.get(`${this.current}:${line}`);
    if (names) this.events.nodes(names);
  }

  /** Mark the lines of what is selected; `places` are text, first and last line. */
  mark(places, { show = false } = {}) {
    this.marked = places;
    for (const row of this.root.querySelectorAll(".marked")) row.classList.remove("marked");
    const here = places.filter(([text]) => text === this.current);
    for (const [, first, last] of here)
      for (let line = first; line <= last; line++) this.rows?.get(line)?.classList.add("marked");
    if (show && here.length) this.scrollTo(here[0][1]);
  }

  /** Show lines of a text, which is opened if it is not. */
  reveal(text, first, last) {
    if (text !== this.current) this.open(text);
    this.mark([[text, first, last]]);
    this.scrollTo(first);
  }

  scrollTo(line) {
    const row = this.rows.get(line);
    const pane = this.root;
    if (!row || !pane.offsetParent) return;
    const at = row.offsetTop - pane.offsetTop;
    if (at < pane.scrollTop || at > pane.scrollTop + pane.clientHeight - 40)
      pane.scrollTop = at - pane.clientHeight / 3;
  }
}

/** The nodes that came of each line: those that are written there themselves, or else those that are made there. */
function linesOfNodes(data) {
  const own = new Map();
  const made = new Map();
  for (const [name, { places }] of Object.entries(data.nodes ?? {})) {
    for (const [text, first, last, what] of places) {
      const map = what === "the node" ? own : made;
      for (let line = first; line <= last; line++) {
        const key = `${text}:${line}`;
        if (!map.has(key)) map.set(key, []);
        map.get(key).push(name);
      }
    }
  }
  for (const [key, names] of made) if (!own.has(key)) own.set(key, names);
  return own;
}

/** A line of YAML or JSON with its comments, texts, keys and numbers as such. */
function coloured(line) {
  const parts = [];
  let end = 0;
  for (const found of line.matchAll(TOKEN)) {
    const kind = ["comment", "text", "key", "value"][found.slice(1).findIndex((group) => group !== undefined)];
    if (kind === "comment" && found.index > 0 && !/\s/.test(line[found.index - 1])) continue;
    parts.push(line.slice(end, found.index), h("span", { class: `token-${kind}` }, found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, line.slice(end)];
}

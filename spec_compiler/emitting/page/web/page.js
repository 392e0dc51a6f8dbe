/** The page of a spec: its graph, its text, and what is known of both. */

import { Costs } from "./costs.js";
import { byId, h, plural } from "./dom.js";
import { Engine } from "./engine.js";
import { Findings } from "./findings.js";
import { Diagram } from "./folding.js";
import { GraphView } from "./graph.js";
import { Outline } from "./outline.js";
import { Panel } from "./panel.js";
import { Search } from "./search.js";
import { Source } from "./source.js";
import { Tabs } from "./tabs.js";

const THEMES = ["auto", "light", "dark"];

export class Page {
  /**
   * @param makeSource makes what shows the text of the spec
   * @param isTyped whether that is edited in the page
   * @param onTab is called with the id of each pane that is opened
   */
  constructor({ makeSource = (events) => new Source(events), isTyped = false, onTab = () => {} } = {}) {
    this.isTyped = isTyped;
    this.onTab = onTab;
    const go = (id) => this.select(id, { show: true });
    const nodes = (names) => this.selectNodes(names);
    const line = (text, first, last) => this.revealLine(text, first, last);
    this.graph = new GraphView(new Engine(), {
      select: (id) => this.selected(id),
      layout: () => this.laidOut(),
      say,
      fail: (error) => this.fail(`The graph cannot be laid out: ${error.message}`),
    });
    this.panel = new Panel({ go, line });
    this.outline = new Outline({ go });
    this.source = makeSource({ nodes });
    this.findings = new Findings({ nodes, line });
    this.costs = new Costs({ go });
    this.search = new Search({ go, found: (ids) => this.diagram && this.graph.search(ids) });
    this.tabs = new Tabs(byId("tabs"), (id) => this.tabOpened(id));
    this.tabs.open("panel");
    this.buttons();
  }

  buttons() {
    const actions = {
      "zoom-in": () => this.graph.viewport.zoomIn(),
      "zoom-out": () => this.graph.viewport.zoomOut(),
      fit: () => this.graph.placed && this.graph.viewport.fit(this.graph.placed, { whole: true }),
      "fold-all": () => this.diagram && this.graph.foldAll(),
      "open-all": () => this.diagram && this.graph.openAll(),
      "toggle-source": () => this.toggleSource(),
      theme: () => this.nextTheme(),
    };
    for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest("input, select, textarea");
      if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        byId("search").focus();
      }
    });
  }

  /** Show a page: the first one, or what the spec has become. One with errors leaves the graph as it was. */
  async show(data) {
    const isFirst = this.data === undefined;
    const hasGraph = Boolean(data.picture);
    this.data = hasGraph ? data : { ...this.lastGraph(), ...data };
    byId("stale").hidden = hasGraph || !this.diagram;
    byId("no-graph").hidden = Boolean(hasGraph || this.diagram);
    this.headings(data);
    if (isFirst) this.theme(data.theme ?? "auto");
    this.source.show(this.data);
    this.findings.show(this.data);
    if (hasGraph) await this.showGraph(data);
    else if (this.diagram) this.graphKept();
    if (!hasGraph && !this.isTyped) this.tabs.open("findings");
    this.tellFindings(data);
  }

  lastGraph() {
    const empty = { nodes: {}, blocks: {}, types: {}, totals: [], title: "", description: "" };
    return this.data?.picture ? this.data : empty;
  }

  async showGraph(data) {
    const picture = JSON.stringify(data.picture);
    if (picture === this.picture) {
      markFirst(data.nodes);
      this.graphKept();
      this.selected(this.graph.selected);
      return;
    }
    this.picture = picture;
    this.diagram = new Diagram(data.picture);
    this.search.show(data, this.diagram);
    this.outline.show(this.diagram);
    this.legend(data);
    markFirst(data.nodes);
    await this.graph.show(this.diagram, data.open, data.findings);
    this.selected(this.graph.selected);
  }

  /** The graph is that which is seen already, or of the last spec without errors; the findings stand at its nodes. */
  graphKept() {
    this.graph.findings = this.data.findings;
    if (this.graph.placed) {
      this.graph.drawing.show(this.graph.placed, this.graph.severities());
      this.graph.viewport.changed();
    }
  }

  headings(data) {
    const title = data.title || document.title;
    document.title = title;
    byId("title").textContent = title;
    byId("subtitle").textContent = data.subtitle ?? "";
  }

  tellFindings({ counts }) {
    const told = [
      counts.errors && plural(counts.errors, "error"),
      counts.warnings && plural(counts.warnings, "warning"),
    ].filter(Boolean);
    const tab = byId("findings-tab");
    tab.replaceChildren(
      "Findings",
      ...(told.length
        ? [
            h(
              "span",
              { class: `count ${counts.errors ? "error" : "warning"}`, title: told.join(", ") },
              String(counts.errors + counts.warnings),
            ),
          ]
        : []),
    );
    say(told.length ? told.join(" and ") : "no findings");
  }

  legend({ picture, changes }) {
    const kinds = new Set(picture.edges.map(({ kind }) => kind));
    const edges = Object.entries(picture.legend).filter(([kind]) => kinds.has(kind));
    const rows = edges.map(([kind, text]) =>
      h("li", {}, h("span", { class: `sample ${kind}-sample`, "aria-hidden": "true" }), text),
    );
    const told = changes
      ? ["added", "removed", "changed"].map((change) =>
          h("li", {}, h("span", { class: `sample-box ${change}`, "aria-hidden": "true" }), changes.legend[change]),
        )
      : [];
    byId("legend").replaceChildren(...told, ...rows);
    byId("legend").hidden = !told.length && !rows.length;
  }

  // What is selected

  async select(id, options) {
    await this.graph.select(id, options);
  }

  selectNodes(names) {
    const id = names.map((name) => this.diagram?.boxOfName.get(name)).find((each) => each !== undefined);
    if (id !== undefined) this.select(id, { show: true });
  }

  selected(id) {
    if (!this.diagram) return;
    this.panel.show(this.data, this.diagram, id);
    this.outline.select(id);
    this.source.mark(this.placesOf(id), { show: true });
    if (id !== null) {
      const box = this.diagram.boxes.get(id);
      say(`${box.about || box.title} selected`);
    }
  }

  placesOf(id) {
    if (id === null) return [];
    const box = this.diagram.boxes.get(id);
    const known = this.data.nodes[box.names[0]] ?? this.data.blocks[box.names[0]];
    return known?.places ?? [];
  }

  revealLine(text, first, last) {
    document.body.classList.remove("without-source");
    if (!byId("source").offsetParent) this.tabs.open("source");
    this.source.reveal(text, first, last);
  }

  laidOut() {
    const seen = this.graph.placed.boxes.filter(({ isOpen }) => !isOpen).map(({ box }) => box);
    this.costs.show(this.data.nodes, seen, (id) => this.diagram.namesIn(id));
    byId("no-graph").hidden = true;
  }

  tabOpened(id) {
    this.onTab(id);
    if (id === "cost") this.costs?.wake();
    if (id === "outline" && this.graph.selected !== null) this.outline?.select(this.graph.selected);
  }

  fail(message) {
    byId("no-graph").hidden = false;
    byId("no-graph").textContent = message;
    say(message);
  }

  say(message) {
    say(message);
  }

  // How the page looks

  toggleSource() {
    const isHidden = document.body.classList.toggle("without-source");
    byId("toggle-source").setAttribute("aria-pressed", String(!isHidden));
  }

  theme(name) {
    document.documentElement.dataset.theme = name;
    byId("theme").textContent = `${name[0].toUpperCase()}${name.slice(1)}`;
    byId("theme").setAttribute("aria-label", `colours: ${name}`);
  }

  nextTheme() {
    const at = THEMES.indexOf(document.documentElement.dataset.theme);
    this.theme(THEMES[(at + 1) % THEMES.length]);
  }
}

/** Of the calls of a shared layer, the first has its parameters. */
function markFirst(nodes) {
  const seen = new Set();
  for (const node of Object.values(nodes)) {
    node.isFirst = !node.layer || !seen.has(node.layer);
    if (node.layer) seen.add(node.layer);
  }
}

/** Tell who cannot see what has happened. */
function say(text) {
  byId("status").textContent = text;
}

/** The playground: an editor, and all that is known of what is typed in it, by Python in this browser and nothing else. */

import { byId, h } from "./dom.js";
import { Editing } from "./editing.js";
import { Python } from "./python.js";
import { ServerClient } from "./server.js";
import { packed, unpacked } from "./share.js";

const NAME = /^[\w.-]+\.(?:yaml|yml|json)$/;

class Playground {
  constructor(Page, { worker, examples, pages, licenses }) {
    byId("unstarted").remove();
    this.examples = fetch(examples).then((response) => response.json());
    this.python = new Python(worker, (what, share) => this.progress(what, share));
    this.loading = h("p", { id: "loading", class: "notice", role: "status" });
    byId("picture").append(this.loading);
    this.editing = new Editing(Page, {
      ask: (question, asked) => this.ask(question, asked),
      extensions: (file) => (this.isConnected ? this.server.extensions(file) : []),
    });
    this.page = this.editing.page;
    this.server = new ServerClient(this.editing.editor, { page: (code) => `${pages}${code}/` });
    this.bar();
    byId("side").append(h("p", { id: "about" }, h("a", { href: licenses }, "Licences")));
  }

  /** What the playground has above the page besides. */
  bar() {
    this.choice = h(
      "select",
      { id: "examples", "aria-label": "Examples", onchange: () => this.openExample(this.choice.value) },
      h("option", { value: "" }, "Examples"),
    );
    const share = h("button", { type: "button", id: "share", onclick: () => this.share() }, "Share");
    this.editing.downloads.choice.before(this.choice, share);
  }

  async start() {
    window.addEventListener("hashchange", () => location.hash !== this.shared && this.openAddress());
    const examples = await this.examples;
    for (const [group, several] of Map.groupBy(examples, (each) => each.group))
      this.choice.append(
        h(
          "optgroup",
          { label: group },
          several.map(({ name, title }) => h("option", { value: name, title }, group === "Tutorial" ? title : name)),
        ),
      );
    await this.openAddress();
    await this.connect();
  }

  // What is opened

  async openAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    if (!given.get("spec")) return this.openExample(given.get("example"));
    try {
      const { file, text, params } = await unpacked(given.get("spec"));
      return await this.load(String(file), String(text), texts(params));
    } catch (error) {
      await this.openExample(null);
      return this.editing.tell(`The address has no spec that can be read: ${error.message}`, true);
    }
  }

  async openExample(name) {
    const examples = await this.examples;
    const found = examples.find((each) => each.name === name) ?? examples[0];
    this.choice.value = found.name;
    await this.load(found.file, found.text);
  }

  load(file, text, params) {
    return this.editing.load(NAME.test(file) ? file : "spec.yaml", text, params);
  }

  /** The language server is loaded once there is an answer: what it needs besides takes a second. */
  async connect() {
    await this.python.ask("start_server");
    await this.server.connect(this.python.transport());
    this.isConnected = true;
    this.editing.isUnderlining = false;
    this.editing.editor.renew();
    document.documentElement.dataset.server = "ready";
  }

  // What is known of it

  async ask(question, asked) {
    try {
      return JSON.parse(await this.python.ask("answer", question, JSON.stringify(asked)));
    } finally {
      this.loading.hidden = true;
    }
  }

  progress(what, share) {
    this.loading.textContent = share === null ? `${what} …` : `${what}: ${Math.floor(100 * share)} %`;
  }

  // What is taken along

  async share() {
    const { file, editor, params } = this.editing;
    this.shared = `#spec=${await packed({ file, text: editor.text, params: params.set })}`;
    location.hash = this.shared;
    try {
      await navigator.clipboard.writeText(location.href);
      this.editing.tell("The address of this spec is on the clipboard");
    } catch {
      this.editing.tell("The address of this page has the spec");
    }
  }
}

/** What an address says of params: texts by names, and nothing else. */
function texts(params) {
  return Object.fromEntries(Object.entries(params ?? {}).filter(([, text]) => typeof text === "string"));
}

export async function startPlayground(Page, address) {
  await new Playground(Page, address).start();
}

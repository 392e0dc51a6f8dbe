/** `view --edit`: the file of the spec in the editor. It is saved when that is asked for, and only if nobody else has changed it. */

import { byId, h } from "./dom.js";
import { Editing } from "./editing.js";

class Saving {
  constructor(Page, { events, page, form, text, save }) {
    Object.assign(this, {
      addresses: { page, form, text, save },
      token: new URLSearchParams(location.hash.slice(1)).get("edit"),
    });
    this.editing = new Editing(Page, {
      ask: (question, asked) => this.post(question, asked),
      onTyped: () => this.typed(),
    });
    this.button = h("button", { type: "button", id: "save", disabled: true, onclick: () => this.save() }, "Save");
    this.others = h(
      "p",
      { id: "changed", class: "banner warning", role: "alert", hidden: true },
      "Another program has changed the file. ",
      h("button", { type: "button", id: "take", onclick: () => this.take() }, "Take what it has saved"),
      " ",
      h("button", { type: "button", id: "keep", onclick: () => this.keep() }, "Keep what is typed here"),
    );
    this.editing.downloads.choice.before(this.button);
    document.querySelector("main").before(this.others);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.save();
    });
    window.addEventListener("beforeunload", (event) => this.isChanged && event.preventDefault());
    this.follow(events);
  }

  follow(address) {
    const events = new EventSource(address);
    events.addEventListener("page", () => this.look());
    events.addEventListener("open", () => (byId("lost").hidden = true));
    events.addEventListener("error", () => (byId("lost").hidden = false));
  }

  /** The file, or one that it imports, has been saved by somebody. */
  async look() {
    const saved = await this.post("text", {});
    if (this.digest === undefined || (saved.digest !== this.digest && !this.isChanged)) {
      this.digest = saved.digest;
      this.loaded = saved.text;
      if (this.editing.file === undefined) await this.editing.load(saved.file, saved.text);
      else if (this.editing.editor.text !== saved.text) this.editing.editor.replace(saved.text);
    } else if (saved.digest !== this.digest) {
      this.theirs = saved;
      this.others.hidden = false;
    } else {
      await this.editing.look();
    }
    this.typed();
  }

  get isChanged() {
    return this.editing.file !== undefined && this.editing.editor.text !== this.loaded;
  }

  typed() {
    this.button.disabled = !this.isChanged || !this.others.hidden;
  }

  async save() {
    if (this.button.disabled) return;
    const { text } = this.editing.editor;
    const saved = await this.post("save", { text, digest: this.digest });
    if (saved.changed) {
      this.theirs = saved;
      this.others.hidden = false;
    } else {
      this.digest = saved.digest;
      this.loaded = text;
      this.editing.tell("Saved");
    }
    this.typed();
  }

  take() {
    this.digest = this.theirs.digest;
    this.loaded = this.theirs.text;
    this.others.hidden = true;
    this.editing.editor.replace(this.theirs.text);
    this.typed();
  }

  /** What is typed here goes on from what is saved now: saving it is asked for once more. */
  keep() {
    this.digest = this.theirs.digest;
    this.loaded = this.theirs.text;
    this.others.hidden = true;
    this.typed();
  }

  async post(what, data) {
    const response = await fetch(this.addresses[what], {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Edit-Token": this.token ?? "" },
      body: JSON.stringify(data),
    });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }
}

export function startSaving(Page, address) {
  return new Saving(Page, address);
}

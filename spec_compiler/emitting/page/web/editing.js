/**
 * A page in which the spec is edited: what is typed is looked at, one text after the other, and the page follows. Who
 * answers is either the command that serves the page or Python in a worker; both get the same questions.
 */

import { byId, h } from "./dom.js";
import { Downloads } from "./downloads.js";
import { EditorPane } from "./editor.js";
import { Forms } from "./forms.js";
import { Params } from "./params.js";

const PAUSE = 25;
const LONG_ENOUGH = 8000;

export class Editing {
  /**
   * @param Page the class of the page
   * @param ask gives the answer to a question: `ask(question, asked)`
   * @param extensions what the editor gets besides, for a file
   * @param onTyped is called whenever the text is another
   */
  constructor(Page, { ask, extensions = () => [], onTyped = () => {} }) {
    document.body.classList.add("live");
    Object.assign(this, { asker: ask, isUnderlining: true });
    const typed = () => {
      onTyped();
      this.lookSoon();
    };
    const makeSource = (events) => (this.editor = new EditorPane({ ...events, typed }, { extensions }));
    this.params = new Params({
      set: () => this.lookSoon(),
      edit: (edit) => this.edit(edit),
    });
    this.forms = new Forms((name) => this.form(name).catch((error) => error.message));
    this.page = new Page({ makeSource, isTyped: true, onTab: (id) => this.forms.open(id) });
    this.page.theme("auto");
    this.downloads = new Downloads({
      form: (name) => this.form(name),
      spec: () => ({ file: this.file, text: this.editor.text }),
      tell: (message, isWrong) => this.tell(message, isWrong),
    });
    byId("toggle-source").before(this.downloads.choice);
    this.told = h("p", { id: "told", class: "banner", role: "status", hidden: true });
    byId("picture").append(this.told);
  }

  async load(file, text, set) {
    this.file = file;
    this.params.load(set);
    this.editor.load(file, text);
    await this.look();
    const { graph } = this.page;
    if (graph.placed) graph.viewport.fit(graph.placed);
  }

  lookSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  /** What is answered to a question about the text as it is now. */
  ask(question, more = {}) {
    return this.asker(question, { file: this.file, text: this.editor.text, params: this.params.set, ...more });
  }

  /** Show what is known of the text as it is now; while that is found out, nothing else is asked. */
  async look() {
    if (this.isLooking) {
      this.isStale = true;
      return;
    }
    this.isLooking = true;
    try {
      do {
        this.isStale = false;
        const data = await this.ask("page");
        if (this.isStale) continue;
        await this.show(data);
      } while (this.isStale);
      const { dataset } = document.documentElement;
      dataset.answers = String(Number(dataset.answers ?? 0) + 1);
    } catch (error) {
      this.page.fail(`What is typed cannot be checked: ${error.message}`);
    } finally {
      this.isLooking = false;
    }
  }

  async show(data) {
    if (this.isUnderlining) this.underline(data);
    if (data.params) this.params.show(data.params);
    if (this.params.isGone) this.page.tabs.open("panel");
    if (!data.keras_files) this.downloads.withoutKeras();
    await this.page.show(data);
    await this.forms.renew();
  }

  /** Underline what the page says of the text, and of what it imports there, where no language server does. */
  underline({ findings }) {
    this.editor.underline(
      findings.flatMap(({ span, text, imported, severity, code, message, hint }) => {
        const where = text === 0 ? span : imported;
        if (!where) return [];
        const at = text === 0 ? "" : `${span.file}:${span.start.line}: `;
        const said = `${code} ${at}${message}${hint ? `\n${hint}` : ""}`;
        const [from, to] = [where.start, where.end].map((each) => this.editor.offset(each));
        return [{ from, to, severity, message: said }];
      }),
    );
  }

  /** Put a text into that of the spec: from where to where it says itself. */
  edit({ start, end, text }) {
    this.editor.change(this.editor.offset(start), this.editor.offset(end), text);
  }

  /** The model in a form; an error says why it cannot be had. */
  async form(form) {
    let answer = await this.ask("form", { form });
    if (answer.graph) {
      const placed = await this.page.graph.engine.layout(answer.graph);
      answer = await this.ask("form", { form, placed });
    }
    if (answer.none) throw new Error(answer.none);
    return answer.text ?? Uint8Array.from(atob(answer.base64), (character) => character.charCodeAt(0));
  }

  /** Say what has become of something that was asked for. */
  tell(message, isWrong = false) {
    this.told.hidden = false;
    this.told.textContent = message;
    this.told.classList.toggle("warning", isWrong);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => (this.told.hidden = true), LONG_ENOUGH);
  }
}

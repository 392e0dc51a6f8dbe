/** The language server in the editor: what is wrong with its fixes, hints between the lines, completion, hover, names. */

import {
  findReferencesKeymap,
  formatKeymap,
  hoverTooltips,
  jumpToDefinitionKeymap,
  LSPClient,
  LSPPlugin,
  renameKeymap,
  serverCompletion,
} from "@codemirror/lsp-client";
import { autocompletion } from "@codemirror/autocomplete";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, WidgetType } from "@codemirror/view";

import { h, prose } from "./dom.js";

const SEVERITIES = { 1: "error", 2: "warning", 3: "info", 4: "hint" };
const PATIENCE = 30_000;
/** The page asks a moment later: what the server has by then is not found out twice. */
const PAUSE = 20;
const TAG =
  /<(?!\/?(?:p|em|strong|code|pre|ul|ol|li|h[1-6]|table|thead|tbody|tr|th|td|br|hr|blockquote|del|span)(?: class="[\w\s-]*")?\s*\/?>)/g;

const setHints = StateEffect.define();
const hints = StateField.define({
  create: () => Decoration.none,
  update(found, transaction) {
    let now = found.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setHints)) now = effect.value;
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

class Hint extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }

  eq(other) {
    return other.text === this.text;
  }

  toDOM() {
    return h("span", { class: "cm-hint", "aria-hidden": "true" }, this.text);
  }
}

export class ServerClient {
  /**
   * @param editor the pane whose text it is about
   * @param page the address of the page of a code
   */
  constructor(editor, { page }) {
    this.editor = editor;
    this.page = page;
    this.client = new LSPClient({
      timeout: PATIENCE,
      // What is written in a spec comes back in what the server says; of its markup only what has no address is kept.
      sanitizeHTML: (html) => html.replace(TAG, "&lt;"),
      notificationHandlers: {
        "textDocument/publishDiagnostics": (_, said) => {
          this.said(said);
          return true;
        },
        "window/logMessage": (_, { message }) => {
          console.warn(message);
          return true;
        },
      },
    });
  }

  connect(transport) {
    this.client.connect(transport);
    return this.client.initializing;
  }

  uri(file) {
    return `file:///specs/${encodeURIComponent(file)}`;
  }

  /** What an editor gets that shows a file. */
  extensions(file) {
    return [
      this.client.plugin(this.uri(file), file.endsWith(".json") ? "json" : "yaml"),
      autocompletion(),
      serverCompletion({ override: true }),
      hoverTooltips(),
      hints,
      EditorView.updateListener.of((update) => update.docChanged && this.typed()),
      keymap.of([...formatKeymap, ...renameKeymap, ...jumpToDefinitionKeymap, ...findReferencesKeymap]),
    ];
  }

  /** Tell the server what has been typed, once nobody types for a moment. */
  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.client.sync(), PAUSE);
  }

  /** What the server has found, with what mends it. */
  async said({ uri, diagnostics, version }) {
    const plugin = LSPPlugin.get(this.editor.view);
    if (!plugin || uri !== plugin.uri) return;
    const doc = plugin.syncedDoc;
    const isOld = () => this.editor.view.state.doc !== doc || (version !== null && version < this.latest);
    this.latest = version ?? this.latest;
    this.show(plugin, doc, diagnostics, []);
    const range = { start: { line: 0, character: 0 }, end: plugin.toPosition(doc.length, doc) };
    const textDocument = { uri };
    const [actions, inlays] = await Promise.all([
      diagnostics.length ? this.ask("textDocument/codeAction", { textDocument, range, context: { diagnostics } }) : [],
      this.ask("textDocument/inlayHint", { textDocument, range }),
    ]);
    if (isOld()) return;
    if (actions.length) this.show(plugin, doc, diagnostics, actions);
    this.editor.view.dispatch({ effects: setHints.of(decorations(plugin, doc, inlays)) });
  }

  async ask(method, params) {
    try {
      return (await this.client.request(method, params)) ?? [];
    } catch (error) {
      console.warn(`${method}: ${error.message}`);
      return [];
    }
  }

  show(plugin, doc, diagnostics, actions) {
    if (this.editor.view.state.doc !== doc) return;
    this.editor.underline(
      diagnostics.map((each) => {
        const from = plugin.fromPosition(each.range.start, doc);
        return {
          from,
          to: Math.max(plugin.fromPosition(each.range.end, doc), from),
          severity: SEVERITIES[each.severity] ?? "error",
          message: each.message,
          renderMessage: () => this.message(each),
          actions: this.fixes(plugin, each, actions),
        };
      }),
    );
  }

  message({ code, message }) {
    return h(
      "span",
      {},
      h("a", { href: this.page(code), target: "_blank", rel: "noopener" }, code),
      " ",
      ...prose(message),
    );
  }

  fixes({ uri }, diagnostic, actions) {
    return actions
      .filter(({ diagnostics, edit }) => edit && diagnostics?.some((each) => isSame(each, diagnostic)))
      .map(({ title, edit }) => ({
        name: title,
        apply: (view) => apply(view, edit.changes?.[uri] ?? editsOf(edit, uri)),
      }));
  }
}

function isSame(one, other) {
  return (
    one.code === other.code &&
    one.message === other.message &&
    JSON.stringify(one.range) === JSON.stringify(other.range)
  );
}

function editsOf(edit, uri) {
  return (edit.documentChanges ?? [])
    .filter(({ textDocument }) => textDocument?.uri === uri)
    .flatMap(({ edits }) => edits);
}

function apply(view, edits) {
  const plugin = LSPPlugin.get(view);
  view.dispatch({
    changes: edits.map(({ range, newText }) => ({
      from: plugin.fromPosition(range.start),
      to: plugin.fromPosition(range.end),
      insert: newText,
    })),
    userEvent: "input.fix",
  });
}

function decorations(plugin, doc, inlays) {
  return Decoration.set(
    inlays.map(({ position, label }) => {
      const text = typeof label === "string" ? label : label.map(({ value }) => value).join("");
      return Decoration.widget({ widget: new Hint(text), side: 1 }).range(plugin.fromPosition(position, doc));
    }),
    true,
  );
}

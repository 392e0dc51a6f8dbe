/**
 * The text of the spec as an editor. It stands in the place of the lines that are only read; those of other files are
 * still shown so. What is wrong is underlined, explained and mended where it is.
 */

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { h } from "./dom.js";
import { Source } from "./source.js";

const markLines = StateEffect.define();
const markedLines = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let found = marks.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(markLines)) found = decorated(transaction.state.doc, effect.value);
    return found;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorated(doc, places) {
  const lines = new Set();
  for (const [first, last] of places) for (let line = first; line <= Math.min(last, doc.lines); line++) lines.add(line);
  const mark = Decoration.line({ class: "cm-marked" });
  return Decoration.set([...lines].sort((one, other) => one - other).map((line) => mark.range(doc.line(line).from)));
}

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--value)" },
]);

const looks = EditorView.theme({
  "&": { height: "100%", fontSize: "12.5px", color: "var(--text)", backgroundColor: "var(--ground)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--muted)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  ".cm-marked": { backgroundColor: "var(--marked)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--marked)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--hover)" },
  ".cm-hint": { color: "var(--muted)", fontStyle: "italic", fontSize: "0.92em", paddingLeft: "0.6em" },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    border: "1px solid var(--rule)",
    borderRadius: "6px",
  },
  ".cm-tooltip": { maxWidth: "min(560px, 92vw)", maxHeight: "50vh", overflow: "auto" },
  ".cm-tooltip pre": { whiteSpace: "pre-wrap", margin: "0" },
  ".cm-lsp-hover-tooltip, .cm-completionInfo": { padding: "6px 10px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--marked)", color: "var(--text)" },
  ".cm-diagnostic": { padding: "4px 8px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
  ".cm-diagnosticAction": {
    font: "inherit",
    backgroundColor: "var(--accent)",
    color: "var(--ground)",
    borderRadius: "4px",
    padding: "1px 8px",
  },
  ".cm-diagnostic a": { color: "var(--accent)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--error)",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--warning)",
    textUnderlineOffset: "3px",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    color: "inherit",
    border: "1px solid var(--rule)",
  },
  ".cm-textfield": { backgroundColor: "var(--ground)", color: "inherit", border: "1px solid var(--rule)" },
});

export class EditorPane extends Source {
  /**
   * @param events what the rest of the page is told: `nodes` of a line were chosen, the text was `typed`
   * @param more what the editor gets besides, for a file: `extensions(file)`
   */
  constructor(events, { extensions = () => [] } = {}) {
    super(events);
    this.more = extensions;
    this.host = h("div", { id: "editor" });
    this.root.after(this.host);
    // Styles that are made in a shadow tree are no style elements, which the policy of the page refuses.
    this.shadow = this.host.attachShadow({ mode: "open" });
  }

  /** Take a text over, as a file of a name. */
  load(file, text) {
    this.view?.destroy();
    this.file = file;
    const state = EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        file.endsWith(".json") ? json() : yaml(),
        syntaxHighlighting(colours),
        looks,
        markedLines,
        EditorState.tabSize.of(2),
        EditorState.languageData.of(() => [{ wordChars: "-" }]), // names of nodes have it
        EditorView.contentAttributes.of({ "aria-label": "Text of the spec" }),
        EditorView.updateListener.of((update) => update.docChanged && this.events.typed(this.text)),
        EditorView.domEventHandlers({ click: (event, view) => this.clicked(event, view) }),
        ...this.more(file),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...defaultKeymap,
        ]),
      ],
    });
    this.view = new EditorView({ state, parent: this.shadow, root: this.shadow });
    this.showEditor(true);
  }

  /** The same text with the extensions that there are now; the cursor stays where it is. */
  renew() {
    const { selection } = this.view.state;
    const { hasFocus } = this.view;
    this.load(this.file, this.text);
    this.view.dispatch({ selection });
    if (hasFocus) this.view.focus();
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Put another text in the place of what is there, as if it had been typed. */
  replace(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** Put a text in the place of a stretch of what is there. */
  change(from, to, insert) {
    this.view.dispatch({ changes: { from, to, insert }, scrollIntoView: true });
  }

  /** Underline what is wrong: `from`, `to`, `severity`, `message`, and what mends it. */
  underline(diagnostics) {
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Where a line and a column (from 1) are; the end of the text if they are beyond it. */
  offset({ line, column }) {
    const { doc } = this.view.state;
    if (line > doc.lines) return doc.length;
    const { from, to, text } = doc.line(line);
    // Columns count characters; here, one beyond the first plane counts twice.
    const before = Array.from(text)
      .slice(0, column - 1)
      .join("");
    return Math.min(from + before.length, to);
  }

  clicked(event, view) {
    const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
    if (at === null || !view.state.selection.main.empty) return;
    const names = this.nodes?.get(`0:${view.state.doc.lineAt(at).number}`);
    if (names) this.events.nodes(names);
  }

  // What the page asks of the text

  wanted({ texts }) {
    return this.current < texts.length ? this.current : 0;
  }

  open(number) {
    if (number !== 0) {
      super.open(number);
    } else {
      this.current = 0;
      this.files.value = "0";
      this.rows = new Map();
      this.root.replaceChildren();
      this.mark(this.marked ?? []);
    }
    this.showEditor(number === 0);
  }

  showEditor(isShown) {
    this.host.hidden = !isShown;
    this.root.hidden = isShown;
  }

  mark(places, options = {}) {
    if (this.current !== 0) {
      super.mark(places, options);
      return;
    }
    this.marked = places;
    const here = places.filter(([text]) => text === 0).map(([, first, last]) => [first, last]);
    const effects = [markLines.of(here)];
    if (options.show && here.length && !this.view.hasFocus) effects.push(this.scrolled(here[0][0]));
    this.view?.dispatch({ effects });
  }

  scrolled(line) {
    const { doc } = this.view.state;
    return EditorView.scrollIntoView(doc.line(Math.min(line, doc.lines)).from, { y: "center" });
  }

  reveal(text, first, last) {
    super.reveal(text, first, last);
    if (text !== 0) return;
    this.view.dispatch({
      selection: { anchor: this.offset({ line: first, column: 1 }) },
      effects: this.scrolled(first),
    });
    this.view.focus();
  }

  scrollTo(line) {
    if (this.current !== 0) super.scrollTo(line);
  }
}

/** What can be taken along of a spec: its text, and the model in other forms, each made when it is asked for. */

import { h } from "./dom.js";

const FORMS = {
  spec: { suffix: ".yaml", title: ".yaml – the spec", kind: "application/yaml" },
  spec_json: { suffix: ".json", title: ".json – the spec", kind: "application/json" },
  code: { suffix: ".py", title: ".py – Keras code", kind: "text/x-python" },
  svg: { suffix: ".svg", title: ".svg – the picture", kind: "image/svg+xml" },
  mermaid: { suffix: ".mmd", title: ".mmd – a flowchart of Mermaid", kind: "text/plain" },
  architecture: { suffix: ".architecture.json", title: ".json – Keras's architecture", kind: "application/json" },
  keras: { suffix: ".keras", title: ".keras – with weights", kind: "application/zip" },
};

export class Downloads {
  /**
   * @param form gives the model in a form
   * @param spec gives the name of the file, and its text
   * @param tell says why it cannot be had
   */
  constructor({ form, spec, tell }) {
    Object.assign(this, { form, spec, tell });
    this.choice = h(
      "select",
      { id: "download", "aria-label": "Download", onchange: () => this.chosen() },
      h("option", { value: "" }, "Download"),
      Object.entries(FORMS).map(([name, { title }]) => h("option", { value: name }, title)),
    );
  }

  async chosen() {
    const name = this.choice.value;
    this.choice.value = "";
    const { file, text } = this.spec();
    const isItself = name === "spec" && !file.endsWith(".json");
    try {
      const parts = isItself ? [text] : [await this.form(name)];
      this.save(file.replace(/\.\w+$/, FORMS[name].suffix), new Blob(parts, { type: FORMS[name].kind }));
    } catch (error) {
      this.tell(error.message, true);
    }
  }

  save(name, blob) {
    const address = URL.createObjectURL(blob);
    h("a", { href: address, download: name }).click();
    URL.revokeObjectURL(address);
  }

  /** Leave out what cannot be had here. */
  withoutKeras() {
    const option = this.choice.querySelector("[value=keras]");
    option.disabled = true;
    option.textContent = ".keras – needs the installed command";
  }
}

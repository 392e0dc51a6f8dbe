/** Tabs: which of the panes beside the graph is seen. */

export class Tabs {
  /** @param onChange is called with the id of the pane that is seen now */
  constructor(list, onChange) {
    this.tabs = [...list.querySelectorAll("[role=tab]")];
    this.onChange = onChange;
    for (const tab of this.tabs) tab.addEventListener("click", () => this.open(tab.getAttribute("aria-controls")));
    list.addEventListener("keydown", (event) => this.key(event));
  }

  open(id, { focus = false } = {}) {
    for (const tab of this.tabs) {
      const isOpen = tab.getAttribute("aria-controls") === id;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).classList.toggle("current", isOpen);
      if (isOpen && focus) tab.focus();
    }
    this.onChange(id);
  }

  key(event) {
    const seen = this.tabs.filter((tab) => tab.offsetParent);
    const at = seen.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.open(seen.at(next % seen.length).getAttribute("aria-controls"), { focus: true });
  }
}

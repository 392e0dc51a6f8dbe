/** The layout engine, in a worker of its own: the page stays fluid while it works. */

export class Engine {
  constructor() {
    this.number = 0;
    this.waiting = new Map();
    this.ready = this.start();
  }

  async start() {
    const worker = new Worker(await address());
    worker.onmessage = ({ data }) => this.answer(data);
    worker.onerror = (event) => this.fail(new Error(event.message || "the layout engine has stopped"));
    worker.postMessage({ id: 0, cmd: "register", algorithms: ["layered"] });
    return worker;
  }

  /** A graph in the engine's JSON, with places. */
  async layout(graph) {
    const worker = await this.ready;
    const id = ++this.number;
    const found = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, cmd: "layout", graph, layoutOptions: {}, options: {} });
    return found;
  }

  answer({ id, data, error }) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message ?? String(error)));
    else waiting?.resolve(data);
  }

  fail(error) {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** Where the engine is: a file beside the page, or packed inside it. */
async function address() {
  const element = document.getElementById("engine");
  if (element.dataset.href) return element.dataset.href;
  const packed = Uint8Array.from(atob(element.textContent.trim()), (character) => character.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = await new Response(unpacked).blob();
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}

/** Python in a worker: what the page asks of it, and the wires of the language server. */

export class Python {
  /** @param onProgress is called with what is being done, and how much of it is: a share of 1, or null */
  constructor(address, onProgress) {
    this.number = 0;
    this.waiting = new Map();
    this.handlers = new Set();
    this.onProgress = onProgress;
    this.worker = new Worker(address, { type: "module" });
    this.ready = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    this.worker.onmessage = ({ data }) => this.told(data);
    this.worker.onerror = (event) => this.fail(new Error(event.message || "Python has stopped"));
  }

  told({ kind, id, value, error, what, share }) {
    if (kind === "progress") this.onProgress(what, share);
    else if (kind === "ready") this.resolve();
    else if (kind === "failed") this.fail(new Error(error));
    else if (kind === "server") for (const handler of this.handlers) handler(value);
    else this.answer(id, value, error);
  }

  answer(id, value, error) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(new Error(error));
    else waiting?.resolve(value);
  }

  fail(error) {
    this.reject(error);
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  /** What a method of the session gives. */
  async ask(method, ...given) {
    await this.ready;
    const id = ++this.number;
    const found = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.worker.postMessage({ kind: "ask", id, method, given });
    return found;
  }

  /** What the client of the language server talks through. */
  transport() {
    return {
      send: (message) => this.worker.postMessage({ kind: "server", message }),
      subscribe: (handler) => this.handlers.add(handler),
      unsubscribe: (handler) => this.handlers.delete(handler),
    };
  }
}

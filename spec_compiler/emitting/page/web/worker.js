/** The worker in which Python runs: it loads what lies beside it, and hands what the page asks to the session. */

/** A `fetch` that tells how much of all that is needed is here. */
function counting(parts, onShare) {
  const total = Object.values(parts).reduce((sum, size) => sum + size, 0);
  let done = 0;
  const original = self.fetch.bind(self);
  return async (...given) => {
    const response = await original(...given);
    if (!response.ok || !response.body) return response;
    const counter = new TransformStream({
      transform(chunk, controller) {
        done += chunk.byteLength;
        onShare(Math.min(done / total, 1));
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), { status: response.status, headers: response.headers });
  };
}

function tell(message) {
  self.postMessage(message);
}

function beside(name) {
  return new URL(name, self.location.href).href;
}

/** What a file has that was packed. */
async function unpacked(name) {
  const response = await fetch(beside(name));
  if (!response.ok) throw new Error(`${name} cannot be loaded (${response.status})`);
  const stream = response.body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** All that is needed is asked for at once. */
async function start() {
  const parts = await (await fetch(beside("parts.json"))).json();
  self.fetch = counting(parts, (share) => tell({ kind: "progress", what: "loading Python", share }));
  const packages = unpacked("packages.bin");
  packages.catch(() => {}); // it is waited for later
  const [image, { startPython }, { loadPyodide }, { default: create }] = await Promise.all([
    unpacked("image.bin"),
    import(beside("start.mjs")),
    import(beside("pyodide/pyodide.mjs")),
    import(beside("pyodide/pyodide.asm.mjs")),
  ]);
  const python = await startPython({ loadPyodide, create, image, packages }, { indexURL: beside("pyodide/") });
  tell({ kind: "progress", what: "starting the compiler", share: null });
  // Nothing of what is loaded will ever be freed, so that looking for what could be only takes time.
  python.runPython("import gc; gc.disable()");
  return python.pyimport("spec_compiler.playground.session").Session((value) => tell({ kind: "server", value }));
}

const session = start();
session.then(
  () => tell({ kind: "ready" }),
  (error) => tell({ kind: "failed", error: String(error.message ?? error) }),
);

/** What Python gives, as JavaScript has it. */
function asPlain(value) {
  if (typeof value?.toJs !== "function") return value;
  const found = value.toJs();
  value.destroy();
  return found;
}

self.onmessage = async ({ data: { kind, id, method, given, message } }) => {
  try {
    const found = await session;
    if (kind === "server") found.receive(message);
    else tell({ kind: "answer", id, value: asPlain(found[method](...given)) });
    if (kind === "ask") found.settle();
  } catch (error) {
    tell({ kind: "answer", id, error: String(error.message ?? error) });
  }
};

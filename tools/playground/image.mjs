/**
 * Python as it is once it has started, as an image of its memory: the browser goes on from there instead of starting it.
 * All is imported in it that needs no package in machine code, which an image cannot hold.
 * Usage: node image.mjs PYODIDE ARCHIVE IMAGE
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

import { unpack } from "../../spec_compiler/emitting/page/web/start.mjs";

const [pyodideFolder, archive, image] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, "pyodide.mjs")).href);

const packages = new Uint8Array(gunzipSync(readFileSync(archive)));

async function started(options) {
  const pyodide = await loadPyodide(options);
  unpack(pyodide.FS, packages);
  pyodide.runPython("import sys; sys.path.insert(0, '/packages')");
  return pyodide;
}

/** What a session imports beside the compiler and pydantic, each after what it imports itself. */
const names = (await started({})).runPython(`
import sys
before = set(sys.modules)
from spec_compiler.playground.session import Session

session = Session(print)
session.answer("page", '{"file": "spec.yaml", "text": "spec: 1\\\\nnodes: {x: {type: Input, shape: [1]}}\\\\noutputs: [x]"}')
session.start_server()
LEFT_OUT = ("spec_compiler", "pydantic", "pydantic_core", "js", "pyodide_js")
[
    name
    for name, module in sys.modules.items()
    if name not in before and name.partition(".")[0] not in LEFT_OUT and getattr(module, "__spec__", None) is not None
]
`).toJs();
const pyodide = await started({ _makeSnapshot: true });
pyodide.globals.set("names", pyodide.toPy(names));
pyodide.runPython(`
import gc
import importlib
import shutil

for name in names:
    importlib.import_module(name)
assert not [name for name in sys.modules if name.startswith("pydantic")]
del names
# The browser unpacks the packages itself.
sys.path.remove("/packages")
sys.path_importer_cache.clear()
shutil.rmtree("/packages")
gc.collect()
`);
writeFileSync(image, gzipSync(pyodide.makeMemorySnapshot(), { level: 9 }));
process.exit(0); // what waits for input in Node would keep it alive

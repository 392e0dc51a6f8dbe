/**
 * Checks specs in Python as the browser runs it: texts in, as JSON on standard input, and the reports of `check
 * --format json` out, as JSON on standard output.
 * Usage: node check.mjs PLAYGROUND, where that is a folder that `build` has made
 */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

import { startPython } from "../../spec_compiler/emitting/page/web/start.mjs";

process.on("uncaughtException", (error) => {
  // Node would print the line of the script that failed, which is a megabyte of Pyodide.
  process.stderr.write(`${error.stack ?? error}\n`, () => process.exit(1));
});

const started = performance.now();
const folder = resolve(process.argv[2]);
const beside = (name) => join(folder, "pyodide", name);
const { loadPyodide } = await import(pathToFileURL(beside("pyodide.mjs")).href);
const { default: create } = await import(pathToFileURL(beside("pyodide.asm.mjs")).href);
const unpacked = (name) => new Uint8Array(gunzipSync(readFileSync(join(folder, name))));
const pyodide = await startPython({ loadPyodide, create, image: unpacked("image.bin"), packages: unpacked("packages.bin") });
const loaded = performance.now() - started;
const check = pyodide.runPython(`
def check(name, form, text):
    import spec_compiler as sc
    from spec_compiler.diagnostics.renderers.json import render

    return render([sc.check_spec(sc.Source.text(text.to_bytes() if hasattr(text, "to_bytes") else text, name=name, form=form))])

check
`);
let given = "";
for await (const part of process.stdin.setEncoding("utf8")) given += part;
const seconds = [];
const reports = JSON.parse(given).map(({ name, form, bytes }) => {
  const before = performance.now();
  const report = check(name, form, new Uint8Array(Buffer.from(bytes, "base64")));
  seconds.push((performance.now() - before) / 1000);
  return report;
});
process.stdout.write(JSON.stringify({ loaded: loaded / 1000, seconds, reports }));

/**
 * The wheels of a folder → one archive of what the browser needs of them, compiled by the Python that runs there. It is
 * made for speed: the browser unpacks it as a whole, without looking for anything (`unpack` of start.mjs).
 * Usage: node pack.mjs PYODIDE WHEELS ARCHIVE
 */

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [pyodideFolder, wheels, archive] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, "pyodide.mjs")).href);
const pyodide = await loadPyodide();
for (const name of readdirSync(wheels).sort()) {
  pyodide.unpackArchive(new Uint8Array(readFileSync(join(wheels, name))).buffer, "zip", { extractDir: "/packages" });
}
const packed = pyodide.runPython(`
import json
from pathlib import Path
from py_compile import PycInvalidationMode, compile

ROOT = Path("/packages")
# What no page asks for.
LEFT_OUT = ("pydantic/v1/", "pydantic/mypy.py", "spec_compiler/schemas/")
NOT_READ = (".css", ".html", ".js", ".mjs", ".pyi", ".pyx", ".ttf", ".typed")


def is_wanted(name):
    if name.endswith(".so"):
        return "emscripten" in name
    if ".dist-info/" in name:
        return "LICENSE" in name.upper()
    if name.startswith(LEFT_OUT) or "/tests/" in name:
        return False
    return not name.endswith(NOT_READ)


def compiled(path, name):
    """Without the source beside it Python takes this as it is. Only of our own code the docstrings are read."""
    return Path(
        compile(
            path,
            "/tmp/compiled.pyc",
            name,
            doraise=True,
            optimize=0 if name.startswith("spec_compiler/") else 2,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
    ).read_bytes()


files = {}
for path in sorted(ROOT.rglob("*")):
    name = path.relative_to(ROOT).as_posix()
    if path.is_dir() or not is_wanted(name):
        continue
    if path.suffix == ".py":
        files[name + "c"] = compiled(path, name)
    else:
        files[name] = path.read_bytes()
names = json.dumps([[name, len(data)] for name, data in files.items()]).encode()
b"".join([len(names).to_bytes(4, "big"), names, *files.values()])
`);
writeFileSync(archive, gzipSync(packed.toJs(), { level: 9 }));

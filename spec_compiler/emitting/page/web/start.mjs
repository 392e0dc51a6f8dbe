/** How Python is started: from an image of its memory, with the packages as they were packed. In the browser as in Node. */

const FOLDER = "/packages";

/**
 * @param pyodide the modules of Pyodide: `loadPyodide`, and `create` of its machine code
 * @param image what Python's memory is at first
 * @param packages the packages as `tools/playground/pack.mjs` packs them
 */
export async function startPython({ loadPyodide, create, image, packages }, options = {}) {
  const createPyodideModule = async (settings) => {
    const module = await create(settings);
    if (module.HEAP8.length < image.length) module.growMemory(image.length);
    return module;
  };
  const python = await loadPyodide({ ...options, _loadSnapshot: image, createPyodideModule });
  unpack(python.FS, await packages);
  python.runPython(`import sys; sys.path.insert(0, "${FOLDER}")`);
  return python;
}

/** Write the files of an archive: how long its list of names and sizes is, the list, and the files one after the other. */
export function unpack(FS, archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const size = view.getUint32(0);
  const files = JSON.parse(new TextDecoder().decode(archive.subarray(4, 4 + size)));
  let at = 4 + size;
  const made = new Set();
  for (const [name, length] of files) {
    const path = `${FOLDER}/${name}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) FS.mkdirTree(folder);
    made.add(folder);
    FS.writeFile(path, archive.slice(at, at + length), { canOwn: true });
    at += length;
  }
}

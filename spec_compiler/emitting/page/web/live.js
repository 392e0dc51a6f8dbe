/** A page in which the spec is edited: a file, where a server saves it, or the playground, with Python in a worker. */

import { startPlayground } from "./playground.js";
import { startSaving } from "./saving.js";

export function startLive(Page, address) {
  return address.save ? startSaving(Page, address) : startPlayground(Page, address);
}

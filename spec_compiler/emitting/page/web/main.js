/** Where the page begins: a page of one file, one that follows a server, or one in which the spec is edited. */

import { byId } from "./dom.js";
import { follow } from "./follow.js";
import { Page } from "./page.js";

async function start() {
  const element = byId("data");
  const { live, events, href, save } = element.dataset;
  // Who has not the address with the token may look, and not save.
  if (live && (!save || location.hash.startsWith("#edit="))) {
    const { startLive } = await import(new URL(live, document.baseURI).href);
    await startLive(Page, element.dataset);
  } else if (events) {
    const page = new Page();
    follow(
      { events, page: href },
      {
        onPage: (data) => page.show(data),
        onLost: () => (byId("lost").hidden = false),
        onBack: () => (byId("lost").hidden = true),
      },
    );
  } else {
    await new Page().show(JSON.parse(element.textContent));
  }
}

start();

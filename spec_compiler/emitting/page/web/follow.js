/** Following a spec while it is edited: the server says when there is something new. */

/** @param onPage is called with the data of each new page, `onLost` when the server has gone, `onBack` when it is there */
export function follow(address, { onPage, onLost, onBack }) {
  const events = new EventSource(address.events);
  let latest = 0;
  events.addEventListener("page", async ({ data }) => {
    const number = Number(data);
    latest = number;
    const response = await fetch(address.page, { cache: "no-store" });
    const page = await response.json();
    if (number === latest) onPage(page);
  });
  events.addEventListener("open", onBack);
  events.addEventListener("error", onLost);
  return events;
}

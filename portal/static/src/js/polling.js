// Long jobs: the element with data-poll="2" asks its page again every 2 seconds until the new one no longer asks.

import {all} from "./dom.js";

/**
 * Put the element's new state in its place, and go on while that asks for it.
 * @param {HTMLElement} element
 */
async function poll(element) {
  await new Promise((done) => setTimeout(done, 1000 * element.dataset.poll));
  if (document.hidden) return poll(element);
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const next = page.getElementById(element.id);
    if (!next) return location.reload();
    element.replaceWith(next);
    return next.dataset.poll ? poll(next) : location.reload();
  } catch {
    return poll(element);
  }
}
for (const element of all("[data-poll][id]")) poll(element);

// The service worker seen from a page: it is registered, told what to keep, asked for what is newer, and replaced only
// between two acts.

import {betweenActs} from "./acting.js";
import {root} from "./dom.js";
import {pattern, timeOf} from "./wording.js";

/** Whether the person has touched this page: then nothing in it moves by itself. */
let touched = false;
for (const name of ["pointerdown", "keydown"])
  addEventListener(name, () => {
    touched = true;
  });

const SOON = 5000;

/**
 * Let a new version take over, unless somebody is in the middle of an act; then soon after.
 * @param {ServiceWorkerRegistration} registration
 */
async function takeNew(registration) {
  if (!registration.waiting) return;
  await betweenActs(() => registration.waiting?.postMessage({type: "take"}));
  setTimeout(takeNew, SOON, registration);
}

/**
 * Register the service worker, and look for a new version when the person comes back.
 * @param {Promise<any>} opened the store: before it is open nothing is kept
 */
export async function stay(opened) {
  const workers = navigator.serviceWorker;
  const registration = await workers.register("/sw.js");
  const look = () => takeNew(registration);
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", look),
  );
  document.addEventListener("visibilitychange", look);
  document.addEventListener("portal-sender", look);
  look();
  await opened;
  const worker = (await workers.ready).active;
  worker?.postMessage({type: "fill"});
}

/**
 * Ask the service worker for the state of this page that was still coming.
 * @returns {Promise<{gone?: boolean, text?: string}>}
 */
const askRefreshed = () =>
  new Promise((done) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = (event) => done(event.data);
    navigator.serviceWorker.controller?.postMessage({type: "refresh", path: location.pathname}, [port2]);
  });

/**
 * Show the newer state of this page in its place; where somebody works, offer it.
 * @param {string} text
 * @param {HTMLElement} line
 */
function showNewer(text, line) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const [mine, theirs] = [document.querySelector(".app"), fresh.querySelector(".app")];
  if (touched || !theirs || mine.querySelector("form, [data-outbox-page]")) {
    line.querySelector("a").hidden = false;
    return;
  }
  mine.replaceWith(document.adoptNode(theirs));
  delete root.dataset.asof;
  document.dispatchEvent(new Event("portal-page"));
}

/** Say how old this page is if it came from the phone, and bring what is newer. */
export async function sayAge() {
  if ("missing" in root.dataset) {
    document.querySelector(".main-part").prepend(await pattern("strip-missing"));
    return;
  }
  if (!root.dataset.asof) return;
  const line = await pattern("as-of", {at: timeOf(root.dataset.asof, true)});
  line.querySelector("a").href = location.pathname;
  document.querySelector(".main-part").prepend(line);
  const {gone, text} = await askRefreshed();
  if (gone) location.reload();
  else if (text) showNewer(text, line);
}

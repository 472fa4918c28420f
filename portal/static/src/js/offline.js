// The part that makes the portal work without a signal, loaded after a cadre's page.

import {root} from "./dom.js";
import {showOutbox} from "./outbox.js";
import {send} from "./sender.js";
import {watchSignOut} from "./signing_out.js";
import {showOnFirstPage} from "./standing.js";
import {sayAge, stay} from "./staying.js";
import {isOpen, open} from "./store.js";

/** Open the person's store, show how things stand, and send whenever there may be a signal. */
async function begin() {
  await opened.catch(() => {});
  await showOutbox();
  if (!isOpen()) return;
  if (location.pathname === "/") showOnFirstPage();
  document.addEventListener("portal-send", () => send());
  addEventListener("online", () => send("signal"));
  document.addEventListener("visibilitychange", () => document.hidden || send("signal"));
  navigator.connection?.addEventListener("change", () => send("signal"));
  await send("signal");
}

watchSignOut();
const opened = open(root.dataset.user);
if ("serviceWorker" in navigator) {
  stay(opened).catch(() => {});
  sayAge().catch(() => {});
}
begin().catch(() => {});

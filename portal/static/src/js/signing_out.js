// Signing out on a phone: what waits is counted first and stays sealed, the key and the kept pages go.

import {all} from "./dom.js";
import {forgetPages} from "./leaving.js";
import {close, isOpen, isUnsent, list} from "./store.js";

/**
 * Sign out as the form says; the server has to hear of it, else the session would go on.
 * @param {HTMLFormElement} form its button's data-unsent asks, its data-no-signal explains
 */
async function signOut(form) {
  const {unsent, noSignal} = form.dataset;
  const waiting = isOpen() ? (await list()).filter(isUnsent).length : 0;
  if (waiting && !confirm(unsent.replace("{n}", waiting))) return;
  try {
    await fetch(form.action, {method: "POST", body: new FormData(form), redirect: "manual"});
  } catch {
    alert(noSignal);
    return;
  }
  await Promise.all([forgetPages(), close()]);
  location.assign("/login");
}

/** Take over the forms that sign out. */
export function watchSignOut() {
  for (const form of all("form[data-unsent]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      signOut(form);
    });
    form.dataset.watched = "";
  }
}

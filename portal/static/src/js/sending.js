// Forms: ask before (data-confirm), say what happens meanwhile (data-busy), and send only once.

import {all} from "./dom.js";

document.querySelector("[data-focus]")?.focus();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (form.dataset.sent || (question && !confirm(question))) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button?.dataset.busy) {
    button.dataset.text = button.textContent;
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-busy", "true");
  }
});
addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) delete form.dataset.sent;
  for (const button of all("[aria-busy][data-text]")) {
    button.textContent = button.dataset.text;
    button.removeAttribute("aria-busy");
  }
});

// An old step of a report asks the server again: after sending it leads to the sent report, not to a stale form.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector(".app.working")) location.reload();
});

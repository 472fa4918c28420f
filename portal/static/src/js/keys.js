// Keys of the review: data-key="s" | "k" | "t" | "ArrowUp" | "ArrowDown" | " " on the button, summary, link or checkbox.

import {all} from "./dom.js";

document.addEventListener("keydown", (event) => {
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.target.closest("input:not([type=checkbox]), textarea, select")
  )
    return;
  if (event.key === " " && event.target.closest("button, a, summary, input")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const target = all("[data-key]").find((element) => element.dataset.key === key && element.offsetParent);
  if (!target) return;
  event.preventDefault();
  target.click();
  if (target.matches("summary"))
    target.parentElement.querySelector("textarea, select, input:not([type=hidden])")?.focus();
});

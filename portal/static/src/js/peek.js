// data-peek: a password that may be looked at.

import {all} from "./dom.js";

for (const box of all("[data-peek]")) {
  const [input, button] = [box.querySelector("input"), box.querySelector("button")];
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", shown);
  });
}

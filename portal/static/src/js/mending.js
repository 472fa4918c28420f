// An error is over once somebody types: its mark goes at once, its words leave their place empty.

import {all} from "./dom.js";

document.addEventListener("input", (event) => {
  const field = event.target.closest?.(".f");
  const error = field?.querySelector(".err:not(.mended)");
  if (!error) return;
  error.classList.add("mended");
  for (const marked of all("[aria-invalid]", field)) marked.removeAttribute("aria-invalid");
  for (const marked of all(".opt.bad", field)) marked.classList.remove("bad");
  for (const told of [field, ...all("[aria-describedby]", field)]) {
    const left = (told.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .filter((id) => id && id !== error.id);
    if (left.length) told.setAttribute("aria-describedby", left.join(" "));
    else told.removeAttribute("aria-describedby");
  }
});

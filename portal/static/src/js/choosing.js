// Choose a whole group, and say how many are chosen: data-all="name of the checkboxes", data-chosen="the same".

import {all} from "./dom.js";

for (const button of all("[data-all]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = all(`input[name="${button.dataset.all}"]`);
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
    boxes[0]?.dispatchEvent(new Event("change", {bubbles: true}));
  });
}
for (const figure of all("[data-chosen]")) {
  const count = () => {
    figure.textContent = all(`input[name="${figure.dataset.chosen}"]:checked`).length;
  };
  document.addEventListener("change", count);
  count();
}

// Filters that send themselves; their button stays for who has no script.
for (const form of all("form[data-auto]")) form.addEventListener("change", () => form.requestSubmit());

// One more fieldset: [data-repeat] holds [data-item]s whose names count up (signups-0-name); [data-add] is the submit
// button that does the same on the server.

import {all} from "./dom.js";
import {wire} from "./fields.js";

for (const list of all("[data-repeat]")) {
  const add = document.querySelector(`[data-add="${list.dataset.repeat}"]`);
  add?.addEventListener("click", (event) => {
    const items = all("[data-item]", list);
    const last = items.at(-1);
    if (!last) return;
    event.preventDefault();
    if (items.length >= +(list.dataset.max ?? 50)) return;
    const copy = last.cloneNode(true);
    const from = `-${items.length - 1}`;
    for (const element of all("*", copy)) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replaceAll(from, `-${items.length}`));
      }
      element.removeAttribute("aria-invalid");
    }
    for (const gone of all(".err, .nik > *, .pics > *, input[type=hidden][name$=-id]", copy)) gone.remove();
    for (const input of all("input, textarea, select", copy)) {
      if (input.type === "checkbox" || input.type === "radio")
        input.checked = input.defaultChecked && input.type === "radio";
      else if (input.tagName === "SELECT") input.selectedIndex = 0;
      else if (input.type !== "hidden") input.value = "";
    }
    for (const number of all("[data-number]", copy)) number.textContent = items.length + 1;
    last.after(copy);
    wire(copy);
    copy.querySelector("input:not([type=hidden]), select")?.focus();
  });
}

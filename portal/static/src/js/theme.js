// data-preferences: the manual theme shows at once; the form keeps it.

import {all, root} from "./dom.js";

for (const form of all("[data-preferences]")) {
  form.addEventListener("change", (event) => {
    if (event.target.name !== "theme") return;
    if (event.target.value === "auto") delete root.dataset.theme;
    else root.dataset.theme = event.target.value;
  });
}

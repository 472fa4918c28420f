// Menus close when the person goes elsewhere.

import {all} from "./dom.js";

const openMenus = () => all("details.drop[open], details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of openMenus()) menu.open = false;
});

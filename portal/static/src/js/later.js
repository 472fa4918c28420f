// A cadre's page is there first; the part that works without a signal comes after it.

import {root} from "./dom.js";

addEventListener("load", () => {
  if (root.dataset.offline) import(root.dataset.offline);
});

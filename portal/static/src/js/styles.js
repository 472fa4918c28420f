// The whole style sheet is in the cache: the next documents may link it instead of carrying the critical part.

import {root} from "./dom.js";

addEventListener("load", () => {
  if (document.querySelector("link[rel=stylesheet]")) {
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `css=${root.dataset.assets};path=/;max-age=31536000;samesite=lax${secure}`;
  }
});

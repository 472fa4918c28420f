// Fields that need a hand: those of the page at once, those of a new fieldset when it comes.

import {all} from "./dom.js";
import {wireNik} from "./nik.js";
import {wirePhotos} from "./photos.js";

/**
 * Bring the fields inside an element to life.
 * @param {ParentNode} inside
 */
export function wire(inside) {
  for (const box of all("[data-nik]", inside)) wireNik(box);
  for (const box of all("[data-photos]", inside)) wirePhotos(box);
}
wire(document);

// When a person is no longer signed in on this phone: what shows or opens their things goes, the sealed things stay.

import {dropKeys} from "./sealing.js";

/** Caches of a person's pages are named so. */
export const PAGES = "pages ";

/** Drop every page of a person, and every key. */
export async function forgetPerson() {
  for (const name of await caches.keys()) if (name.startsWith(PAGES)) await caches.delete(name);
  await dropKeys();
}

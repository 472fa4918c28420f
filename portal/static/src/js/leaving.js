// When a person is no longer signed in on this phone: the pages that show their things go.

/** Caches of a person's pages are named so. */
export const PAGES = "pages ";

/** Drop every page that was kept for a person. */
export async function forgetPages() {
  for (const name of await caches.keys()) if (name.startsWith(PAGES)) await caches.delete(name);
}

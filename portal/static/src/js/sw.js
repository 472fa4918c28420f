// The service worker: opens a cadre's pages without a signal, and shows what was pushed.
//
// It keeps what the portal is made of, and those pages of which the server says that this person's phone may keep them
// (the answer's Portal-Keep: person, language, hours). Everything else goes to the server untouched.

import {forgetPages, PAGES} from "./leaving.js";
import {dropKeys, extendKey} from "./sealing.js";

const FILES = [
  "asset(portal.css)",
  "asset(portal.js)",
  "asset(offline.js)",
  "asset(form.js)",
  "asset(store.js)",
  "asset(icons.svg)",
  "asset(favicon.svg)",
  "asset(app-192.png)",
  "asset(portal.webmanifest)",
  "asset(story-work.svg)",
  "asset(story-death.svg)",
  "asset(story-oldage.svg)",
].map((name) => `/static/dist/${name}`);
const VERSION = FILES.map((name) => name.split(".").at(-2).slice(0, 4)).join("");
const SHELL = `shell ${VERSION}`;
/** What the form asks for by script: the villages of the own regency. */
const VILLAGES = "/report/villages";
/** How long a page is waited for before the one on the phone is shown, in milliseconds. */
const PATIENCE = {"/": 300};
const MORE_PATIENCE = 3000;

/** Answers that are still coming while the page on the phone is shown. */
const coming = new Map();

/** Drop what shows or opens a person's things: they are no longer signed in. The sealed things stay. */
const forgetPerson = () => Promise.all([forgetPages(), dropKeys()]);

/**
 * Keep a page for its person, and nothing of anybody else. Whose key is not here, or no longer when the page is stored,
 * is not signed in: an answer may come after they left.
 * @param {string} path
 * @param {Response} answer
 */
async function keep(path, answer) {
  const told = answer.headers.get("Portal-Keep");
  if (!told || answer.status !== 200 || answer.redirected) return;
  const [user, locale, hours] = told.split(" ");
  const name = `${PAGES}${VERSION} ${user} ${locale}`;
  for (const other of await caches.keys())
    if (other.startsWith(PAGES) && !other.endsWith(` ${user} ${locale}`)) await caches.delete(other);
  if (!(await extendKey(user, hours))) return;
  const body = await answer.clone().blob();
  const headers = new Headers(answer.headers);
  headers.set("Portal-Kept", new Date().toISOString());
  headers.set("Portal-Until", Date.now() + hours * 3_600_000);
  const cache = await caches.open(name);
  await cache.put(path, new Response(body, {headers}));
  if (!(await extendKey(user, hours))) await caches.delete(name);
}

/** The name of this version's cache of a person's pages; empty before there is one. */
const own = async () => (await caches.keys()).find((name) => name.startsWith(`${PAGES}${VERSION}`)) ?? "";

/**
 * Find a page on the phone that is not too old: this version's, or the one before until there is a newer one.
 * @param {string} path
 */
async function find(path) {
  const names = (await caches.keys()).filter((name) => name.startsWith(PAGES));
  for (const name of names.sort((one) => (one.includes(VERSION) ? -1 : 1))) {
    const page = await (await caches.open(name)).match(path);
    if (page && page.headers.get("Portal-Until") > Date.now()) return page;
  }
}

/**
 * Ask the server for a page, and keep it if it may be kept. Who is led elsewhere is no longer signed in.
 * @param {string} path
 * @param {Request | string} request
 * @param {boolean} kept whether the phone has it
 */
async function load(path, request, kept) {
  const answer = await fetch(request, typeof request === "string" ? {redirect: "manual"} : undefined);
  if (kept && answer.status >= 500) throw new Error("away");
  const signIn = path.split("?")[0] === "/login" && answer.status === 200;
  if (signIn || (kept && answer.type === "opaqueredirect")) await forgetPerson();
  else await keep(path, answer);
  return answer;
}

/**
 * The page on the phone, with the instant at which it was true.
 * @param {Response} page
 * @param {string} mark
 */
async function marked(page, mark) {
  const text = await page.text();
  const headers = new Headers(page.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(text.replace("<html ", `<html ${mark} `), {headers});
}

const passed = (time) => new Promise((done) => setTimeout(done, time));

/**
 * Answer a navigation: from the server, or from the phone where that takes too long.
 * @param {FetchEvent} event
 * @param {string} path
 */
async function answer(event, path) {
  const kept = await find(path);
  const fresh = load(path, event.request, Boolean(kept));
  if (!kept)
    return fresh.catch(async () => {
      const outbox = await find("/outbox");
      return outbox ? marked(outbox, "data-missing") : Response.error();
    });
  const first = await Promise.race([fresh.catch(() => {}), passed(PATIENCE[path] ?? MORE_PATIENCE)]);
  if (first) return first;
  coming.set(path, fresh);
  const done = () => coming.delete(path);
  event.waitUntil(fresh.then(done, done));
  return marked(kept, `data-asof="${kept.headers.get("Portal-Kept")}"`);
}

/**
 * Answer with names that hardly ever change: the phone's own come first.
 * @param {Request} request
 * @param {string} path
 */
const data = async (request, path) => (await find(path)) ?? load(path, request, false);

/**
 * Answer with one of the portal's own files: each has a name of its own for every content.
 * @param {Request} request
 */
async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}

/**
 * List the addresses that a page names in an attribute.
 * @param {string} text
 * @param {string} attribute
 */
function named(text, attribute) {
  const [, after = ""] = text.split(`${attribute}="`);
  return after.split(`"`)[0].replaceAll("&amp;", "&").split(" ").filter(Boolean);
}

/**
 * Keep what this version lacks: the page of the outbox lists what may be kept. Only then what older ones kept goes.
 */
async function fill() {
  const has = async (path) => Boolean(await caches.match(path, {cacheName: await own()}));
  if (!(await has("/outbox"))) await load("/outbox", "/outbox", false);
  const listed = await find("/outbox");
  if (!listed) return;
  for (const path of named(await listed.clone().text(), "data-pages")) {
    if (!(await has(path))) await load(path, path, false);
    const page = await find(path);
    for (const more of named((await page?.clone().text()) ?? "", "data-villages"))
      if (!(await has(more))) await load(more, more, false);
  }
  if (self.registration.waiting || self.registration.installing) return;
  for (const name of await caches.keys()) if (!name.includes(VERSION)) await caches.delete(name);
}

/**
 * Send the page of which the phone has shown an older state.
 * @param {string} path
 */
async function refreshed(path) {
  const answer = await (coming.get(path) ?? load(path, path, true));
  if (answer.type === "opaqueredirect") return {gone: true};
  return answer.status === 200 ? {text: await answer.clone().text()} : {};
}

self.addEventListener("fetch", (event) => {
  const {method, mode, url} = event.request;
  const {origin, pathname, search} = new URL(url);
  if (origin !== location.origin) return;
  if (method === "POST" && pathname === "/logout") event.waitUntil(forgetPerson());
  if (method !== "GET") return;
  if (pathname.startsWith("/static/dist/")) event.respondWith(file(event.request));
  else if (pathname === VILLAGES) event.respondWith(data(event.request, pathname + search));
  else if (mode === "navigate") event.respondWith(answer(event, pathname + search));
});

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    self.clients
      .claim()
      .then(fill)
      .catch(() => {}),
  );
});

self.addEventListener("message", (event) => {
  const {type, path} = event.data;
  if (type === "take") self.skipWaiting();
  if (type === "fill") event.waitUntil(fill().catch(() => {}));
  if (type === "refresh")
    event.waitUntil(
      refreshed(path).then(
        (said) => event.ports[0].postMessage(said),
        () => event.ports[0].postMessage({}),
      ),
    );
});

self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {title: "Portal Kader"};
  const shown = {body: said.body, tag: said.tag, data: {url: said.url || "/messages"}};
  event.waitUntil(self.registration.showNotification(said.title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});

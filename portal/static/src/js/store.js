// Reports and photos on this phone until the server has them, and their receipts for 90 days after.
//
// A report: {ref, user, state, body, photos: [{id, size, sent, width, height, sha256, location}], step, form, saved_at,
// started_at, queued_at, tries, last_try, next_try, reason, errors, receipt}. Its states: draft, queued, sending,
// received; fix (the server asks for a change), sign_in (the session is over). Instants are ISO texts in UTC.

import {asked, beginning, within} from "./database.js";
import {dropKeys, seal, takeKey, unseal} from "./sealing.js";

export const LIMITS = {reports: 30, bytes: 60_000_000, warning: 0.8, days: 90};

/** States in which the person still writes; what is on its way or received no longer changes. */
const OPEN = ["draft", "fix"];
const TYPED = ["body", "step", "form", "started_at", "seconds_spent"];

const channel = new BroadcastChannel("portal-store");
const listeners = new Set();
let person = "";
let personKey;

const now = () => new Date().toISOString();
const tell = () => {
  for (const listener of listeners) listener();
};
channel.addEventListener("message", tell);

/**
 * Call a listener at every change, whichever tab made it; returns what ends this.
 * @param {() => void} listener
 */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tell every tab that something changed. */
function changed() {
  tell();
  channel.postMessage("changed");
}

/**
 * Open the store for the person who is signed in. Fails without a signal at the very first time after signing in.
 * @param {string} user the document's data-user
 */
export async function open(user) {
  if (person === user && personKey) return;
  personKey = await takeKey(user);
  person = user;
  await forgetOld();
}

/** Tell whether the store is open. */
export const isOpen = () => Boolean(personKey);

/** Whose store it is. */
export const owner = () => person;

/** Take the keys off this phone: their person is no longer signed in. What this document holds open goes on. */
export const lockUp = () => dropKeys();

/** Close the store in this document too, after signing out. */
export function close() {
  personKey = undefined;
  person = "";
  return lockUp();
}

const place = (ref, id = "") => `${person}/${ref}/${id}`;

/** @param {any} row */
async function openRow(row) {
  const text = new TextDecoder().decode(await unseal(personKey, place(row.ref), row));
  return {...JSON.parse(text), ref: row.ref, user: person};
}

const readRow = (ref) =>
  within(["reports"], "readonly", (store) => asked(store("reports").get([person, ref])));

/**
 * Return a report; undefined if this phone has none of this ref, or it is somebody else's.
 * @param {string} ref
 */
export async function get(ref) {
  const row = await readRow(ref);
  return row && openRow(row);
}

/** Every report of the person, drafts by their last change after those that were queued, in that order. */
export async function list() {
  const rows = await within(["reports"], "readonly", (store) =>
    asked(store("reports").getAll(beginning(person))),
  );
  const reports = await Promise.all(rows.map(openRow));
  const order = (one) => `${one.queued_at || "~"}${one.saved_at}`;
  return reports.sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

/**
 * Change a report: read, edit, store, and again if another tab was quicker. Resolves once it is on the disk.
 * @param {string} ref
 * @param {(stored: any) => any} edit returns the new report, or undefined to leave it
 * @param {(store: (name: string) => IDBObjectStore) => void} [along] what is written in the same transaction
 */
export async function change(ref, edit, along) {
  for (;;) {
    const row = await readRow(ref);
    const stored = row && (await openRow(row));
    const next = edit(stored);
    if (!next) return stored;
    const bytes = new TextEncoder().encode(JSON.stringify(next));
    const fresh = {
      user: person,
      ref,
      rev: (row?.rev ?? 0) + 1,
      ...(await seal(personKey, place(ref), bytes)),
    };
    const done = await within(["reports", "photos"], "readwrite", async (store) => {
      const there = await asked(store("reports").get([fresh.user, ref]));
      if ((there?.rev ?? 0) !== (row?.rev ?? 0)) return false;
      store("reports").put(fresh);
      along?.(store);
      return true;
    });
    if (!done) continue;
    changed();
    return {...next, ref, user: person};
  }
}

/** What is known of the sending of a report before it is tried; `wired`: whether the server may have heard of it. */
const unsent = {wired: false, tries: 0, last_try: "", next_try: "", reason: "", detail: "", errors: []};
const blank = () => ({state: "draft", body: {}, photos: [], started_at: now(), queued_at: "", ...unsent});

/** @param {any} report whether something of it still has to reach the server, or is being written */
export const isUnsent = (report) => report.state !== "received" || report.photos.some((photo) => !photo.sent);

/** How much room there is: unsent reports, bytes, the browser's own limit, whether it is nearly or quite full. */
export async function room() {
  const unsent = (await list()).filter(isUnsent);
  const photos = unsent.flatMap((one) => one.photos.filter((photo) => !photo.sent));
  const bytes = photos.reduce((sum, photo) => sum + photo.size, 0);
  const {usage = 0, quota = 0} = (await navigator.storage?.estimate?.()) ?? {};
  const limit = Math.min(LIMITS.bytes, quota ? Math.max(bytes, bytes + quota - usage) : LIMITS.bytes);
  const share = Math.max(bytes / limit, unsent.length / LIMITS.reports, quota ? usage / quota : 0);
  const full = unsent.length >= LIMITS.reports || bytes >= limit;
  return {reports: unsent.length, photos: photos.length, bytes, limit, nearly: share >= LIMITS.warning, full};
}

/** The error of a phone without room. */
const noRoom = () => Object.assign(new Error("full"), {code: "full"});

/**
 * Keep what was typed so far. A report on its way or received is left as it is: the answer says its state.
 * @param {any} report ref, body, and what else is known of step, form, started_at, seconds_spent
 */
export async function saveDraft(report) {
  const begun = await readRow(report.ref);
  if (!begun && (await room()).reports >= LIMITS.reports) throw noRoom();
  const typed = Object.fromEntries(
    TYPED.filter((name) => name in report).map((name) => [name, report[name]]),
  );
  const saved = await change(report.ref, (stored) =>
    stored && !OPEN.includes(stored.state) ? undefined : {...blank(), ...stored, ...typed, saved_at: now()},
  );
  if (!begun) navigator.storage?.persist?.();
  return saved;
}

/**
 * Take a report back from the queue to write on, unless the server may have it already.
 * @param {string} ref
 */
export const takeBack = (ref) =>
  change(ref, (stored) =>
    stored && !stored.wired && ["queued", "sign_in"].includes(stored.state)
      ? {...stored, state: "draft"}
      : undefined,
  );

/**
 * Put a report into the queue, for the sender to take: what is stored is what will be sent.
 * @param {string} ref
 */
export async function queue(ref) {
  const queued = await change(ref, (stored) =>
    stored && OPEN.includes(stored.state)
      ? {...stored, ...unsent, state: "queued", queued_at: now()}
      : undefined,
  );
  document.dispatchEvent(new Event("portal-send"));
  return queued;
}

/**
 * Remove a report and its photos from this phone.
 * @param {string} ref
 */
export async function remove(ref) {
  await within(["reports", "photos"], "readwrite", (store) => {
    store("reports").delete([person, ref]);
    store("photos").delete(beginning(person, ref));
  });
  changed();
}

/**
 * Keep a photo with its report; one with the same id replaces it.
 * @param {string} ref
 * @param {{id: string, blob: Blob, width?: number, height?: number, sha256?: string, location?: any}} photo
 */
export async function addPhoto(ref, {id, blob, ...about}) {
  const {bytes, limit} = await room();
  if (bytes + blob.size > limit) throw noRoom();
  const sealed = await seal(personKey, place(ref, id), await blob.arrayBuffer());
  const row = {user: person, ref, id, type: blob.type, ...sealed};
  return change(
    ref,
    (stored) => {
      const others = (stored?.photos ?? []).filter((photo) => photo.id !== id);
      const photos = [...others, {id, size: blob.size, sent: false, ...about}];
      return {...blank(), ...stored, photos, saved_at: now()};
    },
    (store) => store("photos").put(row),
  );
}

/**
 * Return a photo's picture; undefined once it is no longer on this phone.
 * @param {string} ref
 * @param {string} id
 * @returns {Promise<Blob | undefined>}
 */
export async function getPhoto(ref, id) {
  const row = await within(["photos"], "readonly", (store) => asked(store("photos").get([person, ref, id])));
  return row && new Blob([await unseal(personKey, place(ref, id), row)], {type: row.type});
}

/**
 * Remove one photo of a report.
 * @param {string} ref
 * @param {string} id
 */
export const removePhoto = (ref, id) =>
  change(
    ref,
    (stored) => stored && {...stored, photos: stored.photos.filter((photo) => photo.id !== id)},
    (store) => store("photos").delete([person, ref, id]),
  );

/**
 * Change what is known of a photo; the picture leaves the phone with the change that says it was sent.
 * @param {string} ref
 * @param {string} id
 * @param {(photo: any) => any} edit
 */
export function changePhoto(ref, id, edit) {
  let sent = false;
  return change(
    ref,
    (stored) => {
      const photos = stored?.photos.map((photo) => (photo.id === id ? edit(photo) : photo));
      sent = Boolean(photos?.find((photo) => photo.id === id)?.sent);
      return stored && {...stored, photos};
    },
    (store) => sent && store("photos").delete([person, ref, id]),
  );
}

/** Forget receipts that are older than 90 days. */
async function forgetOld() {
  const since = new Date(Date.now() - LIMITS.days * 86_400_000).toISOString();
  for (const one of await list())
    if (!isUnsent(one) && one.receipt?.received_at < since) await remove(one.ref);
}

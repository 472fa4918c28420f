// What a person writes lies sealed on the phone, under a key of theirs that is there only while they are signed in.

import {asked, within} from "./database.js";

const HOUR = 3_600_000;

/**
 * Fetch the key of the person who is signed in; the browser lets nobody read it back.
 * @param {string} user whose key it has to be
 */
async function fetchKey(user) {
  const answer = await fetch("/outbox/key", {headers: {Accept: "application/json"}});
  const told = answer.ok && !answer.redirected ? await answer.json() : {};
  if (told.user !== user) throw new Error("sealed");
  const bytes = Uint8Array.from(atob(told.key), (sign) => sign.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return {user, key, until: Date.now() + told.hours * HOUR};
}

/**
 * Return a person's key, and drop everybody else's: of two people on one phone, one at most can open anything.
 * @param {string} user
 * @returns {Promise<CryptoKey>}
 */
export async function takeKey(user) {
  const kept = await within(["keys"], "readonly", (store) => asked(store("keys").get(user)));
  const row = kept?.until > Date.now() ? kept : await fetchKey(user);
  await within(["keys"], "readwrite", (store) => {
    store("keys").clear();
    store("keys").put(row);
  });
  return row.key;
}

/**
 * Let the person's key lie on this phone for some hours more: the server has just answered them. Resolves with whether it
 * lies there.
 * @param {string} user
 * @param {number} hours
 * @returns {Promise<boolean>}
 */
export const extendKey = (user, hours) =>
  within(["keys"], "readwrite", async (store) => {
    const row = await asked(store("keys").get(user));
    if (row) store("keys").put({...row, until: Date.now() + hours * HOUR});
    return Boolean(row);
  });

/** Drop every key: what lies on the phone stays, and opens again for its owner's next sign-in. */
export const dropKeys = () => within(["keys"], "readwrite", (store) => asked(store("keys").clear()));

/**
 * Seal bytes; only the same place opens them.
 * @param {CryptoKey} key
 * @param {string} place
 * @param {BufferSource} bytes
 */
export async function seal(key, place, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(place);
  return {iv, data: await crypto.subtle.encrypt({name: "AES-GCM", iv, additionalData}, key, bytes)};
}

/**
 * Open what seal() made.
 * @param {CryptoKey} key
 * @param {string} place
 * @param {{iv: Uint8Array, data: ArrayBuffer}} sealed
 */
export function unseal(key, place, {iv, data}) {
  const additionalData = new TextEncoder().encode(place);
  return crypto.subtle.decrypt({name: "AES-GCM", iv, additionalData}, key, data);
}

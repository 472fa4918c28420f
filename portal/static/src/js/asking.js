// What the phone asks the server, and what an answer means for what was to be sent.

const PATIENCE_MS = 60_000;
/** Bytes in a millisecond, of a link that is still worth waiting for. */
const SLOWEST = 2;
const HOUR_OF_WAIT = 3600;

let csrf = "";
let greeted = "";
let offset = 0;

/** How far this phone's clock is behind the server's, in milliseconds, as measured last. */
export const clockOffset = () => offset;

/**
 * A request without a receipt or a refusal of its item. `reason`: no_signal, busy, server, forbidden, too_big, signed_out;
 * `detail`: what the server said; `all`: every other request would end the same way; `wait`: seconds it asks for; `stale`:
 * the session has another token by now.
 */
export class Unsent extends Error {
  /**
   * @param {string} reason
   * @param {{detail?: string, all?: boolean, wait?: number, stale?: boolean}} [more]
   */
  constructor(reason, {detail = "", all = false, wait = 0, stale = false} = {}) {
    super(reason);
    Object.assign(this, {reason, detail, all, wait, stale});
  }
}

/**
 * Seconds that the server asks to wait.
 * @param {Response} answer
 */
function askedWait(answer) {
  const told = answer.headers.get("Retry-After") ?? "";
  const seconds = /^\d+$/.test(told) ? +told : (Date.parse(told) - Date.now()) / 1000;
  return Math.max(0, seconds || 0);
}

/**
 * What an answer means that is neither a receipt nor a refusal of its item.
 * @param {Response} answer
 * @param {string} detail
 */
function meaning(answer, detail) {
  if (answer.status === 401) return new Unsent("signed_out", {all: true});
  if (answer.status === 403) return new Unsent("forbidden", {detail, wait: HOUR_OF_WAIT});
  const busy = [429, 503].includes(answer.status);
  const stale = answer.status === 400;
  return new Unsent(busy ? "busy" : "server", {detail, all: busy, wait: askedWait(answer), stale});
}

/**
 * Ask the server, with patience for a slow link.
 * @param {string} address
 * @param {RequestInit} [options]
 * @returns {Promise<{status: number, told: any}>}
 */
async function ask(address, options = {}) {
  const patience = PATIENCE_MS + (options.body?.size ?? 0) / SLOWEST;
  let answer;
  try {
    answer = await fetch(address, {...options, redirect: "error", signal: AbortSignal.timeout(patience)});
  } catch {
    throw new Unsent("no_signal");
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok || [409, 413, 422].includes(answer.status)) return {status: answer.status, told};
  throw meaning(answer, told.detail ?? "");
}

/**
 * Ask who is signed in: for a token of this session, and how far the clock is off. Nobody sends for somebody else.
 * @param {string} user
 */
export async function greet(user) {
  const begun = Date.now();
  const {told} = await ask("/api/v1/me", {headers: {Accept: "application/json"}, cache: "no-store"});
  if (String(told.user?.id ?? told.user) !== user) throw new Unsent("signed_out", {all: true});
  greeted = user;
  csrf = told.csrf_token;
  offset = Math.round(Date.parse(told.server_time) - (begun + Date.now()) / 2);
}

/**
 * Put something under its own id: the same again is answered like the first time. A page that another tab opens at the same
 * moment may give the session another token: then once more, with that.
 * @param {string} address
 * @param {string} type
 * @param {BodyInit} body
 * @param {Record<string, string>} [more] headers
 */
export async function put(address, type, body, more = {}) {
  const once = () => {
    const headers = {Accept: "application/json", "Content-Type": type, "X-CSRF-Token": csrf, ...more};
    return ask(address, {method: "PUT", headers, body});
  };
  try {
    return await once();
  } catch (problem) {
    if (!problem.stale) throw problem;
    await greet(greeted);
    return once();
  }
}

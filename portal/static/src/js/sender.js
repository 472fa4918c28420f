// Sends what is queued: one sender at a time on this phone, in order, and again until there is a receipt.

import {during} from "./acting.js";
import {clockOffset, greet, put, Unsent} from "./asking.js";
import {forgetPages} from "./leaving.js";
import {shrunk} from "./shrinking.js";
import {addPhoto, change, changePhoto, getPhoto, isOpen, list, lockUp, owner} from "./store.js";

const WAITS = [30, 120, 600, 3600];
const REGULARLY = 300_000;

let running;
let wanted = "";
let timer;

/** Whether photos wait for Wi-Fi: only browsers that tell the kind of connection offer it. */
export const wifi = {
  known: () => "type" in (navigator.connection ?? {}),
  wanted: () => localStorage.getItem("portal-wifi") === "yes",
  want: (on) => localStorage.setItem("portal-wifi", on ? "yes" : "no"),
  blocks: () => wifi.known() && wifi.wanted() && navigator.connection.type === "cellular",
};

const moment = () => new Date().toISOString();

/**
 * What an item remembers of a try that brought nothing: the reason, and when to try again, a fifth sooner or later than
 * planned and never sooner than the server asks.
 * @param {any} item
 * @param {any} problem
 */
function failed(item, {reason, detail, wait = 0}) {
  const seconds = WAITS[Math.min(item.tries, WAITS.length) - 1] * (0.8 + Math.random() * 0.4);
  const next = new Date(Date.now() + 1000 * Math.max(seconds, wait)).toISOString();
  // What waits for its person alone is sent as soon as they are back.
  return {...item, reason, detail, next_try: reason === "signed_out" ? "" : next, held: wait > 0};
}

/** An item that is being tried. */
const tried = (item) => ({...item, tries: (item.tries ?? 0) + 1, last_try: moment()});

/** The state of a report that could not be sent. */
const waiting = (problem) => (problem.reason === "signed_out" ? "sign_in" : "queued");

/**
 * What the server's answer makes of a report. Of one that it has, only what it was called stays, with the receipt.
 * @param {any} report
 * @param {number} status
 * @param {any} told the receipt or the problem
 */
function answered(report, status, told) {
  if (status === 413) return {...failed(report, new Unsent("too_big")), state: "queued"};
  const over = {...report, next_try: "", reason: "", detail: "", errors: []};
  if (status < 300) {
    const {type, held_on, place, signups = []} = report.body;
    return {
      ...over,
      state: "received",
      body: {type, held_on, place, count: signups.length},
      receipt: {received_at: moment(), ...told},
    };
  }
  const reason = status === 409 ? "conflict" : "fields";
  return {...over, state: "fix", reason, detail: told.detail ?? "", errors: told.errors ?? []};
}

/**
 * Send one report; resolves once its answer is stored.
 * @param {any} queued
 */
async function sendReport({ref}) {
  const report = await change(ref, (one) =>
    one?.state === "queued" ? {...tried(one), state: "sending", wired: true} : undefined,
  );
  if (report?.state !== "sending") return;
  const {body, saved_at, seconds_spent, form} = report;
  const device = {clock_offset_ms: clockOffset(), saved_at, seconds_spent, form};
  try {
    const sent = JSON.stringify({...body, device});
    const {status, told} = await put(`/api/v1/activities/${ref}`, "application/json", sent);
    await change(ref, (one) => one && answered(one, status, told));
  } catch (problem) {
    await change(ref, (one) => one && {...failed(one, problem), state: waiting(problem)});
    throw problem;
  }
}

/** The header that says where a photo was taken, if the person agreed and the phone knew. */
const placeOf = ({latitude, longitude, accuracy} = {}) =>
  latitude === undefined
    ? {}
    : {"Photo-Location": `geo:${latitude.toFixed(5)},${longitude.toFixed(5)};u=${accuracy}`};

/**
 * Send one photo; what the server has leaves the phone.
 * @param {string} ref
 * @param {string} id
 * @param {any} [location]
 */
async function sendPhoto(ref, id, location) {
  const blob = await getPhoto(ref, id);
  if (!blob) return changePhoto(ref, id, (one) => ({...one, problem: "lost"}));
  await changePhoto(ref, id, tried);
  try {
    const {status, told} = await put(
      `/api/v1/activities/${ref}/photos/${id}`,
      blob.type || "image/jpeg",
      blob,
      placeOf(location),
    );
    if (status < 300) return changePhoto(ref, id, (one) => ({...one, sent: true, reason: "", next_try: ""}));
    if (status === 413) return shrinkPhoto(ref, id, blob);
    const problem = status === 409 ? "conflict" : "no_picture";
    return changePhoto(ref, id, (one) => ({...one, problem, detail: told.detail ?? ""}));
  } catch (problem) {
    await changePhoto(ref, id, (one) => failed(one, problem));
    throw problem;
  }
}

/**
 * Make a photo smaller that the server finds too big; one that cannot be made smaller needs its person.
 * @param {string} ref
 * @param {string} id
 * @param {Blob} blob
 */
async function shrinkPhoto(ref, id, blob) {
  const less = await shrunk(blob).catch(() => blob);
  if (less.size < blob.size) await addPhoto(ref, {id, blob: less});
  else await changePhoto(ref, id, (one) => ({...one, problem: "too_big"}));
}

/**
 * Tell whether it is an item's turn: no wait runs, or a person or the returning signal overrules it.
 * @param {any} item
 * @param {string} why
 */
function isDue(item, why) {
  if (!item.next_try || item.next_try <= moment()) return true;
  return !item.held && (why === "person" || (why === "signal" && item.reason === "no_signal"));
}

/** The reports whose turn it is. */
const dueReports = (reports, why) => reports.filter((one) => one.state === "queued" && isDue(one, why));

/** The photos whose turn it is, as [ref, id, location]; those of drafts stay. */
const duePhotos = (reports, why) =>
  reports
    .filter((one) => one.state !== "draft" && !wifi.blocks())
    .flatMap(({ref, photos}) => photos.map((photo) => ({ref, ...photo})))
    .filter((photo) => !photo.sent && !photo.problem && isDue(photo, why))
    .map(({ref, id, location}) => [ref, id, location]);

/**
 * Make queued again what was left in a state, by a killed tab or an ended session.
 * @param {string} state
 */
async function pickUp(state) {
  for (const {ref} of (await list()).filter((one) => one.state === state))
    await change(ref, (one) => (one?.state === state ? {...one, state: "queued", next_try: ""} : undefined));
}

/**
 * Try each item once. One that fails keeps nobody else waiting, unless every other would fail too.
 * @param {(() => Promise<any>)[]} acts
 */
async function tryEach(acts) {
  for (const act of acts) {
    try {
      await act();
    } catch (problem) {
      if (!(problem instanceof Unsent) || problem.all) throw problem;
      if (problem.reason === "no_signal") await greet(owner());
    }
  }
}

/**
 * Put off what is due: nothing can be sent now.
 * @param {any} problem
 */
async function putOff(problem) {
  const reports = await list();
  for (const {ref} of dueReports(reports, "due"))
    await change(ref, (one) =>
      one?.state === "queued" ? {...failed(tried(one), problem), state: waiting(problem)} : undefined,
    );
  for (const [ref, id] of duePhotos(reports, "due"))
    await changePhoto(ref, id, (one) => failed(tried(one), problem));
}

/**
 * Send everything whose turn it is: the reports, then the photos.
 * @param {string} why
 */
async function drain(why) {
  await pickUp("sending");
  const before = await list();
  const asleep = before.some((one) => one.state === "sign_in");
  if (!asleep && !dueReports(before, why).length && !duePhotos(before, why).length) return;
  try {
    await greet(owner());
    await pickUp("sign_in");
    await tryEach(dueReports(await list(), why).map((one) => () => sendReport(one)));
    await tryEach(
      duePhotos(await list(), why).map(
        ([ref, id, location]) =>
          () =>
            sendPhoto(ref, id, location),
      ),
    );
  } catch (problem) {
    if (!(problem instanceof Unsent)) throw problem;
    await putOff(problem);
    if (problem.reason === "signed_out") await Promise.all([forgetPages(), lockUp()]);
  }
}

/** Come back when the next wait is over, and every five minutes. */
async function comeBack() {
  const items = (await list()).flatMap((one) => [...(one.state === "queued" ? [one] : []), ...one.photos]);
  const next = items.map((one) => (one.sent ? "" : one.next_try)).filter(Boolean);
  const soonest = Math.min(...next.map((text) => Date.parse(text) - Date.now()));
  clearTimeout(timer);
  timer = setTimeout(send, Math.min(REGULARLY, Math.max(1000, soonest)), "due");
}

/** One sender at a time on this phone, and no new version meanwhile. */
const alone = (act) =>
  during(() => (navigator.locks ? navigator.locks.request("portal-sender", act) : act()));

/**
 * Send what is queued. Resolves when there is nothing more to do for now.
 * @param {"due" | "signal" | "person"} [why] a person's wish overrules waits, the signal's return those without signal
 * @returns {Promise<void>}
 */
export async function send(why = "due") {
  if (!isOpen()) return;
  if (running) {
    wanted = why;
    return running;
  }
  const said = () => document.dispatchEvent(new Event("portal-sender"));
  running = alone(() => drain(why)).finally(() => {
    running = undefined;
  });
  said();
  await running;
  said();
  if (wanted) {
    const next = wanted;
    wanted = "";
    return send(next);
  }
  await comeBack();
}

/** Tell whether something is being sent by this document. */
export const isSending = () => Boolean(running);

// The report being written: what was typed, kept on the phone at every change.

import {facts, find, form, words} from "./form-document.js";
import {get, open, queue, saveDraft} from "./store.js";

const PAUSE = 400;
const askedRef = location.hash.slice(1, 37);

/** Whether this document goes on with a report that was begun before. */
export const isBegun = Boolean(facts.ref) || /^[0-9a-f-]{36}$/.test(askedRef);

export const draft = {
  ref: facts.ref ?? (isBegun ? askedRef : crypto.randomUUID()),
  photos: [],
  errors: [],
  state: "draft",
  body: {
    type: "",
    held_on: "",
    place: "",
    village_code: "",
    village: "",
    attendance: "",
    notes: "",
    signups: [],
    removed: [],
    pending: {},
  },
};

let saveTimer;
let saving = Promise.resolve();
let finish;
const written = new Promise((done) => {
  finish = done;
});
let touched = false;
let spent = 0;
let kept = false;
const chip = document.querySelector("[data-kept]");

/**
 * Say whether what was typed lies on the phone.
 * @param {string} text
 */
function say(text) {
  chip.className = text === words.kept ? "chip ok" : "chip bad";
  chip.hidden = false;
  find("[role=status]", chip).textContent = text;
}

/**
 * Take over what was typed before.
 * @param {any} body
 */
function takeOver(body) {
  for (const name of Object.keys(draft.body)) draft.body[name] = body[name] ?? draft.body[name];
  draft.body.attendance = String(draft.body.attendance);
  if (body.corrects) draft.body.corrects = body.corrects;
}

/** Open the store and take over a draft of this ref: the phone's, else the server's. */
export async function begin() {
  if (facts.body) takeOver(facts.body);
  kept = await open(facts.user).then(
    () => true,
    () => say(words.failed),
  );
  if (!kept) return;
  const stored = await get(draft.ref);
  if (touched) keepNow();
  const same = stored && (!facts.body || stored.body.corrects === facts.body.corrects);
  if (!same) return;
  const {state, errors, photos, receipt, seconds_spent} = stored;
  Object.assign(draft, {state, errors, photos, receipt});
  spent = seconds_spent ?? 0;
  takeOver(stored.body);
  touched = true;
  if (state === "draft") say(words.kept);
}

/**
 * Write to the phone, one after the other.
 * @param {any} body
 */
function write(body) {
  const report = {
    ref: draft.ref,
    body,
    step: draft.step,
    form: facts.form,
    seconds_spent: Math.round(spent + performance.now() / 1000),
  };
  const told = (problem) => say(problem.code === "full" ? words.full : words.failed);
  saving = saving.then(() => saveDraft(report).then(() => say(words.kept), told));
  return saving;
}

/** Keep the draft at once, if anything was typed. */
export function keepNow() {
  clearTimeout(saveTimer);
  return touched && kept && !draft.sent ? write(structuredClone(draft.body)) : saving;
}

/** Keep the draft soon: what was typed has changed. From now on no new version of the portal is taken. */
export function keep() {
  if (!touched) navigator.locks?.request("portal-act", {mode: "shared"}, () => written);
  touched = true;
  clearTimeout(saveTimer);
  saveTimer = setTimeout(keepNow, PAUSE);
}

/** What is sent of the draft: as the interface has it, nothing that only the form needs. */
function wire() {
  const {type, held_on, place, village_code, attendance, notes, signups, removed, corrects} = draft.body;
  const body = {
    type,
    held_on,
    village_code,
    place,
    attendance: Number(attendance),
    notes: notes || null,
    signups,
  };
  return corrects ? {...body, corrects, removed} : body;
}

/** Put the report into the queue; resolves with whether it lies there. */
export async function hand() {
  if (!kept) return false;
  clearTimeout(saveTimer);
  draft.sent = true;
  await write(wire());
  const queued = await queue(draft.ref).catch(() => undefined);
  draft.sent = Boolean(queued);
  if (draft.sent) {
    Object.assign(draft, {state: queued.state, errors: []});
    finish();
  }
  return draft.sent;
}

document.addEventListener("visibilitychange", () => document.hidden && keepNow());
addEventListener("pagehide", keepNow);
form.addEventListener("focusout", (event) => event.target.matches("input, textarea") && keepNow());

// Sign-ups in a row: the NIK is read while it is typed, and each complete one joins the list.

import {all} from "./dom.js";
import {bornOf, nikProblem, workerProblems} from "./form-checks.js";
import {byId, copy, facts, find, now, words} from "./form-document.js";
import {draft, keep} from "./form-draft.js";
import {regions} from "./form-places.js";
import {mark, showProblems} from "./form-steps.js";

const TEXTS = ["name", "nik", "birth_date", "phone", "occupation"];
const step = find("[data-step=signups]");
const band = find("[data-workers]", step);
const rows = find("ul", band);
const nik = byId("nik");
const born = byId("birth_date");
let opened = "";
let readBorn = "";

/** What stands in the fields now. */
function typed() {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, byId(name).value.trim()]));
  const pack = find("[name=programmes]:checked", step)?.value ?? "";
  return {...texts, programmes: pack, consent: byId("consent").checked ? "y" : ""};
}

/** Whether nothing was typed. */
const isBlank = () => !TEXTS.some((name) => byId(name).value.trim());

/**
 * Put a worker into the fields; nobody empties them.
 * @param {any} one
 */
function put(one = {}) {
  for (const name of TEXTS) byId(name).value = one[name] ?? "";
  for (const option of all("[name=programmes]", step)) option.checked = option.value === one.programmes;
  byId("consent").checked = Boolean(one.consent ?? one.consent_at);
  readBorn = "";
  nik.dispatchEvent(new Event("input", {bubbles: true}));
}

/** Say which district the first six digits name, where the phone knows it. */
function nameDistrict() {
  const digits = nik.value.replace(/\D/g, "");
  const cell = find(".nik", step).firstElementChild;
  const regency = regions.get(digits.slice(0, 4));
  if (!cell || digits.length < 4 || !regency) return;
  const district = regions.get(digits.slice(0, 6));
  cell.lastChild.textContent = district ? `${district}, ${regency}` : regency;
}

/** The birth date is not asked for: the NIK names it. */
function readNik() {
  nameDistrict();
  const digits = nik.value.replace(/\D/g, "");
  const day = digits.length === 16 ? bornOf(digits) : "";
  if (day && (!born.value || born.value === readBorn)) {
    born.value = readBorn = day;
    born.dispatchEvent(new Event("input", {bubbles: true}));
  }
  if (digits.length === 16 && nikProblem(digits)) mark("nik", nikProblem(digits));
}

/** Whether the worker in the fields may join the list; if not, the errors are shown. */
function join() {
  const one = typed();
  const problems = workerProblems(one);
  showProblems(step, problems);
  if (problems.length) return false;
  const known = draft.body.signups.find((each) => each.ref === opened);
  const worker = {
    consent_version: facts.consent,
    consent_at: new Date(now()).toISOString(),
    ref: crypto.randomUUID(),
    ...known,
    ...one,
    nik: one.nik.replace(/\D/g, ""),
    phone: one.phone || null,
    occupation: one.occupation || null,
    consent: undefined,
  };
  if (known) Object.assign(known, worker);
  else draft.body.signups.push(worker);
  empty();
  return true;
}

function empty() {
  opened = "";
  draft.body.pending = {};
  put();
  showWorkers();
  keep();
}

/** What lists say of a worker: the NIK's first four and last two digits. @param {any} one */
export const lineOf = ({programmes, nik: number}) =>
  `${words.packs[programmes]}, NIK ${number.slice(0, 4)}••••••••••${number.slice(-2)}`;

/** List who signed up so far. */
function showWorkers() {
  for (const row of all("[data-ref]", rows)) row.remove();
  rows.append(
    ...draft.body.signups.map((one, number) => {
      const row = copy("worker", `${number + 1}. ${one.name}`, lineOf(one));
      row.dataset.ref = one.ref;
      for (const button of all("button", row))
        button.setAttribute("aria-label", `${button.textContent} ${one.name}`);
      return row;
    }),
  );
  for (const row of all("[data-recorded]", rows)) showTaken(row);
  band.hidden = !rows.children.length;
  const title = opened ? words.editWorker : draft.body.signups.length ? words.nextWorker : words.firstWorker;
  byId("next").textContent = title;
  find("[data-none]", step).hidden = Boolean(draft.body.signups.length || opened);
}

/** Show whether a recorded sign-up is taken back. @param {HTMLElement} row */
function showTaken(row) {
  const gone = draft.body.removed.includes(row.dataset.recorded);
  row.classList.toggle("gone", gone);
  const button = find("button", row);
  if (button) button.textContent = gone ? words.undo : words.remove;
}

const workerActs = {
  edit(ref) {
    opened = ref;
    put(draft.body.signups.find((one) => one.ref === ref));
    showWorkers();
    byId("next").scrollIntoView();
    byId("name").focus();
  },
  remove(ref) {
    draft.body.signups = draft.body.signups.filter((one) => one.ref !== ref);
    if (opened === ref) {
      opened = "";
      put();
    }
    showWorkers();
    byId("name").focus();
    keep();
  },
  takeBack(ref) {
    const {removed} = draft.body;
    draft.body.removed = removed.includes(ref) ? removed.filter((one) => one !== ref) : [...removed, ref];
    showWorkers();
    keep();
  },
};

/** Add the worker and wait for the next one. */
export function addMore() {
  if (draft.body.signups.length < facts.most.signups && join()) byId("name").focus();
}

/** Whether the step may be left: a worker who was begun is complete, and has joined. */
export function leaveWorkers() {
  if (!isBlank()) return join();
  showProblems(step, []);
  return true;
}

/** Fill this step from the draft, and listen to it. */
export function wireWorkers() {
  put(draft.body.pending);
  showWorkers();
  nik.addEventListener("input", readNik);
  step.addEventListener("input", () => {
    draft.body.pending = opened || isBlank() ? {} : typed();
    keep();
  });
  rows.addEventListener("click", ({target}) => {
    const act = target.closest("[data-act]")?.dataset.act;
    const row = target.closest("li");
    if (act === "take-back") workerActs.takeBack(row.dataset.recorded);
    else if (act) workerActs[act](row.dataset.ref);
  });
}

/** Where typing begins: at a worker who was begun, else at a new one, unless somebody has signed up already. */
export function showWorkerStep() {
  showWorkers();
  if (!draft.body.signups.length || !isBlank()) byId("name").focus({preventScroll: true});
}

// What the server would say, said before anything is sent: problems as {id, text}. The patterns stand in the document.

import {byId, dayBefore, facts, fill, words} from "./form-document.js";
import {draft} from "./form-draft.js";

/**
 * The sentence for a value that does not fit; nothing for one that does.
 * @param {any[][]} checks patterns it may not match
 * @param {string} id
 * @param {string} value
 */
function problemOf(checks, id, value) {
  const text = /nik|phone/.test(id) ? value.replace(/[\s.()/-]/g, "") : value.trim();
  const late = text > dayBefore(0) && facts.latest[id];
  const [, code = late, need] = checks.find(([pattern]) => RegExp(pattern, "u").test(text)) ?? [];
  return code ? fill(facts.errors[code], {have: [...text].length, need}) : "";
}

/**
 * What is wrong with values.
 * @param {any[][]} checks the patterns of each field, in their order
 * @param {Record<string, string>} said
 */
const problemsIn = (checks, said) =>
  checks
    .map(([id, patterns]) => ({id, text: problemOf(patterns, id, said[id] ?? "")}))
    .filter((problem) => problem.text);

/** What is wrong with a NIK. @param {string} nik */
export const nikProblem = (nik) => problemOf(Object.fromEntries(facts.worker).nik, "nik", nik);

/**
 * What is wrong with one worker as typed; a birth date is missing only where a right NIK names none.
 * @param {any} typed
 */
export function workerProblems(typed) {
  const found = problemsIn(facts.worker, typed);
  return found.filter(({id}) => id !== "birth_date" || typed[id] || !nikProblem(typed.nik));
}

/** The step that an element belongs to. @param {string} id */
export const stepOfField = (id) => byId(id).closest("[data-step]").dataset.step;

/** The problems of the whole report. */
export function allProblems() {
  const {body} = draft;
  const found = problemsIn(facts.checks, {...body, village_query: body.village_code});
  return Object.values(body.pending).some(Boolean) ? [...found, {id: "name", text: words.pending}] : found;
}

/** The problems of one step. @param {string} step */
export const problemsOf = (step) => allProblems().filter(({id}) => stepOfField(id) === step);

/**
 * The day that a NIK names; empty for one that is none.
 * @param {string} nik
 */
export function bornOf(nik) {
  const [day, month, year] =
    nik
      .match(/^.{6}(..)(..)(..)/)
      ?.slice(1)
      .map(Number) ?? [];
  const date = new Date(Date.UTC(year + (year < 20 ? 2000 : 1900), month - 1, day % 40));
  return date.getUTCDate() === day % 40 && date.getUTCMonth() === month - 1
    ? date.toISOString().slice(0, 10)
    : "";
}

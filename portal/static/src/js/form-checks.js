// What the server would say about each step, said before anything is sent: problems as {step, id, text}.

import {dayBefore, facts, words} from "./form-document.js";
import {draft, sentence} from "./form-draft.js";

const OLDEST = "1900-01-01";
const FIRST = "2010-01-01";

/**
 * The day that a NIK names; empty for one that is none.
 * @param {string} nik
 */
export function bornOf(nik) {
  const day = Number(nik.slice(6, 8)) % 40;
  const month = Number(nik.slice(8, 10));
  const year = 1900 + Number(nik.slice(10, 12));
  const date = new Date(Date.UTC(year < 1920 ? year + 100 : year, month - 1, day));
  const real = nik.length === 16 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.toISOString().slice(0, 10) : "";
}

/**
 * What is wrong with a NIK; nothing if it is possible.
 * @param {string} typed
 */
export function nikProblem(typed) {
  const nik = typed.replace(/[\s.-]/g, "");
  if (!nik) return sentence("nik");
  if (!/^\d+$/.test(nik)) return sentence("nik.letters");
  if (nik.length !== 16) return sentence("nik.length", {have: nik.length, need: 16});
  if (/^(\d)\1*$/.test(nik) || nik === "1234567890123456") return sentence("nik.repeated");
  if (nik.startsWith("00")) return sentence("nik.region");
  const [day, month] = [Number(nik.slice(6, 8)), Number(nik.slice(8, 10))];
  const dated =
    (day > 40 ? day - 40 : day) >= 1 && (day > 40 ? day - 40 : day) <= 31 && month >= 1 && month <= 12;
  if (!dated) return sentence("nik.date");
  return nik.endsWith("0000") ? sentence("nik.serial") : "";
}

/**
 * What is wrong with a text; nothing if it fits.
 * @param {string} text
 * @param {number} most
 * @param {string} [missing] the sentence for an empty one
 */
function textProblem(text, most, missing) {
  const have = [...(text ?? "").trim()].length;
  if (!have) return missing ? sentence(missing) : "";
  return have > most ? sentence("text.too_long", {have, need: most}) : "";
}

function heldProblem({held_on}) {
  if (!held_on) return sentence("held_on");
  if (held_on > dayBefore(0)) return sentence("in_future");
  return held_on < FIRST ? sentence("too_early") : "";
}

function attendanceProblem({attendance}) {
  const text = attendance.trim();
  if (!text) return sentence("attendance_missing");
  return /^[0-9]{1,5}$/.test(text) ? "" : sentence("attendance");
}

function phoneProblem({phone}) {
  const digits = (phone ?? "").replace(/[\s.()/-]/g, "");
  return !digits || /^((\+62|0062|62)0?|0)8[0-9]{8,11}$/.test(digits) ? "" : sentence("phone.malformed");
}

/** A birth date is missing only where a right NIK names none. */
function bornProblem({birth_date, nik}) {
  if (!birth_date) return nikProblem(nik ?? "") ? "" : sentence("birth_date");
  return birth_date < OLDEST || birth_date > dayBefore(0) ? sentence("born_in_future") : "";
}

const only = (step, problems) =>
  Object.entries(problems)
    .filter(([, text]) => text)
    .map(([id, text]) => ({step, id, text}));

/**
 * What is wrong with one worker as typed.
 * @param {any} typed
 */
export const workerProblems = (typed) =>
  only("signups", {
    name: textProblem(typed.name, 120, "name"),
    nik: nikProblem(typed.nik ?? ""),
    birth_date: bornProblem(typed),
    phone: phoneProblem(typed),
    occupation: textProblem(typed.occupation, 80),
    programmes: typed.programmes ? "" : sentence("programmes"),
    consent: typed.consent ? "" : sentence("consent"),
  });

const STEPS = {
  type: (body) => only("type", {type: body.type ? "" : sentence("type")}),
  place: (body) =>
    only("place", {
      held_on: heldProblem(body),
      place: textProblem(body.place, 120, "place"),
      village_query: body.village_code ? "" : sentence("village"),
    }),
  people: (body) =>
    only("people", {attendance: attendanceProblem(body), notes: textProblem(body.notes, 2000)}),
  photos: () =>
    only("photos", {
      photos: draft.photos.length + (facts.stored ?? 0) > facts.most.photos ? sentence("photos_many") : "",
    }),
  signups: (body) =>
    Object.values(body.pending).some(Boolean) ? [{step: "signups", id: "name", text: words.pending}] : [],
};

/**
 * The problems of one step.
 * @param {string} step
 */
export const problemsOf = (step) => STEPS[step]?.(draft.body) ?? [];

/** The problems of the whole report. */
export const allProblems = () => Object.keys(STEPS).flatMap(problemsOf);

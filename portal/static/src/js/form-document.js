// The document of the report form: its facts, its words, and the parts that are made from its templates.

import {all} from "./dom.js";

export const form = document.querySelector("[data-form]");
export const facts = JSON.parse(form.dataset.facts);
export const words = JSON.parse(form.dataset.words);
const language = document.documentElement.lang;

/**
 * Put values into a sentence: {n} and %(need)s alike.
 * @param {string} text
 * @param {Record<string, any>} values
 */
export const fill = (text, values) =>
  text.replace(/\{(\w+)\}|%\((\w+)\)s/g, (whole, one, other) => values[one ?? other] ?? whole);

/**
 * A copy of a template's element.
 * @param {string} name
 */
export const copy = (name) =>
  form.querySelector(`template[data-copy=${name}]`).content.firstElementChild.cloneNode(true);

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * Show a text wherever the form shows it.
 * @param {string} name
 * @param {string} text
 */
export function show(name, text) {
  for (const place of all(`[data-show="${name}"]`, form)) place.textContent = text;
}

// How far the server's clock is ahead of this phone's, as it was when the server last gave this page itself.
const CLOCK = "portal-clock";
if (!document.documentElement.dataset.asof) localStorage.setItem(CLOCK, Date.parse(facts.now) - Date.now());

/** This moment, by the server's clock. */
export const now = () => Date.now() + Number(localStorage.getItem(CLOCK));

/** Today and other days in the zone of the cadre's branch, as YYYY-MM-DD. */
export const dayBefore = (days) =>
  new Intl.DateTimeFormat("sv-SE", {timeZone: facts.zone}).format(now() - days * 86_400_000);

/**
 * A day in words.
 * @param {string} day
 * @param {Intl.DateTimeFormatOptions} [how]
 */
export const dayInWords = (day, how = {weekday: "long", day: "numeric", month: "long"}) =>
  new Intl.DateTimeFormat(language, {timeZone: "UTC", ...how}).format(new Date(`${day}T00:00Z`));

/** @param {string} instant */
export const timeInWords = (instant) =>
  new Intl.DateTimeFormat(language, {timeZone: facts.zone, hour: "2-digit", minute: "2-digit"}).format(
    new Date(instant),
  );

/**
 * A NIK as lists show it: the first four and the last two digits.
 * @param {string} nik
 */
export const masked = (nik) => `${nik.slice(0, 4)}••••••••••${nik.slice(-2)}`;

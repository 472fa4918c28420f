// The document of the report form: its facts, its words, and the parts that are made from its templates.

import {all, root} from "./dom.js";

export const form = document.querySelector("[data-form]");
export const facts = JSON.parse(form.dataset.facts);
export const words = JSON.parse(form.dataset.words);

/**
 * Put values into the gaps of a sentence, such as {n}.
 * @param {string} text
 * @param {Record<string, any>} values
 */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_gap, name) => values[name]);

/** @param {string} selector @param {ParentNode} [inside] */
export const find = (selector, inside = form) => inside.querySelector(selector);

/**
 * A copy of a template's element, with its title and its line.
 * @param {string} name
 * @param {string} [title]
 * @param {string} [text]
 */
export function copy(name, title = "", text = "") {
  const made = find(`[data-copy=${name}]`).content.firstElementChild.cloneNode(true);
  for (const place of all("[data-title]", made)) place.textContent = title;
  for (const place of all("[data-line]", made)) place.textContent = text;
  return made;
}

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/** The places that show a part of the report. @param {string} name */
export const placesOf = (name) => all(`[data-show="${name}"]`, form);

/** Show texts wherever the form shows them. @param {Record<string, string>} texts */
export function show(texts) {
  for (const [name, text] of Object.entries(texts))
    for (const place of placesOf(name)) place.textContent = text;
}

/** The words of a type; without one, that none is chosen. @param {string} type */
export const typeName = (type) => find(`[name=type][value="${type}"] + span b`)?.textContent ?? words.noType;

// How far the server's clock is ahead of this phone's, as it was when the server last gave this page itself.
if (!root.dataset.asof) localStorage.setItem("portal-clock", Date.parse(facts.now) - Date.now());

/** This moment, by the server's clock. */
export const now = () => Date.now() + Number(localStorage.getItem("portal-clock"));

/** Today and other days in the zone of the cadre's branch, as YYYY-MM-DD. */
export const dayBefore = (days) =>
  new Date(now() - days * 86_400_000).toLocaleDateString("sv-SE", {timeZone: facts.zone});

/**
 * A day in words.
 * @param {string} day
 * @param {Intl.DateTimeFormatOptions} [how]
 */
export const dayInWords = (day, how = {weekday: "long", day: "numeric", month: "long"}) =>
  new Date(day).toLocaleDateString(facts.locale, {timeZone: "UTC", ...how});

/** @param {string} instant */
export const timeInWords = (instant) =>
  new Date(instant).toLocaleTimeString(facts.locale, {timeZone: facts.zone, timeStyle: "short"});

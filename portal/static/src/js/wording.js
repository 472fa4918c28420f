// The words and patterns of the outbox's page: other pages borrow them, so that none carries them along.

import {root} from "./dom.js";

let lent;
let words;

/** The page that has the patterns: this one, the one on the phone, or the server's. */
function lender() {
  const here = document.querySelector("[data-outbox-page]") && document;
  lent ??= here
    ? Promise.resolve(here)
    : caches
        .match("/outbox")
        .then((kept) => kept ?? fetch("/outbox"))
        .then((answer) => answer.text())
        .then((text) => new DOMParser().parseFromString(text, "text/html"));
  lent.catch(() => {
    lent = undefined;
  });
  return lent;
}

/**
 * Fill the places of a text: {n} with values.n.
 * @param {string} text
 * @param {Record<string, any>} values
 */
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/**
 * Return a copy of a pattern, its places filled.
 * @param {string} name
 * @param {Record<string, any>} [values]
 * @returns {Promise<HTMLElement>}
 */
export async function pattern(name, values = {}) {
  const template = (await lender()).querySelector(`[data-pattern="${name}"]`);
  const copy = document.importNode(template.content, true);
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) node.data = filled(node.data, values);
    else
      for (const one of [...node.attributes].filter(({value}) => value.includes("{"))) {
        one.value = filled(one.value, values);
        // What is no length until it is filled would be an error on the console.
        if (one.name.startsWith("data-set-")) node.setAttribute(one.name.slice(9), one.value);
      }
  }
  return copy.firstElementChild;
}

/** Read the words, once: then say() needs no waiting. */
export async function learnWords() {
  if (words) return;
  const copy = (await lender()).querySelector("[data-pattern=words]").content;
  words = new Map([...copy.children].map((one) => [one.dataset.word, one.textContent]));
}

/**
 * Say a word of the page.
 * @param {string} name
 * @param {Record<string, any>} [values]
 */
export const say = (name, values = {}) => filled(words.get(name) ?? "", values);

const format = (options) => new Intl.DateTimeFormat(root.lang === "en" ? "en-GB" : "id-ID", options);

/**
 * A clock's time, with the day unless it is today.
 * @param {string} instant
 * @param {boolean} [timeFirst]
 */
export function timeOf(instant, timeFirst = false) {
  const [date, today] = [new Date(instant), new Date()];
  const time = format({hour: "2-digit", minute: "2-digit"}).format(date);
  if (date.toDateString() === today.toDateString()) return time;
  const parts = [format({day: "numeric", month: "short"}).format(date), time];
  return (timeFirst ? parts.reverse() : parts).join(", ");
}

/**
 * A day in full, from its date.
 * @param {string} day
 */
export const dayOf = (day) =>
  format({weekday: "long", day: "numeric", month: "long", timeZone: "UTC"}).format(new Date(day));

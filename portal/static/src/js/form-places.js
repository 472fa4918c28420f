// When and where: today by one tap, earlier places by one tap, villages while somebody types.

import {all} from "./dom.js";
import {byId, copy, dayBefore, dayInWords, facts, find, form, words} from "./form-document.js";
import {draft, keep} from "./form-draft.js";

const SHOWN = 6;
const box = byId("village");
const query = byId("village_query");
const villageList = byId("village_code");
const told = find("[role=status]", box);
const elsewhere = find("[data-act=elsewhere]", box);
const held = byId("held_on");

/** The villages of the own regency: {code, name, line, plain}; districts and regencies by their code. */
const villages = [];
export const regions = new Map();

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/**
 * Read the lines of the regency: a district begins with "#", its villages follow.
 * @param {string} text
 */
function readPlaces(text) {
  let district = "";
  for (const one of text.split("\n")) {
    if (one.startsWith("#")) {
      district = facts.regency + one.slice(1, 3);
      regions.set(district, one.slice(3));
    } else {
      const [code, name] = [district + one.slice(0, 4), one.slice(4)];
      const line = `${name}, ${regions.get(district)}, ${facts.regencyName}`;
      villages.push({code, line, plain: plain(name)});
    }
  }
}

/** Fetch the names once; the browser keeps them for the days without a signal. */
export async function loadPlaces() {
  if (!box.dataset.villages) return;
  const {places, regencies} = await (await fetch(box.dataset.villages)).json();
  for (const one of regencies.split("\n")) regions.set(one.slice(0, 4), one.slice(4));
  readPlaces(places);
  const known = villages.find((one) => one.code === draft.body.village_code);
  if (known) draft.body.village ||= known.line;
  offer([]);
}

/**
 * Show the chosen village and those that were found.
 * @param {{code: string, line: string}[]} found
 */
function offer(found) {
  const {village_code: code, village} = draft.body;
  const rows = code ? [{code, line: village || code}, ...found.filter((one) => one.code !== code)] : found;
  villageList.replaceChildren(
    ...rows.slice(0, SHOWN + 1).map(({code: value, line}) => {
      const [name, ...rest] = line.split(", ");
      const row = copy("village", name, rest.join(", "));
      const input = find("input", row);
      Object.assign(input, {value, checked: value === code});
      input.dataset.line = line;
      return row;
    }),
  );
}

/** Villages whose name contains what was typed: the sooner and the more of it, the earlier. */
function search() {
  const wanted = plain(query.value);
  const rank = (one) => 100 * one.plain.indexOf(wanted) + one.plain.length;
  const found = wanted[1] ? villages.filter((one) => one.plain.includes(wanted)) : [];
  return found.sort((one, other) => rank(one) - rank(other));
}

function look() {
  const found = search();
  const few = query.value.length > 1 && found.length < 3;
  offer(found);
  told.textContent = found[SHOWN] ? words.more : few && !found.length ? words.none : "";
  elsewhere.hidden = !few;
}

async function lookElsewhere() {
  try {
    const answer = await fetch(`${box.dataset.search}?q=${encodeURIComponent(query.value)}`);
    const {items} = await answer.json();
    offer(items);
    told.textContent = items.length ? "" : words.nowhere;
  } catch {
    told.textContent = words.offline;
  }
}

/**
 * Choose a village.
 * @param {string} code
 * @param {string} line
 */
function choose(code, line) {
  Object.assign(draft.body, {village_code: code, village: line});
  query.value = "";
  told.textContent = "";
  elsewhere.hidden = true;
  offer([]);
  query.dispatchEvent(new Event("input", {bubbles: true}));
  keep();
}

/** Take the first village that was found, if there are no more than so many. @param {number} [most] */
export function chooseFirst(most = 99) {
  const [first, ...others] = search();
  if (first && others.length < most) choose(first.code, first.line);
  return first;
}

/** Show the day as it stands in the draft; another one than the two is typed. @param {boolean} [other] */
function showDay(other = false) {
  const [today, before, typed] = all("[name=day]", form);
  const day = draft.body.held_on;
  const chosen = [today, before].find((one) => dayBefore(one.value) === day) ?? (day || other ? typed : {});
  chosen.checked = true;
  find("[data-date]").hidden = !typed.checked;
  held.value = day;
}

function pickDay({target: {value}}) {
  draft.body.held_on = value && dayBefore(value);
  showDay(!value);
  keep();
}

function pickPlace({target}) {
  const name = byId("place");
  name.value = target.dataset.place;
  name.dispatchEvent(new Event("input", {bubbles: true}));
  choose(target.dataset.village, target.dataset.line);
}

/** Fill this step from the draft, and listen to it. */
export function wirePlaces() {
  for (const one of all("[name=day]", form)) {
    const short = {weekday: "short", day: "numeric", month: "short"};
    for (const line of all("small", one.parentElement))
      line.textContent = dayInWords(dayBefore(one.value), short);
    one.addEventListener("change", pickDay);
  }
  for (const one of all("[name=known]", form)) {
    one.checked = one.dataset.place === draft.body.place && one.dataset.village === draft.body.village_code;
    one.addEventListener("change", pickPlace);
  }
  held.max = dayBefore(0);
  query.addEventListener("input", (event) => event.isTrusted && look());
  query.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!chooseFirst() && !elsewhere.hidden) lookElsewhere();
  });
  villageList.addEventListener("change", ({target}) => choose(target.value, target.dataset.line));
  elsewhere.addEventListener("click", lookElsewhere);
  showDay();
  offer([]);
}

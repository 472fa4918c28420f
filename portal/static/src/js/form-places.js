// When and where: today by one tap, earlier places by one tap, villages while somebody types.

import {all} from "./dom.js";
import {byId, copy, dayBefore, dayInWords, facts, form, words} from "./form-document.js";
import {draft, keep} from "./form-draft.js";

const VILLAGES_SHOWN = 6;
const box = byId("village");
const query = byId("village_query");
const villageList = byId("village_code");
const told = box.querySelector("[role=status]");
const elsewhere = box.querySelector("[data-act=elsewhere]");
const held = byId("held_on");

/** The villages of the own regency: {code, name, line, plain}; districts and regencies by their code. */
let villages = [];
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
  try {
    const {places, regencies} = await (await fetch(box.dataset.villages)).json();
    for (const one of regencies.split("\n")) regions.set(one.slice(0, 4), one.slice(4));
    readPlaces(places);
    nameVillage();
  } catch {
    villages = [];
  }
}

/** A village known by its code alone gets its name. */
function nameVillage() {
  const {village, village_code} = draft.body;
  if (village || !village_code) return;
  draft.body.village = villages.find((one) => one.code === village_code)?.line ?? "";
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
    ...rows.slice(0, VILLAGES_SHOWN + 1).map(({code: value, line}) => {
      const row = copy("village");
      const input = row.querySelector("input");
      Object.assign(input, {value, checked: value === code});
      input.dataset.line = line;
      const [name, ...rest] = line.split(", ");
      row.querySelector("b").textContent = name;
      row.querySelector("small").textContent = rest.join(", ");
      return row;
    }),
  );
}

/** Equal names first, then those that begin so, then those that contain it. */
function search() {
  const wanted = plain(query.value);
  const rank = (one) => (one.plain === wanted ? 0 : one.plain.startsWith(wanted) ? 1 : 2);
  if (wanted.length < 2) return [];
  const found = villages.filter((one) => one.plain.includes(wanted));
  return found.sort((one, other) => rank(one) - rank(other));
}

function look() {
  const found = search();
  offer(found);
  const typed = plain(query.value).length > 1;
  told.textContent = !typed
    ? ""
    : !found.length
      ? words.none
      : found.length > VILLAGES_SHOWN
        ? words.more
        : "";
  elsewhere.hidden = !typed || found.length > 2;
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

/** Take the only village that was found: who typed its whole name has chosen it. */
export function chooseOnly() {
  const found = search();
  if (found.length === 1) choose(found[0].code, found[0].line);
}

/** Show the day as it stands in the draft. */
function showDay() {
  const days = all("[name=day]", form);
  const chosen = days.find((one) => one.value && dayBefore(one.value) === draft.body.held_on);
  const other = days.at(-1);
  if (chosen) chosen.checked = true;
  else if (draft.body.held_on) other.checked = true;
  form.querySelector("[data-date]").hidden = !other.checked;
  held.value = draft.body.held_on;
}

function pickDay({target}) {
  const {value} = target;
  draft.body.held_on = value ? dayBefore(value) : "";
  showDay();
  if (!value) form.querySelector("[data-date]").hidden = false;
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
    const small = one.parentElement.querySelector("small");
    if (small)
      small.textContent = dayInWords(dayBefore(one.value), {
        weekday: "short",
        day: "numeric",
        month: "short",
      });
    one.addEventListener("change", pickDay);
  }
  for (const one of all("[name=known]", form)) {
    one.checked = one.dataset.place === draft.body.place && one.dataset.village === draft.body.village_code;
    one.addEventListener("change", pickPlace);
  }
  held.max = dayBefore(0);
  held.addEventListener("change", () => {
    draft.body.held_on = held.value;
    keep();
  });
  query.addEventListener("input", (event) => event.isTrusted && look());
  query.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = search();
    if (first) choose(first.code, first.line);
    else if (!elsewhere.hidden) lookElsewhere();
  });
  villageList.addEventListener("change", ({target}) => choose(target.value, target.dataset.line));
  elsewhere.addEventListener("click", lookElsewhere);
  showDay();
  offer([]);
}

// The last step, and the page after sending: what was said, which points wait, where the report is now.

import {all} from "./dom.js";
import {bornOf} from "./form-checks.js";
import {
  byId,
  dayBefore,
  dayInWords,
  facts,
  fill,
  find,
  form,
  placesOf,
  show,
  timeInWords,
  typeName,
  words,
} from "./form-document.js";
import {draft, hand} from "./form-draft.js";
import {photoCount, photoImages} from "./form-photos.js";
import {fromServer, next, showProblems} from "./form-steps.js";
import {lineOf} from "./form-workers.js";
import {get, onChange} from "./store.js";

const page = find("[data-sent-page]");
const strip = find("[data-state]", page);

/** Show everything that will be sent. */
export function showCheck() {
  const {body} = draft;
  const recorded = all("[data-recorded]", form).filter((one) => !body.removed.includes(one.dataset.recorded));
  show({
    type: typeName(body.type),
    held_on: body.held_on ? dayInWords(body.held_on) : "–",
    place: body.place || "–",
    village: body.village || body.village_code,
    attendance: body.attendance || "–",
    notes: body.notes || "–",
    photos: fill(words.photos, {n: photoCount()}),
    signups: fill(words.signups, {n: body.signups.length + recorded.length}),
  });
  for (const [name, was] of Object.entries(facts.before))
    for (const place of placesOf(name)) place.dataset.changed = was === body[name] ? "" : words.changed;
  find("[data-show=pictures]").replaceChildren(...photoImages(words.photo));
  const before = recorded.map((one) =>
    copy("line", find("b", one).textContent, find("small", one).textContent),
  );
  const lines = body.signups.map((one) => {
    const born = dayInWords(one.birth_date, {dateStyle: "medium"});
    const differs = bornOf(one.nik) === one.birth_date ? "" : words.differs;
    return copy("line", one.name, `${lineOf(one)}, ${born}. ${differs}`);
  });
  find("[data-show=workers]").replaceChildren(...before, ...lines);
  if (draft.errors.length) showProblems(find("[data-step=check]"), fromServer(draft.errors));
}

/** Say where the report is: here, on its way, there. @param {any} report */
function showState({state, receipt, photos = []}) {
  const n = photos.filter((photo) => !photo.sent).length;
  const time = receipt && timeInWords(receipt.received_at);
  const [tone, title, more] = words.states[receipt && n ? "photos" : state] ?? words.states.queued;
  strip.className = `box lead-icon ${tone}`;
  find("b", strip).textContent = title;
  find(".sm", strip).textContent = fill(more, {time, n});
}

/** Follow the report's way. */
const watch = async () => showState(await get(draft.ref));

/** Show the page after sending, which is a part of this document: it needs no signal. */
export function showSent() {
  const {body} = draft;
  draft.sent = true;
  document.querySelector(".app").className = "app sent";
  const worth = body.signups.reduce((sum, one) => sum + facts.points.signup[one.programmes], 0);
  show({
    title: `${typeName(body.type)}, ${body.place}`,
    line: [dayInWords(body.held_on), body.village].filter(Boolean).join(". "),
    "activity-points": fill(words.points, {n: facts.points.activity[body.type]}),
    when: facts.days ? fill(words.by, {day: dayInWords(dayBefore(-facts.days))}) : words.soon,
    "signup-points": fill(words.upTo, {n: worth}),
  });
  find("[data-signup-row]", page).hidden = !body.signups.length;
  history.replaceState(history.state, "", `#${draft.ref}/sent`);
  showState(draft);
  onChange(watch);
  watch();
  scrollTo(0, 0);
  byId("sent-title").focus();
}

/** Send: into the queue of this phone, then the page after sending. */
export async function send() {
  if (!next()) return;
  const there = await hand();
  if (there) showSent();
  else showProblems(find("[data-step=check]"), [{id: "check-type", text: words.failed}]);
}

// The last step, and the page after sending: what was said, which points wait, where the report is now.

import {all} from "./dom.js";
import {
  byId,
  dayBefore,
  dayInWords,
  facts,
  fill,
  form,
  masked,
  show,
  timeInWords,
  words,
} from "./form-document.js";
import {draft, hand} from "./form-draft.js";
import {photoCount, photoUrls} from "./form-photos.js";
import {fromServer, next, showProblems} from "./form-steps.js";
import {get, onChange} from "./store.js";

const page = form.querySelector("[data-sent-page]");
const strip = page.querySelector("[data-state]");

/** The words of a type. @param {string} type */
const typeName = (type) =>
  form.querySelector(`[name=type][value="${type}"]`)?.parentElement.querySelector("b").textContent;

/** A line of a list. @param {string} title @param {string} line */
function lineOf(title, line) {
  const item = document.createElement("li");
  const [strong, small] = [document.createElement("b"), document.createElement("small")];
  strong.textContent = title;
  small.textContent = line;
  item.append(strong, small);
  return item;
}

/** Show everything that will be sent. */
export function showCheck() {
  const {body} = draft;
  show("type", typeName(body.type) ?? words.noType);
  show("held_on", body.held_on ? dayInWords(body.held_on) : "–");
  show("place", body.place || "–");
  show("village", body.village || body.village_code);
  show("attendance", body.attendance ? fill(words.people, {n: body.attendance}) : "–");
  show("notes", body.notes || "–");
  show("photos", fill(words.photos, {n: photoCount()}));
  const recorded = all("[data-recorded]", form).filter((one) => !body.removed.includes(one.dataset.recorded));
  show("signups", fill(words.signups, {n: body.signups.length + recorded.length}));
  const pictures = photoUrls().map((src, n) =>
    Object.assign(new Image(), {src, alt: fill(words.photo, {n: n + 1})}),
  );
  form.querySelector("[data-show=pictures]").replaceChildren(...pictures);
  const lines = body.signups.map((one) =>
    lineOf(
      one.name,
      `${words.packs[one.programmes]}, NIK ${masked(one.nik)}, ${dayInWords(one.birth_date, {dateStyle: "medium"})}`,
    ),
  );
  const before = recorded.map((one) =>
    lineOf(one.querySelector("b").textContent, one.querySelector("small").textContent),
  );
  form.querySelector("[data-show=workers]").replaceChildren(...before, ...lines);
  if (draft.errors.length) showProblems(form.querySelector("[data-step=check]"), fromServer(draft.errors));
}

/** Say where the report is: here, on its way, there. @param {any} report */
function showState({state, receipt, photos = []}) {
  const texts = {
    sending: [words.sending, words.savedMore],
    received: [
      words.arrived,
      fill(words.arrivedMore, {time: receipt ? timeInWords(receipt.received_at) : ""}),
    ],
    fix: [words.fix, ""],
    sign_in: [words.signIn, words.savedMore],
  };
  const [title, more] = texts[state] ?? [words.saved, words.savedMore];
  const waiting = photos.filter((photo) => !photo.sent).length;
  strip.querySelector("b").textContent = title;
  strip.querySelector(".sm").textContent =
    state === "received" && waiting ? `${more} ${fill(words.photosFollow, {n: waiting})}` : more;
  strip.classList.toggle("ok", state === "received");
  strip.classList.toggle("attn", state === "fix" || state === "sign_in");
}

/** Follow the report's way. */
async function watch() {
  const report = await get(draft.ref);
  if (report) showState(report);
}

/** Show the page after sending, which is a part of this document: it needs no signal. */
export function showSent() {
  const {body} = draft;
  draft.sent = true;
  for (const step of all("[data-step], [data-returned]", form)) step.hidden = true;
  document.querySelector(".steps").hidden = true;
  document.querySelector("[data-kept]").hidden = true;
  document.querySelector(".app").classList.remove("working");
  page.hidden = false;
  const worth = body.signups.reduce((sum, one) => sum + (facts.points.signup[one.programmes] ?? 0), 0);
  show("title", `${typeName(body.type)}, ${body.place}`);
  show("line", [dayInWords(body.held_on), body.village].filter(Boolean).join(". "));
  show("activity-points", fill(words.points, {n: facts.points.activity[body.type] ?? 0}));
  show("when", facts.days ? fill(words.by, {day: dayInWords(dayBefore(-facts.days))}) : words.soon);
  show("signup-count", fill(words.signups, {n: body.signups.length}));
  show("signup-points", fill(words.upTo, {n: worth}));
  page.querySelector("[data-signup-row]").hidden = !body.signups.length;
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
  else
    showProblems(form.querySelector("[data-step=check]"), [
      {step: "check", id: "check-type", text: words.failed},
    ]);
}

// The page of the outbox: each report with its state, last try, reason and next try, and what can be done about it.

import {send, wifi} from "./sender.js";
import {follow, isWithoutSignal, strips} from "./standing.js";
import {isOpen, isUnsent, remove, removePhoto, takeBack} from "./store.js";
import {dayOf, learnWords, pattern, say, timeOf} from "./wording.js";

const PHOTO = 150_000;

const box = document.querySelector("[data-outbox-page]");

/** Where a report is written on: in the form for new ones, or, with what the server has of it, a returned one. */
const formOf = ({ref, body}) =>
  body.corrects ? box.dataset.returned.replace("/0/", `/${ref}/`) : `${box.dataset.form}#${ref}`;
const titleOf = ({body}) => [say(`type.${body.type ?? ""}`), body.place].filter(Boolean).join(", ");

/**
 * When and how much.
 * @param {any} report
 */
function lineOf({body, photos, saved_at}) {
  const many = {signups: body.signups?.length ?? body.count ?? 0, photos: photos.length};
  const counts = Object.entries(many).map(([word, n]) => n && say(word, {n}));
  const when = body.held_on ? dayOf(body.held_on) : say("saved", {at: timeOf(saved_at)});
  return [when, counts.filter(Boolean).join(", ")].filter(Boolean).join(". ");
}

/** The part of a report that waits: itself, or once it is received the photo that is next. */
const partOf = (report) =>
  report.state === "received" ? (report.photos.find((photo) => !photo.sent) ?? report) : report;

/**
 * The short word for a report's state.
 * @param {any} report
 */
function chipOf(report) {
  const {state, photos, errors, reason} = report;
  if (photos.some((photo) => photo.problem) && state !== "fix") return say("chip.photo");
  if (state === "received")
    return say("chip.photos", {sent: photos.filter((photo) => photo.sent).length, n: photos.length});
  if (state === "fix")
    return say(reason === "conflict" ? "chip.conflict" : "chip.fix", {n: errors.length || 1});
  return say(state === "queued" && !isWithoutSignal(report) ? "chip.waiting" : `chip.${state}`);
}

const ICONS = {
  queued: "signal",
  sending: "upload",
  sign_in: "lock",
  fix: "edit",
  received: "upload",
  draft: "edit",
};

/**
 * Draw another icon of the sprite.
 * @param {Element} drawn
 * @param {string} name
 */
function draw(drawn, name) {
  const use = drawn.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/[\w-]+$/, name));
}

/**
 * Why it has not arrived: what the server said comes before our own words.
 * @param {any} report
 */
function reasonOf(report) {
  const part = partOf(report);
  const bad = report.photos.find((photo) => photo.problem);
  if (report.state === "fix") {
    const told = report.errors.map((one) => one.detail).filter(Boolean);
    return told.slice(0, 3).join(" ") || report.detail || say(`reason.${report.reason}`);
  }
  if (bad) return bad.detail || say(`reason.${bad.problem}`);
  if (part !== report && wifi.blocks()) return say("reason.wifi");
  return part.detail || say(`reason.${part.reason ?? ""}`);
}

/**
 * When it is tried again.
 * @param {any} report
 */
function nextOf(report) {
  const part = partOf(report);
  if (report.state === "fix" || report.photos.some((photo) => photo.problem)) return say("after-fix");
  if (report.state === "sign_in") return say("after-sign-in");
  if (part !== report && wifi.blocks()) return say("on-wifi");
  if (!part.next_try) return say(navigator.onLine ? "now" : "soon");
  const at = timeOf(part.next_try);
  return part.reason === "no_signal" ? say("or-signal", {at}) : at;
}

/**
 * A button of an item.
 * @param {string} word
 * @param {() => any} act
 */
function button(word, act) {
  const made = Object.assign(document.createElement("button"), {
    type: "button",
    textContent: say(`do.${word}`),
  });
  made.className = `btn c ${word.startsWith("discard") ? "bare" : word === "change" ? "alt" : ""}`;
  made.addEventListener("click", () => {
    const question = word.startsWith("discard") && say(`ask.${word}`);
    if (!question || confirm(question)) act();
  });
  return made;
}

/**
 * What can be done about a report.
 * @param {any} report
 */
function buttonsOf(report) {
  const {ref, state, photos, wired} = report;
  const go = (address) => location.assign(address);
  const discard = button("discard", () => remove(ref));
  if (state === "draft") return [button("continue", () => go(formOf(report))), discard];
  if (state === "fix") return [button("fix", () => go(formOf(report))), discard];
  const bad = photos.filter((photo) => photo.problem);
  if (bad.length)
    return [button("discard-photos", () => Promise.all(bad.map((photo) => removePhoto(ref, photo.id))))];
  if (state === "sign_in") return [button("sign_in", () => go("/login?next=/outbox"))];
  if (state === "queued" && !wired)
    return [button("change", () => takeBack(ref).then(() => go(formOf(report))))];
  return [];
}

/**
 * One report that has not arrived.
 * @param {any} report
 * @param {string} tone
 */
async function item(report, tone) {
  const made = await pattern("item");
  const part = partOf(report);
  const put = (name, text) => {
    made.querySelector(`[data-${name}]`).textContent = text;
  };
  put("title", part === report ? titleOf(report) : say("photos-of", {title: titleOf(report)}));
  put("line", part === report ? lineOf(report) : say("photos-follow"));
  put("chip", chipOf(report));
  draw(made.querySelector(".chip"), ICONS[report.state]);
  if (part !== report) draw(made.querySelector(".ic"), "camera");
  for (const one of tone ? made.querySelectorAll("[data-tone]") : []) one.classList.add(tone);
  if (report.state === "draft") made.querySelector("[data-tries]").remove();
  else {
    put("last", part.last_try ? say("try", {at: timeOf(part.last_try), n: part.tries}) : say("never"));
    put("reason", reasonOf(report));
    put("next", nextOf(report));
  }
  made.querySelector("[data-actions]").append(...buttonsOf(report));
  return made;
}

/**
 * One report that has arrived.
 * @param {any} report
 */
async function arrived(report) {
  const made = await pattern("arrived");
  made.querySelector("[data-title]").textContent = titleOf(report);
  made.querySelector("[data-line]").textContent = say("received", {at: timeOf(report.receipt.received_at)});
  const n = report.receipt.number;
  made.querySelector("[data-number]").textContent = n ? say("number", {n}) : "";
  return made;
}

/**
 * Fill one list, and show it if there is something in it.
 * @param {string} name
 * @param {any[]} reports
 * @param {(report: any) => Promise<HTMLElement>} make
 */
async function fillList(name, reports, make) {
  const section = box.querySelector(`[data-list=${name}]`);
  const made = await Promise.all(reports.map(make));
  section.querySelector("[data-items]").replaceChildren(...made);
  section.hidden = !made.length;
}

/**
 * Bytes as people say them.
 * @param {number} bytes
 */
const sizeOf = (bytes) =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${Math.round(bytes / 1_000_000)} MB`;

/**
 * Show how much room there is.
 * @param {any} space
 */
function showRoom({bytes, limit, photos, reports}) {
  const panel = document.querySelector("[data-room]");
  const [used, most] = [Math.ceil(bytes / 1_000_000), Math.round(limit / 1_000_000)];
  const text = say("room", {used, limit: most, photos: Math.max(0, Math.floor((limit - bytes) / PHOTO))});
  panel.querySelector("[data-used]").textContent = text;
  panel.querySelector("svg").setAttribute("aria-label", text);
  panel.querySelector("rect").setAttribute("width", `${Math.min(100, (100 * bytes) / limit)}%`);
  panel.hidden = false;
  box.querySelector("[data-sum]").textContent = say("sum", {reports, photos, size: sizeOf(bytes)});
}

/**
 * Show everything.
 * @param {any} groups
 * @param {any} space
 */
async function show(groups, space) {
  box.querySelector("[data-strip]").replaceChildren(...(await strips(groups, space)));
  await fillList("fix", groups.fix, (one) => item(one, "attn"));
  await fillList("waiting", groups.waiting, (one) => item(one, ""));
  await fillList("draft", groups.draft, (one) => item(one, ""));
  await fillList("arrived", groups.arrived, arrived);
  box.querySelector("[data-list=nothing]").hidden = Object.values(groups).some((reports) => reports.length);
  const unsent = groups.waiting.filter(isUnsent);
  const photos = unsent.flatMap((one) => one.photos.filter((photo) => !photo.sent));
  showRoom({...space, photos: photos.length, reports: unsent.length});
}

/** Bring the page of the outbox to life, if this is it. */
export async function showOutbox() {
  if (!box) return;
  box.querySelector("[data-plain]").hidden = true;
  if (!isOpen()) return box.prepend(await pattern("strip-locked"));
  await learnWords();
  const choice = document.querySelector("[data-wifi]");
  choice.hidden = !wifi.known();
  const input = choice.querySelector("input");
  input.checked = wifi.wanted();
  input.addEventListener("change", () => {
    wifi.want(input.checked);
    send("person");
  });
  box.querySelector("[data-send]").addEventListener("click", () => send("person"));
  await follow(show);
  box.querySelector("[data-live]").hidden = false;
}

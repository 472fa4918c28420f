// How things stand on this phone, in one strip: on the outbox's page always, on the first page when something waits.

import {isSending} from "./sender.js";
import {isUnsent, list, onChange, room} from "./store.js";
import {pattern, timeOf} from "./wording.js";

let sentBefore = 0;

/**
 * Sort reports by what they wait for.
 * @param {any[]} reports
 */
export function sorted(reports) {
  const needs = (one) =>
    one.state === "fix" || (one.state !== "draft" && one.photos.some((each) => each.problem));
  const groups = {fix: [], waiting: [], draft: [], arrived: []};
  for (const one of reports) {
    if (needs(one)) groups.fix.push(one);
    else if (one.state === "draft") groups.draft.push(one);
    else groups[isUnsent(one) ? "waiting" : "arrived"].push(one);
  }
  groups.arrived.sort((one, other) => (one.receipt.received_at < other.receipt.received_at ? 1 : -1));
  return groups;
}

/** Tell whether it is the signal that something waits for. */
export const isWithoutSignal = (report) =>
  !navigator.onLine ||
  [report, ...report.photos].some((item) => !item.sent && item.next_try && item.reason === "no_signal");

/**
 * The soonest instant at which something is tried again.
 * @param {any[]} waiting
 */
const soonest = (waiting) =>
  waiting
    .flatMap((one) => [one, ...one.photos.filter((photo) => !photo.sent)])
    .map((item) => item.next_try)
    .filter(Boolean)
    .sort()[0];

/**
 * Choose the strip of the moment, and what stands in it; undefined if there is nothing to say.
 * @param {ReturnType<typeof sorted>} groups
 */
function choose({fix, waiting, arrived}) {
  const n = waiting.length;
  if (waiting.some((one) => one.state === "sign_in")) return ["sign_in", {}];
  if (n && isSending() && navigator.onLine) {
    const at = Math.min(sentBefore + 1, sentBefore + n);
    return ["sending", {at, n: sentBefore + n, share: (100 * (at - 0.5)) / (sentBefore + n)}];
  }
  if (fix.length) return ["fix", {n: fix.length}];
  if (!navigator.onLine || (n && waiting.every(isWithoutSignal))) return ["offline", {}];
  if (n) return ["waiting", {n, next: timeOf(soonest(waiting) ?? new Date())}];
  if (arrived.length) return ["arrived", {last: timeOf(arrived[0].receipt.received_at)}];
}

/**
 * Count what was sent since the sender began, for "2 of 5".
 * @param {number} before
 * @param {number} now
 */
function countSent(before, now) {
  sentBefore = isSending() ? sentBefore + Math.max(0, before - now) : 0;
}

/**
 * Return the strips to show.
 * @param {ReturnType<typeof sorted>} groups
 * @param {any} space
 */
export async function strips(groups, space) {
  const [name, values] = choose(groups) ?? [];
  const shown = name ? [await pattern(`strip-${name}`, values)] : [];
  if (space.nearly)
    shown.push(
      await pattern("strip-full", {photos: Math.max(0, Math.floor((space.limit - space.bytes) / 150_000))}),
    );
  return shown;
}

/** Follow the store: call with what there is, at once and at every change. */
export function follow(show) {
  let before = 0;
  let drawing;
  const draw = async () => {
    const groups = sorted(await list());
    countSent(before, groups.waiting.length);
    before = groups.waiting.length;
    await show(groups, await room());
  };
  // Changes come in bursts: one drawing at a time, and one more after the last.
  const next = () => {
    drawing = (drawing ?? Promise.resolve()).then(draw).catch(() => {});
    return drawing;
  };
  onChange(next);
  for (const name of ["online", "offline"]) addEventListener(name, next);
  for (const name of ["portal-sender", "portal-page"]) document.addEventListener(name, next);
  return next();
}

/** On the first page: a strip that leads to the outbox, only while something waits. */
export function showOnFirstPage() {
  follow(async (groups, space) => {
    const main = document.querySelector(".main-part");
    const waits = groups.fix.length + groups.waiting.length;
    const [strip] = waits ? await strips(groups, {...space, nearly: false}) : [];
    main.querySelector("[data-outbox-strip]")?.remove();
    if (!strip) return;
    for (const link of strip.querySelectorAll("a")) link.remove();
    const link = Object.assign(document.createElement("a"), {href: "/outbox", className: strip.className});
    link.dataset.outboxStrip = "";
    link.append(...strip.childNodes);
    main.prepend(link);
  });
}

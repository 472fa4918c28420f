// One step at a time: which one, the way back through the browser's history, and the errors of a step.

import {all} from "./dom.js";
import {allProblems, problemsOf, stepOfField} from "./form-checks.js";
import {byId, copy, fill, find, form, words} from "./form-document.js";
import {draft, keepNow} from "./form-draft.js";

const NAMES = all("[data-step]", form).map((step) => step.dataset.step);
const shown = new Map();
const bar = document.querySelector(".stepbar");
const line = document.querySelector(".steps .ends");

/** The form of a step. @param {string} name */
const stepOf = (name) => find(`[data-step=${name}]`);

/**
 * Call this whenever a step is shown.
 * @param {string} name
 * @param {() => void} then
 */
export const whenShown = (name, then) => shown.set(name, then);

/** Remove the errors of a step. @param {Element} step */
function forget(step) {
  for (const error of all(".err, [data-summary]", step)) error.remove();
  for (const marked of all("[aria-invalid]", step)) marked.removeAttribute("aria-invalid");
  for (const marked of all(".opt.bad", step)) marked.classList.remove("bad");
}

/**
 * Say at a field what is wrong with it, before the input, as the server's pages do.
 * @param {string} id
 * @param {string} text
 */
export function mark(id, text) {
  const target = byId(id);
  const field = target.closest(".f");
  find(".err", field)?.remove();
  const error = copy("error", text);
  error.id = `${id}-error`;
  const before = find(".days, .opts, .in, .opt, ul", field) ?? field.lastElementChild;
  before.before(error);
  for (const option of all(".opt", field)) option.classList.add("bad");
  if (target.matches("input, textarea")) target.setAttribute("aria-invalid", "true");
  target.setAttribute("aria-describedby", `${id}-hint ${error.id}`);
}

/** Go to a field, wherever its step is. @param {{id: string, text: string}} problem */
function reach({id, text}) {
  const step = stepOfField(id);
  if (step !== draft.step) go(step, true);
  mark(id, text);
  const target = byId(id);
  const field = [target, ...all("input", target)].find(
    (one) => one.matches("input, textarea") && one.checkVisibility(),
  );
  target.tabIndex = field ? target.tabIndex : -1;
  (field ?? target).focus();
}

/**
 * Show problems: a summary that takes the focus and leads to each field, and the same words at the fields.
 * @param {HTMLElement} step
 * @param {{id: string, text: string}[]} problems
 */
export function showProblems(step, problems) {
  forget(step);
  if (!problems.length) return;
  const n = problems.length;
  const summary = copy("summary", fill(words.wrong[n > 1 ? 1 : 0], {n}));
  for (const problem of problems) {
    const item = copy("problem", problem.text);
    const link = item.firstElementChild;
    link.href = `#${problem.id}`;
    link.onclick = (event) => {
      event.preventDefault();
      reach(problem);
    };
    find("ul", summary).append(item);
    if (stepOfField(problem.id) === step.dataset.step) mark(problem.id, problem.text);
  }
  step.prepend(summary);
  scrollTo(0, 0);
  summary.firstElementChild.focus();
}

/** Show a step, whose name is the end of the address. @param {string} name */
function reveal(name) {
  draft.step = name;
  const now = NAMES.indexOf(name) + 1;
  for (const step of all("[data-step]", form)) step.hidden = step.dataset.step !== name;
  const step = stepOf(name);
  find("b", line).textContent = fill(words.now, {now, total: NAMES.length});
  line.firstElementChild.lastChild.textContent = ` ${step.dataset.text}`;
  bar.setAttribute("aria-label", fill(words.bar, {now, total: NAMES.length}));
  for (const [place, part] of [...bar.children].entries())
    part.className = ["d", "n", ""][Math.sign(place + 1 - now) + 1];
  step.classList.toggle("mending", Boolean(history.state?.back));
  forget(step);
  scrollTo(0, 0);
  line.tabIndex = -1;
  line.focus({preventScroll: true});
  shown.get(name)?.();
}

const address = (name) => `#${draft.ref}/${name}`;

/**
 * Go to a step; the browser's back leads back from it.
 * @param {string} name
 * @param {boolean} [back] its button leads back to the check
 */
export function go(name, back = false) {
  const depth = (history.state?.depth ?? 0) + 1;
  history.pushState({depth, back}, "", address(name));
  keepNow();
  reveal(name);
}

/** Go on from a step that has no problem. */
export function next() {
  const {step} = draft;
  const problems = step === "check" ? allProblems() : problemsOf(step);
  showProblems(stepOf(step), problems);
  if (problems.length) return false;
  if (step !== "check") go(history.state?.back ? "check" : NAMES[NAMES.indexOf(step) + 1]);
  return true;
}

/** Go back: by the history where this form made it, else to the step before. */
export function goBack() {
  if (history.state?.depth) return history.back();
  return go(NAMES[NAMES.indexOf(draft.step) - 1]);
}

/** Show the step that the address names; another report's address is another document's. */
export function follow() {
  const [ref, name] = location.hash.slice(1).split("/");
  if (ref && ref !== draft.ref && ref.length === 36) return location.reload();
  const wanted = NAMES.includes(name) ? name : draft.errors.length || draft.body.corrects ? "check" : "type";
  if (name !== wanted) history.replaceState(history.state, "", address(wanted));
  return reveal(wanted);
}
addEventListener("popstate", () => draft.sent || follow());

/** Problems that the server found, by the places of its answer, such as signups/0/nik. @param {any[]} errors */
export const fromServer = (errors) =>
  errors.map(({field = "", detail}) => {
    const [name, number] = field.split("/");
    const id = {village_code: "village_query", signups: "name"}[name] ?? name;
    const who = draft.body.signups[number]?.name;
    return {id: byId(id) ? id : "place", text: who ? `${who}: ${detail}` : detail};
  });

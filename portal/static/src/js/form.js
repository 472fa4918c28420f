// The report form: six steps in one document, kept on the phone at every change, sent from there.

import {all} from "./dom.js";
import {byId, copy, find, form, typeName, words} from "./form-document.js";
import {begin, draft, isBegun, keep, keepNow} from "./form-draft.js";
import {locate, wirePhotoStep} from "./form-photos.js";
import {chooseFirst, loadPlaces, wirePlaces} from "./form-places.js";
import {send, showCheck, showSent} from "./form-sent.js";
import {follow, go, goBack, next, whenShown} from "./form-steps.js";
import {addMore, leaveWorkers, showWorkerStep, wireWorkers} from "./form-workers.js";
import {list} from "./store.js";

const DRAFTS_SHOWN = 3;

/** Put the draft into the plain fields, and the plain fields into the draft. */
function wireFields() {
  for (const field of all("#held_on, #place, #attendance, #notes, [name=type]", form)) {
    const {name, type, value} = field;
    if (type === "radio") field.checked = value === draft.body[name];
    else field.value = draft.body[name];
    field.addEventListener("input", () => {
      draft.body[name] = field.value;
      keep();
    });
  }
}

/** Offer what was begun on this phone and is not sent. */
async function offerDrafts() {
  const begun = (await list()).filter((one) => ["draft", "fix"].includes(one.state) && one.ref !== draft.ref);
  const band = find("[data-phone]");
  band.hidden = !begun.length || draft.body.type !== "";
  const rows = begun.slice(-DRAFTS_SHOWN).map((one) => {
    const {type, place, corrects, signups} = one.body;
    const title = [typeName(type), place].filter(Boolean).join(", ");
    const row = copy("draft", title, one.photos.length && !signups?.length ? words.later : words.kept);
    find("a", row).href = corrects ? `/report/${one.ref}/form` : `#${one.ref}`;
    return row;
  });
  find("ul", band).replaceChildren(...rows.reverse());
}

function advance() {
  const {step} = draft;
  if (step === "place" && !draft.body.village_code) chooseFirst(1);
  if (step === "signups" && !leaveWorkers()) return;
  if (step === "check") send();
  else next();
}

const formActs = {
  back: goBack,
  more: addMore,
  locate,
  go: (button) => go(button.value, true),
  later: async () => {
    keep();
    await keepNow();
    location.assign(find("[data-away]").href);
  },
};

form.addEventListener("click", ({target}) => {
  const button = target.closest("[data-act]");
  formActs[button?.dataset.act]?.(button);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  advance();
});
// The keyboard's "next" goes to the next field; only a button goes on.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input[enterkeyhint=next], .wide-nik")) return;
  event.preventDefault();
  const fields = all("input, textarea, button", event.target.form).filter((one) => one.checkVisibility());
  fields[fields.indexOf(event.target) + 1]?.focus();
});

whenShown("people", () => byId("attendance").focus({preventScroll: true}));
whenShown("signups", showWorkerStep);
whenShown("check", showCheck);

// A new report needs nothing of the phone's store to begin with; one that was begun before does.
const opening = begin();
if (isBegun) await opening;
wireFields();
wirePlaces();
wireWorkers();
if (["draft", "fix"].includes(draft.state)) follow();
else showSent();
await opening;
await Promise.allSettled([loadPlaces(), wirePhotoStep(), offerDrafts()]);
if (draft.step === "check") showCheck();
form.dataset.ready = "";

// Photos: taken is kept. Made small on the phone, shown, and removed again by one tap; with the place, if the person likes.

import {all} from "./dom.js";
import {copy, facts, fill, find, form, words} from "./form-document.js";
import {draft, keepNow} from "./form-draft.js";
import {mark} from "./form-steps.js";
import {fingerprint, smallPhoto} from "./picturing.js";
import {addPhoto, getPhoto, removePhoto} from "./store.js";

const LOCATING = 20_000;
const pictures = find("[data-pictures]");
const photoState = find("[data-photo-state]");
const placeState = find("[data-location] [role=status]");
const urls = new Map();
let where;

/** Images of the photos of this report that are on the phone. @param {string} text what they show */
export const photoImages = (text) =>
  draft.photos
    .filter((photo) => urls.has(photo.id))
    .map((photo, n) => Object.assign(new Image(), {src: urls.get(photo.id), alt: fill(text, {n: n + 1})}));

/** How many photos the report has, with those that the portal has already. */
export const photoCount = () => draft.photos.length + facts.stored;

/** List the photos anew. */
function showPictures() {
  for (const row of all("[data-id]", pictures)) row.remove();
  const first = facts.stored + 1;
  const rows = draft.photos.map((photo, number) => {
    const name = fill(words.photo, {n: first + number});
    const row = copy("picture", name, `${Math.max(1, Math.round(photo.size / 1000))} kB`);
    row.dataset.id = photo.id;
    const [image, link] = [find("img", row), find("a", row)];
    image.src = link.href = urls.get(photo.id) ?? "";
    image.alt = name;
    find("button", row).setAttribute("aria-label", fill(words.removePhoto, {n: first + number}));
    return row;
  });
  pictures.append(...rows);
  find(".pick").hidden = photoCount() >= facts.most.photos;
  showPaper();
}

/** The photographed list of names, to type from. */
function showPaper() {
  const paper = find("[data-paper]");
  const images = photoImages(words.paper);
  paper.hidden = !images.length;
  find("div", paper).replaceChildren(...images);
}

/**
 * Keep a chosen file: small, with its fingerprint and the place.
 * @param {File} file
 */
async function take(file) {
  const made = await smallPhoto(file);
  const [id, sha256] = [crypto.randomUUID(), await fingerprint(made.blob)];
  await keepNow();
  draft.photos = (await addPhoto(draft.ref, {id, ...made, sha256, location: where})).photos;
  urls.set(id, URL.createObjectURL(made.blob));
}

async function taken({target}) {
  photoState.textContent = words.shrinking;
  for (const file of target.files) {
    if (photoCount() >= facts.most.photos) {
      mark("photos", facts.errors.photos_many);
      break;
    }
    try {
      await take(file);
    } catch (problem) {
      mark("photos", words[problem.code ?? problem.message] ?? words.badPhoto);
    }
    showPictures();
  }
  photoState.textContent = "";
  target.value = "";
}

async function drop(id) {
  draft.photos = (await removePhoto(draft.ref, id)).photos;
  showPictures();
  find(".pick input").focus();
}

/** Ask where the phone is, once the person agreed; that it stays unknown is an answer too. */
export function locate() {
  placeState.textContent = words.locating;
  navigator.geolocation.getCurrentPosition(
    ({coords: {latitude, longitude, accuracy}}) => {
      where = {latitude, longitude, accuracy: Math.round(accuracy)};
      placeState.textContent = fill(words.located, {n: where.accuracy});
    },
    ({code}) => {
      where = {unknown: code};
      placeState.textContent = words.unknown;
    },
    {enableHighAccuracy: true, timeout: LOCATING},
  );
}

/** Show the photos that are kept, and listen to this step. */
export async function wirePhotoStep() {
  for (const input of all("[data-photo]", form)) input.addEventListener("change", taken);
  pictures.addEventListener("click", ({target}) => {
    const row = target.closest("button") && target.closest("[data-id]");
    if (row) drop(row.dataset.id);
  });
  for (const {id} of draft.photos) {
    const blob = await getPhoto(draft.ref, id);
    if (blob) urls.set(id, URL.createObjectURL(blob));
  }
  showPictures();
}

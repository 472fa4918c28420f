// Photos: taken is kept. Made small on the phone, shown, and removed again by one tap; with the place, if the person likes.

import {all} from "./dom.js";
import {byId, copy, facts, fill, form, words} from "./form-document.js";
import {draft, keepNow, sentence} from "./form-draft.js";
import {mark} from "./form-steps.js";
import {fingerprint, smallPhoto} from "./picturing.js";
import {addPhoto, getPhoto, removePhoto} from "./store.js";

const LOCATING = 20_000;
const pictures = form.querySelector("[data-pictures]");
const photoState = form.querySelector("[data-photo-state]");
const placeState = form.querySelector("[data-location] [role=status]");
const urls = new Map();
let where;

/** Addresses of the photos of this report that are on the phone, as pages may show them. */
export const photoUrls = () => draft.photos.map((photo) => urls.get(photo.id)).filter(Boolean);

/** How many photos the report has, with those that the portal has already. */
export const photoCount = () => draft.photos.length + (facts.stored ?? 0);

/** List the photos anew. */
function showPictures() {
  for (const row of all("[data-id]", pictures)) row.remove();
  const first = (facts.stored ?? 0) + 1;
  const rows = draft.photos.map((photo, number) => {
    const row = copy("picture");
    row.dataset.id = photo.id;
    const [image, link] = [row.querySelector("img"), row.querySelector("a")];
    const name = fill(words.photo, {n: first + number});
    image.src = link.href = urls.get(photo.id) ?? "";
    image.alt = name;
    row.querySelector("b").textContent = name;
    row.querySelector("small").textContent = `${Math.max(1, Math.round(photo.size / 1000))} kB`;
    row.querySelector("button").setAttribute("aria-label", fill(words.removePhoto, {n: first + number}));
    return row;
  });
  pictures.append(...rows);
  form.querySelector(".pick").hidden = photoCount() >= facts.most.photos;
  showPaper();
}

/** The photographed list of names, to type from. */
function showPaper() {
  const paper = form.querySelector("[data-paper]");
  paper.hidden = !photoUrls().length;
  const images = photoUrls().map((src) => Object.assign(new Image(), {src, alt: words.paper}));
  paper.querySelector("div").replaceChildren(...images);
}

/**
 * Keep a chosen file: small, with its fingerprint and the place.
 * @param {File} file
 */
async function take(file) {
  const {blob, width, height} = await smallPhoto(file);
  const photo = {id: crypto.randomUUID(), width, height, sha256: await fingerprint(blob), location: where};
  await keepNow();
  const stored = await addPhoto(draft.ref, {...photo, blob});
  urls.set(photo.id, URL.createObjectURL(blob));
  draft.photos = stored.photos;
}

async function taken({target}) {
  const files = [...target.files];
  for (const file of files) {
    if (photoCount() >= facts.most.photos) {
      mark("photos", sentence("photos_many"));
      break;
    }
    photoState.textContent = words.shrinking;
    try {
      await take(file);
    } catch (problem) {
      const text = {full: words.full, big: words.bigPhoto}[problem.code ?? problem.message];
      mark("photos", text ?? words.badPhoto);
    }
    showPictures();
  }
  photoState.textContent = "";
  target.value = "";
}

async function drop(id) {
  await removePhoto(draft.ref, id);
  draft.photos = draft.photos.filter((photo) => photo.id !== id);
  URL.revokeObjectURL(urls.get(id));
  urls.delete(id);
  showPictures();
  (form.querySelector(".pick input") ?? byId("photos")).focus();
}

/** Ask where the phone is, once the person agreed; that it stays unknown is an answer too. */
export function locate() {
  placeState.textContent = words.locating;
  navigator.geolocation.getCurrentPosition(
    ({coords, timestamp}) => {
      const {latitude, longitude, accuracy} = coords;
      where = {latitude, longitude, accuracy: Math.round(accuracy), at: new Date(timestamp).toISOString()};
      placeState.textContent = fill(words.located, {n: where.accuracy});
      locateKept();
    },
    ({code}) => {
      where = {unknown: ["", "refused", "not_found", "too_slow"][code]};
      placeState.textContent = code === 1 ? words.refused : words.notFound;
    },
    {enableHighAccuracy: true, timeout: LOCATING, maximumAge: 60_000},
  );
}

/** Photos that were taken before the place was known get it too. */
async function locateKept() {
  for (const {id, size, sent, ...about} of draft.photos) {
    const blob = await getPhoto(draft.ref, id);
    if (!blob || sent || about.location?.latitude) continue;
    draft.photos = (await addPhoto(draft.ref, {...about, id, blob, location: where})).photos;
  }
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

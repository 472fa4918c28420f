// Photos made small enough for a slow line: 1280 px, then less, until 150 kB; never above 300 kB.

const WANTED = 150_000;
const MOST = 300_000;

/** Longest side, quality, and the size that is small enough then. */
const TRIES = [
  [1280, 0.65, WANTED],
  [1024, 0.65, WANTED],
  [800, 0.65, MOST],
  [640, 0.45, MOST],
  [480, 0.35, MOST],
];

/**
 * Draw a picture at most so long, and return it as a JPEG.
 * @param {ImageBitmap} image
 * @param {number} side
 * @param {number} quality
 */
async function drawn(image, side, quality) {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((length) =>
    Math.max(1, Math.round(length * scale)),
  );
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  return {blob: await canvas.convertToBlob({type: "image/jpeg", quality}), width, height};
}

/**
 * Make a photo small, upright as it was taken. Fails for what is no picture, and for one that stays too big.
 * @param {Blob} file
 */
export async function smallPhoto(file) {
  const image = await createImageBitmap(file, {imageOrientation: "from-image"});
  let made;
  for (const [side, quality, most] of TRIES) {
    made = await drawn(image, side, quality);
    if (made.blob.size <= most) break;
  }
  image.close();
  if (made.blob.size > MOST) throw new Error("big");
  return made;
}

/**
 * The SHA-256 of a photo, as the server computes it of what arrives.
 * @param {Blob} blob
 */
export async function fingerprint(blob) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Photos made small enough for a slow line: 1280 px, then less, until 150 kB; never above 300 kB.

const WANTED = 150_000;
const MOST = 300_000;

/** Longest side and quality, one after the other. */
const TRIES = [
  [1280, 0.65],
  [1024, 0.65],
  [800, 0.65],
];
const LAST_TRIES = [
  [800, 0.45],
  [640, 0.45],
  [480, 0.35],
];

/**
 * Draw a picture at most so long, and return it as a JPEG.
 * @param {ImageBitmap} image
 * @param {number[]} how its longest side and quality
 */
async function drawn(image, [side, quality]) {
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
  let best;
  for (const how of TRIES) {
    best = await drawn(image, how);
    if (best.blob.size <= WANTED) break;
  }
  for (const how of LAST_TRIES) {
    if (best.blob.size <= MOST) break;
    best = await drawn(image, how);
  }
  image.close();
  if (best.blob.size > MOST) throw new Error("big");
  return best;
}

/**
 * The SHA-256 of a photo, as the server computes it of what arrives.
 * @param {Blob} blob
 */
export async function fingerprint(blob) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

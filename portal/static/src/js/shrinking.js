// A photo that the server finds too big is made smaller and sent again.

/**
 * Return the picture with seven tenths of its edges, as JPEG.
 * @param {Blob} blob
 * @returns {Promise<Blob>}
 */
export async function shrunk(blob) {
  const image = await createImageBitmap(blob);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * 0.7);
  canvas.height = Math.round(image.height * 0.7);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob((less) => done(less ?? blob), "image/jpeg", 0.65));
}

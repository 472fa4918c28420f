// The share card: where the device can share a picture, one press does it; elsewhere the button stays away.

const button = document.querySelector("[data-share]");

/** Fetch the picture that the page shows, as a file to hand over. */
async function fileOf() {
  const answer = await fetch(button.dataset.share);
  if (!answer.ok) throw new Error(String(answer.status));
  return new File([await answer.blob()], button.dataset.name, {type: "image/png"});
}

/** Tell whether this device shares pictures at all. */
function shares() {
  const sample = new File([""], "kartu.png", {type: "image/png"});
  return Boolean(navigator.canShare?.({files: [sample]}));
}

if (button && shares()) {
  button.hidden = false;
  // Fetched beforehand: some browsers share only within the press itself.
  const ready = fileOf().catch(() => null);
  button.addEventListener("click", async () => {
    const file = await ready;
    if (!file) return location.assign(button.dataset.share);
    try {
      await navigator.share({files: [file], text: button.dataset.text});
    } catch (problem) {
      if (problem.name !== "AbortError") location.assign(button.dataset.share);
    }
  });
}

// The button that lets this device ring: asks the browser for an address and keys, and sends them as a form.

const form = document.querySelector("form[data-push]");

/**
 * Turn url-safe base64 into bytes.
 * @param {string} text
 */
function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}

/** Subscribe this browser, and send what it gave. */
async function subscribe() {
  const worker = await navigator.serviceWorker.register("/sw.js");
  const options = {userVisibleOnly: true, applicationServerKey: bytesOf(form.dataset.push)};
  const {endpoint, keys} = (await worker.pushManager.subscribe(options)).toJSON();
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  form.submit();
}

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  document.querySelector("[data-no-push]").hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ((await Notification.requestPermission()) === "granted") await subscribe();
  });
}

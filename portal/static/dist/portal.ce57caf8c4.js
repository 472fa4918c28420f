const root = document.documentElement;
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const months = (root.lang === "en" ? "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec" : "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des").split(" ");
addEventListener("load", () => {
if (document.querySelector("link[rel=stylesheet]")) {
document.cookie = `css=${root.dataset.assets};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
}
});
document.querySelector("[data-focus]")?.focus();
document.addEventListener("submit", (event) => {
const form = event.target;
const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
if (form.dataset.sent || (question && !confirm(question))) {
event.preventDefault();
return;
}
if (form.method !== "post") return;
form.dataset.sent = "yes";
const button = event.submitter;
if (button?.dataset.busy) {
button.dataset.text = button.textContent;
button.style.minWidth = `${button.offsetWidth}px`;
button.textContent = button.dataset.busy;
button.setAttribute("aria-busy", "true");
}
});
addEventListener("pageshow", () => {
for (const form of all("form[data-sent]")) delete form.dataset.sent;
for (const button of all("[aria-busy][data-text]")) {
button.textContent = button.dataset.text;
button.removeAttribute("aria-busy");
}
});
addEventListener("pageshow", (event) => { if (event.persisted && document.querySelector(".app.working")) location.reload(); });
for (const box of all("[data-peek]")) {
const [input, button] = [box.querySelector("input"), box.querySelector("button")];
button.hidden = false;
button.addEventListener("click", () => {
const shown = input.type === "password";
input.type = shown ? "text" : "password";
button.setAttribute("aria-pressed", shown);
});
}
for (const form of all("[data-preferences]")) {
form.addEventListener("change", (event) => {
if (event.target.name !== "theme") return;
if (event.target.value === "auto") delete root.dataset.theme;
else root.dataset.theme = event.target.value;
});
}
const provinces = {11: "Aceh", 12: "Sumatera Utara", 13: "Sumatera Barat", 14: "Riau", 15: "Jambi", 16: "Sumatera Selatan", 17: "Bengkulu", 18: "Lampung", 19: "Bangka Belitung", 21: "Kepulauan Riau", 31: "Jakarta", 32: "Jawa Barat", 33: "Jawa Tengah", 34: "Yogyakarta", 35: "Jawa Timur", 36: "Banten", 51: "Bali", 52: "Nusa Tenggara Barat", 53: "Nusa Tenggara Timur", 61: "Kalimantan Barat", 62: "Kalimantan Tengah", 63: "Kalimantan Selatan", 64: "Kalimantan Timur", 65: "Kalimantan Utara", 71: "Sulawesi Utara", 72: "Sulawesi Tengah", 73: "Sulawesi Selatan", 74: "Sulawesi Tenggara", 75: "Gorontalo", 76: "Sulawesi Barat", 81: "Maluku", 82: "Maluku Utara", 91: "Papua", 92: "Papua Barat", 93: "Papua Selatan", 94: "Papua Tengah", 95: "Papua Pegunungan", 96: "Papua Barat Daya"};
function readNik(input, strip) {
const digits = input.value.replace(/\D/g, "").slice(0, 16);
strip.hidden = digits.length < 2;
const words = strip.dataset;
const [place, born, serial] = [digits.slice(0, 6), digits.slice(6, 12), digits.slice(12)];
const day = born.slice(0, 2) % 40;
const month = +born.slice(2, 4);
const year = 2000 + +born.slice(4) > new Date().getFullYear() ? 1900 + +born.slice(4) : 2000 + +born.slice(4);
const date = new Date(year, month - 1, day);
const real = born.length === 6 && date.getMonth() === month - 1 && date.getDate() === day;
const parts = [
[place, 6, provinces[place.slice(0, 2)] ?? words.district, place.length < 2 || place.slice(0, 2) in provinces],
[born, 6, real ? `${words.born} ${day} ${months[month - 1]} ${year}, ${+born.slice(0, 2) > 40 ? words.woman : words.man}` : born.length === 6 ? words.wrong : words.born, born.length < 6 || real],
[serial, 4, words.serial, true],
];
strip.replaceChildren(...parts.map(([text, length, note, good]) => {
const cell = document.createElement("div");
const figure = document.createElement("b");
const missing = length - text.length;
figure.textContent = text.padEnd(length, "·");
cell.className = !good ? "bad" : missing ? "" : "ok";
cell.append(figure, missing && text ? `${note}, ${words.short} ${missing}` : note);
return cell;
}));
}
function wireNik(box) {
const [input, strip] = [box.querySelector("input"), box.querySelector(".nik")];
const show = () => readNik(input, strip);
input.addEventListener("input", show);
if (input.value) show();
}
document.addEventListener("input", (event) => {
const field = event.target.closest?.(".f");
const error = field?.querySelector(".err:not(.mended)");
if (!error) return;
error.classList.add("mended");
for (const marked of all("[aria-invalid]", field)) marked.removeAttribute("aria-invalid");
for (const marked of all(".opt.bad", field)) marked.classList.remove("bad");
for (const told of [field, ...all("[aria-describedby]", field)]) {
const left = (told.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== error.id);
if (left.length) told.setAttribute("aria-describedby", left.join(" "));
else told.removeAttribute("aria-describedby");
}
});
async function smaller(file) {
if (!file.type.startsWith("image/") || file.size < 400_000) return file;
try {
const image = await createImageBitmap(file, {imageOrientation: "from-image"});
const scale = Math.min(1, 1600 / Math.max(image.width, image.height));
const canvas = Object.assign(document.createElement("canvas"), {width: Math.round(image.width * scale), height: Math.round(image.height * scale)});
canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), {type: "image/jpeg", lastModified: file.lastModified}) : file;
} catch {
return file;
}
}
function wirePhotos(box) {
const [input, pictures] = [box.querySelector("input[type=file]"), box.querySelector(".pics")];
input.addEventListener("change", async () => {
const files = await Promise.all([...input.files].map(smaller));
const bag = new DataTransfer();
for (const file of files) bag.items.add(file);
input.files = bag.files;
pictures.replaceChildren(...files.map((file) => Object.assign(new Image(), {src: URL.createObjectURL(file), alt: file.name})));
});
}
function wire(inside) {
for (const box of all("[data-nik]", inside)) wireNik(box);
for (const box of all("[data-photos]", inside)) wirePhotos(box);
}
wire(document);
for (const list of all("[data-repeat]")) {
const add = document.querySelector(`[data-add="${list.dataset.repeat}"]`);
add?.addEventListener("click", (event) => {
const items = all("[data-item]", list);
const last = items.at(-1);
if (!last) return;
event.preventDefault();
if (items.length >= +(list.dataset.max ?? 50)) return;
const copy = last.cloneNode(true);
const from = `-${items.length - 1}`;
for (const element of all("*", copy)) {
for (const name of ["id", "name", "for", "aria-describedby"]) {
const value = element.getAttribute(name);
if (value) element.setAttribute(name, value.replaceAll(from, `-${items.length}`));
}
element.removeAttribute("aria-invalid");
}
for (const gone of all(".err, .nik > *, .pics > *, input[type=hidden][name$=-id]", copy)) gone.remove();
for (const input of all("input, textarea, select", copy)) {
if (input.type === "checkbox" || input.type === "radio") input.checked = input.defaultChecked && input.type === "radio";
else if (input.tagName === "SELECT") input.selectedIndex = 0;
else if (input.type !== "hidden") input.value = "";
}
for (const number of all("[data-number]", copy)) number.textContent = items.length + 1;
last.after(copy);
wire(copy);
copy.querySelector("input:not([type=hidden]), select")?.focus();
});
}
document.addEventListener("keydown", (event) => {
if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
if (event.key === " " && event.target.closest("button, a, summary, input")) return;
const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
const target = all("[data-key]").find((element) => element.dataset.key === key && element.offsetParent);
if (!target) return;
event.preventDefault();
target.click();
if (target.matches("summary")) target.parentElement.querySelector("textarea, select, input:not([type=hidden])")?.focus();
});
for (const button of all("[data-all]")) {
button.hidden = false;
button.addEventListener("click", () => {
const boxes = all(`input[name="${button.dataset.all}"]`);
const on = boxes.some((box) => !box.checked);
for (const box of boxes) box.checked = on;
boxes[0]?.dispatchEvent(new Event("change", {bubbles: true}));
});
}
for (const figure of all("[data-chosen]")) {
const count = () => { figure.textContent = all(`input[name="${figure.dataset.chosen}"]:checked`).length; };
document.addEventListener("change", count);
count();
}
for (const form of all("form[data-auto]")) form.addEventListener("change", () => form.requestSubmit());
async function poll(element) {
await new Promise((done) => setTimeout(done, 1000 * element.dataset.poll));
if (document.hidden) return poll(element);
try {
const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
const next = page.getElementById(element.id);
if (!next) return location.reload();
element.replaceWith(next);
return next.dataset.poll ? poll(next) : location.reload();
} catch {
return poll(element);
}
}
for (const element of all("[data-poll][id]")) poll(element);
document.addEventListener("click", (event) => {
for (const menu of all("details.drop[open], details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
if (event.key === "Escape") for (const menu of all("details.drop[open], details.menu[open]")) menu.open = false;
});

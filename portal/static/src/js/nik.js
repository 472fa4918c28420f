// data-nik: a NIK is read back 6-6-4 while its digits arrive. Place, day of birth (a woman's plus 40), serial number.

import {root} from "./dom.js";

const months = (
  root.lang === "en"
    ? "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    : "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des"
).split(" ");

/** The first two digits of a NIK. */
const provinces = {
  11: "Aceh",
  12: "Sumatera Utara",
  13: "Sumatera Barat",
  14: "Riau",
  15: "Jambi",
  16: "Sumatera Selatan",
  17: "Bengkulu",
  18: "Lampung",
  19: "Bangka Belitung",
  21: "Kepulauan Riau",
  31: "Jakarta",
  32: "Jawa Barat",
  33: "Jawa Tengah",
  34: "Yogyakarta",
  35: "Jawa Timur",
  36: "Banten",
  51: "Bali",
  52: "Nusa Tenggara Barat",
  53: "Nusa Tenggara Timur",
  61: "Kalimantan Barat",
  62: "Kalimantan Tengah",
  63: "Kalimantan Selatan",
  64: "Kalimantan Timur",
  65: "Kalimantan Utara",
  71: "Sulawesi Utara",
  72: "Sulawesi Tengah",
  73: "Sulawesi Selatan",
  74: "Sulawesi Tenggara",
  75: "Gorontalo",
  76: "Sulawesi Barat",
  81: "Maluku",
  82: "Maluku Utara",
  91: "Papua",
  92: "Papua Barat",
  93: "Papua Selatan",
  94: "Papua Tengah",
  95: "Papua Pegunungan",
  96: "Papua Barat Daya",
};

/**
 * Show the parts of a NIK, and what is wrong or missing in each.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} strip its data attributes hold the words
 */
function readNik(input, strip) {
  const digits = input.value.replace(/\D/g, "").slice(0, 16);
  strip.hidden = digits.length < 2;
  const words = strip.dataset;
  const [place, born, serial] = [digits.slice(0, 6), digits.slice(6, 12), digits.slice(12)];
  const day = born.slice(0, 2) % 40;
  const month = +born.slice(2, 4);
  const latest = 2000 + +born.slice(4);
  const year = latest > new Date().getFullYear() ? latest - 100 : latest;
  const date = new Date(year, month - 1, day);
  const real = born.length === 6 && date.getMonth() === month - 1 && date.getDate() === day;
  const person = +born.slice(0, 2) > 40 ? words.woman : words.man;
  const birth = `${words.born} ${day} ${months[month - 1]} ${year}, ${person}`;
  const parts = [
    [
      place,
      6,
      provinces[place.slice(0, 2)] ?? words.district,
      place.length < 2 || place.slice(0, 2) in provinces,
    ],
    [born, 6, real ? birth : born.length === 6 ? words.wrong : words.born, born.length < 6 || real],
    [serial, 4, words.serial, true],
  ];
  strip.replaceChildren(
    ...parts.map(([text, length, note, good]) => {
      const cell = document.createElement("div");
      const figure = document.createElement("b");
      const missing = length - text.length;
      figure.textContent = text.padEnd(length, "·");
      cell.className = !good ? "bad" : missing ? "" : "ok";
      cell.append(figure, missing && text ? `${note}, ${words.short} ${missing}` : note);
      return cell;
    }),
  );
}

/**
 * Read back what is typed into a field.
 * @param {Element} box
 */
export function wireNik(box) {
  const [input, strip] = [box.querySelector("input"), box.querySelector(".nik")];
  const show = () => readNik(input, strip);
  input.addEventListener("input", show);
  if (input.value) show();
}

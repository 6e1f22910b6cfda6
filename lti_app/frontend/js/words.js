// Counts words as they are typed, by the same rule as the server: lines quoted with > and citations do not count.

const WORD = /[\p{L}\p{N}]+(?:['’\-‑–.][\p{L}\p{N}]+)*/gu;
const WITHIN_WORDS = /[\p{M}\p{Cf}]/gu;
const BRACKETS = /\[([^[\]\n]{1,200})\]/gu;
const PAGE = /,?\s(?:pp?|S|s)(?:\.\s*|\s+|(?=\p{Nd}))[\p{L}\p{N}_.]{1,20}(?:\s*[-–]\s*[\p{L}\p{N}_.]{1,20})?$/u;
const PARAGRAPH = /,?\s(?:para(?:\.\s*|\s+)|¶\s*)[\p{L}\p{N}_]{1,20}$/u;

export function countWords(text, names = new Set()) {
  const isNamed = (inside, place) => place.test(inside) && names.has(nameKey(inside.replace(place, "")));
  const cites = (inside) => names.has(nameKey(inside)) || isNamed(inside, PAGE) || isNamed(inside, PARAGRAPH);
  const own = text.normalize("NFC").replace(BRACKETS, (whole, inside) => (cites(inside) ? "" : whole));
  return own
    .split("\n")
    .filter((line) => !line.trimStart().startsWith(">"))
    .reduce((sum, line) => sum + (line.replace(WITHIN_WORDS, "").match(WORD)?.length ?? 0), 0);
}

// Commas make no difference in names, nor does & for "and".
const nameKey = (name) =>
  name.toLowerCase().replaceAll("&", " and ").replaceAll(",", " ").trim().split(/\s+/).join(" ");

// Every way to name a reading; an author of two readings names neither.
export function citationNames(buttons) {
  const authors = buttons.map((button) => nameKey(button.dataset.author));
  const alone = authors.filter((author) => authors.indexOf(author) === authors.lastIndexOf(author));
  return new Set([...buttons.map((button) => nameKey(button.dataset.cite)), ...alone]);
}

export function watchWords(page) {
  for (const count of page.querySelectorAll("[data-count]")) {
    const form = count.closest("form");
    const field = form.querySelector("textarea");
    const names = citationNames([...form.querySelectorAll("[data-cite]")]);
    const show = () => {
      const have = countWords(field.plainText?.() ?? field.value, names);
      const enough = have >= Number(count.dataset.count);
      const words = enough ? count.dataset.enough : count.dataset.some;
      count.textContent = words.replace("{have}", have).replace("{want}", count.dataset.count);
      count.classList.toggle("enough", enough);
    };
    field.addEventListener("input", show);
    show();
  }
}

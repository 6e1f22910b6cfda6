// Counts words as they are typed, by the same rule as the server: lines quoted with > and citations do not count.

const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Bopomofo}ー`;
const SELDOM_SPACED = String.raw`\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
const SPACED = String.raw`(?:(?![${UNSPACED}${SELDOM_SPACED}])[\p{L}\p{N}])+`;
const WORD = new RegExp(
  String.raw`${SPACED}(?:['’\-‑–.]${SPACED})*|(?=[\p{L}\p{N}])[${UNSPACED}]` +
    String.raw`|(?<seldom>(?:(?=[\p{L}\p{N}])[${SELDOM_SPACED}])+)`,
  "gu",
);
const LETTERS_A_WORD = 4;
const ADDRESS = /(?:https?:\/\/|www\.)\S+/giu;
const QUOTED = /^[^\S\ufeff]*>/u;
const NOT_KEPT = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;
const WITHIN_WORDS = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const BRACKETS = /\[([^[\]\n]{1,200})\]/gu;
const PAGE = /,?\s(?:pp?|S|s)(?:\.\s*|\s+|(?=\p{Nd}))[\p{L}\p{N}_.]{1,20}(?:\s*[-–]\s*[\p{L}\p{N}_.]{1,20})?$/u;
const PARAGRAPH = /,?\s(?:para(?:\.\s*|\s+)|¶\s*)[\p{L}\p{N}_]{1,20}$/u;

/**
 * @param {string} text
 * @param {Set<string>} names the ways to name a reading, from citationNames
 */
export function countWords(text, names = new Set()) {
  /** @type {(inside: string, place: RegExp) => boolean} */
  const isNamed = (inside, place) => place.test(inside) && names.has(nameKey(inside.replace(place, "")));
  /** @type {(inside: string) => boolean} */
  const cites = (inside) => names.has(nameKey(inside)) || isNamed(inside, PAGE) || isNamed(inside, PARAGRAPH);
  const own = kept(text).replace(BRACKETS, (whole, inside) => (cites(inside) ? "" : whole));
  return own
    .split("\n")
    .filter((line) => !QUOTED.test(line))
    .reduce((sum, line) => sum + countLine(line.replace(WITHIN_WORDS, "").replace(ADDRESS, " address ")), 0);
}

/**
 * In scripts that put spaces between sentences rather than words, every four letters count as a word.
 * @param {string} line
 */
const countLine = (line) =>
  [...line.matchAll(WORD)].reduce(
    (sum, found) => sum + Math.ceil((found.groups?.seldom?.length ?? 1) / LETTERS_A_WORD),
    0,
  );

/**
 * What the server keeps of a text: one kind of line end, no control characters, composed letters.
 * @param {string} text
 */
const kept = (text) => text.replace(/\r\n?/g, "\n").replace(NOT_KEPT, "").normalize("NFC");

/**
 * Commas make no difference in names, nor does & for "and", nor how letters are written: ß is SS in capitals.
 * @param {string} name
 */
const nameKey = (name) =>
  name.toUpperCase().toLowerCase().replaceAll("&", " and ").replaceAll(",", " ").trim().split(/\s+/).join(" ");

/**
 * Every way to name a reading; an author of two readings names neither.
 * @param {{ dataset: any }[]} buttons
 */
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

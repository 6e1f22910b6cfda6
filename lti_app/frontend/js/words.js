// Counts words as they are typed, by the same rule as the server: lines quoted with > and citations do not count.

import { nameKey, withoutCitations } from "./citing.js";

const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Bopomofo}ー`;
const SELDOM_SPACED = String.raw`\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
const SPACED = String.raw`(?:(?![${UNSPACED}${SELDOM_SPACED}])[\p{L}\p{N}])+`;
const WORD = new RegExp(
  String.raw`${SPACED}(?:(?:['’\-‑–.]|(?<=\p{N})[,٫٬](?=\p{N}))${SPACED})*|(?=[\p{L}\p{N}])[${UNSPACED}]` +
    String.raw`|(?<seldom>(?:(?=[\p{L}\p{N}])[${SELDOM_SPACED}])+)`,
  "gu",
);
const LETTERS_A_WORD = 4;
const WIDE = "，。、；：！？（）「」『』【】《》〈〉〔〕…“”";
const ADDRESS = new RegExp(
  String.raw`(?:[Hh][Tt]{2}[Pp][Ss]?:\/\/|[Ww]{3}\.|[Dd][Oo][Ii]:\s?10\.)[^\s${WIDE}]+` +
    String.raw`|(?<![A-Za-z0-9_.+%\-])[A-Za-z0-9_.+%\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+`,
  "gu",
);
const QUOTED = /^[^\S\ufeff]*>/u;
const NOT_KEPT = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;
const WITHIN_WORDS = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * @param {string} text
 * @param {Set<string>} names the ways to name a reading, from citationNames
 */
export function countWords(text, names = new Set()) {
  const own = withoutCitations(kept(text), names);
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

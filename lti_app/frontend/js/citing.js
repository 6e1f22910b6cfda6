// Recognizes citations between brackets by the same rules as the server, whose words for them are in `rules/citing.py`.

const BRACKETS = /[[［]([^[\]［］\n]{1,300})[\]］]/gu;
const SIGNAL =
  /^\s*(?:see also|but see|see|cf|compare|contra|for example|e\.\s?g|i\.\s?e|also|as cited in|cited in|quoted in|vgl|siehe auch|siehe|z\.\s?B|etwa|zit\. nach|zitiert nach|انظر|راجع|قارن|مثلا)(?:\.?,|\.|:)?\s+(?=\S)/iu;
const PLACES =
  "paragraphs paragraph abs absatz paras para pages page pgs pg seiten seite rn pp صص ف ص p s 頁 页 at".split(" ");
const OTHERS =
  "chapters chapter chaps chap ch sections section secs sec kapitel kap abschnitt figure fig table note الفصل القسم".split(
    " ",
  );
const WORDS = [...PLACES, ...OTHERS].sort((one, other) => other.length - one.length).join("|");
const LOCATOR = new RegExp(
  String.raw`(?:[,،，、]\s?|\s)(${WORDS})(?:\.\s*|\s+|(?=\p{Nd}))|(?:[,،，、]\s?|\s)(¶{1,2}|§{1,2})\s*`,
  "giu",
);
const BETWEEN = /[,،，、&]|(?<![\p{L}\p{N}_])(?:and|und)(?![\p{L}\p{N}_])/gu;
const ONE =
  /^(?:\p{Nd}{1,9}\s?(?:ff?|et seqq?|sqq?|passim)\.?|[\p{L}\p{N}_.]{1,20}(?:(?:\s*[\u2010-\u2015\u2212-]{1,2}\s*|\s(?:to|bis)\s)[\p{L}\p{N}_.]{1,20})?)$/u;
const UNNAMED = /(?:[,،，、]\s?|\s?[:：]\s?)(?=\p{Nd})/gu;
const DATED = /\p{Nd}[a-z]?$/u;
const PAGE_BEHIND =
  /第?\s?(\p{Nd}{1,9}(?:\s?[\u2010-\u2015\u2212-]\s?\p{Nd}{1,9})?)\s?(?:頁|页|ページ|쪽|면)(?!\s?\p{Nd})/gu;
const ASIDE = /\s?\([^()\p{Nd}]{1,100}\)$/u;
const TRAILING_COMMA = /[,،，、]$/u;
const NUMBER = /\p{Nd}/u;
const ROMAN = /^[ivxlcdm]{1,12}$/iu;
const SAME_WORK = new Set(["ibid", "ibid.", "ebd", "ebd.", "ebenda", "المرجع نفسه"]);

/**
 * A text with what stays of each citation as words of the writer's own.
 * @param {string} text
 * @param {Set<string>} names the ways to name a reading, from citationNames
 */
export function withoutCitations(text, names) {
  const loose = looseNames(names);
  let has = false;
  return text.replace(BRACKETS, (whole, inside) => {
    const parts = inside.split(/[;؛；]/u).map((/** @type {string} */ part) => {
      const signal = SIGNAL.exec(part)?.[0] ?? "";
      const rest = leftOf(part.slice(signal.length), (name) => isNamed(name, names, loose, has));
      has ||= rest !== null;
      return rest === null ? { own: part, cites: false } : { own: `${signal} ${rest}`, cites: true };
    });
    return parts.some((part) => part.cites) ? parts.map((part) => part.own).join(" ") : whole;
  });
}

/**
 * The words that stay beside a place, and the locators that no passage has; null for a part that cites nothing.
 * @param {string} text
 * @param {(name: string) => boolean} named
 */
function leftOf(text, named) {
  if (named(text)) return "";
  const part = text.replace(PAGE_BEHIND, " p. $1");
  const marks = [...part.matchAll(LOCATOR)].map(({ 0: whole, 1: word, 2: sign, index }) => {
    return { start: index, end: index + whole.length, word: (word ?? sign).toLowerCase() };
  });
  for (const [nth, mark] of marks.entries()) {
    const rest = named(part.slice(0, mark.start)) ? located(part, marks.slice(nth)) : null;
    if (rest !== null) return rest;
  }
  for (const { 0: gap, index } of [...part.matchAll(UNNAMED)].reverse()) {
    const name = part.slice(0, index),
      end = index + gap.length;
    const isSure = DATED.test(nameKey(name)) || SAME_WORK.has(nameKey(name));
    const later = marks.filter((mark) => mark.start >= end);
    const rest = isSure && named(name) ? located(part, [{ start: index, end, word: "p" }, ...later]) : null;
    if (rest !== null) return rest;
  }
  return null;
}

/**
 * @param {string} part
 * @param {{ start: number, end: number, word: string }[]} marks
 */
function located(part, marks) {
  const rest = [];
  for (const [nth, { start, end, word }] of marks.entries()) {
    const last = marks[nth + 1]?.start ?? part.length;
    const words = behindValues(part.slice(end, last).trim().replace(TRAILING_COMMA, ""));
    if (words === null) return null;
    const isPlace = PLACES.includes(word) || word.startsWith("¶");
    rest.push(isPlace ? words : part.slice(start, last));
  }
  return rest.join(" ");
}

/**
 * The words behind the pages or paragraphs of a locator, such as "emphasis added"; null if it has none of them.
 * @param {string} text
 */
function behindValues(text) {
  const aside = ASIDE.exec(text)?.[0] ?? "";
  const whole = text.slice(0, text.length - aside.length);
  const gaps = [...whole.matchAll(BETWEEN)].map(({ 0: gap, index }) => [index, index + gap.length]);
  let start = 0;
  for (const [nth, [end, next]] of [...gaps, [whole.length, 0]].entries()) {
    const value = whole.slice(start, end).trim();
    if (nth && !NUMBER.test(value) && !ROMAN.test(value)) {
      const words = whole.slice(start).trim();
      return words && !NUMBER.test(words) ? `${whole.slice(gaps[nth - 1][0])} ${aside}` : null;
    }
    if (!ONE.test(value)) return null;
    start = next;
  }
  return aside;
}

/**
 * @param {string} name
 * @param {Set<string>} names
 * @param {Set<string>} loose
 * @param {boolean} has whether a reading was cited before
 */
function isNamed(name, names, loose, has) {
  const key = nameKey(name);
  return names.has(key) || (has && SAME_WORK.has(key)) || variants(key).some((each) => loose.has(each));
}

/** @param {string} key */
function variants(key) {
  const short = loosened(key);
  const years = /(\p{Nd}{4}[a-z]?)\/(\p{Nd}{4}[a-z]?)$/u.exec(short);
  const either = years ? [years[1], years[2]].map((year) => short.slice(0, years.index) + year) : [];
  return [short, ...either, ...(/\p{Nd}{4}a$/u.test(short) ? [short.slice(0, -1)] : [])];
}

/** @param {Set<string>} names */
function looseNames(names) {
  const all = [...names].map(loosened);
  return new Set(all.filter((key) => key && all.indexOf(key) === all.lastIndexOf(key)));
}

/** @param {string} key */
const loosened = (key) =>
  key
    .replaceAll("’", "'")
    .replace(
      /(?<![\p{L}\p{N}_])(?:u\. ?a\.|et al(?![\p{L}\p{N}_])\.?|and others(?![\p{L}\p{N}_])|und andere(?![\p{L}\p{N}_]))/gu,
      "et al.",
    )
    .replaceAll(" und ", " and ")
    .replace(/ (?:n\. ?d\.|o\. ?j\.)$/u, "")
    .replace(/(?<![\p{L}\p{N}_])\p{L}\. ?/gu, "")
    .trim()
    .split(/\s+/)
    .join(" ");

/**
 * Commas and brackets make no difference in names, nor does & for "and", nor how letters are written: ß is SS in capitals.
 * @param {string} name
 */
export const nameKey = (name) =>
  name
    .toUpperCase()
    .toLowerCase()
    .replaceAll("&", " and ")
    .replaceAll(/[,،，、()（）]/gu, " ")
    .trim()
    .split(/\s+/)
    .join(" ");

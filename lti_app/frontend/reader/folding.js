// One form for all the ways to write the same letters, as the server's `lti_app/core/folding.py` has it for search.

import table from "./letters.json" with { type: "json" };

const UNIT = /[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[^\p{M}][\p{M}\p{EMod}\u309b\u309c\uff9e\uff9f]*|\p{M}+/gu;
const KEPT = /[\p{L}\p{N}\p{Extended_Pictographic}\p{RI}]|(?!\p{sc=Inherited})\p{M}/u;
const NASAL = new RegExp(table.nasals, "g");
const OF_INDIA = /[\u0900-\u0d7f]/;
const SPACE_IN_WORD = new RegExp(table.spaceInWord, "gu");
const folded = table.folded.split(" ");
const LETTERS = new Map([...table.letters].map((letter, index) => [letter, folded[index]]));
const DOTS = new Map(table.nasalized.match(/../gu)?.map(([nasal, dot]) => [nasal, dot]));
const WITH_E = new Map(table.withE.split(" ").map(([letter, ...other]) => [letter, other.join("")]));

const HAS_E = new RegExp(`[${[...WITH_E.keys()].join("")}\u0308\u030a]`, "iu");

// A text made of runs (strings), folded so that it can be compared: `text` is nothing but its letters, figures and
// pictures; `run`, `at` and `to` say for each of them where it came from.
export function fold(runs, isWithE = false) {
  /** @type {{ text: string, run: number[], at: number[], to: number[], runs: string[] }} */
  const made = { text: "", run: [], at: [], to: [], runs };
  const text = [];
  runs.forEach((string, index) => {
    for (const { 0: unit, index: at } of string.matchAll(UNIT)) {
      for (const letter of foldUnit(isWithE ? spelledWithE(unit) : unit)) {
        text.push(letter);
        made.run.push(index);
        made.at.push(at);
        made.to.push(at + unit.length);
      }
    }
  });
  made.text = text.join("");
  return OF_INDIA.test(made.text) ? withDots(made) : made;
}

// The same text with ue for ü and the like.
export const withE = (folded) => (folded.runs.some((run) => HAS_E.test(run)) ? fold(folded.runs, true) : folded);

// Persian words without the spaces that part their endings from them.
export const joined = (words) => words.replace(SPACE_IN_WORD, "");

const cache = new Map();

function foldUnit(unit) {
  let found = cache.get(unit);
  if (found === undefined) {
    found = kept(kept(unit.normalize("NFKD")).toLowerCase().toUpperCase().toLowerCase())
      .normalize("NFC")
      .split("");
    if (cache.size < 20000) cache.set(unit, found);
  }
  return found;
}

const kept = (letters) =>
  [...letters].map((letter) => LETTERS.get(letter) ?? (KEPT.test(letter) ? letter : "")).join("");

const spelledWithE = (unit) => {
  const letter = unit.normalize("NFC").toLowerCase();
  return WITH_E.get(letter) ?? unit;
};

// With one dot for the nasals that stand before a letter of their own class.
function withDots(made) {
  const text = [],
    from = [];
  let begin = 0;
  for (const { 0: nasal, index } of made.text.matchAll(NASAL)) {
    for (let at = begin; at < index; at += 1) from.push(at);
    text.push(made.text.slice(begin, index), DOTS.get(nasal[0]));
    from.push(index);
    begin = index + nasal.length;
  }
  for (let at = begin; at < made.text.length; at += 1) from.push(at);
  text.push(made.text.slice(begin));
  const of = (places) => from.map((at) => places[at]);
  return { text: text.join(""), run: of(made.run), at: of(made.at), to: of(made.to), runs: made.runs };
}

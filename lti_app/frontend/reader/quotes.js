// Finding words again in a text that was cut into runs, whatever became of spaces, quotes, dashes and hyphenation.

import { fold, joined, withE } from "./folding.js";

const CONTEXT = 32;

// The places of a quotation in a folded text, the likeliest first: where the words around it fit best.
export function findQuote(folded, { exact, prefix = "", suffix = "" }) {
  const words = fold([exact]).text;
  if (!words) return [];
  const before = fold([prefix]).text,
    after = fold([suffix]).text;
  const found = [];
  for (let start = folded.text.indexOf(words); start >= 0; start = folded.text.indexOf(words, start + 1)) {
    const end = start + words.length;
    const score =
      sameEnd(folded.text.slice(0, start), before) +
      sameEnd(reversed(folded.text.slice(end, end + after.length)), reversed(after));
    found.push({ start, end, score });
  }
  return found.sort((a, b) => b.score - a.score);
}

const reversed = (text) => [...text].reverse().join("");

function sameEnd(text, wanted) {
  let same = 0;
  while (same < wanted.length && text.at(-1 - same) === wanted.at(-1 - same)) same += 1;
  return same;
}

// Every place of what somebody searches for in a text made of runs, in the order of the text. Where they typed a space,
// the text must have something between letters or begin a new run, so that "or it" is not found in "majority".
export function findAll(folded, wanted) {
  // Once more for those who write ue for ü, or read it.
  const all = [...placesOf(folded, wanted, false), ...placesOf(withE(folded), wanted, true)];
  const found = new Map(all.reverse().map((place) => [keyOf(place), place]));
  return [...found.values()].sort((a, b) => runAt(a) - runAt(b) || placeAt(a) - placeAt(b));
}

const runAt = ({ folded, start }) => folded.run[start];
const placeAt = ({ folded, start }) => folded.at[start];
const keyOf = (place) => `${runAt(place)}:${placeAt(place)}`;

function placesOf(folded, wanted, isWithE) {
  const words = joined(wanted)
    .split(/\s+/u)
    .map((word) => fold([word], isWithE).text)
    .filter(Boolean);
  const whole = words.join(""),
    found = [];
  if (!whole) return found;
  for (let start = folded.text.indexOf(whole); start >= 0; start = folded.text.indexOf(whole, start + 1)) {
    let at = start;
    const parted = words.slice(0, -1).every((word) => {
      at += word.length;
      return isParted(folded, at);
    });
    if (parted) found.push({ folded, start, end: start + whole.length });
  }
  return found;
}

const isParted = ({ run, at, to, runs }, index) =>
  run[index] !== run[index - 1] ||
  at[index] > to[index - 1] ||
  [index - 1, index].some((place) => /^\p{S}/u.test(runs[run[place]].slice(at[place])));

// The DOM range of a piece of a folded text, whose runs stand in these nodes.
export function rangeOf(folded, { start, end }, nodes) {
  const range = new Range();
  const first = textIn(nodes[folded.run[start]]),
    last = textIn(nodes[folded.run[end - 1]]);
  if (!first || !last) return null;
  range.setStart(first, Math.min(folded.at[start], first.length));
  range.setEnd(last, Math.min(folded.to[end - 1], last.length));
  return range;
}

const textIn = (node) => (node?.nodeType === Node.TEXT_NODE ? node : node?.firstChild);

// What a selection says, as a W3C TextQuoteSelector: its words and those around it.
export function selectorOf(range, whole) {
  const before = new Range(),
    after = new Range();
  before.setStart(whole, 0);
  before.setEnd(range.startContainer, range.startOffset);
  after.setStart(range.endContainer, range.endOffset);
  after.setEnd(whole, whole.childNodes.length);
  return {
    exact: oneLine(wordsOf(range)).trim(),
    prefix: oneLine(wordsOf(before)).slice(-CONTEXT),
    suffix: oneLine(wordsOf(after)).slice(0, CONTEXT),
  };
}

// Lines of a PDF are parted by <br>, paragraphs by their ends; a word cut at the end of a line is made whole.
function wordsOf(range) {
  const words = [];
  const text = range.cloneContents();
  for (const ours of text.querySelectorAll(".cited, .file-link")) ours.remove();
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) {
    const node = /** @type {any} */ (walker.currentNode);
    if (node.nodeType === Node.TEXT_NODE) words.push(node.data);
    else if (node.matches("br, p, li, h2, h3, h4, h5, h6, tr, blockquote, pre, dd, dt, figure")) words.push("\n");
  }
  return words.join("").replace(/(\p{Ll})[-‐\u00ad]\n(?=\p{Ll})/gu, "$1");
}

const oneLine = (text) => text.replace(/\s+/g, " ");

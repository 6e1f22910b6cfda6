// An HTML reading: the page itself is the text, and paragraphs take the part of pages.

import { Choice } from "./choice.js";
import { fold } from "./folding.js";
import { citedNote, followMarks, mark } from "./marks.js";
import { Place } from "./place.js";
import { findQuote, rangeOf } from "./quotes.js";
import { scrollTo } from "./search.js";

export function openText(area) {
  /** @type {any} */
  const status = document.querySelector("[data-status]");
  const say = (words) => (status.textContent = words);
  const choice = new Choice(area, say, (node) => {
    const box = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest("[data-paragraph]");
    return { paragraph: box?.dataset.paragraph ?? "", whole: area };
  });
  document.addEventListener("keydown", (event) => {
    if (
      event.key === "c" &&
      choice.chosen &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey &&
      event.target === document.body
    )
      choice.byHand(choice.chosen);
  });
  const nodes = textNodes(area);
  const folded = fold(nodes.map((node) => node.data));
  showCited(area, JSON.parse(area.dataset.cited), folded, nodes);
  showWanted(JSON.parse(area.dataset.wanted), folded, nodes);
  watchParagraph(area, new Place(area));
  area.dataset.ready = "yes";
}

function textNodes(area) {
  const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT),
    nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

const rangeIn = (passage, folded, nodes) => {
  const [found] = findQuote(folded, passage);
  return found ? rangeOf(folded, found, nodes) : null;
};

function showCited(area, cited, folded, nodes) {
  const ranges = cited.map((passage) => rangeIn(passage, folded, nodes));
  mark("cited", ranges);
  const notes = cited.map((passage, index) => {
    const start = ranges[index]?.startContainer.parentElement;
    const paragraph =
      start?.closest("[data-paragraph]") ?? (passage.paragraph && document.getElementById(`para-${passage.paragraph}`));
    if (!paragraph) return null;
    const note = citedNote(area, passage);
    notesOf(paragraph).append(note);
    return note;
  });
  followMarks(area, () => ranges.map((range, index) => [range, notes[index]]));
}

// Beside the paragraph, one below the other.
function notesOf(paragraph) {
  const there = paragraph.querySelector(".cited-notes");
  if (there) return there;
  const made = Object.assign(document.createElement("span"), { className: "cited-notes" });
  paragraph.prepend(made);
  return made;
}

function showWanted(passage, folded, nodes) {
  if (!passage) return;
  const range = rangeIn(passage, folded, nodes);
  mark("wanted", [range]);
  const target = range ?? document.getElementById(`para-${passage.paragraph}`);
  if (target) scrollTo(target);
}

function watchParagraph(area, place) {
  const seen = new IntersectionObserver(
    (entries) => {
      const top = entries.filter((entry) => entry.isIntersecting).at(-1);
      if (top) place.at({ paragraph: /** @type {HTMLElement} */ (top.target).dataset.paragraph });
    },
    { rootMargin: "0px 0px -60% 0px" },
  );
  for (const paragraph of area.querySelectorAll("[data-paragraph]")) seen.observe(paragraph);
}

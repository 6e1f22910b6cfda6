// Passages that the class argues from, in the margin with their count; and the one that this page was opened for.

import { fold } from "./folding.js";
import { citedNote, followMarks, mark } from "./marks.js";
import { findQuote, rangeOf } from "./quotes.js";
import { scrollTo } from "./search.js";

const NOTE = 32;

export class Passages {
  constructor(area, pages, say) {
    this.area = area;
    this.pages = pages;
    this.say = say;
    this.cited = JSON.parse(area.dataset.cited);
    this.wanted = JSON.parse(area.dataset.wanted);
    followMarks(area, () => this.#followed());
    pages.drawn.addEventListener("page", ({ detail }) => this.#onPage(detail));
  }

  // Goes to the wanted passage: on its page, else wherever its words are found.
  async show() {
    if (!this.wanted) return;
    const named = this.pages.numberOf(this.wanted.page.split(/[–-]/)[0]);
    const order = [named, named + 1, ...this.pages.sheets.map((sheet) => sheet.number)];
    const number = this.wanted.exact ? await this.#pageWith(order) : 0;
    if (!number && !named) return;
    this.pages.go(number || named, false);
    const sheet = await this.pages.draw(number || named);
    const range = number ? this.#rangeOn(sheet, this.wanted) : null;
    if (range) scrollTo(range);
    const words = range || !this.wanted.exact ? this.area.dataset.shown : this.area.dataset.lost;
    this.say(words.replace("{page}", sheet.box.dataset.page));
  }

  async #pageWith(order) {
    for (const number of new Set(order)) {
      const sheet = this.pages.sheets[number - 1];
      if (sheet && findQuote(fold(await this.pages.runsOf(number)), headOf(this.wanted)).length) return number;
    }
    return 0;
  }

  #onPage(sheet) {
    if (this.wanted) mark("wanted", [...this.#ranges(this.wanted)]);
    mark(
      "cited",
      this.cited.flatMap((passage) => [...this.#ranges(passage)]),
    );
    sheet.notes = [];
    for (const passage of this.cited) {
      const range = passage.exact ? this.#rangeOn(sheet, passage) : null;
      const isHere = range || (!passage.exact && this.#isOn(passage, sheet));
      if (isHere) sheet.notes.push([range, this.#note(passage, sheet, range)]);
    }
  }

  #followed() {
    return this.pages.sheets.flatMap((sheet) => (sheet.nodes && sheet.notes) || []);
  }

  *#ranges(passage) {
    if (!passage.exact) return;
    for (const sheet of this.pages.sheets) if (sheet.nodes) yield this.#rangeOn(sheet, passage);
  }

  // Only on the page that it names, or right behind it, since a quotation may begin on one and end on the next.
  #rangeOn(sheet, passage) {
    if (passage.page && passage !== this.wanted && !this.#isOn(passage, sheet)) return null;
    sheet.folded ??= fold(sheet.runs);
    const [found] = findQuote(sheet.folded, headOf(passage, sheet.folded));
    return found ? rangeOf(sheet.folded, found, sheet.nodes) : null;
  }

  #isOn(passage, sheet) {
    return passage.page.split(/[–-]/)[0].trim() === sheet.box.dataset.page;
  }

  // Beside the words, below the notes that are there already.
  #note(passage, sheet, range) {
    const note = citedNote(this.area, passage);
    const top = range ? range.getBoundingClientRect().top - sheet.box.getBoundingClientRect().top : 8;
    const taken = sheet.notes.map(([, other]) => parseFloat(other.style.top)).sort((a, b) => a - b);
    note.style.top = `${taken.reduce((at, other) => (Math.abs(at - other) < NOTE ? other + NOTE : at), Math.max(0, top))}px`;
    sheet.box.append(note);
    return note;
  }
}

// A quotation that runs over the end of a page is found by the part of it that stands on the first.
function headOf(passage, folded) {
  if (!folded || findQuote(folded, passage).length) return passage;
  const words = passage.exact.split(" ");
  for (let count = words.length - 1; count >= Math.min(4, words.length); count = Math.floor(count * 0.8)) {
    const head = { ...passage, exact: words.slice(0, count).join(" "), suffix: "" };
    if (findQuote(folded, head).length) return head;
    if (count <= 4) break;
  }
  return passage;
}

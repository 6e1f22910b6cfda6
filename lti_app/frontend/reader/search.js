// Search through all pages: counted, gone through one by one, said aloud.

import { fold } from "./folding.js";
import { mark } from "./marks.js";
import { findAll, rangeOf } from "./quotes.js";

export class Search {
  constructor(tools, pages, say) {
    this.pages = pages;
    this.say = say;
    this.field = tools.querySelector("[data-search-field]");
    this.shown = tools.querySelector("[data-matches]");
    this.words = pages.area.dataset;
    this.matches = [];
    this.at = -1;
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.step(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") this.end();
    });
    this.field.addEventListener("search", () => this.field.value || this.end());
    pages.drawn.addEventListener("page", () => this.#mark());
  }

  async step(by) {
    if (this.field.value !== this.wanted) await this.#find();
    if (!this.matches.length) return;
    this.at = (this.at + by + this.matches.length) % this.matches.length;
    const match = this.matches[this.at];
    const count = { "{at}": this.at + 1, "{all}": this.matches.length, "{page}": this.pages.label(match.page) };
    this.shown.textContent = filled(this.words.found, count);
    this.say(filled(this.words.foundOn, count));
    await this.pages.draw(match.page);
    this.#mark();
    scrollTo(this.range(match) ?? this.pages.sheets[match.page - 1].box);
  }

  // The DOM range of a match, while its page is drawn.
  range(match = this.matches[this.at]) {
    const sheet = match && this.pages.sheets[match.page - 1];
    return sheet?.nodes ? rangeOf(match.folded, match, sheet.nodes) : null;
  }

  end() {
    Object.assign(this, { matches: [], at: -1, wanted: undefined });
    this.shown.textContent = "";
    this.#mark();
  }

  async #find() {
    const wanted = this.field.value;
    this.wanted = wanted;
    const here = this.pages.current(),
      last = this.pages.sheets.length;
    this.matches = [];
    for (let page = 1; page <= last; page += 1) {
      if (page % 20 === 0) this.shown.textContent = filled(this.words.searching, { "{page}": page, "{last}": last });
      const folded = fold(await this.pages.runsOf(page));
      if (this.wanted !== wanted) return; // asked anew meanwhile
      for (const found of findAll(folded, wanted)) this.matches.push({ page, ...found });
    }
    // Begins where one reads, not at the front.
    const next = this.matches.findIndex((match) => match.page >= here);
    this.at = Math.max(next, 0) - 1;
    if (!this.matches.length) {
      this.shown.textContent = this.words.none;
      this.say(this.words.none);
    }
    this.#mark();
  }

  #mark() {
    mark(
      "match",
      this.matches.map((match) => this.range(match)),
    );
    mark("this-match", [this.range()]);
  }
}

export const filled = (words, values) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(name, value), words);

export function scrollTo(target) {
  const box = target.getBoundingClientRect();
  window.scrollBy({ top: box.top - innerHeight / 3, behavior: "instant" });
}

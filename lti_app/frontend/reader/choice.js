// Words that are selected become a passage: two buttons beside them, and the form that both send.

import { selectorOf } from "./quotes.js";

const LONGEST = 2000;

// `whereIs(node)` answers the place a node stands in: { page, paragraph, whole }, or null outside the text.
export class Choice {
  constructor(area, say, whereIs) {
    this.area = area;
    this.say = say;
    this.whereIs = whereIs;
    /** @type {any} */
    this.form = document.querySelector("#cite-form");
    /** @type {any} */
    this.bubble = document.querySelector("[data-choice]");
    /** @type {any} */
    this.chosen = null;
    document.addEventListener("selectionchange", () => this.#wait());
    addEventListener("resize", () => this.#wait());
    // What is changed by hand may stand elsewhere.
    this.form.addEventListener("input", () => this.#fill({ prefix: "", suffix: "" }));
    this.bubble.addEventListener("click", () => this.chosen && this.#fill(this.chosen));
    this.bubble.addEventListener("keydown", (event) => event.key === "Escape" && this.hide());
    document.addEventListener("keydown", (event) => this.#onTab(event));
  }

  // From selected words Tab goes to what can be done with them, however they were selected.
  #onTab(event) {
    if (event.key !== "Tab" || event.shiftKey || !this.chosen || this.bubble.hidden) return;
    if (document.activeElement !== document.body && !document.activeElement?.matches("[data-page], main")) return;
    event.preventDefault();
    this.bubble.querySelector("button").focus();
  }

  // Waits until the selection stands still: it changes with every movement of the mouse.
  #wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(), 200);
  }

  #look() {
    if (this.bubble.contains(document.activeElement)) return;
    const selection = getSelection();
    const range = selection?.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    if (range && this.area.contains(range.commonAncestorContainer)) this.choose(range);
    else if (this.chosen) this.hide();
  }

  choose(range, speak = true) {
    if (this.form.closest("[hidden]")) return; // of people who write no posts
    const start = this.whereIs(range.startContainer),
      end = this.whereIs(range.endContainer);
    if (!start) return this.hide();
    const selector = selectorOf(range, start.whole.contains(range.endContainer) ? start.whole : this.area);
    if (!selector.exact || selector.exact.length > LONGEST) return this.hide();
    const page = end && end.page !== start.page && start.page ? `${start.page}–${end.page}` : start.page;
    this.chosen = { page: page ?? "", paragraph: start.paragraph ?? "", ...selector };
    this.#show(range);
    const words = selector.exact.split(" ").length;
    if (speak) this.say(this.area.dataset.selected.replace("{words}", words));
  }

  // Beside the end of the words, and in the order of tabbing right behind the text that holds them.
  #show(range) {
    const host = (range.endContainer.parentElement ?? this.area).closest("[data-page], [data-paragraph]") ?? this.area;
    const holder = host.matches("[data-page]") ? host : host.parentElement;
    if (this.bubble.parentElement !== holder)
      host.matches("[data-page]") ? host.append(this.bubble) : host.after(this.bubble);
    this.bubble.hidden = false;
    const box = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
    const frame = (this.bubble.offsetParent ?? document.body).getBoundingClientRect();
    const room = frame.width - this.bubble.offsetWidth - 4;
    const left = Math.min(box.right - frame.left - this.bubble.offsetWidth / 2, room);
    this.bubble.style.left = `${Math.max(4, left)}px`;
    this.bubble.style.top = `${box.bottom - frame.top + 8}px`;
  }

  hide() {
    this.chosen = null;
    this.bubble.hidden = true;
  }

  #fill(values) {
    for (const [name, value] of Object.entries(values)) this.form.elements[name].value = value;
  }

  // By hand: the form with what is known of the place.
  byHand(values) {
    this.#fill({ paragraph: "", exact: "", prefix: "", suffix: "", ...values });
    this.form.scrollIntoView({ block: "center", behavior: "instant" });
    const { page, paragraph } = this.form.elements;
    (page.type === "hidden" ? paragraph : page).focus({ preventScroll: true });
  }
}

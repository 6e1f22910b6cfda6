// What a citation cites, beside it: where the pointer rests on it, where the focus comes to it, or at a first tap. It stays
// while one points at it, and Escape closes it (WCAG 1.4.13). The link itself leads to the place in the reading.

import { fetchParts } from "./parts.js";

const CHIP = "a.cited[data-reading]";
const REST = 250; // milliseconds in which a pointer that only passes has passed
const GAP = 6;

/** @type {Map<string, Promise<Element[] | null>>} */
const known = new Map();
const card = document.createElement("div");
/** @type {HTMLElement | null} */
let shownFor = null;
let wanted = null;
let timer = 0;

export function watchCitations(page) {
  if (!("popover" in card) || !coursePath()) return;
  card.className = "citation-card";
  card.popover = "manual";
  card.id = "citation-card";
  page.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const chip = chipOf(event.target);
    if (chip) later(() => show(chip));
    else if (card.contains(event.target)) clearTimeout(timer);
    else if (wanted && !hasFocus()) later(hide);
  });
  page.addEventListener("focusin", (event) => {
    const chip = chipOf(event.target);
    if (chip?.matches(":focus-visible")) show(chip);
    else if (!card.contains(event.target) && event.target !== shownFor) hide();
  });
  page.addEventListener("focusout", () => later(() => hasFocus() || card.matches(":hover") || hide()));
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shownFor) return;
    event.preventDefault();
    if (card.contains(document.activeElement)) shownFor.focus();
    hide();
  });
  addEventListener("resize", () => shownFor && place(shownFor));
  let byTouch = false;
  page.addEventListener("pointerdown", (event) => {
    byTouch = event.pointerType !== "mouse";
    if (byTouch && shownFor && !card.contains(event.target) && chipOf(event.target) !== shownFor) hide();
  });
  page.addEventListener("click", (event) => {
    const chip = chipOf(event.target);
    if (!chip || !byTouch || event.detail === 0 || chip === shownFor) return;
    event.preventDefault(); // a second tap follows the link
    show(chip).then((isShown) => isShown || chip.click());
  });
}

// In the editor a citation is part of what one writes.
const chipOf = (target) => (target.closest?.("[contenteditable]") ? null : target.closest?.(CHIP));
const coursePath = () => /^\/courses\/\d+/.exec(location.pathname)?.[0];
const hasFocus = () => card.contains(document.activeElement) || (shownFor && shownFor === document.activeElement);

function later(act) {
  clearTimeout(timer);
  timer = setTimeout(act, REST);
}

function addressOf(chip) {
  const { reading, ...place } = chip.dataset;
  const named = ["passage", "page", "paragraph"].filter((name) => place[name]).map((name) => [name, place[name]]);
  return `${coursePath()}/readings/${reading}/cited?${new URLSearchParams(named)}`;
}

async function show(chip) {
  clearTimeout(timer);
  if (chip === shownFor) return true;
  wanted = chip;
  const address = addressOf(chip);
  if (!known.has(address)) known.set(address, fetchParts(address, "[data-citation]"));
  const parts = await known.get(address);
  if (!parts?.length) known.delete(address);
  if (!parts?.length || wanted !== chip || !chip.isConnected) return false;
  hide();
  wanted = shownFor = chip;
  card.replaceChildren(...parts);
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", chip.textContent);
  (chip.closest("p") ?? chip).after(card);
  chip.setAttribute("aria-describedby", card.id);
  card.showPopover();
  place(chip);
  return true;
}

function place(chip) {
  const line = chip.getBoundingClientRect();
  const room = document.documentElement.clientWidth - card.offsetWidth - GAP;
  const isBelow = line.bottom + GAP + card.offsetHeight <= innerHeight || line.top < card.offsetHeight + GAP;
  const top = isBelow ? line.bottom + GAP : line.top - GAP - card.offsetHeight;
  card.style.insetInlineStart = "auto";
  card.style.left = `${Math.max(GAP, Math.min(line.left, room)) + scrollX}px`;
  card.style.top = `${top + scrollY}px`;
}

function hide() {
  clearTimeout(timer);
  wanted = null;
  if (!shownFor) return;
  shownFor.removeAttribute("aria-describedby");
  shownFor = null;
  card.hidePopover();
  card.remove();
}

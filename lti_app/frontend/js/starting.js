// The composer of another thread comes when it is asked for. Its page is fetched, and its form shown where the link to it
// was; whoever has no scripts goes there.

import { fetchParts } from "./parts.js";

/**
 * @param {Document} page
 * @param {(part: Element) => void} begin what makes a form that has come later work
 */
export function watchStarting(page, begin) {
  page.addEventListener("click", async (event) => {
    const link = /** @type {any} */ (event.target)?.closest?.("a[data-composer]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    const forms = await fetchParts(link.href, "form.composer");
    if (!forms?.length) return location.assign(link.href); // says what is the matter
    const box = page.createElement("details");
    box.className = "another";
    box.open = true;
    const summary = page.createElement("summary");
    summary.textContent = link.textContent.trim();
    box.append(summary, forms[0]);
    link.closest(".another").replaceWith(box);
    begin(box);
    const first = /** @type {HTMLElement | null} */ (box.querySelector("input[name=title], textarea"));
    first?.focus();
  });
}

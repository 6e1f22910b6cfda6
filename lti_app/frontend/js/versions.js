// Earlier versions of a post below its heading, without leaving the page. The link that leads to them as a page is the
// button that shows and hides them here.

import { fetchParts } from "./parts.js";

export function watchVersions(page) {
  for (const link of page.querySelectorAll("a[data-versions]")) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
  }
  page.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-versions]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    toggle(link);
  });
  page.addEventListener("keydown", (event) => {
    const link = event.target.closest?.("a[data-versions]");
    if (link && event.key === " ") {
      event.preventDefault();
      toggle(link);
    }
    const shown = event.key === "Escape" && event.target.closest?.(".versions");
    if (shown) close(shown);
  });
}

/**
 * Shows or hides the versions of the post in which the focus is, of the first post in view otherwise.
 * @param {Document} page
 */
export function toggleVersions(page) {
  const link = findInPost(page, "a[data-versions]");
  if (link) toggle(link);
  return Boolean(link);
}

/**
 * Shows or hides what was changed after grading, in the same post; where that post has none, in the first that has.
 * @param {Document} page
 */
export function toggleChanges(page) {
  const changes = findInPost(page, "details[data-since]") ?? page.querySelector("details[data-since]");
  if (!changes) return false;
  changes.open = !changes.open;
  changes.querySelector("summary").focus();
  return true;
}

function findInPost(page, selector) {
  const posts = /** @type {HTMLElement[]} */ ([...page.querySelectorAll(".work .post")]);
  const post =
    page.activeElement?.closest(".work .post") ?? posts.find((each) => each.getBoundingClientRect().bottom > 1);
  return post?.querySelector(selector);
}

async function toggle(link) {
  const shown = link.closest("article").querySelector(".versions");
  if (shown) return close(shown);
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  const versions = await fetchParts(link.href, ".version");
  link.ariaBusy = null;
  if (!versions?.length) {
    location.assign(link.href); // says what is the matter
    return;
  }
  const box = document.createElement("section");
  box.className = "versions";
  box.tabIndex = 0;
  box.setAttribute("aria-label", link.textContent.trim());
  box.append(...versions);
  link.closest("header").after(box);
  link.setAttribute("aria-expanded", "true");
  box.focus({ preventScroll: true });
}

function close(shown) {
  const link = shown.closest("article").querySelector("a[data-versions]");
  const hadFocus = shown.contains(document.activeElement);
  shown.remove();
  link.setAttribute("aria-expanded", "false");
  if (hadFocus) link.closest("article").focus({ preventScroll: true });
}

// A thread by keyboard, folded and unfolded, with links that go to posts of this page without leaving it.
// What is new and what has been seen are in news.js and seen.js.

import { watchKeys } from "./keys.js";
import { watchMore } from "./more.js";
import { watchNews } from "./news.js";
import { watchSeen } from "./seen.js";

const POSTS = ".posts .post";
const SUMMARY = ".posts details.replies > summary";
const { DOCUMENT_POSITION_FOLLOWING: FOLLOWING, DOCUMENT_POSITION_PRECEDING: PRECEDING } = Node;

export function watchThread(page) {
  const tools = page.querySelector("[data-thread]");
  if (!tools) return;
  const help = page.querySelector("dialog.keys");
  const button = tools.querySelector("[data-thread-keys]");
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
  watchKeys(page, help, (key) => KEYS[key]?.(page) ?? false);
  watchFolds(page, tools.querySelector("[data-fold-all]"));
  watchLinks(page);
  watchMore(page);
  watchSeen(page, tools);
  watchNews(page, tools);
}

const KEYS = {
  j: (page) => step(page, 1),
  k: (page) => step(page, -1),
  n: toNextNew,
  p: toParent,
  r: (page) => click(postToRead(page)?.querySelector('.acts a[href$="/reply"]')),
  o: fold,
};

const all = (page, what) => [...page.querySelectorAll(what)];
const foldOf = (post) => post.closest("details.replies");
const isShown = (post) => foldOf(post)?.open ?? true;
const top = (stop) => (isShown(stop) ? stop : foldOf(stop)).getBoundingClientRect().top;
const isAfter = (stop, here) => here.compareDocumentPosition(stop) === FOLLOWING;
const isBefore = (stop, here) => here.compareDocumentPosition(stop) === PRECEDING;

function isInView(element) {
  const box = element.getBoundingClientRect();
  return box.bottom > 1 && box.top < innerHeight - 1;
}

// Where the focus is in the thread, as long as one sees it: who has scrolled away goes on from what they see.
function focused(page) {
  const here = page.activeElement?.closest(`${POSTS}, ${SUMMARY}, .thread .pager a`);
  return here && isInView(here) ? here : null;
}

function postToRead(page) {
  const here = focused(page);
  if (here?.matches(POSTS)) return here;
  return all(page, POSTS).findLast((post) => isShown(post) && isInView(post) && top(post) < innerHeight / 2);
}

// From post to post, with the ways to other pages at both ends.
function step(page, by) {
  const here = focused(page);
  const stops = all(page, `.thread .pager a, ${POSTS}`).filter(isShown);
  if (by > 0) return show(stops.find((stop) => (here ? isAfter(stop, here) : top(stop) >= 0)));
  return show(stops.findLast((stop) => (here ? isBefore(stop, here) : top(stop) < 0)));
}

function toNextNew(page) {
  const here = focused(page);
  const fresh = all(page, `${POSTS}.new`);
  const next = fresh.find((post) => (here ? isAfter(post, here) : top(post) >= 0));
  const elsewhere = [
    fresh.at(-1)?.querySelector(".jump"),
    page.querySelector(".arrived a"),
    page.querySelector("[data-next-unread]"),
  ];
  return next ? show(next) : click(elsewhere.find(Boolean));
}

function toParent(page) {
  const link = postToRead(page)?.querySelector(".to a");
  return link ? show(postAt(page, link.hash)) || click(link) : false;
}

function fold(page) {
  const here = focused(page) ?? postToRead(page);
  const thread = here?.closest(".posts > ol > li");
  const replies = thread?.querySelector(":scope > details.replies");
  if (!replies) return false;
  replies.open = !replies.open;
  return replies.open || show(thread.querySelector(".post"));
}

function click(link) {
  link?.click();
  return Boolean(link);
}

// Brings a post to the top of the window.
export function show(stop) {
  if (!reveal(stop)) return false;
  stop.scrollIntoView({ block: stop.matches(POSTS) ? "start" : "nearest", behavior: "instant" });
  return true;
}

// Unfolds its thread and gives it the focus, so that a screen reader goes on from there.
function reveal(stop, look = {}) {
  if (!stop) return false;
  const replies = foldOf(stop);
  if (replies) replies.open = true;
  if (stop.matches(POSTS)) {
    stop.tabIndex = -1;
    stop.setAttribute("aria-label", stop.querySelector("header > :first-child").textContent.trim());
    stop.addEventListener("blur", () => stop.removeAttribute("tabindex"), { once: true });
  }
  stop.focus({ preventScroll: true, ...look });
  return true;
}

function watchFolds(page, button) {
  const folds = () => all(page, ".posts details.replies");
  const words = button.textContent;
  const isAnyOpen = () => folds().some((one) => one.open);
  let isOpen = true; // any of them
  const tell = (open) => {
    isOpen = open;
    button.textContent = open ? words : button.dataset.unfold;
  };
  button.addEventListener("click", () => {
    tell(!isAnyOpen());
    for (const one of folds()) one.open = isOpen;
  });
  // The event does not bubble, but passes the page on its way down, also to what is added later.
  page.addEventListener(
    "toggle",
    ({ target }) => {
      if (target.matches?.("details.replies")) tell(target.open || isAnyOpen());
    },
    true,
  );
  page.addEventListener("posts-added", ({ detail: posts }) => {
    const added = new Set(posts.map(foldOf).filter(Boolean));
    if (added.size) button.hidden = false;
    if (!isOpen) for (const one of added) one.open = false;
  });
  button.hidden = !folds().length;
}

// A link to a post of this page goes there without a new page, also into a folded thread. The address becomes the
// link's all the same, so that it can be kept.
function watchLinks(page) {
  page.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const link = event.target.closest?.("a[href*='#p']:not([target])");
    if (!link || !isPlain || event.defaultPrevented) return;
    const isHere = link.origin === location.origin && link.pathname === location.pathname;
    const post = isHere && postAt(page, link.hash);
    if (!post) return;
    event.preventDefault();
    location.hash = link.hash; // only this makes it the target
    history.replaceState(history.state, "", link.href);
    show(post);
  });
  addEventListener("hashchange", () => show(postAt(page, location.hash)));
  // The browser scrolls to the post by itself, or to where one was before; with a focus it would take its time.
  const begin = () => reveal(postAt(page, location.hash), { focusVisible: false }); // it is marked as the target
  if (page.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
}

const postAt = (page, hash) => (/^#p\d/.test(hash) ? page.getElementById(hash.slice(1))?.closest(POSTS) : null);

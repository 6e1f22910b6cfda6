// Replies and edits in their place: the composer opens below the post, and what was written comes as a part of the page.
// Where the page would say something else afterwards than what a part can put right, the browser goes the usual way.

import { fetchParts } from "./parts.js";
import { show } from "./thread.js";

const LEVELS = 5; // beyond, answers stand under one another, as the server writes them
const WAYS = '.posts .post .acts a:is([href$="/reply"], [href$="/edit"]), [data-quote-offer]';
const PARTS = ["[data-counts]", ".mix", ".card.waiting", ".card.progress"];
const REFERENCES = ["for", "list", "aria-controls", "aria-describedby", "aria-labelledby", "data-opens"];

/**
 * @param {Document} page
 * @param {(part: Element) => void} begin what makes a form that has come later work
 */
export function watchReplying(page, begin) {
  const tools = /** @type {HTMLElement | null} */ (page.querySelector("[data-in-place=true]"));
  if (!tools) return;
  const said = page.createElement("p");
  said.className = "vh";
  said.setAttribute("role", "status");
  tools.after(said);
  page.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const link = /** @type {any} */ (event.target)?.closest?.(WAYS);
    if (!link || !isPlain || event.defaultPrevented) return;
    event.preventDefault();
    open(page, link, begin, (form) => watchSending(page, tools, form, begin, said));
  });
}

async function open(page, link, begin, watch) {
  if (link.ariaBusy === "true") return;
  const way = new URL(link.href);
  const post = page.querySelector(`.posts .acts a[href="${way.pathname}"]`)?.closest(".post");
  if (!post) return location.assign(link.href);
  const there = page.getElementById(boxId(post));
  if (there && there.dataset.way === link.href) return enter(there);
  if (there) return location.assign(link.href); // there is something else to write, or to lose
  link.ariaBusy = "true";
  const parts = await fetchParts(link.href, "h1, .brief > :is(.notice, .claim), form.composer");
  link.ariaBusy = null;
  const form = parts?.find((part) => part.matches("form.composer"));
  if (!parts || !form) return location.assign(link.href); // says what is the matter
  const box = page.createElement("div");
  box.id = boxId(post);
  box.className = "in-place";
  box.dataset.way = link.href;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", parts.find((part) => part.matches("h1"))?.textContent.trim() ?? "");
  box.append(...parts.filter((part) => !part.matches("h1")));
  tellApart(form, box.id);
  post.after(box);
  begin(box);
  watch(form);
  letCancel(box, form);
  enter(box);
}

// What was written is still there if it is opened again.
function letCancel(box, form) {
  form.querySelector(".composer-foot .acts > a")?.addEventListener("click", (event) => {
    event.preventDefault();
    box.hidden = true;
    show(box.previousElementSibling);
  });
}

const boxId = (post) => `write-${post.id}`;

function enter(box) {
  box.hidden = false;
  const field = box.querySelector("[role=textbox]") ?? box.querySelector("textarea");
  field.focus();
  box.scrollIntoView({ block: "nearest", behavior: "instant" });
}

// Several composers may be on the page: what has a name for itself gets one of its own.
function tellApart(form, name) {
  const named = [form, ...form.querySelectorAll("[id]")].filter((each) => each.id);
  const names = new Map(named.map((each) => [each.id, `${each.id}-${name}`]));
  for (const each of named) each.id = names.get(each.id);
  for (const attribute of REFERENCES)
    for (const each of form.querySelectorAll(`[${attribute}]`)) {
      const words = each.getAttribute(attribute).split(" ");
      each.setAttribute(attribute, words.map((word) => names.get(word) ?? word).join(" "));
    }
}

function watchSending(page, tools, form, begin, said) {
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    const group = new URLSearchParams(location.search).get("group");
    const address = `${form.action}/part${group ? `?group=${encodeURIComponent(group)}` : ""}`;
    const answer = await fetch(address, { method: "POST", body: new FormData(form) }).catch(() => null);
    const html = (await answer?.text().catch(() => null)) ?? null;
    const part = new DOMParser().parseFromString(html ?? "", "text/html");
    const placed = /** @type {HTMLElement | null} */ (part.querySelector("[data-placed]"));
    const again = part.querySelector("form.composer");
    if (answer?.ok && placed) return put(page, form, placed, said);
    if (again) return ask(page, tools, form, again, begin, said);
    if (answer && [403, 404, 409, 413, 422].includes(answer.status)) return form.submit(); // says what is the matter
    form.dispatchEvent(new CustomEvent("not-sent"));
    const why = answer === null || html === null ? "offline" : [400, 401].includes(answer.status) ? "ended" : "fault";
    tell(form, tools.dataset[why]);
  });
}

function tell(form, words) {
  const error = form.querySelector("[data-not-sent]") ?? document.createElement("p");
  error.className = "error";
  error.dataset.notSent = "";
  error.setAttribute("role", "alert");
  error.textContent = ""; // so that it is told again
  form.querySelector(".composer-foot").before(error);
  error.textContent = words;
}

// Refused: the form comes back with what was typed and with what is the matter.
function ask(page, tools, form, again, begin, said) {
  const box = form.closest(".in-place");
  const next = document.importNode(again, true);
  tellApart(next, box.id);
  form.replaceWith(next);
  begin(box);
  watchSending(page, tools, next, begin, said);
  letCancel(box, next);
  enter(box);
}

function put(page, form, placed, said) {
  const box = form.closest(".in-place");
  const address = placed.dataset.placed;
  const message = placed.querySelector(".flash");
  form.dataset.kept = "true"; // is not lost by leaving this page
  const cards = [...placed.querySelectorAll(".post")].map((card) => page.importNode(card, true));
  const card = cards.find((each) => each.id === `p${address}`);
  const there = page.getElementById(`p${address}`);
  const item = there ? there.closest("li") : place(page, address, placed.querySelector("details.replies"));
  if (!card || !item || !putBeside(page, placed)) {
    // The time makes it another page, which is loaded in any case.
    location.assign(`${location.pathname}?at=${address}&written=${Date.now()}#p${address}`);
    return;
  }
  box.remove();
  dropDraft(page, form.elements.place?.value);
  for (const one of cards) page.getElementById(one.id)?.replaceWith(one);
  if (!there) item.prepend(card);
  putVerdicts(page, placed);
  for (const old of page.querySelectorAll(".flashes, .posts .flash")) old.remove();
  item.prepend(page.importNode(message, true));
  putJumps(page);
  page.dispatchEvent(new CustomEvent("posts-added", { detail: cards }));
  said.textContent = message.textContent;
  show(card);
  item.scrollIntoView({ block: "nearest", behavior: "instant" });
}

// A list item where the post belongs; none where its place is not on this page, or not yet.
function place(page, address, replies) {
  const above = address.slice(0, address.lastIndexOf("."));
  const parent = page.getElementById(`p${above}`);
  if (!parent) return null;
  const within = [...page.querySelectorAll(`.posts .post[id^="p${above}."]`)];
  const last = within.at(-1) ?? parent;
  const isCut = page.querySelector(".further > .pager") && last === [...page.querySelectorAll(".posts .post")].at(-1);
  if (isCut) return null;
  const item = page.createElement("li");
  const parentItem = parent.closest("li");
  const root = page.getElementById(`p${address.split(".")[0]}`)?.closest("li");
  const fold = root?.querySelector(":scope > details.replies");
  if (fold && replies)
    fold.querySelector("summary").replaceWith(page.importNode(replies.querySelector("summary"), true));
  if (address.split(".").length - 1 > LEVELS) last.closest("li").after(item);
  else if (within.length) {
    const beside = within.findLast((post) => post.id.lastIndexOf(".") === above.length + 1);
    if (!beside) return null;
    beside.closest("li").parentElement.append(item);
  } else if (above.includes(".")) parentItem.appendChild(page.createElement("ol")).append(item);
  else {
    const first = parentItem.appendChild(page.importNode(replies, true));
    first.appendChild(page.createElement("ol")).append(item);
  }
  return item;
}

// What the rest of the page says; false where it would have to say something else.
function putBeside(page, placed) {
  const pairs = PARTS.map((part) => [page.querySelector(part), placed.querySelector(part)]);
  if (pairs.some(([here, there]) => Boolean(here) !== Boolean(there))) return false;
  for (const [here, there] of pairs) {
    if (!here) continue;
    const folds = [...here.querySelectorAll("details")].map((fold) => fold.open);
    const next = page.importNode(there, true);
    for (const [number, fold] of next.querySelectorAll("details").entries()) fold.open = folds[number] ?? fold.open;
    here.replaceWith(next);
  }
  return true;
}

// What was posted is no draft any more.
function dropDraft(page, place) {
  const line = page.querySelector(`.drafts li[data-place="${place}"]`);
  const list = line?.parentElement;
  line?.remove();
  if (list && !list.children.length) list.closest(".drafts").remove();
}

// One more reply may change how others count.
function putVerdicts(page, placed) {
  for (const told of placed.querySelectorAll("[data-verdict]")) {
    const header = page.getElementById(`p${told.dataset.verdict}`)?.querySelector(":scope > header");
    const there = header?.querySelector(".verdict");
    if (!header || there?.outerHTML === told.innerHTML) continue;
    there?.remove();
    header.append(...page.importNode(told, true).childNodes);
  }
}

// From each of one's own posts to the next.
function putJumps(page) {
  const own = [...page.querySelectorAll(".posts .post.own")];
  for (const [number, post] of own.entries()) {
    const next = own[number + 1];
    const link = post.querySelector(":scope > .jump");
    if (next && link) link.setAttribute("href", `#${next.id}`);
  }
  const first = page.querySelector("[data-next-own]");
  if (first?.getAttribute("href").startsWith("#")) first.setAttribute("href", `#${own[0].id}`);
}

// What a composer says while one is writing. It is asked for anew when one pauses; a screen reader hears it when the
// verdict is another one, not with each word. Advice comes once: what is dismissed or has passed does not come back.

import { sendable } from "./forms.js";

const PAUSE = 800;

export function watchGuidance(page) {
  for (const guide of page.querySelectorAll("[data-guide]")) watch(guide, guide.closest("form"));
  for (const claim of page.querySelectorAll("[data-claim]")) watchClaim(page, claim);
}

function watch(guide, form) {
  const shown = guide.querySelector("[data-guide-shown]");
  const said = guide.querySelector("[data-guide-said]");
  const passed = new Set();
  /** @type {number | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let asking;
  let key = keyOf(shown);
  let asked = "";

  async function ask() {
    const body = bodyOf(form);
    if (body === asked) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      const answer = await fetch(guide.dataset.guide, { method: "POST", headers, body, signal: asking.signal });
      if (answer.ok) put(await answer.text(), body);
    } catch {
      // without an answer it goes on saying what it said
    }
  }

  function put(html, body) {
    asked = body;
    const before = hintsOf(shown);
    const next = document.createElement("div");
    next.innerHTML = html;
    const now = hintsOf(next);
    for (const hint of before.keys()) if (!now.has(hint)) passed.add(hint);
    for (const [hint, element] of now) if (passed.has(hint)) element.remove();
    if (next.innerHTML.trim() !== shown.innerHTML.trim()) shown.replaceChildren(...next.childNodes);
    const fresh = [...hintsOf(shown)].filter(([hint]) => !before.has(hint)).map(([, element]) => wordsOf(element));
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden in it is not to be read out
    const verdict = keyOf(shown) === key ? [] : [shown.querySelector(".forecast")?.innerText ?? ""];
    key = keyOf(shown);
    if (fresh.length || verdict.length) said.textContent = [...verdict, ...fresh].join(" ");
    readyHints();
  }

  function readyHints() {
    for (const button of shown.querySelectorAll("[data-dismiss]")) button.hidden = false;
  }

  shown.addEventListener("click", (event) => {
    const hint = event.target.closest("[data-dismiss]")?.closest("[data-hint]");
    if (!hint) return;
    passed.add(hint.dataset.hint);
    hint.remove();
    (form.querySelector("[role=textbox]") ?? form.querySelector("textarea")).focus();
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  readyHints();
}

const keyOf = (shown) => shown.querySelector("[data-key]")?.dataset.key ?? "";
const hintsOf = (part) => new Map([...part.querySelectorAll("[data-hint]")].map((hint) => [hint.dataset.hint, hint]));
const wordsOf = (hint) => hint.firstChild.textContent.trim();

function bodyOf(form) {
  const data = new FormData(form);
  for (const name of ["files", "draft", "draft_writer"]) data.delete(name);
  return sendable(data).toString();
}

// Whoever leaves the composer of an answer leaves it to others.
function watchClaim(page, claim) {
  for (const cancel of page.querySelectorAll(".composer .acts a")) {
    cancel.addEventListener("click", () => {
      fetch(claim.action, {
        method: "POST",
        body: sendable(new FormData(claim)),
        keepalive: true,
        redirect: "manual",
      });
    });
  }
}

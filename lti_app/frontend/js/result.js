// What the chosen levels come to after lateness and curves, and comments as students will read them. The server knows
// the rules, and is asked when one pauses.

import { sendable } from "./forms.js";

const PAUSE = 300;

export function watchResult(form) {
  const button = form.querySelector("[data-preview]");
  if (!button) return;
  /** @type {number | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let asking;
  let isPreviewing = !part(form, "preview").hidden;
  button.ariaExpanded = String(isPreviewing);

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const data = new FormData(form);
    data.set("action", "result");
    const sent = { method: "POST", body: sendable(data), signal: asking.signal };
    try {
      const answer = await fetch(form.getAttribute("action"), sent);
      if (answer.ok && !answer.redirected) put(await answer.text());
    } catch {
      // without an answer the page goes on showing what it showed
    }
  }

  function put(html) {
    /** @type {ParentNode} */
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const next of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-live]"))) {
      if (next.dataset.live !== "preview" || isPreviewing) part(form, next.dataset.live)?.replaceWith(next);
    }
    delete form.querySelector("[data-result]")?.dataset.stale;
  }

  form.addEventListener("input", () => {
    const result = form.querySelector("[data-result]");
    if (!result && !isPreviewing) return;
    if (result) result.dataset.stale = "";
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    isPreviewing = !isPreviewing;
    button.ariaExpanded = String(isPreviewing);
    if (isPreviewing) ask();
    else part(form, "preview").hidden = true;
  });
}

const part = (form, name) => form.querySelector(`[data-live="${name}"]`);

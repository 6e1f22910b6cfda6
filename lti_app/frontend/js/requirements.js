// What follows from rules as they are typed, asked for anew when one pauses: how students will see the requirements, or how
// many signals each rule gives. Without scripts a button does the same.

import { sendable } from "./forms.js";

const PAUSE = 600;

export function watchRequirements(page) {
  const preview = page.querySelector("[data-rule-preview]");
  const form = preview?.closest("form");
  if (!form) return;
  page.querySelector("[data-preview-button]").hidden = true;
  /** @type {number | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let asking;
  let asked = bodyOf(form);

  async function ask() {
    const body = bodyOf(form);
    if (body === asked) return;
    asking?.abort();
    asking = new AbortController();
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "fetch" };
    try {
      const answer = await fetch(location.href, { method: "POST", headers, body, signal: asking.signal });
      if (!answer.ok) return;
      show(preview, await answer.text());
      asked = body;
    } catch {
      // without an answer it goes on showing what it showed
    }
  }

  for (const happening of ["input", "change"]) {
    form.addEventListener(happening, () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    });
  }
}

// Of a page whose parts stand between fields, only the parts that say something else are changed, and only they are read out.
function show(preview, html) {
  const parts = preview.querySelectorAll("[data-part]");
  if (!parts.length) {
    preview.innerHTML = html;
    return;
  }
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const part of parts) {
    const said = answer.querySelector(`[data-part="${part.dataset.part}"]`)?.textContent;
    if (said !== undefined && said !== part.textContent) part.textContent = said;
  }
}

function bodyOf(form) {
  const data = new FormData(form);
  for (const name of ["prompt", "files"]) data.delete(name);
  data.set("action", "preview");
  return sendable(data).toString();
}

// Forms: sent once, kept from being lost, and sent by themselves where a page says so.

export function watchForms(page) {
  for (const form of page.querySelectorAll("form[data-once]")) sendOnce(form);
  const kept = [...page.querySelectorAll("form[data-keep]")];
  if (kept.length) warnBeforeLosing(kept);
  (page.querySelector(".error-summary") ?? page.querySelector("[aria-invalid=true]"))?.focus();
  page.querySelector("form[data-submit-on-load]")?.requestSubmit();
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") event.preventDefault();
    form.ariaBusy = "true";
  });
  const isBack = () => {
    form.ariaBusy = null;
  };
  // Coming back by the browser's history shows the page as it was left.
  addEventListener("pageshow", isBack);
  form.addEventListener("not-sent", isBack);
}

function warnBeforeLosing(forms) {
  let sending = false;
  const changed = (field) =>
    field.type === "radio" || field.type === "checkbox"
      ? field.checked !== field.defaultChecked
      : field.matches("textarea, input:not([type=hidden])") && field.value !== field.defaultValue;
  // What a refused form gives back is not saved either; what is kept as a draft is.
  const unsaved = (form) =>
    form.dataset.kept !== "true" &&
    (form.querySelector("[aria-invalid=true]") ||
      form.dataset.returned !== undefined ||
      [...form.elements].some(changed));
  for (const form of forms) {
    form.addEventListener("submit", () => (sending = true));
    form.addEventListener("not-sent", () => (sending = false));
  }
  addEventListener("pageshow", () => (sending = false));
  addEventListener("beforeunload", (event) => {
    if (!sending && forms.some(unsaved)) event.preventDefault();
  });
}

/**
 * A form without files as it is sent. TypeScript does not know that browsers take it as it is.
 * @param {FormData} data
 */
export const sendable = (data) => new URLSearchParams(/** @type {any} */ (data));

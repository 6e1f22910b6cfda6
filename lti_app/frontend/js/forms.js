// Forms: sent once, kept from being lost, and sent by themselves where a page says so.

export function watchForms(page) {
  for (const form of page.querySelectorAll("form[data-once]")) sendOnce(form);
  const kept = [...page.querySelectorAll("form[data-keep]")];
  if (kept.length) warnBeforeLosing(kept);
  page.querySelector("form[data-submit-on-load]")?.requestSubmit();
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") event.preventDefault();
    form.ariaBusy = "true";
  });
  // Coming back by the browser's history shows the page as it was left.
  addEventListener("pageshow", () => {
    form.ariaBusy = null;
  });
}

function warnBeforeLosing(forms) {
  let sending = false;
  const changed = (field) =>
    field.type === "radio" || field.type === "checkbox"
      ? field.checked !== field.defaultChecked
      : field.matches("textarea, input:not([type=hidden])") && field.value !== field.defaultValue;
  for (const form of forms) form.addEventListener("submit", () => (sending = true));
  addEventListener("pageshow", () => (sending = false));
  addEventListener("beforeunload", (event) => {
    if (!sending && forms.some((form) => [...form.elements].some(changed))) event.preventDefault();
  });
}

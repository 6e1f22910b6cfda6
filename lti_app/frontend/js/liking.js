// Liking a post changes its button alone: the page stays, and so does the place where one reads.

/** @param {Document} page */
export function watchLiking(page) {
  page.addEventListener("click", async (event) => {
    const button = /** @type {any} */ (event.target)?.closest?.("button.like");
    if (!button || event.defaultPrevented) return;
    event.preventDefault();
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    const sent = new URLSearchParams(/** @type {any} */ (new FormData(button.form, button)));
    const answer = await fetch(`${button.formAction}/part`, { method: "POST", body: sent }).catch(() => null);
    if (!answer?.ok || answer.redirected) return button.form.requestSubmit(button); // says what is the matter
    const isFocused = page.activeElement === button;
    const part = page.createElement("template");
    part.innerHTML = await answer.text();
    const pressed = part.content.querySelector("button");
    if (button.nextElementSibling?.matches(".liked")) button.nextElementSibling.remove();
    button.replaceWith(part.content);
    if (isFocused) pressed?.focus();
  });
}

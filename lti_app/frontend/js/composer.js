// Shows the editor's toolbar above each composer, and fetches the editor itself when somebody begins to write.

export function watchComposers(page) {
  for (const box of page.querySelectorAll(".composer")) watch(box.closest("form"), box);
}

function watch(form, box) {
  const field = box.querySelector("textarea");
  const toolbar = box.querySelector(".toolbar");
  if (!toolbar) return;
  /** @type {any} */
  let editor = null;
  const load = () => {
    editor ??= import("../editor/editor.js").then(async ({ mount }) => {
      await pause(field);
      return mount(form, field, toolbar);
    });
    return editor.catch(() => {
      editor = null; // without the editor one writes as without scripts
      toolbar.hidden = true;
    });
  };
  toolbar.hidden = false;
  toolbar.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (button) (await load())?.use(button);
  });
  field.addEventListener("focus", load, { once: true });
  // What the browser's history brings back was written in the editor.
  if (field.dataset.rich || form.elements.format.value === "html" || document.activeElement === field) load();
}

// A key that is down while the text area gives way to the editor would be lost.
/** @returns {Promise<void>} */
function pause(field) {
  return new Promise((done) => {
    let waiting = setTimeout(finish, document.activeElement === field ? 50 : 0);
    function begin() {
      clearTimeout(waiting);
      waiting = setTimeout(finish, 250);
    }
    function finish() {
      for (const kind of ["keydown", "input"]) field.removeEventListener(kind, begin);
      done();
    }
    for (const kind of ["keydown", "input"]) field.addEventListener(kind, begin);
  });
}

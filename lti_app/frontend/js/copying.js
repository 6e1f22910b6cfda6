// Buttons that put a text of the page, its italics too, on the clipboard.

export function watchCopying(page) {
  if (!navigator.clipboard) return;
  for (const button of page.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button, page.getElementById(button.dataset.copy)));
  }
}

async function copy(button, source) {
  const text = source.textContent.trim();
  try {
    const html = new Blob([source.innerHTML], { type: "text/html" });
    const plain = new Blob([text], { type: "text/plain" });
    await navigator.clipboard.write([new ClipboardItem({ "text/html": html, "text/plain": plain })]);
  } catch {
    await navigator.clipboard.writeText(text).catch(() => select(source));
  }
  button.firstChild.textContent = button.dataset.copied;
  button.setAttribute("aria-live", "polite");
}

// Inside a frame the clipboard may be closed to us: then the text is selected, to be copied by hand.
function select(source) {
  getSelection()?.selectAllChildren(source);
}

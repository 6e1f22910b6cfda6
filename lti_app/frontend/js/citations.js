// Buttons above a composer that write a citation at the cursor and leave the cursor where the page number goes.

export function watchCitations(page) {
  for (const tools of page.querySelectorAll(".tools")) {
    tools.hidden = false;
    const field = tools.closest("form").querySelector("textarea");
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-cite]");
      if (button) insertCitation(field, button.dataset.cite);
    });
  }
}

function insertCitation(field, label) {
  const start = field.selectionStart;
  const space = start > 0 && !/\s$/.test(field.value.slice(0, start)) ? " " : "";
  const text = `${space}[${label}, p. ]`;
  field.focus();
  // execCommand keeps the browser's own undo; where it is gone, setRangeText does the same without it.
  if (!document.execCommand?.("insertText", false, text)) {
    field.setRangeText(text, start, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.selectionStart = field.selectionEnd = start + text.length - 1;
}

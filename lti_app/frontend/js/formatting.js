// Bold, italics and lists in the comments of the desk: buttons and keys write the marks that one can type as well.

const KEYS = { b: "**", i: "*" };

export function watchFormatting(form) {
  const group = form.querySelector("[data-format]");
  if (!group) return;
  group.dataset.ready = "";
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) format(form.elements.comment, button.value);
  });
  form.addEventListener("keydown", (event) => {
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey && KEYS[event.key.toLowerCase()];
    if (!mark || event.isComposing || !event.target.matches("textarea[name^=comment]")) return;
    event.preventDefault();
    format(event.target, mark);
  });
}

function format(field, mark) {
  field.focus();
  if (mark === "- ") beginLines(field, mark);
  else surround(field, mark);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Puts the marks around what is selected, or takes them away where they are.
function surround(field, mark) {
  const { value, selectionStart: start, selectionEnd: end } = field;
  const words = value.slice(start, end);
  if (value.slice(0, start).endsWith(mark) && value.slice(end).startsWith(mark))
    field.setRangeText(words, start - mark.length, end + mark.length, "select");
  else {
    field.setRangeText(mark + words + mark, start, end, "end");
    field.setSelectionRange(start + mark.length, end + mark.length);
  }
}

// Makes each selected line an item, or none where all are.
function beginLines(field, mark) {
  const { value, selectionStart, selectionEnd } = field;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const next = value.indexOf("\n", selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const isList = lines.every((line) => line.startsWith(mark));
  const changed = lines.map((line) => (isList ? line.slice(mark.length) : mark + line)).join("\n");
  field.setRangeText(changed, start, end, "end");
}

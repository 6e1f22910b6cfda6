// Keys of one letter, which a page may have: never taken from fields that one types in, and one can turn them off
// (WCAG 2.1.4), for all pages of this browser, or where it keeps nothing in this frame for the page that is open.

const OFF = "colloquy-keys-off";
let isOffHere = false;

// Calls `act(key)` for each key that is free to have a meaning; what it answers with true is done with.
export function watchKeys(page, dialog, act) {
  watchSwitch(dialog.querySelector("[data-keys-off]"));
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (page.querySelector("dialog[open]") || isOff() || isTyping(event.target)) return;
    if (event.key === "?" ? open(dialog) : act(event.key)) event.preventDefault();
  });
}

// Shows the list from its beginning: browsers scroll to the first thing that can have the focus, which is at its end.
export function open(dialog) {
  dialog.showModal();
  dialog.scrollTop = 0;
  return true;
}

const isTyping = (target) => Boolean(target.closest("textarea, select, input:not([type=radio]), [contenteditable]"));

function isOff() {
  try {
    return isOffHere || localStorage.getItem(OFF) === "1";
  } catch {
    return isOffHere;
  }
}

function watchSwitch(box) {
  box.checked = isOff();
  box.addEventListener("change", () => {
    isOffHere = box.checked;
    try {
      localStorage.setItem(OFF, box.checked ? "1" : "0");
    } catch {
      // no storage in this frame: it holds until the page is left
    }
  });
}

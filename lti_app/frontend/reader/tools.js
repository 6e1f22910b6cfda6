// The toolbar and the keys. The keys can be turned off (WCAG 2.1.4), and are never taken from fields.

const OFF = "colloquy-keys-off"; // the same switch as on the grading desk

export function watchTools(tools, acts) {
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act]?.();
  });
}

export function watchKeys(acts) {
  const keys = {
    n: acts.next,
    p: acts.previous,
    "+": acts.larger,
    "=": acts.larger,
    "-": acts.smaller,
    "/": acts.search,
    c: acts.cite,
    "?": acts.keys,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isOff() || isTyping(event.target)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  /** @type {any} */
  const box = document.querySelector("[data-keys-off]");
  box.checked = isOff();
  box.addEventListener("change", () => store(box));
}

const isTyping = (target) => target.matches("textarea, select, input, [contenteditable]") || target.closest("dialog");

function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false; // no storage in this frame: the keys are as they are by default
  }
}

function store(box) {
  try {
    localStorage.setItem(OFF, box.checked ? "1" : "0");
  } catch {
    box.checked = false;
  }
}

// The toolbar of the reader, and its keys.

const KEYS = {
  n: "next",
  p: "previous",
  "+": "larger",
  "=": "larger",
  "-": "smaller",
  "/": "search",
  c: "cite",
};

export function watchTools(tools, acts) {
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) acts[button.dataset.act]?.();
  });
}

// Does what a key stands for; whether it stands for something.
export function press(acts, key) {
  const act = acts[KEYS[key]];
  act?.();
  return Boolean(act);
}

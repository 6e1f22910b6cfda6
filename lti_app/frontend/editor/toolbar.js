// The toolbar: one stop for Tab, arrows within it, buttons that tell whether they are on, and what they do.

const COMMANDS = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  heading: (chain) => chain.toggleHeading({ level: 3 }),
  quote: (chain) => chain.toggleBlockquote(),
  bullets: (chain) => chain.toggleBulletList(),
  numbers: (chain) => chain.toggleOrderedList(),
  code: (chain, editor) => (editor.state.selection.empty ? chain.toggleCodeBlock() : chain.toggleCode()),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
};
const IS_ON = {
  bold: ["bold"],
  italic: ["italic"],
  heading: ["heading"],
  quote: ["blockquote"],
  bullets: ["bulletList"],
  numbers: ["orderedList"],
  code: ["code", "codeBlock"],
  link: ["link"],
};

export function watchToolbar(toolbar, editor, announce) {
  const buttons = [...toolbar.querySelectorAll("button")];
  const rove = (button) => {
    for (const one of buttons) one.tabIndex = one === button ? 0 : -1;
  };
  rove(buttons[0]);
  toolbar.addEventListener("focusin", (event) => rove(event.target));
  toolbar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const forth = getComputedStyle(toolbar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forth === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    const to = {
      [forth]: (at + 1) % buttons.length,
      [back]: (at - 1 + buttons.length) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (to === undefined) {
      if (event.key === "Escape") editor.commands.focus();
      return;
    }
    event.preventDefault();
    buttons[to].focus();
  });
  const isOn = (tool) => IS_ON[tool]?.some((name) => editor.isActive(name)) ?? false;
  const show = () => {
    for (const button of buttons) {
      if (button.hasAttribute("aria-pressed")) button.ariaPressed = String(isOn(button.dataset.tool));
    }
  };
  editor.on("transaction", show);
  show();
  return (button) => {
    const { tool } = button.dataset;
    editor.view.focus();
    COMMANDS[tool]?.(editor.chain(), editor).run();
    if (button.hasAttribute("aria-pressed")) {
      const words = isOn(tool) ? toolbar.dataset.on : toolbar.dataset.off;
      announce(words.replace("{tool}", button.ariaLabel));
    } else announce(button.ariaLabel);
  };
}

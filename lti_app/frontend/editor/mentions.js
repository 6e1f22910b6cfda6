// After an @, the people of the discussion whose names begin as one types on: a list that the arrows go through.
import { Extension } from "@tiptap/core";
import Suggestion from "@tiptap/suggestion";

export const mentions = ({ people, peopleName }) =>
  Extension.create({
    name: "mentions",
    addProseMirrorPlugins() {
      return [
        Suggestion({
          editor: this.editor,
          char: "@",
          allowSpaces: false,
          items: ({ query }) => ask(people, query),
          command: ({ editor, range, props }) =>
            editor
              .chain()
              .focus()
              .insertContentAt(range, [
                { type: "mention", attrs: { id: String(props.id), name: props.name } },
                { type: "text", text: " " },
              ])
              .run(),
          render: () => list(this.editor, peopleName),
        }),
      ];
    },
  });

async function ask(address, query) {
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(query)}`, {
      headers: { Accept: "application/json" },
    });
    return answer.ok ? await answer.json() : [];
  } catch {
    return []; // one can still type the whole name
  }
}

function list(editor, name) {
  const box = document.createElement("ul");
  box.className = "mention-list";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", name);
  box.id = `people-${Math.random().toString(36).slice(2)}`;
  /** @type {any} */
  let now = null; // what the editor said last
  let chosen = 0;
  const field = () => editor.view.dom;
  const show = (props) => {
    now = props;
    chosen = 0;
    box.hidden = !props.items.length;
    box.replaceChildren(...props.items.map((person, number) => option(person, number)));
    mark();
    if (box.hidden) return;
    const at = props.clientRect?.();
    const frame = field().parentElement.getBoundingClientRect();
    if (at) {
      box.style.setProperty("inset-block-start", `${at.bottom - frame.top + 4}px`);
      box.style.setProperty("left", `${Math.max(0, Math.min(at.left - frame.left, frame.width - box.offsetWidth))}px`);
    }
  };
  const option = (person, number) => {
    const entry = document.createElement("li");
    entry.setAttribute("role", "option");
    entry.id = `${box.id}-${number}`;
    entry.textContent = person.name;
    entry.addEventListener("mousedown", (event) => {
      event.preventDefault();
      now.command(person);
    });
    return entry;
  };
  const mark = () => {
    for (const [number, entry] of [...box.children].entries()) {
      entry.setAttribute("aria-selected", String(number === chosen));
    }
    const current = box.hidden || !box.isConnected ? null : box.children[chosen];
    if (current) {
      field().setAttribute("aria-activedescendant", current.id);
      field().setAttribute("aria-controls", box.id);
      current.scrollIntoView({ block: "nearest" });
    } else {
      field().removeAttribute("aria-activedescendant");
      field().removeAttribute("aria-controls");
    }
  };
  const close = () => {
    box.remove();
    field().removeAttribute("aria-activedescendant");
    field().removeAttribute("aria-controls");
  };
  const keys = {
    ArrowDown: () => (chosen = (chosen + 1) % now.items.length),
    ArrowUp: () => (chosen = (chosen + now.items.length - 1) % now.items.length),
    Enter: () => now.command(now.items[chosen]),
    Tab: () => now.command(now.items[chosen]),
  };
  return {
    onStart: (props) => {
      field().parentElement.append(box);
      show(props);
    },
    onUpdate: show,
    onExit: close,
    onKeyDown: ({ event }) => {
      if (event.key === "Escape") {
        box.hidden = true;
        mark();
        return true;
      }
      if (box.hidden || !now.items.length || !keys[event.key] || event.shiftKey) return false;
      keys[event.key]();
      mark();
      return true;
    },
  };
}

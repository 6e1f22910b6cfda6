// The editor over a composer's text area. What is written stands in the text area at every moment, so that the form,
// its drafts and its warnings know nothing of an editor.
import { Editor } from "@tiptap/core";
import { mentions } from "./mentions.js";
import { watchPanels } from "./panels.js";
import { cleanPasted } from "./paste.js";
import { extensions } from "./schema.js";
import { contentOf, plainText } from "./text.js";
import { watchToolbar } from "./toolbar.js";

export function mount(form, field, toolbar) {
  const { format } = form.elements;
  const isChanged = field.value !== field.defaultValue;
  const hadFocus = document.activeElement === field;
  const typed = field.textLength;
  const cursor = field.selectionStart;
  const rich = format.value === "html" ? field.value : isChanged ? "" : field.dataset.rich;
  const place = document.createElement("div");
  place.className = "editor";
  field.after(place);
  const editor = new Editor({
    element: place,
    injectCSS: false,
    content: rich || contentOf(field.value),
    extensions: form.dataset.people ? [...extensions, mentions(form.dataset)] : extensions,
    editorProps: { attributes: nameOf(form, field), transformPastedHTML: cleanPasted },
  });
  const announce = say(form.querySelector("[data-announce]"));
  const sync = () => {
    field.value = editor.isEmpty ? "" : editor.getHTML();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  field.plainText = () => plainText(editor.state.doc);
  format.value = "html";
  field.value = editor.isEmpty ? "" : editor.getHTML();
  if (!isChanged) field.defaultValue = field.value;
  editor.on("update", sync);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (!hadFocus || cursor === typed) editor.commands.setTextSelection(editor.state.doc.content.size);
  if (hadFocus) editor.view.focus(); // at once, before the text area is gone: a key between the two would be lost
  field.hidden = true;
  field.required = false; // the browser could not show what is missing; the server says it
  form.classList.add("with-editor");
  const use = watchToolbar(toolbar, editor, announce);
  const open = watchPanels(form, editor, announce);
  editor.view.dom.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open(`${field.id}-link`);
    }
  });
  return { use: (button) => (button.dataset.opens ? open(button.dataset.opens) : use(button)), editor };
}

// The label and the help of the text area become those of the editor.
function nameOf(form, field) {
  const label = form.querySelector(`label[for="${field.id}"]`);
  label.id ||= `${field.id}-label`;
  label.removeAttribute("for");
  for (const link of form.ownerDocument.querySelectorAll(`a[href="#${field.id}"]`)) link.hash = `#${field.id}-editor`;
  label.addEventListener("click", () => form.querySelector("[role=textbox]").focus());
  const attributes = {
    id: `${field.id}-editor`,
    class: "prose",
    role: "textbox",
    "aria-multiline": "true",
    "aria-labelledby": label.id,
    dir: "auto",
    spellcheck: "true",
  };
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (field.hasAttribute(name)) attributes[name] = field.getAttribute(name);
  }
  return attributes;
}

const say = (region) => (words) => {
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = words));
};

// Saved comments on the desk: a list that one searches by typing, as a combobox whose list is always open. The comments
// are those of the fold that inserts them without scripts.

export function watchPicker(page, form) {
  const dialog = page.querySelector("dialog[data-picker]");
  const bank = form.querySelector("[data-bank]");
  if (!dialog || !bank) return { open: () => false };
  const picker = new Picker(form, dialog, offered(bank));
  for (const button of form.querySelectorAll("[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => picker.open(fieldBeside(button)));
  }
  bank.querySelector("summary").addEventListener("click", (event) => {
    event.preventDefault();
    picker.open(form.elements.comment);
  });
  form.addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "ArrowDown" && isComment(event.target)) {
      event.preventDefault();
      picker.open(event.target);
    }
  });
  return picker;
}

const fieldBeside = (button) => button.closest(".remark").querySelector("textarea");
const isComment = (field) => field.matches("textarea[name^=comment]");

// What the fold offers: text, criterion (0 for any) and level.
function offered(bank) {
  return [...bank.querySelectorAll("#bank-insert option")].map((option) => ({
    text: option.value,
    key: option.parentElement.dataset.key,
    title: option.parentElement.label,
    level: option.dataset.level,
    saved: option.dataset.saved !== undefined,
  }));
}

class Picker {
  constructor(form, dialog, comments) {
    this.form = form;
    this.dialog = dialog;
    this.comments = comments;
    this.find = dialog.querySelector("input");
    this.list = dialog.querySelector("[role=listbox]");
    this.field = form.elements.comment;
    this.find.addEventListener("input", () => this.show());
    this.find.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("click", (event) => this.insert(event.target.closest("[role=option]")));
    dialog.querySelector("[data-picker-keep]").addEventListener("click", () => this.keep());
  }

  // Shows what fits the field best first.
  open(field) {
    if (!field) return false;
    this.field = field;
    // Whoever was not writing in the field adds to what it has.
    if (document.activeElement !== field) field.setSelectionRange(field.value.length, field.value.length);
    field.closest("details")?.setAttribute("open", "");
    this.dialog.querySelector("[data-picker-place]").textContent = this.place.title;
    this.dialog.querySelector("[data-picker-keep]").disabled = !field.value.trim();
    this.find.value = "";
    this.show();
    this.dialog.showModal();
    this.find.focus();
    return true;
  }

  // The criterion of the field and its chosen level; the key is 0 for the comment on the work as a whole.
  get place() {
    const row = this.field.closest("[data-criterion]");
    const key = this.field.name.split("-")[1] ?? "0";
    const level = row?.querySelector("input:checked + .face .name, input:checked ~ .title")?.textContent.trim() ?? "";
    const title = this.form.querySelector(`#bank-into option[value="${this.field.name}"]`)?.textContent ?? "";
    return { key, level, title };
  }

  show() {
    const { key, level } = this.place;
    const rank = (each) =>
      each.key === key ? (each.level === level ? 0 : each.level ? 2 : 1) : each.key === "0" ? 3 : 4;
    const words = this.find.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const found = this.comments
      .filter((each) => rank(each) < 4 || words.length > 0)
      .filter((each) => words.every((word) => `${each.text} ${each.level}`.toLocaleLowerCase().includes(word)))
      .sort((one, other) => rank(one) - rank(other));
    this.list.replaceChildren(...found.map((each, place) => this.option(each, place)));
    this.dialog.querySelector("[data-picker-empty]").hidden = this.comments.length > 0;
    this.dialog.querySelector("[data-picker-none]").hidden = found.length > 0 || this.comments.length === 0;
    const count = this.dialog.querySelector("[data-picker-count]");
    count.textContent = found.length === 1 ? count.dataset.one : count.dataset.many.replace("NUMBER", found.length);
    this.choose(this.list.firstElementChild);
  }

  option(each, place) {
    const option = document.createElement("li");
    option.id = `picker-${place}`;
    option.role = "option";
    option.dataset.text = each.text;
    const text = document.createElement("span");
    text.dir = "auto";
    text.textContent = each.text;
    const about = document.createElement("small");
    about.textContent = [each.key === "0" ? "" : each.title, each.level, this.kind(each)].filter(Boolean).join(" · ");
    option.append(text, " ", about);
    return option;
  }

  kind(each) {
    return this.dialog.querySelector(each.saved ? "[data-picker-saved]" : "[data-picker-typed]").content.textContent;
  }

  get chosen() {
    return this.list.querySelector("[aria-selected=true]");
  }

  choose(option) {
    this.chosen?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    this.find.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  onKey(event) {
    if (event.isComposing) return;
    const { firstElementChild: first, lastElementChild: last } = this.list;
    if (event.key === "ArrowDown") this.choose(this.chosen?.nextElementSibling ?? first);
    else if (event.key === "ArrowUp") this.choose(this.chosen?.previousElementSibling ?? last);
    else if (event.key === "Enter") this.insert(this.chosen);
    else return;
    event.preventDefault();
  }

  // At the caret, with a space where words stand beside it; what is still to be filled in is selected.
  insert(option) {
    if (!option) return;
    this.dialog.close();
    const { field } = this;
    const { text } = option.dataset;
    const begin = field.selectionStart;
    const gap = /\S$/.test(field.value.slice(0, begin)) ? " " : "";
    const after = /^\S/.test(field.value.slice(field.selectionEnd)) ? " " : "";
    field.focus();
    field.setRangeText(gap + text + after, begin, field.selectionEnd, "end");
    const open = /\{ ?[A-Za-z_]+ ?\}/.exec(text);
    const at = begin + gap.length + (open?.index ?? 0);
    if (open) field.setSelectionRange(at, at + open[0].length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The page comes back with everything as it is, and what was typed among the saved comments.
  keep() {
    this.dialog.close();
    this.form.elements.into.value = this.field.name;
    this.form.querySelector("button[value=keep]").click();
  }
}

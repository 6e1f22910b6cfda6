// As much of a browser as drafts need: a form with its composer, storage, time that a test moves, a server.
import { mock } from "node:test";

class Thing extends EventTarget {
  constructor(values = {}) {
    super();
    Object.assign(this, { dataset: {}, hidden: true, textContent: "", value: "" }, values);
    this.parts = new Map();
  }

  querySelector(selector) {
    if (selector === "[role=textbox]") return null;
    if (!this.parts.has(selector)) this.parts.set(selector, new Thing());
    return this.parts.get(selector);
  }

  querySelectorAll(selector) {
    return this.parts.has(selector) ? [this.parts.get(selector)] : [];
  }

  closest() {
    return this.form;
  }

  matches() {
    return false;
  }

  focus() {}
}

class Data extends Map {
  constructor(form) {
    super([...form.fields].map((field) => [field.name, field.value]));
  }

  getAll() {
    return [];
  }
}

// Two windows of one browser share its storage.
export function openBrowser(server) {
  const stored = new Map();
  mock.timers.enable({ apis: ["setTimeout"] });
  Object.assign(globalThis, {
    FormData: Data,
    document: new EventTarget(),
    addEventListener: () => {},
    location: { reload: mock.fn() },
    localStorage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
    fetch: (_url, { body }) => server(Object.fromEntries(body)),
  });
  return { stored };
}

export function openWindow(watchDrafts, { text = "", version = "" } = {}) {
  const field = new Thing({ name: "text", value: text, defaultValue: text });
  const fields = [field, ...["draft", "draft_writer", "format", "move", "title"].map((name) => new Thing({ name }))];
  const form = new Thing({ fields, elements: Object.assign(fields, { draft: fields[1], draft_writer: fields[2] }) });
  form.parts.set("textarea", field);
  fields[1].value = version;
  const box = new Thing({
    form,
    dataset: { local: "1", url: "/drafts", saved: "Saved at {time}", apart: "Kept here", lost: "Not saved" },
  });
  const page = new Thing();
  page.parts.set("[data-draft]", box);
  watchDrafts(page);
  const state = () => box.querySelector("[data-draft-state]").textContent;
  const elsewhere = box.querySelector("[data-draft-elsewhere]");
  const press = (name) => box.querySelector(`[data-${name}]`).dispatchEvent(new Event("click"));
  const type = async (words) => {
    field.value = words;
    form.dispatchEvent(new Event("input"));
    await pass(1500);
  };
  return { form, box, field, state, elsewhere, press, type };
}

// Time passes, and all that was waiting for an answer has it.
export async function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

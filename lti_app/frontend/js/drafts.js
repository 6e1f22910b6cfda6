// Keeps what is being written: on the server as one types, in this browser where the server cannot be reached. Two
// windows never overwrite one another unseen: the server tells when another one was there, and the writer chooses.

import { sendable } from "./forms.js";

const PAUSE = 1500;
const SOON = 1100;
const KEEPALIVE_LIMIT = 60_000;

export function watchDrafts(page) {
  for (const box of page.querySelectorAll("[data-draft]")) watch(box.closest("form"), box);
}

function watch(form, box) {
  const field = form.querySelector("textarea");
  const { draft: base, draft_writer: writer } = form.elements;
  const local = localCopy(`colloquy-draft-${box.dataset.local}`);
  writer.value = Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");
  /** @type {number | undefined} */
  let timer;
  let isSending = false;
  let isOver = false;
  let other = "";
  let isTouched = false;
  let last = written(form);

  const later = (delay = PAUSE) => {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  };

  async function save(options = {}) {
    clearTimeout(timer);
    timer = undefined;
    if (isOver || isOpen(box, "elsewhere")) return;
    if (isSending) return later();
    const now = written(form);
    isSending = true;
    const answer = await send(form, box, options);
    isSending = false;
    if (answer.status === 200) saved(now, answer.body);
    else if (answer.status === 409) {
      other = answer.body.version;
      show(box, "elsewhere", other);
    } else if (answer.status === 429) later(SOON);
    else if (answer.status === 422) tell(box, answer.body.message);
    else tell(box, local.put(copyOf(form)) ? box.dataset.apart : box.dataset.lost);
  }

  function saved(now, { version, saved: time }) {
    base.value = version;
    last = now;
    local.drop();
    if (written(form) === now) form.dataset.kept = "true";
    tell(box, version ? box.dataset.saved.replace("{time}", time) : "");
  }

  form.addEventListener("input", () => {
    if (!isTouched && isPristine(form, field)) last = written(form);
    if (written(form) === last) return;
    isTouched = true;
    delete form.dataset.kept;
    if (!isOpen(box, "elsewhere")) later();
  });
  form.addEventListener("submit", () => {
    isOver = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => (isOver = false));
  form.addEventListener("not-sent", () => {
    isOver = false;
    if (written(form) !== last) later(0);
  });
  addEventListener("online", () => timer === undefined && written(form) !== last && later(0));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && timer !== undefined) save({ keepalive: field.value.length < KEEPALIVE_LIMIT });
  });
  const press = (name, act) => box.querySelector(`[data-${name}]`).addEventListener("click", act);
  press("keep-this", () => {
    base.value = other;
    hide(box, "elsewhere", field);
    save();
  });
  press("take-other", () => reload(form));
  press("drop-local", () => {
    local.drop();
    hide(box, "local", field);
  });
  press("take-local", async () => {
    const { status } = await send(form, box, {}, local.get());
    if (status !== 200) return tell(box, box.dataset.apart);
    local.drop();
    reload(form);
  });
  offer(box, field, local);
}

// What makes a draft: the text, what it does, its topic, the files that are there already.
function written(form) {
  const data = new FormData(form);
  return JSON.stringify(["text", "move", "title"].map((name) => data.get(name) ?? "").concat(data.getAll("attached")));
}

// Whether all is as the page came. An editor that puts itself over the field changes how the text is written, and the
// field's default with it.
const isPristine = (form, field) =>
  field.value === field.defaultValue &&
  [...form.elements].every((each) =>
    each.matches("[type=radio], [type=checkbox]")
      ? each.checked === each.defaultChecked
      : each.name !== "title" || each.value === each.defaultValue,
  );

async function send(form, box, options, copy = {}) {
  const data = new FormData(form);
  data.delete("files");
  for (const [name, value] of Object.entries(copy)) data.set(name, value);
  try {
    const answer = await fetch(box.dataset.url, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: sendable(data),
      ...options,
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return { status: isJson ? answer.status : 0, body: isJson ? await answer.json() : {} };
  } catch {
    return { status: 0, body: {} };
  }
}

const copyOf = (form) => {
  const data = new FormData(form);
  return Object.fromEntries(["text", "format", "move", "title"].map((name) => [name, data.get(name) ?? ""]));
};

// Storage may be off in a frame, or full: then there is none.
function localCopy(key) {
  const attempt = (work) => {
    try {
      return work();
    } catch {
      return null;
    }
  };
  return {
    get: () => attempt(() => JSON.parse(localStorage.getItem(key) ?? "null")),
    put: (copy) => attempt(() => localStorage.setItem(key, JSON.stringify(copy)) ?? true),
    drop: () => attempt(() => localStorage.removeItem(key)),
  };
}

function offer(box, field, local) {
  const copy = local.get();
  if (!copy?.text) return;
  const text = copy.format === "html" ? wordsOf(copy.text) : copy.text;
  if (oneLine(text) === oneLine(field.value)) return local.drop();
  box.querySelector("[data-local-words]").textContent = text.length > 140 ? `${text.slice(0, 140)}…` : text;
  show(box, "local");
}

const wordsOf = (html) => oneLine(new DOMParser().parseFromString(html, "text/html").body.textContent);
const oneLine = (text) => text.replace(/\s+/g, " ").trim();

function reload(form) {
  form.dataset.kept = "true"; // nothing is lost by leaving this page
  location.reload();
}

const choice = (box, name) => box.querySelector(`[data-draft-${name}]`);
const isOpen = (box, name) => !choice(box, name).hidden;

function show(box, name, version) {
  const panel = choice(box, name);
  panel.hidden = false;
  if (name === "elsewhere") {
    panel.querySelector("p").textContent = version ? panel.dataset.two : panel.dataset.gone;
  }
}

function hide(box, name, field) {
  choice(box, name).hidden = true;
  (box.closest("form").querySelector("[role=textbox]") ?? field).focus();
}

function tell(box, words) {
  const state = box.querySelector("[data-draft-state]");
  if (state.textContent !== words) state.textContent = words;
}

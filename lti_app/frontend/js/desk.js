// The grading desk by keyboard: levels by number, posts and students by letter, the total as it is chosen.

import { watchFormatting } from "./formatting.js";
import { open, watchKeys } from "./keys.js";
import { watchPicker } from "./picker.js";
import { watchResult } from "./result.js";
import { toggleChanges, toggleVersions } from "./versions.js";

export function watchDesk(page) {
  const form = page.querySelector("form[data-desk]");
  if (!form) return;
  const keys = page.querySelector("dialog.keys");
  form.addEventListener("input", (event) => {
    agree(event.target);
    showTotal(form);
  });
  showTotal(form);
  page.querySelector("[data-keys]").hidden = false;
  page.querySelector("[data-keys]").addEventListener("click", () => open(keys));
  centre(page.querySelector(".students .current"));
  form.addEventListener("keydown", (event) => leave(event, form));
  watchFormatting(form);
  watchResult(form);
  const picker = watchPicker(page, form);
  page.addEventListener("click", (event) => showCounted(page, event.target.closest?.("a[data-counted]")));
  watchKeys(page, keys, (key) => (key === "i" ? picker.open(commented(form)) : act(page, form, key)));
}

const ACTIONS = { s: "button[value=save]", r: "button[value=release]" };

function act(page, form, key) {
  if (/^[1-9]$/.test(key)) return choose(form, (radios) => radios[Number(key) - 1]);
  if (key === "Enter" && document.activeElement?.matches("input[type=radio]"))
    return choose(form, (radios, row) => radios.find((radio) => radio.value === suggested(row)));
  if (key === "j" || key === "k") return goToPost(page, key === "j" ? 1 : -1);
  if (key === "h") return toggleVersions(page);
  if (key === "d") return toggleChanges(page);
  if (key === "n" || key === "p") return follow(page, key === "n" ? "next" : "prev");
  if (key === "u") return click(page.querySelector("[data-ungraded]"));
  if (key === "s" || key === "r") return click(form.querySelector(ACTIONS[key]) ?? form.querySelector(".primary"));
  if (key === "z") return click(page.querySelector("[data-take-back]"));
  if (key === "c") return focus(form.elements.comment);
  if (key === "v") return click(form.querySelector("[data-preview]"));
  if (key === "m") return remark(form);
  if (key === "a") return annotate(page);
  return false;
}

// Out of a text: back to the levels, or to the next student.
function leave(event, form) {
  if (event.isComposing) return;
  if (event.key === "Escape" && event.target.matches("textarea, [data-range]")) {
    const row = event.target.closest("[data-criterion]") ?? form.querySelector("[data-criterion]");
    if (focus(row?.querySelector(":checked") ?? row?.querySelector("input[type=radio]"))) event.preventDefault();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && click(form.querySelector(".primary")))
    event.preventDefault();
}

// Opens the comment on the criterion that has the focus, else on the first one.
function remark(form) {
  const row = document.activeElement?.closest("[data-criterion]") ?? form.querySelector("[data-criterion]");
  const box = row?.querySelector(".remark");
  box?.setAttribute("open", "");
  return focus(box?.querySelector("textarea"));
}

// Opens the form for a comment on a sentence of the post that has the focus, else of the first one.
function annotate(page) {
  const post = document.activeElement?.closest(".post") ?? page.querySelector(".work .post");
  const box = post?.querySelector("[data-annotate]");
  box?.setAttribute("open", "");
  return focus(box?.querySelector("select"));
}

// The comment on the criterion that has the focus, else the one on the work as a whole.
function commented(form) {
  const row = document.activeElement?.closest("[data-criterion]");
  return row?.querySelector(".remark textarea") ?? form.elements.comment;
}

// Chooses in the criterion that has the focus, else in the first open one, and goes on to the next.
function choose(form, pick) {
  const rows = [...form.querySelectorAll("[data-criterion]")];
  const open = rows.find((row) => !row.querySelector(":checked"));
  const row = rows.find((candidate) => candidate.contains(document.activeElement)) ?? open ?? rows[0];
  const radio = pick([...row.querySelectorAll("input[type=radio]")], row);
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  const next = rows[rows.indexOf(row) + 1];
  return focus(next ? (next.querySelector(":checked") ?? next.querySelector("input[type=radio]")) : radio);
}

const suggested = (row) => row.querySelector("[data-suggested]")?.dataset.suggested;

function goToPost(page, step) {
  const posts = [...page.querySelectorAll(".work .post")];
  const at = posts.indexOf(document.activeElement?.closest(".post"));
  return focus(posts[at < 0 ? 0 : at + step]);
}

// The citations of one reading that a requirement was counted from.
function showCounted(page, link) {
  if (!link) return;
  for (const chip of page.querySelectorAll(".cited.counted")) chip.classList.remove("counted");
  const post = page.getElementById(link.hash.slice(1));
  for (const chip of post?.querySelectorAll(`:scope > .prose .cited[data-reading="${link.dataset.counted}"]`) ?? [])
    chip.classList.add("counted");
}

const follow = (page, direction) => click(page.querySelector(`.steps [rel=${direction}]`));

function click(target) {
  target?.click();
  return Boolean(target);
}

// In a criterion with ranges, the level and the points that are typed say the same.
function agree(changed) {
  const row = changed.closest("[data-criterion]");
  const typed = row?.querySelector("[data-range]");
  if (!typed) return;
  const radios = [...row.querySelectorAll("input[type=radio]")];
  if (changed.matches("[type=radio]")) typed.value = decimal(Number(changed.dataset.points));
  else if (changed === typed) {
    const points = pointsOf(typed);
    const reached = radios.filter((radio) => Number(radio.dataset.points) >= points);
    for (const radio of radios) radio.checked = radio === reached[0];
  }
}

const pointsOf = (typed) =>
  /^\s*\d+([.,]\d{1,2})?\s*$/.test(typed.value) ? Number(typed.value.replace(",", ".")) : NaN;

const decimal = (points) =>
  new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn", useGrouping: false }).format(points);

function centre(item) {
  const list = item?.closest(".students");
  if (list) list.scrollTop = item.offsetTop - list.clientHeight / 2;
}

function focus(element) {
  element?.focus();
  return Boolean(element);
}

function showTotal(form) {
  const shown = form.querySelector("[data-total]");
  if (!shown) return; // one criterion alone
  let total = 0;
  for (const row of form.querySelectorAll("[data-criterion]")) {
    const typed = row.querySelector("[data-range]");
    const chosen = row.querySelector(":checked");
    const points = typed?.value.trim() ? pointsOf(typed) : Number(chosen?.dataset.points ?? 0);
    // In hundredths, halves up, as the server rounds each criterion.
    total += Math.round(Number((points * Number(row.dataset.weight) * 100).toFixed(4))) || 0;
  }
  shown.value = decimal(total / 100);
}

// The grading desk by keyboard: levels by number, posts and students by letter, the total as it is chosen.

import { watchKeys } from "./keys.js";

export function watchDesk(page) {
  const form = page.querySelector("form[data-desk]");
  if (!form) return;
  const keys = page.querySelector("dialog.keys");
  form.addEventListener("change", () => showTotal(form));
  page.querySelector(".keys-hint").hidden = false;
  page.querySelector("[data-keys]").addEventListener("click", () => keys.showModal());
  centre(page.querySelector(".students .current"));
  watchKeys(page, keys, (key) => act(page, form, key));
}

function act(page, form, key) {
  if (/^[1-9]$/.test(key)) return choose(form, (radios) => radios[Number(key) - 1]);
  if (key === "Enter" && document.activeElement?.matches("input[type=radio]"))
    return choose(form, (radios, row) => radios.find((radio) => radio.value === suggested(row)));
  if (key === "j" || key === "k") return goToPost(page, key === "j" ? 1 : -1);
  if (key === "n" || key === "p") return follow(page, key === "n" ? "next" : "prev");
  if (key === "c") return focus(form.querySelector("textarea"));
  return false;
}

// Chooses in the criterion that has the focus, else in the first open one, and goes on to the next.
function choose(form, pick) {
  const rows = [...form.querySelectorAll("[data-criterion]")];
  const open = rows.find((row) => !row.querySelector(":checked"));
  const row = rows.find((candidate) => candidate.contains(document.activeElement)) ?? open ?? rows[0];
  const radio = pick([...row.querySelectorAll("input")], row);
  if (!radio) return false;
  radio.checked = true;
  showTotal(form);
  const next = rows[rows.indexOf(row) + 1];
  return focus(next ? (next.querySelector(":checked") ?? next.querySelector("input")) : radio);
}

const suggested = (row) => row.querySelector("[data-suggested]")?.dataset.suggested;

function goToPost(page, step) {
  const posts = [...page.querySelectorAll(".work .post")];
  const at = posts.indexOf(document.activeElement?.closest(".post"));
  return focus(posts[at < 0 ? 0 : at + step]);
}

function follow(page, direction) {
  const link = page.querySelector(`.steps [rel=${direction}]`);
  link?.click();
  return Boolean(link);
}

function centre(item) {
  const list = item?.closest(".students");
  if (list) list.scrollTop = item.offsetTop - list.clientHeight / 2;
}

function focus(element) {
  element?.focus();
  return Boolean(element);
}

function showTotal(form) {
  const points = [...form.querySelectorAll("[data-criterion] :checked")].map((radio) => Number(radio.dataset.points));
  const total = points.reduce((sum, point) => sum + point, 0);
  form.querySelector("[data-total]").value = new Intl.NumberFormat(document.documentElement.lang, {
    numberingSystem: "latn",
  }).format(total);
}

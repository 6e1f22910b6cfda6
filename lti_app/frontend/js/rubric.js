// The rubric editor without a round trip: criteria and levels are added, moved, split and merged in place, the total is
// shown as it is typed, and a screen reader hears what has changed. The server does the same where scripts are off.

import { pointsText, typedPoints } from "./points.js";

export function watchRubric(page) {
  const form = page.querySelector("form[data-rubric]");
  if (!form) return;
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-edit]");
    if (!button) return;
    event.preventDefault();
    press(form, button);
  });
  form.addEventListener("input", () => refresh(form));
  form.addEventListener("change", () => refresh(form));
  refresh(form);
}

function press(form, button) {
  const verb = button.value.split(":")[0];
  const criterion = button.closest("[data-criterion]");
  const level = button.closest("[data-level]");
  const target = EDITS[verb](form, criterion, level);
  refresh(form);
  say(form, verb, criterion);
  (target ?? form.querySelector("#add-criterion")).focus();
}

const EDITS = {
  add: (form) => {
    const added = made(form, "criterion", { __c__: fresh(form, "[data-criterion]", "criterion") });
    form.querySelector("[data-criteria]").append(added);
    return title(added);
  },
  delete: (_form, criterion) => {
    const next = criterion.nextElementSibling ?? criterion.previousElementSibling;
    criterion.remove();
    return next && title(next);
  },
  up: (_form, criterion) => moved(criterion, criterion.previousElementSibling, "before"),
  down: (_form, criterion) => moved(criterion, criterion.nextElementSibling, "after"),
  "add-level": (form, criterion) => {
    const added = newLevel(form, criterion);
    criterion.querySelector("[data-levels]").append(added);
    return field(added, "points");
  },
  "delete-level": (_form, criterion, level) => {
    const next = sibling(level, "nextElementSibling") ?? sibling(level, "previousElementSibling");
    level.remove();
    return next ? field(next, "points") : criterion.querySelector("button[value^='add-level']");
  },
  split: (form, criterion, level) => {
    const added = newLevel(form, criterion);
    const high = typedPoints(field(level, "points").value);
    const below = sibling(level, "nextElementSibling");
    const low = below ? typedPoints(field(below, "points").value) : 0;
    if (high !== null && low !== null) {
      const middle = Math.floor((high + low + 1) / 2);
      if (low < middle && middle < high) field(added, "points").value = pointsText(middle, form);
    }
    field(added, "description").value = field(level, "description").value;
    level.after(added);
    return field(added, "points");
  },
  merge: (_form, _criterion, level) => {
    const below = sibling(level, "nextElementSibling");
    for (const [name, between] of [
      ["name", " / "],
      ["description", "\n"],
    ]) {
      const texts = [level, below].map((each) => field(each, name).value.trim()).filter(Boolean);
      field(level, name).value = [...new Set(texts)].join(between);
    }
    below.remove();
    return field(level, "points");
  },
};

function moved(criterion, neighbour, side) {
  const active = document.activeElement;
  if (neighbour) neighbour[side](criterion);
  return active?.matches(":disabled") ? title(criterion) : active;
}

const title = (criterion) => criterion.querySelector("input[name$='-title']");
const field = (level, name) => level.querySelector(`[name$='-${name}']`);

function sibling(level, direction) {
  const found = level[direction];
  return found?.matches("[data-level]") ? found : null;
}

// A copy of a template of the page, its placeholders filled in.
function made(form, kind, numbers) {
  const html = Object.entries(numbers).reduce(
    (text, [mark, number]) => text.replaceAll(mark, String(number)),
    form.querySelector(`template[data-template=${kind}]`).innerHTML,
  );
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

const newLevel = (form, criterion) =>
  made(form, "level", { __c__: criterion.dataset.criterion, __l__: fresh(criterion, "[data-level]", "level") });

function fresh(place, selector, name) {
  const numbers = [...place.querySelectorAll(selector)].map((each) => Number(each.dataset[name]) || 0);
  return Math.max(-1, ...numbers) + 1;
}

function refresh(form) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  criteria.forEach((criterion, n) => {
    number(criterion, n + 1, ":scope > legend, :scope > .criterion-acts, :scope > .acts, :scope > details > summary");
    disable(criterion, "up", n === 0);
    disable(criterion, "down", n === criteria.length - 1);
    const levels = [...criterion.querySelectorAll("[data-level]")];
    const isFull = levels.length >= Number(form.dataset.maxLevels);
    disable(criterion, "add-level", isFull);
    levels.forEach((level, m) => {
      number(level, m + 1, ":scope > *");
      disable(level, "merge", m === levels.length - 1);
      disable(level, "split", isFull);
    });
  });
  form.querySelector("#add-criterion").disabled = criteria.length >= Number(form.dataset.maxCriteria);
  form.querySelector("[data-complete-from]").hidden = form.querySelector("[data-scoring]").value !== "complete";
  form.querySelector("[data-total]").value = pointsText(total(criteria), form);
}

function number(place, value, where) {
  for (const part of place.querySelectorAll(where))
    for (const shown of part.querySelectorAll("[data-number]")) shown.textContent = String(value);
}

function disable(place, verb, isDisabled) {
  for (const button of place.querySelectorAll(`button[value^='${verb}:']`)) button.disabled = isDisabled;
}

// In hundredths, as the server counts: each weighted maximum is rounded, halves up.
function total(criteria) {
  return criteria.reduce((sum, criterion) => {
    if (!criterion.querySelector("[name$='-counts']").checked) return sum;
    const points = [...criterion.querySelectorAll("[data-level]")].map((each) =>
      typedPoints(field(each, "points").value),
    );
    const weight = typedPoints(criterion.querySelector("[name$='-weight']").value) ?? 0;
    return sum + Math.floor((Math.max(0, ...points.map((each) => each ?? 0)) * weight + 50) / 100);
  }, 0);
}

function say(form, verb, criterion) {
  const key =
    { up: "saidMoved", down: "saidMoved" }[verb] ??
    `said${verb.replace(/(^|-)(.)/g, (_, _dash, letter) => letter.toUpperCase())}`;
  const place = [...form.querySelectorAll("[data-criterion]")].indexOf(criterion) + 1;
  form.querySelector("[data-said]").textContent = (form.dataset[key] ?? "").replace("[n]", String(place));
}

// What all pictures share: reading a table, text in the page's language and direction, and putting a drawing in place.

const page = document.documentElement;
export const isRtl = page.dir === "rtl";
export const language = page.lang || "en";

// Plot's own style sheet is refused by the policy of the page; pictures.css has what it says.
export function put(place, drawing, caption) {
  for (const style of drawing.querySelectorAll("style")) style.remove();
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-labelledby", caption.id);
  for (const part of drawing.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  place.replaceChildren(drawing);
}

export const captionOf = (figure) => figure.querySelector("figcaption p");

// The rows of the table: the words of the first cell, and the numbers of the others.
export function rowsOf(figure) {
  return [...figure.querySelectorAll("tbody tr")].map((row) => {
    const [label, ...cells] = row.cells;
    return {
      row,
      label: label.dataset.label ?? label.textContent.trim(),
      values: cells
        .filter((cell) => cell.classList.contains("num"))
        .map((cell) => Number(cell.dataset.value ?? cell.textContent)),
    };
  });
}

export function seriesOf(figure) {
  return [...figure.querySelectorAll("thead th.num")].map((head) => head.textContent.trim());
}

export const COLORS = ["var(--series-1)", "var(--series-2)", "var(--series-3)"];

export const number = new Intl.NumberFormat(language);

// Whole numbers alone: there is no half a post.
export const wholeTicks = (most) => ({
  ticks: Math.max(1, Math.min(5, most)),
  tickFormat: (value) => (Number.isInteger(value) ? number.format(value) : ""),
});

const dayFormat = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone: "UTC" });

// Charts run from left to right in every language, or the ends of words would change sides (pictures.css). Words of a
// language that is written from right to left stay in order by these two signs around them.
export const isolated = (text) => (text ? `\u2068${text}\u2069` : "");

export const dayWords = (date) => isolated(dayFormat.format(date));

export const dayOf = (text) => new Date(`${text}T00:00:00Z`);

// The axis of a chart begins where the page begins.
export const sides = (start, end) =>
  isRtl ? { marginRight: start, marginLeft: end } : { marginLeft: start, marginRight: end };

const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
pen.font = `12px ${getComputedStyle(page).getPropertyValue("--ui")}`;

// Words cut to a width in pixels. The same number of letters is wider in one script than in another.
export function fitted(text, width) {
  const cut = (most) => (most < text.length ? `${text.slice(0, most - 1).trimEnd()}…` : text);
  let most = text.length;
  while (most > 1 && pen.measureText(cut(most)).width > width) most -= 1;
  return isolated(cut(most));
}

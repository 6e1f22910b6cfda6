// Pictures of a class. Loaded on their pages alone. Each is drawn from the table in its figure, which stays in the page.
import { drawBars, drawGroups, drawHeat, drawTimeline } from "./pictures/charts.js";
import { drawNetwork } from "./pictures/network.js";

const DRAW = { timeline: drawTimeline, heat: drawHeat, network: drawNetwork, bars: drawBars, groups: drawGroups };
const LEAST_WIDTH = 120;

for (const figure of document.querySelectorAll("figure[data-picture]")) {
  const place = /** @type {HTMLElement} */ (figure.querySelector(".drawing"));
  const table = figure.querySelector("details");
  place.hidden = false;
  const draw = DRAW[/** @type {HTMLElement} */ (figure).dataset.picture](figure);
  let drawn = 0;
  new ResizeObserver(() => {
    const width = Math.floor(place.clientWidth);
    if (width < LEAST_WIDTH || width === drawn) return;
    drawn = width;
    draw(place, width);
  }).observe(place);
  if (table) table.open = false;
}

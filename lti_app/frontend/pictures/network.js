// The reply network: students as shapes, replies as arrows, with a slider over time. Who is what at which time, and the
// words for it, come from the page; only the places of the shapes are found here.
import * as Plot from "@observablehq/plot";
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { captionOf, put, shortened } from "./parts.js";

const SHAPES = { i: "square", o: "triangle", m: "circle", h: "star" };
const FILLS = { i: "var(--paper)", o: "var(--series-2)", m: "var(--series-1)", h: "var(--series-1)" };
const HEIGHT = 520;
const TICKS = 260;
const FEW_LINKS = 700;
const MANY = 60;
const NAME = { width: 110, height: 15 };

export function drawNetwork(figure) {
  const data = JSON.parse(figure.dataset.network);
  const names = [...figure.querySelectorAll("tbody tr th")].map((cell) => cell.dataset.label);
  const nodes = names.map((name, nth) => ({ nth, name, x: 0, y: 0 }));
  const links = data.links.map(([source, target, days]) => ({ source, target, days }));
  settle(nodes, links);
  const state = { stop: data.stop, found: -1 };
  let size = { place: null, width: 0 };
  const draw = (place, width) => {
    size = { place, width };
    put(place, picture(nodes, links, data.stops[state.stop], state.found, width), captionOf(figure));
  };
  watch(figure, data, nodes, state, () => size.place && draw(size.place, size.width));
  return draw;
}

function settle(nodes, links) {
  const pairs = links.map(({ source, target, days }) => ({ source, target, weight: Math.min(days.length, 4) }));
  forceSimulation(/** @type {any} */ (nodes))
    .force(
      "links",
      forceLink(pairs)
        .distance(60)
        .strength((/** @type {any} */ pair) => 0.04 * pair.weight),
    )
    .force("apart", forceManyBody().strength(-90))
    .force("room", forceCollide(13))
    .force("x", forceX(0).strength(0.05))
    .force("y", forceY(0).strength(0.09))
    .stop()
    .tick(TICKS);
}

function picture(nodes, links, stop, found, width) {
  const shown = links
    .map((link) => ({ ...link, count: link.days.filter((day) => day <= stop.day).length }))
    .filter((link) => link.count);
  const people = degrees(nodes, shown);
  const near = new Set(
    shown.flatMap(({ source, target }) => (source === found ? [target] : target === found ? [source] : [])),
  );
  const isDimmed = (nth) => found >= 0 && nth !== found && !near.has(nth);
  const isOff = ({ source, target }) => found >= 0 && source !== found && target !== found;
  const dots = nodes.map((node) => ({ ...node, kind: stop.kinds[node.nth], people: people[node.nth] }));
  const isNamed = ({ nth, kind }) =>
    found >= 0 ? nth === found || near.has(nth) : kind === "h" || (nodes.length <= 30 && width >= 600);
  const height = nodes.length > MANY ? 1.25 * HEIGHT : HEIGHT;
  const named = apart(dots.filter(isNamed), nodes, width, height, found);
  const ends = {
    x1: (link) => nodes[link.source].x,
    y1: (link) => nodes[link.source].y,
    x2: (link) => nodes[link.target].x,
    y2: (link) => nodes[link.target].y,
    stroke: "var(--edge)",
    strokeWidth: (link) => 0.6 + Math.min(link.count, 5) * 0.35,
    strokeOpacity: (link) => (isOff(link) ? 0.08 : 0.55),
  };
  const edges =
    shown.length > FEW_LINKS
      ? Plot.link(shown, ends)
      : Plot.arrow(shown, { ...ends, bend: 12, insetEnd: 8, headLength: 7 });
  const scale = nodes.length > MANY ? 0.7 : 1;
  const size = (node) => scale * (5 + Math.min(10, Math.sqrt(node.people) * 1.6));
  return Plot.plot({
    width,
    height,
    marginTop: 24,
    marginBottom: 16,
    marginLeft: 64,
    marginRight: 64,
    style: { fontSize: "12px" },
    x: { axis: null },
    y: { axis: null },
    r: { type: "identity" },
    symbol: { type: "identity" },
    marks: [
      edges,
      Plot.dot(dots, {
        x: "x",
        y: "y",
        r: size,
        symbol: (node) => SHAPES[node.kind],
        fill: (node) => FILLS[node.kind],
        stroke: (node) => (node.nth === found ? "var(--bad)" : "var(--ink)"),
        strokeWidth: (node) => (node.nth === found ? 3 : 1),
        opacity: (node) => (isDimmed(node.nth) ? 0.25 : 1),
      }),
      Plot.text(named, {
        x: "x",
        y: "y",
        text: (node) => shortened(node.name, 22),
        dy: -14,
        fill: "var(--ink)",
        stroke: "var(--paper)",
        strokeWidth: 4,
      }),
      Plot.tip(dots, Plot.pointer({ x: "x", y: "y", title: "name" })),
    ],
  });
}

// The names that fit: those of students with most people first; of one student who is looked for, in any case.
function apart(named, nodes, width, height, found) {
  const [xs, ys] = [nodes.map((node) => node.x), nodes.map((node) => node.y)];
  const across = width / (Math.max(...xs) - Math.min(...xs) || 1);
  const down = height / (Math.max(...ys) - Math.min(...ys) || 1);
  const kept = [];
  for (const node of [...named].sort(
    (a, b) => Number(b.nth === found) - Number(a.nth === found) || b.people - a.people,
  )) {
    const meets = (other) =>
      Math.abs(node.x - other.x) * across < NAME.width && Math.abs(node.y - other.y) * down < NAME.height;
    if (!kept.some(meets)) kept.push(node);
  }
  return kept;
}

function degrees(nodes, links) {
  const partners = nodes.map(() => new Set());
  for (const { source, target } of links) {
    partners[source].add(target);
    partners[target].add(source);
  }
  return partners.map((each) => each.size);
}

// The slider and the list of students; the button below brings the table to the same day.
function watch(figure, data, nodes, state, redraw) {
  const tools = figure.querySelector(".network-tools");
  const [slider, words, finder] = ["[type=range]", "output", "select"].map((name) => tools.querySelector(name));
  const day = figure.querySelector("[name=until]");
  tools.hidden = false;
  slider.max = data.stops.length - 1;
  const tell = () => {
    const stop = data.stops[state.stop];
    slider.value = state.stop;
    slider.setAttribute("aria-valuetext", stop.words);
    words.textContent = stop.words;
    day.value = stop.date;
  };
  tell();
  slider.addEventListener("input", () => {
    state.stop = Number(slider.value);
    tell();
    redraw();
  });
  finder.append(
    ...[...nodes].sort((a, b) => a.name.localeCompare(b.name)).map(({ nth, name }) => new Option(name, nth)),
  );
  finder.addEventListener("change", () => {
    state.found = finder.value === "" ? -1 : Number(finder.value);
    redraw();
  });
}

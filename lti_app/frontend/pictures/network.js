// The reply network: students as shapes, replies as arrows, with a slider over time. Who is what at which time, and the
// words for it, come from the page; only the places of the shapes are found here.
import * as Plot from "@observablehq/plot";
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { captionOf, fitted, put } from "./parts.js";

const SHAPES = { i: "square", o: "triangle", m: "circle", h: "star" };
const FILLS = { i: "var(--paper)", o: "var(--series-2)", m: "var(--series-1)", h: "var(--series-1)" };
const HEIGHT = 520;
const TICKS = 260;
const FEW_LINKS = 700;
const MANY = 60;
const NAME = { width: 130, height: 16 };
const TOP = 28;
const APART = 18;

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

// Finds places between 0 and 1 for those who exchange replies on any day. The others would drift far away and leave the
// rest no room, so they stand in rows below (`withPlaces`).
function settle(nodes, links) {
  const pairs = links.map(({ source, target, days }) => ({ source, target, weight: Math.min(days.length, 4) }));
  const linked = new Set(links.flatMap(({ source, target }) => [source, target]));
  const met = nodes.filter(({ nth }) => linked.has(nth));
  forceSimulation(/** @type {any} */ (met))
    .force(
      "links",
      forceLink(pairs)
        .id(({ nth }) => nth)
        .distance(60)
        .strength((/** @type {any} */ pair) => 0.04 * pair.weight),
    )
    .force("apart", forceManyBody().strength(-90))
    .force("room", forceCollide(13))
    .force("x", forceX(0).strength(0.05))
    .force("y", forceY(0).strength(0.09))
    .stop()
    .tick(TICKS);
  for (const axis of ["x", "y"]) {
    const places = met.map((node) => node[axis]);
    const [least, most] = [Math.min(...places), Math.max(...places)];
    for (const node of met) node[axis] = most > least ? (node[axis] - least) / (most - least) : 0.5;
  }
  for (const node of nodes) node.isLinked = linked.has(node.nth);
}

// The places in pixels: those who exchange replies above, the others in rows below.
function withPlaces(nodes, width, height) {
  const side = width < 600 ? 20 : 64;
  const across = width - 2 * side;
  const inRow = Math.max(1, Math.floor(across / APART));
  const alone = nodes.filter((node) => !node.isLinked);
  const below = Math.ceil(alone.length / inRow) * APART;
  const row = new Map(alone.map(({ nth }, at) => [nth, at]));
  return {
    height: height + below,
    dots: nodes.map((node) => {
      const at = row.get(node.nth);
      const isAlone = at !== undefined;
      return {
        ...node,
        x: side + (isAlone ? (at % inRow) * APART : node.x * across),
        y: TOP + (isAlone ? height - TOP + Math.floor(at / inRow) * APART : node.y * (height - TOP - 2 * APART)),
      };
    }),
  };
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
  const { dots, height } = withPlaces(nodes, width, (nodes.length > MANY ? 1.25 : 1) * HEIGHT);
  for (const dot of dots) Object.assign(dot, { kind: stop.kinds[dot.nth], people: people[dot.nth] });
  const isNamed = ({ nth, kind }) =>
    found >= 0 ? nth === found || near.has(nth) : kind === "h" || (nodes.length <= 30 && width >= 600);
  const named = apart(dots.filter(isNamed), found);
  const opacity = 0.55 / Math.max(1, Math.sqrt(shown.length / FEW_LINKS) * 2);
  const ends = {
    x1: (link) => dots[link.source].x,
    y1: (link) => dots[link.source].y,
    x2: (link) => dots[link.target].x,
    y2: (link) => dots[link.target].y,
    stroke: "var(--edge)",
    strokeWidth: (link) => 0.6 + Math.min(link.count, 5) * 0.35,
    strokeOpacity: (link) => (isOff(link) ? 0.05 : found >= 0 ? 0.8 : opacity),
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
    margin: 0,
    style: { fontSize: "12px" },
    x: { type: "identity", axis: null },
    y: { type: "identity", axis: null },
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
        text: (node) => fitted(node.name, NAME.width),
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
function apart(named, found) {
  const kept = [];
  for (const node of [...named].sort(
    (a, b) => Number(b.nth === found) - Number(a.nth === found) || b.people - a.people,
  )) {
    const meets = (other) => Math.abs(node.x - other.x) < NAME.width && Math.abs(node.y - other.y) < NAME.height;
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

// Charts with axes: posts over time, days by hours, what is cited, and counts side by side.
import * as Plot from "@observablehq/plot";
import {
  COLORS,
  captionOf,
  dayOf,
  dayWords,
  fitted,
  isolated,
  isRtl,
  put,
  rowsOf,
  seriesOf,
  sides,
  wholeTicks,
} from "./parts.js";

const DAY = 86_400_000;
const LEVEL = 14;
const LETTER = 7;
const STYLE = { fontSize: "12px", overflow: "visible" };

export function drawTimeline(figure) {
  const series = seriesOf(figure);
  const step = figure.dataset.unit === "week" ? 7 * DAY : DAY;
  const rows = rowsOf(figure).map(({ row, values }) => ({ day: dayOf(row.dataset.day), values, due: row.dataset.due }));
  const bars = rows.flatMap(({ day, values }) =>
    values.map((count, nth) => ({ begins: day, ends: new Date(day.getTime() + step), count, series: series[nth] })),
  );
  const dates = rows
    .filter((row) => row.due)
    .map(({ day, due }) => ({ at: new Date(day.getTime() + step), words: due }));
  const most = Math.max(1, ...rows.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
  const begin = Math.min(...rows.map(({ day }) => day.getTime()));
  const end = Math.max(...rows.map(({ day }) => day.getTime())) + step;
  return (place, width) => {
    const due = inLevels(dates, (at) => ((at - begin) / (end - begin)) * (width - 56));
    const levels = Math.max(1, ...due.map((each) => each.level + 1));
    const chart = Plot.plot({
      width,
      height: 230 + LEVEL * levels,
      marginTop: 14 + LEVEL * levels,
      marginBottom: 32,
      ...sides(36, 20),
      style: STYLE,
      x: { type: "utc", reverse: isRtl, label: null, ticks: days(begin, end, width - 56), tickFormat: dayWords },
      y: { axis: isRtl ? "right" : "left", label: null, grid: true, domain: [0, most], ...wholeTicks(most) },
      color: { domain: series, range: COLORS },
      marks: [
        Plot.rectY(
          bars.filter((bar) => bar.count),
          {
            x1: "begins",
            x2: "ends",
            y: "count",
            fill: "series",
            stroke: "var(--paper)",
            strokeWidth: 0.5,
            inset: 0.5,
          },
        ),
        Plot.ruleX(due, { x: "at", stroke: "var(--bad)", strokeDasharray: "4,3", strokeWidth: 1.5 }),
        ...due.map((each) =>
          Plot.text([each], {
            x: "at",
            text: ({ words }) => isolated(words),
            frameAnchor: "top",
            dy: -8 - LEVEL * each.level,
            textAnchor: isRtl ? "start" : "end",
            fill: "var(--bad)",
          }),
        ),
        Plot.ruleY([0], { stroke: "var(--edge)" }),
      ],
    });
    put(place, chart, captionOf(figure));
  };
}

// The days whose names have room below the axis.
function days(begin, end, width) {
  const room = dayWords(new Date(begin)).length * LETTER + LETTER;
  const step = DAY * ([1, 2, 7, 14].find((each) => ((each * DAY) / (end - begin)) * width >= room) ?? 28);
  return Array.from({ length: Math.floor((end - begin) / step) + 1 }, (_, nth) => new Date(begin + nth * step));
}

// Words that would run into one another stand above one another; each ends at its line.
function inLevels(dates, place) {
  const ends = [];
  return dates.map(({ at, words }) => {
    const x = place(at.getTime());
    const begins = x - words.length * LETTER;
    const free = ends.findIndex((end) => end < begins);
    const level = free < 0 ? ends.length : free;
    ends[level] = x;
    return { at, words, level };
  });
}

export function drawHeat(figure) {
  const hours = [...Array(24).keys()];
  const rows = rowsOf(figure);
  const cells = rows.flatMap(({ label, values }) => values.map((count, hour) => ({ day: label, hour, count })));
  const most = Math.max(1, ...cells.map((cell) => cell.count));
  return (place, width) => {
    const chart = Plot.plot({
      width,
      height: 7 * 26 + 36,
      marginTop: 4,
      marginBottom: 30,
      ...sides(48, 4),
      style: STYLE,
      x: {
        domain: isRtl ? [...hours].reverse() : hours,
        label: null,
        tickSize: 0,
        tickFormat: (hour) => (hour % (width < 600 ? 6 : 3) ? "" : `${hour}`),
      },
      y: {
        domain: rows.map(({ label }) => label),
        label: null,
        tickSize: 0,
        tickFormat: isolated,
        axis: isRtl ? "right" : "left",
      },
      marks: [
        Plot.cell(cells, { x: "hour", y: "day", fill: "var(--tint)", inset: 1 }),
        Plot.cell(
          cells.filter((cell) => cell.count),
          {
            x: "hour",
            y: "day",
            fill: "var(--series-1)",
            fillOpacity: (cell) => 0.18 + (0.82 * cell.count) / most,
            inset: 1,
          },
        ),
        Plot.text(width < 600 ? [] : cells.filter((cell) => cell.count), {
          x: "hour",
          y: "day",
          text: (cell) => `${cell.count}`,
          fill: "var(--ink)",
          stroke: "var(--paper)",
          strokeWidth: 3,
        }),
      ],
    });
    put(place, chart, captionOf(figure));
  };
}

const MOST_BARS = 15;

export function drawBars(figure) {
  const bars = rowsOf(figure)
    .slice(0, MOST_BARS)
    .map(({ label, values }, nth) => ({ nth, label, count: values[0] }));
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (place, width) => {
    const words = Math.min(240, Math.floor(width * 0.48));
    const chart = Plot.plot({
      width,
      height: bars.length * 26 + 34,
      marginTop: 4,
      marginBottom: 28,
      ...sides(words, 36),
      style: STYLE,
      x: { reverse: isRtl, label: null, grid: true, domain: [0, most], ...wholeTicks(most) },
      y: {
        domain: bars.map((bar) => bar.nth),
        label: null,
        tickSize: 0,
        axis: isRtl ? "right" : "left",
        tickFormat: (nth) => fitted(bars[nth].label, words - 8),
      },
      marks: [
        Plot.barX(bars, { x: "count", y: "nth", fill: COLORS[0], insetTop: 4, insetBottom: 4 }),
        Plot.text(bars, {
          x: "count",
          y: "nth",
          text: (bar) => `${bar.count}`,
          dx: isRtl ? -6 : 6,
          textAnchor: isRtl ? "end" : "start",
          fill: "var(--ink)",
        }),
      ],
    });
    put(place, chart, captionOf(figure));
  };
}

export function drawGroups(figure) {
  const series = seriesOf(figure);
  const rows = rowsOf(figure);
  const bars = rows.flatMap(({ label, values }) => values.map((count, nth) => ({ label, series: series[nth], count })));
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const order = (list) => (isRtl ? [...list].reverse() : list);
  return (place, width) => {
    const chart = Plot.plot({
      width: Math.min(width, 640),
      height: 240,
      marginTop: 20,
      marginBottom: 32,
      ...sides(36, 8),
      style: STYLE,
      fx: {
        domain: order(rows.map(({ label }) => label)),
        label: null,
        axis: "bottom",
        tickSize: 0,
        tickFormat: isolated,
        padding: 0.2,
      },
      x: { domain: order(series), axis: null, padding: 0.05 },
      y: { axis: isRtl ? "right" : "left", label: null, grid: true, domain: [0, most], ...wholeTicks(most) },
      color: { domain: series, range: COLORS },
      marks: [
        Plot.barY(bars, { fx: "label", x: "series", y: "count", fill: "series" }),
        Plot.text(
          bars.filter((bar) => bar.count),
          { fx: "label", x: "series", y: "count", text: (bar) => `${bar.count}`, dy: -7, fill: "var(--ink)" },
        ),
        Plot.ruleY([0], { stroke: "var(--edge)" }),
      ],
    });
    put(place, chart, captionOf(figure));
  };
}

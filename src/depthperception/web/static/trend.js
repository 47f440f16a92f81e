// One lifter's depth over the days, and over the weights where they differ: each attempt with its 90 % interval, and the
// way of the mean.

import { VERDICTS, depthWords, element, signed, svg } from "./dom.js";

const [HIGH, EDGE, FOOT] = [190, 34, 22]; // px
const LEAST_CM = 6; // shown above and below the line at least, so that small depths look small
const [BESIDE_PX, APART_PX, GAP_PX] = [760, 64, 24]; // two pictures beside each other from here on; between words
const [INSET, FAN_PX] = [26, 9]; // words at both ends stay whole; attempts of one day or weight lie beside each other
const DAY_MS = 864e5;

const AXES = [
  { name: "date", of: (row) => Date.parse(dayOf(row)) / DAY_MS, words: dayWords },
  { name: "weight", of: (row) => row.weight_kg, words: (kg) => `${kg} kg` },
];

/**
 * @param {object[]} rows  attempts, oldest first
 * @param {number} wide  of what is drawn, px
 * @returns {Element[]} a caption, and a picture by date and one by weight
 */
export function trend(rows, wide) {
  const own = rows.filter((row) => !row.not_lifter);
  const measured = own.filter((row) => row.cm !== null);
  const name = rows[0]?.lifter ?? "";
  if (!measured.length) return [element("figcaption", {}, `${name}: no attempt with a depth yet.`)];
  const reach = Math.max(LEAST_CM, ...measured.flatMap((row) => [row.low_cm, row.high_cm].map(Math.abs)));
  const weights = new Set(measured.map((row) => row.weight_kg).filter((kg) => kg !== null));
  const axes = weights.size > 1 ? AXES : AXES.slice(0, 1);
  const each = axes.length > 1 && wide > BESIDE_PX ? (wide - GAP_PX) / 2 : wide;
  return [
    element("figcaption", {}, captionOf(name, own, measured, rows.length - own.length)),
    element("div", { class: "app-trend-pictures" }, ...axes.map((axis) => picture(name, axis, measured, each, reach))),
  ];
}

function picture(name, axis, measured, wide, reach) {
  const middle = (HIGH - FOOT) / 2;
  const y = (cm) => middle + (cm / reach) * (middle - 8);
  const groups = grouped(measured, axis.of);
  const [first, last] = [groups[0][0], groups.at(-1)[0]];
  const room = wide - EDGE - 2 * INSET;
  const x = (value) => EDGE + INSET + (first === last ? 0.5 : (value - first) / (last - first)) * room;
  const fan = first === last ? room / measured.length : FAN_PX;
  const centred = groups.map(([value, rows]) => [x(value), mean(rows.map((row) => row.cm)), value]);
  return svg(
    "svg",
    { viewBox: `0 0 ${wide} ${HIGH}`, width: wide, role: "group", "aria-label": `Depth of ${name} by ${axis.name}` },
    svg("rect", { class: "app-trend-below", x: EDGE, y: middle, width: wide - EDGE, height: middle }),
    svg("line", { class: "app-trend-rule", x1: EDGE, x2: wide, y1: middle, y2: middle }),
    ...[-reach / 2, reach / 2].map((cm) =>
      svg("text", { class: "app-trend-words", x: 0, y: y(cm) + 4 }, signed(cm).replace(/\.\d$/, "")),
    ),
    svg("polyline", { class: "app-trend-mean", points: centred.map(([at, cm]) => `${at},${y(cm)}`).join(" ") }),
    ...groups.flatMap(([value, rows]) =>
      rows.map((row, index) => mark(row, x(value) + fan * (index - (rows.length - 1) / 2), y)),
    ),
    ...apart(centred).map(([at, , value]) =>
      svg("text", { class: "app-trend-words", x: at, y: HIGH - 6, "text-anchor": "middle" }, axis.words(value)),
    ),
  );
}

/** Rows by a value that they have, the smallest first. */
function grouped(rows, valueOf) {
  const values = [...new Set(rows.map(valueOf))].filter((value) => value !== null).sort((a, b) => a - b);
  return values.map((value) => [value, rows.filter((row) => valueOf(row) === value)]);
}

/** The first and the last of the values from left to right, and those between whose words touch no others. */
function apart([first, ...others]) {
  const last = others.pop();
  const kept = [first];
  for (const one of others) if (one[0] - kept.at(-1)[0] > APART_PX && last[0] - one[0] > APART_PX) kept.push(one);
  return last ? [...kept, last] : kept;
}

function mark(row, x, y) {
  const said = [dayOf(row), row.weight_kg !== null && `${row.weight_kg} kg`, VERDICTS[row.verdict]];
  const words = [...said, depthWords(row.cm)].filter(Boolean).join(", ");
  return svg(
    "a",
    { href: `/judgings/${row.judging}?attempt=${row.number}`, class: `app-bar-${row.verdict}`, "aria-label": words },
    svg("title", {}, words),
    svg("line", { class: "app-bar-range", x1: x, x2: x, y1: y(row.low_cm), y2: y(row.high_cm) }),
    svg("circle", { class: "app-bar-dot", cx: x, cy: y(row.cm), r: 6 }),
  );
}

/** The day that is said of an attempt, or else on which it was judged. */
function dayOf(row) {
  return row.date ?? row.created.slice(0, 10);
}

function dayWords(day) {
  return new Date(day * DAY_MS).toLocaleDateString([], { day: "numeric", month: "short", timeZone: "UTC" });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function captionOf(name, rows, measured, others) {
  const depths = measured.map((row) => row.cm);
  const average = mean(depths);
  const sd = Math.sqrt(mean(depths.map((cm) => (cm - average) ** 2)));
  const deep = rows.filter((row) => row.verdict === "depth").length;
  const spread = measured.length > 2 ? `, ${sd.toFixed(1)} cm from attempt to attempt (sd)` : "";
  const left = others ? ` ${others} left out: not the lifter.` : "";
  return (
    `${name}: ${deep} of ${rows.length} called depth; ${depthWords(average)} the top of the knee on average${spread}. ` +
    `Bars hold nine in ten, the line is the mean of each day or weight.${left}`
  );
}

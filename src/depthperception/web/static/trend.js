// One lifter's depth from attempt to attempt: each with its 90 % interval, in the order in which they were judged.

import { VERDICTS, depthWords, element, signed, svg } from "./dom.js";

const [HIGH, EDGE, FOOT] = [190, 34, 22]; // px
const LEAST_CM = 6; // shown above and below the line at least, so that small depths look small

/**
 * @param {object[]} rows  attempts, oldest first
 * @param {number} wide  of the picture, px
 * @returns {Element[]} a caption and a picture
 */
export function trend(rows, wide) {
  const own = rows.filter((row) => !row.not_lifter);
  const measured = own.filter((row) => row.cm !== null);
  const name = rows[0]?.lifter ?? "";
  if (!measured.length) return [element("figcaption", {}, `${name}: no attempt with a depth yet.`)];
  const reach = Math.max(LEAST_CM, ...measured.flatMap((row) => [row.low_cm, row.high_cm].map(Math.abs)));
  const middle = (HIGH - FOOT) / 2;
  const y = (cm) => middle + (cm / reach) * (middle - 8);
  const x = (index) => EDGE + ((index + 0.5) * (wide - EDGE)) / measured.length;
  return [
    element("figcaption", {}, captionOf(name, own, measured, rows.length - own.length)),
    svg(
      "svg",
      { viewBox: `0 0 ${wide} ${HIGH}`, role: "group", "aria-label": `Depth of ${name} by attempt` },
      svg("rect", { class: "app-trend-below", x: EDGE, y: middle, width: wide - EDGE, height: middle }),
      svg("line", { class: "app-trend-rule", x1: EDGE, x2: wide, y1: middle, y2: middle }),
      ...[-reach / 2, reach / 2].map((cm) =>
        svg("text", { class: "app-trend-words", x: 0, y: y(cm) + 4 }, signed(cm).replace(/\.\d$/, "")),
      ),
      ...measured.map((row, index) => mark(row, x(index), y)),
    ),
  ];
}

function mark(row, x, y) {
  const said = [row.date ?? row.created.slice(0, 10), row.weight_kg && `${row.weight_kg} kg`, VERDICTS[row.verdict]];
  const words = [...said, depthWords(row.cm)].filter(Boolean).join(", ");
  return svg(
    "a",
    { href: `/judgings/${row.judging}?attempt=${row.number}`, class: `app-bar-${row.verdict}`, "aria-label": words },
    svg("title", {}, words),
    svg("line", { class: "app-bar-range", x1: x, x2: x, y1: y(row.low_cm), y2: y(row.high_cm) }),
    svg("circle", { class: "app-bar-dot", cx: x, cy: y(row.cm), r: 6 }),
    svg("text", { class: "app-trend-words", x, y: HIGH - 6, "text-anchor": "middle" }, row.weight_kg ?? ""),
  );
}

function captionOf(name, rows, measured, others) {
  const mean = measured.reduce((sum, row) => sum + row.cm, 0) / measured.length;
  const sd = Math.sqrt(measured.reduce((sum, row) => sum + (row.cm - mean) ** 2, 0) / measured.length);
  const deep = rows.filter((row) => row.verdict === "depth").length;
  const spread = measured.length > 2 ? `, ${sd.toFixed(1)} cm from attempt to attempt (sd)` : "";
  const left = others ? ` ${others} left out: not the lifter.` : "";
  return (
    `${name}: ${deep} of ${rows.length} called depth; ${depthWords(mean)} the top of the knee on average${spread}. ` +
    `Bars hold nine in ten; below each its kilograms.${left}`
  );
}

// What people said of each attempt, for the printed page: lifter, weight, date, time code, hash, readings.

import { NOT_LIFTER, VERDICTS, byId, depthWords, element, intervalWords, seconds } from "./dom.js";

export function showSaid({ sha256, attempts }) {
  byId("said-of").replaceChildren(...attempts.map((one) => saidOf(one, sha256)));
}

function saidOf(one, sha256) {
  const named = [
    ["Lifter", one.lifter],
    ["Marked", one.not_lifter ? `${NOT_LIFTER}: somebody else was ruled on` : ""],
    ["Exercise", one.exercise],
    ["Session", one.session],
    ["Attempt", `${one.number}, bottom at ${seconds(one.bottom_s, 3)}, frame ${one.bottom_frame}`],
    ["Weight", one.weight_kg === null ? "" : `${one.weight_kg} kg`],
    ["Date", one.date],
    ["Video", `SHA-256 ${sha256}`],
    ["Notes", one.notes],
  ];
  const facts = named.filter(([, words]) => words).flatMap(([name, words]) => [element("dt", {}, name), element("dd", {}, words)]);
  return element("section", {}, element("dl", {}, ...facts), readingsOf(one));
}

function readingsOf({ readings = [] }) {
  if (!readings.length) return null;
  const row = (one) => [
    `${one.author || "no name"}${one.of_jury ? " (jury)" : ""}`,
    `frame ${one.frame}, ${seconds(one.time_s, 3)}`,
    depthWords(one.cm),
    intervalWords(one.low_cm, one.high_cm),
    VERDICTS[one.verdict],
  ];
  const cells = (one) => row(one).map((words) => element("td", {}, words));
  return element(
    "table",
    {},
    element("caption", {}, "Read by hand"),
    element("tbody", {}, ...readings.map((one) => element("tr", {}, ...cells(one)))),
  );
}

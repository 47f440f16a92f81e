// Two attempts side by side, at the same moment counted from their bottoms.

import { bodyBox, curvePath, hipHeight, loadClip, rangeOf } from "./clip.js";
import { NOT_LIFTER, VERDICTS, byId, depthWords, element, lamp, leaningWords, percent, seconds, signed, svg } from "./dom.js";
import { nearest } from "./geometry.js";
import { Overlay } from "./overlay.js";
import { Player } from "./player.js";
import { transport } from "./transport.js";

const AROUND_S = 0.4; // of standing still before and after, so that the eye finds its place
const SAME_MOMENT_S = 1e-3;
const LARGEST_DRIFT_S = 0.05; // more than a frame at 25 a second is seen
const CURVE = [1000, 48];
const ROOM = 1.25; // landmarks end at the nose; the head and the bar rise above it

/** One of the two: its judging, its attempt, its stage. */
class Half {
  constructor(letter, known, judged) {
    Object.assign(this, { letter, known, judged });
    const root = byId(`half-${letter}`);
    this.clock = root.querySelector(".app-half-time");
    this.player = new Player(root.querySelector(".app-stage"), known.clip);
    new Overlay(root.querySelector(".app-overlay"), this.player, known.track, [judged]);
    root
      .querySelector(".app-half-words")
      .replaceChildren(
        element("a", { href: `/judgings/${known.judging.id}?attempt=${judged.number}` }, known.judging.name),
        element(
          "span",
          { class: "app-under" },
          [
            judged.not_lifter && NOT_LIFTER,
            judged.lifter,
            judged.weight_kg && `${judged.weight_kg} kg`,
            `attempt ${judged.number}`,
          ]
            .filter(Boolean)
            .join(" · "),
        ),
        element(
          "span",
          { class: "app-verdict" },
          lamp(judged.verdict),
          element("b", {}, VERDICTS[judged.verdict]),
          ` ${depthWords(judged.cm)}`,
        ),
      );
    this.player.addEventListener(
      "frame",
      () => (this.clock.textContent = `${seconds(this.player.time_s, 3)} · frame ${this.player.index}`),
    );
  }

  /** Seconds from the bottom, of the frame that is shown. */
  get moment_s() {
    return this.player.time_s - this.judged.bottom_s;
  }

  gotoMoment(moment_s) {
    return this.player.gotoTime(this.judged.bottom_s + moment_s);
  }

  get span_s() {
    const { start_s, end_s, bottom_s } = this.judged;
    const last_s = this.known.clip.times_s.at(-1);
    return [Math.max(0, start_s - AROUND_S) - bottom_s, Math.min(last_s, end_s + AROUND_S) - bottom_s];
  }

  get moments_s() {
    return this.known.clip.times_s.map((time_s) => time_s - this.judged.bottom_s);
  }

  heightsAt(moments_s) {
    const bottom = hipHeight(this.known, this.judged.bottom_s);
    return moments_s.map((moment_s) => {
      const height = hipHeight(this.known, this.judged.bottom_s + moment_s);
      return height === null || bottom === null ? null : (height - bottom) * (this.known.cmPerPx ?? 1);
    });
  }
}

async function loadHalf(letter) {
  const [, id, number] = /^(.+)\.(\d+)$/.exec(new URLSearchParams(location.search).get(letter) ?? "") ?? [];
  const wanted = `Attempt ${letter.toUpperCase()} of the address`;
  if (!id) throw new Error(`${wanted} is missing; expected two attempts. Choose two in the library.`);
  const known = await loadClip(id);
  const judged = known.judging.attempts.find((one) => one.number === Number(number));
  if (!judged)
    throw new Error(`${wanted} is not in that video; expected one that was judged. Choose two in the library.`);
  return new Half(letter, known, judged);
}

/** Show both lifters whole and to the same scale, as far as the pictures reach. */
function frameAlike(halves) {
  const boxes = halves.map(({ known, judged }) => bodyBox(known.track, judged.start_s, judged.end_s));
  if (boxes.includes(null)) return;
  const cmPerPx = halves.map((half) => half.known.cmPerPx ?? 1);
  const tallest_cm = Math.max(...boxes.map(([, y0, , y1], index) => (y1 - y0) * cmPerPx[index]));
  halves.forEach((half, index) => {
    const [x0, y0, x1, y1] = boxes[index];
    const height = (tallest_cm * ROOM) / cmPerPx[index];
    const top = (y0 + y1 - height) / 2;
    half.player.zoomTo([x0, top, x1, top + height]);
  });
}

/** Every moment at which either of the two has a frame. */
function allMoments(halves) {
  const from = Math.min(...halves.map((half) => half.span_s[0]));
  const to = Math.max(...halves.map((half) => half.span_s[1]));
  const sorted = halves.flatMap((half) => half.moments_s).sort((x, y) => x - y);
  return sorted.filter(
    (moment, index) => moment >= from && moment <= to && (index === 0 || moment - sorted[index - 1] > SAME_MOMENT_S),
  );
}

function drawCurves(halves, moments) {
  const curves = halves.map((half) => half.heightsAt(moments));
  const range = rangeOf(curves.flat());
  const x = (CURVE[0] * nearest(moments, 0)) / Math.max(1, moments.length - 1);
  byId("curve").replaceChildren(
    svg("line", {
      class: "app-curve-bottom",
      x1: x,
      x2: x,
      y1: 0,
      y2: CURVE[1],
      "vector-effect": "non-scaling-stroke",
    }),
    ...curves.map((values, index) => curvePath(values, range, ...CURVE, `app-curve-${halves[index].letter}`)),
  );
}

function wireTransport(halves, moments) {
  // The one that goes on for longer leads, so that both are shown to their end.
  const leader = halves[0].span_s[1] >= halves[1].span_s[1] ? halves[0] : halves[1];
  const other = halves.find((half) => half !== leader);
  let index = nearest(moments, 0);
  const goto = (wanted) => {
    index = wanted;
    for (const half of halves) half.gotoMoment(moments[index]);
    controls.show();
  };
  const controls = transport({
    last: moments.length - 1,
    index: () => index,
    goto,
    describe: (at) =>
      `${moments[at] < -SAME_MOMENT_S ? "−" : "+"}${Math.abs(moments[at]).toFixed(3)} s from the bottom`,
    play: (speed) => {
      if (index === moments.length - 1) goto(0);
      for (const half of halves) half.player.play(speed);
    },
    pause: () => leader.player.pause(),
    moving: () => leader.player.moving,
  });
  leader.player.addEventListener("playing", controls.show);
  leader.player.addEventListener("paused", () => {
    if (other.player.moving) other.player.pause();
    goto(index);
  });
  leader.player.addEventListener("frame", () => {
    if (!leader.player.moving) return;
    index = nearest(moments, leader.moment_s);
    if (index === moments.length - 1) leader.player.pause();
    other.player.keepTo(other.judged.bottom_s + leader.moment_s, LARGEST_DRIFT_S);
    controls.show();
  });
  byId("play").disabled = !halves.every((half) => half.known.clip.playable);
  byId("bottom").addEventListener("click", () => goto(nearest(moments, 0)));
  goto(index);
}

function fillNumbers(halves) {
  const [a, b] = halves;
  const text = (label, of) => row(label, of(a) || "–", of(b) || "–", "");
  const number = (label, of, write, difference = write) => {
    const [first, second] = [of(a), of(b)];
    const known = [first, second].every((value) => value !== null && value !== undefined);
    row(
      label,
      ...[first, second].map((value) => (value === null || value === undefined ? "–" : write(value))),
      known ? difference(second - first) : "",
    );
  };
  const row = (label, ...cells) =>
    byId("numbers").append(
      element("tr", {}, element("th", { scope: "row" }, label), ...cells.map((cell) => element("td", {}, cell))),
    );
  const change = (digits, unit) => (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)} ${unit}`;

  text("Ruling", ({ judged }) => [VERDICTS[judged.verdict], leaningWords(judged)].filter(Boolean).join(", "));
  number(
    "Depth",
    ({ judged }) => judged.cm,
    depthWords,
    (cm) => `${signed(cm)} cm`,
  );
  text("90 % interval", ({ judged }) =>
    judged.low_cm === null ? "–" : `${signed(judged.low_cm)} to ${signed(judged.high_cm)} cm`,
  );
  text("Probability of depth", ({ judged }) => (judged.probability === null ? "–" : percent(judged.probability)));
  number(
    "By hand",
    ({ judged }) => judged.human_cm,
    depthWords,
    (cm) => `${signed(cm)} cm`,
  );
  number(
    "Descent",
    ({ judged }) => judged.bottom_s - judged.start_s,
    (value) => seconds(value),
    change(2, "s"),
  );
  number(
    "Ascent",
    ({ judged }) => judged.end_s - judged.bottom_s,
    (value) => seconds(value),
    change(2, "s"),
  );
  number(
    "Weight",
    ({ judged }) => judged.weight_kg,
    (value) => `${value} kg`,
    change(1, "kg"),
  );
  text("Lifter", ({ judged }) => judged.lifter);
  text("Date", ({ judged }) => judged.date);
  text("View", ({ known }) => known.judgement.camera?.view.replaceAll("_", " "));
  text("Method", ({ known }) => known.judging.method.replaceAll("_", " "));
}

try {
  const halves = await Promise.all(["a", "b"].map(loadHalf));
  const moments = allMoments(halves);
  frameAlike(halves);
  drawCurves(halves, moments);
  fillNumbers(halves);
  wireTransport(halves, moments);
} catch (error) {
  byId("problem").textContent = error.message;
  byId("problem").hidden = false;
  byId("pair").hidden = true;
  for (const section of document.querySelectorAll(".app-main > .app-card")) section.hidden = true;
}

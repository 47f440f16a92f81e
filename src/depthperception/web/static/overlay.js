// What is drawn over the picture: skeleton, the points that are seen on each leg, and the two lines that decide.
// Colours as in the pictures of the report.

import { signed } from "./dom.js";
import { landmarksAt } from "./geometry.js";

const INK = "rgb(17 20 28 / .8)";
const LEFT = "#48b0ff";
const RIGHT = "#ff9f1c";
const MIDDLE = "#e2e6ec";
const KNEE_LINE = "#ffffff";
const CREASE_LINE = "#ff40a0";
const SIDES = { left: LEFT, right: RIGHT };
const ELLIPSE_SD = 2.146; // holds nine in ten errors in two dimensions
const DECIDING = new Set([23, 24, 25, 26]); // BlazePose: hips, knees

/** Blue is the lifter's left, orange his right; BlazePose numbers the left odd. */
const colourOf = (one, other = one) => (one % 2 !== other % 2 ? MIDDLE : one % 2 ? LEFT : RIGHT);

export class Overlay {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./player.js").Player} player
   * @param {{times_s: number[], image_px: number[][][], bones: number[][]}} track
   * @param {{bottom_frame: number, lines: object[], seen: object}[]} attempts  drawn in the bottom's frame only
   */
  constructor(canvas, player, track, attempts) {
    Object.assign(this, { canvas, player, track, attempts, skeleton: true, lines: true, extra: null, reading: null });
    player.addEventListener("drawn", () => this.draw());
    this.draw();
  }

  draw() {
    const { canvas, player } = this;
    const density = globalThis.devicePixelRatio || 1;
    const [width, height] = player.view.stage;
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.lineCap = "round";
    const at = (point) => player.view.toStage(point);
    if (this.extra) {
      this.extra(pen, at); // points are being put by hand: what was measured must not lead the eye
      return;
    }
    if (player.shown === null) return;
    const time_s = player.clip.times_s[player.shown];
    if (this.skeleton) drawSkeleton(pen, landmarksAt(this.track, time_s), this.track.bones, at);
    if (this.lines && this.reading?.frame === player.shown) {
      this.reading.draw(pen, at);
    } else if (this.lines) {
      for (const attempt of this.attempts) {
        if (attempt.bottom_frame !== player.shown) continue;
        drawLines(pen, attempt.lines ?? [], at);
        drawPoints(pen, attempt.seen, at);
        drawLabels(pen, attempt, at);
      }
    }
  }
}

function drawSkeleton(pen, landmarks, bones, at) {
  if (!landmarks) return;
  const seen = bones.filter(([a, b]) => landmarks[a] && landmarks[b]);
  for (const [width, colour] of [
    [5, () => INK],
    [2.5, colourOf],
  ]) {
    for (const [a, b] of seen) stroke(pen, at(landmarks[a]), at(landmarks[b]), width, colour(a, b));
  }
  for (const index of new Set(seen.flat())) {
    disc(pen, at(landmarks[index]), DECIDING.has(index) ? 4.5 : 2.5, colourOf(index));
  }
}

function drawLines(pen, legs, at) {
  for (const { knee_top_px: knee, crease_px: crease } of legs) {
    const strokes = [
      [knee, KNEE_LINE],
      [crease, CREASE_LINE],
      [[knee[0], crease[0]], CREASE_LINE],
    ];
    for (const [line] of strokes) path(pen, line.map(at), 5.5, INK);
    for (const [line, colour] of strokes) path(pen, line.map(at), 2.5, colour);
  }
}

/** Dots where knee and fold are seen, a ring where the crease is inferred, and the error of the top of the knee. */
function drawPoints(pen, seen, at) {
  if (!seen) return;
  for (const [side, colour] of Object.entries(SIDES)) {
    const knee = seen.knee_top_px[side];
    const fold = seen.crease_px[side];
    const spread = seen.knee_top_covariance_px2?.[side];
    if (knee && spread) {
      const outline = ellipse(knee, spread).map(at);
      path(pen, outline, 2.5, INK);
      path(pen, outline, 1.2, colour);
    }
    if (!fold && seen.joint_crease_px?.[side]) ring(pen, at(seen.joint_crease_px[side]), 4.5, colour);
    for (const point of [knee, fold].filter(Boolean)) spot(pen, at(point), colour);
  }
}

function ellipse([x, y], [xx, xy, yy]) {
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const [middle, reach] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  const [long, short] = [middle + reach, middle - reach].map((size) => ELLIPSE_SD * Math.sqrt(Math.max(0, size)));
  return Array.from({ length: 49 }, (_, corner) => {
    const turn = (corner * Math.PI) / 24;
    const [along, across] = [long * Math.cos(turn), short * Math.sin(turn)];
    return [
      x + along * Math.cos(angle) - across * Math.sin(angle),
      y + along * Math.sin(angle) + across * Math.cos(angle),
    ];
  });
}

/** Each leg's depth outside of its bracket; one that was measured for both legs together stands there once. */
function drawLabels(pen, attempt, at) {
  let shared = false;
  for (const { side, cm, label_px: place, rightwards } of attempt.lines ?? []) {
    if (!place || (cm === null && shared)) continue;
    shared ||= cm === null;
    const [x, y] = at(place);
    write(pen, `${cm === null ? "both" : side[0].toUpperCase()} ${signed(cm ?? attempt.cm)}`, [x, y], {
      rightwards,
      colour: cm === null ? KNEE_LINE : SIDES[side],
    });
  }
}

function write(pen, words, [x, y], { rightwards, colour }) {
  pen.font = "700 14px system-ui, sans-serif";
  pen.textAlign = rightwards ? "left" : "right";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = INK;
  pen.fillStyle = colour;
  pen.strokeText(words, x + (rightwards ? 8 : -8), y);
  pen.fillText(words, x + (rightwards ? 8 : -8), y);
}

/**
 * Draw what was put by hand: the points, and for a measured leg the level through the top of the knee and its bracket.
 * @param {{left?: object, right?: object}} legs  crease and knee in video px; measured: level_px and crease_px, or null
 */
export function drawByHand(pen, legs, at) {
  for (const [side, { crease, knee, measured }] of Object.entries(legs)) {
    if (measured) drawLines(pen, [{ knee_top_px: [measured.level_px, knee], crease_px: [measured.crease_px] }], at);
    for (const point of [crease, knee]) spot(pen, at(point), SIDES[side]);
  }
}

function path(pen, points, width, colour) {
  pen.lineWidth = width;
  pen.strokeStyle = colour;
  pen.lineJoin = "round";
  pen.beginPath();
  points.forEach((point, index) => (index ? pen.lineTo(...point) : pen.moveTo(...point)));
  pen.stroke();
}

export function stroke(pen, from, to, width, colour) {
  pen.lineWidth = width;
  pen.strokeStyle = colour;
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}

function disc(pen, centre, radius, colour) {
  for (const [r, fill] of [
    [radius + 1.5, INK],
    [radius, colour],
  ]) {
    pen.fillStyle = fill;
    pen.beginPath();
    pen.arc(...centre, r, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** A dot with a pale edge, told apart from the skeleton's joints. */
function spot(pen, centre, colour) {
  disc(pen, centre, 5, KNEE_LINE);
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(...centre, 3.5, 0, 2 * Math.PI);
  pen.fill();
}

function ring(pen, centre, radius, colour) {
  for (const [width, shade] of [
    [5, INK],
    [2.2, colour],
  ]) {
    pen.lineWidth = width;
    pen.strokeStyle = shade;
    pen.beginPath();
    pen.arc(...centre, radius, 0, 2 * Math.PI);
    pen.stroke();
  }
}

// What is drawn over the picture: skeleton and the two lines that decide. Colours as in the pictures of the report.

import { landmarksAt } from "./geometry.js";

const INK = "rgb(17 20 28 / .8)";
const LEFT = "#48b0ff";
const RIGHT = "#ff9f1c";
const MIDDLE = "#e2e6ec";
const KNEE_LINE = "#ffffff";
const CREASE_LINE = "#ff40a0";
const DECIDING = new Set([23, 24, 25, 26]); // BlazePose: hips, knees

/** Blue is the lifter's left, orange his right; BlazePose numbers the left odd. */
const colourOf = (one, other = one) => (one % 2 !== other % 2 ? MIDDLE : one % 2 ? LEFT : RIGHT);

export class Overlay {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./player.js").Player} player
   * @param {{times_s: number[], image_px: number[][][], bones: number[][]}} track
   * @param {{bottom_frame: number, lines: object[]}[]} attempts  their lines belong to the bottom's frame only
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
    if (this.skeleton) drawSkeleton(pen, landmarksAt(this.track, player.time_s), this.track.bones, at);
    if (this.lines && this.reading?.frame === player.index) {
      this.reading.draw(pen, at);
    } else if (this.lines) {
      for (const attempt of this.attempts) {
        if (attempt.bottom_frame === player.index) drawLines(pen, attempt.lines ?? [], at);
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
      [knee[0], knee[1], KNEE_LINE],
      [crease[0], crease[1], CREASE_LINE],
      [knee[0], crease[0], CREASE_LINE],
    ];
    for (const [from, to] of strokes) stroke(pen, at(from), at(to), 5.5, INK);
    for (const [from, to, colour] of strokes) stroke(pen, at(from), at(to), 2.5, colour);
  }
}

/**
 * Draw a level line through each point that was put by hand.
 * @param {{left: object, right: object}} legs  crease and knee in video px, or null
 * @param {[number, number]} level  half a line, video px
 */
export function drawByHand(pen, legs, level, at) {
  for (const leg of Object.values(legs).filter(Boolean)) {
    for (const [kind, colour] of [
      ["knee", KNEE_LINE],
      ["crease", CREASE_LINE],
    ]) {
      const [x, y] = leg[kind];
      const ends = [at([x - level[0], y - level[1]]), at([x + level[0], y + level[1]])];
      stroke(pen, ...ends, 4.5, INK);
      stroke(pen, ...ends, 2, colour);
      disc(pen, at(leg[kind]), 3, colour);
    }
  }
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

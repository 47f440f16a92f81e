// Everything that the server knows of one finished judging, asked for at once.

import { get } from "./api.js";
import { landmarksAt, upInPicture } from "./geometry.js";
import { svg } from "./dom.js";

const HIPS = [23, 24]; // BlazePose

export async function loadClip(id) {
  const base = `/api/judgings/${id}`;
  const [judging, frames, track, judgement] = await Promise.all([
    get(base),
    get(`${base}/frames`),
    get(`${base}/landmarks`),
    get(`${base}/judgement`),
  ]);
  for (const row of judging.attempts) {
    const { seen = null, sighted = null } = judgement.attempts[row.number - 1] ?? {};
    Object.assign(row, { seen, sighted });
  }
  const clip = { id, times_s: frames.times_s, width: frames.width, height: frames.height, playable: true };
  return {
    judging,
    clip,
    track,
    judgement,
    up: upInPicture(judgement.camera),
    cmPerPx: judgement.scale?.cm_per_px ?? null,
  };
}

/** How high the hips are in the picture along gravity, px; null where the lifter is not seen. */
export function hipHeight({ track, up }, time_s) {
  const landmarks = landmarksAt(track, time_s);
  const hips = landmarks && HIPS.map((index) => landmarks[index]);
  if (!hips?.every(Boolean)) return null;
  return HIPS.reduce((sum, _, k) => sum + (hips[k][0] * up[0] + hips[k][1] * up[1]) / HIPS.length, 0);
}

/** What the lifter's landmarks cover between two times: x0, y0, x1, y1, px; null where he is not seen. */
export function bodyBox({ times_s, image_px }, from_s, to_s) {
  const during = image_px.filter((_, index) => times_s[index] >= from_s && times_s[index] <= to_s);
  const points = during.flat().filter(Boolean);
  if (!points.length) return null;
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]).sort((a, b) => a - b));
  return [xs[0], ys[0], xs.at(-1), ys.at(-1)];
}

/** A box larger by a factor round its middle. */
export function grown([x0, y0, x1, y1], factor) {
  const [wide, high] = [(factor * (x1 - x0)) / 2, (factor * (y1 - y0)) / 2];
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [x - wide, y - high, x + wide, y + high];
}

/**
 * A curve as SVG paths, broken where a value is missing.
 * @param {(number|null)[]} values  evenly spread over the width
 * @param {[number, number]} range  lowest and highest value
 */
export function curvePath(values, [low, high], width, height, className) {
  const margin = 5;
  const y = (value) => height - margin - ((value - low) / Math.max(high - low, 1e-9)) * (height - 2 * margin);
  let pen = "M";
  let path = "";
  values.forEach((value, index) => {
    if (value === null) {
      pen = "M";
      return;
    }
    path += `${pen}${((width * index) / Math.max(1, values.length - 1)).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
  });
  return svg("path", { class: className, d: path, "vector-effect": "non-scaling-stroke" });
}

export function rangeOf(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
}

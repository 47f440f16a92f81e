// Where a pixel of the video lies on the stage, and back. Video px: x right, y down, from the upper left corner.

const LARGEST_ZOOM = 12;

/** Fit, zoom and pan of one picture on one stage. */
export class View {
  #zoom = 1;
  #centre; // the video px in the middle of the stage

  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.#centre = [width / 2, height / 2];
    this.stage = [1, 1];
  }

  resize(stageWidth, stageHeight) {
    this.stage = [Math.max(1, stageWidth), Math.max(1, stageHeight)];
    this.#clamp();
  }

  get zoom() {
    return this.#zoom;
  }

  /** Stage px per video px. */
  get scale() {
    return this.#zoom * Math.min(this.stage[0] / this.width, this.stage[1] / this.height);
  }

  get origin() {
    return [0, 1].map((axis) => this.stage[axis] / 2 - this.#centre[axis] * this.scale);
  }

  toStage([x, y]) {
    const [left, top] = this.origin;
    return [left + x * this.scale, top + y * this.scale];
  }

  toVideo([x, y]) {
    const [left, top] = this.origin;
    return [(x - left) / this.scale, (y - top) / this.scale];
  }

  /** Zoom by a factor, with one point of the stage staying where it is. */
  zoomAt(factor, point = [this.stage[0] / 2, this.stage[1] / 2]) {
    const held = this.toVideo(point);
    this.#zoom = Math.max(1, Math.min(LARGEST_ZOOM, this.#zoom * factor));
    const moved = this.toVideo(point);
    this.#centre = this.#centre.map((value, axis) => value + held[axis] - moved[axis]);
    this.#clamp();
  }

  pan(dx, dy) {
    this.#centre = [this.#centre[0] - dx / this.scale, this.#centre[1] - dy / this.scale];
    this.#clamp();
  }

  /** Show a box of video px as large as it fits. */
  zoomTo([x0, y0, x1, y1]) {
    this.#zoom = 1;
    const fit = Math.min(this.stage[0] / (x1 - x0), this.stage[1] / (y1 - y0)) / this.scale;
    this.#zoom = Math.max(1, Math.min(LARGEST_ZOOM, fit));
    this.#centre = [(x0 + x1) / 2, (y0 + y1) / 2];
    this.#clamp();
  }

  reset() {
    this.#zoom = 1;
    this.#clamp();
  }

  #clamp() {
    const size = [this.width, this.height];
    this.#centre = this.#centre.map((value, axis) => {
      const half = this.stage[axis] / 2 / this.scale;
      return 2 * half >= size[axis] ? size[axis] / 2 : Math.max(half, Math.min(size[axis] - half, value));
    });
  }
}

const SAME_FRAME_S = 1e-4;
const LONGEST_GAP_S = 0.5; // a lifter gets from lockout to the hole in about a second: nothing is guessed over more

/**
 * Landmarks at any time, linear between the times at which they are known; null outside and in long gaps.
 * @param {{times_s: number[], image_px: (number[] | null)[][]}} track
 */
export function landmarksAt(track, time_s) {
  const { times_s, image_px } = track;
  const after = firstAfter(times_s, time_s - SAME_FRAME_S);
  if (after < times_s.length && Math.abs(times_s[after] - time_s) <= SAME_FRAME_S) return image_px[after];
  if (after === 0 || after === times_s.length || times_s[after] - times_s[after - 1] > LONGEST_GAP_S) return null;
  const part = (time_s - times_s[after - 1]) / (times_s[after] - times_s[after - 1]);
  return image_px[after].map((to, index) => between(image_px[after - 1][index], to, part));
}

function between(from, to, part) {
  return from && to ? [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])] : null;
}

/** A person's box at a time, held for a moment beyond his sightings; null when he is not seen around then. */
export function boxAt(person, time_s, reach_s) {
  const { times_s, boxes_px } = person;
  const after = Math.min(times_s.length - 1, firstAfter(times_s, time_s));
  const before = Math.max(0, times_s[after] > time_s ? after - 1 : after);
  const nearest = Math.min(Math.abs(times_s[after] - time_s), Math.abs(times_s[before] - time_s));
  if (nearest > reach_s) return null;
  const gap_s = times_s[after] - times_s[before];
  const part = gap_s ? Math.max(0, Math.min(1, (time_s - times_s[before]) / gap_s)) : 0;
  return boxes_px[before].map((value, index) => value + part * (boxes_px[after][index] - value));
}

/** Index of the first of the rising numbers that is not below `value`. */
export function firstAfter(rising, value) {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the number nearest to `value`. */
export function nearest(rising, value) {
  const after = Math.min(rising.length - 1, firstAfter(rising, value));
  return after > 0 && value - rising[after - 1] <= rising[after] - value ? after - 1 : after;
}

/** Unit vector against gravity in the picture; straight up when the camera is not known. */
export function upInPicture(camera) {
  const [x, y] = camera?.up ?? [0, -1];
  const length = Math.hypot(x, y);
  return length > 0.1 ? [x / length, y / length] : [0, -1];
}

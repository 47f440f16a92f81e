// Reading the depth by hand: two points on each leg, the crease and the top of the knee. The number follows at once;
// the reading is saved beside the measurement, which stays as it is.

import { post } from "./api.js";
import { attempt, byId, depthWords, element, signed } from "./dom.js";
import { depthOf, landmarksAt, onLine } from "./geometry.js";
import { drawByHand, stroke } from "./overlay.js";

const SIDES = ["left", "right"];
const KINDS = ["crease", "knee"];
const JOINTS = { left: { crease: 23, knee: 25 }, right: { crease: 24, knee: 26 } }; // BlazePose hips and knees
const WORDS = { crease: "hip crease", knee: "top of the knee" };
const LINE_CM = 12; // a thigh's thickness: the level lines leave the leg
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LARGE_STEP = 10;
const LOUPE = 4;

export class HandReading {
  #points = null;
  #used = { left: true, right: true };
  #handles = {};
  #dragged = null;

  /**
   * @param {import("./player.js").Player} player
   * @param {import("./overlay.js").Overlay} overlay
   * @param {{judging: object, track: object, up: number[], cmPerPx: number}} known
   * @param {{onBegin: () => void, onEnd: (reading: object | null) => void}} callbacks
   */
  constructor(player, overlay, known, { onBegin, onEnd }) {
    Object.assign(this, { player, overlay, known, onBegin, onEnd });
    this.layer = byId("handles");
    this.layer.hidden = true;
    byId("hand-save").addEventListener("click", () => this.#save());
    byId("hand-cancel").addEventListener("click", () => this.#end(null));
    player.addEventListener("drawn", () => this.#place());
  }

  get active() {
    return this.#points !== null;
  }

  begin(judged) {
    this.judged = judged;
    this.#points = this.#startingPoints(judged);
    this.#used = { left: true, right: true };
    byId("hand-rest").hidden = true;
    byId("hand-work").hidden = false;
    this.layer.hidden = false;
    this.layer.replaceChildren(...SIDES.flatMap((side) => KINDS.map((kind) => this.#handle(side, kind))));
    byId("legs").replaceChildren(...SIDES.map((side) => this.#legRow(side)));
    this.overlay.extra = (pen, at) => {
      const legs = Object.fromEntries(this.#chosen.map((side) => [side, this.#points[side]]));
      drawByHand(pen, legs, this.#level, at);
    };
    byId("hand-measured").textContent =
      judged.cm === null ? "Nothing was measured here." : `Measured: ${depthWords(judged.cm)}`;
    this.onBegin();
    this.player.goto(judged.bottom_frame);
    this.player.zoomTo(this.#surroundings());
    this.#tell();
  }

  /** Where the measurement saw them; without a measured depth, where the joints are. */
  #startingPoints(judged) {
    const landmarks = landmarksAt(this.known.track, judged.bottom_s);
    const { width, height } = this.player.clip;
    const points = {};
    SIDES.forEach((side, index) => {
      const lines = (judged.lines ?? []).find((leg) => leg.side === side);
      points[side] = {};
      for (const kind of KINDS) {
        const joint = landmarks?.[JOINTS[side][kind]] ?? [width * (0.4 + 0.2 * index), height / 2];
        const line = kind === "crease" ? lines?.crease_px : lines?.knee_top_px;
        points[side][kind] = line ? onLine(line, joint) : [...joint];
      }
    });
    return points;
  }

  #surroundings() {
    const all = SIDES.flatMap((side) => KINDS.map((kind) => this.#points[side][kind]));
    const [xs, ys] = [0, 1].map((axis) => all.map((point) => point[axis]));
    const margin = 0.6 * Math.max(Math.max(...xs) - Math.min(...xs), 25 / this.known.cmPerPx);
    return [Math.min(...xs) - margin, Math.min(...ys) - margin, Math.max(...xs) + margin, Math.max(...ys) + margin];
  }

  #handle(side, kind) {
    const handle = element(
      "button",
      {
        class: `app-handle app-handle-${kind}`,
        type: "button",
        "data-side": side,
        "data-kind": kind,
        "aria-label": `${side} ${WORDS[kind]}`,
        onkeydown: (event) => {
          const step = STEPS[event.key];
          if (!step) return;
          event.preventDefault();
          event.stopPropagation();
          const far = event.shiftKey ? LARGE_STEP : 1;
          this.#move(side, kind, step[0] * far, step[1] * far);
        },
        onpointerdown: (event) => {
          event.preventDefault();
          handle.focus();
          handle.setPointerCapture(event.pointerId);
          this.#dragged = { side, kind, from: [event.clientX, event.clientY], at: this.#points[side][kind] };
        },
        onpointermove: (event) => {
          if (!this.#dragged || !handle.hasPointerCapture(event.pointerId)) return;
          const { from, at } = this.#dragged;
          const { scale } = this.player.view;
          this.#set(side, kind, [at[0] + (event.clientX - from[0]) / scale, at[1] + (event.clientY - from[1]) / scale]);
          this.#look(this.#points[side][kind]);
        },
        onlostpointercapture: () => {
          this.#dragged = null;
          byId("loupe").hidden = true;
        },
      },
      element("span", { "aria-hidden": "true" }, side === "left" ? "L" : "R"),
    );
    this.#handles[`${side} ${kind}`] = handle;
    return handle;
  }

  #legRow(side) {
    const box = element("input", {
      type: "checkbox",
      checked: true,
      onchange: (event) => {
        this.#used[side] = event.target.checked;
        this.#tell();
      },
    });
    const label = element("label", { class: `app-leg app-leg-${side}` }, box, `${side} leg`);
    return element("tr", {}, element("td", {}, label), element("td", { class: "app-leg-cm", id: `leg-${side}` }));
  }

  #move(side, kind, dx, dy) {
    const [x, y] = this.#points[side][kind];
    this.#set(side, kind, [x + dx, y + dy]);
  }

  #set(side, kind, [x, y]) {
    const { width, height } = this.player.clip;
    this.#points[side][kind] = [Math.max(0, Math.min(width, x)), Math.max(0, Math.min(height, y))];
    this.#tell();
  }

  #cm(side) {
    const { crease, knee } = this.#points[side];
    return depthOf(crease, knee, this.known.up, this.known.cmPerPx);
  }

  get #chosen() {
    return SIDES.filter((side) => this.#used[side]);
  }

  #tell() {
    const chosen = this.#chosen;
    const cm = chosen.reduce((sum, side) => sum + this.#cm(side), 0) / chosen.length;
    for (const side of SIDES) {
      byId(`leg-${side}`).textContent = `${signed(this.#cm(side))} cm`;
      byId(`leg-${side}`).classList.toggle("app-unused", !this.#used[side]);
      for (const kind of KINDS) this.#handles[`${side} ${kind}`].hidden = !this.#used[side];
    }
    byId("live").textContent = chosen.length
      ? `${depthWords(cm)}: ${cm > 0 ? "depth" : "no depth"}`
      : "No leg is chosen";
    byId("live").dataset.cm = chosen.length ? cm.toFixed(3) : "";
    byId("hand-save").disabled = chosen.length === 0;
    this.player.redraw();
  }

  #place() {
    if (!this.active) return;
    for (const side of SIDES) {
      for (const kind of KINDS) {
        const [x, y] = this.player.view.toStage(this.#points[side][kind]);
        this.#handles[`${side} ${kind}`].style.transform = `translate(${x}px, ${y}px)`;
      }
    }
  }

  /** Half a level line, in video px. */
  get #level() {
    const { up, cmPerPx } = this.known;
    return [(-up[1] * LINE_CM) / cmPerPx, (up[0] * LINE_CM) / cmPerPx];
  }

  /** Make a saved reading something that the overlay can show at its frame. */
  shown(reading) {
    const legs = Object.fromEntries(
      SIDES.filter((side) => reading.creases_px[side]).map((side) => [
        side,
        { crease: reading.creases_px[side], knee: reading.knees_px[side] },
      ]),
    );
    return { frame: reading.frame, draw: (pen, at) => drawByHand(pen, legs, this.#level, at) };
  }

  /** What lies under the finger, enlarged. */
  #look([x, y]) {
    const picture = this.player.frame.querySelector("img");
    const loupe = byId("loupe");
    loupe.hidden = !picture;
    if (!picture) return;
    const pen = loupe.getContext("2d");
    const natural = picture.naturalWidth / this.player.clip.width;
    const reach = loupe.width / 2 / (this.player.view.scale * LOUPE);
    pen.fillRect(0, 0, loupe.width, loupe.height);
    pen.drawImage(
      picture,
      (x - reach) * natural,
      (y - reach) * natural,
      2 * reach * natural,
      2 * reach * natural,
      0,
      0,
      loupe.width,
      loupe.height,
    );
    const middle = loupe.width / 2;
    for (const [from, to] of [
      [
        [0, middle],
        [loupe.width, middle],
      ],
      [
        [middle, 0],
        [middle, loupe.height],
      ],
    ]) {
      stroke(pen, from, to, 1, "rgb(255 255 255 / .8)");
    }
  }

  async #save() {
    const points = (kind) =>
      Object.fromEntries(SIDES.map((side) => [side, this.#used[side] ? this.#points[side][kind] : null]));
    const body = { frame: this.player.index, creases_px: points("crease"), knees_px: points("knee") };
    await attempt(async () => {
      this.#end(await post(`/judgings/${this.known.judging.id}/attempts/${this.judged.number}/readings`, body));
    });
  }

  #end(reading) {
    this.#points = null;
    this.#handles = {};
    this.layer.replaceChildren();
    this.layer.hidden = true;
    this.overlay.extra = null;
    byId("hand-rest").hidden = false;
    byId("hand-work").hidden = true;
    this.player.unzoom();
    this.onEnd(reading);
  }
}

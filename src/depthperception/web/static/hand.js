// Reading the depth by hand: two points on each leg, the crease and the top of the knee. The server measures them by the
// geometry of the measurement while they are moved; the reading is saved beside the measurement, which stays as it is.

import { ask, post } from "./api.js";
import { VERDICTS, attempt, byId, depthWords, element, intervalWords, later, signed } from "./dom.js";
import { landmarksAt } from "./geometry.js";
import { drawByHand, stroke } from "./overlay.js";

const SIDES = ["left", "right"];
const KINDS = ["crease", "knee"];
const JOINTS = { left: { crease: 23, knee: 25 }, right: { crease: 24, knee: 26 } }; // BlazePose hips and knees
const SIGHTED = { left: { crease: 0, knee: 4 }, right: { crease: 1, knee: 5 } }; // places in surfaces.POINTS
const WORDS = { crease: "hip crease", knee: "top of the knee" };
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LARGE_STEP = 10;
const LOUPE = 4;
const STILL_MS = 80; // a finger that moves asks a dozen times a second at most
const HALF_OF_90 = 1.645; // standard deviations
const AUTHOR = "depthperception-author";
const WORD = "depthperception-word";

export class HandReading {
  #points = null;
  #moved = new Set();
  #used = { left: true, right: true };
  #handles = {};
  #dragged = null;
  #measured = null; // the server's answer to the points as they are, or were a moment ago
  #asked = 0;
  #ask;

  /**
   * @param {import("./player.js").Player} player
   * @param {import("./overlay.js").Overlay} overlay
   * @param {{judging: object, track: object, cmPerPx: number}} known
   * @param {{onBegin: () => void, onEnd: (reading: object | null) => void}} callbacks
   */
  constructor(player, overlay, known, { onBegin, onEnd }) {
    Object.assign(this, { player, overlay, known, onBegin, onEnd });
    this.layer = byId("handles");
    this.layer.hidden = true;
    byId("hand-save").addEventListener("click", () => this.#save());
    byId("hand-cancel").addEventListener("click", () => this.#end(null));
    byId("author").value = remembered();
    this.#ask = later(STILL_MS, () => this.#measure());
    player.addEventListener("drawn", () => this.#place());
    player.addEventListener("frame", () => this.active && this.#tell());
  }

  get active() {
    return this.#points !== null;
  }

  /** With a jury its member reads: nothing that was measured is shown, and no point starts where it was measured. */
  begin(judged, jury = null) {
    this.judged = judged;
    this.jury = jury;
    this.#moved = new Set();
    this.#points = this.#startingPoints(jury ? { bottom_s: jury.time_s } : judged);
    byId("stage").classList.toggle("app-stage-jury", jury !== null);
    byId("hand-save").textContent = jury ? "Hand in my reading" : "Save reading";
    byId("word-field").hidden = !jury;
    byId("word").value = "";
    if (jury) byId("author").value = "";
    else byId("author").value = remembered();
    const seen = SIDES.filter((side) => judged.seen?.knee_top_px[side]);
    this.#used = Object.fromEntries(SIDES.map((side) => [side, !seen.length || seen.includes(side)]));
    byId("hand-rest").hidden = true;
    byId("hand-work").hidden = false;
    this.layer.hidden = false;
    this.layer.replaceChildren(...SIDES.flatMap((side) => KINDS.map((kind) => this.#handle(side, kind))));
    byId("legs").replaceChildren(...SIDES.map((side) => this.#legRow(side)));
    this.overlay.extra = (pen, at) => drawByHand(pen, this.#drawn(), at);
    byId("hand-measured").textContent = measuredWords(judged, jury);
    this.onBegin();
    this.player.goto(jury ? jury.frame : judged.bottom_frame);
    this.player.zoomTo(this.#surroundings());
    this.#tell();
  }

  /** Where the network sees them, hidden or not; only without it, where the joints are. */
  #startingPoints({ seen, sighted, bottom_s }) {
    const landmarks = landmarksAt(this.known.track, bottom_s);
    const { width, height } = this.player.clip;
    const found = (side, index) => ({
      crease: seen?.crease_px[side] ?? seen?.joint_crease_px?.[side],
      knee: seen?.knee_top_px[side],
      anywhere: [width * (0.4 + 0.2 * index), height / 2],
    });
    return Object.fromEntries(
      SIDES.map((side, index) => {
        const { anywhere, ...known } = found(side, index);
        const at = (kind) =>
          known[kind] ?? sighted?.points_px[SIGHTED[side][kind]] ?? landmarks?.[JOINTS[side][kind]] ?? anywhere;
        return [side, Object.fromEntries(KINDS.map((kind) => [kind, this.#inside(at(kind))]))];
      }),
    );
  }

  #inside([x, y]) {
    const { width, height } = this.player.clip;
    return [Math.max(0, Math.min(width, x)), Math.max(0, Math.min(height, y))];
  }

  #drawn() {
    const legs = this.#measured?.legs ?? {};
    return Object.fromEntries(this.#chosen.map((side) => [side, { ...this.#points[side], measured: legs[side] }]));
  }

  #surroundings() {
    const all = SIDES.flatMap((side) => KINDS.map((kind) => this.#points[side][kind]));
    const [xs, ys] = [0, 1].map((axis) => all.map((point) => point[axis]));
    const reach = Math.max(Math.max(...xs) - Math.min(...xs), 25 / this.known.cmPerPx);
    const [beside, above] = [0.2 * reach, 0.6 * reach]; // a phone's stage is narrow
    return [Math.min(...xs) - beside, Math.min(...ys) - above, Math.max(...xs) + beside, Math.max(...ys) + above];
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

  #set(side, kind, point) {
    this.#points[side][kind] = this.#inside(point);
    this.#moved.add(`${side} ${kind}`);
    this.#tell();
  }

  /** A member of a jury puts every point himself. */
  get #allMoved() {
    return !this.jury || this.#chosen.every((side) => KINDS.every((kind) => this.#moved.has(`${side} ${kind}`)));
  }

  get #chosen() {
    return SIDES.filter((side) => this.#used[side]);
  }

  /** The points are others now: show what can be shown at once, and ask for the depth. */
  #tell() {
    for (const side of SIDES) {
      byId(`leg-${side}`).classList.toggle("app-unused", !this.#used[side]);
      for (const kind of KINDS) this.#handles[`${side} ${kind}`].hidden = !this.#used[side];
    }
    byId("hand-save").disabled = this.#chosen.length === 0 || !this.#allMoved;
    byId("hand-alone").hidden = this.jury !== null || this.player.index === this.judged.bottom_frame;
    this.#asked += 1;
    if (this.jury) {
      byId("live").textContent = this.#allMoved ? "Hand it in when you are sure." : "Move every point.";
      byId("live-interval").textContent = "";
      this.player.redraw();
      return;
    }
    byId("live").setAttribute("aria-busy", "true");
    this.#ask();
    this.player.redraw();
  }

  async #measure() {
    if (!this.active) return;
    const asked = this.#asked;
    if (!this.#chosen.length) return this.#show(null, "No leg is chosen");
    try {
      const found = await ask(`${this.#path}/measure`, this.#body());
      if (asked === this.#asked) this.#show(found);
    } catch (error) {
      if (asked === this.#asked) this.#show(null, error.message);
    }
  }

  #show(found, words = "") {
    if (!this.active) return;
    this.#measured = found;
    byId("live").textContent = found ? `${depthWords(found.cm)}: ${VERDICTS[found.verdict].toLowerCase()}` : words;
    byId("live").dataset.cm = found ? found.cm.toFixed(3) : "";
    byId("live").removeAttribute("aria-busy");
    byId("live-interval").textContent = found ? intervalWords(found.low_cm, found.high_cm) : "";
    for (const side of SIDES) {
      const leg = found?.legs[side];
      byId(`leg-${side}`).textContent = leg ? legWords(leg) : "";
    }
    this.player.redraw();
  }

  get #path() {
    return `/judgings/${this.known.judging.id}/attempts/${this.judged.number}`;
  }

  #body() {
    const points = (kind) =>
      Object.fromEntries(SIDES.map((side) => [side, this.#used[side] ? this.#points[side][kind] : null]));
    return { frame: this.player.index, creases_px: points("crease"), knees_px: points("knee") };
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

  /** Make a saved reading something that the overlay can show at its frame. */
  shown(reading) {
    const legs = Object.fromEntries(
      SIDES.filter((side) => reading.creases_px[side]).map((side) => [
        side,
        { crease: reading.creases_px[side], knee: reading.knees_px[side], measured: reading.legs?.[side] },
      ]),
    );
    return { frame: reading.frame, draw: (pen, at) => drawByHand(pen, legs, at) };
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
    const author = byId("author").value.trim();
    if (this.jury) {
      const { creases_px, knees_px } = this.#body();
      const word = byId("word").value;
      const asked = { author, word, creases_px, knees_px };
      await attempt(async () => this.#end(await post(`${this.#path}/jury/readings`, asked)));
      return;
    }
    remember(author);
    const word = newWord();
    await attempt(async () => {
      const reading = await post(`${this.#path}/readings`, { ...this.#body(), author, word });
      keepWord(reading.id, word);
      this.#end(reading);
    });
  }

  #end(reading) {
    byId("word").value = "";
    byId("stage").classList.remove("app-stage-jury");
    this.#points = null;
    this.#measured = null;
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

const measuredWords = ({ cm }, jury) => {
  if (jury) return `Frame ${jury.frame} is read. What others read, and what was measured, is shown when all have read.`;
  return cm === null ? "Nothing was measured here." : `Measured: ${depthWords(cm)}`;
};

/** "+2.6 ± 2.1 cm": a leg with half of its 90 % interval. */
export const legWords = ({ cm, sd_cm }) => `${signed(cm)} ± ${(HALF_OF_90 * sd_cm).toFixed(1)} cm`;

const WORD_BYTES = 16;
const newWord = () => Array.from(crypto.getRandomValues(new Uint8Array(WORD_BYTES)), (one) => one.toString(16)).join("");

function keepWord(reading, word) {
  try {
    localStorage.setItem(`${WORD}-${reading}`, word);
  } catch {
    // storage is switched off: it cannot be withdrawn later
  }
}

/** The word that a reading was saved with in this browser; empty where it was not. */
export function wordOf(reading) {
  try {
    return localStorage.getItem(`${WORD}-${reading}`) ?? "";
  } catch {
    return "";
  }
}

function remembered() {
  try {
    return localStorage.getItem(AUTHOR) ?? "";
  } catch {
    return ""; // storage is switched off
  }
}

function remember(author) {
  try {
    localStorage.setItem(AUTHOR, author);
  } catch {
    // it is asked for again next time
  }
}

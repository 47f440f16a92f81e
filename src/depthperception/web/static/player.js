// One video on a stage. Standing still it shows the very frame that was measured, decoded by the server; moving it
// shows the browser's video: one of the two, never both (`data-layer`). Times are presentation times of the frames, in seconds from the first one.

import { View, nearest } from "./geometry.js";
import { element, seconds } from "./dom.js";

const KEPT_PICTURES = 12;
const AHEAD = 2;
const WIDE_PX = 1280; // larger pictures come at this width until the reader zooms in
const ZOOMED = 1.5;
const WHEEL_STEP = 1.2;

/**
 * `index` is the frame that is current, `shown` the one whose picture is on the stage: it is late while frames are
 * passed faster than they come, and null until the first is here. What is drawn over it belongs to `shown`.
 * Fires "frame" whenever another frame is current, "drawn" whenever the stage must be drawn again, "playing" and
 * "paused".
 */
export class Player extends EventTarget {
  #pictures = new Map();
  #wanted = null;
  #loading = false;
  #offset_s = 0;
  #zoomedByHand = false;
  #direction = 1;

  /**
   * @param {HTMLElement} stage  holds .app-view (video, .app-frame), .app-badge
   * @param {{id: string, times_s: number[], width: number, height: number, playable: boolean}} clip
   */
  constructor(stage, clip) {
    super();
    Object.assign(this, { stage, clip, index: 0, shown: null, view: new View(clip.width, clip.height) });
    this.holder = stage.querySelector(".app-view");
    this.video = stage.querySelector("video");
    this.frame = stage.querySelector(".app-frame");
    this.badge = stage.querySelector(".app-badge");
    for (const one of [this.holder, this.video]) {
      one.style.width = `${clip.width}px`;
      one.style.height = `${clip.height}px`;
    }
    new ResizeObserver(() => this.#resize()).observe(stage);
    this.#resize();
    this.#listenToPointer();
    if (clip.playable) this.#openVideo();
  }

  get time_s() {
    return this.clip.times_s[this.index];
  }

  get last() {
    return this.clip.times_s.length - 1;
  }

  get moving() {
    return this.clip.playable && !this.video.paused;
  }

  /** Stand at a frame; its picture follows as soon as it is here. */
  goto(index) {
    this.video.pause();
    const wanted = Math.max(0, Math.min(this.last, Math.round(index)));
    this.#direction = wanted < this.index ? -1 : 1;
    this.#become(wanted);
    this.stage.dataset.shown = "loading";
    this.badge.textContent ||= "Loading the frame";
    this.#showPicture();
  }

  gotoTime(time_s) {
    return this.goto(nearest(this.clip.times_s, time_s));
  }

  step(frames) {
    return this.goto(this.index + frames);
  }

  async play(speed = 1) {
    if (!this.clip.playable) return;
    if (this.index === this.last) this.#become(0);
    this.video.currentTime = this.time_s + this.#offset_s;
    this.video.playbackRate = speed;
    await this.video.play().catch(() => {}); // paused again before it began
  }

  pause() {
    if (this.moving) this.video.pause();
  }

  /** While playing, stay within a drift of a time that something else leads. */
  keepTo(time_s, drift_s) {
    if (this.moving && Math.abs(this.video.currentTime - this.#offset_s - time_s) > drift_s) {
      this.video.currentTime = Math.max(0, time_s + this.#offset_s);
    }
  }

  #openVideo() {
    const { video } = this;
    video.src = `/judgings/${this.clip.id}/video`;
    // Some files begin later than 0; our times count from the first frame.
    const first = (_, { mediaTime }) => {
      if (this.video.currentTime === 0) this.#offset_s = mediaTime;
    };
    video.requestVideoFrameCallback?.(first);
    video.addEventListener("play", () => {
      this.#follow();
      this.dispatchEvent(new Event("playing"));
    });
    video.addEventListener("pause", () => {
      this.dispatchEvent(new Event("paused"));
      if (this.stage.dataset.shown === "video") this.goto(this.index);
    });
    video.addEventListener("error", () => {
      this.clip.playable = false;
      this.dispatchEvent(new Event("paused"));
    });
  }

  #follow() {
    const shown = (_, { mediaTime }) => {
      if (video.paused) return;
      this.stage.dataset.shown = this.stage.dataset.layer = "video";
      this.badge.textContent = "Playing";
      this.shown = nearest(this.clip.times_s, mediaTime - this.#offset_s);
      this.#become(this.shown);
      video.requestVideoFrameCallback(shown);
    };
    const { video } = this;
    video.requestVideoFrameCallback(shown);
  }

  #become(index) {
    this.index = index;
    this.dispatchEvent(new Event("frame"));
    this.redraw();
  }

  /** Ask for one picture at a time, always the latest one wanted: dragging the slider passes hundreds. */
  async #showPicture() {
    this.#wanted = this.index;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#wanted !== null) {
      const index = this.#wanted;
      this.#wanted = null;
      const picture = this.#picture(index);
      const came = await picture.decode().then(
        () => true,
        () => false,
      );
      if (!came) this.#pictures.delete(picture.dataset.key);
      if (index === this.index && !this.moving) this.#show(picture, index, came);
    }
    this.#loading = false;
    for (let ahead = 1; ahead <= AHEAD; ahead += 1) {
      const next = this.index + ahead * this.#direction;
      if (next >= 0 && next <= this.last) this.#picture(next);
    }
  }

  #show(picture, index, came) {
    this.badge.textContent = came ? "Frame as measured" : "This frame could not be read";
    if (!came) return;
    picture.alt = `Frame ${index} at ${seconds(this.clip.times_s[index], 3)}`;
    picture.dataset.index = index;
    this.frame.replaceChildren(picture);
    this.stage.dataset.shown = this.stage.dataset.layer = "frame";
    this.shown = index;
    this.redraw();
  }

  #picture(index) {
    const small = this.clip.width > WIDE_PX && this.view.zoom < ZOOMED;
    const address = `/api/judgings/${this.clip.id}/frames/${index}.jpg${small ? `?width=${WIDE_PX}` : ""}`;
    const known = this.#pictures.get(address);
    if (known) return known;
    const picture = element("img", {
      src: address,
      "data-key": address,
      draggable: "false",
      width: this.clip.width,
      height: this.clip.height,
    });
    this.#pictures.set(address, picture);
    if (this.#pictures.size > KEPT_PICTURES) this.#pictures.delete(this.#pictures.keys().next().value);
    return picture;
  }

  /** Full size once the reader looks closely. */
  sharpen() {
    if (this.clip.width > WIDE_PX && this.view.zoom >= ZOOMED && !this.moving) this.#showPicture();
  }

  redraw() {
    const [left, top] = this.view.origin;
    this.stage.classList.toggle("app-stage-zoomed", this.view.zoom > 1);
    this.holder.style.transform = `translate(${left}px, ${top}px) scale(${this.view.scale})`;
    this.dispatchEvent(new Event("drawn"));
  }

  #resize() {
    this.view.resize(this.stage.clientWidth, this.stage.clientHeight);
    this.redraw();
  }

  /** Show a box of video px as large as it fits, unless the reader has zoomed otherwise. */
  frameOn(box) {
    if (this.#zoomedByHand) return;
    this.view.zoomTo(box);
    this.redraw();
    this.sharpen();
  }

  zoom(factor, point) {
    this.#zoomedByHand = true;
    this.view.zoomAt(factor, point);
    this.redraw();
    this.sharpen();
  }

  zoomTo(box) {
    this.#zoomedByHand = true;
    this.view.zoomTo(box);
    this.redraw();
    this.sharpen();
  }

  unzoom() {
    this.#zoomedByHand = true;
    this.view.reset();
    this.redraw();
  }

  #listenToPointer() {
    const place = (event) => {
      const box = this.stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    this.stage.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? WHEEL_STEP : 1 / WHEEL_STEP, place(event));
      },
      { passive: false },
    );
    this.stage.addEventListener("dblclick", (event) => {
      if (event.target.closest("button")) return;
      if (this.view.zoom > 1) this.unzoom();
      else this.zoom(3, place(event));
    });
    const fingers = new Map();
    this.stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target.closest("button")) return;
      fingers.set(event.pointerId, place(event));
      this.stage.setPointerCapture(event.pointerId);
    });
    this.stage.addEventListener("pointermove", (event) => {
      if (fingers.has(event.pointerId)) this.#drag(fingers, event.pointerId, place(event));
    });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.stage.addEventListener(kind, (event) => fingers.delete(event.pointerId));
    }
  }

  /** Keep the picture under the fingers: one moves it, two enlarge it, too. */
  #drag(fingers, id, to) {
    this.#zoomedByHand = true;
    const before = [...fingers.values()];
    fingers.set(id, to);
    const after = [...fingers.values()];
    const middle = ([one, other = one]) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    const spread = ([one, other]) => Math.hypot(one[0] - other[0], one[1] - other[1]);
    const [from, here] = [middle(before), middle(after)];
    if (after.length === 2 && spread(before) > 0) this.view.zoomAt(spread(after) / spread(before), from);
    if (this.view.zoom > 1) this.view.pan(here[0] - from[0], here[1] - from[1]);
    this.redraw();
    if (after.length === 2) this.sharpen();
  }
}

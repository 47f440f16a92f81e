// Recording from a camera of this machine, with time to walk to the bar.

import { attempt, byId, element } from "./dom.js";
import { LiveRecording } from "./live.js";

const STREAMED = ["video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm", "video/mp4;codecs=avc1"];
const PIECE_MS = 250; // an attempt is known so much later at most
const KEY_FRAME_MS = 2000; // a piece of the film begins at one

const KINDS = ["video/mp4;codecs=avc1", "video/mp4", "video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];
const WANTED = { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 60 } };
const BITS_PER_S = 12_000_000; // full HD at 60 frames a second without visible blocks
const SECOND_MS = 1000;

class Recorder {
  #stream = null;
  #recorder = null;
  #parts = [];
  #blob = null;
  #timer = 0;
  #live = null;

  constructor() {
    this.dialog = byId("record-dialog");
    this.onUse = () => {};
    this.options = () => ({});
    byId("record-start").addEventListener("click", () => (this.#busy ? this.#stop() : this.#countDown()));
    byId("record-again").addEventListener("click", () => this.#look(byId("cameras").value));
    byId("record-close").addEventListener("click", () => this.dialog.close());
    byId("record-use").addEventListener("click", () => this.#use());
    byId("cameras").addEventListener("change", (event) => this.#look(event.target.value));
    this.dialog.addEventListener("close", () => this.#release());
  }

  get #busy() {
    return this.#timer !== 0;
  }

  get #isLive() {
    return byId("judged").value === "live";
  }

  async open(onUse, options) {
    this.onUse = onUse;
    this.options = options;
    byId("live").hidden = true;
    this.dialog.showModal();
    if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) {
      this.#problem(
        "This browser gives no camera to this page; it needs https, or this machine's own address. Record with the " +
          "camera's own app and drop the file.",
      );
      return;
    }
    await this.#look();
  }

  async #look(deviceId) {
    this.#release();
    this.#show("starting");
    const video = deviceId ? { ...WANTED, deviceId: { exact: deviceId } } : { ...WANTED, facingMode: "environment" };
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    } catch (error) {
      this.#problem(
        `The camera did not start (${error.name}); expected one that is free, and your permission. Allow it in the ` +
          "browser, or close what else uses it.",
      );
      return;
    }
    if (!this.dialog.open) {
      this.#release(); // closed while the browser asked for permission
      return;
    }
    this.#problem("");
    const view = byId("viewfinder");
    view.srcObject = this.#stream;
    await view.play();
    await this.#listCameras();
    this.#show("ready");
  }

  async #listCameras() {
    const found = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    const current = this.#stream?.getVideoTracks()[0]?.getSettings().deviceId;
    byId("cameras").replaceChildren(
      ...found.map((device, index) =>
        element(
          "option",
          { value: device.deviceId, selected: device.deviceId === current },
          device.label || `Camera ${index + 1}`,
        ),
      ),
    );
  }

  #countDown() {
    let left_s = Number(byId("delay").value);
    this.#show("counting");
    const tick = () => {
      byId("countdown").textContent = left_s;
      if (left_s === 0) this.#record();
      else this.#timer = setTimeout(tick, SECOND_MS);
      left_s -= 1;
    };
    tick();
  }

  async #record() {
    if (this.#isLive) {
      await this.#recordLive();
      return;
    }
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.#parts = [];
    this.#recorder = new MediaRecorder(this.#stream, { mimeType, videoBitsPerSecond: BITS_PER_S });
    this.#recorder.addEventListener("dataavailable", (event) => this.#parts.push(event.data));
    this.#recorder.addEventListener("stop", () => this.#review(), { once: true });
    this.#recorder.start(SECOND_MS);
    this.#count();
  }

  /** Send the film while it comes, in pieces; it ends with the recording. */
  async #recordLive() {
    const live = new LiveRecording();
    const began = await attempt(() => live.start(this.options()));
    if (!began || !this.dialog.open) {
      this.#timer = 0;
      this.#show("ready");
      return;
    }
    this.#live = live;
    const mimeType = STREAMED.find((kind) => MediaRecorder.isTypeSupported(kind));
    const asked = { mimeType, videoBitsPerSecond: BITS_PER_S, videoKeyFrameIntervalDuration: KEY_FRAME_MS };
    this.#recorder = new MediaRecorder(this.#stream, asked);
    this.#recorder.addEventListener("dataavailable", (event) => live.send(event.data));
    this.#recorder.addEventListener("stop", () => this.#endLive(live), { once: true });
    this.#recorder.start(PIECE_MS);
    this.#count();
  }

  async #endLive(live) {
    this.#show("ending");
    await attempt(() => live.end());
    this.#live = null;
    if (this.dialog.open) this.#show("ready");
  }

  #count() {
    this.#show("recording");
    const began = performance.now();
    const tick = () => {
      const gone_s = Math.floor((performance.now() - began) / SECOND_MS);
      byId("recorded").textContent = `${Math.floor(gone_s / 60)}:${String(gone_s % 60).padStart(2, "0")}`;
    };
    tick();
    this.#timer = setInterval(tick, SECOND_MS / 4);
  }

  #stop() {
    clearTimeout(this.#timer); // clears intervals too
    this.#timer = 0;
    if (this.#recorder?.state === "recording") this.#recorder.stop();
    else this.#show("ready");
  }

  #review() {
    if (!this.dialog.open) return;
    this.#blob = new Blob(this.#parts, { type: this.#recorder.mimeType });
    this.#stopCamera();
    const view = byId("viewfinder");
    view.srcObject = null;
    view.src = URL.createObjectURL(this.#blob);
    view.loop = true;
    view.play().catch(() => {}); // left again before it began
    this.#show("review");
  }

  #use() {
    const kind = this.#blob.type.includes("mp4") ? "mp4" : "webm";
    const now = new Date();
    const stamp = new Date(now.getTime() - 60_000 * now.getTimezoneOffset())
      .toISOString()
      .slice(0, 16)
      .replace("T", " ")
      .replace(":", ".");
    this.onUse(this.#blob, `recorded ${stamp}.${kind}`);
    this.dialog.close();
  }

  #show(state) {
    byId("countdown").hidden = state !== "counting";
    byId("recording").hidden = state !== "recording";
    byId("record-start").hidden = state === "review" || state === "problem";
    byId("record-start").disabled = state === "starting" || state === "ending";
    byId("record-start").lastChild.textContent = state === "counting" || state === "recording" ? "Stop" : "Start";
    byId("record-again").hidden = state !== "review";
    byId("record-use").hidden = state !== "review";
    for (const choice of ["cameras", "delay", "judged"]) byId(choice).disabled = state !== "ready";
  }

  #problem(words) {
    byId("record-problem").textContent = words;
    byId("record-problem").hidden = !words;
    if (words) this.#show("problem");
  }

  #stopCamera() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }

  #release() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#recorder?.state === "recording") this.#recorder.stop();
    this.#recorder = null;
    this.#stopCamera();
    const view = byId("viewfinder");
    if (view.src) URL.revokeObjectURL(view.src);
    view.removeAttribute("src");
    view.srcObject = null;
  }
}

let recorder;

/**
 * Open the recorder; `onUse` gets the recording and a name for it when the reader wants it judged. One that is judged
 * while it runs goes to the server by itself, with what `options` gives.
 */
export function openRecorder(onUse, options) {
  recorder ??= new Recorder();
  recorder.open(onUse, options);
}

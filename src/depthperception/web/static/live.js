// A recording that is judged while it runs: its pieces go to the server, and every answer says what is known.

import { get, post, sendPiece } from "./api.js";
import { byId, depthWords, element, lamp } from "./dom.js";

const ASK_MS = 500;
const BEHIND_PIECES = 12; // of a quarter of a second: what waits here is three seconds old

const TOGETHER = 20; // five seconds: 8 MB

const AS_VERDICTS = { white: "depth", red: "no_depth", too_close: "too_close", not_judgeable: "not_judgeable" };

export class LiveRecording {
  #id = "";
  #waiting = [];
  #sent = Promise.resolve();
  #problem = "";

  /** Ask the server to judge what comes; `options` are those of an upload. */
  async start(options) {
    show({ attempts: [], counts: {} });
    const query = new URLSearchParams(Object.entries(options).filter(([, value]) => value));
    this.#id = (await post(`/live?${query}`)).id;
  }

  /** Send a piece of the film after those before it; what waits meanwhile goes together. */
  send(blob) {
    if (!blob.size || this.#problem) return;
    this.#waiting.push(blob);
    this.#sent = this.#sent.then(() => this.#sendWaiting());
  }

  async #sendWaiting() {
    if (!this.#waiting.length || this.#problem) return;
    const film = new Blob(this.#waiting.splice(0, TOGETHER));
    try {
      show(await sendPiece(`/live/${this.#id}/pieces`, film), this.#behind);
    } catch (error) {
      this.#problem = error.message;
      say(error.message);
    }
  }

  get #behind() {
    if (this.#waiting.length < BEHIND_PIECES) return "";
    return `${Math.round(this.#waiting.length / 4)} s of film wait to be sent: the server does not take them as fast as they come.`;
  }

  /** End the film, and wait until all of it is judged and in the library; gives what is known then. */
  async end() {
    await this.#sent;
    let known = await sendPiece(`/live/${this.#id}/pieces`, new Blob([]));
    while (known.state !== "ended") {
      show(known);
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      known = await get(`/live/${this.#id}`);
    }
    show(known);
    return known;
  }
}

function say(words) {
  byId("live-said").textContent = words;
}

/** Lights and words of every attempt so far, the latest first, and what could not be looked at. */
function show({ attempts, counts, state, error, added = [] }, behind = "") {
  byId("live").hidden = false;
  byId("live-attempts").replaceChildren(...[...attempts].reverse().map(row));
  const parts = [error, behind, falling(counts), state === "ending" ? "Judging what waits." : ""];
  if (state === "ended") parts.push(counts.said, `Added to the library: ${added.length}.`);
  else if (!attempts.length && counts.frames) parts.push(`Watching: ${counts.frames} pictures, no squat is over yet.`);
  say(parts.filter(Boolean).join(" ") || "Waiting for the first pictures.");
}

/** What a server says that does not keep up. */
function falling({ missed = 0, waiting = 0, without_bar: left = 0, not_judged: lost = 0 }) {
  const said = [
    missed ? `${missed} pictures that were due could not be looked at.` : "",
    waiting > 2 ? `${waiting} squats wait to be judged.` : "",
    left ? `${left} judged without the bar, to catch up.` : "",
    lost ? `${lost} squats had to be given up.` : "",
  ].filter(Boolean);
  return said.length ? `This machine does not keep up: ${said.join(" ")}` : "";
}

function row(one) {
  const verdict = [depthWords(one.cm), one.cards.join(" ") || one.reason].filter(Boolean).join(". ");
  const bar = one.bar_left_out ? "its bar was left out" : "its bar is still measured";
  const when = `${one.delay_s.toFixed(1)} s after its end${one.whole && !one.bar_left_out ? "" : `; ${bar}`}`;
  return element(
    "li",
    { class: "app-live-attempt" },
    element("span", { class: "app-live-lights" }, ...one.lights.map((light) => lamp(AS_VERDICTS[light]))),
    element("span", {}, element("b", {}, `${one.number}. ${one.words}`), ` ${verdict}`),
    element("span", { class: "app-muted" }, when),
  );
}

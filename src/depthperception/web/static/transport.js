// Play, step, scrub: the controls under a stage, and their keys: those of Kinovea, Dartfish and film editors. Arrows,
// comma and full stop step, Home and End jump; L plays, K stands, J goes back, Space plays and stands.

import { byId, setIcon } from "./dom.js";

const FAR = 10;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ",": -1, ".": 1, "<": -FAR, ">": FAR, Home: -Infinity, End: Infinity };
const BACK_EVERY_MS = 80; // as fast as frames come from the server

/**
 * @param {{
 *   last: number, index: () => number, goto: (index: number) => void, describe: (index: number) => string,
 *   play: (speed: number) => void, pause: () => void, moving: () => boolean,
 * }} film
 * @returns {{show: () => void}}  call it whenever the frame or the motion changed
 */
export function transport(film) {
  const scrub = byId("scrub");
  const speed = byId("speed");
  scrub.max = film.last;

  let backwards;
  const stand = () => {
    clearInterval(backwards);
    film.pause();
  };
  const goBack = () => {
    stand();
    backwards = setInterval(() => (film.index() > 0 ? step(-1) : stand()), BACK_EVERY_MS);
  };
  const toggle = () => (film.moving() ? stand() : play());
  const play = () => {
    stand();
    film.play(Number(speed.value));
  };
  const step = (frames) => film.goto(Math.max(0, Math.min(film.last, film.index() + frames)));

  scrub.addEventListener("input", () => film.goto(Number(scrub.value)));
  byId("play").addEventListener("click", toggle);
  byId("back").addEventListener("click", () => step(-1));
  byId("forward").addEventListener("click", () => step(1));
  speed.addEventListener("change", () => {
    if (film.moving()) film.play(Number(speed.value));
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest(
      "input:not([type=range]), textarea, select, dialog, summary, .report, [contenteditable]",
    );
    if (field || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const letters = { j: goBack, k: stand, l: play };
    if (event.key in STEPS) {
      event.preventDefault(); // a focused slider would step, too
      stand();
      step(STEPS[event.key] * (event.shiftKey && event.key.startsWith("Arrow") ? FAR : 1));
    } else if (event.key in letters) {
      letters[event.key]();
    } else if (event.key === " " && !event.target.closest("button, a")) {
      event.preventDefault();
      toggle();
    }
  });

  const show = () => {
    const words = film.describe(film.index());
    scrub.value = film.index();
    scrub.setAttribute("aria-valuetext", words);
    byId("time").textContent = words;
    const moving = film.moving();
    setIcon(byId("play"), moving ? "pause" : "play", moving ? "Pause" : "Play");
  };
  show();
  return { show };
}

// The proof of a judged video: the stage with its controls, the attempts, and what people say of them.

import { get, withdraw } from "./api.js";
import { bodyBox, curvePath, grown, hipHeight, rangeOf } from "./clip.js";
import { saveOnLeaving, setField } from "./details.js";
import { LIFTS, NOT_LIFTER, VERDICTS, attempt, byId, depthWords, element, intervalWords, lamp, leaningWords, say, seconds, svg, when } from "./dom.js";
import { nearest } from "./geometry.js";
import { HandReading, legWords, wordOf } from "./hand.js";
import { Jury } from "./jury.js";
import { Overlay } from "./overlay.js";
import { People } from "./people.js";
import { Player } from "./player.js";
import { showSaid } from "./said.js";
import { transport } from "./transport.js";

const CURVE = [1000, 48];
const LEGS = [23, 24, 25, 26]; // BlazePose hips and knees
const ZOOM_STEP = 1.5;
const AT_BOTTOM_S = 0.1;
const ROOM = 1.5; // landmarks end at the nose and the wrists: head, bar and floor lie around them

export class Proof {
  #selected = null;

  /**
   * @param {Awaited<ReturnType<import("./clip.js").loadClip>>} known
   * @param {object[]} people
   * @param {(pick: object) => void} onPick
   */
  constructor(known, people, onPick) {
    this.known = known;
    this.attempts = known.judging.attempts;
    const player = new Player(byId("stage"), known.clip);
    this.player = player;
    this.overlay = new Overlay(byId("overlay"), player, known.track, this.attempts);
    this.people = new People(byId("people"), player, people, onPick);
    this.hand = new HandReading(player, this.overlay, known, {
      onBegin: () => this.#working(true),
      onEnd: (reading) => this.#read(reading),
    });
    this.jury = new Jury(player, known.judging.id, {
      onRead: (jury) => this.hand.begin(this.#selected, jury),
      onChange: (row) => this.#changed(row),
    });
    this.#wireTransport();
    this.#wireStage(people);
    this.#drawCurve();
    this.#wireDetails();
    this.#wireReport();
    this.#showAttempts();
    const asked = Number(new URLSearchParams(location.search).get("attempt"));
    const first = this.attempts.find((one) => one.number === asked) ?? this.attempts[0];
    if (first) this.#select(first);
    else player.goto(0);
  }

  #wireTransport() {
    const { player } = this;
    const { show } = transport({
      last: player.last,
      index: () => player.index,
      goto: (index) => player.goto(index),
      describe: (index) => {
        const nearest = index === this.#selected?.bottom_frame ? ", nearest to the bottom" : "";
        return `${seconds(player.clip.times_s[index], 3)} · frame ${index}${nearest}`;
      },
      play: (speed) => player.play(speed),
      pause: () => player.pause(),
      moving: () => player.moving,
    });
    for (const kind of ["frame", "playing", "paused"]) player.addEventListener(kind, show);
    player.addEventListener("playing", () => {
      const { start_s, end_s } = this.#selected ?? { start_s: 0, end_s: Infinity };
      this.#frameLifter(start_s, end_s);
    });
    byId("play").disabled = !player.clip.playable;
  }

  #wireStage(people) {
    const { player } = this;
    byId("zoom-in").addEventListener("click", () => player.zoom(ZOOM_STEP));
    byId("zoom-out").addEventListener("click", () => player.zoom(1 / ZOOM_STEP));
    byId("zoom-legs").addEventListener("click", () => this.#zoomToLegs());
    const toggles = {
      "show-skeleton": (on) => (this.overlay.skeleton = on),
      "show-lines": (on) => (this.overlay.lines = on),
      "show-people": (on) => {
        if (on) player.unzoom(); // the others stand beside the lifter
        this.people.show(on);
      },
    };
    for (const [name, set] of Object.entries(toggles)) {
      byId(name).addEventListener("click", (event) => {
        const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
        event.currentTarget.setAttribute("aria-pressed", String(on));
        set(on);
        player.redraw();
      });
    }
    byId("show-people").hidden = people.length === 0;
    byId("show-people").textContent = people.length > 1 ? `People (${people.length})` : "People";
  }

  /** Show the lifter of some seconds large, as long as the reader has not zoomed. */
  #frameLifter(from_s, to_s) {
    const box = bodyBox(this.known.track, from_s, to_s);
    if (box) this.player.frameOn(grown(box, ROOM));
  }

  #zoomToLegs() {
    const { player } = this;
    const at = this.#selected?.bottom_s ?? player.time_s;
    const index = this.known.track.times_s.findIndex((time_s) => time_s >= at - 1e-3);
    const legs = LEGS.map((joint) => this.known.track.image_px[index]?.[joint]).filter(Boolean);
    if (!legs.length) return;
    const [xs, ys] = [0, 1].map((axis) => legs.map((point) => point[axis]));
    const margin = 0.5 * Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
    player.zoomTo([
      Math.min(...xs) - margin,
      Math.min(...ys) - margin,
      Math.max(...xs) + margin,
      Math.max(...ys) + margin,
    ]);
  }

  #drawCurve() {
    const { clip } = this.known;
    const values = clip.times_s.map((time_s) => hipHeight(this.known, time_s));
    const x = (time_s) => (CURVE[0] * nearest(clip.times_s, time_s)) / Math.max(1, this.player.last);
    const marks = this.attempts.flatMap((one) => [
      svg("rect", {
        class: "app-curve-attempt",
        x: x(one.start_s),
        width: Math.max(1, x(one.end_s) - x(one.start_s)),
        y: 0,
        height: CURVE[1],
      }),
      svg("line", {
        class: "app-curve-bottom",
        x1: x(one.bottom_s),
        x2: x(one.bottom_s),
        y1: 0,
        y2: CURVE[1],
        "vector-effect": "non-scaling-stroke",
      }),
    ]);
    byId("curve").replaceChildren(...marks, curvePath(values, rangeOf(values), ...CURVE, "app-curve-hip"));
  }

  #showAttempts() {
    if (!this.attempts.length) {
      const { judgement } = this.known;
      byId("attempts").replaceChildren(
        element(
          "div",
          { class: "app-card" },
          element("h2", {}, "No attempt to rule on"),
          element("p", {}, judgement.reason ?? "Nobody is seen to squat in the video."),
        ),
      );
      return;
    }
    byId("attempts").replaceChildren(...this.attempts.map((one) => this.#attemptButton(one)));
  }

  #attemptButton(one) {
    const number = this.attempts.length > 1 ? `Attempt ${one.number}` : "Ruling";
    return element(
      "button",
      {
        class: "app-attempt",
        type: "button",
        "aria-pressed": String(one === this.#selected),
        onclick: () => this.#select(one),
      },
      lamp(one.verdict),
      element(
        "span",
        { class: "app-attempt-words" },
        element("span", { class: "app-under" }, `${number} · bottom at ${seconds(one.bottom_s)}`),
        one.not_lifter ? element("span", { class: "app-not-lifter" }, NOT_LIFTER) : null,
        element("b", {}, VERDICTS[one.verdict]),
        element("span", { class: "app-attempt-cm" }, [depthWords(one.cm), LIFTS[one.lift]].filter(Boolean).join(" · ")),
        element(
          "span",
          { class: "app-under" },
          [leaningWords(one), intervalWords(one.low_cm, one.high_cm)].filter(Boolean).join(" · "),
        ),
        one === this.#selected ? element("span", { class: "app-under" }, one.reason) : null,
      ),
    );
  }

  #select(one) {
    this.#selected = one;
    this.overlay.reading = null;
    this.#showAttempts();
    byId("side-attempt").hidden = false;
    byId("compare-with").href = `/?compare=${this.known.judging.id}.${one.number}`;
    const own = `/judgings/${this.known.judging.id}/attempts/${one.number}`;
    byId("packet").href = `${own}/packet.zip`;
    byId("case").href = `${own}/case.html`;
    for (const field of byId("details").elements) setField(field, one[field.name]);
    this.#showReadings();
    this.#showReportOf(one);
    if (this.hand.active) byId("hand-cancel").click();
    this.player.goto(one.bottom_frame);
    this.#frameLifter(one.bottom_s - AT_BOTTOM_S, one.bottom_s + AT_BOTTOM_S);
  }

  #wireDetails() {
    byId("details").addEventListener("submit", (event) => event.preventDefault());
    const which = () => ({ judging: this.known.judging.id, number: this.#selected.number });
    for (const field of byId("details").elements) {
      saveOnLeaving(field, which, (row) => {
        Object.assign(
          this.attempts.find((one) => one.number === row.number),
          { [field.name]: row[field.name] },
        );
        this.#showAttempts();
        showSaid(this.known.judging);
      });
    }
    byId("correct").addEventListener("click", () => this.hand.begin(this.#selected));
    byId("correct").disabled = this.known.cmPerPx === null || this.attempts.every((one) => !one.sighted);
  }

  #showReadings() {
    const { readings = [], cm } = this.#selected;
    const rows = [...readings].reverse().map((reading) => this.#readingRow(reading));
    if (rows.length && cm !== null) {
      rows.unshift(
        element(
          "li",
          { class: "app-reading-measured" },
          element("b", {}, depthWords(cm)),
          element("span", { class: "app-under" }, "measured"),
        ),
      );
    }
    byId("readings").replaceChildren(...rows);
    byId("hand-words").hidden = rows.length > 0;
    this.jury.show(this.#selected);
    showSaid(this.known.judging);
  }

  #readingRow(reading) {
    const legs = Object.entries(reading.legs ?? {}).filter(([, leg]) => leg);
    const under = [
      intervalWords(reading.low_cm, reading.high_cm),
      legs.map(([side, leg]) => `${side} ${legWords(leg)}`).join(", "),
      [
        `frame ${reading.frame} at ${seconds(reading.time_s, 3)}`,
        reading.author && `${reading.author}${reading.of_jury ? " (jury)" : ""}`,
        when(reading.created),
      ]
        .filter(Boolean)
        .join(" · "),
    ];
    return element(
      "li",
      { class: "app-reading-row" },
      element(
        "button",
        { class: "app-reading", type: "button", onclick: () => this.#showReading(reading) },
        element("b", {}, depthWords(reading.cm)),
        ...under.filter(Boolean).map((words) => element("span", { class: "app-under" }, words)),
      ),
      reading.of_jury ? null : this.#withdrawButton(reading),
    );
  }

  /** The first press asks, the second takes the reading back for good. */
  #withdrawButton(reading) {
    const button = element("button", { class: "app-button app-small", type: "button" }, "Withdraw");
    const { id } = this.known.judging;
    const { number } = this.#selected;
    button.addEventListener("click", () => {
      if (button.dataset.sure === undefined) {
        button.dataset.sure = "";
        button.textContent = "Delete it?";
        return;
      }
      attempt(async () => {
        await withdraw(`/judgings/${id}/attempts/${number}/readings/${reading.id}`, wordOf(reading.id));
        this.#withdrawn(number, reading);
      });
    });
    button.addEventListener("blur", () => {
      delete button.dataset.sure;
      button.textContent = "Withdraw";
    });
    return button;
  }

  #withdrawn(number, reading) {
    const judged = this.attempts.find((one) => one.number === number);
    judged.readings = judged.readings.filter((one) => one.id !== reading.id);
    this.overlay.reading = null;
    this.#showReadings();
    this.player.redraw();
    say(`Withdrawn and deleted: ${depthWords(reading.cm)}`);
    byId("correct").focus();
  }

  /** The server has other readings, or another jury, of the attempt that is shown: here they are, or are fetched. */
  async #changed(row) {
    const judged = this.#selected;
    const fetched = async () => (await get(`/api/judgings/${this.known.judging.id}`)).attempts[judged.number - 1];
    await attempt(async () => {
      const { readings, jury } = row ?? (await fetched());
      Object.assign(judged, { readings, jury });
      this.#showReadings();
    });
  }

  #showReading(reading) {
    this.overlay.reading = this.hand.shown(reading);
    this.player.goto(reading.frame);
  }

  #working(on) {
    byId("stage").classList.toggle("app-stage-hand", on);
    for (const name of ["show-skeleton", "show-lines", "show-people"]) byId(name).disabled = on;
    if (on) {
      this.people.show(false);
      byId("stage").scrollIntoView({ block: "start" });
    }
  }

  #read(reading) {
    this.#working(false);
    this.people.show(byId("show-people").getAttribute("aria-pressed") === "true");
    if (reading?.jury) {
      this.#changed(reading);
      say(reading.jury.shown ? "All have read: these are the readings." : "Handed in. It is shown when all have read.");
    } else if (reading) {
      this.#selected.readings = [...(this.#selected.readings ?? []), reading];
      this.#showReadings();
      this.#showReading(reading);
      say(`Saved by hand: ${depthWords(reading.cm)}`);
    }
    byId("correct").focus();
  }

  /** On the screen the report is of the attempt that is looked at; on paper it is of all. */
  #showReportOf(one) {
    for (const article of byId("report").querySelectorAll("article.attempt")) {
      article.classList.toggle("app-other-attempt", article.id !== `attempt-${one.number}`);
    }
  }

  /** The report's curve and the stage show the same moment, its list of attempts and the stage the same one. */
  #wireReport() {
    for (const link of byId("report").querySelectorAll(".attempts a")) {
      const one = this.attempts.find(({ number }) => link.hash === `#attempt-${number}`);
      link.addEventListener("click", () => this.#select(one));
    }
    byId("report").addEventListener("depthperception:time", ({ detail }) => {
      this.player.gotoTime(detail.time_s);
      byId("stage").scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
    this.player.addEventListener("frame", () =>
      document.dispatchEvent(new CustomEvent("depthperception:now", { detail: { time_s: this.player.time_s } })),
    );
  }
}

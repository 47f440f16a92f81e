// What is at work: files on their way here, then judgings until they are done.

import { get, isUnfinished, post, upload } from "./api.js";
import { STATES, attempt, byId, depthWords, element, icon, lamp, leaningWords, say, VERDICTS, when } from "./dom.js";

const UPLOADS_AT_ONCE = 2;
const SHOWN_AT_MOST = 12;

/** One file, lift by several cameras, or judging in the queue, from the choice of the files on. */
class Job {
  constructor(name) {
    this.name = name;
    this.state = "waiting";
    this.words = "Waiting to be sent";
    this.done = null;
    this.judging = null;
    this.stop = new AbortController();
  }
}

export class Jobs {
  #jobs = [];
  #sending = 0;
  #early = new Map(); // what was told of judgings, by id, that may be files whose sending is not answered yet
  #onFinished;
  #drawing = false;

  /** @param {{onFinished: (judging: object) => void}} callbacks */
  constructor({ onFinished }) {
    this.#onFinished = onFinished;
  }

  get isEmpty() {
    return this.#jobs.length === 0;
  }

  /** Whether leaving the page would lose an upload. */
  get isSending() {
    return this.#jobs.some((job) => job.state === "waiting" || job.state === "sending");
  }

  /** List something that cannot be taken, and why. */
  refuse(name, words) {
    this.#jobs.push(Object.assign(new Job(name), { state: "refused", words }));
    this.#draw();
  }

  /** Queue a file, or those of several cameras as one lift. */
  add(files, options) {
    const job = Object.assign(new Job(files.map(({ name }) => name).join(" + ")), { files, options });
    this.#jobs.push(job);
    this.#send();
    this.#draw();
  }

  /** Ask after every judging that we know, for `take`: what ended while nobody listened was not told. */
  async recheck(take) {
    for (const job of this.#jobs.filter((one) => one.judging)) {
      await get(`/api/judgings/${job.judging.id}`).then(take, () => this.#drop(job));
    }
    this.#draw();
  }

  /** Take in what the server says of a judging, one of ours or of another window's. */
  change(judging) {
    let job = this.#jobs.find((one) => one.judging?.id === judging.id);
    if (!job && this.#isBeingSent(judging.name)) {
      this.#early.set(judging.id, judging);
      return;
    }
    if (!job && !isUnfinished(judging)) {
      this.#onFinished(judging);
      return;
    }
    if (!job) {
      job = new Job(judging.name);
      this.#jobs.push(job);
    }
    this.#become(job, judging);
    this.#draw();
  }

  #isBeingSent(name) {
    return this.#jobs.some((one) => one.state === "sending" && one.name === name);
  }

  #become(job, judging) {
    job.judging = judging;
    job.state = judging.state;
    job.done = judging.state === "running" ? judging.done : null;
    job.words = judging.state === "running" ? sentenceCase(judging.step || "starting") : STATES[judging.state];
    if (isUnfinished(judging)) return;
    say(`${judging.name}: ${outcome(judging)}`, { problem: judging.state === "failed" });
    this.#drop(job);
    this.#onFinished(judging);
  }

  #send() {
    while (this.#sending < UPLOADS_AT_ONCE) {
      const job = this.#jobs.find((one) => one.state === "waiting");
      if (!job) return;
      this.#sending += 1;
      this.#sendOne(job).finally(() => {
        this.#sending -= 1;
        this.#send();
        this.#draw();
      });
    }
  }

  async #sendOne(job) {
    job.state = "sending";
    job.words = "Sending";
    job.done = 0;
    const onProgress = (done) => {
      job.done = done;
      job.words = done < 1 ? "Sending" : job.files.length > 1 ? "Looking at the files" : "Looking at the file";
      this.#draw();
    };
    try {
      const judging = await upload(job.files, job.options, onProgress, job.stop.signal);
      this.#become(job, this.#early.get(judging.id) ?? judging);
      this.#early.delete(judging.id);
    } catch (error) {
      if (error.name === "AbortError") this.#drop(job);
      else Object.assign(job, { state: "refused", words: error.message, done: null });
    } finally {
      job.files = null;
      for (const judging of this.#early.values()) {
        if (this.#isBeingSent(judging.name)) continue;
        this.#early.delete(judging.id);
        this.change(judging);
      }
    }
  }

  async #cancel(job) {
    if (job.judging) await attempt(() => post(`/judgings/${job.judging.id}/cancel`));
    else if (job.state === "sending") job.stop.abort();
    else this.#drop(job);
    this.#draw();
  }

  #drop(job) {
    this.#jobs = this.#jobs.filter((one) => one !== job);
  }

  #draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#show();
    });
  }

  #show() {
    const order = ["refused", "running", "sending", "queued", "waiting"];
    const sorted = [...this.#jobs].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
    const rows = sorted.slice(0, SHOWN_AT_MOST).map((job) => this.#row(job));
    byId("queue").hidden = rows.length === 0;
    byId("jobs").replaceChildren(...rows);
    const hidden = sorted.length - rows.length;
    byId("jobs-more").hidden = hidden === 0;
    byId("jobs-more").textContent = `and ${hidden} more`;
  }

  #row(job) {
    job.row ??= jobRow(() => this.#cancel(job));
    const { row, name, words, bar, button } = job.row;
    const link = job.judging ? element("a", { href: `/judgings/${job.judging.id}` }, job.name) : job.name;
    if (name.textContent !== job.name || (job.judging && !name.firstElementChild)) name.replaceChildren(link);
    words.textContent = job.words;
    row.dataset.state = job.state;
    bar.hidden = job.done === null;
    bar.value = job.done ?? 0;
    const label = job.state === "refused" ? "Dismiss" : "Cancel";
    button.textContent = label;
    button.setAttribute("aria-label", `${label} ${job.name}`);
    return row;
  }
}

function jobRow(onButton) {
  const name = element("span", { class: "app-job-name" });
  const words = element("span", { class: "app-job-words" });
  const bar = element("progress", { max: 1, value: 0, "aria-label": "Progress" });
  const button = element("button", { class: "app-button app-small", type: "button", onclick: onButton });
  return { row: element("li", { class: "app-job" }, name, words, bar, button), name, words, bar, button };
}

const sentenceCase = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** In a few words, what became of a judging. */
export function outcome(judging) {
  if (judging.state === "failed") return judging.error;
  if (judging.state === "cancelled") return "cancelled";
  const said = judging.verdicts.map((one) =>
    [VERDICTS[one.verdict], leaningWords(one), depthWords(one.cm)].filter(Boolean).join(" "),
  );
  return said.join(", ") || judging.error || "no squat was found";
}

/** A finished video without an attempt: why, and what can be done. */
export function bareRow(judging, onDelete) {
  return element(
    "li",
    { class: "app-job", "data-state": judging.state },
    lamp("none"),
    element("a", { class: "app-job-name", href: `/judgings/${judging.id}` }, judging.name),
    element("span", { class: "app-job-words" }, `${outcome(judging)} · ${when(judging.created)}`),
    element(
      "button",
      { class: "app-icon-button", type: "button", "aria-label": `Delete ${judging.name}`, onclick: onDelete },
      icon("trash"),
    ),
  );
}

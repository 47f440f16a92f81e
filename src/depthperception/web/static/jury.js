// A jury: two or three people read one frame, by name; the server sends what they read when the last has read.

import { post, withdraw } from "./api.js";
import { VERDICTS, attempt, byId, depthWords, element, say, seconds, signed } from "./dom.js";

export class Jury {
  /**
   * @param {import("./player.js").Player} player
   * @param {string} judging
   * @param {{onRead: (jury: object) => void, onChange: (attempt: object) => void}} callbacks
   */
  constructor(player, judging, { onRead, onChange }) {
    Object.assign(this, { player, judging, onRead, onChange });
    byId("jury-seat").addEventListener("click", () => this.#seat());
    byId("jury-read").addEventListener("click", () => onRead(this.judged.jury));
  }

  show(judged) {
    this.judged = judged;
    const { jury } = judged;
    const done = jury?.shown ?? false;
    const over = !jury || (jury.shown && jury.readers.length === 0);
    byId("jury-new").hidden = !over;
    byId("ways").open ||= !over;
    byId("jury-read").hidden = over || done;
    byId("jury-words").textContent = over ? "" : done ? shownWords(judged) : waitingWords(jury);
    byId("jury-readers").replaceChildren(...(over ? [] : jury.readers.map((one) => this.#reader(one))));
  }

  get #path() {
    return `/judgings/${this.judging}/attempts/${this.judged.number}`;
  }

  async #seat() {
    const seats = Number(byId("jury-seats").value);
    await attempt(async () => this.onChange(await post(`${this.#path}/jury`, { seats, frame: this.player.index })));
  }

  /** A member who has read, with a field for the word that takes his reading back. */
  #reader({ reading, author }) {
    const word = element("input", { type: "password", "aria-label": `Word of ${author}`, placeholder: "your word" });
    const take = async (event) => {
      event.preventDefault();
      await attempt(async () => {
        await withdraw(`${this.#path}/readings/${reading}`, word.value);
        this.judged.readings = this.judged.readings.filter((one) => one.id !== reading);
        say(`Withdrawn and deleted: the reading of ${author}`);
        this.onChange(null);
      });
    };
    return element(
      "li",
      {},
      element(
        "details",
        {},
        element("summary", {}, `${author} has read`),
        element(
          "form",
          { class: "app-row", onsubmit: take },
          word,
          element("button", { class: "app-button app-small", type: "submit" }, "Withdraw"),
        ),
      ),
    );
  }
}

function waitingWords({ seats, frame, time_s, readers }) {
  const frameWords = `frame ${frame} (${seconds(time_s, 3)})`;
  return `A jury of ${seats} reads ${frameWords}: ${readers.length} of ${seats} have read. Nobody’s reading is shown
    before the last is in.`;
}

function shownWords({ jury, cm }) {
  const measured = cm === null ? "" : ` Measured: ${depthWords(cm)}.`;
  if (jury.mean_cm === null) return `One reading is left of a jury of ${jury.seats}.${measured}`;
  const majority = jury.majority ? `majority ${VERDICTS[jury.majority].toLowerCase()}` : "no majority";
  const spread = `${jury.spread_cm.toFixed(1)} cm from the shallowest to the deepest`;
  return `${jury.readers.length} readings of a jury: mean ${signed(jury.mean_cm)} cm, ${spread}, ${majority}.${measured}`;
}

// Which attempts the library shows, beside search and verdict: lifter, exercise, session, first and last day.

import { byId, element } from "./dom.js";

const CHOICES = { lifter: "All lifters", exercise: "All exercises", session: "All sessions" };
const NAMES = [...Object.keys(CHOICES), "since", "until"];

const NARROW_PX = 820; // as in app.css: there the attempts would begin a screen further down

export class Filters {
  #form = byId("filters");
  #wanted;

  /**
   * @param {() => object} wanted  what the table looks for
   * @param {(changes: object) => void} onChange
   */
  constructor(wanted, onChange) {
    this.#wanted = wanted;
    for (const name of NAMES) {
      this.#form.elements[name].value = wanted()[name];
      this.#form.elements[name].addEventListener("change", (event) => {
        onChange({ [name]: event.target.value });
        this.show();
      });
    }
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    byId("no-filters").addEventListener("click", () => {
      onChange(Object.fromEntries(NAMES.map((name) => [name, ""])));
      this.show();
    });
    byId("filters-fold").open = this.#active > 0 && innerWidth > NARROW_PX;
    this.show();
  }

  get #active() {
    return NAMES.filter((name) => this.#wanted()[name]).length;
  }

  /** Offer what the library has; what is looked for stays offered, though nothing has it any more. */
  offer({ lifter, exercise, session }) {
    for (const [name, found] of Object.entries({ lifter, exercise, session })) {
      const now = this.#wanted()[name];
      const values = !now || found.includes(now) ? found : [...found, now];
      this.#form.elements[name].replaceChildren(
        element("option", { value: "" }, CHOICES[name]),
        ...values.map((value) => element("option", { value }, value)),
      );
      this.#form.elements[name].closest("label").hidden = values.length === 0;
    }
    this.show();
  }

  show() {
    for (const name of NAMES) this.#form.elements[name].value = this.#wanted()[name];
    byId("filters-count").textContent = this.#active || "";
    byId("no-filters").hidden = this.#active === 0;
  }
}

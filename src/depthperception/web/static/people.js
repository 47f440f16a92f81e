// Everyone in the frame as boxes to press: another one can be judged instead.

import { boxAt } from "./geometry.js";
import { element } from "./dom.js";

const SEEN_EVERY_S = 0.25; // people are looked for this often; between two looks a box is held

export class People {
  /**
   * @param {HTMLElement} layer
   * @param {import("./player.js").Player} player
   * @param {{number: number, chosen: boolean, times_s: number[], boxes_px: number[][]}[]} people
   * @param {(pick: {x_px: number, y_px: number, time_s: number}) => void} onPick
   */
  constructor(layer, player, people, onPick) {
    Object.assign(this, { layer, player, people, shown: false });
    this.buttons = people.map((person) => {
      const words = person.chosen ? "Judged" : `Person ${person.number}`;
      const button = element(
        "button",
        {
          class: `app-person${person.chosen ? " app-person-chosen" : ""}`,
          type: "button",
          disabled: person.chosen,
          "aria-label": person.chosen ? "The person who was judged" : `Judge person ${person.number} instead`,
          title: person.chosen ? null : "Judge this person instead",
          onclick: () => onPick(this.#pick(person)),
        },
        element("span", {}, words),
      );
      layer.append(button);
      return button;
    });
    player.addEventListener("drawn", () => this.draw());
    this.draw();
  }

  show(shown) {
    this.shown = shown;
    this.draw();
  }

  #pick(person) {
    const { time_s } = this.player;
    const [x0, y0, x1, y1] = boxAt(person, time_s, SEEN_EVERY_S);
    return { x_px: (x0 + x1) / 2, y_px: (y0 + y1) / 2, time_s };
  }

  draw() {
    this.layer.hidden = !this.shown;
    if (!this.shown) return;
    this.people.forEach((person, index) => {
      const box = boxAt(person, this.player.time_s, SEEN_EVERY_S);
      const button = this.buttons[index];
      button.hidden = !box;
      if (!box) return;
      const [left, top] = this.player.view.toStage(box.slice(0, 2));
      const [right, bottom] = this.player.view.toStage(box.slice(2));
      Object.assign(button.style, {
        left: `${left}px`,
        top: `${top}px`,
        width: `${right - left}px`,
        height: `${bottom - top}px`,
        // A smaller box inside a larger one must stay within reach.
        zIndex: String(Math.round(1e6 / Math.max(1, (right - left) * (bottom - top)))),
      });
    });
  }
}

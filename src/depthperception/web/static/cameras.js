// The page of one lift by several cameras: what people write about its attempts; views.js steps the views.

import { saveOnLeaving } from "./details.js";
import { byId } from "./dom.js";

const { id } = byId("judging").dataset;

for (const form of byId("cameras").querySelectorAll("form")) {
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const field of form.elements) {
    saveOnLeaving(field, () => ({ judging: id, number: form.dataset.number }));
  }
}

// What people write about an attempt: lifter, weight, date, notes. Saved when the field is left.

import { patch } from "./api.js";
import { attempt } from "./dom.js";

/**
 * Save a field whenever its value has changed and it is left; Escape takes the change back.
 * @param {HTMLInputElement|HTMLTextAreaElement} field  named lifter, weight_kg, date or notes
 * @param {() => {judging: string, number: number}} which
 * @param {(row: object) => void} [onSaved]
 */
export function saveOnLeaving(field, which, onSaved = () => {}) {
  let saved = field.value;
  field.addEventListener("focus", () => (saved = field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") field.value = saved;
    if (event.key === "Escape" || (event.key === "Enter" && field.tagName === "INPUT")) field.blur();
  });
  field.addEventListener("change", () => save(field, which(), saved, onSaved));
}

async function save(field, { judging, number }, before, onSaved) {
  if (!field.reportValidity()) return;
  field.classList.remove("app-saved");
  const went = await attempt(async () => {
    onSaved(await patch(`/judgings/${judging}/attempts/${number}`, { [field.name]: valueOf(field) }));
  });
  if (went) field.classList.add("app-saved");
  else field.value = before;
}

function valueOf(field) {
  const words = field.value.trim();
  if (field.type === "number") return words === "" ? null : Number(words);
  return words === "" ? null : words;
}

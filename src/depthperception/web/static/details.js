// What people say of an attempt: lifter, exercise, session, weight, date, notes. Saved when the field is left.

import { patch } from "./api.js";
import { attempt } from "./dom.js";

/**
 * Save a field whenever its value has changed and it is left; Escape takes the change back.
 * @param {HTMLInputElement|HTMLTextAreaElement} field  named as the attempt's own field
 * @param {() => {judging: string, number: number}} which
 * @param {(row: object) => void} [onSaved]
 */
export function saveOnLeaving(field, which, onSaved = () => {}) {
  let saved = valueOf(field);
  field.addEventListener("focus", () => (saved = valueOf(field)));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") setField(field, saved);
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
  else setField(field, before);
}

/** Show what is known: text, a number, yes or no. */
export function setField(field, value) {
  if (field.type === "checkbox") field.checked = Boolean(value);
  else field.value = value ?? "";
}

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  const words = field.value.trim();
  if (field.type === "number") return words === "" ? null : Number(words);
  return words === "" ? null : words;
}

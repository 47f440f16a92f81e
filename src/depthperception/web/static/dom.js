// Building and finding elements, and the words that all pages share.

export const byId = (id) => document.getElementById(id);

/** Build an element: properties are attributes, but for on... (listeners) and booleans; children may be text. */
export function element(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

export function svg(name, properties = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), properties, children);
}

function filled(node, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (typeof value === "boolean") node.toggleAttribute(key, value);
    else if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  return svg("svg", { class: "app-icon", "aria-hidden": "true" }, svg("use", { href: `/static/icons.svg#${name}` }));
}

export function setIcon(button, name, label) {
  const use = button.querySelector("use");
  const address = `/static/icons.svg#${name}`;
  if (use.getAttribute("href") !== address) use.setAttribute("href", address);
  button.setAttribute("aria-label", label);
}

const SAID_MS = 3500;
const MS_PER_LETTER = 60; // read in no hurry
let silence;

/** Tell the reader something in passing: seen at the foot of the window, and read out. */
export function say(words, { problem = false } = {}) {
  const place = byId("said");
  place.classList.toggle("app-said-problem", problem);
  place.textContent = words;
  clearTimeout(silence);
  silence = setTimeout(() => (place.textContent = ""), SAID_MS + MS_PER_LETTER * words.length);
}

const LEFT = "depthperception-said";

/** Leave words for the page that comes next. */
export function leaveWords(words) {
  sessionStorage.setItem(LEFT, words);
}

export function sayWhatWasLeft() {
  const words = sessionStorage.getItem(LEFT);
  sessionStorage.removeItem(LEFT);
  if (words) say(words);
}

/** What a deletion took away and what it left, a line each. */
export function accountWords({ deleted, kept }) {
  return ["Deleted:", ...deleted, ...(kept.length ? ["Kept:", ...kept] : [])].join("\n");
}

/** Run something that may fail, and show its sentence when it does; gives whether it went well. */
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    say(error.message, { problem: true });
    return false;
  }
}

export function later(delay_ms, action) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), delay_ms);
  };
}

export const VERDICTS = {
  depth: "Depth",
  no_depth: "No depth",
  too_close: "Too close",
  not_judgeable: "Not judgeable",
};

/** What the three lights say together. */
export const LIFTS = { good_lift: "Good lift", no_lift: "No lift", too_close: "Lights too close", not_judgeable: "Lights open" };

export const NOT_LIFTER = "Not the lifter";

/** "leans to depth", of an attempt that is too close to call; else nothing. */
export function leaningWords({ verdict, probability }) {
  return verdict === "too_close" ? `leans to ${probability > 0.5 ? "depth" : "no depth"}` : "";
}

export function lamp(verdict) {
  return element("span", { class: `app-lamp app-lamp-${verdict}`, "aria-hidden": "true" });
}

/** "2.3 cm below"; positive is the crease below the top of the knee. */
export function depthWords(cm) {
  if (cm === null || cm === undefined) return "";
  return `${Math.abs(cm).toFixed(1)} cm ${cm > 0 ? "below" : "above"}`;
}

/** "90 %: 0.4 cm above to 1.1 cm below", or with one side when it does not reach across the line. */
export function intervalWords(low, high) {
  if (low === null || high === null) return "";
  if (low > 0 === high > 0) {
    const [near, far] = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b);
    return `90 %: ${near.toFixed(1)} to ${depthWords(Math.sign(high) * far)}`;
  }
  return `90 %: ${depthWords(low)} to ${depthWords(high)}`;
}

export function signed(cm) {
  const rounded = cm.toFixed(1);
  return rounded === "-0.0" || rounded === "0.0" ? "+0.0" : rounded.replace(/^-/, "−").replace(/^(?=\d)/, "+");
}

export const seconds = (time_s, digits = 2) => `${time_s.toFixed(digits)} s`.replace(/^-/, "−");

export function percent(probability) {
  if (probability > 0.99) return "over 99 %";
  return probability < 0.01 ? "under 1 %" : `${Math.round(100 * probability)} %`;
}

/** "today, 14:02" or "3 Mar 2026", in the reader's own way of writing dates. */
export function when(iso) {
  const moment = new Date(iso);
  if (moment.toDateString() === new Date().toDateString()) {
    return `today, ${moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
  }
  return moment.toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" });
}

export const STATES = { queued: "Waiting", running: "Judging", done: "Done", failed: "Failed", cancelled: "Cancelled" };

/** Open the dialog that says what a deletion takes away; runs `onDeleted` with the server's account of it. */
export async function confirmDeletion(videos, remove, onDeleted) {
  const dialog = byId("delete-dialog");
  dialog.querySelector(".app-dialog-what").textContent = videos.map(({ name }) => name).join(", ");
  dialog.returnValue = "keep";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "delete") return;
  await attempt(async () => {
    const accounts = [];
    for (const { id } of videos) accounts.push(await remove(`/judgings/${id}`));
    const all = (what) => [...new Set(accounts.flatMap((account) => account[what]))];
    onDeleted({ deleted: all("deleted"), kept: all("kept") });
  });
}

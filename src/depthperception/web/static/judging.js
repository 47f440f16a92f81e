// The page of one video: progress until it is judged, then the proof, frame by frame.

import { follow, get, isUnfinished, post, remove } from "./api.js";
import { loadClip } from "./clip.js";
import { accountWords, attempt, byId, confirmDeletion, leaveWords, percent, say, when } from "./dom.js";
import { Proof } from "./proof.js";

const page = byId("judging");
const { id } = page.dataset;

const TITLES = {
  queued: "Waiting for its turn",
  running: "Judging",
  failed: "This video could not be judged",
  cancelled: "Cancelled",
  done: "The results cannot be shown",
};
const SENTENCES = {
  queued: () => "Two videos are judged at a time. You may close this page; the work goes on.",
  running: ({ step }) => `${step || "starting"} …`,
  failed: ({ error }) => error,
  cancelled: () => "The video is kept. Judge it again, or delete it.",
  done: () => page.dataset.problem || "This video was judged, but its report is not there any more. Judge it again.",
};

function showWaiting(judging) {
  const { state } = judging;
  byId("waiting").hidden = state === "done" && byId("report") !== null;
  byId("waiting").dataset.state = state;
  byId("waiting-title").textContent = TITLES[state];
  byId("waiting-words").textContent = SENTENCES[state](judging);
  byId("waiting-bar").hidden = state !== "running";
  byId("waiting-bar").value = judging.done;
  byId("cancel").hidden = !isUnfinished(judging);
}

/** What the video is and what was asked; method and certainty where they are not the usual ones. */
function showFacts(judging, clip) {
  const { usualMethod, usualSure } = page.dataset;
  const parts = [
    judging.cameras.length > 0 && `${judging.cameras.length} cameras`,
    clip && `${clip.width} × ${clip.height}`,
    clip && `${clip.times_s.at(-1).toFixed(2)} s, ${clip.times_s.length} frames`,
    judging.method === usualMethod ? "" : `method ${judging.method.replaceAll("_", " ")}`,
    judging.pose === "blazepose" ? "" : `network ${judging.pose}`,
    judging.sure === Number(usualSure) ? "" : judging.sure > 0.5 ? `called from ${percent(judging.sure)}` : "everything called",
    `rules ${judging.rules.toUpperCase()}`,
    judging.height_cm ? `height ${judging.height_cm} cm` : "height not given",
    when(judging.created),
  ];
  byId("facts").textContent = parts.filter(Boolean).join(" · ");
}

/** Ask how to judge again; `pick` names another person. Goes to the new judging's page. */
function judgeAgain(judging, pick = null) {
  const dialog = byId("again-dialog");
  const form = dialog.querySelector("form");
  form.elements.height_cm.value = judging.height_cm ?? "";
  form.elements.method.value = judging.method;
  form.elements.sure.value = judging.sure;
  form.elements.rules.value = judging.rules;
  byId("again-title").textContent = pick ? "Judge this person instead?" : "Judge this video again";
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.addEventListener(
    "close",
    () =>
      attempt(async () => {
        if (dialog.returnValue !== "go") return;
        const height_cm = form.elements.height_cm.value === "" ? null : Number(form.elements.height_cm.value);
        const { method, pose, rules, sure } = form.elements;
        const asked = { pick, height_cm, method: method.value, rules: rules.value, sure: Number(sure.value) };
        if (pose) asked.pose = pose.value; // there where the server has networks of its own
        const made = await post(`/judgings/${id}/again`, asked);
        location.assign(`/judgings/${made.id}`);
      }),
    { once: true },
  );
}

function wire(judging) {
  byId("again").addEventListener("click", () => judgeAgain(judging));
  byId("cancel").addEventListener("click", () => attempt(() => post(`/judgings/${id}/cancel`)));
  byId("delete").addEventListener("click", () =>
    confirmDeletion([judging], remove, (account) => {
      leaveWords(accountWords(account));
      location.assign("/");
    }),
  );
  document.addEventListener("click", (event) => {
    if (!byId("downloads").contains(event.target)) byId("downloads").open = false;
  });
  byId("downloads").addEventListener("keydown", (event) => {
    if (event.key === "Escape") byId("downloads").open = false;
  });
}

/** The page was made for an earlier state: it is made again, once the results are there. */
function showNow(judging) {
  if (judging.state === "done" && page.dataset.state !== "done") location.reload();
  else showWaiting(judging);
}

const known = page.dataset.state === "done" && byId("proof") ? await loadClip(id).catch(failed) : null;
const judging = known?.judging ?? (await get(`/api/judgings/${id}`).catch(failed));

function failed(error) {
  say(error.message, { problem: true });
  return null;
}

if (judging) {
  showFacts(judging, known?.clip);
  showNow(judging);
  wire(judging);
}
if (known) {
  const people = await get(`/api/judgings/${id}/people`).catch(() => []);
  new Proof(known, people, (pick) => judgeAgain(judging, pick));
} else if (judging && isUnfinished(judging)) {
  const changed = (now) => now.id === id && showNow(now);
  follow(changed, (take) => get(`/api/judgings/${id}`).then(take, failed));
}

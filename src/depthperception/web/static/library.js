// The library page: new videos in, the queue, and the table of judged attempts.

import { follow, get, onOthersChange, remove } from "./api.js";
import { accountWords, attempt, byId, confirmDeletion, element, later, say, sayWhatWasLeft } from "./dom.js";
import { Jobs, bareRow } from "./jobs.js";
import { Filters } from "./filters.js";
import { openRecorder } from "./recorder.js";
import { Table } from "./table.js";
import { trend } from "./trend.js";

const TYPING_MS = 200;
const DROPPED_AT_MOST = 10_000;

const first = new URLSearchParams(location.search).get("compare");
const table = new Table({ onDelete: (what) => confirmDeletion(what, remove, deleted), onMarked: () => refresh() });
const want = (changes) => attempt(() => Promise.all([table.want(changes), showTrend()]));
const filters = new Filters(() => table.wanted, want);
const jobs = new Jobs({ onFinished: later(TYPING_MS, () => refresh()) });

async function deleted(account) {
  say(accountWords(account));
  table.select(null, false);
  await refresh();
}

const refresh = () =>
  attempt(async () => {
    const [, bare, lifters, labels] = await Promise.all([
      table.load(),
      get("/api/judgings?bare=true&limit=50"),
      get("/api/lifters"),
      get("/api/labels"),
    ]);
    showBare(bare.items);
    offer(lifters, labels);
    await showTrend();
    document.body.classList.toggle("app-empty", table.isEmpty && bare.total === 0 && jobs.isEmpty);
  }).finally(() => delete byId("main").dataset.loading);

function showBare(items) {
  byId("bare").hidden = items.length === 0;
  byId("bare-list").replaceChildren(
    ...items.map((judging) => bareRow(judging, () => confirmDeletion([judging], remove, deleted))),
  );
}

let heights = new Map();

/** What attempts have is offered where it is asked for, a lifter with the height that was given last, and to filter. */
function offer(lifters, { exercise, session }) {
  heights = new Map(lifters.map(({ lifter, height_cm }) => [lifter, height_cm]));
  const lifter = lifters.map((one) => one.lifter);
  for (const [list, values] of Object.entries({ lifters: lifter, exercises: exercise, sessions: session })) {
    byId(list).replaceChildren(...values.map((value) => element("option", { value })));
  }
  filters.offer({ lifter, exercise, session });
}

/** Of one lifter, as far as search, verdict and the other filters let his attempts through. */
async function showTrend() {
  byId("trend").hidden = !table.wanted.lifter;
  if (byId("trend").hidden) return;
  const all = await get(`/api/attempts?${new URLSearchParams({ ...table.wanted, sort: "created", limit: 500 })}`);
  byId("trend").replaceChildren(...trend(all.items, byId("trend").clientWidth - 32));
}

const inGB = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;

function options() {
  return Object.fromEntries(new FormData(byId("options")));
}

function take(files) {
  if (!byId("options").reportValidity()) return;
  if (files.length > DROPPED_AT_MOST) {
    say(`${files.length} files at once; expected ${DROPPED_AT_MOST} at most. Drop them in parts, or use the command.`, {
      problem: true,
    });
    return;
  }
  const most = Number(byId("new").dataset.mostBytes);
  const fitting = files.filter((file) => file.size <= most);
  for (const file of files.filter((one) => one.size > most))
    jobs.refuse(
      file.name,
      `This file has ${inGB(file.size)}; expected ${inGB(most)} at most. Cut it to the attempts, or use the command.`,
    );
  if (byId("together").checked) takeTogether(fitting);
  else for (const file of fitting) jobs.add([file], options());
  document.body.classList.remove("app-empty");
}

/** The files are one lift by several cameras: one judging. */
function takeTogether(files) {
  const { fewest, most } = byId("together").dataset;
  if (files.length >= Number(fewest) && files.length <= Number(most)) {
    jobs.add(files, options());
    byId("together").checked = false;
  } else if (files.length) {
    jobs.refuse(
      files.map(({ name }) => name).join(" + "),
      `One lift by several cameras was asked for with ${files.length} ${files.length === 1 ? "file" : "files"}; expected ${fewest} to ${most}. Drop them together, or take the mark away.`,
    );
  }
}

byId("files").addEventListener("change", (event) => {
  take([...event.target.files]);
  event.target.value = "";
});
byId("options").addEventListener("submit", (event) => event.preventDefault());
byId("record").addEventListener("click", () =>
  openRecorder((blob, name) => take([new File([blob], name, { type: blob.type })]), options),
);
byId("demo").addEventListener("click", () =>
  attempt(async () => {
    const answer = await fetch("/demo.mp4");
    if (!answer.ok)
      throw new Error("The clip that ships is missing; expected it in the package. Install the package again.");
    take([new File([await answer.blob()], "demo squat.mp4")]);
  }),
);

// Anywhere on the page is a good place to let go of a file.
let inside = 0;
const dragging = (event) => event.dataTransfer?.types.includes("Files");
const mark = (change) => document.body.classList.toggle("app-dragging", (inside = Math.max(0, inside + change)) > 0);
addEventListener("dragenter", (event) => dragging(event) && mark(1));
addEventListener("dragleave", (event) => dragging(event) && mark(-1));
addEventListener("dragover", (event) => dragging(event) && event.preventDefault());
addEventListener("drop", (event) => {
  if (!dragging(event)) return;
  event.preventDefault();
  mark(-inside);
  const dropped = [...event.dataTransfer.items].map((item) => [item.webkitGetAsEntry?.(), item.getAsFile()]);
  for (const [entry] of dropped.filter(([one]) => one?.isDirectory)) {
    jobs.refuse(entry.name, "This is a folder; expected videos. Open it and drop the files in it.");
  }
  take(dropped.filter(([entry, file]) => file && !entry?.isDirectory).map(([, file]) => file));
});
addEventListener("beforeunload", (event) => jobs.isSending && event.preventDefault());

byId("search").addEventListener(
  "input",
  later(TYPING_MS, (event) => want({ query: event.target.value.trim() })),
);
for (const button of byId("verdicts").querySelectorAll("button")) {
  button.addEventListener("click", () => want({ verdict: button.dataset.verdict }));
}
byId("options").elements.lifter.addEventListener("change", (event) => {
  const known_cm = heights.get(event.target.value.trim());
  if (known_cm) byId("options").elements.height_cm.value = known_cm;
});
onOthersChange(later(TYPING_MS, () => refresh()));

sayWhatWasLeft();
if (first) table.select(first);
follow(
  (judging) => {
    document.body.classList.remove("app-empty");
    jobs.change(judging);
  },
  (take) => {
    jobs.recheck(take);
    refresh();
  },
);
refresh();

// The library page: new videos in, the queue, and the table of judged attempts.

import { follow, get, onOthersChange, remove } from "./api.js";
import { accountWords, attempt, byId, confirmDeletion, element, later, say, sayWhatWasLeft } from "./dom.js";
import { Jobs, bareRow } from "./jobs.js";
import { openRecorder } from "./recorder.js";
import { Table } from "./table.js";
import { trend } from "./trend.js";

const TYPING_MS = 200;
const DROPPED_AT_MOST = 10_000;

const first = new URLSearchParams(location.search).get("compare");
const table = new Table({ onDelete: (what) => confirmDeletion(what, remove, deleted) });
const jobs = new Jobs({ onFinished: later(TYPING_MS, () => refresh()) });

async function deleted(account) {
  say(accountWords(account));
  table.select(null, false);
  await refresh();
}

const refresh = () =>
  attempt(async () => {
    const [, bare, lifters] = await Promise.all([
      table.load(),
      get("/api/judgings?bare=true&limit=50"),
      get("/api/lifters"),
    ]);
    showBare(bare.items);
    showLifters(lifters);
    document.body.classList.toggle("app-empty", table.isEmpty && bare.total === 0 && jobs.isEmpty);
  }).finally(() => delete byId("main").dataset.loading);

function showBare(items) {
  byId("bare").hidden = items.length === 0;
  byId("bare-list").replaceChildren(
    ...items.map((judging) => bareRow(judging, () => confirmDeletion([judging], remove, deleted))),
  );
}

let heights = new Map();

/** Who lifts is offered where a name is asked for, with the height that was given last; and one can be looked at alone. */
function showLifters(lifters) {
  heights = new Map(lifters.map(({ lifter, height_cm }) => [lifter, height_cm]));
  byId("lifters").replaceChildren(...lifters.map(({ lifter }) => element("option", { value: lifter })));
  byId("lifter").replaceChildren(
    element("option", { value: "" }, "All lifters"),
    ...lifters.map(({ lifter, attempts }) => element("option", { value: lifter }, `${lifter} (${attempts})`)),
  );
  byId("lifter").value = table.wanted.lifter;
  byId("lifter").hidden = lifters.length === 0;
  return showTrend();
}

async function showTrend() {
  const { lifter } = table.wanted;
  byId("trend").hidden = !lifter;
  if (!lifter) return;
  const all = await get(`/api/attempts?${new URLSearchParams({ lifter, sort: "created", limit: 500 })}`);
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
  for (const file of files) {
    if (file.size <= most) jobs.add(file, file.name, options());
    else
      jobs.refuse(
        file.name,
        `This file has ${inGB(file.size)}; expected ${inGB(most)} at most. Cut it to the attempts, or use the command.`,
      );
  }
  document.body.classList.remove("app-empty");
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
  later(TYPING_MS, (event) => table.want({ query: event.target.value.trim() })),
);
for (const button of byId("verdicts").querySelectorAll("button")) {
  button.addEventListener("click", () => table.want({ verdict: button.dataset.verdict }));
}
byId("lifter").addEventListener("change", (event) => {
  table.want({ lifter: event.target.value });
  attempt(showTrend);
});
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
  () => {
    jobs.recheck();
    refresh();
  },
);
refresh();

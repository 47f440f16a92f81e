// The table of judged attempts: search, filter, writing beside each, choosing two to compare.

import { get, patch } from "./api.js";
import { saveOnLeaving } from "./details.js";
import { LIFTS, NOT_LIFTER, VERDICTS, attempt, byId, depthWords, element, icon, lamp, leaningWords, seconds, svg, when } from "./dom.js";

const PAGE = 50;
const SCALE_CM = 12; // deep squats reach 10 cm below; what lies further out ends at the bar's edge

const NEWEST = "-created";
const KEYS = ["query", "verdict", "lifter", "exercise", "session", "since", "until", "sort"];

export class Table {
  #wanted = { ...Object.fromEntries(KEYS.map((key) => [key, ""])), sort: NEWEST };
  #rows = [];
  #total = 0;
  #asked = 0;
  #answered = 0;
  #selected = [];
  #drawn = new Map();
  #onDelete;
  #onMarked;

  /** @param {{onDelete: (videos: {id: string, name: string}[]) => void, onMarked: () => Promise}} callbacks */
  constructor({ onDelete, onMarked }) {
    this.#onDelete = onDelete;
    this.#onMarked = onMarked;
    const address = new URLSearchParams(location.search);
    for (const key of KEYS) this.#wanted[key] = address.get(key) ?? this.#wanted[key];
    byId("more").addEventListener("click", () => this.#fetch(this.#rows.length));
    byId("clear").addEventListener("click", () => this.#choose([]));
    byId("not-lifter").addEventListener("click", () => attempt(() => this.#markSelected()));
    byId("delete-selected").addEventListener("click", () => this.#onDelete(this.#selectedVideos()));
    for (const button of byId("attempts").querySelectorAll("button[data-sort]")) {
      button.addEventListener("click", () => this.#sortBy(button.dataset.sort));
    }
    byId("search").value = this.#wanted.query;
    this.#showWanted();
  }

  get wanted() {
    return this.#wanted;
  }

  get isEmpty() {
    return this.#total === 0 && this.#said.every((key) => key === "sort");
  }

  /** What is asked for beside the usual: the address keeps it. */
  get #said() {
    return KEYS.filter((key) => this.#wanted[key] && this.#wanted[key] !== NEWEST);
  }

  /** Look for other attempts, or in another order; the address keeps it. */
  want(changes) {
    Object.assign(this.#wanted, changes);
    this.#showWanted();
    return this.load();
  }

  /** The first press sorts one way, the second the other. */
  #sortBy(name) {
    const descendingFirst = ["created", "cm", "weight_kg", "date"].includes(name);
    const ways = descendingFirst ? [`-${name}`, name] : [name, `-${name}`];
    return this.want({ sort: ways[this.#wanted.sort === ways[0] ? 1 : 0] });
  }

  #showWanted() {
    const { sort } = this.#wanted;
    const params = new URLSearchParams(this.#said.map((key) => [key, this.#wanted[key]]));
    const at = (path) => (params.size ? `${path}?${params}` : path);
    history.replaceState(null, "", at(location.pathname));
    for (const link of document.querySelectorAll(".app-exports a")) link.setAttribute("href", at(link.pathname));
    for (const head of byId("attempts").tHead.querySelectorAll("th:has(button)")) {
      const mine = head.querySelector("button").dataset.sort === sort.replace("-", "");
      head.ariaSort = mine ? (sort.startsWith("-") ? "descending" : "ascending") : null;
    }
    for (const button of byId("verdicts").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === this.#wanted.verdict));
    }
  }

  load() {
    return this.#fetch(0);
  }

  async #fetch(offset) {
    const asked = (this.#asked += 1);
    const limit = offset ? PAGE : Math.max(PAGE, this.#rows.length);
    const query = new URLSearchParams({ ...this.#wanted, limit, offset });
    const found = await get(`/api/attempts?${query}`);
    if (asked !== this.#asked) return; // a later search has overtaken this one
    this.#answered = asked;
    this.#rows = offset ? [...this.#rows, ...found.items] : found.items;
    this.#total = found.total;
    this.#show();
  }

  #show() {
    byId("total").textContent = this.#total || "";
    byId("attempts").hidden = this.#rows.length === 0;
    byId("more").hidden = this.#rows.length >= this.#total;
    byId("nothing").hidden = this.#rows.length > 0;
    byId("nothing").textContent = this.isEmpty ? "No attempt yet." : "No attempt matches.";
    this.#place(this.#rows.map((row) => this.#drawnRow(row)));
    this.#showSelected();
  }

  /** Unchanged rows keep their element, and so does the one being typed in: what is typed survives a refresh. */
  #drawnRow(row) {
    const written = JSON.stringify(row);
    const known = this.#drawn.get(keyOf(row));
    if (known && (known.written === written || known.element.contains(document.activeElement))) return known.element;
    const drawn = this.#row(row);
    this.#drawn.set(keyOf(row), { written, element: drawn });
    return drawn;
  }

  /** From the last on, so that the row that is being typed in stays: moved, it loses the keyboard and what is typed. */
  #place(elements) {
    const body = byId("attempts").tBodies[0];
    const wanted = new Set(elements);
    for (const old of [...body.children]) if (!wanted.has(old)) old.remove();
    let next = null;
    for (const one of [...elements].reverse()) {
      const stands = one.parentElement === body && one.nextElementSibling === next;
      if (!stands && !one.contains(document.activeElement)) body.insertBefore(one, next);
      next = one;
    }
  }

  #row(row) {
    const href = `/judgings/${row.judging}?attempt=${row.number}`;
    const title = `${row.name}, attempt ${row.number}`;
    return element(
      "tr",
      { "data-key": keyOf(row) },
      element(
        "td",
        { class: "app-cell-check" },
        element("input", {
          type: "checkbox",
          "aria-label": `Choose ${title}`,
          onchange: (event) => this.select(keyOf(row), event.target.checked),
        }),
      ),
      element(
        "td",
        { class: "app-cell-picture" },
        element(
          "a",
          { href, tabindex: -1, "aria-hidden": "true" },
          element("img", {
            class: "app-thumb",
            alt: "",
            loading: "lazy",
            src: `/judgings/${row.judging}/pictures/attempt-${row.number}-bottom.jpg`,
          }),
        ),
      ),
      element(
        "th",
        { class: "app-cell-name", scope: "row" },
        element("a", { href }, row.name),
        element(
          "span",
          { class: "app-under" },
          `No. ${row.number} at ${seconds(row.bottom_s)}`,
          element("span", { class: "app-cell-judged" }, ` · ${when(row.created)}`),
        ),
        saidOf(row) ? element("span", { class: "app-under" }, saidOf(row)) : null,
      ),
      element("td", { class: "app-cell-ruling" }, ...ruling(row)),
      element("td", { class: "app-cell-bar app-wide-only" }, intervalBar(row)),
      this.#field(row, "lifter", "Lifter", { maxlength: 200 }),
      this.#field(row, "weight_kg", "Weight, kg", {
        type: "number",
        min: 0,
        max: 1000,
        step: 0.5,
        inputmode: "decimal",
      }),
      this.#field(row, "date", "Date", { type: "date" }),
      this.#field(row, "notes", "Notes", { maxlength: 4000 }),
      element(
        "td",
        { class: "app-cell-do" },
        element(
          "button",
          {
            class: "app-icon-button",
            type: "button",
            "aria-label": `Delete ${row.name}`,
            onclick: () => this.#onDelete([{ id: row.judging, name: row.name }]),
          },
          icon("trash"),
        ),
      ),
    );
  }

  #field(row, name, label, properties) {
    const input = element("input", {
      class: "app-cell-input",
      name,
      "aria-label": `${label}, ${row.name}, attempt ${row.number}`,
      autocomplete: "off",
      placeholder: label.split(", ").at(-1),
      ...properties,
    });
    input.value = row[name] ?? "";
    input.classList.toggle("app-cell-blank", !input.value);
    input.addEventListener("input", () => input.classList.toggle("app-cell-blank", !input.value));
    saveOnLeaving(
      input,
      () => row,
      (changed) => {
        Object.assign(row, { [name]: changed[name] });
        this.#drawn.get(keyOf(row)).written = JSON.stringify(row);
        if (this.#answered !== this.#asked) this.load(); // the answer under way may be older than what was saved
      },
    );
    return element("td", { class: `app-cell-${name}`, "data-label": label }, input);
  }

  /** Choose an attempt, to compare it with a second one or to delete it with others. */
  select(key, chosen = true) {
    const others = this.#selected.filter((one) => one !== key);
    this.#choose(chosen ? [...others, key] : others);
  }

  #choose(keys) {
    this.#selected = keys;
    this.#showSelected();
  }

  get #selectedRows() {
    return this.#rows.filter((row) => this.#selected.includes(keyOf(row)));
  }

  /** Say of all that are chosen that somebody else was ruled on; of those that are so marked, that it was the lifter. */
  async #markSelected() {
    const rows = this.#selectedRows;
    const not_lifter = !rows.every((row) => row.not_lifter);
    for (const row of rows) await patch(`/judgings/${row.judging}/attempts/${row.number}`, { not_lifter });
    await this.#onMarked();
  }

  #selectedVideos() {
    const rows = this.#selectedRows;
    return [...new Map(rows.map((row) => [row.judging, { id: row.judging, name: row.name }])).values()];
  }

  #showSelected() {
    const [a, b, ...more] = this.#selected;
    const pair = b && !more.length;
    const hint = ["Choose another to compare", "", "Two can be compared"][pair ? 1 : b ? 2 : 0];
    byId("selected").hidden = !a;
    byId("selected-words").textContent = [`${this.#selected.length} chosen`, hint].filter(Boolean).join(". ");
    byId("compare").hidden = !pair;
    const marked = this.#selectedRows.every((row) => row.not_lifter);
    byId("not-lifter").textContent = marked ? "Is the lifter" : NOT_LIFTER;
    const videos = this.#selectedVideos().map(({ id }) => ["judging", id]);
    byId("export-selected").href = `/library.zip?${new URLSearchParams(videos)}`;
    byId("compare").href = pair ? `/compare?a=${a}&b=${b}` : "/compare";
    for (const row of byId("attempts").tBodies[0].rows) {
      const chosen = this.#selected.includes(row.dataset.key);
      row.classList.toggle("app-chosen", chosen);
      row.querySelector("input[type=checkbox]").checked = chosen;
    }
  }
}

const saidOf = (row) => [row.exercise, row.session].filter(Boolean).join(" · ");

const keyOf = (row) => `${row.judging}.${row.number}`;

function ruling(row) {
  const human =
    row.human_cm === null || row.human_cm === undefined
      ? null
      : element("span", { class: "app-under app-by-hand" }, `by hand ${depthWords(row.human_cm)}`);
  return [
    row.not_lifter ? element("span", { class: "app-not-lifter" }, NOT_LIFTER) : null,
    element("span", { class: "app-verdict" }, lamp(row.verdict), element("b", {}, VERDICTS[row.verdict])),
    element("span", { class: "app-under" }, [depthWords(row.cm), leaningWords(row)].filter(Boolean).join(", ")),
    row.lift && element("span", { class: "app-under", title: `lights: ${row.lights}. ${row.cards}` }, LIFTS[row.lift]),
    human,
  ];
}

/** The depth and its 90 % interval against the rule's line, all rows to one scale. */
function intervalBar(row) {
  if (row.cm === null || row.cm === undefined) return element("span", { class: "app-muted" }, "no number");
  const x = (cm) => 100 + (92 * Math.max(-SCALE_CM, Math.min(SCALE_CM, cm))) / SCALE_CM;
  const [low, high] = [row.low_cm ?? row.cm, row.high_cm ?? row.cm];
  const words = `${depthWords(row.cm)}, 90 % between ${depthWords(low)} and ${depthWords(high)}`;
  return svg(
    "svg",
    { class: `app-bar-figure app-bar-${row.verdict}`, viewBox: "0 0 200 24", role: "img", "aria-label": words },
    svg("rect", { class: "app-bar-below", x: 100, y: 3, width: 96, height: 18, rx: 3 }),
    svg("line", { class: "app-bar-rule", x1: 100, x2: 100, y1: 1, y2: 23 }),
    svg("line", { class: "app-bar-range", x1: x(low), x2: Math.max(x(high), x(low) + 1), y1: 12, y2: 12 }),
    row.verdict === "too_close"
      ? svg("path", { class: "app-bar-dot", d: `M${x(row.cm)} 5l7 7-7 7-7-7z` })
      : svg("circle", { class: "app-bar-dot", cx: x(row.cm), cy: 12, r: 6 }),
  );
}

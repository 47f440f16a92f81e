// The page's behaviour: toggles, zoom, frames, the curve's time line, the theme. The page reads without it too.
(() => {
  "use strict";
  const MOST_ZOOM = 12;
  const STEP = 1.4;

  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  class Viewer {
    constructor(root) {
      this.root = root;
      this.stage = root.querySelector(".stage");
      this.svg = this.stage.querySelector("svg");
      this.stamp = this.stage.querySelector("output");
      this.shots = [...this.svg.querySelectorAll(":scope > .shot")];
      this.thumbs = [...root.querySelectorAll("[data-shot]")];
      const box = this.svg.viewBox.baseVal;
      this.whole = { x: 0, y: 0, width: box.width, height: box.height };
      this.letters = Number(this.svg.getAttribute("font-size"));
      this.box = { ...this.whole };
      this.pointers = new Map();
      this.listen();
    }

    get zoom() {
      return this.whole.height / this.box.height;
    }

    listen() {
      this.root.addEventListener("click", (event) => this.press(event.target.closest("button")));
      this.stage.addEventListener("keydown", (event) => this.key(event));
      this.stage.addEventListener("dblclick", (event) => this.zoomBy(2, this.at(event)));
      this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
      this.stage.addEventListener("pointerdown", (event) => this.grab(event));
      this.stage.addEventListener("pointermove", (event) => this.drag(event));
      for (const name of ["pointerup", "pointercancel"]) this.stage.addEventListener(name, (event) => this.drop(event));
    }

    press(button) {
      if (!button) return;
      const { toggle, zoom, shot } = button.dataset;
      if (toggle) {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        this.stage.parentElement.classList.toggle(`without-${toggle}`, !on);
      }
      if (zoom === "in") this.zoomBy(STEP);
      if (zoom === "out") this.zoomBy(1 / STEP);
      if (zoom === "whole") this.show(this.whole);
      if (zoom === "legs") this.showLegs();
      if (shot !== undefined) this.select(Number(shot));
    }

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      const move = moves[event.key];
      if (event.key === "+" || event.key === "=") this.zoomBy(STEP);
      else if (event.key === "-") this.zoomBy(1 / STEP);
      else if (event.key === "0") this.show(this.whole);
      else if (move && this.zoom > 1) this.pan(move[0] * 0.1 * this.box.width, move[1] * 0.1 * this.box.height);
      else if (move && move[0]) this.select(this.shown() + move[0]);
      else return;
      event.preventDefault();
    }

    shown() {
      return this.shots.findIndex((shot) => shot.classList.contains("shown"));
    }

    select(index) {
      if (!this.shots[index]) return;
      this.shots.forEach((shot, place) => shot.classList.toggle("shown", place === index));
      this.thumbs.forEach((thumb, place) => thumb.setAttribute("aria-pressed", String(place === index)));
      this.tell();
    }

    showLegs() {
      const [x, y, width, height] = this.svg.dataset.legs.split(" ").map(Number);
      const screen = this.svg.getBoundingClientRect();
      const widest = Math.max(this.whole.width, (this.whole.height * screen.width) / screen.height);
      const highest = Math.max(this.whole.height, (this.whole.width * screen.height) / screen.width);
      const fit = Math.min(1, Math.max(width / widest, height / highest));
      const box = { width: this.whole.width * fit, height: this.whole.height * fit };
      this.show({ ...box, x: x + (width - box.width) / 2, y: y + (height - box.height) / 2 });
    }

    zoomBy(factor, about) {
      const zoom = clamp(this.zoom * factor, 1, MOST_ZOOM);
      const at = about ?? { x: this.box.x + this.box.width / 2, y: this.box.y + this.box.height / 2 };
      const width = this.whole.width / zoom;
      const part = width / this.box.width;
      this.show({
        x: at.x - (at.x - this.box.x) * part,
        y: at.y - (at.y - this.box.y) * part,
        width,
        height: this.whole.height / zoom,
      });
    }

    pan(x, y) {
      this.show({ ...this.box, x: this.box.x + x, y: this.box.y + y });
    }

    show(box) {
      this.box = {
        width: box.width,
        height: box.height,
        x: clamp(box.x, 0, this.whole.width - box.width),
        y: clamp(box.y, 0, this.whole.height - box.height),
      };
      const { x, y, width, height } = this.box;
      this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
      this.svg.setAttribute("font-size", String(this.letters / this.zoom));
      this.stage.classList.toggle("zoomed", this.zoom > 1.001);
      this.tell();
    }

    tell() {
      const { when, time } = this.shots[this.shown()].dataset;
      const zoom = this.zoom > 1.001 ? ` · ${this.zoom.toFixed(1)}×` : "";
      this.stamp.textContent = `${when} · ${Number(time).toFixed(2)} s${zoom}`;
    }

    at(event) {
      const matrix = this.svg.getScreenCTM().inverse();
      return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    }

    wheel(event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoomBy(Math.exp(-clamp(event.deltaY, -60, 60) / 100), this.at(event));
    }

    grab(event) {
      if (this.zoom <= 1.001 || event.button !== 0) return;
      this.stage.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      this.stage.classList.add("dragging");
    }

    drag(event) {
      const last = this.pointers.get(event.pointerId);
      if (!last) return;
      const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      const now = { x: event.clientX, y: event.clientY };
      const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
      if (others.length) {
        this.zoomBy(apart(now, others[0]) / Math.max(1, apart(last, others[0])), this.at(event));
      } else {
        const px = this.svg.getScreenCTM().a;
        this.pan((last.x - now.x) / px, (last.y - now.y) / px);
      }
      this.pointers.set(event.pointerId, now);
    }

    drop(event) {
      this.pointers.delete(event.pointerId);
      this.stage.classList.toggle("dragging", this.pointers.size > 0);
    }
  }

  const moveNow = (time) => {
    for (const plot of document.querySelectorAll(".plot[data-start]")) {
      const [start, end] = [Number(plot.dataset.start), Number(plot.dataset.end)];
      const inside = time >= start && time <= end;
      const at = inside ? `${(100 * (time - start)) / (end - start)}%` : "-1";
      const line = plot.querySelector(".now");
      line.setAttribute("x1", at);
      line.setAttribute("x2", at);
    }
  };

  const chooseTime = (event) => {
    const plot = event.target.closest?.(".plot[data-start]");
    if (!plot) return;
    const { left, width } = plot.getBoundingClientRect();
    const { start, end, attempt } = plot.dataset;
    const part = clamp((event.clientX - left) / width, 0, 1);
    const time = Number(start) + part * (Number(end) - Number(start));
    moveNow(time);
    const detail = { time_s: time, attempt: attempt ? Number(attempt) : null };
    plot.dispatchEvent(new CustomEvent("depthperception:time", { bubbles: true, detail }));
  };

  const THEMES = ["system", "light", "dark"];
  const remembered = () => {
    try {
      return localStorage.getItem("depthperception-theme");
    } catch {
      return null; // a file opened from a mail may have no storage
    }
  };
  const applyTheme = (button, theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    button.dataset.themeToggle = theme;
    try {
      localStorage.setItem("depthperception-theme", theme);
    } catch {
      // as above
    }
  };
  const themeButton = (button) => {
    button.hidden = false;
    const kept = remembered();
    applyTheme(button, THEMES.includes(kept) ? kept : "system");
    button.addEventListener("click", () => {
      applyTheme(button, THEMES[(THEMES.indexOf(button.dataset.themeToggle) + 1) % THEMES.length]);
    });
  };

  const start = () => {
    for (const root of document.querySelectorAll("[data-viewer]")) new Viewer(root);
    for (const button of document.querySelectorAll("[data-theme-toggle]")) themeButton(button);
    document.addEventListener("click", chooseTime);
    document.addEventListener("depthperception:now", (event) => moveNow(event.detail.time_s));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

// All views of an attempt step together on one clock. Without it the page shows every bottom.
(() => {
  "use strict";
  for (const panel of document.querySelectorAll("[data-steps]")) {
    const slider = panel.querySelector("input");
    const rows = [...panel.querySelectorAll(".frames"), panel.querySelector(".clock")];
    const show = (step) => {
      slider.value = String(step);
      for (const row of rows) {
        row.querySelectorAll("img, output").forEach((one, place) => { one.hidden = place !== Number(slider.value); });
      }
    };
    slider.addEventListener("input", () => show(slider.value));
    panel.addEventListener("click", (event) => {
      const go = event.target.closest("button")?.dataset.go;
      if (go) show(go === "bottom" ? panel.dataset.bottom : Number(slider.value) + Number(go));
    });
  }
})();

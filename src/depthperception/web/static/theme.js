// Before the first paint, so that no page flashes in the wrong colours; hence no module.
(() => {
  const KEY = "depthperception-theme";
  const NEXT = { "": "light", light: "dark", dark: "" };
  const WORDS = { "": "as the system has them", light: "light", dark: "dark" };
  const root = document.documentElement;

  const wear = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  const stored = () => {
    try {
      return localStorage.getItem(KEY) in WORDS ? localStorage.getItem(KEY) : "";
    } catch {
      return ""; // storage is switched off
    }
  };

  wear(stored());
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const label = () => {
      const words = `Colours: ${WORDS[root.dataset.theme ?? ""]}`;
      button.setAttribute("aria-label", words);
      button.title = words;
    };
    label();
    button.addEventListener("click", () => {
      const theme = NEXT[root.dataset.theme ?? ""];
      wear(theme);
      label();
      try {
        localStorage.setItem(KEY, theme);
      } catch {
        // the choice holds for this page only
      }
    });
  });
})();

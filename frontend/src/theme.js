// Runs before the page is drawn, so that a chosen dark or light look does not flicker.
const root = document.documentElement;
root.classList.add("has-script");
try {
  const chosen = localStorage.getItem("theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.bsTheme = dark ? "dark" : "light";
} catch {
  // Storage may be forbidden: the system's own look serves.
}

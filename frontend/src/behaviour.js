// What a script adds to pages that work without one. Everything hangs on data attributes.
import { holds, leave } from "./field/leaving.js";

function switchTheme() {
  const dark = document.documentElement.dataset.bsTheme !== "dark";
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  try {
    localStorage.setItem("theme", dark ? "dark" : "light");
  } catch {
    // Not remembered, then.
  }
}

// An act's panel (macros.html: confirm) opens in place; here it becomes a dialogue.
function openAct(details) {
  const panel = details.querySelector(".confirm-panel");
  const dialog = document.createElement("dialog");
  dialog.className = "confirm-dialog";
  dialog.setAttribute("aria-labelledby", panel.getAttribute("aria-labelledby"));
  document.body.append(dialog);
  dialog.append(panel);
  dialog.addEventListener("close", () => {
    details.append(panel);
    dialog.remove();
    details.querySelector("summary").focus();
  });
  dialog.showModal();
  panel.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  const summary = target.closest("details.confirm > summary");
  if (summary) {
    event.preventDefault();
    openAct(summary.parentElement);
  }
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  if (target.closest("[data-theme-switch]")) switchTheme();
  if (target.closest("[data-print]")) window.print();
  if (target.closest("[data-back]")) history.back();
});

// One press is one act: a form that was sent is not sent again by a second press.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.matches("[data-sign-out]") && holds()) {
    event.preventDefault();
    leave(form);
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});

// Filters with a choice act at once; what is typed waits for the button or the enter key.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
});

// A page whose form was refused leads the eye (and the screen reader) to what is wrong.
document.querySelector(".problem-list[role=alert]")?.focus({ preventScroll: true });

// A row of tabs wider than a phone begins where the open one is.
for (const open of document.querySelectorAll(".tabs [aria-current]")) {
  const row = open.closest(".tabs");
  const [tab, seen] = [open.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += tab.left - seen.left - (seen.width - tab.width) / 2;
}

// On a phone a long record begins with its groups shut.
if (matchMedia("(max-width: 767.98px)").matches) {
  for (const group of document.querySelectorAll("details[data-shut-on-phone]")) group.open = false;
}

// On paper everything there is to read stands open; afterwards the screen is as it was. What is shut and holds a
// form is not printed at all (_print.scss).
let shut = [];
addEventListener("beforeprint", () => {
  const all = [...document.querySelectorAll("details:not([open], .menu, .drawer, .whence)")];
  shut = all.filter((group) => !group.querySelector("form"));
  for (const group of shut) group.open = true;
});
addEventListener("afterprint", () => {
  for (const group of shut) group.open = false;
});

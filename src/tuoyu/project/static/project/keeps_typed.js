// For forms that say data-keeps-typed. What was typed and not yet sent is sent as the page is left: before a link
// is followed or another form of the page is sent, so that what comes next knows of it, and at the last moment by
// the phone's home button or a closed window. Files are not: they are sent as soon as they are chosen.
let unsent = null;

function sendTyped() {
  const form = unsent;
  unsent = null;
  const typed = [...new FormData(form)].filter(([, value]) => !(value instanceof File));
  return fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(typed),
    headers: { "HX-Request": "true" },
    keepalive: true,
  });
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keeps-typed]");
  if (!form) return;
  unsent = form;
  const part = event.target.closest("[data-said-apart]");
  if (part) part.dataset.touched = "";
});

// Parts that nobody touched here are not sent: this window may show what another has changed since.
document.addEventListener("formdata", (event) => {
  for (const part of event.target.querySelectorAll("[data-said-apart]:not([data-touched])")) {
    for (const field of part.querySelectorAll("[name]")) event.formData.delete(field.name);
  }
});

// Before anybody else hears of it: what lets one press send a form once must not count this one.
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (target === unsent) unsent = null;
  if (!unsent) return;
  event.preventDefault();
  event.stopPropagation();
  const go = () => target.requestSubmit(submitter);
  sendTyped().then(go, go);
}, true);

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("form[data-keeps-typed]")) unsent = null;
});

function notSaved(event, says) {
  const form = event.target.closest("form[data-keeps-typed]");
  const saved = document.getElementById("saved");
  if (form && saved) saved.textContent = says;
  return form;
}

document.addEventListener("htmx:sendError", (event) => {
  unsent = notSaved(event, "没有保存：网络不通。请不要关闭本页，恢复后会再保存。") || unsent;
});
document.addEventListener("htmx:responseError", (event) => {
  notSaved(event, "没有保存，请刷新页面查看原因。");
});

window.addEventListener("online", () => {
  if (unsent) unsent.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]:not([target], [href^='#'])");
  if (!link || !unsent || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const go = () => location.assign(link.href);
  sendTyped().then(go, go);
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && unsent) sendTyped();
});

// The application's pages: true progress of an upload, and no upload that is too large to be kept.
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = document.getElementById("upload-progress");
  const sent = event.detail;
  if (!bar || !sent.lengthComputable || !document.querySelector("input[type=file]")?.form) return;
  const files = [...document.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  bar.hidden = !files || sent.loaded >= sent.total;
  const share = Math.floor((sent.loaded / sent.total) * 100);
  bar.querySelector("progress").value = share;
  bar.querySelector("span").textContent = `${share}%`;
});

document.addEventListener("change", (event) => {
  const input = event.target;
  const form = input.closest("form[data-limit-mb]");
  if (!form || input.type !== "file") return;
  const limit = Number(form.dataset.limitMb);
  const tooLarge = [...input.files].filter((file) => file.size > limit * 1024 * 1024);
  input.setCustomValidity(tooLarge.length ? `“${tooLarge[0].name}”超过${limit}MB，请压缩后再上传。` : "");
  if (tooLarge.length) {
    input.reportValidity();
    event.stopImmediatePropagation();
    input.value = "";
  }
}, true);

// What was typed and not yet sent is sent as the page is left: before a link is followed, so that the next page
// knows of it, and at the last moment by the phone's home button or a closed window. Files are not: they are
// sent as soon as they are chosen.
let unsent = false;

function sendTyped() {
  unsent = false;
  const form = document.getElementById("application-form");
  const typed = [...new FormData(form)].filter(([, value]) => !(value instanceof File));
  return fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(typed),
    headers: { "HX-Request": "true" },
    keepalive: true,
  });
}

document.addEventListener("input", (event) => {
  if (event.target.closest("#application-form")) unsent = true;
});
document.addEventListener("submit", () => {
  unsent = false;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("#application-form")) unsent = false;
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

// The next page of the same application in this tab is the same window still: what this one sent may arrive
// after the next is shown, and must not look like somebody else's. Handed over once, so that a copy of the tab
// is a window of its own.
const ownWindow = document.querySelector("#application-form [name=window]");
const handedOver = `window of ${location.pathname.split("/")[2]}`;
if (ownWindow) {
  try {
    ownWindow.value = sessionStorage.getItem(handedOver) || ownWindow.value;
    sessionStorage.removeItem(handedOver);
    addEventListener("pagehide", () => sessionStorage.setItem(handedOver, ownWindow.value));
  } catch {
    // Without storage each page is a window of its own.
  }
}

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

// Signing out takes everything this phone holds; while something has not been sent it first asks.
import { noted, wipe } from "./held.js";

function ask(waiting) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm-dialog";
  dialog.setAttribute("aria-labelledby", "leaving-title");
  const panel = document.createElement("div");
  panel.className = "confirm-panel";
  const title = document.createElement("h2");
  title.id = "leaving-title";
  title.textContent = `还有 ${waiting} 项检查记录没有送达`;
  const says = document.createElement("p");
  says.textContent = "它们只在这部手机上。现在退出会把它们删除，不能找回。";
  const acts = document.createElement("div");
  acts.className = "acts";
  const send = document.createElement("a");
  send.className = "btn btn-primary";
  send.href = "/field/";
  send.textContent = "先去发送";
  const leave = document.createElement("button");
  leave.type = "button";
  leave.className = "btn btn-danger";
  leave.textContent = "删除并退出";
  const stay = document.createElement("button");
  stay.type = "button";
  stay.className = "btn btn-plain";
  stay.textContent = "取消";
  acts.append(send, leave, stay);
  panel.append(title, says, acts);
  dialog.append(panel);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  stay.addEventListener("click", () => dialog.close());
  dialog.showModal();
  return new Promise((resolve) => {
    leave.addEventListener("click", () => resolve(true));
    dialog.addEventListener("close", () => resolve(false));
  });
}

export async function leave(form) {
  const { waiting } = noted();
  if (waiting && !(await ask(waiting))) return;
  await wipe();
  form.submit();
}

export const holds = () => noted().user !== 0;

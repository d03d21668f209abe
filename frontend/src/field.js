// The inspection on a phone. Everything is kept on the phone first and sent when there is a network.
import { fill, h, icon as drawn, pad, smaller, unique } from "./field/drawing.js";
import { all, forget, keep, note, noted, open } from "./field/held.js";
import { day, send, SignedOut } from "./field/sending.js";

const root = document.querySelector("[data-field]");
const sheet = root.dataset.icons;
const icon = (name) => drawn(name, sheet);
const VERDICTS = [
  ["ok", "符合"],
  ["defect", "不符合"],
  ["not_applicable", "不适用"],
];
const OFTEN = 20000;

const state = {
  db: null,
  user: noted(),
  visits: [],
  queue: [],
  offline: !navigator.onLine,
  signedOut: false,
  sending: false,
  shown: null,
};

// ---------------------------------------------------------------- what is kept

async function read() {
  state.visits = state.db ? await all(state.db, "visits") : [];
  state.queue = state.db ? await all(state.db, "queue") : [];
  state.queue.sort((a, b) => a.at.localeCompare(b.at));
  if (state.user.user) note(state.user.user, state.user.name, state.queue.length);
  paint();
}

async function use(user) {
  state.db = await open(user);
  // Signing out in another tab takes the database away: this page has nothing left to show.
  state.db.onversionchange = () => {
    state.db.close();
    location.reload();
  };
}

async function add(visit, kind, told = {}, more = {}) {
  const key = unique();
  const at = new Date().toISOString();
  const moment = { answer: "said_at", signature: "signed_at", photo: "taken_at" }[kind] ?? "at";
  await keep(state.db, "queue", { key, visit, kind, at, told: { ...told, key, [moment]: at }, ...more });
  await read();
  deliver();
}

const queued = (visit, kind) => state.queue.filter((row) => row.visit === visit && row.kind === kind);

function answerOf(visit, item) {
  const here = queued(visit.id, "answer").filter((row) => row.told.item === item);
  return here.length ? here[here.length - 1].told : visit.answers[item];
}

const begun = (visit) => visit.state === "underway" || queued(visit.id, "begun").some((row) => !row.refused);
const finished = (visit) => visit.done || queued(visit.id, "finished").some((row) => !row.refused);

// What is through is let go: nothing stays on a phone that has been delivered and is not needed any more.
async function tidy(fetched) {
  const waiting = new Set((await all(state.db, "queue")).map((row) => row.visit));
  const kept = await all(state.db, "visits");
  const named = new Set(fetched.filter((visit) => !visit.done).map((visit) => visit.id));
  await forget(state.db, "visits", kept.map((one) => one.id).filter((id) => !named.has(id) && !waiting.has(id)));
  for (const visit of fetched) if (named.has(visit.id) || waiting.has(visit.id)) await keep(state.db, "visits", visit);
}

// ---------------------------------------------------------------- sending

const alone = (act) => (navigator.locks ? navigator.locks.request("tuoyu-field", act) : act());
let again = false;

async function deliver() {
  if (state.sending) {
    again = true;
    return;
  }
  state.sending = true;
  try {
    do {
      again = false;
      await alone(exchange);
    } while (again);
    state.offline = state.signedOut = false;
  } catch (error) {
    if (error instanceof SignedOut) state.signedOut = true;
    else state.offline = true;
  } finally {
    state.sending = false;
    await read();
  }
}

async function exchange() {
  if (state.db && state.user.user) {
    await send(state.db);
  }
  const today = await day();
  if (today.user_id !== state.user.user) {
    // Somebody else has signed in: what the one before left stays apart until that person is here again.
    state.left = state.user.waiting ? state.user : null;
    state.user = { user: today.user_id, name: today.name, waiting: 0 };
    await use(today.user_id);
    state.shown = null;
    again = (await all(state.db, "queue")).length > 0;
  }
  await tidy(today.visits);
  state.done = today.visits.filter((visit) => visit.done);
}

// ---------------------------------------------------------------- pages

function paint() {
  paintBar();
  const id = Number(location.hash.slice(1));
  const visit = state.visits.find((one) => one.id === id);
  if (!visit) paintDay();
  else if (state.shown?.id === id && state.shown.begun === begun(visit)) state.shown.refresh(visit);
  else paintVisit(visit);
}

const bar = h("p", { class: "field-bar", role: "status", "aria-live": "polite" });
// What came with the page stays until there is something to draw: a phone may take its time to open what it holds.
const page = h("div", {}, ...root.childNodes);
root.replaceChildren(bar, page);

function paintBar() {
  const waiting = state.queue.filter((row) => !row.refused).length;
  const refused = state.queue.length - waiting;
  const [tone, sign, words] = state.offline
    ? ["amber", "alert-triangle", waiting ? `离线，待发送 ${waiting} 项，已存在本机` : "离线，没有待发送的"]
    : state.signedOut
      ? ["red", "alert-circle", waiting ? `登录已失效，待发送 ${waiting} 项` : "请先登录"]
      : waiting
        ? ["todo", "send", state.sending ? `正在发送，还有 ${waiting} 项` : `待发送 ${waiting} 项`]
        : ["green", "circle-check", "已全部送达"];
  bar.className = `field-bar tone-${tone}`;
  bar.dataset.waiting = `${waiting}`;
  const parts = [icon(sign), h("span", {}, words)];
  if (refused) parts.push(h("span", {}, `，${refused} 项不能送达`));
  if (state.signedOut) parts.push(h("a", { href: root.dataset.signIn, class: "btn btn-quiet" }, "登录"));
  bar.replaceChildren(...parts);
}

function paintDay() {
  state.shown = null;
  const cards = state.visits.map((visit) => {
    const answered = visit.items.filter((item) => answerOf(visit, item.key)).length;
    return h(
      "li",
      { class: "panel field-card" },
      h("h2", {}, h("a", { href: `#${visit.id}` }, visit.institution)),
      h("p", { class: "quiet" }, visit.address),
      h(
        "p",
        {},
        begun(visit) ? `检查中，已答 ${answered} / ${visit.items.length} 项` : "待检查",
        visit.scheduled_on ? `，${visit.scheduled_on}` : "",
      ),
    );
  });
  const through = (state.done ?? []).filter((visit) => !state.visits.some((one) => one.id === visit.id));
  fill(page, 
    h("h1", {}, "现场检查"),
    h("p", { class: "lead" }, "没有网络也能检查：答复先存在本机，有网络时自动送达。"),
    state.left ? h("p", { class: "note tone-amber" }, `这部手机上还有${state.left.name}的 ${state.left.waiting} 项没有送达，须由本人登录后发送。`) : null,
    cards.length
      ? h("ul", { class: "plain-list field-day" }, ...cards)
      : h("p", { class: "empty-state" }, "没有要做的检查。"),
    ...through.map((visit) =>
      h("p", { class: "note tone-green" }, icon("circle-check"), h("span", {}, `${visit.institution}：${visit.department}的部分已完成并送达，本机已清除。`), h("a", { href: `/inspections/${visit.id}/` }, "查看")),
    ),
  );
}

function paintVisit(visit) {
  const items = begun(visit) ? visit.items.map((item) => itemOf(visit, item)) : [];
  const sections = new Map();
  for (const one of items) sections.set(one.section, [...(sections.get(one.section) ?? []), one]);
  const groups = [...sections].map(([name, rows]) => {
    const count = h("span", { class: "count" });
    return { rows, count, name };
  });
  const progress = h("progress", { max: visit.items.length, value: 0, "aria-label": "已答复" });
  const said = h("span", { class: "num nobr" });
  const refusals = h("div", {});
  const end = h("div", {});
  fill(page, 
    h("p", { class: "crumbs" }, h("a", { href: "#" }, "现场检查")),
    h("h1", {}, visit.institution),
    h("p", { class: "quiet" }, visit.address),
    h("p", { class: "quiet" }, `编号 ${visit.number}，${visit.department}的检查部分`),
    refusals,
    begun(visit)
      ? h("div", { class: "progress-line" }, progress, said)
      : h("div", { class: "acts" }, h("button", { type: "button", class: "btn btn-primary field-main", onclick: () => add(visit.id, "begun") }, "开始检查")),
    ...groups.map(({ rows, count, name }) =>
      h("details", { class: "panel field-section", open: true }, h("summary", {}, h("h2", {}, name), count), ...rows.map((one) => one.element)),
    ),
    end,
  );
  window.scrollTo(0, 0);
  const refresh = (now) => {
    let answered = 0;
    for (const one of items) if (one.refresh(now)) answered += 1;
    for (const { rows, count } of groups) count.textContent = `${rows.filter((one) => one.answered).length} / ${rows.length}`;
    progress.value = answered;
    said.textContent = `${answered} / ${now.items.length} 项`;
    fill(refusals, ...refusedOf(now));
    if (begun(now)) fill(end, ...endOf(now, answered));
  };
  const flush = () => items.forEach((one) => one.flush());
  state.shown = { id: visit.id, begun: begun(visit), refresh, flush };
  refresh(visit);
}

function refusedOf(visit) {
  const rows = state.queue.filter((row) => row.visit === visit.id && row.refused);
  if (!rows.length) return [];
  const drop = async () => {
    await forget(state.db, "queue", rows.map((row) => row.key));
    await read();
  };
  return [
    h(
      "section",
      { class: "problem-list", role: "alert" },
      h("h2", {}, `${rows.length} 项不能送达`),
      h("ul", {}, ...[...new Set(rows.map((row) => row.refused))].map((why) => h("li", {}, why))),
      h("button", { type: "button", class: "btn btn-quiet", onclick: drop }, "从本机删除这些记录"),
    ),
  ];
}

// ---------------------------------------------------------------- one item

function itemOf(visit, item) {
  const name = `v-${item.key}`;
  const text = h("textarea", { class: "form-control", rows: 2, maxlength: 1000, "aria-label": `${item.text}：说明` });
  const words = h("p", { class: "field-said" });
  const photos = h("p", { class: "quiet" });
  const fold = h("details", { class: "field-more" }, h("summary", {}, "说明和照片"), text, camera(visit, item), photos);
  const radios = VERDICTS.map(([value, label]) => {
    const input = h("input", { type: "radio", name, value, id: `${name}-${value}` });
    input.addEventListener("change", () => say(value));
    return [input, h("label", { for: input.id, class: `is-${value}` }, label)];
  });
  const inputs = radios.map(([input]) => input);
  const one = { section: item.section, answered: false };
  let now = visit;
  const chosen = () => inputs.find((input) => input.checked)?.value;
  one.flush = () => say(chosen());
  const say = (verdict) => {
    const before = answerOf(now, item.key);
    if (!verdict || (before && before.verdict === verdict && before.note === text.value.trim())) return;
    if (verdict === "defect") fold.open = true;
    add(visit.id, "answer", { item: item.key, verdict, note: text.value.trim(), saw: before?.key ?? null });
  };
  text.addEventListener("change", () => one.flush());
  const group = h(
    "fieldset",
    {},
    h("legend", {}, item.text, item.severity === "block" ? h("span", { class: "state tone-todo" }, "必须") : h("span", { class: "state tone-grey" }, "建议")),
    h("p", { class: "field-rule" }, item.asks ? h("span", {}, item.asks) : null, h("cite", { class: "source" }, `依据：${item.source}`)),
    h("div", { class: "field-verdicts" }, ...radios.flat()),
    words,
    fold,
  );
  one.element = h("div", { class: "field-item" }, group);
  one.refresh = (fresh) => {
    now = fresh;
    const answer = answerOf(fresh, item.key);
    one.answered = Boolean(answer);
    for (const input of inputs) input.checked = input.value === answer?.verdict;
    if (document.activeElement !== text && answer) text.value = answer.note;
    if (answer?.note) fold.open = true;
    const here = queued(fresh.id, "answer").some((row) => row.told.item === item.key);
    const clash = !here && answer?.conflict;
    words.className = `field-said ${clash ? "tone-amber" : "quiet"}`;
    words.textContent = !answer ? "" : clash ? `另一部手机上有不同的答复，以较晚的为准（${answer.by}）。请核对，需要时重新选择。` : here ? "已存在本机，待发送" : `已送达，${answer.by}`;
    const waiting = queued(fresh.id, "photo").filter((row) => row.told.item === item.key).length;
    const sent = fresh.photos.filter((photo) => photo.item === item.key).length;
    photos.textContent = waiting + sent ? `照片 ${waiting + sent} 张${waiting ? `，${waiting} 张待发送` : ""}` : "";
    return one.answered;
  };
  return one;
}

function camera(visit, item) {
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    try {
      await add(visit.id, "photo", { item: item.key }, { blob: await smaller(file) });
    } catch {
      label.lastChild.textContent = "这张照片不能打开，请重拍";
    }
  });
  const label = h("label", { class: "btn btn-quiet" }, icon("camera"), input, h("span", {}, "拍照（可不拍）"));
  return label;
}

// ---------------------------------------------------------------- signatures, the end of a part

function endOf(visit, answered) {
  const left = visit.items.length - answered;
  const mine = (row) => row.told.side === "inspector";
  const waiting = queued(visit.id, "signature").filter((row) => !row.refused);
  const signed = (words) => h("span", { class: "state tone-green" }, words);
  const row = (name, done, open) =>
    h("li", {}, h("span", {}, name), done ?? h("span", { class: "state tone-grey" }, "待签字"), h("button", { type: "button", class: "btn btn-quiet", "aria-label": `${name}签字`, onclick: open }, done ? "重签" : "签字"));
  const people = visit.signers.map((signer) => {
    const here = waiting.some((one) => mine(one) && one.told.assignment === signer.assignment);
    const done = here ? signed("已签，待发送") : signer.signed ? signed("已签字") : null;
    return row(signer.name, done, () => signing(visit, `${signer.name}签字`, { side: "inspector", assignment: signer.assignment }));
  });
  const here = waiting.some((one) => !mine(one));
  const theirs = here ? signed("已记录，待发送") : visit.institution_signed ? signed(visit.institution_signed === "refused" ? "拒绝签字" : "已签字") : null;
  const others = visit.others.filter((part) => !part.done).map((part) => part.department);
  return [
    h("section", { class: "panel" }, h("h2", {}, "签字"), h("ul", { class: "plain-list field-signers" }, ...people, row("被检查机构", theirs, () => signing(visit, "被检查机构签字", { side: "institution" })))),
    h(
      "section",
      { class: "panel" },
      h("h2", {}, "完成"),
      finished(visit)
        ? h("p", {}, icon("circle-check"), visit.done ? "本部门的部分已完成。" : "本部门的部分已完成，待发送。")
        : h("button", { type: "button", class: "btn btn-primary field-main", disabled: left > 0, onclick: () => add(visit.id, "finished") }, left ? `还有 ${left} 项没有答复` : "本部门检查完成"),
      others.length ? h("p", { class: "quiet" }, `${others.join("、")}的部分还没有完成。`) : null,
      h("p", { class: "quiet" }, "各部门都完成、双方签字并全部送达后，由牵头部门", h("a", { href: `/inspections/${visit.id}/` }, "确认结果"), "。"),
    ),
  ];
}

function signing(visit, title, told) {
  const { canvas, strokes, clear } = pad(`${title}：在这里签字`);
  const wrong = h("p", { class: "field-wrong", role: "alert" });
  const input = (label, id) => [h("label", { class: "form-label", for: id }, label), h("input", { class: "form-control", id, maxlength: 60, autocomplete: "off" })];
  const [nameLabel, name] = input("签字人姓名", "sign-name");
  const [reasonLabel, reason] = input("拒绝签字的理由", "sign-reason");
  const [witnessLabel, witness] = input("见证人", "sign-witness");
  const refuses = h("input", { type: "checkbox", id: "sign-refused", class: "form-check-input" });
  const why = h("div", { hidden: true }, reasonLabel, reason, witnessLabel, witness);
  const drawing = h("div", {}, canvas, h("button", { type: "button", class: "btn btn-plain", onclick: clear }, "清除"));
  refuses.addEventListener("change", () => {
    why.hidden = !refuses.checked;
    drawing.hidden = refuses.checked;
  });
  const theirs = told.side === "institution";
  const save = async () => {
    const refused = refuses.checked;
    wrong.textContent =
      theirs && !name.value.trim() ? "请填写姓名。"
        : refused && !(reason.value.trim() && witness.value.trim()) ? "请写明拒绝签字的理由和见证人。"
          : !refused && strokes.flat().length < 2 ? "还没有签字。" : "";
    if (wrong.textContent) return;
    const said = theirs ? { name: name.value.trim(), refused, reason: refused ? reason.value.trim() : "", witness: refused ? witness.value.trim() : "" } : {};
    dialog.close();
    await add(visit.id, "signature", { ...told, ...said, strokes: refused ? [] : strokes });
  };
  const dialog = h(
    "dialog",
    { class: "confirm-dialog field-signing", "aria-labelledby": "signing-title" },
    h(
      "div",
      { class: "confirm-panel" },
      h("h2", { id: "signing-title" }, title),
      ...(theirs ? [nameLabel, name, h("p", { class: "form-check" }, refuses, h("label", { for: "sign-refused" }, "拒绝签字")), why] : []),
      drawing,
      wrong,
      h("div", { class: "acts" }, h("button", { type: "button", class: "btn btn-primary", onclick: save }, "保存"), h("button", { type: "button", class: "btn btn-plain", onclick: () => dialog.close() }, "取消")),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// ---------------------------------------------------------------- begin

window.addEventListener("hashchange", paint);
window.addEventListener("online", deliver);
window.addEventListener("offline", () => {
  state.offline = true;
  paint();
});
// What is typed and not yet left counts too when the phone goes into a pocket.
document.addEventListener("visibilitychange", () => (document.hidden ? state.shown?.flush() : deliver()));
setInterval(() => document.hidden || deliver(), OFTEN);

async function start() {
  if (state.user.user) {
    await use(state.user.user);
    await read();
  }
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/field/worker.js", { scope: "/field/" }).catch(() => {});
  }
  await deliver();
}

start();

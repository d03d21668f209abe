// What was done on this phone goes in, each thing under its key: sent twice it is kept once. A thing leaves the
// queue only when the answer says that it is kept.
import { all, forget, keep } from "./held.js";

const API = "/api/v1";
const AT_ONCE = 60;

export class SignedOut extends Error {}

async function call(path, options = {}) {
  const answer = await fetch(API + path, { credentials: "same-origin", cache: "no-store", ...options });
  if (answer.status === 401 || answer.status === 403) throw new SignedOut();
  return answer;
}

export async function day() {
  const answer = await call("/visits");
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function token() {
  return (await (await call("/session")).json()).csrf_token;
}

function told(rows) {
  const of = (kind) => rows.filter((row) => row.kind === kind).map((row) => row.told);
  return {
    sent_at: new Date().toISOString(),
    begun: of("begun")[0] ?? null,
    answers: of("answer"),
    signatures: of("signature"),
    finished: of("finished")[0] ?? null,
  };
}

async function refuse(db, row, message) {
  await keep(db, "queue", { ...row, refused: message });
}

function words(body) {
  return (body.problems ?? []).map((problem) => problem.message).join("；") || "没有送达，请稍后再试。";
}

async function sendWords(db, visit, rows, csrf) {
  const answer = await call(`/visits/${visit}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify(told(rows)),
  });
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  const body = await answer.json();
  if (!answer.ok) {
    for (const row of rows) await refuse(db, row, words(body));
    return;
  }
  await keep(db, "visits", body.visit);
  await forget(db, "queue", body.has);
  for (const { key, message } of body.refused) {
    const row = rows.find((one) => one.key === key);
    if (row) await refuse(db, row, message);
  }
}

async function sendPhoto(db, row, csrf) {
  const form = new FormData();
  form.append("key", row.key);
  form.append("item", row.told.item);
  form.append("taken_at", row.told.taken_at);
  form.append("sent_at", new Date().toISOString());
  form.append("file", new File([row.blob], `${row.key}.jpg`, { type: "image/jpeg" }));
  const headers = { "X-CSRFToken": csrf };
  const answer = await call(`/visits/${row.visit}/photos`, { method: "POST", headers, body: form });
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  if (answer.ok) await forget(db, "queue", [row.key]);
  else await refuse(db, row, words(await answer.json()));
}

// The part is finished last: it is refused while an answer of it is still under way.
const ORDER = ["begun", "answer", "signature", "photo", "finished"];

export async function send(db) {
  const waiting = (await all(db, "queue")).filter((row) => !row.refused);
  if (!waiting.length) return;
  const csrf = await token();
  for (const visit of new Set(waiting.map((row) => row.visit))) {
    const rows = waiting
      .filter((row) => row.visit === visit)
      .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.at.localeCompare(b.at));
    const photos = rows.filter((row) => row.kind === "photo");
    const finished = rows.filter((row) => row.kind === "finished");
    const others = rows.filter((row) => row.kind !== "photo" && row.kind !== "finished");
    for (let first = 0; first < others.length; first += AT_ONCE) {
      await sendWords(db, visit, others.slice(first, first + AT_ONCE), csrf);
    }
    for (const row of photos) await sendPhoto(db, row, csrf);
    if (finished.length) await sendWords(db, visit, finished, csrf);
  }
}

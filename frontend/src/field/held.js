// What a phone holds of inspections: IndexedDB, one database for each person who uses the phone.
// `visits` are what was fetched, `queue` is what was done here and has not come in yet.

const KEPT = "tuoyu-field";

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export function open(user) {
  const request = indexedDB.open(`${KEPT}-${user}`, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("visits", { keyPath: "id" });
    request.result.createObjectStore("queue", { keyPath: "key" }).createIndex("visit", "visit");
  };
  return asked(request);
}

export const all = (db, store) => asked(db.transaction(store).objectStore(store).getAll());

// Done once the disk has it: an answer that is shown as kept is kept.
function written(db, store, act) {
  return new Promise((resolve, reject) => {
    const change = db.transaction(store, "readwrite", { durability: "strict" });
    change.oncomplete = () => resolve();
    change.onerror = change.onabort = () => reject(change.error);
    act(change.objectStore(store));
  });
}

export const keep = (db, store, row) => written(db, store, (rows) => rows.put(row));
export const forget = (db, store, keys) =>
  written(db, store, (rows) => {
    for (const key of keys) rows.delete(key);
  });

// Who last used this phone, and how much of theirs waits: known without opening the database, on every page.
export function note(user, name, waiting) {
  localStorage.setItem(KEPT, JSON.stringify({ user, name, waiting }));
}

export function noted() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? { user: 0, name: "", waiting: 0 };
  } catch {
    return { user: 0, name: "", waiting: 0 };
  }
}

export async function wipe() {
  const { user } = noted();
  localStorage.removeItem(KEPT);
  if (user) {
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(`${KEPT}-${user}`);
      // Another tab may hold it open; it goes as soon as that closes.
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  }
}

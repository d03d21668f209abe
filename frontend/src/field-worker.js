// Keeps the shell of the inspection pages, so that they open without a network. It holds no data and touches no
// other request. SHELL and VERSION are written above this by the server.

const shell = `field-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(shell)
      .then((kept) => kept.addAll(SHELL.map((address) => new Request(address, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name !== shell).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || !SHELL.includes(address.pathname)) return;
  const known = () => caches.match(address.pathname, { cacheName: shell });
  if (request.mode === "navigate") {
    // A new version is taken when there is a network; a slow one is not waited for.
    const late = new Promise((_, reject) => setTimeout(reject, 4000));
    const fresh = Promise.race([fetch(address.href, { credentials: "same-origin" }), late]);
    event.respondWith(fresh.catch(async () => (await known()) ?? Response.error()));
  } else {
    event.respondWith(known().then((found) => found ?? fetch(request)));
  }
});

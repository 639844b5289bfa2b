// The service worker of one event's door: keeps its page without a network, and what that needs.
// No other page is kept. Which ones these are is said by the script that imports this one.

const { version, door, page, files } = self.stadtlaborDoor;
const CACHES = `stadtlabor-door ${door} `;
const CACHE = CACHES + version;
const KEPT = new Set(files.map((file) => new URL(file, location.href).href));
const PAGE = new URL(page, location.href);

// A redirect would lead to a page to sign in, which is nobody's to keep.
async function keep(file) {
  const response = await fetch(file, { redirect: "error" });
  if (!response.ok) {
    throw new Error(`${file} came with status ${response.status}`);
  }
  const cache = await caches.open(CACHE);
  await cache.put(file, response);
}

async function dropFormer() {
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHES) && name !== CACHE) {
      await caches.delete(name);
    }
  }
}

async function kept(request) {
  const address = request.mode === "navigate" ? PAGE.href : request.url;
  const found = await caches.match(address, { cacheName: CACHE, ignoreVary: true });
  return found ?? fetch(request);
}

// The other pages of the door need the network; without it they lead to the one that does not.
async function live(request) {
  try {
    return await fetch(request);
  } catch (failure) {
    if (await caches.has(CACHE)) {
      return Response.redirect(PAGE.href, 302);
    }
    throw failure;
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all(files.map(keep)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropFormer().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") {
    return;
  }
  if (request.mode === "navigate") {
    const isOwn = new URL(request.url).pathname === PAGE.pathname;
    event.respondWith(isOwn ? kept(request) : live(request));
  } else if (KEPT.has(request.url)) {
    event.respondWith(kept(request));
  }
});

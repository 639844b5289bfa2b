// Keeps the lists of doors without a network, and their arrivals, in this browser (IndexedDB).

const NAME = "stadtlabor-door";
let opened = null;

function done(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore("lists", { keyPath: "event" });
      request.result
        .createObjectStore("arrivals", { keyPath: "key" })
        .createIndex("event", "event");
    });
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
  return opened;
}

// Written to the disk before it is done: somebody may close the browser at once.
async function change(name, work) {
  const transaction = (await open()).transaction(name, "readwrite", { durability: "strict" });
  const finished = new Promise((resolve, reject) => {
    transaction.addEventListener("complete", resolve);
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
  work(transaction.objectStore(name));
  await finished;
}

async function read(name, ask) {
  return done(ask((await open()).transaction(name).objectStore(name)));
}

// Whether this browser keeps anything at all; where it cannot tell, as if it did.
export async function isThere() {
  const found = await indexedDB.databases?.();
  return !found || found.some(({ name }) => name === NAME);
}

export function listOf(event) {
  return read("lists", (lists) => lists.get(event));
}

export function keepList(list) {
  return change("lists", (lists) => lists.put(list));
}

export function dropList(event) {
  return change("lists", (lists) => lists.delete(event));
}

export async function arrivalsOf(event) {
  const found = await read("arrivals", (arrivals) => arrivals.index("event").getAll(event));
  return found.sort((one, other) => one.at - other.at);
}

export function keepArrivals(some) {
  return change("arrivals", (arrivals) => some.forEach((arrival) => arrivals.put(arrival)));
}

export function dropArrivals(some) {
  return change("arrivals", (arrivals) => some.forEach((arrival) => arrivals.delete(arrival.key)));
}

// What is over goes without a network too, whichever event's page is open.
export async function wipeEnded(now) {
  for (const list of await read("lists", (lists) => lists.getAll())) {
    if (list.wipe_at <= now + list.ahead) {
      await dropList(list.event);
    }
  }
  const arrivals = await read("arrivals", (all) => all.getAll());
  await dropArrivals(arrivals.filter((arrival) => arrival.wipe_at <= now + arrival.ahead));
}

// The door without a network: finds parties in the list that this device keeps, lets them in, and
// sends that when there is a network again. What was let in has a key, by which it counts once.

const root = document.querySelector("[data-stadtlabor-offline-door]");
const { event, list: listAddress, arrivals: arrivalsAddress, worker, door, timezone } = root.dataset;
const store = await import(new URL(root.dataset.store, location.href));
const { searchable, wordsOf } = await import(new URL(root.dataset.search, location.href));

const PATIENCE = 15_000;
const PAUSE = 30_000;
const HOUR = 3_600_000;
const SHOWN = 20;
const LATEST = 5;
const CODE = /^[2-9A-HJ-NP-Z]{10}$/;
const CLOSED = [401, 403, 404, 410];
const STATES = ["come", "here", "kept", "recorded", "already", "refused"];

let list = null;
let names = new Map();
let arrivals = [];
let shown = null;
let justIn = null;
const takenBack = new Set();
let isSignedOut = false;
let isBusy = false;
let token = "";
let atOnce = 1;
let timer = 0;

class SignedOut extends Error {}

function part(name) {
  return root.querySelector(`[data-part="${name}"]`);
}

function words(name, values = {}) {
  return root.dataset[name].replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
}

function say(text) {
  part("says").textContent = text;
}

function seconds() {
  return Math.round(Date.now() / 1000);
}

function clock(at) {
  const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: timezone };
  return new Intl.DateTimeFormat(root.closest("[lang]").lang, format).format(at * 1000);
}

function copy(name, values) {
  const made = root.querySelector(`template[data-part="${name}"]`).content.cloneNode(true);
  for (const [slot, value] of Object.entries(values)) {
    made.querySelector(`[data-slot="${slot}"]`)?.append(value);
  }
  return made.firstElementChild;
}

function showOnly(names, one) {
  for (const name of names) {
    part(name).hidden = name !== one;
  }
}

// What is on this device

function unsent() {
  return arrivals.filter((arrival) => arrival.state === "kept");
}

function partyOf(number) {
  return list?.parties.find((party) => party.number === number);
}

function sizeOf(party) {
  return list.sizes[party.size - 1];
}

// How many of a party are inside, with those that the server does not know of yet.
function inside(party) {
  const kept = unsent().filter((arrival) => arrival.number === party.number);
  return kept.reduce((sum, arrival) => sum + arrival.people, party.arrived);
}

function take(fresh) {
  list = fresh ?? null;
  names = new Map((list?.parties ?? []).map((party) => [party.number, searchable(party.name)]));
}

async function read() {
  await store.wipeEnded(seconds());
  take(await store.listOf(event));
  const kept = await store.arrivalsOf(event);
  arrivals = kept.filter((arrival) => !takenBack.has(arrival.key));
}

async function dropWorker() {
  const registration = await navigator.serviceWorker.getRegistration(door);
  await registration?.unregister();
  for (const name of await caches.keys()) {
    if (name.startsWith(`stadtlabor-door ${door} `)) {
      await caches.delete(name);
    }
  }
}

// The page is kept as long as it has something to send.
async function wipeList() {
  take(null);
  shown = null;
  await store.dropList(event);
  if (!unsent().length) {
    await dropWorker();
  }
}

async function wipe() {
  await store.dropArrivals(arrivals);
  arrivals = [];
  await wipeList();
  render();
  say(words("wiped"));
  part("prepare-now").focus();
}

// With the server

async function ask(address, options = {}) {
  const response = await fetch(address, {
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
    ...options,
  });
  if (response.type === "opaqueredirect" || CLOSED.includes(response.status)) {
    throw new SignedOut();
  }
  return { status: response.status, body: await response.json() };
}

function post(some) {
  const told = some.map(({ key, number, people, seen, at, where, prepared }) => ({
    key, number, people, seen, at, where, prepared,
  }));
  return ask(arrivalsAddress, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ csrf_token: token, arrivals: told }),
  });
}

// Nothing is sent before the server has answered: what was sent cannot be taken back here any more.
async function send() {
  while (unsent().length) {
    const hello = await post([]);
    token = hello.body.csrf_token ?? token;
    atOnce = hello.body.most ?? atOnce;
    const some = unsent().slice(0, atOnce);
    some.forEach((arrival) => {
      arrival.tried = true;
    });
    await store.keepArrivals(some);
    const { status, body } = await post(some);
    if (status !== 200) {
      throw new Error(`The arrivals were answered with status ${status}`);
    }
    await note(body.results);
  }
}

async function note(results) {
  const byKey = new Map(arrivals.map((arrival) => [arrival.key, arrival]));
  const noted = [];
  for (const { key, state, words: told, arrived } of results) {
    const arrival = byKey.get(key);
    noted.push(Object.assign(arrival, { state, words: told }));
    const party = partyOf(arrival.number);
    if (party && arrived !== undefined) {
      Object.assign(party, { arrived, here: told });
    }
  }
  await store.keepArrivals(noted);
  if (list) {
    await store.keepList(list);
  }
}

async function fetchList() {
  const { status, body } = await ask(listAddress);
  if (status !== 200) {
    await wipeList();
    say(body.problem);
    return;
  }
  const ahead = body.prepared_at - seconds();
  const fresh = { ...body, ahead, door: list?.door || body.door };
  await store.keepList(fresh);
  take(fresh);
}

// Sends what is kept, and fetches a fresh list where that is wanted; nobody has to wait for it. What
// is here is read anew first: another tab may have changed it, and what is over goes by that.
async function contact({ freshList = false } = {}) {
  clearTimeout(timer);
  if (isBusy) {
    return;
  }
  isBusy = true;
  await read();
  render();
  const waiting = unsent();
  try {
    await send();
    isSignedOut &&= !waiting.length;
    if (freshList && list) {
      await fetchList();
      await navigator.serviceWorker.register(worker);
    }
  } catch (failure) {
    isSignedOut = failure instanceof SignedOut;
    if (isSignedOut) {
      await wipeList();
    }
  }
  if (!list && !unsent().length) {
    await dropWorker();
  }
  isBusy = false;
  render();
  if (waiting.some(({ state }) => state === "already" || state === "refused")) {
    say(words("trouble"));
  } else if (waiting.length && !unsent().length) {
    say(words("allSent"));
  }
  if (unsent().length && !isSignedOut && !document.hidden) {
    timer = setTimeout(contact, PAUSE);
  }
}

function whenActive(registration) {
  const found = registration.installing ?? registration.waiting ?? registration.active;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (found.state === "activated") {
        resolve();
      } else if (found.state === "redundant") {
        reject(new Error("The page could not be kept"));
      }
    };
    found.addEventListener("statechange", look);
    look();
  });
}

async function prepare() {
  const button = part("prepare-now");
  button.disabled = true;
  isBusy = true;
  say(words("preparing"));
  try {
    await fetchList();
    if (list) {
      await whenActive(await navigator.serviceWorker.register(worker));
      say("");
    }
    isSignedOut = false;
  } catch (failure) {
    isSignedOut = failure instanceof SignedOut;
    await wipeList();
    say(isSignedOut ? "" : words("unprepared"));
  }
  isBusy = false;
  button.disabled = false;
  render();
  if (list) {
    part("prepared").focus();
  }
}

// At the door

async function hashOf(code) {
  const bytes = new TextEncoder().encode(`${list.salt}:${code}`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function byCode(text) {
  const last = text.trim().replace(/\/+$/, "").split("/").pop();
  const code = last.replace(/[\s-]/g, "").toUpperCase();
  if (!CODE.test(code)) {
    return undefined;
  }
  const hash = await hashOf(code);
  return list.parties.find((party) => party.code === hash);
}

function byName(text) {
  const wanted = wordsOf(text);
  if (!wanted.length) {
    return [];
  }
  const fits = ({ number }) => wanted.every((word) => names.get(number).includes(word));
  return list.parties.filter(fits).slice(0, SHOWN);
}

function showFound(found, text) {
  part("found").replaceChildren(
    ...found.map((party) => {
      const here = inside(party);
      const note = here ? words("inside", { here, size: party.size }) : words("awaited");
      const row = copy("found-party", { name: party.name, note: `${sizeOf(party)} · ${note}` });
      row.querySelector("a").addEventListener("click", (click) => {
        click.preventDefault();
        showCard(party);
      });
      return row;
    }),
  );
  part("none").hidden = found.length > 0 || !text.trim();
}

async function find(text, { opens }) {
  if (!list) {
    return;
  }
  const ticket = await byCode(text);
  const found = ticket ? [ticket] : byName(text);
  if (opens && found.length === 1) {
    showCard(found[0]);
    return;
  }
  showFound(found, text);
}

function showCard(party) {
  shown = party.number;
  justIn = null;
  part("how-many").value = party.size - inside(party);
  showFound([], "");
  search.reset();
  render();
  part("name").focus();
  part("card").scrollIntoView();
}

async function letIn(party, people) {
  const key = crypto.randomUUID().replaceAll("-", "");
  const arrival = {
    key,
    event,
    people,
    number: party.number,
    words_of_people: list.sizes[people - 1],
    seen: inside(party),
    at: seconds() + list.ahead,
    where: list.door,
    prepared: list.prepared,
    wipe_at: list.wipe_at,
    ahead: list.ahead,
    state: "kept",
    tried: false,
    words: "",
  };
  await store.keepArrivals([arrival]);
  if (!arrivals.some((other) => other.key === key)) {
    arrivals.push(arrival);
  }
  justIn = key;
  part("how-many").value = party.size - inside(party);
  render();
  say(words("letIn", { name: party.name }));
  part("name").focus();
  contact();
}

async function undo(key) {
  const arrival = arrivals.find((each) => each.key === key);
  if (!arrival || arrival.tried) {
    return;
  }
  takenBack.add(key);
  arrivals = arrivals.filter((each) => each !== arrival);
  justIn = null;
  await store.dropArrivals([arrival]);
  render();
  say(words("undone"));
}

// What is seen

function renderStanding() {
  const number = unsent().length;
  const standing = isSignedOut ? "signed-out" : number ? "unsent" : arrivals.length ? "sent" : "";
  showOnly(["signed-out", "unsent", "sent"], standing);
  for (const count of root.querySelectorAll("[data-slot=unsent]")) {
    count.textContent = number;
  }
  part("kept-here").hidden = !number;
}

function rowOf(arrival) {
  const party = partyOf(arrival.number);
  const who = party?.name ?? words("numbered", { number: arrival.number });
  const when = clock(arrival.at);
  const row = copy(`arrival-${arrival.state}`, {
    who,
    what: `${arrival.words_of_people}, ${when}`,
    words: arrival.words,
  });
  const button = row.querySelector("button");
  if (button && arrival.tried) {
    button.remove();
  }
  button?.append(hidden(`: ${who}`));
  button?.addEventListener("click", () => undo(arrival.key));
  return row;
}

function hidden(text) {
  const made = document.createElement("span");
  made.className = "sl-unseen";
  made.textContent = text;
  return made;
}

// All that wants to be looked at, and the latest of what is well.
function renderArrivals() {
  const isWell = (arrival) => arrival.state === "recorded";
  const well = arrivals.filter(isWell).slice(-LATEST);
  const rest = arrivals.filter((arrival) => !isWell(arrival));
  part("arrivals").replaceChildren(...[...well, ...rest].reverse().map(rowOf));
  part("log").hidden = !arrivals.length;
}

function renderPhotos(party) {
  const answers = party.photos.map((answer, at) => copy(`photo-${answer}`, { what: list.photos[at] }));
  if (party.size > 1 && answers.length) {
    answers.push(copy("photo-others", {}));
  }
  part("photos").replaceChildren(...answers);
  part("photo-answers").hidden = !answers.length;
}

function renderCard() {
  const party = partyOf(shown);
  part("card").hidden = !party;
  if (!party) {
    return;
  }
  const here = inside(party);
  const missing = party.size - here;
  const latest = arrivals.find((arrival) => arrival.key === justIn);
  const count = words("inside", { here, size: party.size });
  showOnly(STATES, latest?.state ?? (here ? "here" : "come"));
  for (const slot of part("card").querySelectorAll("[data-slot=count]")) {
    slot.textContent = count;
  }
  for (const slot of part("card").querySelectorAll("[data-slot=told]")) {
    slot.textContent = latest?.words || party.here || count;
  }
  part("name").textContent = party.name;
  part("size").textContent = sizeOf(party);
  part("let-in").hidden = missing < 1;
  part("let-in").textContent = words("checkIn", { people: list.sizes[Math.max(missing, 1) - 1] });
  part("fewer").hidden = missing < 2;
  part("how-many").max = missing;
  part("undo").hidden = latest?.state !== "kept" || latest.tried;
  part("needs").hidden = !party.needs;
  part("needs-words").textContent = party.needs ?? "";
  renderPhotos(party);
}

function render() {
  part("prepare").hidden = Boolean(list);
  part("work").hidden = !list;
  part("wipe").hidden = !list && !arrivals.length;
  if (list) {
    part("prepared").textContent = words("prepared", {
      time: clock(list.prepared_at),
      people: list.summary,
    });
    if (!part("door-form").closest("details").open) {
      part("door").value = list.door;
    }
    part("door-name").textContent = list.door || words("doorless");
  }
  renderStanding();
  renderCard();
  renderArrivals();
}

const search = root.querySelector("[role=search]");

function listen() {
  const field = search.elements.q;
  search.addEventListener("submit", (submit) => {
    submit.preventDefault();
    find(field.value, { opens: true });
  });
  field.addEventListener("input", () => find(field.value, { opens: false }));
  root.addEventListener("stadtlabor-scanned", (scanned) => {
    scanned.preventDefault();
    find(scanned.detail, { opens: true });
  });
  part("prepare-now").addEventListener("click", prepare);
  part("refresh").addEventListener("click", () => contact({ freshList: true }));
  part("send-now").addEventListener("click", () => contact());
  part("wipe-now").addEventListener("click", wipe);
  part("let-in").addEventListener("click", () => {
    const party = partyOf(shown);
    letIn(party, party.size - inside(party));
  });
  part("fewer-form").addEventListener("submit", (submit) => {
    submit.preventDefault();
    part("fewer").open = false;
    letIn(partyOf(shown), part("how-many").valueAsNumber);
  });
  part("undo").addEventListener("click", () => undo(justIn));
  part("door-form").addEventListener("submit", async (submit) => {
    submit.preventDefault();
    list.door = part("door").value.trim();
    await store.keepList(list);
    part("door-form").closest("details").open = false;
    render();
  });
  addEventListener("online", () => contact({ freshList: true }));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      contact();
    }
  });
  setInterval(contact, HOUR);
}

// Some browsers have a store and let no page use it.
async function canKeep() {
  try {
    await read();
    return true;
  } catch {
    return false;
  }
}

if ("serviceWorker" in navigator && "indexedDB" in window && (await canKeep())) {
  listen();
  await contact({ freshList: true });
} else {
  part("unsupported").hidden = false;
}

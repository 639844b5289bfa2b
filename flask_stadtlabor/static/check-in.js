// Reads the QR code of a ticket with the phone's camera, after a button was pressed. Where there is no
// camera, it says so beforehand, and the code is typed as ever.

const scanner = document.querySelector("[data-stadtlabor-scanner]");
const PAUSE = 150;

function part(name) {
  return scanner.querySelector(`[data-${name}]`);
}

function say(words) {
  part("says").textContent = words;
}

// Where the browser reads no QR codes itself, a decoder is fetched that does (jsQR, see its licence).
async function createDetector() {
  if ("BarcodeDetector" in window) {
    const formats = await window.BarcodeDetector.getSupportedFormats();
    if (formats.includes("qr_code")) {
      return new window.BarcodeDetector({ formats: ["qr_code"] });
    }
  }
  await import(new URL(scanner.dataset.decoder, location.href));
  return { detect: decode };
}

const canvas = document.createElement("canvas");
const LARGEST = 640;

// The picture is made smaller first: a code fills much of it, and the phone has to keep up.
async function decode(picture) {
  const { videoWidth: width, videoHeight: height } = picture;
  if (!width || !height) {
    return [];
  }
  const scale = Math.min(1, LARGEST / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const code = window.jsQR(data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" });
  return code ? [{ rawValue: code.data }] : [];
}

// A page that is not fetched over https may use none either.
async function hasCamera() {
  if (!navigator.mediaDevices?.getUserMedia) {
    return false;
  }
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.some((device) => device.kind === "videoinput");
}

function stop() {
  const picture = part("picture");
  for (const track of picture.srcObject?.getTracks() ?? []) {
    track.stop();
  }
  picture.srcObject = null;
  picture.hidden = true;
  part("stop").hidden = true;
  part("start").hidden = false;
}

// The server knows what a ticket's text means; it gets the text as if it had been typed. A page that
// knows the parties itself takes the text.
function go(text) {
  stop();
  const scanned = { detail: text, bubbles: true, cancelable: true };
  if (!scanner.dispatchEvent(new CustomEvent("stadtlabor-scanned", scanned))) {
    return;
  }
  const address = new URL(scanner.dataset.address, location.href);
  address.searchParams.set("q", text);
  location.assign(address);
}

async function watch(detector, picture) {
  while (picture.srcObject) {
    const [code] = await detector.detect(picture).catch(() => []);
    if (code?.rawValue && picture.srcObject) {
      go(code.rawValue);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

async function start() {
  say("");
  const picture = part("picture");
  let detector;
  try {
    detector = await createDetector();
    picture.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment" },
    });
    picture.hidden = false;
    await picture.play();
  } catch {
    stop();
    say(scanner.dataset.noCamera);
    return;
  }
  part("start").hidden = true;
  part("stop").hidden = false;
  part("stop").focus();
  watch(detector, picture);
}

async function prepare() {
  if (!(await hasCamera())) {
    say(scanner.dataset.none);
    return;
  }
  part("start").hidden = false;
  part("start").addEventListener("click", start);
  part("stop").addEventListener("click", () => {
    stop();
    part("start").focus();
  });
  addEventListener("pagehide", stop);
}

// Only a browser that keeps pages and lists can work without a network. What it has not sent yet is said
// here too, and what is over goes from it.
async function showWayOffline(way) {
  way.hidden = false;
  const store = await import(new URL(way.dataset.store, location.href));
  if (await store.isThere()) {
    await store.wipeEnded(Math.round(Date.now() / 1000));
    const arrivals = await store.arrivalsOf(way.dataset.event);
    const number = arrivals.filter(({ state }) => state === "kept").length;
    way.querySelector("[data-number]").textContent = number;
    way.querySelector("[data-unsent]").hidden = !number;
  }
}

if (scanner) {
  prepare();
}

const wayOffline = document.querySelector("[data-stadtlabor-offline]");
if (wayOffline && "serviceWorker" in navigator && "indexedDB" in window) {
  showWayOffline(wayOffline);
}

// Reads the QR code of a ticket with the phone's camera, after a button was pressed. Where that is
// not possible, it says so, and the code is typed as ever.

const scanner = document.querySelector("[data-stadtlabor-scanner]");
const PAUSE = 150;

function part(name) {
  return scanner.querySelector(`[data-${name}]`);
}

function say(words) {
  part("says").textContent = words;
}

async function createDetector() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) {
    return null;
  }
  const formats = await window.BarcodeDetector.getSupportedFormats();
  return formats.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
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

// The server knows what a ticket's text means; it gets the text as if it had been typed.
function go(text) {
  stop();
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
  const detector = await createDetector();
  if (!detector) {
    say(scanner.dataset.noDetector);
    return;
  }
  const picture = part("picture");
  try {
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

if (scanner) {
  part("start").hidden = false;
  part("start").addEventListener("click", start);
  part("stop").addEventListener("click", () => {
    stop();
    part("start").focus();
  });
  addEventListener("pagehide", stop);
}

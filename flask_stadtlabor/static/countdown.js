// Counts down to an event's start. The date stands in the page without it; this only adds to it.

const clock = document.querySelector("[data-stadtlabor-clock]").dataset.stadtlaborClock;
const { now } = await import(new URL(clock, location.href));
const SECONDS = { day: 86400, hour: 3600, minute: 60, second: 1 };

// The language is our part's of the page: the layout around it may be in another one.
function nameUnit(unit, count, language, fallback) {
  try {
    const format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" });
    return format.formatToParts(count).find((part) => part.type === "unit").value;
  } catch {
    return fallback;
  }
}

function say(timer, phase) {
  const words = document.createElement("p");
  words.textContent = timer.dataset[phase];
  timer.dataset.phase = phase;
  timer.replaceChildren(words);
}

function show(timer, rest) {
  for (const [unit, size] of Object.entries(SECONDS)) {
    const number = timer.querySelector(`[data-unit="${unit}"]`);
    const count = Math.floor(rest / size);
    rest -= count * size;
    const text = unit === "day" ? String(count) : String(count).padStart(2, "0");
    if (number.textContent !== text || !("live" in timer.dataset)) {
      number.textContent = text;
      const name = number.nextElementSibling;
      name.textContent = nameUnit(unit, count, timer.closest("[lang]")?.lang, name.textContent);
    }
  }
}

function tick(timer) {
  const rest = (date) => Math.ceil((Date.parse(date) - now()) / 1000);
  if (rest(timer.dataset.endsAt) <= 0) {
    say(timer, "over");
    return;
  }
  const seconds = rest(timer.dataset.startsAt);
  if (seconds > 0) {
    show(timer, seconds);
  } else if (timer.dataset.phase !== "running") {
    say(timer, "running");
  }
  timer.dataset.live = "";
  setTimeout(tick, 1000 - (now() % 1000), timer);
}

for (const timer of document.querySelectorAll("[data-stadtlabor-countdown]")) {
  if (["ahead", "running"].includes(timer.dataset.phase)) {
    tick(timer);
    timer.querySelector("button")?.addEventListener("click", () => timer.remove());
  }
}

// The time by the server's clock: that of a device may be hours or days off.

const PATIENCE = 3000;
const NEAR_ENOUGH = 2000;
const DATE = /\d{2} \w{3} \d{4} [\d:]{8} GMT/;

// How many milliseconds the server is ahead, by the Date of its answer (RFC 9110 §6.6.1).
async function measure() {
  const before = Date.now();
  const response = await fetch(import.meta.url, {
    method: "HEAD",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  // There is no body, but only whoever has read it is done with the answer.
  await response.text();
  const age = Number(response.headers.get("Age")) || 0;
  // Some servers send it twice, which a browser joins; only the first is read.
  const [date] = response.headers.get("Date").match(DATE);
  // It tells whole seconds, so that half of one is as near as can be.
  const there = Date.parse(date) + age * 1000 + 500;
  const ahead = there - (before + Date.now()) / 2;
  return Math.abs(ahead) > NEAR_ENOUGH ? ahead : 0;
}

// Without an answer the device's clock is all there is.
const ahead = await measure().catch(() => 0);

export function now() {
  return Date.now() + ahead;
}

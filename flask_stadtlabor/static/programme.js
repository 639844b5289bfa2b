// Marks the item of the programme that runs now, and moves the mark on while the page is open.

const clock = document.querySelector("[data-stadtlabor-clock]").dataset.stadtlaborClock;
const { now } = await import(new URL(clock, location.href));

function mark(programme) {
  const moment = now();
  for (const item of programme.children) {
    const runs = Date.parse(item.dataset.startsAt) <= moment && moment < Date.parse(item.dataset.endsAt);
    if (runs) {
      item.setAttribute("aria-current", "time");
    } else {
      item.removeAttribute("aria-current");
    }
  }
}

for (const programme of document.querySelectorAll("[data-stadtlabor-programme]")) {
  if (["ahead", "running"].includes(programme.dataset.phase)) {
    mark(programme);
    setInterval(mark, 15000, programme);
  }
}

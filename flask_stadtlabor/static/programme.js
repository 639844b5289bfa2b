// Marks the item of the programme that runs now, and moves the mark on while the page is open.

function mark(programme) {
  const now = Date.now();
  for (const item of programme.children) {
    const runs = Date.parse(item.dataset.startsAt) <= now && now < Date.parse(item.dataset.endsAt);
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

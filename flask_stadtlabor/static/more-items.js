// Adds empty items to a list, so that several are written before the page is saved. Without it there is
// one at a time.

const NUMBERED = ["name", "id", "for", "aria-describedby", "aria-controls"];

// The same item at another place in its list: `programme[3].title.de` becomes `programme[4].title.de`.
function renumber(item, [from, to], [fromId, toId]) {
  for (const element of item.querySelectorAll("*")) {
    for (const attribute of NUMBERED) {
      const value = element.getAttribute(attribute);
      if (value) {
        element.setAttribute(attribute, value.replaceAll(from, to).replaceAll(fromId, toId));
      }
    }
  }
}

function enter(item) {
  item.open = true;
  item.querySelector("input, select, textarea").focus();
}

function prepare(list) {
  const button = list.querySelector(":scope > [data-stadtlabor-more]");
  const first = list.querySelector(":scope > details.sl-edit-new");
  // as it came, before other scripts prepare what is in it
  const blank = first.cloneNode(true);
  const position = blank.querySelector(":scope > .sl-edit-place input");
  const path = position.name.replace(/\d+\]\.position$/, "");
  const id = position.id.replace(/\d+-position$/, "");
  const number = Number(position.value) - 1;
  let next = number;

  // the first one is there to be opened, and may be open before this runs
  button.hidden = !first.open;
  first.addEventListener("toggle", () => {
    button.hidden = false;
  });
  button.addEventListener("click", () => {
    next += 1;
    const item = blank.cloneNode(true);
    item.querySelector(":scope > .sl-edit-place input").value = next + 1;
    renumber(item, [`${path}${number}]`, `${path}${next}]`], [`${id}${number}-`, `${id}${next}-`]);
    button.before(item);
    item.querySelectorAll("[data-stadtlabor-items]").forEach(prepare);
    item.dispatchEvent(new CustomEvent("stadtlabor-added", { bubbles: true }));
    enter(item);
  });
}

document.querySelectorAll("[data-stadtlabor-items]").forEach(prepare);

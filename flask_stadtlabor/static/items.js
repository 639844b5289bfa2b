// Orders the items of a list by buttons and by dragging, and takes one out so that it can be put back.
// All of it only fills in what the form has anyway: each item's place, and the box that takes it out.

function said(words, ...values) {
  return words.replace(/\{(\d)\}/g, (all, at) => values[at]);
}

function prepare(list) {
  const items = () => [...list.querySelectorAll(":scope > fieldset.sl-edit-item")];
  if (!items().length) {
    return;
  }
  const status = document.createElement("p");
  status.className = "sl-unseen";
  status.setAttribute("role", "status");
  list.append(status);

  const nameOf = (item) => item.querySelector("legend").textContent;
  const own = (item, name) =>
    item.querySelector(`:scope > .sl-edit-place input[name$=".${name}"]`);
  const isOut = (item) => own(item, "remove").checked;

  function number() {
    const inside = items().filter((item) => !isOut(item));
    inside.forEach((item, at) => {
      own(item, "position").value = at + 1;
    });
    // as if somebody had typed it, so that the form knows of something to save
    own(items()[0], "position").dispatchEvent(new Event("input", { bubbles: true }));
    return inside;
  }

  function tell(item) {
    const inside = number();
    const place = inside.indexOf(item) + 1;
    status.textContent = said(list.dataset.stadtlaborMoved, place, inside.length);
  }

  function step(item, way) {
    const inside = items().filter((other) => !isOut(other));
    const other = inside[inside.indexOf(item) + way];
    if (other) {
      other[way < 0 ? "before" : "after"](item);
    }
    tell(item);
  }

  function takeOut(item) {
    const line = document.createElement("p");
    const button = document.createElement("button");
    const words = said(list.dataset.stadtlaborTaken, nameOf(item));
    line.className = "sl-edit-out";
    button.className = "sl-format";
    button.type = "button";
    button.textContent = list.dataset.stadtlaborUndo;
    line.append(`${words} `, button);
    own(item, "remove").checked = true;
    item.hidden = true;
    item.before(line);
    number();
    button.focus();
    status.textContent = words;
    button.addEventListener("click", () => {
      own(item, "remove").checked = false;
      item.hidden = false;
      line.remove();
      number();
      item.querySelector("[data-stadtlabor-out]").focus();
      status.textContent = said(list.dataset.stadtlaborBack, nameOf(item));
    });
  }

  let dragged = null;
  for (const item of items()) {
    const tools = item.querySelector(":scope > [data-stadtlabor-order]");
    const legend = item.querySelector("legend");
    tools.hidden = false;
    // the buttons say the same
    for (const name of ["position", "remove"]) {
      own(item, name).closest(".sl-field").hidden = true;
    }
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button && "stadtlaborOut" in button.dataset) {
        takeOut(item);
      } else if (button) {
        step(item, Number(button.dataset.stadtlaborStep));
        button.focus();
      }
    });
    // by its name alone, so that text in its fields can still be selected
    legend.draggable = true;
    legend.addEventListener("dragstart", (event) => {
      dragged = item;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", nameOf(item));
      event.dataTransfer.setDragImage(item, 0, 0);
    });
    legend.addEventListener("dragend", () => {
      dragged = null;
    });
    item.addEventListener("dragover", (event) => {
      if (dragged && dragged !== item) {
        const { top, height } = item.getBoundingClientRect();
        event.preventDefault();
        item.dataset.stadtlaborDrop = event.clientY < top + height / 2 ? "before" : "after";
      }
    });
    item.addEventListener("dragleave", () => {
      delete item.dataset.stadtlaborDrop;
    });
    item.addEventListener("drop", (event) => {
      const way = item.dataset.stadtlaborDrop;
      if (dragged && way) {
        event.preventDefault();
        delete item.dataset.stadtlaborDrop;
        item[way](dragged);
        tell(dragged);
      }
    });
  }
}

for (const list of document.querySelectorAll("[data-stadtlabor-items]")) {
  prepare(list);
}

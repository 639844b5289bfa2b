// The point of a picture that stays in view where it is cut: chosen by a click, or moved by the arrow
// keys. Without it there are the two fields for its numbers.

const STEP = 2;

function within(value) {
  return Math.min(100, Math.max(0, Math.round(value)));
}

function choose(place) {
  const form = place.closest("form");
  const x = form?.elements.namedItem(`${place.dataset.stadtlaborFocus}.focus_x`);
  const y = form?.elements.namedItem(`${place.dataset.stadtlaborFocus}.focus_y`);
  if (!x || !y) {
    return;
  }
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "sl-focus";
  mark.setAttribute("aria-label", place.dataset.label);
  place.append(mark);

  function show() {
    mark.style.insetInlineStart = `${within(Number(x.value))}%`;
    mark.style.insetBlockStart = `${within(Number(y.value))}%`;
  }

  function set(field, value) {
    field.value = within(value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  place.addEventListener("click", (event) => {
    // a key that presses the button comes as a click without a place
    if (event.detail === 0) {
      return;
    }
    const box = place.getBoundingClientRect();
    set(x, (100 * (event.clientX - box.left)) / box.width);
    set(y, (100 * (event.clientY - box.top)) / box.height);
  });

  mark.addEventListener("keydown", (event) => {
    const ways = { ArrowLeft: [x, -STEP], ArrowRight: [x, STEP], ArrowUp: [y, -STEP], ArrowDown: [y, STEP] };
    const way = ways[event.key];
    if (way) {
      event.preventDefault();
      set(way[0], Number(way[0].value) + way[1]);
    }
  });

  for (const field of [x, y]) {
    field.addEventListener("input", show);
  }
  show();
}

for (const place of document.querySelectorAll("[data-stadtlabor-focus]")) {
  choose(place);
}

// Saves what was typed into a page of the editor, a moment after somebody pauses, and at the latest
// when they leave the page. Before what only the button saves is lost, the browser asks. Without this
// script there is the button.

const PAUSE = 1500;

function valueOf(field, form) {
  if (field.type !== "checkbox") {
    return field.value;
  }
  const boxes = [...form.elements].filter((other) => other.name === field.name);
  return boxes.length > 1
    ? boxes.filter((box) => box.checked).map((box) => box.value)
    : field.checked;
}

function keep(form) {
  const note = form.querySelector("[data-stadtlabor-saved]");
  const changed = new Set();
  let timer = 0;
  let isSending = false;
  // after a fault or a preview, the page shows what is not saved
  let isUnsaved = "stadtlaborPending" in form.dataset;

  function needsButton() {
    isUnsaved = true;
    note.textContent = note.dataset.stadtlaborUnsaved;
  }

  async function save() {
    window.clearTimeout(timer);
    if (isSending || !changed.size) {
      return;
    }
    const names = [...changed];
    const fields = names.map((name) => form.elements.namedItem(name));
    const values = {
      csrf_token: form.elements.csrf_token?.value,
      number: form.elements.number.value,
    };
    names.forEach((name, at) => {
      const field = fields[at] instanceof Element ? fields[at] : fields[at]?.[0];
      values[name] = field ? valueOf(field, form) : null;
    });
    changed.clear();
    isSending = true;
    try {
      const answer = await fetch(form.dataset.stadtlaborDraft, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": values.csrf_token ?? "" },
        body: JSON.stringify(values),
        keepalive: true,
      });
      if (answer.status === 204) {
        form.elements.number.value = answer.headers.get("Stadtlabor-Number");
        note.textContent = isUnsaved
          ? note.dataset.stadtlaborUnsaved
          : note.dataset.stadtlaborSaved;
      } else {
        needsButton();
      }
    } catch {
      needsButton();
    } finally {
      isSending = false;
    }
    // what was typed while the answer was on its way
    if (changed.size && !isUnsaved) {
      timer = window.setTimeout(save, PAUSE);
    }
  }

  form.addEventListener("input", (event) => {
    const { name } = event.target;
    if (!name || name === "number" || name === "along") {
      return;
    }
    // Items of a list change their places, and a picture is a file. Other times may move along with
    // one, which is shown beside the button.
    if (
      name.includes("[") ||
      event.target.type === "file" ||
      (event.target.type === "datetime-local" && form.elements.namedItem("along"))
    ) {
      needsButton();
      return;
    }
    changed.add(name);
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => {
    isUnsaved = false;
    changed.clear();
    window.clearTimeout(timer);
  });
  window.addEventListener("pagehide", save);
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) {
      event.preventDefault();
    }
  });
}

for (const form of document.querySelectorAll("form[data-stadtlabor-draft]")) {
  keep(form);
}

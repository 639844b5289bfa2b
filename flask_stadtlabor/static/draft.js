// Saves what was typed into a page of the editor, a moment after somebody pauses. Without it there is
// the button.

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

  async function save() {
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
      });
      if (answer.status === 204) {
        form.elements.number.value = answer.headers.get("Stadtlabor-Number");
        note.textContent = note.dataset.stadtlaborSaved;
      } else {
        note.textContent = note.dataset.stadtlaborUnsaved;
      }
    } catch {
      note.textContent = note.dataset.stadtlaborUnsaved;
    } finally {
      isSending = false;
    }
  }

  form.addEventListener("input", (event) => {
    const { name } = event.target;
    // items of a list change their places, and a picture is a file: both go by the button alone
    if (
      !name ||
      name.includes("[") ||
      name === "number" ||
      name === "along" ||
      event.target.type === "file"
    ) {
      return;
    }
    // other times may move along with one, which is shown beside the button
    if (event.target.type === "datetime-local" && form.elements.namedItem("along")) {
      note.textContent = note.dataset.stadtlaborUnsaved;
      return;
    }
    changed.add(name);
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE);
  });
}

for (const form of document.querySelectorAll("form[data-stadtlabor-draft]")) {
  keep(form);
}

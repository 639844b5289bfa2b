// Helps to write a text in Markdown: a toolbar, keys, pasted formatting, and how it will look, drawn
// by the server.
// Without it people type the marks themselves, and a button shows the page with all previews.

const PAUSE = 600;
const KEYS = { b: "bold", i: "italic", k: "link" };
const NUMBER_KEYS = { Digit7: "numbers", Digit8: "list" };
const AROUND = { bold: "**", italic: "*" };
const LINE_MARK = /^(?:#{1,6} |[-*+] |\d{1,9}[.)] )/;
const BEFORE_LINE = { heading: () => "## ", list: () => "- ", numbers: (at) => `${at + 1}. ` };

// Each of these takes a text with a selection and gives what stands in place of start to end, and
// what of that is selected then.

function wrapped(value, start, end, mark) {
  const chosen = value.slice(start, end);
  const size = mark.length;
  const isInside = chosen.length >= 2 * size && chosen.startsWith(mark) && chosen.endsWith(mark);
  // a lone asterisk beside the selection may belong to a bold one
  const isOnly = mark !== "*" || (value[start - 2] !== "*" && value[end + 1] !== "*");
  const isAround =
    value.slice(start - size, start) === mark && value.slice(end, end + size) === mark && isOnly;
  if (isAround) {
    return { start: start - size, end: end + size, text: chosen, from: 0, to: chosen.length };
  }
  if (isInside) {
    const text = chosen.slice(size, -size);
    return { start, end, text, from: 0, to: text.length };
  }
  const inner = chosen.trim();
  const lead = chosen.slice(0, chosen.length - chosen.trimStart().length);
  const rest = inner ? chosen.slice(lead.length + inner.length) : "";
  const from = lead.length + size;
  return { start, end, text: lead + mark + inner + mark + rest, from, to: from + inner.length };
}

function lines(value, start, end, kind) {
  const first = value.lastIndexOf("\n", start - 1) + 1;
  const next = value.indexOf("\n", end > start && value[end - 1] === "\n" ? end - 1 : end);
  const last = next < 0 ? value.length : next;
  const all = value.slice(first, last).split("\n");
  const mark = BEFORE_LINE[kind];
  const isMarked = all.every((line, at) => line.startsWith(mark(at)));
  const text = all
    .map((line, at) => (isMarked ? "" : mark(at)) + line.replace(LINE_MARK, ""))
    .join("\n");
  return { start: first, end: last, text, from: all.length > 1 ? 0 : text.length, to: text.length };
}

function link(value, start, end) {
  const chosen = value.slice(start, end);
  const isAddress = /^(?:https?:\/\/|mailto:)\S+$/.test(chosen);
  const text = isAddress ? `[](${chosen})` : `[${chosen}](https://)`;
  const from = isAddress ? 1 : text.length - 1;
  return { start, end, text, from, to: from };
}

function changed(kind, { value, selectionStart: start, selectionEnd: end }) {
  if (kind in AROUND) {
    return wrapped(value, start, end, AROUND[kind]);
  }
  return kind === "link" ? link(value, start, end) : lines(value, start, end, kind);
}

// So that the browser's own undo knows of it; where it cannot, the text is set.
export function put(field, { start, end, text, from, to }) {
  field.focus();
  field.setSelectionRange(start, end);
  const way = text ? "insertText" : "delete";
  if (start !== end || text) {
    if (!document.execCommand(way, false, text)) {
      field.setRangeText(text, start, end);
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }
  field.setSelectionRange(start + from, start + to);
}

export async function ask(form, address, values) {
  const token = form.elements.csrf_token?.value ?? "";
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ csrf_token: token, ...values }),
  });
  if (!answer.ok) {
    throw new Error(`${answer.status}`);
  }
  return answer.json();
}

// What was copied is put in as plain words at once, and its formatting follows from the server, unless
// somebody has written there meanwhile.
async function paste(field, html, plain) {
  const { form } = field;
  const start = field.selectionStart;
  const size = plain.length;
  put(field, { start, end: field.selectionEnd, text: plain, from: size, to: size });
  const before = field.value;
  try {
    // pictures may be megabytes, and are not kept
    const { markdown } = await ask(form, form.dataset.stadtlaborPaste, {
      html: html.replace(/\ssrc=(?:"data:[^"]*"|'data:[^']*')/g, ""),
    });
    if (markdown && markdown !== plain && field.value === before) {
      const to = markdown.length;
      put(field, { start, end: start + size, text: markdown, from: to, to });
      form.querySelector("[data-stadtlabor-saved]").textContent = form.dataset.stadtlaborPasted;
    }
  } catch {
    // the plain words are there
  }
}

function prepareToolbar(toolbar, act) {
  const buttons = [...toolbar.querySelectorAll("button")];
  const enter = (button) => {
    for (const each of buttons) {
      each.tabIndex = each === button ? 0 : -1;
    }
  };
  enter(buttons[0]);
  toolbar.hidden = false;
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) {
      enter(button);
      act(button.dataset.stadtlaborMark);
    }
  });
  toolbar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const onward = getComputedStyle(toolbar).direction === "rtl" ? -1 : 1;
    const to = {
      ArrowRight: at + onward,
      ArrowLeft: at - onward,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (at < 0 || to === undefined) {
      return;
    }
    event.preventDefault();
    const button = buttons.at(to % buttons.length);
    enter(button);
    button.focus();
  });
}

function listItem(words) {
  const item = document.createElement("li");
  item.textContent = words;
  return item;
}

function preparePreview(field, button) {
  const { form } = field;
  const section = document.getElementById(button.getAttribute("aria-controls"));
  const shown = section.querySelector("[data-stadtlabor-preview]");
  const easier = section.querySelector("[data-stadtlabor-hints]");
  let timer = 0;
  let turn = 0;

  async function draw() {
    turn += 1;
    const mine = turn;
    try {
      const { html, hints } = await ask(form, form.dataset.stadtlaborPreviewText, {
        path: field.name,
        text: field.value,
      });
      if (mine === turn) {
        // the server's renderer has made it, with an allow-list of tags
        shown.innerHTML = html;
        easier.hidden = !hints.length;
        easier.querySelector("ul").replaceChildren(...hints.map(listItem));
      }
    } catch {
      if (mine === turn) {
        shown.textContent = form.dataset.stadtlaborFailed;
      }
    }
  }

  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    if (!section.hidden) {
      timer = window.setTimeout(draw, PAUSE);
    }
  });
  return () => {
    section.hidden = !section.hidden;
    button.setAttribute("aria-expanded", String(!section.hidden));
    if (!section.hidden) {
      draw();
    }
  };
}

function prepare(field) {
  const toolbar = field.parentElement.querySelector("[data-stadtlabor-marks]");
  const preview = preparePreview(field, toolbar.querySelector("[data-stadtlabor-mark=preview]"));
  const act = (kind) => (kind === "preview" ? preview() : put(field, changed(kind, field)));
  prepareToolbar(toolbar, act);
  field.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    if (html) {
      event.preventDefault();
      const plain = event.clipboardData.getData("text/plain").replaceAll("\r\n", "\n");
      paste(field, html, plain);
    }
  });
  field.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) {
      return;
    }
    const kind = event.shiftKey ? NUMBER_KEYS[event.code] : KEYS[event.key.toLowerCase()];
    if (kind) {
      event.preventDefault();
      act(kind);
    }
  });
}

for (const button of document.querySelectorAll("[data-stadtlabor-plain]")) {
  button.hidden = true;
}
function prepareIn(part) {
  part.querySelectorAll("textarea[data-stadtlabor-markdown]").forEach(prepare);
}

prepareIn(document);
document.addEventListener("stadtlabor-added", (event) => prepareIn(event.target));

// Shows ideas with a similar title while somebody types. Without it the next page shows them.

const PAUSE = 400;
const SHORTEST = 8;

function listItem(pattern, idea) {
  const item = pattern.cloneNode(true);
  const link = item.querySelector("a");
  const title = link.firstElementChild;
  link.href = idea.url;
  title.lang = idea.language;
  title.dir = "auto";
  title.textContent = idea.title;
  item.lastElementChild.textContent = idea.supports;
  return item;
}

export function prepare(form) {
  const { title, seen } = form.elements;
  const template = form.querySelector("[data-stadtlabor-found]");
  const box = template.content.cloneNode(true).firstElementChild;
  const list = box.querySelector("ul");
  const pattern = list.firstElementChild;
  let waiting = 0;
  let asked = "";
  box.hidden = true;
  pattern.remove();
  template.replaceWith(box);

  function show(ideas) {
    list.replaceChildren(...ideas.map((idea) => listItem(pattern, idea)));
    box.hidden = !ideas.length;
    const numbers = new Set(`${seen.value} ${ideas.map((idea) => idea.number).join(" ")}`.split(" "));
    seen.value = [...numbers].filter(Boolean).join(" ");
  }

  async function ask() {
    const text = title.value.trim();
    if (text.length < SHORTEST || text === asked) {
      return;
    }
    asked = text;
    try {
      const answer = await fetch(
        `${form.dataset.stadtlaborSimilar}?${new URLSearchParams({ title: text })}`,
      );
      if (answer.ok && text === asked) {
        show(await answer.json());
      }
    } catch {
      // the next page shows them
    }
  }

  title.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
}

for (const form of document.querySelectorAll("form[data-stadtlabor-similar]")) {
  prepare(form);
}

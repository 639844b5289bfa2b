// Shows ideas with a similar title while somebody types. Without it the next page shows them.

const PAUSE = 400;
const SHORTEST = 8;

function listItem(idea) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = idea.url;
  link.lang = idea.language;
  link.dir = "auto";
  link.textContent = idea.title;
  const supports = document.createElement("span");
  supports.className = "sl-small";
  supports.textContent = ` ${idea.supports}`;
  item.append(link, supports);
  return item;
}

export function prepare(form) {
  const { title, seen } = form.elements;
  const template = form.querySelector("[data-stadtlabor-found]");
  const box = template.content.cloneNode(true).firstElementChild;
  const list = box.querySelector("ul");
  let waiting = 0;
  let asked = "";
  box.hidden = true;
  template.replaceWith(box);

  function show(ideas) {
    list.replaceChildren(...ideas.map(listItem));
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

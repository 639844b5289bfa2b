// Shows what a form asks this person, and hides the rest. Without it everything stands there.

function answers(form, name) {
  return [...form.elements]
    .filter((field) => field.name === name && field.checked)
    .map((field) => field.value);
}

// In their order, so that a question is hidden too whose condition stands in a hidden one.
function showQuestions(form) {
  for (const part of form.querySelectorAll("[data-stadtlabor-question]")) {
    const { stadtlaborQuestion: name, stadtlaborAnswer: answer } = part.dataset;
    const asked = form.elements.namedItem(name);
    const first = asked instanceof Element ? asked : asked?.[0];
    const isAsked = first && !first.closest("[data-stadtlabor-question][hidden]");
    part.hidden = !isAsked || !answers(form, name).includes(answer);
  }
}

function showCompanions(form) {
  const group = form.querySelector("[data-stadtlabor-companions]");
  if (!group) {
    return;
  }
  const others = (Number.parseInt(form.elements.party_size.value, 10) || 1) - 1;
  group.hidden = others < 1;
  for (const part of group.querySelectorAll("[data-stadtlabor-companion]")) {
    part.hidden = Number(part.dataset.stadtlaborCompanion) > others;
  }
}

export function prepare(form) {
  const show = () => {
    showQuestions(form);
    showCompanions(form);
  };
  for (const hint of form.querySelectorAll("[data-stadtlabor-plain]")) {
    hint.hidden = true;
  }
  form.addEventListener("input", show);
  // a browser that goes back fills the fields in after this
  window.addEventListener("pageshow", show);
  show();
}

for (const form of document.querySelectorAll("form[data-stadtlabor-form]")) {
  prepare(form);
}

// Opens the registration form in the event page. Whatever fails, the link goes to the form's page.

const section = document.querySelector("#sl-register");
const PATIENCE = 400;
const statusOf = new WeakMap();

function isMissing(sheet) {
  return !document.querySelector(`link[rel="stylesheet"][href="${sheet.getAttribute("href")}"]`);
}

// The form's page has a style sheet that this one does without until now.
function addStyles(page) {
  const sheets = [...page.querySelectorAll(".stadtlabor-styles")].filter(isMissing);
  return Promise.all(
    sheets.map(
      (sheet) =>
        new Promise((resolve, reject) => {
          const link = document.adoptNode(sheet);
          link.addEventListener("load", resolve);
          link.addEventListener("error", reject);
          document.head.append(link);
        }),
    ),
  );
}

// Neither does this page have what shows the form's questions as they are answered.
async function prepare(page, form) {
  for (const script of page.querySelectorAll("script.stadtlabor-scripts")) {
    const module = await import(new URL(script.getAttribute("src"), location.href));
    module.prepare(form);
  }
}

async function fetchForm(address) {
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok) {
    throw new Error(`The form came with status ${response.status}`);
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const form = page.querySelector("form[data-stadtlabor-form]");
  if (!form || form.closest("details.sl-later")) {
    throw new Error("The page takes no registration");
  }
  await addStyles(page);
  await prepare(page, form);
  return document.adoptNode(form);
}

// Says that the form is on its way, where that takes long enough to be wondered at.
function announce(link) {
  const status = statusOf.get(link);
  const timer = setTimeout(() => {
    status.textContent = section.dataset.waiting;
  }, PATIENCE);
  return () => {
    clearTimeout(timer);
    status.textContent = "";
  };
}

// A place for it beside each button, which is there before it says anything, or nobody hears it.
function addStatus(link) {
  const status = document.createElement("p");
  status.className = "sl-fetching";
  status.setAttribute("role", "status");
  link.after(status);
  statusOf.set(link, status);
}

async function open(event) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!plain || event.defaultPrevented) {
    return;
  }
  event.preventDefault();
  const link = event.currentTarget;
  const slot = section.querySelector("[data-stadtlabor-slot]");
  const arrived = announce(link);
  try {
    if (!slot.firstElementChild) {
      link.setAttribute("aria-busy", "true");
      slot.replaceChildren(await fetchForm(link.href));
    }
  } catch {
    location.assign(link.href);
    return;
  } finally {
    link.removeAttribute("aria-busy");
    arrived();
  }
  section.hidden = false;
  section.closest(".stadtlabor").dataset.registering = "";
  const heading = section.querySelector("h2");
  heading.focus({ preventScroll: true });
  section.scrollIntoView({ block: "start" });
}

if (section) {
  for (const link of document.querySelectorAll("a[data-stadtlabor-register]")) {
    addStatus(link);
    link.addEventListener("click", open);
  }
}

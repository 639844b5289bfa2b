// A button that opens the browser's dialog to print. Without it the browser's own menu has one.

for (const button of document.querySelectorAll("[data-stadtlabor-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

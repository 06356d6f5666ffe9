// Buttons that copy what a field holds; hidden where there is no JavaScript to do it.
(() => {
  "use strict";

  const show = (root) => {
    for (const button of root.querySelectorAll("[data-copies]")) button.hidden = false;
  };
  document.addEventListener("DOMContentLoaded", () => show(document));
  document.addEventListener("htmx:load", (event) => show(event.target));

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copies);
    field.focus();
    field.select();
    if (!navigator.clipboard) return; // no TLS: the text is selected, for the person's own keys
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return; // the browser does not allow it
    }
    button.textContent = button.dataset.copied;
    window.buyerline.announce(button.dataset.copied);
  });
})();

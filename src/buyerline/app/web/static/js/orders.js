// The list of orders by the keyboard (j, k; Enter opens), and buttons that copy an order's id.
(() => {
  "use strict";

  const SHOWN = 2000; // milliseconds for which a button says that it copied
  const OPENED = "buyerline/opened";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  const step = (by) => {
    const links = [...document.querySelectorAll("[data-row] .open")];
    if (!links.length) return;
    const row = document.activeElement.closest("[data-row]");
    const at = row ? links.findIndex((link) => row.contains(link)) : -1;
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)];
    next.focus();
    next.closest("[data-row]").scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });

  // Back from an order one goes on where one was, though the list is loaded anew.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-row] .open");
    if (link) sessionStorage.setItem(OPENED, link.id);
  });
  document.addEventListener("DOMContentLoaded", () => {
    const [visit] = performance.getEntriesByType("navigation");
    const link = visit?.type === "back_forward" && document.getElementById(sessionStorage.getItem(OPENED));
    if (link) link.focus({ preventScroll: true });
  });

  const show = (root) => {
    if (!navigator.clipboard) return; // without TLS a browser lets no page copy: the id can still be marked
    for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
  };
  document.addEventListener("DOMContentLoaded", () => show(document));
  document.addEventListener("htmx:load", (event) => show(event.target));

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return; // the browser does not allow it
    }
    window.buyerline.announce(button.dataset.copied);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), SHOWN);
  });
})();

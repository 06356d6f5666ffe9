// What every page does: keys, menus, filters that submit themselves, the browser's time zone.
(() => {
  "use strict";

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing(event.target)) {
      const field = document.getElementById("find");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    }
    if (event.key === "Escape") {
      if (event.target.id === "find") event.target.blur();
      const menu = event.target.closest("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });

  // A form goes once, however often its button is pressed, unless the page stays after all.
  let sent = null;
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target === sent) event.preventDefault();
    sent = event.target;
  });
  const stay = () => (sent = null);
  window.addEventListener("pageshow", stay);
  window.navigation?.addEventListener("navigateerror", stay); // it took too long, and somebody stopped it

  // What fails is said in the app's own words, or not by it, but by what stands before it: that takes no part's place.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { status } = detail.xhr;
    const ours = [409, 422].includes(status) || detail.xhr.getResponseHeader("HX-Retarget");
    if (status >= 400 && !ours) detail.shouldSwap = false;
  });

  // Fields that ask for the browser's time zone, where nothing was chosen yet.
  const fillZones = (root) => {
    for (const field of root.querySelectorAll("[data-zone]")) {
      if (!field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    }
  };
  // Who has no time zone yet has the browser's from the next page on.
  const tellZone = () => {
    const form = document.querySelector("[data-tells]");
    if (form) fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true }).catch(() => {});
  };
  document.addEventListener("DOMContentLoaded", () => {
    fillZones(document);
    tellZone();
  });
  document.addEventListener("htmx:load", (event) => fillZones(event.target));

  window.buyerline = {
    announce(words) {
      const region = document.getElementById("announce");
      if (region && region.textContent !== words) region.textContent = words;
    },
  };
})();

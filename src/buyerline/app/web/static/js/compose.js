// The order page's form: saved as one types, kept when it cannot be saved, sent once.
//   #written      the form; htmx saves it on its event "save"
//   data-saves    a button that saves, which scripts do without it
//   data-leaves   a button with which the draft is sent or thrown away
(() => {
  "use strict";

  const PAUSE = 600; // milliseconds without a key until what was typed is saved
  const AGAIN = 5000; // milliseconds until saving is tried again

  const form = () => document.getElementById("written");
  const inForm = (element) => element instanceof Element && element.closest("#written, #asking") !== null;

  let timer = 0;
  let underWay = 0; // requests that have not been answered
  let asked = null; // the button that was pressed while some were
  let leaving = false;

  const save = () => {
    clearTimeout(timer);
    timer = 0;
    if (form() && !leaving) htmx.trigger(form(), "save");
  };
  const saveIn = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("#text, #written [type=date]")) saveIn(PAUSE);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("#text, #written .days input, #written .files input")) save();
  });

  // What became of saving. Nothing that was typed is lost for it: see compose_text.js.
  const lost = (which) => {
    for (const name of ["connection", "session", "otherwise"]) {
      const said = document.getElementById(`lost-${name}`);
      if (said) said.hidden = name !== which;
    }
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (inForm(event.detail.elt)) underWay += 1;
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!inForm(event.detail.elt) || event.detail.xhr.status !== 401) return;
    event.preventDefault(); // not to the sign-in page in the middle of a sentence
    lost("session");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!inForm(event.detail.elt)) return;
    underWay -= 1;
    const status = event.detail.xhr.status;
    if (event.detail.successful) {
      lost(null);
      if (event.detail.elt === form()) {
        const text = event.detail.requestConfig.parameters.get("text");
        document.dispatchEvent(new CustomEvent("compose:saved", { detail: text }));
      }
    } else if (status === 0) {
      lost("connection");
      saveIn(AGAIN);
    } else if (status >= 500) {
      lost("otherwise");
      saveIn(AGAIN);
    }
    goOn(event.detail.successful);
  });
  window.addEventListener("online", save);
  window.addEventListener("focus", () => {
    const said = document.getElementById("lost-session");
    if (said && !said.hidden) save(); // signed in again in another tab, perhaps
  });

  // Sending: with everything that was typed and added, and once.
  const busy = () => underWay > 0 || document.querySelector("#uploads .adding") !== null;
  const goOn = (well) => {
    if (asked === null || busy()) return;
    const button = asked;
    asked = null;
    button.removeAttribute("aria-busy");
    if (well && button.isConnected) form().requestSubmit(button);
  };
  document.addEventListener("compose:added", (event) => goOn(event.detail));

  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    const button = event.submitter;
    if (leaving) {
      event.preventDefault();
    } else if (button && button.matches("[data-saves]")) {
      event.preventDefault();
      save();
    } else if (busy()) {
      event.preventDefault();
      asked = button;
      if (button) button.setAttribute("aria-busy", "true");
    } else {
      clearTimeout(timer);
      leaving = true;
      if (!button) return;
      if (button.matches("[data-leaves]")) document.dispatchEvent(new Event("compose:leaves"));
      setTimeout(() => (button.disabled = true)); // once the browser has read the form
    }
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    for (const button of document.querySelectorAll("#written button:disabled")) button.disabled = false;
  });

  // A part of the page is only replaced if it has changed, and not while somebody types in it.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const there = event.target;
    if (!inForm(there)) return;
    const typing = document.activeElement;
    const typed = typing instanceof HTMLInputElement && there.contains(typing) && typing.type !== "radio" && typing.value !== typing.defaultValue;
    if (typed || there.isEqualNode(event.detail.fragment.firstElementChild)) event.detail.shouldSwap = false;
  });

  // Fields are marked by what is said beneath them; what is to fix leads to its place.
  const mark = () => {
    for (const said of document.querySelectorAll("#written [data-about]")) {
      const field = document.getElementById(said.dataset.about);
      const target = field && field.matches("li") ? field.querySelector("input") : field;
      if (!target || !target.matches("input, textarea")) continue;
      if (said.childElementCount > 0) target.setAttribute("aria-invalid", "true");
      else target.removeAttribute("aria-invalid");
    }
  };
  document.addEventListener("htmx:oobAfterSwap", mark);
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".to-fix a");
    const place = link && document.getElementById(link.hash.slice(1));
    if (!place) return;
    event.preventDefault();
    const field = place.matches("input, textarea") ? place : place.querySelector("input:not([type=hidden]):not(:disabled)") || place;
    field.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
  });
})();

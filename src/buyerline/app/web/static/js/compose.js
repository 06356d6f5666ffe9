// The order page's form: saved as one types, kept when it cannot be saved, sent once.
//   #written      the form; htmx saves it on its event "save"
//   data-saves    a button that saves, which scripts do without it
//   data-leaves   a button with which the draft is sent or thrown away
(() => {
  "use strict";

  const PAUSE = 600; // milliseconds without a key until what was typed is saved
  const AGAIN = 5000; // milliseconds until saving is tried again

  const form = () => document.getElementById("written");
  const ours = (event) => event.detail.requestConfig.elt.closest("#written") !== null;

  let timer = 0;
  let underWay = 0; // requests that have not been answered
  let asked = null; // the button that was pressed while some were, by its id, and whether all went well since
  let leaving = false;

  const save = () => {
    clearTimeout(timer);
    timer = 0;
    if (form() && !leaving) htmx.trigger(form(), "save");
  };
  const soon = (what, pause) => {
    clearTimeout(timer);
    timer = setTimeout(what, pause);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("#text, #written [type=date]")) soon(save, PAUSE);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("#text, #written .days input")) save();
    // Soon enough, and not before the click that ends renaming a file: the answer replaces the buttons beside it.
    if (event.target.matches("#written .files input")) soon(save, PAUSE);
  });

  // What became of saving. Nothing that was typed is lost for it: see compose_text.js.
  const lost = (which) => {
    for (const name of ["connection", "session", "otherwise"]) {
      const said = document.getElementById(`lost-${name}`);
      if (said) said.hidden = name !== which;
    }
  };
  const isLost = () => document.querySelector("[id^=lost-]:not([hidden])") !== null;
  const saveLost = () => {
    if (isLost()) save();
  };
  // Of itself htmx sends a form to where its button leads that has the focus. To save it is never to send it.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === form()) event.detail.path = form().getAttribute("hx-post");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!ours(event)) return;
    underWay += 1;
    // A button may be gone with the answer to its own request, and with it htmx's events: those of the request are not.
    event.detail.xhr.addEventListener("loadend", () => answered(event.detail));
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!ours(event) || event.detail.xhr.status !== 401) return;
    event.preventDefault(); // not to the sign-in page in the middle of a sentence
    lost("session");
  });
  const answered = ({ xhr, requestConfig }) => {
    underWay -= 1;
    const { elt, parameters } = requestConfig;
    const status = xhr.status;
    if (status === 200) {
      lost(null);
      if (elt === form()) document.dispatchEvent(new CustomEvent("compose:saved", { detail: parameters.get("text") }));
    } else if (![401, 409, 422].includes(status)) {
      lost(status === 0 ? "connection" : "otherwise");
      soon(elt.id === "type" ? () => htmx.trigger(elt, "change") : save, AGAIN);
    }
    goOn(status === 200);
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr.status === 200 || event.detail.requestConfig.elt.id !== "asking") return;
    for (const said of document.querySelectorAll("#offered > p:not(.without-scripts)")) said.hidden = !said.hidden;
  });
  window.addEventListener("online", saveLost);
  window.addEventListener("focus", saveLost); // signed in again in another tab, perhaps

  // Sending: with everything that was typed and added, and once.
  const busy = () => underWay > 0 || document.querySelector("#uploads :is(.adding, .added)") !== null;
  const failedFile = () => document.querySelector("#uploads [data-dismiss]:not([hidden])");
  const goOn = (well) => {
    if (!asked) return;
    asked.well = asked.well && well;
    if (busy()) return;
    const button = document.getElementById(asked.id); // the one that was pressed may have been replaced
    const goes = asked.well;
    asked = null;
    button.removeAttribute("aria-busy");
    document.getElementById("unsent").hidden = !(button.name === "when" && isLost());
    if (goes) form().requestSubmit(button);
  };
  document.addEventListener("compose:added", (event) => goOn(event.detail));

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target !== form() || !button) return;
    const failed = button.name === "when" && failedFile();
    const held = leaving || button.matches("[data-saves]") || failed || busy() || isLost();
    if (!held) {
      clearTimeout(timer);
      leaving = true;
      document.dispatchEvent(new Event("compose:leaves"));
      setTimeout(() => (button.disabled = true)); // once the browser has read the form
      return;
    }
    event.preventDefault();
    if (leaving) return;
    if (button.matches("[data-saves]")) {
      save();
    } else if (failed) {
      failed.focus(); // nothing goes without a file unnoticed
    } else {
      asked = { id: button.id, well: true };
      button.setAttribute("aria-busy", "true");
      saveLost();
    }
  });
  document.addEventListener("keydown", (event) => {
    const button = document.getElementById("send");
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.id !== "text" || !button) return;
    event.preventDefault();
    if (!event.repeat && !button.disabled) form().requestSubmit(button);
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    for (const button of document.querySelectorAll("#written button:disabled")) button.disabled = false;
  });

  // A part of the page is only replaced if it has changed, and what was typed in it since, or is being added, goes
  // over to the new one.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const there = event.target;
    if (!there.closest("#compose")) return;
    const fresh = event.detail.fragment.firstElementChild;
    event.detail.shouldSwap = !there.isEqualNode(fresh);
    for (const field of there.querySelectorAll("textarea, input[id]:not([type=file])")) {
      const same = fresh.querySelector(`#${CSS.escape(field.id)}`);
      if (!same) continue;
      if (field.value !== field.defaultValue) same.value = field.value;
      if (field.checked !== field.defaultChecked && field.defaultValue === same.defaultValue) same.checked = field.checked;
    }
    const uploads = event.detail.shouldSwap && there.querySelector("#uploads");
    const place = uploads && fresh.querySelector("#uploads");
    if (place) place.replaceChildren(...uploads.children); // under way, or refused
  });

  let told = "";
  document.addEventListener("htmx:oobAfterSwap", () => {
    const state = document.querySelector("#foot .tag");
    if (state && told && state.textContent !== told) window.buyerline.announce(state.textContent);
    told = state ? state.textContent : "";
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

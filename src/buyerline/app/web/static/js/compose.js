// The order page's form: saved as one types, kept when it cannot be saved, sent once.
//   #written      the form; htmx saves it on its event "save"
//   data-saves    a button that saves, which scripts do without it
//   data-leaves   a button with which the draft is sent or thrown away
(() => {
  "use strict";

  const PAUSE = 600; // milliseconds without a key until what was typed is saved
  const SLOW = 700; // milliseconds after which it is said that something is being saved
  const AGAIN = 5000; // milliseconds until saving is tried again

  const form = () => document.getElementById("written");
  const ours = (event) => event.detail.requestConfig.elt.closest("#written") !== null;

  let timer = 0;
  let slow = 0; // the timer after which saving takes long
  let underWay = 0; // requests that have not been answered, and files that have not arrived
  const failed = new Map(); // what else than saving was asked in vain: the element's id, and the event that asks again
  let doubtful = null; // what was typed when a request got no answer: the server may have saved it all the same
  let asked = null; // the button that was pressed while some were, by its id, and whether all went well since
  let leaving = false;

  const save = () => {
    clearTimeout(timer);
    timer = 0;
    if (!form() || leaving) return;
    const again = [...failed];
    failed.clear();
    for (const [id, event] of again) {
      const elt = document.getElementById(id);
      if (elt) htmx.trigger(elt, event);
    }
    htmx.trigger(form(), "save");
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

  // What is under way, in words: sending, and saving where it takes long enough to wonder.
  const tell = (words) => {
    clearTimeout(slow);
    slow = 0;
    const said = document.getElementById("doing");
    if (!said) return;
    said.textContent = words;
    said.hidden = !words;
  };

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
  // What may have been saved is told once more, before what was typed since: to the server that would be another page's.
  const TYPED = ["type", "text", "coverage_start", "coverage_end"];
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = event.detail;
    if (!doubtful || !elt.closest("#written") || !parameters.has("version")) return;
    for (const name of TYPED) {
      if (doubtful.has(name)) parameters[name] = doubtful.get(name);
      else delete parameters[name];
    }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!ours(event)) return;
    underWay += 1;
    if (event.detail.elt === form() && !asked) slow ||= setTimeout(() => tell(document.getElementById("doing")?.dataset.saving), SLOW);
    // A button may be gone with the answer to its own request, and with it htmx's events: those of the request are not.
    event.detail.xhr.addEventListener("readystatechange", () => judge(event.detail));
    event.detail.xhr.addEventListener("loadend", () => answered(event.detail));
  });
  const notKnown = (status) => status === 0 || status === 429 || status >= 500;

  // What is to be asked again: known before the next request is made, of those that wait.
  const judge = ({ xhr, requestConfig }) => {
    if (xhr.readyState !== XMLHttpRequest.DONE) return;
    const { elt, parameters, triggeringEvent } = requestConfig;
    const typed = parameters.has("version");
    const toldOnceMore = typed && doubtful !== null;
    const again = notKnown(xhr.status) || xhr.status === 401 || toldOnceMore;
    if (again && elt !== form()) failed.set(elt.id, triggeringEvent.type);
    if (notKnown(xhr.status)) {
      if (typed) doubtful ||= new Map(parameters.entries());
    } else if (toldOnceMore && xhr.status !== 401) {
      doubtful = null;
      soon(save, 0); // what was typed since
    }
  };
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401 || !document.getElementById("lost-session")) return;
    event.preventDefault(); // not to the sign-in page in the middle of a sentence, whatever part of the page asked
    lost("session");
  });
  const answered = ({ xhr, requestConfig }) => {
    underWay -= 1;
    if (!asked && !leaving) tell("");
    const { elt, parameters } = requestConfig;
    const status = xhr.status;
    if (status === 200) {
      if (!doubtful && !failed.size) lost(null);
      if (elt === form()) document.dispatchEvent(new CustomEvent("compose:saved", { detail: parameters.get("text") }));
    } else if (![401, 409, 422].includes(status)) {
      lost(status === 0 ? "connection" : "otherwise");
      soon(save, AGAIN);
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
  const failedFile = () => document.querySelector("#uploads [data-dismiss]:not([hidden])");
  const goOn = (well) => {
    if (!asked) return;
    asked.well = asked.well && well;
    if (underWay) return;
    const button = document.getElementById(asked.id);
    const goes = asked.well;
    asked = null;
    tell("");
    button.removeAttribute("aria-busy");
    document.getElementById("unsent").hidden = !(button.name === "when" && isLost());
    if (goes) form().requestSubmit(button);
  };
  document.addEventListener("compose:adding", () => (underWay += 1));
  document.addEventListener("compose:added", (event) => {
    underWay -= 1;
    goOn(event.detail);
  });

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target !== form() || !button) return;
    const withoutFile = button.name === "when" && failedFile();
    const held = leaving || button.matches("[data-saves]") || withoutFile || underWay > 0 || isLost();
    if (!held) {
      clearTimeout(timer);
      leaving = true;
      document.dispatchEvent(new Event("compose:leaves"));
      tell(button.dataset.doing);
      setTimeout(() => (button.disabled = true)); // once the browser has read the form
      return;
    }
    event.preventDefault();
    if (leaving) return;
    if (button.matches("[data-saves]")) {
      save();
    } else if (withoutFile) {
      withoutFile.focus(); // nothing goes without a file unnoticed
    } else {
      asked = { id: button.id, well: true };
      button.setAttribute("aria-busy", "true");
      tell(button.dataset.doing);
      saveLost();
    }
  });
  document.addEventListener("keydown", (event) => {
    const button = document.getElementById("send");
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.id !== "text" || !button) return;
    event.preventDefault();
    if (!event.repeat && !button.disabled) form().requestSubmit(button);
  });
  const stay = () => {
    leaving = false;
    tell("");
    for (const button of document.querySelectorAll("#written button:disabled")) button.disabled = false;
  };
  window.addEventListener("pageshow", stay);
  window.navigation?.addEventListener("navigateerror", stay); // it took too long, and somebody stopped it

  // Steps stay that are newer than those of an answer which was long on its way, and those that are the same but for
  // what saving brings up to date: a box that is moved cannot undo what was typed, nor go on with half a day.
  const late = (steps) => Number(steps.dataset.version) < Number(form().elements.version.value);
  const outline = (steps) => {
    const copy = steps.cloneNode(true);
    copy.removeAttribute("data-version");
    const live = form().getAttribute("hx-select-oob");
    for (const each of copy.querySelectorAll(`${live}, #uploads, [data-stays]`)) each.replaceWith(each.id);
    return copy;
  };
  const stays = (steps, fresh) => {
    if (steps.id !== "steps" || steps.childElementCount === 0 || steps.isEqualNode(fresh)) return false;
    return late(fresh) || outline(steps).isEqualNode(outline(fresh));
  };

  // A part of the page is only replaced if it has changed, and what was chosen in it since goes over to the new one.
  // What a hand may be at stays the same element (data-stays), with its focus and its caret. That is for htmx to do
  // (hx-preserve), and is asked of it only here: what it is to keep it loses with answers of which only parts are taken.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const there = event.target;
    if (!there.closest("#compose")) return;
    const fresh = event.detail.fragment.firstElementChild;
    for (const field of there.querySelectorAll("textarea, input[id]:not([type=file])")) {
      const same = fresh.querySelector(`#${CSS.escape(field.id)}`);
      if (!same) continue;
      const told = field.defaultValue !== same.defaultValue;
      if (told && field.matches("[data-stays]")) field.defaultValue = same.defaultValue;
      if (!told && field.checked !== field.defaultChecked) same.checked = field.checked;
    }
    const staying = stays(there, fresh);
    if (staying) soon(save, 0);
    event.detail.shouldSwap = !staying && !there.isEqualNode(fresh);
    for (const each of fresh.querySelectorAll("[data-stays]")) {
      each.toggleAttribute("hx-preserve", event.detail.shouldSwap && document.getElementById(each.id) !== null);
    }
  });

  let told = "";
  document.addEventListener("htmx:oobAfterSwap", () => {
    const state = document.querySelector("#foot .tag");
    if (state && told && state.textContent !== told) window.buyerline.announce(state.textContent);
    told = state ? state.textContent : "";
  });

  // Fields are marked by what is said beneath them.
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
})();

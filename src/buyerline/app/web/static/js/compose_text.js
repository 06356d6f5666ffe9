// The text of a message: counted, its problems underlined in place, and kept in the browser until it is saved.
//   #underlining  lies behind the box and has the same text, in which the server marks problems
//   data-kept     whose text it is, and for which order: on the form, and on what takes its place while the text waits
//                 for a second person; data-in the time zone
(() => {
  "use strict";

  const KEPT = "buyerline/text/";
  const DAYS = 7; // for how long a text is kept that nobody came back to

  const box = () => document.getElementById("text");
  const plain = (text) => text.replace(/\r\n?/g, "\n");

  // Counted as the server counts: in code points.
  const count = (text) => {
    const counter = document.querySelector("#text-state .counter");
    if (!counter) return;
    const length = [...text].length;
    const shown = counter.querySelector("[data-count]");
    const said = length.toLocaleString(document.documentElement.lang);
    if (shown.textContent !== said) shown.textContent = said;
    const limit = Number(counter.dataset.limit || Infinity);
    const level = length > limit ? "wrong" : length >= Number(counter.dataset.careful || Infinity) ? "careful" : "fine";
    if (counter.classList.contains(level)) return;
    counter.className = `counter ${level}`;
    if (level !== "fine") window.buyerline.announce(counter.textContent);
  };

  // What the server marked, in the text that it saw; moved along with what was typed since.
  let seen = { text: "", marks: [] };

  const read = (underlining) => {
    const marks = [];
    let text = "";
    for (const node of underlining.childNodes) {
      if (node.nodeName === "MARK") marks.push([text.length, text.length + node.textContent.length]);
      text += node.textContent;
    }
    seen = { text, marks };
  };

  const moved = (text) => {
    const most = Math.min(text.length, seen.text.length);
    let before = 0;
    while (before < most && text[before] === seen.text[before]) before += 1;
    let after = 0;
    while (after < most - before && text[text.length - 1 - after] === seen.text[seen.text.length - 1 - after]) after += 1;
    const end = seen.text.length - after; // what was typed over lies between `before` and here
    const by = text.length - seen.text.length;
    return seen.marks
      .filter(([from, to]) => to <= before || from >= end)
      .map(([from, to]) => (to <= before ? [from, to] : [from + by, to + by]));
  };

  const underline = (text) => {
    const underlining = document.getElementById("underlining");
    if (!underlining) return;
    if (!("drawn" in underlining.dataset)) read(underlining);
    const parts = [];
    let at = 0;
    for (const [from, to] of moved(text)) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(from, to);
      parts.push(text.slice(at, from), mark);
      at = to;
    }
    underlining.replaceChildren(...parts, text.slice(at));
    underlining.dataset.drawn = "";
  };

  // Kept until the server has it. `now` is what is typed, `before` what another visit left behind.
  const key = () => {
    const here = document.querySelector("[data-kept]");
    return here ? KEPT + here.dataset.kept : null;
  };
  const load = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name)) || {};
    } catch {
      return {};
    }
  };
  const store = (name, kept) => {
    try {
      if (kept.now || kept.before) localStorage.setItem(name, JSON.stringify(kept));
      else localStorage.removeItem(name);
    } catch {
      // a browser that keeps nothing: saving has to do
    }
  };
  const change = (changes) => {
    if (key()) store(key(), { ...load(key()), ...changes });
  };
  const forget = (which) => {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(KEPT) && which(load(name))) localStorage.removeItem(name);
    }
  };
  const old = (kept) => ((kept.now || kept.before || {}).at || 0) < Date.now() - DAYS * 86400000;

  const offer = () => {
    const said = document.getElementById("kept");
    const { before } = key() ? load(key()) : {};
    if (!said || !box()) return;
    said.hidden = !before || plain(before.text) === box().value;
    if (said.hidden) return;
    const there = { timeZone: document.getElementById("written").dataset.in };
    said.querySelector("[data-when]").textContent = new Date(before.at).toLocaleString(document.documentElement.lang, there);
  };

  const begin = () => {
    forget(old);
    if (!key()) return;
    const { now, before } = load(key());
    // What was being sent when the page was left is either in the box, or has gone.
    const unsaved = now && !(now.left && !box()) && !(box() && plain(now.text) === box().value) ? now : before;
    store(key(), { before: unsaved });
  };

  const refresh = () => {
    if (!box()) return;
    box().lang = document.getElementById("text-state").dataset.locale; // for who checks the spelling
    count(plain(box().value));
    underline(box().value);
    offer();
  };

  document.addEventListener("DOMContentLoaded", () => {
    begin();
    refresh();
  });
  document.addEventListener("htmx:oobAfterSwap", refresh);
  document.addEventListener("input", (event) => {
    if (event.target !== box()) return;
    count(box().value);
    underline(box().value);
    change({ now: { text: box().value, at: Date.now() } });
  });
  document.addEventListener("compose:saved", (event) => {
    const { now } = key() ? load(key()) : {};
    if (now && plain(now.text) === plain(event.detail || "")) change({ now: undefined });
  });
  document.addEventListener("compose:leaves", () => {
    if (box()) store(key(), { now: { text: box().value, at: Date.now(), left: true } });
  });
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/sign-out") forget(() => true);
  });
  document.addEventListener("click", (event) => {
    const { before } = key() ? load(key()) : {};
    const back = event.target.closest("[data-put-back]");
    if (!before || !(back || event.target.closest("[data-throw-away]"))) return;
    change({ before: undefined });
    if (back) {
      box().value = before.text;
      box().dispatchEvent(new Event("input", { bubbles: true }));
    }
    box().focus();
    offer();
  });
})();

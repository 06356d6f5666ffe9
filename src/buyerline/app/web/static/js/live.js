// Keeps what pages show of messages up to date. A part of a page that shows messages says so:
//   data-live="list" | "message:ID" | "order:ACCOUNT/ORDER"   what it shows
//   data-live-since="N"                                       up to which news it knows
//   hx-trigger="outbox-changed"                               how it is fetched again
// What in it has data-said is said aloud (politely) when that has changed.
(() => {
  "use strict";

  const PAUSE = 1000; // milliseconds between two refreshes of the same part, however much happens
  const SOON = 100; // what happens together is fetched together
  const due = new Map();
  const refreshed = new Map();
  const said = new Map();
  let source = null;
  let position = 0;

  const parts = () => [...document.querySelectorAll("[data-live]")];

  const concerns = (part, news) => {
    const shown = part.dataset.live;
    if (news.all || shown === "list") return true;
    return news.ids.some((id) => shown === `message:${id}`) || news.orders.some((order) => shown === `order:${order}`);
  };

  const refresh = (shown, news) => {
    if (!due.has(shown)) {
      due.set(shown, { all: false, ids: new Set() });
      const passed = Date.now() - (refreshed.get(shown) || 0);
      setTimeout(() => fetchAnew(shown), Math.max(SOON, PAUSE - passed));
    }
    const waiting = due.get(shown);
    waiting.all = waiting.all || news.all;
    for (const id of news.ids) waiting.ids.add(id);
  };

  const fetchAnew = (shown) => {
    const { all, ids } = due.get(shown);
    due.delete(shown);
    refreshed.set(shown, Date.now());
    const rows = [...document.querySelectorAll("[data-message]")].map((row) => row.dataset.message);
    const part = parts().find((each) => each.dataset.live === shown);
    if (part) window.htmx.trigger(part, "outbox-changed", { ids: rows.filter((id) => all || ids.has(id)) });
  };

  const listen = () => {
    if (source || document.hidden || parts().length === 0) return;
    for (const part of parts()) position = Math.max(position, Number(part.dataset.liveSince) || 0);
    source = new EventSource(`/outbox/live?since=${position}`);
    source.addEventListener("changed", (event) => {
      position = Math.max(position, Number(event.lastEventId) || 0);
      const news = JSON.parse(event.data);
      for (const part of parts()) if (concerns(part, news)) refresh(part.dataset.live, news);
      askNeeds();
    });
  };

  // A browser has few connections for all pages of a site: those that nobody sees leave theirs to others.
  const pause = () => {
    if (source) source.close();
    source = null;
  };

  const remember = (root, aloud) => {
    const marked = root.querySelectorAll ? [...root.querySelectorAll("[data-said]")] : [];
    if (root.matches && root.matches("[data-said]")) marked.push(root);
    const news = [];
    for (const each of marked) {
      const known = said.get(each.id);
      if (aloud && known !== undefined && known !== each.dataset.said) news.push(each.dataset.said);
      said.set(each.id, each.dataset.said);
    }
    if (news.length) window.buyerline.announce(news.slice(0, 3).join(". "));
  };

  const showNeeds = (needs) => {
    for (const count of document.querySelectorAll('nav a[href="/outbox"] .count')) {
      count.firstChild.textContent = needs;
      count.hidden = needs === "0";
    }
  };

  const tellNeeds = () => {
    const tabs = document.querySelector("[data-needs-you]");
    if (tabs) showNeeds(tabs.dataset.needsYou);
  };

  // On pages without the outbox's tabs the count beside it in the menus is asked for alone.
  let asking = false;
  const askNeeds = () => {
    if (asking || document.querySelector("[data-needs-you]")) return;
    asking = true;
    setTimeout(async () => {
      asking = false;
      try {
        const answer = await fetch("/outbox/needs");
        if (answer.ok && !answer.redirected) showNeeds(await answer.text());
      } catch {
        // the next news bring it
      }
    }, PAUSE);
  };

  document.addEventListener("DOMContentLoaded", () => {
    remember(document, false);
    listen();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? pause() : listen()));
  window.addEventListener("pagehide", pause);
  window.addEventListener("pageshow", listen);

  document.addEventListener("htmx:configRequest", (event) => {
    const cause = event.detail.triggeringEvent;
    if (cause && cause.type === "outbox-changed") event.detail.parameters.ids = cause.detail.ids.join(",");
  });

  let open = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    open = [...event.detail.target.querySelectorAll("details[open][id]")].map((each) => each.id);
  });
  document.addEventListener("htmx:load", (event) => {
    for (const id of open) {
      const details = document.getElementById(id);
      if (details && event.target.contains(details)) details.open = true;
    }
    remember(event.target, true);
    tellNeeds();
    listen();
  });
})();

// Keeps what pages show of messages up to date. A part of a page that shows messages says so:
//   data-live="list" | "message:ID" | "order:ACCOUNT/ORDER"   what it shows
//   data-live-since="N"                                       up to which news it knows
//   hx-trigger="outbox-changed"                               how it is fetched again
// What in it has data-said is said aloud (politely) when that has changed.
(() => {
  "use strict";

  const PAUSE = 1000; // milliseconds between two refreshes of the same part, however much happens
  const SOON = 100; // what happens together is fetched together
  const AGAIN = 5000; // milliseconds until what failed is tried again
  const due = new Map(); // what has changed, by what the part shows
  const busy = new Set(); // what is about to be fetched, or is being fetched
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
    const waiting = due.get(shown) || { all: false, ids: new Set() };
    waiting.all = waiting.all || news.all;
    for (const id of news.ids) waiting.ids.add(id);
    due.set(shown, waiting);
    if (!busy.has(shown)) fetchSoon(shown);
  };

  const fetchSoon = (shown) => {
    busy.add(shown);
    const passed = Date.now() - (refreshed.get(shown) || 0);
    setTimeout(() => fetchAnew(shown), Math.max(SOON, PAUSE - passed));
  };

  const fetchAnew = (shown) => {
    const news = due.get(shown);
    due.delete(shown);
    refreshed.set(shown, Date.now());
    const rows = [...document.querySelectorAll("[data-message]")].map((row) => row.dataset.message);
    const part = parts().find((each) => each.dataset.live === shown);
    const ids = rows.filter((id) => news.all || news.ids.has(id));
    if (part) window.htmx.trigger(part, "outbox-changed", { ids, answered: (status) => answered(shown, news, status) });
  };

  // What changed while the answer was on its way is not in it, and is fetched after it.
  const answered = (shown, news, status) => {
    const failed = status === 0 || status === 429 || status >= 500;
    if (failed) refresh(shown, news);
    const goOn = () => {
      busy.delete(shown);
      if (due.has(shown)) fetchSoon(shown);
    };
    if (failed) setTimeout(goOn, AGAIN);
    else goOn();
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { xhr, requestConfig } = event.detail;
    const told = requestConfig.triggeringEvent?.detail?.answered;
    if (told) xhr.addEventListener("loadend", () => told(xhr.status));
  });

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
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return; // the browser connects again by itself
      source = null;
      setTimeout(listen, AGAIN);
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

  // What was opened stays open in what takes its place.
  const open = new Set();
  document.addEventListener("toggle", ({ target }) => (target.open ? open.add(target.id) : open.delete(target.id)), true);
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const details of event.target.querySelectorAll("details[id]")) details.open ||= open.has(details.id);
  });
  document.addEventListener("htmx:load", (event) => {
    remember(event.target, true);
    tellNeeds();
    listen();
  });
})();

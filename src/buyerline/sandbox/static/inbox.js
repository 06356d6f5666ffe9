// What the page does beyond being read: times in the reader's zone, new mail by itself, j and k. Without it the
// page is whole as it was loaded.
"use strict";

const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function tellLocalTimes() {
  for (const time of document.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    time.textContent = ("full" in time.dataset ? full : short).format(moment);
    time.title = exact.format(moment);
  }
}

function rows() {
  return [...document.querySelectorAll("#messages .row")];
}

function step(by) {
  const all = rows();
  const focused = all.indexOf(document.activeElement);
  const from = focused >= 0 ? focused : all.findIndex((row) => row.hasAttribute("aria-current"));
  all[Math.min(Math.max(from + by, 0), all.length - 1)]?.focus();
}

function takeKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "/") document.querySelector("#q").focus();
  else return;
  event.preventDefault();
}

// The lists are put in place of the old ones; the message that is being read, focus and scrolling stay.
function swapPane(fresh, id) {
  const old = document.getElementById(id);
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const top = old.scrollTop;
  const pane = fresh.getElementById(id);
  old.replaceWith(pane);
  pane.scrollTop = top;
  if (focused) [...pane.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}

function swapNotice(fresh) {
  document.getElementById("relay")?.remove();
  const notice = fresh.getElementById("relay");
  if (notice) document.querySelector(".bar").after(notice);
}

async function refresh() {
  const answer = await fetch(document.querySelector("main").dataset.here);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || !fresh.getElementById("messages") || !document.getElementById("messages")) {
    location.assign("/inbox"); // the first mail, or the mailboxes were emptied
    return;
  }
  swapPane(fresh, "mailboxes");
  swapPane(fresh, "messages");
  swapNotice(fresh);
  tellLocalTimes();
  document.querySelector("main").dataset.revision = fresh.querySelector("main").dataset.revision;
  document.getElementById("news").textContent = "The lists were brought up to date.";
}

// Asking each second costs a local sandbox nothing, and unlike a stream it never holds up the server's end.
async function watch() {
  for (;;) {
    await new Promise((done) => setTimeout(done, 1000));
    if (document.hidden) continue;
    try {
      const { revision } = await (await fetch("/inbox/revision.json")).json();
      if (String(revision) !== document.querySelector("main").dataset.revision) await refresh();
    } catch {
      document.getElementById("news").textContent = "The sandbox does not answer.";
    }
  }
}

tellLocalTimes();
document.querySelector(".messages .row[aria-current]")?.scrollIntoView({ block: "nearest" });
document.addEventListener("keydown", takeKey);
watch();

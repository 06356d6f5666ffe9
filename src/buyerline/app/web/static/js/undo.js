// Counts down the seconds until a message leaves.
//   data-seconds="8" data-over="It leaves now"   on what holds the sentence; data-countdown on the number in it
(() => {
  "use strict";

  const ends = new WeakMap();

  const tick = () => {
    const now = performance.now();
    for (const timer of document.querySelectorAll("[data-seconds]")) {
      if (!ends.has(timer)) ends.set(timer, now + Number(timer.dataset.seconds) * 1000);
      const left = Math.ceil((ends.get(timer) - now) / 1000);
      const number = timer.querySelector("[data-countdown]");
      if (left > 0 && number) {
        if (number.textContent !== String(left)) number.textContent = String(left);
      } else if (left <= 0 && timer.textContent !== timer.dataset.over) {
        timer.textContent = timer.dataset.over;
      }
    }
  };

  setInterval(tick, 250);
  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:load", tick);
})();

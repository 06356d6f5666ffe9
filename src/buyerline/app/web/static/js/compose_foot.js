// The foot that stays in sight hides nothing: neither what it points to, nor what the keyboard goes to.
//   --foot   its height, which stays free at the lower edge when what lies above it is scrolled to
(() => {
  "use strict";

  const page = document.documentElement;
  let watched = null;

  const sizes = new ResizeObserver(() => page.style.setProperty("--foot", `${watched.offsetHeight}px`));
  const watch = () => {
    const foot = document.querySelector(".foot");
    if (foot === watched) return;
    sizes.disconnect();
    watched = foot;
    if (foot) sizes.observe(foot);
  };
  document.addEventListener("DOMContentLoaded", watch);
  document.addEventListener("htmx:oobAfterSwap", watch);

  const fieldOf = (place) => {
    if (place.matches("input, textarea")) return place;
    return place.querySelector("input:not([type=hidden]):not(:disabled)") || place.closest(".step").querySelector("textarea") || place;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#foot a");
    const place = link && document.getElementById(link.hash.slice(1));
    if (!place || !place.closest(".step")) return;
    event.preventDefault();
    fieldOf(place).focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
    document.getElementById(`${place.id}-problems`)?.scrollIntoView({ block: "nearest" });
  });
})();

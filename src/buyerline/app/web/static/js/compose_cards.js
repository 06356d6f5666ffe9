// The cards of the first step: once one is chosen by hand, only that one stays, and the next step is in sight.
//   .folded       on the cards: of them only the chosen one is shown
//   data-unfold   a button that shows all of them again
(() => {
  "use strict";

  const choices = () => document.querySelector("#offered .choices");
  const isCard = (target) => target.matches("#offered input[type=radio]");

  let byHand = false; // with arrow keys one chooses one card after the other on the way: then all of them stay
  let open = false; // though one is chosen: answers that bring the cards anew would fold them
  let goesOn = false; // once the steps of what was chosen are here

  const fold = (whether) => {
    open = !whether;
    choices().classList.toggle("folded", whether);
  };

  document.addEventListener("pointerdown", () => (byHand = true));
  document.addEventListener("keydown", () => (byHand = false));

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-unfold]")) {
      fold(false);
      choices().querySelector(":checked").focus();
    } else if (isCard(event.target) && byHand) {
      fold(true);
    }
  });
  document.addEventListener("change", (event) => {
    if (!isCard(event.target)) return;
    goesOn = byHand;
    open = !byHand;
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    const cards = choices();
    if (cards) cards.classList.toggle("folded", !open && cards.querySelector(":checked:enabled") !== null);
  });

  const inSight = (field) => {
    const top = document.querySelector(".top").getBoundingClientRect().bottom;
    const foot = document.querySelector(".foot").getBoundingClientRect().top;
    const place = field.getBoundingClientRect();
    return place.top >= top && place.bottom <= foot;
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!goesOn || event.detail.requestConfig.elt.id !== "type") return;
    goesOn = false;
    const field = document.querySelector("#steps :is(textarea, input:not([type=hidden]))");
    if (!field) return;
    field.focus({ preventScroll: true });
    if (!inSight(field)) field.scrollIntoView({ block: "center" });
  });
})();

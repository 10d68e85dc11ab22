// Outcomes that a reader is asked to predict are folded. This opens them when
// the reader has answered, or all at once by a switch in the page's header.
"use strict";
(() => {
  const KEY = "outcomes"; // stored only while the switch is on
  const outcomes = [...document.querySelectorAll(".tag_outcome > details")];
  if (!outcomes.length) return;

  addEventListener("predicted", ({ target }) => {
    for (const outcome of outcomesOf(target)) outcome.open = true;
  });

  // Those between this question and the next one.
  function outcomesOf(question) {
    const follows = (one, other) =>
      one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    const next = [...document.querySelectorAll('[data-kind="Prediction"]')]
      .find((place) => follows(question, place));
    return outcomes.filter((outcome) =>
      follows(question, outcome) && !(next && follows(next, outcome))
    );
  }

  // The store may be refused; the switch then works until the page is left.
  function remembered(change) {
    try {
      change?.(localStorage);
      return localStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  }

  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn outcomes-switch";
  button.textContent = "Show all outcomes";

  function show(all) {
    button.setAttribute("aria-pressed", String(all));
    for (const outcome of outcomes) outcome.open = all;
  }

  button.addEventListener("click", () => {
    const all = button.getAttribute("aria-pressed") !== "true";
    show(all);
    remembered((store) =>
      all ? store.setItem(KEY, "shown") : store.removeItem(KEY)
    );
  });
  // The last one: what stands there already does not move.
  document.querySelector(".article-header-buttons")?.append(button);
  button.setAttribute("aria-pressed", "false");
  if (remembered()) show(true);
})();

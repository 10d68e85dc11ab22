// What the theme's buttons do. Its pages hold that as code in attributes, which
// the policy refuses; the build puts a name there instead.
"use strict";
(() => {
  const DO = {
    "full-screen": () => globalThis.toggleFullScreen(),
    print: () => globalThis.print(),
  };
  addEventListener("click", ({ target }) => {
    DO[target.closest?.("[data-does]")?.dataset.does]?.();
  });
})();

// Ask for a page's scripts once it is shown; the tag says for which. When they
// have run, the page is marked as ready.
(() => {
  const root = document.documentElement.dataset.content_root;
  const addresses = document.currentScript.dataset.scripts.split(" ");

  function ask() {
    const scripts = addresses.map((address) => {
      const script = document.createElement("script");
      script.async = false; // they run in their order
      script.src = root + address;
      return script;
    });
    const last = scripts.at(-1);
    last.onload = last.onerror = tellAgain;
    document.head.append(...scripts);
  }

  // Some scripts wait for an event that is over when they come.
  function tellAgain() {
    document.dispatchEvent(new Event("DOMContentLoaded"));
    dispatchEvent(new Event("load"));
    document.documentElement.dataset.ready = "";
  }

  // The next frame has all of the page, its opening picture too; that it is on
  // the screen is known by the frame after it.
  const afterFrame = (task) => requestAnimationFrame(() => setTimeout(task));
  addEventListener("load", () => afterFrame(() => afterFrame(ask)), {
    once: true,
  });
})();

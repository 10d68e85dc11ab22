// Ask for a page's scripts once it is shown; the tag says for which. When they
// have run, the page is marked as ready.
(() => {
  const root = document.documentElement.dataset.content_root;
  const addresses = document.currentScript.dataset.scripts.split(" ");

  function ask() {
    // A page that still loads waits for them too: its `load` is yet to come.
    const loaded = document.readyState === "complete";
    const scripts = addresses.map((address) => {
      const script = document.createElement("script");
      script.async = false; // they run in their order
      script.src = root + address;
      return script;
    });
    const last = scripts.at(-1);
    last.onload = last.onerror = () => tellAgain(loaded);
    document.head.append(...scripts);
  }

  // Some scripts wait for an event that is over when they come.
  function tellAgain(loaded) {
    document.dispatchEvent(new Event("DOMContentLoaded"));
    if (loaded) dispatchEvent(new Event("load"));
    document.documentElement.dataset.ready = "";
  }

  // The next frame is the first that has all of the page.
  function afterFrame() {
    requestAnimationFrame(() => setTimeout(ask));
  }
  document.addEventListener("DOMContentLoaded", afterFrame, { once: true });
})();

// Ask for the scripts that can wait when all else is there; the tag says for
// which. When they have run, or cannot be had, the page is marked as ready.
(() => {
  const root = document.documentElement;
  const addresses = document.currentScript.dataset.scripts.split(" ");
  addEventListener("load", () => {
    const scripts = addresses.map((address) => {
      const script = document.createElement("script");
      script.async = false; // they run in their order
      script.src = root.dataset.content_root + address;
      return script;
    });
    const last = scripts.at(-1);
    last.onload = last.onerror = () => (root.dataset.ready = "");
    document.head.append(...scripts);
  });
})();

// The page of the reader's own loss: what is typed into its field is run by
// TensorFlow.js, whose script comes when the reader gets there, and the explorer
// below shows it. Nothing that is typed becomes code or markup.
"use strict";
(() => {
  const PAUSE = 120; // milliseconds without a key until a loss is computed
  const SLICE = 8; // milliseconds of computing until the page may answer
  const LINKED = ["start", "start_y"]; // what an address calls the starts

  const form = document.querySelector(".loss-field");
  const steps = document.querySelector(".loss-steps");
  if (!form) return;
  const place = document.querySelector("[data-widget]");
  const [text, ...starts] = form.querySelectorAll("input"); // starts: of x, of y
  const answer = form.querySelector(".loss-answer");

  // ---- the engine, brought once

  let coming;
  function engine() {
    coming ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.onload = () => resolve(globalThis.bookLoss);
      script.onerror = () => {
        coming = undefined; // the next key asks again
        reject(new Error("TensorFlow.js could not be loaded. Try again."));
      };
      script.src = form.dataset.engine;
      document.head.append(script);
    });
    return coming;
  }

  // Let the page answer. Timers within timers would wait 4 ms each; this does not.
  const { port1, port2 } = new MessageChannel();
  port1.start();
  const breath = () =>
    new Promise((resolve) => {
      port1.addEventListener("message", resolve, { once: true });
      port2.postMessage(null);
    });
  const wait = () => new Promise((resolve) => setTimeout(resolve, 20));

  // Run a generator in slices; return its value, or nothing if another has begun.
  let latest = 0;
  async function inSlices(generator, mine) {
    for (;;) {
      const until = performance.now() + SLICE;
      while (performance.now() < until) {
        const { done, value } = generator.next();
        if (done) return value;
      }
      await breath();
      if (mine !== latest) {
        generator.return();
        return null;
      }
    }
  }

  // ---- answers: text with `code` in it

  function words(message) {
    return message.split("`").map((part, k) => {
      if (k % 2 === 0) return part;
      const code = document.createElement("code");
      code.textContent = part;
      return code;
    });
  }

  function paragraph(...parts) {
    const node = document.createElement("p");
    node.append(...parts);
    return node;
  }

  // Say what is wrong; show the text with its place marked, if there is one.
  function refuse(problem, typed) {
    const isPlaced = Number.isInteger(problem.at) && typed.trim() !== "";
    const place = isPlaced ? `Character ${problem.at + 1}: ` : "";
    const told = [paragraph(place, ...words(problem.message))];
    if (isPlaced) {
      const from = Math.max(0, problem.at - 30);
      const mark = document.createElement("mark");
      mark.textContent = typed[problem.at] ?? " ";
      const shown = document.createElement("p");
      shown.className = "loss-shown";
      shown.append(
        typed.slice(from, problem.at),
        mark,
        typed.slice(problem.at + 1, problem.at + 31),
      );
      told.push(shown);
    }
    answer.replaceChildren(...told);
    text.setAttribute("aria-invalid", problem.at !== null);
    for (const input of starts) {
      input.setAttribute("aria-invalid", problem.starts.includes(input.name));
    }
  }

  function accept(...parts) {
    for (const input of [text, ...starts]) {
      input.removeAttribute("aria-invalid");
    }
    answer.replaceChildren(paragraph(...parts));
  }

  // ---- the explorer below: the state that the page came with, with other runs

  const saved = () => globalThis.bookStates[place.dataset.widget];
  const plotOf = (states) =>
    Object.values(states).find(({ kind }) => kind === "AnyModel").state;
  const menuOf = (states, name) =>
    Object.values(states).find(({ state }) => state.description === name)
      .state;

  // What the reader has chosen by now: the method by its place among `methods`.
  function choice(methods) {
    const states = Object.fromEntries(globalThis.bookHost.modelsIn(place));
    const [{ rate, iteration }, menu] = [
      plotOf(states),
      menuOf(states, "optimizer"),
    ];
    const method = methods.indexOf(menu._options_labels[menu.index]);
    return { rate, iteration, method };
  }

  function stateOf(drawn, runs, methods, startText) {
    const states = structuredClone(saved());
    const { rate, iteration, method } = choice(methods);
    const plot = plotOf(states);
    Object.assign(plot, { rate, method, iteration, start: 0 });
    plot.path_svg = drawn.pathSvg;
    plot.loss_svg = drawn.lossSvg;
    Object.assign(plot.data, {
      ...drawn.words,
      columns: drawn.columns,
      runs,
      styles: Object.values(globalThis.bookLoss.STYLES),
      bounds: methods.map(() => null),
    });
    Object.assign(menuOf(states, "start"), {
      index: 0,
      _options_labels: [startText],
    });
    // The page comes with fewer methods than the engine computes.
    Object.assign(menuOf(states, "optimizer"), {
      index: method,
      _options_labels: methods,
    });
    menuOf(states, "learning rate").index = rate;
    return states;
  }

  const CONTROLS = "input, select, button";
  function show(states) {
    const before = [...place.querySelectorAll(CONTROLS)]
      .indexOf(document.activeElement);
    globalThis.bookHost.show(place, states);
    if (before >= 0) place.querySelectorAll(CONTROLS)[before]?.focus();
  }

  // Compute the chosen optimizer and show it, with what `told` says; then compute the
  // others, and show all on other axes if those have found a lower point.
  async function explore(loss, mine, told) {
    const { picture, STYLES, sweepsOf, viewOf } = globalThis.bookLoss;
    while (!globalThis.bookHost?.modelsIn(place)) await wait();
    const data = plotOf(saved()).data;
    const methods = Object.keys(STYLES);
    const settings = [data.rates.map(Number), data.steps];
    const { method } = choice(methods);
    const done = {};
    const compute = (names) =>
      inSlices(sweepsOf(loss, names, ...settings, done), mine);
    const draw = (sweeps) => {
      const view = viewOf(sweeps, loss.start);
      const drawn = picture(loss.f, view, loss.start, data.steps);
      const runs = methods.map(() => []);
      methods.forEach((name, k) => {
        let found;
        // Computed when it is looked at: few readers look at all of them.
        Object.defineProperty(runs[k], 0, {
          get() {
            if (found) return found;
            const rest = sweepsOf(loss, [name], ...settings, done);
            let step = rest.next();
            while (!step.done) step = rest.next();
            return (found = drawn.runsOf(step.value[0]));
          },
        });
      });
      show(stateOf(drawn, runs, methods, loss.startText));
      return view;
    };
    const first = await compute([methods[method]]);
    if (!first) return;
    const view = draw(first);
    told();
    const all = await compute(methods);
    if (!all) return;
    const final = viewOf(all, loss.start);
    if (JSON.stringify(final) !== JSON.stringify(view)) draw(all);
  }

  // ---- what the reader does

  async function compute() {
    const mine = ++latest;
    const [typed, from] = [text.value, starts.map(({ value }) => value)];
    try {
      const { LossError, parse, read, VERSION } = await engine();
      if (mine !== latest) return;
      let loss;
      try {
        const parsed = parse(typed);
        for (const input of starts) {
          input.disabled = !parsed.variables.includes(input.name);
        }
        loss = read(parsed, from);
      } catch (problem) {
        if (!(problem instanceof LossError)) throw problem;
        refuse(problem, typed);
        return;
      }
      await explore(loss, mine, () => {
        accept(`Computed in this page by TensorFlow.js ${VERSION}.`);
        const link = new URLSearchParams({ loss: typed.trim() });
        loss.start.forEach((_, v) => link.set(LINKED[v], from[v].trim()));
        history.replaceState(null, "", `#${link}`);
      });
    } catch (problem) {
      accept(problem.message);
      console.warn(problem);
    }
  }

  // Bring the engine; run and draw an example of two variables, until the reader types:
  // the first time takes the browser three times as long as the next.
  async function warm() {
    const mine = latest;
    const { parse, picture, read, STYLES, sweepsOf, viewOf } = await engine();
    const { loss, start } = form.querySelector("[data-start*=',']").dataset;
    const { f, start: from } = read(parse(loss), start.split(","));
    const rates = new Array(60).fill(0.1);
    const all = sweepsOf({ f, start: from }, Object.keys(STYLES), rates, 50);
    const sweeps = await inSlices(all, mine);
    if (sweeps) picture(f, viewOf(sweeps, from), from, 50);
  }

  let pausing;
  function soon() {
    latest++; // what is being computed is not what is typed
    clearTimeout(pausing);
    pausing = setTimeout(compute, PAUSE);
  }

  function fromLink() {
    const link = new URLSearchParams(location.hash.slice(1));
    if (!link.has("loss")) return;
    text.value = link.get("loss");
    starts.forEach((input, v) =>
      input.value = link.get(LINKED[v]) ?? input.value
    );
    compute();
  }

  form.addEventListener("focusin", () => coming || warm().catch(() => {}));
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pausing);
    compute();
  });
  // A browser does not do so where a form has two fields and no button for it.
  form.addEventListener("keydown", ({ key, target }) => {
    if (key === "Enter" && target.matches("input")) form.requestSubmit();
  });
  for (const button of form.querySelectorAll("[data-loss]")) {
    button.addEventListener("click", () => {
      text.value = button.dataset.loss;
      button.dataset.start.split(",").forEach((number, v) =>
        starts[v].value = number.trim()
      );
      compute();
    });
  }
  addEventListener("hashchange", fromLink);
  fromLink();

  steps?.querySelector("button").addEventListener("click", async () => {
    const told = steps.querySelector(".loss-told");
    try {
      const { twoSteps, VERSION } = await engine();
      const [two, one] = twoSteps();
      told.replaceChildren(...words(
        `TensorFlow.js ${VERSION}: after the two steps, x is \`${two}\`; ` +
          `after \`minimize\`, y is \`${one}\`. They are ` +
          `${two === one ? "equal" : "different"}.`,
      ));
    } catch (problem) {
      told.textContent = problem.message;
    }
  });
})();

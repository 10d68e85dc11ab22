// The picture of the convergence explorer: it puts the chosen run's points into
// two figures that matplotlib drew. TensorFlow computed the points; this module
// chooses, hides and moves them.

import { figure, make, unpacked, voice } from "./figures.js";

const FRAME = 120; // milliseconds an iteration is shown for while playing

// Written out, so that whoever looks for the classes in use finds them here.
const SHADES = {
  creeps: "convergence-creeps",
  converges: "convergence-converges",
  "converges, swinging": "convergence-swinging",
  oscillates: "convergence-oscillates",
  diverges: "convergence-diverges",
};

// A figure in which a run can be drawn.
function runFigure(svg, description) {
  const { node, part } = figure(svg, description);
  return {
    node,
    draw(xs, ys, { color, marker }) {
      const points = xs.map((x, k) => `${x},${ys[k]}`);
      part("trail").setAttribute(
        "d",
        points.length ? `M${points.join("L")}` : "",
      );
      part("dots").setAttribute(
        "d",
        points.map((p) => `M${p}${marker}`).join(""),
      );
      const last = points.at(-1);
      part("head").setAttribute("d", `M${last}${marker}`);
      part("trail").style.stroke = color;
      for (const name of ["dots", "head"]) {
        part(name).style.fill = color;
        part(name).style.stroke = color;
      }
    },
  };
}

export function words(run, rate, steps, [what, part]) {
  const [place, loss] = run.end;
  const rest = run.arrival === null
    ? `Its ${what} does not stay below ${part} of the first.`
    : `From iteration ${run.arrival} on, its ${what} is below ${part} of the first.`;
  return `At the learning rate ${rate} the run ${run.regime}. ${rest} ` +
    `After ${steps} iterations ${place} and the loss is ${loss}.`;
}

// What the band says of a bound: {text, place}, or null where there is none.
export function boundWords(bound) {
  if (!bound) return "No bound is known for this optimizer.";
  return bound.place === null
    ? `The stability bound ${bound.text} lies off the slider.`
    : `Marked: the stability bound ${bound.text}.`;
}

// Neighbouring rates of one regime: [[name, first, last], ...].
export function segments(regimes) {
  const found = [];
  regimes.forEach((name, i) => {
    if (found.length && found.at(-1)[0] === name) found.at(-1)[2] = i;
    else found.push([name, i, i]);
  });
  return found;
}

// The names that can be read on no strip of the band, each once.
export function unnamed(parts, fits) {
  const named = parts.filter((_, k) => fits[k]).map(([name]) => name);
  const names = new Set(parts.map(([name]) => name));
  return [...names].filter((name) => !named.includes(name));
}

function render({ model, el }) {
  const data = model.get("data");
  const columns = unpacked(data.columns);
  const path = runFigure(
    model.get("path_svg"),
    `The points of the run ${data.surface} of the loss; what they do is told below.`,
  );
  const loss = runFigure(
    model.get("loss_svg"),
    "The loss of the run against the iteration; what it does is told below.",
  );
  const band = make("div", { class: "convergence-band", role: "img" });
  const needle = make("div", { class: "convergence-needle" });
  const bound = make("div", { class: "convergence-bound" });
  const scale = make(
    "div",
    { class: "convergence-scale" },
    band,
    bound,
    needle,
  );
  // The band's own label tells all of it to who does not see the colours.
  const legend = make("p", {
    class: "convergence-legend",
    "aria-hidden": "true",
  });
  const marked = make("p", { class: "convergence-marked" });
  const back = make("button", { type: "button" }, "Back");
  const play = make("button", { type: "button" }, "Play");
  const next = make("button", { type: "button" }, "Next");
  const step = make("input", {
    type: "range",
    min: 0,
    max: data.steps,
    step: 1,
    "aria-label": "iteration",
  });
  const count = make("output", { class: "convergence-count" });
  const reading = make("p", { class: "convergence-reading" });
  const spoken = voice("convergence-spoken");
  el.classList.add("convergence");
  el.append(
    scale,
    legend,
    ...(data.bounds.some(Boolean) ? [marked] : []),
    make("div", { class: "convergence-figures" }, path.node, loss.node),
    make("div", { class: "convergence-steps" }, back, play, next, step, count),
    reading,
    spoken.node,
  );

  const chosen = () => {
    const [method, start, rate] = ["method", "start", "rate"].map((k) =>
      model.get(k)
    );
    return { method, start, rate, run: data.runs[method][start][rate] };
  };

  let parts = [];
  // Say whether the word on a strip is neither cut off nor under the bound's mark.
  function isLegible(strip) {
    const letters = document.createRange();
    letters.selectNodeContents(strip);
    const { left, right } = letters.getBoundingClientRect();
    const mark = bound.getBoundingClientRect();
    const isCovered = mark.left < right && left < mark.right;
    return strip.scrollWidth <= strip.clientWidth && !isCovered;
  }

  // Write each word on its strip where it can be read; the legend has the others.
  function nameBand() {
    const strips = [...band.children];
    strips.forEach((strip, k) => (strip.textContent = parts[k][0]));
    const fits = strips.map(isLegible);
    strips.forEach((strip, k) => fits[k] || (strip.textContent = ""));
    legend.replaceChildren(
      ...unnamed(parts, fits).map((name) =>
        make("span", {}, make("i", { class: SHADES[name] }), name)
      ),
    );
  }

  function drawBand() {
    const { method, start } = chosen();
    const names = data.runs[method][start].map((run) => run.regime);
    parts = segments(names);
    band.replaceChildren(
      ...parts.map(([name, first, last]) => {
        const strip = make("span", { class: SHADES[name] });
        strip.style.flexGrow = last - first + 1;
        return strip;
      }),
    );
    const here = data.bounds[method];
    bound.hidden = typeof here?.place !== "number";
    bound.style.left = `${100 * (here?.place ?? 0)}%`;
    nameBand();
    marked.textContent = boundWords(here);
    const told = parts.map(
      ([name, first, last]) =>
        `${name} from ${data.rates[first]} to ${data.rates[last]}`,
    );
    band.setAttribute(
      "aria-label",
      `By learning rate, a run ${told.join("; ")}.` +
        (here ? ` ${boundWords(here)}` : ""),
    );
  }

  function drawRun() {
    const { method, rate, run } = chosen();
    const iteration = model.get("iteration");
    const [x, y, heights] = [run.x, run.y, run.loss].map((text) =>
      unpacked(text).slice(0, iteration + 1)
    );
    path.draw(x, y, data.styles[method]);
    loss.draw(columns.slice(0, x.length), heights, data.styles[method]);
    needle.style.left = `${(100 * (rate + 0.5)) / data.rates.length}%`;
    step.value = iteration;
    step.setAttribute(
      "aria-valuetext",
      `iteration ${iteration} of ${data.steps}`,
    );
    count.textContent = `${iteration} of ${data.steps}`;
    back.disabled = iteration === 0;
    next.disabled = iteration === data.steps;
    reading.textContent = words(
      run,
      data.rates[rate],
      data.steps,
      data.rest,
    );
    spoken.say(
      iteration === data.steps ? reading.textContent : count.textContent,
    );
  }

  let playing;
  function stop() {
    clearInterval(playing);
    playing = undefined;
    play.textContent = "Play";
  }
  function go(iteration) {
    model.set("iteration", Math.max(0, Math.min(data.steps, iteration)));
    model.save_changes();
  }
  function start() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      go(data.steps); // who wants no motion sees where it ends
      return;
    }
    if (model.get("iteration") === data.steps) go(0);
    play.textContent = "Pause";
    playing = setInterval(() => {
      go(model.get("iteration") + 1);
      if (model.get("iteration") === data.steps) stop();
    }, FRAME);
  }

  play.addEventListener("click", () => (playing ? stop() : start()));
  back.addEventListener("click", () => go(model.get("iteration") - 1));
  next.addEventListener("click", () => go(model.get("iteration") + 1));
  step.addEventListener("input", () => go(Number(step.value)));
  model.on("change:rate change:iteration", drawRun);
  model.on("change:method change:start", () => {
    drawBand();
    drawRun();
  });
  drawBand();
  drawRun();
  const resized = new ResizeObserver(nameBand);
  resized.observe(band);
  return () => {
    stop();
    spoken.stop();
    resized.disconnect();
  };
}

export default { render };

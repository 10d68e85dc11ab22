// Draws one recorded snippet, or two side by side, and walks through the steps:
// a slider, two buttons, the arrow keys. The recording is text; it is only ever
// set as text.

const LEFT = ["ArrowLeft", "ArrowUp", "PageUp"];
const RIGHT = ["ArrowRight", "ArrowDown", "PageDown"];

let drawn = 0;

export default { render };

function render({ model, el }) {
  const trace = model.get("trace");
  const last = Math.max(...trace.map(({ steps }) => steps.length - 1));
  const id = `stepper-${++drawn}-${Math.random().toString(36).slice(2)}`;

  const root = make("div", "stepper");
  root.setAttribute("role", "group");
  root.setAttribute(
    "aria-label",
    `Step through ${trace.map(({ title }) => title).join(" and ")}`,
  );
  // JupyterLab leaves keys alone that are pressed in here.
  root.dataset.lmSuppressShortcuts = "true";

  const controls = draw(root, "div", "stepper-controls");
  const previous = button(controls, "Previous");
  const next = button(controls, "Next");
  const label = draw(controls, "label", "stepper-label", "Step");
  label.htmlFor = `${id}-slider`;
  const position = draw(controls, "span", "stepper-position");
  const slider = draw(controls, "input", "stepper-slider");
  Object.assign(slider, { id: `${id}-slider`, type: "range", min: 0, step: 1 });
  slider.max = last;

  const panels = draw(root, "div", "stepper-panels");
  panels.classList.toggle("stepper-pair", trace.length > 1);
  const shows = trace.map((one, i) => panel(panels, one, `${id}-${i}`));

  function show() {
    const step = clamp(model.get("step"), last);
    slider.value = step;
    slider.setAttribute("aria-valuetext", `${step} of ${last}`);
    position.textContent = `${step} of ${last}`;
    // A button that goes out of use hands its focus on.
    for (const [end, edge] of [[previous, 0], [next, last]]) {
      if (step === edge && document.activeElement === end) slider.focus();
      end.disabled = step === edge;
    }
    shows.forEach((showPanel) => showPanel(step));
  }

  function go(step) {
    model.set("step", clamp(step, last));
    model.save_changes();
    show();
  }

  previous.addEventListener("click", () => go(model.get("step") - 1));
  next.addEventListener("click", () => go(model.get("step") + 1));
  slider.addEventListener("input", () => go(Number(slider.value)));
  root.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    const step = target(event.key, model.get("step"), last);
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    go(step);
  });
  model.on("change:step", show);

  show();
  el.append(root);
  return () => model.off("change:step", show);
}

// Where a key leads from a step; undefined for other keys.
function target(key, step, last) {
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (LEFT.includes(key)) return clamp(step - 1, last);
  if (RIGHT.includes(key)) return clamp(step + 1, last);
}

function clamp(step, last) {
  return Math.min(Math.max(step, 0), last);
}

// Draw one snippet; return the function that shows one of its steps.
function panel(parent, { title, lines, steps }, id) {
  const section = draw(parent, "div", "stepper-panel");
  section.setAttribute("role", "group");
  const heading = draw(section, "p", "stepper-title", title);
  heading.id = `${id}-title`;
  section.setAttribute("aria-labelledby", heading.id);
  const room = draw(section, "div", "stepper-room");
  const reading = draw(room, "p", "stepper-reading");
  reading.setAttribute("role", "status");
  const ended = (step) => step === steps.at(-1) ? " It has ended." : "";
  const sayings = steps.map((step) => step.said + ended(step));
  sayings.sort((one, other) => other.length - one.length);
  // Room for the longest, unseen: nothing below jumps while stepping.
  draw(room, "p", "stepper-reading", sayings[0]).setAttribute(
    "aria-hidden",
    true,
  );
  const body = draw(section, "div", "stepper-body");

  const code = draw(body, "ol", "stepper-code");
  const items = lines.map((line) => {
    const item = draw(code, "li");
    draw(item, "code", "", line || " ");
    return item;
  });

  const state = draw(body, "div", "stepper-state");
  const tables = draw(state, "div");
  // And for the step that has most to show.
  tables.style.setProperty("--stepper-rows", Math.max(...steps.map(height)));
  tables.classList.add("stepper-tables");
  const prints = steps.some(({ printed }) => printed);
  const output = prints ? draw(state, "div", "stepper-output") : undefined;
  if (output) {
    draw(output, "p", "stepper-caption", "Printed");
    output.style.setProperty(
      "--stepper-lines",
      printedLines(steps, steps.length),
    );
  }

  return (number) => {
    const step = steps[Math.min(number, steps.length - 1)];
    const over = number >= steps.length ? " It has ended." : "";
    say(reading, step.said + over);
    items.forEach((item, i) => {
      const now = i + 1 === step.line;
      item.classList.toggle("stepper-raised", now && Boolean(step.raised));
      if (now) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    tables.replaceChildren(...grouped(step.rows).map(table));
    if (output) {
      output.querySelectorAll("pre").forEach((pre) => pre.remove());
      const before = steps.slice(0, steps.indexOf(step));
      const text = before.map(({ printed }) => printed).join("");
      draw(output, "pre", "", text);
      if (step.printed) draw(output, "pre", "stepper-new", step.printed);
    }
  };
}

// The rows by their group, in the order of the groups.
function grouped(rows) {
  const groups = new Map();
  for (const row of rows) {
    groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  }
  return [...groups];
}

// How many lines the tables of a step take.
function height({ rows }) {
  return rows.length + grouped(rows).length;
}

// How many lines have been printed when a number of steps are done.
function printedLines(steps, number) {
  const text = steps.slice(0, number).map(({ printed }) => printed).join("");
  return text.trimEnd().split("\n").length;
}

function table([group, rows]) {
  const drawing = make("table");
  draw(drawing, "caption", "stepper-caption", group);
  const body = draw(drawing, "tbody");
  for (const { name, value, mark } of rows) {
    const row = draw(body, "tr", mark ? `stepper-${mark}` : "");
    const head = draw(row, "th", "", name);
    head.scope = "row";
    draw(draw(row, "td"), mark === "gone" ? "del" : "span", "", value);
    draw(row, "td", "stepper-mark", mark);
  }
  return drawing;
}

// A live region speaks when its text changes, so it is left alone otherwise.
function say(region, text) {
  if (region.textContent !== text) region.textContent = text;
}

function button(parent, text) {
  const drawing = draw(parent, "button", "stepper-button", text);
  drawing.type = "button";
  return drawing;
}

function draw(parent, tag, className, text) {
  const drawing = make(tag, className, text);
  parent.append(drawing);
  return drawing;
}

function make(tag, className, text) {
  const drawing = document.createElement(tag);
  if (className) drawing.className = className;
  if (text) drawing.textContent = text;
  return drawing;
}

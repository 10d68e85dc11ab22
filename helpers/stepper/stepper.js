// Draws one recorded snippet, or two to compare, and walks through the steps: by a
// slider, two buttons or the arrow keys. The recording is text; it is only ever
// set as text.

import { button, draw, make } from "../elements.js";

const LEFT = ["ArrowLeft", "ArrowUp", "PageUp"];
const RIGHT = ["ArrowRight", "ArrowDown", "PageDown"];

// What stands for the value of a name that is not bound.
const UNBOUND = "–";

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
  const previous = button(controls, "stepper-button", "Previous");
  const next = button(controls, "stepper-button", "Next");
  const label = draw(controls, "label", "stepper-label", "Step");
  label.htmlFor = `${id}-slider`;
  const position = draw(controls, "span", "stepper-position");
  const slider = draw(controls, "input", "stepper-slider");
  Object.assign(slider, { id: `${id}-slider`, type: "range", min: 0, step: 1 });
  slider.max = last;

  const panels = draw(root, "div", "stepper-panels");
  const longest = Math.max(...trace.flatMap(({ lines }) => lines.map(size)));
  panels.style.setProperty("--stepper-width", longest);
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

// Draw one snippet; return the function that shows one of its steps. Each place
// whose text changes has room for the largest of its texts: nothing moves while
// one steps.
function panel(parent, { title, lines, steps }, id) {
  const section = draw(parent, "div", "stepper-panel");
  section.setAttribute("role", "group");
  const heading = draw(section, "p", "stepper-title", title);
  heading.id = `${id}-title`;
  section.setAttribute("aria-labelledby", heading.id);
  const reading = roomFor(
    section,
    "p",
    "stepper-reading",
    steps.map(sentence),
  );
  reading.setAttribute("role", "status");
  const body = draw(section, "div", "stepper-body");

  const code = draw(body, "ol", "stepper-code");
  const items = lines.map((line) => {
    const item = draw(code, "li");
    drawCode(item, line);
    return item;
  });

  const state = draw(body, "div", "stepper-state");
  const tables = draw(state, "div", "stepper-tables");
  const showRows = grouped(everyRow(steps)).flatMap((group) =>
    table(tables, group, steps)
  );
  const whole = steps.map(({ printed }) => printed).join("");
  const output = whole ? draw(state, "div", "stepper-output") : undefined;
  if (output) draw(output, "p", "stepper-caption", "Printed");
  const prints = output && roomFor(output, "pre", "", [whole]);

  return (number) => {
    const step = steps[Math.min(number, steps.length - 1)];
    const over = number >= steps.length;
    say(reading, over ? sentence(step, steps.length - 1, steps) : step.said);
    items.forEach((item, i) => {
      const now = i + 1 === step.line;
      item.classList.toggle("stepper-raised", now && Boolean(step.raised));
      if (now) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    showRows.forEach((showRow) => showRow(step));
    if (prints) {
      const before = steps.slice(0, steps.indexOf(step));
      prints.textContent = before.map(({ printed }) => printed).join("");
      if (step.printed) draw(prints, "span", "stepper-new", step.printed);
    }
  };
}

// What is said of a step; the last one of a shorter snippet stays, and has ended.
function sentence({ said }, number, steps) {
  return said + (number === steps.length - 1 ? " It has ended." : "");
}

// An element for changing text, among hidden copies of the texts that it needs
// room for.
function roomFor(parent, tag, className, texts) {
  const room = draw(parent, "div", "stepper-room");
  const shown = draw(room, tag, className);
  for (const text of new Set(texts)) {
    draw(room, tag, className, text).setAttribute("aria-hidden", true);
  }
  return shown;
}

// A line of code, which may break at a space or behind a bracket, and nowhere
// else: never inside a word.
function drawCode(parent, line) {
  const code = draw(parent, "code");
  const indent = line.length - line.trimStart().length;
  code.style.setProperty("--stepper-indent", indent);
  line.split(/(?<=\()/).forEach((part, i) => {
    code.append(...(i ? [make("wbr")] : []), part);
  });
  if (!line) code.append(" ");
}

// Every name, tape and file that a snippet ever has, in order; the rows of one
// group together.
function everyRow(steps) {
  const every = [];
  for (const { rows } of steps) {
    let at = -1;
    for (const row of rows) {
      const found = every.findIndex((known) => same(known, row));
      const last = every.findLastIndex(({ group }) => group === row.group);
      if (found < 0) every.splice((last < 0 ? at : last) + 1, 0, row);
      at = found < 0 ? every.indexOf(row) : found;
    }
  }
  return every;
}

function same(one, other) {
  return one.group === other.group && one.name === other.name;
}

// The rows by their group, in the order of the groups.
function grouped(rows) {
  const groups = new Map();
  for (const row of rows) {
    groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  }
  return [...groups];
}

// Draw the rows of a group; return a function for each that shows its value.
function table(parent, [group, rows], steps) {
  const drawing = draw(parent, "table");
  draw(drawing, "caption", "stepper-caption", group);
  const body = draw(drawing, "tbody");
  return rows.map((row) => {
    const line = draw(body, "tr");
    draw(line, "th", "", row.name).scope = "row";
    const at = ({ rows }) => rows.find((one) => same(one, row));
    const values = steps.map((step) => at(step)?.value ?? UNBOUND);
    const value = roomFor(draw(line, "td"), "span", "", values);
    const mark = draw(line, "td", "stepper-mark");
    return (step) => {
      const now = at(step) ?? { value: UNBOUND, mark: "" };
      line.className = at(step)
        ? `stepper-${now.mark || "same"}`
        : "stepper-not";
      value.textContent = now.mark === "gone" ? "" : now.value;
      if (now.mark === "gone") draw(value, "del", "", now.value);
      mark.textContent = now.mark;
    };
  });
}

function size(text) {
  return text.length;
}

// A live region speaks when its text changes, so it is left alone otherwise.
function say(region, text) {
  if (region.textContent !== text) region.textContent = text;
}

// Asks a question, and answers what the reader types or chooses. Texts are only
// ever set as text.

import { button, draw, make } from "../elements.js";

const READABLE = "0.5, 1e-3 or −2";
const DASHES = /[‐‑‒–—−]/g;
const SLASHES = /[÷⁄∕]/g; // ½ is 1⁄2
const SPACES = /[\s\u00a0\u2009\u202f_'’]/g;
// Where a thousand may be grouped: 1,200 is 1200 here and 1.2 elsewhere.
const GROUPED = /^[+-]?\d{1,3}([.,]\d{3})+$/;

// How far from a listed mistake, in parts of it, an answer still is that mistake.
const MISTAKE_TOLERANCE = 0.005;

let drawn = 0;

export default { render };

function render({ model, el }) {
  const asked = model.get("asked");
  const id = `predict-${++drawn}-${Math.random().toString(36).slice(2)}`;
  const root = make("div", "predict");
  // JupyterLab leaves keys alone that are pressed in here.
  root.dataset.lmSuppressShortcuts = "true";

  const form = asked.choices.length
    ? choiceForm(root, asked, id)
    : numberForm(root, asked, id);
  const room = draw(root, "div", "predict-room");
  const reply = draw(room, "p", "predict-reply");
  reply.setAttribute("role", "status");
  // Room for each text that may come, so that nothing moves then.
  for (const text of asked.replies) {
    const copy = draw(room, "p", "predict-reply");
    copy.setAttribute("aria-hidden", "true");
    writeCode(copy, text);
  }

  function check() {
    const given = form.given();
    const said = asked.choices.length
      ? judgeChoice(asked, given)
      : judgeNumber(asked, given);
    write(reply, said);
    root.dataset.verdict = said.verdict;
    if (said.verdict === "unread") return;
    model.set("given", given);
    model.set("verdict", said.verdict);
    model.save_changes();
    root.dispatchEvent(new CustomEvent("predicted", { bubbles: true }));
  }

  form.button.addEventListener("click", check);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.localName !== "input") return;
    event.preventDefault();
    event.stopPropagation();
    check();
  });
  el.append(root);
}

function numberForm(root, asked, id) {
  const label = draw(root, "label", "predict-question");
  writeCode(label, asked.text);
  label.htmlFor = id;
  const row = draw(root, "div", "predict-row");
  const input = draw(row, "input", "predict-number");
  // Not "decimal": that keyboard has no minus on some phones.
  Object.assign(input, { id, type: "text", autocomplete: "off" });
  input.spellcheck = false;
  input.setAttribute("autocapitalize", "off");
  if (asked.unit) {
    const unit = draw(row, "span", "predict-unit", asked.unit);
    unit.id = `${id}-unit`;
    input.setAttribute("aria-describedby", unit.id);
  }
  return {
    button: button(row, "predict-check", "Check"),
    given: () => input.value.trim(),
  };
}

function choiceForm(root, asked, id) {
  const group = draw(root, "fieldset", "predict-choices");
  writeCode(draw(group, "legend", "predict-question"), asked.text);
  for (const choice of asked.choices) {
    const label = draw(group, "label", "predict-choice");
    const input = draw(label, "input");
    Object.assign(input, { type: "radio", name: id, value: choice });
    writeCode(draw(label, "span"), choice);
  }
  const chosen = () => group.querySelector("input:checked")?.value ?? "";
  const row = draw(root, "div", "predict-row");
  return { button: button(row, "predict-check", "Check"), given: chosen };
}

// What is said of a choice: `verdict`, the texts, and where more is said.
export function judgeChoice(asked, given) {
  if (!given) return unread("Choose one of the answers first.");
  if (given === asked.right.value) return right(asked, "Right");
  const known = asked.wrong.find(({ value }) => value === given);
  return known ? mistake(known) : wrong("No, that is not it.");
}

// What is said of a number, in whatever form a reader has typed it.
export function judgeNumber(asked, given) {
  if (!given) return unread(`Type a number first, such as ${READABLE}.`);
  const numbers = readNumbers(given, asked.unit);
  if (!numbers.length) {
    return unread(
      `“${
        short(given)
      }” is not a number I can read. Type one such as ${READABLE}.`,
    );
  }
  const answer = toNumber(asked.right.value);
  const meets = (value, off) => numbers.some((n) => near(n, value, off));
  if (meets(answer, asked.tolerance)) {
    return right(asked, `Right, ${withUnit(asked.right.text, asked.unit)}`);
  }
  const known = asked.wrong.find((one) => {
    const value = toNumber(one.value);
    const off = Math.max(asked.tolerance, Math.abs(value) * MISTAKE_TOLERANCE);
    const apart = Math.abs(value - answer) / 2; // nearer to the mistake
    return meets(value, Number.isFinite(value) ? Math.min(off, apart) : 0);
  });
  if (known) return mistake(known);
  const nearest = numbers.reduce((a, b) =>
    Math.abs(b - answer) < Math.abs(a - answer) ? b : a
  );
  const off = nearest - answer;
  if (near(nearest, answer, asked.close)) {
    const by = withUnit(digits(Math.abs(off)), asked.unit);
    const side = off < 0 ? "small" : "large";
    return {
      verdict: "close",
      text: `Close: ${short(given)} is ${by} too ${side}.`,
    };
  }
  const side = Number.isNaN(off) ? "" : off < 0 ? "larger" : "smaller";
  const rest = side && `: the answer is ${side}`;
  return wrong(`No, it is not ${short(given)}${rest}.`);
}

const right = ({ right: { says } }, begin) => ({
  verdict: "right",
  text: says ? `${begin}. ${says}` : `${begin}.`,
});
const wrong = (text) => ({ verdict: "wrong", text });
const unread = (text) => ({ verdict: "unread", text });
const mistake = ({ says, link }) => ({ ...wrong(`No. ${says}`), link });

// All numbers that a text can stand for; none if it is nonsense.
export function readNumbers(text, unit = "") {
  let plain = text.normalize("NFKC").replace(DASHES, "-").replace(SPACES, "")
    .replace(SLASHES, "/");
  const suffix = unit.normalize("NFKC").replace(SPACES, "");
  if (suffix && plain.toLowerCase().endsWith(suffix.toLowerCase())) {
    plain = plain.slice(0, -suffix.length);
  }
  plain = plain.replace(/^\w*[=≈~]/, "");
  if (/^[+-]?(inf(inity)?|∞)$/i.test(plain)) {
    return [plain.startsWith("-") ? -Infinity : Infinity];
  }
  if (/^nan$/i.test(plain)) return [NaN];
  const parts = plain.split("/");
  if (parts.length === 2) {
    const [above, below] = parts.map((part) => readNumbers(part));
    return above.flatMap((a) => below.filter((b) => b).map((b) => a / b));
  }
  // 2·10^-3 and 10**-3, and 10⁻³ as the normal form has it.
  plain = plain.replace(/(?:[*·×x])?10(?:\^|\*\*)\(?([+-]?\d+)\)?$/, "e$1")
    .replace(/^([+-]?)e/, "$11e");
  const readings = GROUPED.test(plain)
    ? [plain.replace(/[.,]/g, ""), decimal(plain)]
    : [decimal(plain)];
  return [
    ...new Set(
      readings
        .filter((one) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(one))
        .map(Number),
    ),
  ];
}

// With a decimal point: the last of the two signs is one, the other groups.
function decimal(text) {
  const at = Math.max(text.lastIndexOf(","), text.lastIndexOf("."));
  if (at < 0) return text;
  const whole = text.slice(0, at);
  const same = whole.includes(text[at]); // 1.2.3 is no number
  return same ? text : `${whole.replace(/[.,]/g, "")}.${text.slice(at + 1)}`;
}

function toNumber(value) {
  return { inf: Infinity, "-inf": -Infinity }[value] ?? Number(value);
}

function near(one, other, off) {
  if (one === other) return true;
  if (!Number.isFinite(one - other)) {
    return Number.isNaN(one) && Number.isNaN(other);
  }
  // What binary fractions add must not decide: 8.75 is within 0.05 of 8.8.
  const slack = 1e-9 * Math.max(Math.abs(one), Math.abs(other));
  return Math.abs(one - other) <= off + slack;
}

function digits(number) {
  return String(Number(number.toPrecision(3)));
}

// `prediction.py` keeps room for as much of what a reader has typed.
function short(text) {
  return text.length > 16 ? `${text.slice(0, 15)}…` : text;
}

function withUnit(text, unit) {
  return unit && !text.endsWith(unit) ? `${text} ${unit}` : text;
}

// Write what is said; a live region speaks when its text changes.
function write(parent, { text, link }) {
  if (parent.textContent === text) return;
  parent.replaceChildren();
  writeCode(parent, text);
  if (!link) return;
  parent.append(" ");
  const anchor = draw(parent, "a", "", "Read more");
  // On a page of the book, a notebook is a page.
  anchor.href = "hosted" in document.documentElement.dataset
    ? link.replace(/\.ipynb(?=#|$)/, ".html")
    : link;
}

// What stands between backticks is code.
function writeCode(parent, text) {
  text.split("`").forEach((part, i) => {
    if (i % 2) draw(parent, "code", "", part);
    else parent.append(part);
  });
}

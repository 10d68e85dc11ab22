// The grammar of a typed loss: helpers/loss_text.py reads the same texts in Python.
// A text becomes a tree: {number}, {variable}, or {name, children} for an operation.
// Nothing is evaluated, and what is answered to bad input names its place.

export const VARIABLES = ["x", "y"];
const MOST = 200; // characters of a text

// By name, with how many arguments each takes.
export const FUNCTIONS = {
  sin: 1,
  cos: 1,
  tan: 1,
  exp: 1,
  log: 1,
  sqrt: 1,
  abs: 1,
  tanh: 1,
  sigmoid: 1,
  relu: 1,
  minimum: 2,
  maximum: 2,
};
const MODULES = ["", "tf", "tf.math", "tf.nn"]; // where a function may be
const TOKEN =
  /[ \t]*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<sign>\*\*\*|\*\*|\/\/|[+\-*\/().,])|(?<strange>[^ \t]))/uy;

// What is wrong with a text, and the position of the character where it is; or else
// the names of the variables whose start is wrong.
export class LossError extends Error {
  constructor(message, at, starts = []) {
    super(message);
    this.at = at;
    this.starts = starts;
  }
}

function tokensOf(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (!found) break; // blanks at the end
    const [kind, word] = Object.entries(found.groups).find(([, w]) => w);
    const at = TOKEN.lastIndex - word.length;
    if (kind === "strange" || word === "***" || word === "//") {
      const hint = word === "^" ? "; did you mean `**`?" : "";
      throw new LossError(`\`${word}\` is not known here${hint}`, at);
    }
    const last = tokens.at(-1);
    if (last && last.end === at && last.kind === "number" && kind !== "sign") {
      missingTimes(at);
    }
    if (kind === "number" && /^0\d+$/.test(word)) {
      throw new LossError(`\`${word}\` is no number here`, at);
    }
    tokens.push({ kind, word, at, end: TOKEN.lastIndex });
  }
  tokens.push({ kind: "end", word: "", at: text.length });
  return tokens;
}

function missingTimes(at) {
  throw new LossError("a `*` is missing before this", at);
}

// Return the tree of a text and the names of its variables; throw a LossError if the
// grammar does not allow it.
export function parse(typed) {
  const text = typed.replace(/[ \t]+$/, "");
  if (!text.trim()) throw new LossError("type a loss such as `(x - 4)**2`", 0);
  if (text.trim().length > MOST) {
    throw new LossError(
      `a loss has at most ${MOST} characters; this has ${text.trim().length}`,
      MOST,
    );
  }
  const tokens = tokensOf(text);
  let position = 0;
  const found = new Set(); // the variables
  const opened = []; // the parentheses that are open
  const here = () => tokens[position];
  const take = () => tokens[position++];
  const is = (...words) =>
    here().kind === "sign" && words.includes(here().word);

  function sum() {
    let tree = product();
    while (is("+", "-")) {
      const name = take().word === "+" ? "add" : "sub";
      tree = { name, children: [tree, product()] };
    }
    return tree;
  }
  function product() {
    let tree = signed();
    while (is("*", "/")) {
      const name = take().word === "*" ? "mul" : "div";
      tree = { name, children: [tree, signed()] };
    }
    return tree;
  }
  function signed() {
    if (is("+")) return take(), signed();
    return is("-") ? (take(), { name: "neg", children: [signed()] }) : power();
  }
  // It binds closer than a sign on its left, and less than one on its right.
  function power() {
    const base = atom();
    if (!is("**")) return base;
    take();
    return { name: "pow", children: [base, signed()] };
  }
  function atom() {
    const token = here();
    if (token.kind === "number") {
      take();
      return { number: Number(token.word) };
    }
    if (token.kind === "name") return named();
    if (is("(")) {
      opened.push(take());
      const tree = sum();
      close();
      return tree;
    }
    if (token.kind === "end") {
      throw new LossError("the loss is not complete", token.at);
    }
    throw new LossError(`\`${token.word}\` is not expected here`, token.at);
  }
  function close() {
    if (is(")")) return opened.pop(), take();
    if (here().kind === "end") {
      throw new LossError("this `(` has no `)`", opened.at(-1).at);
    }
    unexpected();
  }
  function unexpected() {
    const { kind, word, at } = here();
    const closed = tokens[position - 1];
    if (kind === "number" || kind === "name" || word === "(") {
      if (closed && closed.kind !== "end") missingTimes(at);
    }
    if (word === ")") throw new LossError("this `)` has no `(`", at);
    throw new LossError(`\`${word}\` is not expected here`, at);
  }
  function named() {
    const first = take();
    const path = [first.word];
    while (is(".") && tokens[position + 1].kind === "name") {
      take();
      path.push(take().word);
    }
    const written = path.join(".");
    const name = path.pop();
    const module = path.join(".");
    const at = first.at;
    const isVariable = VARIABLES.includes(written);
    if (isVariable && !is("(")) {
      found.add(written);
      return { variable: written };
    }
    const known = Object.hasOwn(FUNCTIONS, name) && MODULES.includes(module);
    if (!is("(")) {
      if (known) {
        throw new LossError(
          `\`${written}\` needs parentheses: \`${name}(x)\``,
          at,
        );
      }
      throw new LossError(
        `\`${written}\` is not known here; the variables are \`x\` and \`y\``,
        at,
      );
    }
    if (!known) {
      if (isVariable) missingTimes(here().at);
      const all = Object.keys(FUNCTIONS).join(", ");
      throw new LossError(
        `\`${written}\` is not known here; known are ${all}`,
        at,
      );
    }
    opened.push(take());
    const children = [];
    while (!is(")")) {
      children.push(sum());
      if (!is(",")) break;
      take();
    }
    close();
    const count = FUNCTIONS[name];
    if (children.length !== count) {
      throw new LossError(
        `\`${written}\` takes ${count} argument${count > 1 ? "s" : ""}, ` +
          `not ${children.length}`,
        at,
      );
    }
    return { name, children };
  }

  const tree = sum();
  if (here().kind !== "end") unexpected();
  if (!found.has("x")) {
    throw new LossError(
      "there is no `x` in this: " + (
        found.has("y")
          ? "a loss of one variable is written with `x`"
          : "it is the same everywhere, and has no gradient"
      ),
      0,
    );
  }
  return { tree, variables: VARIABLES.filter((name) => found.has(name)) };
}

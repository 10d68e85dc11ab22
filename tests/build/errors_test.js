// How the box for error messages searches: deno test tests
import "../../book/_static/errors.js";

const { messages, pairs, search, weighed } = globalThis.errorFinder;

function equal(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

const ENTRIES = weighed([
  {
    kind: "AttributeError",
    messages: ["'SGD' object has no attribute 'minimize'"],
  },
  { kind: "AttributeError", messages: ["'A' object has no attribute '_id'"] },
  {
    kind: "KeyError",
    messages: ["The optimizer cannot recognize variable Variable:0. Build it."],
  },
  {
    kind: "ValueError",
    messages: ["Unknown variable: <tf.Variable 'V:0'>. Build it."],
  },
  {
    kind: "log line",
    messages: ["`lr` is deprecated in TF-Keras", "`lr` is deprecated in Keras"],
  },
]);

function found(text) {
  return search(ENTRIES, text).found.map((entry) => ENTRIES.indexOf(entry));
}

Deno.test("objects, addresses, numbers and places are no words", () => {
  const one = "'SGD' object <tf.Variable 'a:0' shape=(2, 3)> at 0x7f1b of 36.0";
  const other = "'Adam' object <X 'b'> at 0xffff of 1e-7";
  equal(pairs(one), pairs(other));
  equal(pairs("see dense/kernel:0 there"), pairs("see Variable:0 there"));
});

Deno.test("a message is found by its words, whatever its names", () => {
  equal(found("AttributeError: 'Adam' object has no attribute 'minimize'"), [
    0,
  ]);
  equal(found("'Adam' object has no attribute 'minimize'"), [0]);
  equal(found("ValueError: Unknown variable: <Q 'w' \n\n [1.]>. Build it."), [
    3,
  ]);
});

Deno.test("a message of the same shape about something else is not", () => {
  equal(found("AttributeError: 'Adam' object has no attribute 'shape'"), []);
  equal(found("KeyError: 'loss'"), []);
  equal(found(""), []);
});

Deno.test("an error of another kind is another error", () => {
  equal(found("TypeError: 'Adam' object has no attribute 'minimize'"), []);
});

Deno.test("warnings may be logged or raised, in any of their wordings", () => {
  equal(found("WARNING:absl:`lr` is deprecated in Keras"), [4]);
  equal(found("/a/b.py:3: UserWarning: `lr` is deprecated in TF-Keras"), [4]);
});

Deno.test("of a traceback only its messages count", () => {
  const frames = "Traceback (most recent call last):\n" +
    '  File "a.py", line 3, in f\n' +
    "    raise AttributeError: 'S' object has no attribute 'minimize'\n";
  equal(found(frames + "KeyError: 'k'"), []);
  const [only] = messages(frames + "KeyError: 'k'\n\n");
  equal(only.kind, "KeyError");
});

Deno.test("the error that ended the program comes first", () => {
  const one = "AttributeError: 'A' object has no attribute 'minimize'\n";
  const other = "KeyError: The optimizer cannot recognize variable b:0. " +
    "Build it.\n";
  equal(found(one + other), [2, 0]);
  equal(found(other + one), [0, 2]);
});

Deno.test("colours of a terminal do not matter", () => {
  equal(messages("\x1b[31mKeyError\x1b[39m: 'k'")[0].kind, "KeyError");
  equal(
    found(
      "\x1b[31mAttributeError\x1b[39m: 'A' object has no attribute 'minimize'",
    ),
    [0],
  );
});

Deno.test("where nothing is found there are three guesses, or none", () => {
  const near = (text) =>
    search(ENTRIES, text).nearest.map((e) => ENTRIES.indexOf(e));
  equal(near("'Adam' object has no attribute 'shape'").sort(), [0, 1]);
  equal(near("the optimizer is an object of Keras, build it").length, 3);
  equal(near("KeyError: 'k'"), [2]);
  equal(near("lorem ipsum dolor sit amet"), []);
});

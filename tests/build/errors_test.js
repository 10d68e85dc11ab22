// How the box for error messages searches: deno test tests
import messages from "../../helpers/messages.json" with { type: "json" };
import searches from "../fixtures/searches.json" with { type: "json" };
import { searchOf } from "../support/error_search.js";

const { rules } = messages;
const search = searchOf({ rules, entries: searches.entries });

function equal(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

// helpers.explain has the same cases: see tests/helpers/test_explain.py.
for (const { about, text, found } of searches.cases) {
  Deno.test(about, () => equal(search(text).found, found));
}

Deno.test("where nothing is found there are three guesses, or none", () => {
  for (const { text, nearest } of searches.guesses) {
    equal(search(text), { found: [], nearest });
  }
});

Deno.test("a text of a megabyte is searched in steps that do not grow", () => {
  const long = [
    "a".repeat(1e6),
    "a.b:".repeat(250_000),
    "<a ".repeat(333_333),
    "Error (".repeat(140_000),
    "ValueError: No gradients provided for any\n".repeat(23_000),
    "the loss has no gradients provided for it\n".repeat(23_000),
  ];
  for (const text of long) {
    const half = text.slice(0, text.length / 2);
    search(half);
    const time = (given) => {
      const begin = performance.now();
      search(given);
      return performance.now() - begin;
    };
    // A square would take four times as long, a thousand times from the start.
    const [short, whole] = [time(half), time(text)];
    if (whole > 20 * short + 1000) throw new Error(`${short} and ${whole} ms`);
  }
});

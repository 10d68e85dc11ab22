// Where the parts of a single step lie: deno test tests
import { arrow, circle, pathsOf } from "../../helpers/explorer/step.js";

function equal(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

Deno.test("an arrow's head is at its end, on the side it comes from", () => {
  equal(arrow(10, 50, 20), "M10,20L50,20M44,15.8L50,20L44,24.2");
  equal(arrow(50, 10, 20), "M50,20L10,20M16,15.8L10,20L16,24.2");
});

Deno.test("a step shorter than a head is all head, and none is no arrow", () => {
  equal(arrow(10, 8, 7), "M10,7L8,7M10,5.6L8,7L10,8.4");
  equal(arrow(10, 10, 7), "");
});

Deno.test("a circle is drawn around its point", () => {
  equal(circle(10, 7), "M5.5,7a4.5,4.5 0 1 0 9,0a4.5,4.5 0 1 0 -9,0z");
});

Deno.test("the chosen rate says where the step lands", () => {
  // Packed: it lands at 8 or at 3, at the heights 9 and 4.
  const step = { begin: [5, 2], tangent: [1, 0, 9, 4], x: "OH", y: "QH" };
  const [first, second] = [0, 1].map((rate) => pathsOf(step, rate));
  equal(first, {
    tangent: "M1,0L9,4",
    step: arrow(5, 8, 2),
    drop: "M8,2L8,9",
    begin: circle(5, 2),
    landing: circle(8, 9),
  });
  equal(second.drop, "M3,2L3,4");
  equal(second.landing, circle(3, 4));
  equal(second.begin, first.begin);
});

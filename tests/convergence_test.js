// The parts of the explorer's module that need no page: deno test tests
import {
  namespaced,
  segments,
  unpacked,
  words,
} from "../helpers/convergence.js";

function equal(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

Deno.test("points are the sums of the ways between them", () => {
  equal(unpacked([5, 2, -3, 0]), [5, 7, 4, 4]);
  equal(unpacked([]), []);
});

Deno.test("neighbouring rates of one regime form one segment", () => {
  equal(segments(["creeps", "creeps", "converges", "creeps"]), [
    ["creeps", 0, 1],
    ["converges", 2, 2],
    ["creeps", 3, 3],
  ]);
});

Deno.test("every name in a drawing, and every reference to it, is prefixed", () => {
  equal(
    namespaced('<g id="a"/><use href="#a" clip-path="url(#b)"/>', "p-"),
    '<g id="p-a"/><use href="#p-a" clip-path="url(#p-b)"/>',
  );
});

Deno.test("a run is told in words and in TensorFlow's numbers", () => {
  const run = {
    regime: "converges",
    arrival: 21,
    end: ["4.00009", "7.29e-09"],
  };
  equal(
    words(run, "0.1", 50),
    "At the learning rate 0.1 the run converges. From iteration 21 on, its slope " +
      "is below a hundredth of the first. After 50 iterations x = 4.00009 and the " +
      "loss is 7.29e-09.",
  );
  const restless = words({ ...run, arrival: null }, "1", 50);
  equal(restless.includes("does not stay below"), true);
});

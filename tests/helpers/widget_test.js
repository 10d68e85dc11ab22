// The parts of the explorer's module that need no page: deno test tests
import { namespaced, unpacked } from "../../helpers/explorer/figures.js";
import {
  boundWords,
  segments,
  unnamed,
  words,
} from "../../helpers/explorer/widget.js";

function equal(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

Deno.test("points are the sums of the differences between them", () => {
  equal(unpacked("ICD?"), [5, 7, 4, 4]);
  equal(unpacked("`~oia@"), [-17998321]);
  equal(unpacked(""), []);
});

Deno.test("neighbouring rates of one regime form one segment", () => {
  equal(segments(["creeps", "creeps", "converges", "converges, swinging"]), [
    ["creeps", 0, 1],
    ["converges", 2, 2],
    ["converges, swinging", 3, 3],
  ]);
});

Deno.test("the legend has the names that fit on none of their strips", () => {
  const parts = ["creeps", "converges", "oscillates", "creeps", "oscillates"]
    .map((name, k) => [name, k, k]);
  equal(unnamed(parts, [true, true, false, false, false]), ["oscillates"]);
  equal(unnamed(parts, [true, true, true, true, true]), []);
  equal(unnamed(parts, [false, false, false, false, false]), [
    "creeps",
    "converges",
    "oscillates",
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
    end: ["x = 4.00009", "7.29e-09"],
  };
  const rest = ["slope", "a hundredth"];
  equal(
    words(run, "0.1", 50, rest),
    "At the learning rate 0.1 the run converges. From iteration 21 on, its slope " +
      "is below a hundredth of the first. After 50 iterations x = 4.00009 and the " +
      "loss is 7.29e-09.",
  );
  const swinging = words(
    { ...run, regime: "converges, swinging" },
    "0.9",
    50,
    rest,
  );
  equal(
    swinging.startsWith(
      "At the learning rate 0.9 the run converges, swinging.",
    ),
    true,
  );
  const restless = words({ ...run, arrival: null }, "1", 50, rest);
  equal(restless.includes("does not stay below"), true);
});

Deno.test("a walk is told by its place and by what its rest means", () => {
  const walk = {
    regime: "creeps",
    arrival: null,
    end: ["(x, y) = (1, 2)", "0.5"],
  };
  equal(
    words(walk, "0.1", 60, ["loss", "a ten-thousandth"]),
    "At the learning rate 0.1 the run creeps. Its loss does not stay below a " +
      "ten-thousandth of the first. After 60 iterations (x, y) = (1, 2) and the " +
      "loss is 0.5.",
  );
});

Deno.test("a bound is told where it is marked, off the slider, and missing", () => {
  equal(
    [{ place: 0.5, text: "0.1" }, { place: null, text: "2" }, null].map(
      boundWords,
    ),
    [
      "Marked: the stability bound 0.1.",
      "The stability bound 2 lies off the slider.",
      "No bound is known for this optimizer.",
    ],
  );
});

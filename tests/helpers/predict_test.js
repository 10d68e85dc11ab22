// What a prediction makes of an answer: deno test tests
import {
  judgeChoice,
  judgeNumber,
  readNumbers,
} from "../../helpers/predict/predict.js";

function equal(actual, expected) {
  const [a, b] = [actual, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

const reply = (value, says = "", link = "") => ({
  value: String(value),
  text: String(value),
  says,
  link,
});
const ASKED = {
  right: reply(8.8, "The step is 1.2."),
  wrong: [reply(11.2, "That is uphill."), reply(-2, "All of it.", "a.ipynb#b")],
  choices: [],
  unit: "",
  tolerance: 0.05,
  close: 0.88,
};

Deno.test("a number is read in each of its usual forms", () => {
  for (
    const [text, number] of [
      ["8.8", 8.8],
      ["0,5", 0.5],
      [".5", 0.5],
      ["5.", 5],
      ["1e-3", 0.001],
      ["1E−3", 0.001],
      ["−2", -2],
      ["–2", -2],
      ["+2", 2],
      ["- 2", -2],
      ["1/4", 0.25],
      ["−1/4", -0.25],
      ["½", 0.5],
      ["1⁄4", 0.25],
      ["2·10^-3", 0.002],
      ["2 × 10^−3", 0.002],
      ["10**3", 1000],
      ["-10^2", -100],
      ["x = 8.8", 8.8],
      ["≈8,8", 8.8],
      ["1 200", 1200],
      ["1\u202f200,5", 1200.5],
      ["1,200.5", 1200.5],
      ["1.200,5", 1200.5],
      ["1'200", 1200],
      ["８.８", 8.8],
    ]
  ) equal([text, readNumbers(text)], [text, [number]]);
  equal(readNumbers("-inf"), [-Infinity]);
  equal(readNumbers("nan"), [NaN]);
});

Deno.test("a group of three digits is read in both ways", () => {
  equal(readNumbers("1,200"), [1200, 1.2]);
  equal(judgeNumber(ASKED, "8,800").verdict, "right");
  equal(
    judgeNumber(ASKED, "11,200").text,
    "No. That is uphill.",
  );
});

Deno.test("a unit may stand behind the number, and no other word", () => {
  equal(readNumbers("8.8 steps", "steps"), [8.8]);
  equal(readNumbers("8.8 Steps", "steps"), [8.8]);
  equal(readNumbers("8.8 apples", "steps"), []);
});

Deno.test("nonsense is no number, and is answered kindly", () => {
  for (
    const text of [
      "ten",
      "1.2.3",
      "--1",
      "1e",
      "e",
      ".",
      "1/0",
      "1/2/3",
      "8.8!",
    ]
  ) {
    equal([text, readNumbers(text)], [text, []]);
    const said = judgeNumber(ASKED, text);
    equal(said.verdict, "unread");
    equal(said.text.includes(`“${text}” is not a number I can read`), true);
  }
  equal(judgeNumber(ASKED, "").text.startsWith("Type a number first"), true);
  equal(judgeNumber(ASKED, "x".repeat(99)).text.length < 100, true);
});

Deno.test("what is right is right within its tolerance", () => {
  equal(judgeNumber(ASKED, "8.8").text, "Right, 8.8. The step is 1.2.");
  equal(judgeNumber(ASKED, "8.75").verdict, "right");
  equal(judgeNumber(ASKED, "8.85").verdict, "right");
  equal(judgeNumber(ASKED, "8.74").verdict, "close");
});

Deno.test("what is close is told by how much", () => {
  equal(judgeNumber(ASKED, "8.5").text, "Close: 8.5 is 0.3 too small.");
  equal(judgeNumber(ASKED, "9,1").text, "Close: 9,1 is 0.3 too large.");
});

Deno.test("a listed mistake has its sentence and its link", () => {
  equal(judgeNumber(ASKED, "11.2"), {
    verdict: "wrong",
    text: "No. That is uphill.",
    link: "",
  });
  equal(judgeNumber(ASKED, "−2").link, "a.ipynb#b");
});

Deno.test("a mistake beside the answer does not hide that one is close", () => {
  const asked = { ...ASKED, wrong: [reply(8.9, "Rounded up.")] };
  equal(judgeNumber(asked, "8.9").text, "No. Rounded up.");
  equal(judgeNumber(asked, "8.8").verdict, "right");
  equal(judgeNumber(asked, "9.1").verdict, "close");
});

Deno.test("an answer nearer to the right one is not taken for a mistake", () => {
  const asked = { ...ASKED, right: reply(1003), tolerance: 0, close: 100 };
  asked.wrong = [reply(1000, "Rounded.")];
  equal(judgeNumber(asked, "1002").text, "Close: 1002 is 1 too small.");
  equal(judgeNumber(asked, "1000").verdict, "wrong");
  equal(judgeNumber(asked, "996").text, "Close: 996 is 7 too small.");
});

Deno.test("any other number is told on which side the answer is", () => {
  equal(
    judgeNumber(ASKED, "100").text,
    "No, it is not 100: the answer is smaller.",
  );
  equal(
    judgeNumber(ASKED, "-9").text,
    "No, it is not -9: the answer is larger.",
  );
});

Deno.test("a run that diverged can be predicted", () => {
  const asked = { ...ASKED, right: reply("inf"), tolerance: 0, close: 0 };
  equal(judgeNumber(asked, "∞").verdict, "right");
  equal(judgeNumber(asked, "8").text, "No, it is not 8: the answer is larger.");
  const unknown = { ...asked, right: reply("nan") };
  equal(judgeNumber(unknown, "NaN").verdict, "right");
  equal(judgeNumber(unknown, "8").text, "No, it is not 8.");
});

Deno.test("a choice is right, a mistake, or another", () => {
  const asked = {
    right: reply("no", "It stays."),
    wrong: [reply("yes", "It does not.", "c.ipynb")],
    choices: ["yes", "no", "both"],
  };
  equal(judgeChoice(asked, "no").text, "Right. It stays.");
  equal(judgeChoice(asked, "yes").text, "No. It does not.");
  equal(judgeChoice(asked, "both"), {
    verdict: "wrong",
    text: "No, that is not it.",
  });
  equal(judgeChoice(asked, "").verdict, "unread");
});

// Run the page's engine for typed losses in deno: questions come as JSON on the
// standard input, and answers go to the output, each number as text (JSON has no
// infinity). The engine takes deno for a browser.
delete globalThis.process;
globalThis.window = { document: {} };
const asked = []; // what it asks of WebAssembly, which a page's policy blocks
globalThis.WebAssembly = new Proxy({}, { get: (_, name) => asked.push(name) });
await import(`file://${Deno.args[0]}`);
const { LossError, parse, read, sweepsOf, twoSteps, ...engine } =
  globalThis.bookLoss;

const asText = (numbers) => Array.from(numbers, String);

function answer(question) {
  if (question.kind === "steps") return twoSteps();
  if (question.kind === "webassembly") return asked;
  if (question.kind === "styles") return engine.STYLES;
  try {
    if (question.kind === "parse") return { ok: !!parse(question.text) };
    const parsed = parse(question.text);
    const loss = read(parsed, question.start.map(String));
    const run = (start, method, rates, steps) => {
      const running = sweepsOf({ ...loss, start }, [method], rates, steps);
      let step = running.next();
      while (!step.done) step = running.next();
      return step.value[0];
    };
    if (question.kind === "values") {
      const rows = question.at.map((start) => run(start, "SGD", [0], 0));
      return {
        value: rows.map(({ loss }) => String(loss[0][0])),
        gradient: rows.map(({ gradients }) =>
          gradients[0].map((slopes) => String(slopes[0]))
        ),
      };
    }
    const { method, rates, steps } = question;
    const rows = run(loss.start, method, rates, steps);
    const view = engine.viewOf([rows], loss.start);
    const drawn = engine.picture(loss.f, view, loss.start, steps);
    return {
      points: rows.points.map((variables) => variables.map(asText)),
      view,
      svg: drawn.pathSvg,
      words: drawn.words,
      runs: drawn.runsOf(rows),
    };
  } catch (problem) {
    if (!(problem instanceof LossError)) throw problem;
    return { problem: problem.message, at: problem.at };
  }
}

const input = await new Response(Deno.stdin.readable).text();
console.log(JSON.stringify(JSON.parse(input).map(answer)));

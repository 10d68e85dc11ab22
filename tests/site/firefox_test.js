// The built site in Firefox, a second engine, driven by WebDriver BiDi.
// Needs `make book` and a Firefox: `apt-get install firefox-esr`.
import puppeteer from "puppeteer-core";

const SITE = new URL("../../_build/html/", import.meta.url);
const PROGRAMS = ["firefox-esr", "firefox"];
const KINDS = {
  html: "text/html; charset=utf-8",
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
};

const program = firefox();
const server = Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen() {} },
  serve,
);
const home = `http://127.0.0.1:${server.addr.port}/`;
const options = {
  ignore: program === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
};
if (program === undefined) {
  const message = "no Firefox here: apt-get install firefox-esr";
  if (Deno.env.get("CI")) throw new Error(message);
  console.warn(`SKIPPED, ${message}`);
}

/** Return the path of a Firefox of this machine. */
function firefox() {
  for (const folder of Deno.env.get("PATH").split(":")) {
    for (const name of PROGRAMS) {
      try {
        if (Deno.statSync(`${folder}/${name}`).isFile) {
          return `${folder}/${name}`;
        }
      } catch { /* the next one */ }
    }
  }
}

/** Answer a request with a file of the site. */
async function serve(request) {
  const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
  try {
    const body = await Deno.readFile(new URL(path || "index.html", SITE));
    const kind = KINDS[path.split(".").at(-1)] ?? "application/octet-stream";
    return new Response(body, { headers: { "content-type": kind } });
  } catch {
    return new Response("not found", { status: 404 });
  }
}

/** Return the paths of all pages below a folder of the site. */
function pages(folder = "") {
  const found = [];
  for (
    const { name, isDirectory } of Deno.readDirSync(
      new URL(folder || ".", SITE),
    )
  ) {
    const path = folder + name;
    if (isDirectory && !name.startsWith("_")) found.push(...pages(`${path}/`));
    if (name.endsWith(".html")) found.push(path);
  }
  return found.sort();
}

/** Open a page of the site, and list what it complains of. */
async function open(browser, path, viewport = { width: 1200, height: 900 }) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.setViewport(viewport);
  await page.goto(home + path);
  await page.waitForSelector("html[data-ready]");
  return { page, complaints };
}

/** Fail with `message` unless `condition` holds. */
function check(condition, message) {
  if (!condition) throw new Error(message);
}

Deno.test({
  name: "the site in Firefox",
  ...options,
  async fn(t) {
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: program,
      headless: true,
    });
    try {
      for (const path of pages()) {
        await t.step(`${path} has nothing to complain of`, async () => {
          const { page, complaints } = await open(browser, path);
          await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
          await new Promise((resolve) => setTimeout(resolve, 200));
          await page.close();
          check(complaints.length === 0, complaints.join("\n"));
        });
      }
      await t.step("a slider answers", async () => {
        const { page } = await open(browser, "book/learning_rate.html");
        const slider = await page.waitForSelector(
          ".widget-live input[type=range]",
        );
        const reading = () =>
          page.$eval(".convergence-reading", (element) => element.textContent);
        const before = await reading();
        await slider.press("ArrowRight");
        check(await reading() !== before, `the reading is still: ${before}`);
        await page.close();
      });
      await t.step("the box of error messages answers", async () => {
        const { page } = await open(browser, "book/errors.html");
        const box = await page.waitForSelector(".error-finder textarea");
        await box.type("'Adam' object has no attribute 'minimize'");
        await page.waitForSelector(".error-answer a[href]");
        await page.close();
      });
      await t.step("a typed loss is computed and drawn", async () => {
        const { page, complaints } = await open(browser, "book/your_loss.html");
        const field = await page.waitForSelector("#loss-text");
        const reading = () =>
          page.$eval(".convergence-reading", (element) => element.textContent);
        const typed = async (text) => {
          await field.evaluate((input) => input.value = "");
          await field.type(text);
        };
        await typed("(x - 7)**2");
        await page.waitForFunction(
          () =>
            /^Computed .* TensorFlow.js/.test(
              document.querySelector(".loss-answer").textContent,
            ) && document.querySelector(".convergence-figures .curve"),
        );
        // 7 + 3 * (1 - 2 * 0.1)^50
        const said = await reading();
        check(said.includes("x = 7.00004"), `it says: ${said}`);
        await typed("x^2");
        await page.waitForSelector(".loss-answer mark");
        check(await reading() === said, "a typing error changed the picture");
        await typed("(x - 7)**2 + y**2");
        await page.waitForSelector(".convergence-figures .contours");
        const both = await reading();
        // Both begin at 10: y is 10 * (1 - 2 * 0.1)^50
        check(both.includes("(x, y) = (7, 0.0001427)"), `it says: ${both}`);
        await page.close();
        check(complaints.length === 0, complaints.join("\n"));
      });
      await t.step("the menu opens on a phone's width", async () => {
        const phone = { width: 360, height: 740 };
        const { page } = await open(browser, "book/minimize.html", phone);
        const shown = () =>
          page.$$eval(
            "nav[aria-label=Main] a",
            (links) =>
              links.filter((link) => link.getBoundingClientRect().width).length,
          );
        const button = await page.waitForSelector(".primary-toggle");
        await button.click();
        await page.waitForFunction(
          "document.querySelector('dialog[open] nav[aria-label=Main] a')",
        );
        check(await shown() > 5, "the menu has no links");
        await page.close();
      });
    } finally {
      await browser.close();
      await server.shutdown();
    }
  },
});

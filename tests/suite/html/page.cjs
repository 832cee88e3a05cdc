// Opens reports in Chromium as people do, and prints what is wrong with them, one line each; nothing when they are good.
// Usage: node page.cjs REPORT.html…, with playwright-core and axe-core where Node finds them.
"use strict";
const { chromium } = require("playwright-core");
const axe = require("axe-core");
const { pathToFileURL } = require("node:url");

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const FOCUSABLE = "a[href], button, input, select, summary, [tabindex='0']";
const SIZES = [[360, "light"], [1440, "dark"]];

async function open(browser, url, options, problem) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) problem(`asks for ${request.url()}`);
  });
  page.on("console", (message) => problem(`says on the console: ${message.text()}`));
  page.on("pageerror", (error) => problem(`has an error in its script: ${error.message}`));
  await page.goto(url);
  return page;
}

async function look(page, problem) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  if (wide > room) problem(`is ${wide} pixels wide where there are ${room}`);
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  if (passes.length < 10) problem("was hardly checked by axe");
  for (const { id, help, nodes } of violations) problem(`axe ${id}: ${help}: ${nodes.length} times, first ${nodes[0].html.slice(0, 120)}`);
}

async function walk(page, problem) {
  const reachable = await page.evaluate((focusable) => {
    const all = [...document.querySelectorAll(focusable)].filter((element) => element.checkVisibility());
    all.forEach((element, at) => (element.dataset.at = at));
    return all.length;
  }, FOCUSABLE);
  const reached = new Set();
  for (let step = 0; step <= reachable; step += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.dataset.at));
    if (step === 0 && !(await page.evaluate(() => document.activeElement.matches(".skip")))) problem("does not begin with the skip link");
  }
  reached.delete(undefined);
  if (reached.size !== reachable) problem(`has ${reachable} things to operate, and the keyboard reaches ${reached.size}`);
}

async function operate(page, problem) {
  const column = () => page.evaluate(() => [...document.querySelectorAll("#domain-table tbody tr:not([hidden]) th")].map((cell) => cell.textContent));
  const all = await column();
  await page.focus("#domain-table thead th:first-child button");
  await page.keyboard.press("Enter");
  const ascending = await column();
  await page.keyboard.press("Enter");
  const descending = await column();
  const sorted = await page.getAttribute("#domain-table thead th:first-child", "aria-sort");
  if (sorted !== "descending" || ascending.join() !== descending.reverse().join()) problem("does not sort by a key press");
  await page.fill("#filter-text", all[0]);
  await page.waitForFunction((count) => document.getElementById("filter-shown").textContent.startsWith(`${count} of`), 1);
  if ((await column()).join() !== all[0]) problem(`shows ${await column()} for ${all[0]}`);
  await page.click("#filter button");
  await page.waitForFunction((count) => document.querySelectorAll("#domain-table tbody tr:not([hidden])").length === count, all.length);
}

async function withoutScripts(page, problem) {
  if (await page.isVisible("#filter")) problem("offers a filter that cannot work without scripts");
  if ((await page.locator("#domain-table tbody tr:visible").count()) === 0) problem("has an empty table without scripts");
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
  for (const file of process.argv.slice(2)) {
    const url = pathToFileURL(file).href;
    const problem = (context) => (text) => console.log(`${file}, ${context}: ${text}`);
    for (const [width, colorScheme] of SIZES) {
      const say = problem(`${width} pixels, ${colorScheme}`);
      const page = await open(browser, url, { viewport: { width, height: 900 }, colorScheme }, say);
      await look(page, say);
      await page.context().close();
    }
    const keys = problem("by keyboard");
    const page = await open(browser, url, {}, keys);
    await walk(page, keys);
    await operate(page, keys);
    await page.context().close();
    const bare = problem("without scripts");
    await withoutScripts(await open(browser, url, { javaScriptEnabled: false }, bare), bare);
  }
  await browser.close();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});

// Tests of the page in a Chromium without a window:
//
//   node shop_test.mjs --playwright FOLDER --axe FILE [--server http://127.0.0.1:8080]
//
// Without a server the mock answers. Whatever a test does, the browser must have nothing to complain about, and must
// ask nobody else.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { parseArgs } from "node:util";
import { generatedShop } from "./mock/shop.mjs";
import { startMock } from "./mock/server.mjs";

const { values: given } = parseArgs({
  options: { playwright: { type: "string" }, axe: { type: "string" }, server: { type: "string" } },
});
const { chromium } = createRequire(import.meta.url)(given.playwright);
const axe = readFileSync(given.axe, "utf8");
const limitMs = 60000;

/// Still, unless a test is about what moves: half the work for the processor.
export const desktop = { viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" };
export const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium-headless-shell",
    timeout: limitMs,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
});
after(() => browser?.close());

/// A test with a page of its own. `work({page, address, mock})`; `mock` is null where a server was given. `options`:
/// those of the browser's context, `refusals`: the server is to refuse something, which the console then tells;
/// `only`: "mock" for what needs a server that can be told to fail.
export function pageTest(name, options, work) {
  const { refusals = false, only = null, ...context } = { ...desktop, ...options };
  test(name, { skip: only === "mock" && given.server ? "needs the mock" : false, timeout: 4 * limitMs }, async () => {
    const mock = given.server ? null : await startMock(generatedShop());
    const address = given.server ?? mock.address;
    const tab = await browser.newContext(context);
    tab.setDefaultTimeout(limitMs);
    const page = await tab.newPage();
    const complaints = [];
    page.on("console", (message) => {
      const refusal = /Failed to load resource/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !(refusals && refusal)) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith("blob:"))
        complaints.push(`asked ${request.url()}`);
    });
    try {
      await work({ page, address, mock });
      assert.deepEqual(complaints, []);
    } finally {
      await tab.close();
      await mock?.stop();
    }
  });
}

/// What axe-core finds, which must be nothing.
export async function expectAccessible(page, what) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  const lines = found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`),
  );
  assert.deepEqual(lines, [], what);
  assert.ok(found.passes.length > 5, "axe-core looked at nothing");
}

/// The body of the next request that `does` makes the page post to `path`.
export async function posted(page, path, does) {
  const [request] = await Promise.all([
    page.waitForRequest((asked) => asked.method() === "POST" && new URL(asked.url()).pathname === path),
    does(),
  ]);
  return request.postDataJSON();
}

/// Waits until nothing is loading.
export async function settled(page) {
  await page.waitForFunction(
    () => document.querySelector("main h1") && !document.querySelector("[aria-busy='true'], .waiting"),
  );
}

/// Opens a view by its hash, in a page that is loaded anew.
export async function openView(page, address, hash) {
  await page.goto("about:blank");
  await page.goto(`${address}/${hash}`);
  await settled(page);
}

/// Of the items in a list of cards, in order.
export const itemsIn = (page, list) =>
  page.locator(`${list} [data-item]`).evaluateAll((cards) => cards.map((card) => card.dataset.item));

/// A user with a history, as the server knows one, in an opened shop.
export async function openShop(page, address) {
  const { users } = await (await fetch(`${address}/v1/users?limit=50`)).json();
  const { user } = users.find(({ history }) => history >= 3);
  await openView(page, address, `#/shop/${encodeURIComponent(user)}`);
  await page.locator(".results .card[data-item]").first().waitFor();
  await settled(page);
  return user;
}

export { assert };

// Why, and more like this.
import { assert, itemsIn, openShop, pageTest, posted, settled } from "./harness.mjs";

const recommendations = "/v1/recommendations";

pageTest(
  "why: shares, modalities and past items; from there to a past item and back",
  {},
  async ({ page, address }) => {
    await openShop(page, address);
    const why = page.getByRole("button", { name: /^Why\?/ }).nth(1);
    const item = (await itemsIn(page, ".results"))[1];
    const body = await posted(page, recommendations, () => why.click());
    assert.equal(body.explain, true);
    assert.deepEqual(body.rules.only, [item]);
    const panel = page.getByRole("dialog");
    await panel.locator(".because li").first().waitFor();
    const shares = (await panel.locator(".shares").first().locator("strong").allTextContents()).map(parseFloat);
    assert.equal(shares.length, 2);
    assert.ok(Math.abs(shares[0] + shares[1] - 100) <= 1, String(shares));
    assert.ok((await panel.locator(".piece").first().boundingBox()).width > 2);
    const past = await panel.locator(".because .title").first().textContent();
    await panel.locator(".because .opener").first().click();
    await page.waitForFunction((title) => document.querySelector("dialog h2")?.textContent === title, past);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    assert.equal(await why.evaluate((button) => button === document.activeElement), true);
  },
);

pageTest("why, of a blend: its parts, each with its own reasons", { only: "mock" }, async ({ page, address, mock }) => {
  mock.explain = (why) => ({
    general: { value: 1, share: 1 },
    target_oriented: { value: 0, share: 0 },
    modalities: {},
    because: [],
    parts: [
      {
        model: "lightgcn",
        weight: 0.6,
        value: 0.7,
        share: 0.7,
        score: 1,
        explanation: { ...why, modalities: {}, because: [] },
      },
      { model: "monet", weight: 0.4, value: 0.3, share: 0.3, score: 1, explanation: why },
    ],
  });
  await openShop(page, address);
  await page
    .getByRole("button", { name: /^Why\?/ })
    .first()
    .click();
  const panel = page.getByRole("dialog");
  await panel.locator(".why-body > .shares li").first().waitFor();
  assert.deepEqual(await panel.locator(".why-body > .shares li").allTextContents(), ["lightgcn 70 %", "monet 30 %"]);
  await panel.getByText("Because of monet").click();
  assert.equal(await panel.locator(".because li").first().isVisible(), true);
});

pageTest("more like this, by what is chosen", {}, async ({ page, address }) => {
  const { artifact } = await (await fetch(`${address}/v1/status`)).json();
  await openShop(page, address);
  await page
    .getByRole("button", { name: /^More like this/ })
    .first()
    .click();
  const panel = page.getByRole("dialog");
  await panel.locator(".similar .thumb").first().waitFor();
  assert.equal(await panel.locator("section").first().getAttribute("aria-label"), "More like this");
  const by = artifact.similarities.at(-1);
  const [request] = await Promise.all([
    page.waitForRequest(/\/similar\?/),
    panel.getByLabel(by, { exact: true }).check(),
  ]);
  assert.equal(new URL(request.url()).searchParams.get("by"), by);
  await settled(page);
  const next = await panel.locator(".similar .title").first().textContent();
  await panel.locator(".similar .opener").first().click();
  await page.waitForFunction((title) => document.querySelector("dialog h2")?.textContent === title, next);
});

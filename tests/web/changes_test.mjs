// What changes the list: a basket, β, clicks.
import { assert, itemsIn, openShop, pageTest, posted, settled } from "./harness.mjs";

const recommendations = "/v1/recommendations";

pageTest("the basket changes the list, and gives it back", {}, async ({ page, address }) => {
  await openShop(page, address);
  const before = await itemsIn(page, ".results");
  const body = await posted(page, recommendations, () => page.locator(".results .round").nth(2).click());
  assert.deepEqual(body.history, [before[2]]);
  await page.waitForFunction(
    (item) => !document.querySelector(`.results [data-item="${CSS.escape(item)}"]`),
    before[2],
  );
  await settled(page);
  assert.notDeepEqual(await itemsIn(page, ".results"), before);
  assert.deepEqual(await itemsIn(page, ".basket"), [before[2]]);
  assert.match(await page.locator("#announcements").textContent(), /^\d+ items/);
  assert.notEqual(await page.locator(".results .mark").count(), 0);
  const after = await posted(page, recommendations, () => page.locator(".basket .round").click());
  assert.equal(after.history, undefined);
  await page.locator(`.results [data-item="${before[2]}"]`).waitFor();
  assert.deepEqual(await itemsIn(page, ".results"), before);
});

pageTest("β is sent, and put back", {}, async ({ page, address }) => {
  const { artifact } = await (await fetch(`${address}/v1/status`)).json();
  await openShop(page, address);
  const slider = page.getByLabel("β", { exact: true });
  assert.equal(await slider.inputValue(), String(artifact.beta));
  const body = await posted(page, recommendations, () => slider.press("End"));
  assert.equal(body.beta, 1);
  assert.equal(await page.locator(".beta output").textContent(), "1.00");
  const back = await posted(page, recommendations, () => page.getByRole("button", { name: /^As trained/ }).click());
  assert.equal(back.beta, undefined);
  await slider.press("ArrowRight");
  for (let i = 0; i < 9; ++i) await slider.press("ArrowRight");
  const last = await posted(page, recommendations, () => slider.press("ArrowRight"));
  assert.ok(last.beta > artifact.beta);
});

pageTest(
  "a model without β has no slider, and one that takes no history no basket",
  { only: "mock" },
  async ({ page, address, mock }) => {
    Object.assign(mock.artifact, { kind: "dot", takes_history: false });
    await openShop(page, address);
    assert.equal(await page.locator(".beta, .basket, .results .round").count(), 0);
    await page.getByText("a basket would not change the list").waitFor();
  },
);

pageTest("recorded clicks count at once", {}, async ({ page, address }) => {
  const user = await openShop(page, address);
  await page.getByLabel("Record clicks").check();
  const item = (await itemsIn(page, ".results"))[0];
  const body = await posted(page, "/v1/interactions", () => page.locator(".results .opener").first().click());
  assert.deepEqual(body, { user, item, kind: "click" });
  await page.locator(`.history [data-item="${item}"] .mark`).waitFor();
  await page.waitForFunction((id) => !document.querySelector(`.results [data-item="${CSS.escape(id)}"]`), item);
  assert.equal((await itemsIn(page, ".history"))[0], item);
});

pageTest("nothing is recorded unless it is switched on", {}, async ({ page, address }) => {
  await openShop(page, address);
  let recorded = 0;
  page.on("request", (request) => (recorded += request.url().endsWith("/v1/interactions") ? 1 : 0));
  await page.locator(".results .opener").first().click();
  await page.locator("dialog .similar .thumb").first().waitFor();
  assert.equal(recorded, 0);
});

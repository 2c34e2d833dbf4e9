// Somebody new: click what you like.
import { assert, itemsIn, openView, pageTest, posted, settled } from "./harness.mjs";

const recommendations = "/v1/recommendations";

pageTest("what is clicked makes the list", {}, async ({ page, address }) => {
  await openView(page, address, "#/new");
  assert.equal(await page.locator(".results").isVisible(), false);
  const offered = await itemsIn(page, ".choose");
  const first = await posted(page, recommendations, () => page.locator(".choose .opener").nth(1).click());
  assert.deepEqual(first.history, [offered[1]]);
  await page.locator(".results .card[data-item]").first().waitFor();
  await settled(page);
  const one = await itemsIn(page, ".results");
  const second = await posted(page, recommendations, () => page.locator(".choose .round").nth(3).click());
  assert.deepEqual(second.history, [offered[1], offered[3]]);
  await page.waitForFunction((id) => !document.querySelector(`.results [data-item="${CSS.escape(id)}"]`), offered[3]);
  await settled(page);
  assert.notDeepEqual(await itemsIn(page, ".results"), one);
  assert.deepEqual(await itemsIn(page, ".liked"), [offered[1], offered[3]]);
  assert.deepEqual(await itemsIn(page, ".choose"), offered);
  assert.equal(await page.locator(".choose .round").nth(3).getAttribute("aria-pressed"), "true");
});

pageTest("and can be taken back", {}, async ({ page, address }) => {
  await openView(page, address, "#/new");
  await page.locator(".choose .opener").nth(0).click();
  await page.locator(".results .card[data-item]").first().waitFor();
  await page.locator(".liked .round").click();
  await page.locator(".results").waitFor({ state: "hidden" });
  assert.equal(await page.locator(".choose [aria-pressed='true']").count(), 0);
});

pageTest("what is recommended can be liked, too, and says why", {}, async ({ page, address }) => {
  await openView(page, address, "#/new");
  await page.locator(".choose .opener").nth(2).click();
  await page.locator(".results .card[data-item]").first().waitFor();
  const liked = (await itemsIn(page, ".results"))[0];
  await posted(page, recommendations, () => page.locator(".results .round").first().click());
  await page.locator(`.liked [data-item="${liked}"]`).waitFor();
  await settled(page);
  await page
    .getByRole("button", { name: /^Why\?/ })
    .first()
    .click();
  await page.locator("dialog .because li").nth(1).waitFor();
  assert.equal(await page.locator("dialog .because li").count(), 2);
});

pageTest("items are searched", {}, async ({ page, address }) => {
  await openView(page, address, "#/new");
  const id = (await itemsIn(page, ".choose"))[4];
  await page.getByLabel("Search items").fill(id);
  await page.waitForFunction(
    (item) =>
      document.querySelector(".choose [data-item]")?.dataset.item === item &&
      document.querySelectorAll(".choose .card").length < 24,
    id,
  );
  await page.getByLabel("Search items").fill("nothing is called so");
  await page.getByText("No item with “nothing is called so”").waitFor();
});

pageTest("the likes are still there when one comes back", {}, async ({ page, address }) => {
  await openView(page, address, "#/new");
  await page.locator(".choose .opener").nth(0).click();
  await page.locator(".results .card[data-item]").first().waitFor();
  await page.getByRole("link", { name: "Operator" }).click();
  await page.locator(".tiles").waitFor();
  await page.getByRole("link", { name: "New user" }).click();
  await page.locator(".results .card[data-item]").first().waitFor();
  assert.equal(await page.locator(".liked .thumb").count(), 1);
});

pageTest("a model that takes no history says so", { only: "mock" }, async ({ page, address, mock }) => {
  mock.artifact.takes_history = false;
  await page.goto(`${address}/#/new`);
  await page.getByText("it has nothing to say to somebody new").waitFor();
});

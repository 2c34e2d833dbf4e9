// What the visitor sees when the server refuses, is not ready, or is away.
import { assert, itemsIn, openShop, openView, pageTest, posted, settled } from "./harness.mjs";

const faulty = { only: "mock", refusals: true };
const failing = (wanted, problem) => (path) => (path.startsWith(wanted) ? problem : null);

pageTest("not ready: the page says so, and goes on once it is", faulty, async ({ page, address, mock }) => {
  mock.ready = false;
  await page.goto(`${address}/#/shop/user-1`);
  await page.getByRole("alert").getByText("the store is away").waitFor();
  await page.locator("#connection").getByText("Not ready").waitFor();
  mock.ready = true;
  await page.locator(".results .card[data-item]").first().waitFor();
  assert.equal(await page.locator("#connection").textContent(), "");
});

pageTest("away: the page says so, and goes on once it is back", faulty, async ({ page, address }) => {
  await openShop(page, address);
  const before = await itemsIn(page, ".results");
  await page.context().setOffline(true);
  await page.locator(".results .round").first().click();
  await page.getByRole("alert").getByText("the server cannot be reached").waitFor();
  await page.locator("#connection").getByText("No connection").waitFor();
  await page.context().setOffline(false);
  await page.locator(".results .card[data-item]").first().waitFor();
  assert.equal((await itemsIn(page, ".results")).includes(before[0]), false, "the basket still counts");
  assert.equal(await page.locator("#connection").textContent(), "");
});

pageTest("a refusal is shown with its reason, and tried again", faulty, async ({ page, address, mock }) => {
  mock.fail = failing("/v1/recommendations", [422, "beta is 7, and must be in [0, 1]"]);
  await openView(page, address, "#/shop/user-1");
  await page.getByRole("alert").getByText("beta is 7, and must be in [0, 1]").waitFor();
  assert.notEqual((await itemsIn(page, ".history")).length, 0, "the rest is there");
  mock.fail = () => null;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".results .card[data-item]").first().waitFor();
});

pageTest("a full queue is busy for a moment only", faulty, async ({ page, address, mock }) => {
  await openShop(page, address);
  mock.fail = failing("/v1/recommendations", [503, "the queue is full"]);
  await page.locator(".results .round").first().click();
  await page.getByRole("alert").getByText("the queue is full").waitFor();
  mock.fail = () => null;
  await page.locator(".results .card[data-item]").first().waitFor();
});

for (const [what, path, hash] of [
  ["users", "/v1/users", "#/shop"],
  ["the history", "/v1/users/", "#/shop/user-1"],
  ["items", "/v1/recommendations", "#/new"],
  ["the status", "/v1/status", "#/operator"],
]) {
  pageTest(`${what} cannot be had`, faulty, async ({ page, address, mock }) => {
    mock.fail = failing(path, [500, "something broke"]);
    await page.goto(`${address}/${hash}`);
    await page.getByRole("alert").getByText("something broke").waitFor();
    mock.fail = () => null;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").getByText("something broke").waitFor({ state: "detached" });
  });
}

pageTest("a reason and similar items cannot be had", faulty, async ({ page, address, mock }) => {
  await openShop(page, address);
  mock.fail = (path) =>
    path === "/v1/recommendations" ? [500, "no reason"] : path.endsWith("/similar") ? [500, "nothing similar"] : null;
  await page
    .getByRole("button", { name: /^Why\?/ })
    .first()
    .click();
  await page.getByRole("dialog").getByText("no reason").waitFor();
  await page.getByRole("dialog").getByText("nothing similar").waitFor();
  mock.fail = () => null;
  await page.getByRole("button", { name: "Try again" }).first().click();
  await page.locator("dialog .because li").first().waitFor();
});

pageTest(
  "a click that was not stored switches recording off, and says why",
  faulty,
  async ({ page, address, mock }) => {
    mock.fail = failing("/v1/interactions", [403, "this key may only read"]);
    await openShop(page, address);
    await page.getByLabel("Record clicks").check();
    await page.locator(".results .opener").first().click();
    await page.getByText("Not stored: this key may only read").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.getByLabel("Record clicks").isChecked(), false);
  },
);

pageTest("a key that may not see the status still has its shop", faulty, async ({ page, address, mock }) => {
  mock.fail = failing("/v1/status", [403, "this key may only read"]);
  await openShop(page, address);
  assert.equal(await page.locator(".beta").count(), 0);
});

pageTest("an answer that is too late does not overtake", { only: "mock" }, async ({ page, address, mock }) => {
  await openShop(page, address);
  mock.delay = 700;
  await posted(page, "/v1/recommendations", () => page.locator(".results .round").nth(0).click());
  mock.delay = 0;
  const body = await posted(page, "/v1/recommendations", () => page.locator(".results .round").nth(1).click());
  assert.equal(body.history.length, 2);
  await settled(page);
  const shown = await itemsIn(page, ".results");
  await page.waitForTimeout(900);
  assert.deepEqual(await itemsIn(page, ".results"), shown);
});

pageTest("a view that does not exist is the shop", { only: "mock" }, async ({ page, address }) => {
  await openView(page, address, "#/nowhere");
  assert.equal(await page.locator("h1").textContent(), "Whose shop?");
  await openView(page, address, "#/shop/%E0%A4%A");
  assert.equal(await page.locator("h1").textContent(), "%E0%A4%A");
});

// A user's shop: choosing somebody, and what is shown of items.
import { assert, openShop, openView, pageTest, settled } from "./harness.mjs";

pageTest("a user is searched and chosen", {}, async ({ page, address }) => {
  await openView(page, address, "");
  assert.equal(await page.title(), "Users · monet");
  const name = await page.locator(".users .name").nth(1).textContent();
  await page.getByLabel("Search users").fill(name);
  await page.getByLabel("Search users").press("Enter");
  await page.waitForFunction((user) => document.querySelector("h1").textContent === user, name);
  await page.locator(".results .card[data-item]").first().waitFor();
  await settled(page);
  assert.equal(await page.locator("h1").textContent(), name);
  assert.equal(await page.title(), `${name} · monet`);
  assert.match(await page.locator(".history").textContent(), /\d+ past items?/);
  assert.match(await page.locator(".speed").textContent(), /^[\d.]+ ms server · [\d.]+ ms round trip$/);
});

pageTest("more users come when asked for, and none twice", { only: "mock" }, async ({ page, address }) => {
  await openView(page, address, "#/shop");
  assert.equal(await page.locator(".users li").count(), 30);
  await page.getByRole("button", { name: "More" }).click();
  await page.locator(".users li").nth(45).waitFor();
  const names = await page.locator(".users .name").allTextContents();
  assert.equal(new Set(names).size, 46);
  assert.equal(await page.getByRole("button", { name: "More" }).count(), 0);
  await page.getByLabel("Search users").fill("nobody");
  await page.getByText("No user with “nobody”").waitFor();
});

pageTest("items have a picture, or a drawn tile", {}, async ({ page, address }) => {
  await openShop(page, address);
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".results img")].slice(0, 2).every((image) => image.complete),
  );
  const empty = await page
    .locator(".results .picture")
    .evaluateAll((frames) => frames.filter((frame) => !frame.querySelector("img, svg.tile")).length);
  assert.equal(empty, 0);
});

pageTest(
  "a picture that is not there becomes a tile",
  { only: "mock", refusals: true },
  async ({ page, address, mock }) => {
    mock.fail = (path) => (path.endsWith("/picture") ? [404, "no picture"] : null);
    await openShop(page, address);
    await page.locator(".results .card:first-child svg.tile").waitFor();
  },
);

pageTest("another artifact is noticed", { only: "mock" }, async ({ page, address, mock }) => {
  await openShop(page, address);
  assert.equal(await page.locator(".beta").count(), 1);
  Object.assign(mock.artifact, { hash: "another", kind: "dot" });
  await page.locator(".results .round").first().click();
  await page.locator(".beta").waitFor({ state: "detached" });
  await page.locator(".results .card[data-item]").first().waitFor();
  assert.equal(await page.locator(".basket .thumb").count(), 1);
});

pageTest("somebody nobody knows gets what is popular", {}, async ({ page, address }) => {
  await openView(page, address, "#/shop/nobody-knows-her");
  await page.locator(".results .card[data-item]").first().waitFor();
  await page.getByText("Nothing is known of this user yet").waitFor();
  await page
    .getByRole("button", { name: /^Why\?/ })
    .first()
    .click();
  await page.getByText("It is popular").waitFor();
});

pageTest("an id with slashes, blanks and signs is an id", { only: "mock" }, async ({ page, address }) => {
  await openView(page, address, "#/shop");
  await page.getByLabel("Search users").fill("a/b c&d");
  await page.getByRole("link", { name: /^a\/b c&d/ }).click();
  await page.locator(".results .card[data-item]").first().waitFor();
  assert.equal(await page.locator("h1").textContent(), "a/b c&d");
});

pageTest("HTML in a title is text", { only: "mock" }, async ({ page, address }) => {
  await openView(page, address, `#/shop/${encodeURIComponent("a/b c&d")}`);
  assert.match(await page.locator(".history .title").first().textContent(), /^<img src=x onerror="/);
  await page.locator(".history .opener").first().click();
  await page.locator("dialog .similar .thumb").first().waitFor();
  assert.match(await page.locator("dialog h2").textContent(), /^<img src=x .*<\/script>$/);
  assert.equal(await page.locator("img[src='x'], body script").count(), 0);
  assert.equal(await page.title(), "a/b c&d · monet");
});

// 360 pixels: nothing is wider than the screen, everything can be hit with a thumb.
import { assert, itemsIn, openShop, openView, pageTest, phone, posted, settled } from "./harness.mjs";

async function expectNarrow(page, what) {
  const wide = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room && innerWidth <= 360) return [];
    return [...document.querySelectorAll("main *, dialog *, .top *")]
      .filter((element) => element.getBoundingClientRect().right > room)
      .map((element) => element.outerHTML.slice(0, 90));
  });
  assert.deepEqual(wide, [], what);
  assert.equal(await page.evaluate(() => innerWidth), 360, what);
}

pageTest("no view scrolls sideways", phone, async ({ page, address }) => {
  await openView(page, address, "#/shop");
  await expectNarrow(page, "users");
  await openShop(page, address);
  await expectNarrow(page, "shop");
  await page.locator(".results .round").first().tap();
  await page.locator(".basket .thumb").waitFor();
  await settled(page);
  await expectNarrow(page, "basket");
  await page
    .getByRole("button", { name: /^Why\?/ })
    .first()
    .tap();
  await page.locator("dialog .because li").first().waitFor();
  await settled(page);
  await expectNarrow(page, "why");
  const panel = await page
    .getByRole("dialog")
    .evaluate((dialog) => ({ scroll: dialog.scrollWidth, client: dialog.clientWidth }));
  assert.equal(panel.scroll, panel.client);
  await page.getByRole("button", { name: "Close" }).tap();
  await openView(page, address, "#/operator");
  await expectNarrow(page, "operator");
  await openView(page, address, "#/new");
  await expectNarrow(page, "somebody new");
});

pageTest("an id without blanks breaks rather than widens", { ...phone, only: "mock" }, async ({ page, address }) => {
  await openView(page, address, `#/shop/${"long".repeat(40)}`);
  await expectNarrow(page, "long id");
});

pageTest("what is liked leads to what comes of it", phone, async ({ page, address }) => {
  await openView(page, address, "#/new");
  await page.locator(".choose .opener").nth(0).tap();
  await page.locator(".results .card[data-item]").first().waitFor();
  await page.getByRole("button", { name: "1 item liked: what comes of it" }).tap();
  await page.waitForFunction(() => {
    const { top } = document.querySelector(".results h2").getBoundingClientRect();
    return top >= 0 && top < innerHeight;
  });
});

pageTest("the basket works with a thumb", phone, async ({ page, address }) => {
  await openShop(page, address);
  const [item] = await itemsIn(page, ".results");
  const body = await posted(page, "/v1/recommendations", () => page.locator(".results .round").first().tap());
  assert.deepEqual(body.history, [item]);
});

pageTest("the first recommendation is on the first screen or the next", phone, async ({ page, address }) => {
  await openShop(page, address);
  assert.ok((await page.locator(".results .card").first().boundingBox()).y < 740);
});

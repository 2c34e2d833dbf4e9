// axe-core finds nothing in any view, by day and by night.
import { assert, expectAccessible, openShop, openView, pageTest, phone, settled } from "./harness.mjs";

for (const colorScheme of ["light", "dark"]) {
  pageTest(`users, ${colorScheme}`, { colorScheme }, async ({ page, address }) => {
    await openView(page, address, "#/shop");
    await expectAccessible(page, "users");
    await page.getByLabel("Search users").fill("nobody is called so");
    await page.getByText("No user with").waitFor();
    await expectAccessible(page, "no user");
  });

  pageTest(`shop, with a basket and a panel, ${colorScheme}`, { colorScheme }, async ({ page, address }) => {
    await openShop(page, address);
    await page.locator(".results .round").first().click();
    await page.locator(".basket .thumb").waitFor();
    await settled(page);
    await expectAccessible(page, "shop");
    await page
      .getByRole("button", { name: /^Why\?/ })
      .first()
      .click();
    await page.locator("dialog .because li").first().waitFor();
    await settled(page);
    await expectAccessible(page, "panel");
  });

  pageTest(`somebody new, ${colorScheme}`, { colorScheme }, async ({ page, address }) => {
    await openView(page, address, "#/new");
    await page.locator(".choose .opener").first().click();
    await page.locator(".results .card[data-item]").first().waitFor();
    await settled(page);
    await expectAccessible(page, "somebody new");
  });

  pageTest(`operator, ${colorScheme}`, { colorScheme }, async ({ page, address }) => {
    await openView(page, address, "#/operator");
    await expectAccessible(page, "operator");
  });

  pageTest(
    `refused, and asked for a key, ${colorScheme}`,
    { colorScheme, only: "mock", refusals: true },
    async ({ page, address, mock }) => {
      mock.fail = (path) => (path === "/v1/recommendations" ? [422, "beta is 7, and must be in [0, 1]"] : null);
      await page.goto(`${address}/#/shop/user-1`);
      await page.getByRole("alert").getByText("beta is 7").waitFor();
      await expectAccessible(page, "refused");
      mock.key = "secret";
      await page.reload();
      await page.getByRole("dialog").waitFor();
      await expectAccessible(page, "key");
    },
  );

  pageTest(`the page follows the system: ${colorScheme}`, { colorScheme }, async ({ page, address }) => {
    await openView(page, address, "#/shop");
    const shade = await page.evaluate(() =>
      getComputedStyle(document.body)
        .backgroundColor.match(/\d+/g)
        .map(Number)
        .reduce((a, b) => a + b),
    );
    assert.ok(colorScheme === "dark" ? shade < 150 : shade > 600, String(shade));
  });
}

pageTest("on a phone", phone, async ({ page, address }) => {
  await openShop(page, address);
  await expectAccessible(page, "shop");
  await page
    .getByRole("button", { name: /^More like this/ })
    .first()
    .click();
  await page.locator("dialog .similar .thumb").first().waitFor();
  await settled(page);
  await expectAccessible(page, "panel");
});

pageTest("what axe-core would find", { only: "mock" }, async ({ page, address }) => {
  await openView(page, address, "#/shop");
  await page.evaluate(() => document.querySelector("main").append(document.createElement("button")));
  await assert.rejects(expectAccessible(page, "a button without a name"), /button-name/);
});

for (const [reducedMotion, moves] of [
  ["no-preference", "enter"],
  ["reduce", "none"],
]) {
  pageTest(`a panel moves in, unless that is not wanted: ${reducedMotion}`, { reducedMotion }, async (given) => {
    const { page, address } = given;
    await openShop(page, address);
    await page
      .getByRole("button", { name: /^Why\?/ })
      .first()
      .click();
    const name = await page.getByRole("dialog").evaluate((dialog) => getComputedStyle(dialog).animationName);
    assert.equal(name, moves);
  });
}

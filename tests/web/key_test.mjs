// A server that wants a key.
import { assert, itemsIn, pageTest, settled } from "./harness.mjs";

const locked = { only: "mock", refusals: true };

async function give(page, key) {
  await page.getByRole("textbox", { name: "Key" }).fill(key);
  await page.getByRole("button", { name: "Use this key" }).click();
}

pageTest(
  "asks for it once, says when it was wrong, and sends the right one with everything",
  locked,
  async ({ page, address, mock }) => {
    mock.key = "secret";
    await page.goto(`${address}/#/shop/user-1`);
    await give(page, "guess");
    await page.getByText("this key is not known").waitFor();
    await give(page, "secret");
    await page.locator(".results .card[data-item]").first().waitFor();
    await settled(page);
    assert.equal(await page.locator("dialog").count(), 0);
    assert.notEqual((await itemsIn(page, ".history")).length, 0);
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".results img")].some(
        (image) => image.src.startsWith("blob:") && image.naturalWidth > 0,
      ),
    );
    const shown = mock.requests.filter(({ path }) => path.endsWith("/picture"));
    assert.ok(shown.length > 0 && shown.every(({ key }) => key === "Bearer secret"));
    await page.reload();
    await page.locator(".results .card[data-item]").first().waitFor();
    await page.getByRole("button", { name: "Forget the key" }).click();
    await page.getByRole("dialog").waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  },
);

pageTest("can do without", locked, async ({ page, address, mock }) => {
  mock.key = "secret";
  await page.goto(`${address}/#/operator`);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("alert").getByText("a key is needed", { exact: true }).waitFor();
  const asked = mock.requests.length;
  await page.waitForTimeout(6000);
  assert.equal(mock.requests.length, asked, "who said no is not asked again");
  await page.getByRole("button", { name: "Try again" }).click();
  await give(page, "secret");
  await page.locator(".tiles").waitFor();
});

pageTest("a key is not in the address, and no other tab has it", locked, async ({ page, address, mock }) => {
  mock.key = "secret";
  await page.goto(`${address}/`);
  await give(page, "secret");
  await page.locator(".users li").first().waitFor();
  assert.ok(!page.url().includes("secret"));
  const other = await page.context().newPage();
  await other.goto(`${address}/`);
  await other.getByRole("dialog").waitFor();
});

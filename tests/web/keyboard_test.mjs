// From the address to a reason and a basket without a pointer; whatever has the focus shows it.
import { assert, itemsIn, openView, pageTest, posted, settled } from "./harness.mjs";

const focused = (page) =>
  page.evaluate(() => {
    const { activeElement: on } = document;
    const style = getComputedStyle(on.matches(".choice input") ? on.nextElementSibling : on);
    return {
      tag: on.tagName,
      name: on.getAttribute("aria-label") ?? on.textContent,
      control: on.matches("a, button, input"),
      ring: style.outlineStyle !== "none",
    };
  });

/// Presses Tab until `wanted`, which every stop on the way must show where it is.
async function tabTo(page, wanted) {
  for (let stops = 0; stops < 300; ++stops) {
    await page.keyboard.press("Tab");
    const on = await focused(page);
    if (on.control) assert.ok(on.ring, `no ring around ${on.tag} ${on.name}`);
    if (on.control && wanted.test(on.name)) return on;
  }
  throw new assert.AssertionError({ message: `Tab does not come to ${wanted}` });
}

pageTest("choose, why, basket, β", {}, async ({ page, address }) => {
  await openView(page, address, "");
  await page.keyboard.press("Tab");
  assert.equal((await focused(page)).name, "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal((await focused(page)).tag, "H1");
  await tabTo(page, /past items?$/);
  await page.keyboard.press("Enter");
  await page.locator(".results .card[data-item]").first().waitFor();
  await settled(page);
  assert.equal((await focused(page)).tag, "H1", "the focus is at the head of the new view");

  const { name } = await tabTo(page, /^Why\?/);
  await page.keyboard.press("Enter");
  await page.locator("dialog .because li").first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.closest("dialog") !== null), true);
  await tabTo(page, /^Close$/);
  await page.keyboard.press("Enter");
  assert.equal((await focused(page)).name, name, "the focus is back");

  const [, second] = await itemsIn(page, ".results");
  await tabTo(page, /^Add to basket/);
  const body = await posted(page, "/v1/recommendations", () => page.keyboard.press("Space"));
  assert.deepEqual(body.history, [second]);
  await page.locator(".basket .thumb").waitFor();
  await settled(page);
  assert.match((await focused(page)).name, /^Add to basket/, "the focus is on what took its place");
});

pageTest("the panel keeps the focus, and Escape ends it", {}, async ({ page, address }) => {
  await openView(page, address, "#/new");
  await tabTo(page, /^Like/);
  await page.keyboard.press("Space");
  assert.match((await focused(page)).name, /^Like no more/);
  await page.locator(".results .card[data-item]").first().waitFor();
  await tabTo(page, /^More like this/);
  await page.keyboard.press("Enter");
  await page.locator("dialog .similar .thumb").first().waitFor();
  for (let stops = 0; stops < 40; ++stops) {
    await page.keyboard.press("Tab");
    assert.equal(
      await page.evaluate(
        () => document.activeElement === document.body || document.activeElement.closest("dialog") !== null,
      ),
      true,
    );
  }
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
});

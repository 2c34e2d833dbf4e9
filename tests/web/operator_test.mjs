// The operator's view.
import { assert, openView, pageTest } from "./harness.mjs";

const tile = (page, name) => page.locator(".tiles > div", { has: page.getByText(name, { exact: true }) }).locator("dd");

pageTest("shows what the status says", {}, async ({ page, address }) => {
  await fetch(`${address}/v1/recommendations`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  const { artifact, requests, catalogue } = await (await fetch(`${address}/v1/status`)).json();
  await openView(page, address, "#/operator");
  assert.match(await tile(page, "State").textContent(), /^Ready/);
  assert.ok(parseInt(await tile(page, "Recommendations").textContent(), 10) >= requests.recommendations);
  assert.match(await tile(page, "Median latency").textContent(), /ms/);
  const shown = await page.locator(".artifact").textContent();
  for (const value of [artifact.model, artifact.hash, Object.keys(artifact.validation)[0]])
    assert.ok(shown.includes(value), value);
  assert.ok((await page.locator(".events").textContent()).includes(catalogue.items.toLocaleString("en")));
  assert.notEqual(await page.locator(".histogram .column").count(), 0);
});

pageTest("each bucket of the histogram has its own requests", { only: "mock" }, async ({ page, address }) => {
  for (let i = 0; i < 20; ++i) await fetch(`${address}/v1/recommendations`, { method: "POST", body: "{}" });
  await openView(page, address, "#/operator");
  const rows = await page
    .locator(".latency tbody tr")
    .evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual(rows, [
    ["0.2 ms", "0"],
    ["0.5 ms", "2"],
    ["1 ms", "8"],
    ["2 ms", "6"],
    ["5 ms", "3"],
    ["10 ms", "1"],
    ["20 ms", "0"],
  ]);
});

pageTest("looks again by itself", {}, async ({ page, address }) => {
  await openView(page, address, "#/operator");
  const before = parseInt(await tile(page, "Recommendations").textContent(), 10);
  await fetch(`${address}/v1/recommendations`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  await page.waitForFunction(
    (old) => parseInt(document.querySelectorAll(".tiles dd")[1]?.textContent, 10) > old,
    before,
  );
  assert.match(await tile(page, "Recommendations").textContent(), /a second/);
});

pageTest("opens the artifact anew", {}, async ({ page, address, mock }) => {
  await openView(page, address, "#/operator");
  await page.getByRole("button", { name: "Open the artifact anew" }).click();
  await page.getByText(/^Opened in .* ms\.$/).waitFor();
  if (mock) assert.equal(mock.reloads, 1);
});

pageTest("says why an artifact was not opened", { only: "mock", refusals: true }, async ({ page, address, mock }) => {
  mock.fail = (path) => (path === "/v1/reload" ? [422, "model/config.json: no such file"] : null);
  await openView(page, address, "#/operator");
  await page.getByRole("button", { name: "Open the artifact anew" }).click();
  await page.getByText("the old one goes on serving: model/config.json: no such file").waitFor();
});

pageTest("shows a retraining where there is one", { only: "mock" }, async ({ page, address, mock }) => {
  await openView(page, address, "#/operator");
  assert.equal(await page.locator(".retraining").count(), 0);
  mock.retraining = {
    state: "done",
    margin: 0.02,
    next: new Date(Date.now() + 3.5 * 3600 * 1000).toISOString(),
    comparison: { "recall@20": { in_use: 0.1123, candidate: 0.1188 } },
  };
  await page.reload();
  await page.locator(".retraining").waitFor();
  assert.match(await page.locator(".retraining").textContent(), /next\s*in 3 h/);
  assert.match(await page.locator(".retraining table").textContent(), /in use.*candidate.*recall@20.*0\.1123.*0\.1188/);
});

/** The bar that chooses a sample, on the way back to a page that was left by it: it tells of the page that is there. */
import assert from "node:assert/strict";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

Deno.test("the bar of a sample", async (t) => {
  await using app = await serveApp();
  const browser = await launchChromium();

  for (const javaScriptEnabled of [true, false]) {
    await t.step(
      `says on the way back where the page is, ${javaScriptEnabled ? "with" : "without"} script`,
      async () => {
        const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
        await page.goto(`${app.origin}/alpaca/dataset?split=test&sample=3&pin=4&q=a`);
        if (javaScriptEnabled) await page.locator("[data-ready=true], form select").first().waitFor();
        const split = page.getByLabel("Split");
        await split.selectOption("train");
        if (!javaScriptEnabled) await page.getByRole("button", { name: "Go", exact: true }).click();
        await page.waitForURL(/split=train/);
        // What was asked of rows stays, and numbers of rows do not.
        assert.equal(new URL(page.url()).searchParams.get("q"), "a");
        assert.equal(new URL(page.url()).searchParams.get("pin"), null);
        await page.goBack();
        await page.waitForURL(/split=test/);
        assert.equal(await split.inputValue(), "test");
        assert.equal(await page.getByLabel("Sample number").inputValue(), "3");
        await page.context().close();
      },
    );
  }

  await t.step("says where the page is when a browser shows it out of its memory", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${app.origin}/alpaca/generation?split=test&sample=3`);
    await page.locator("[data-ready=true]").waitFor();
    const sample = page.getByLabel("Sample number");
    await sample.fill("5");
    await page.evaluate(() => {
      const chosen = document.querySelector<HTMLSelectElement>("select[name=split]");
      if (chosen !== null) chosen.value = "train";
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    });
    await page.waitForFunction(() =>
      document.querySelector<HTMLSelectElement>("select[name=split]")?.value === "test" &&
      document.querySelector<HTMLInputElement>("input[name=sample]")?.value === "3"
    );
    await sample.fill("5");
    await sample.press("Enter");
    await page.waitForURL(/sample=5/);
    await page.context().close();
  });

  await browser.close();
});

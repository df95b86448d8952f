/** The walks that no screen's own test has: generation by keyboard alone; a page of elements by keyboard alone and without JavaScript. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);

/** Tab until what has the focus is named so. */
async function focusOn(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    const focused = await page.evaluate(() => {
      const active = document.activeElement;
      if (active === null || active === document.body) return "";
      return `${active.getAttribute("aria-label") ?? ""} ${active.id} ${active.textContent ?? ""}`;
    });
    if (name.test(focused)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never came to ${name}`);
}

Deno.test("walks by keyboard alone, and without JavaScript", async (t) => {
  await using app = await serveApp(await loadModuleFiles(["examples/alpaca/mod.ts", "examples/elements/mod.ts"], ROOT));
  const browser = await launchChromium();

  await t.step("generation by keys: params, generate, a token, a rival, compare, clear", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${app.origin}/alpaca/generation?sample=3&max_tokens=6&temperature=2`);
    await page.locator("[data-ready=true]").waitFor();
    await focusOn(page, /param-seed/);
    await page.keyboard.type("5");
    // What is typed counts, though the field was not left.
    const [request] = await Promise.all([
      page.waitForRequest(/\/generate$/),
      page.keyboard.press("Control+Enter"),
    ]);
    assert.equal(request.postDataJSON().params.seed, 5);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "param-seed");
    await page.getByText(/^(stop|length)$/).first().waitFor();
    await focusOn(page, /^‹.*rank \d/);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByText("Completion 1 · token 2").waitFor();
    await focusOn(page, /^Go on with/);
    await page.keyboard.press("Enter");
    await page.getByText("branch of 1 at token 2").waitFor();
    await page.getByText(/^(stop|length)$/).nth(1).waitFor();
    await page.keyboard.press("Escape");
    for (const completion of [1, 2]) {
      await focusOn(page, new RegExp(`Compare run 1, completion ${completion}`));
      await page.keyboard.press("Enter");
    }
    await page.getByRole("region", { name: "From run 1, completion 1 to run 1, completion 2" }).waitFor();
    await focusOn(page, /Clear 1 run/);
    await page.keyboard.press("Enter");
    await focusOn(page, /for good/);
    await page.keyboard.press("Enter");
    await page.getByText("Press Generate to watch").waitFor();
    await page.close();
  });

  await t.step("a page of elements by keys: an input is changed and sent", async () => {
    const page = await browser.newPage();
    await page.goto(`${app.origin}/elements/text-input`);
    await page.locator("[data-ready=true]").waitFor();
    await page.keyboard.press("Tab");
    const field = page.locator("#main").getByRole("textbox").first();
    for (let presses = 0; presses < 60; presses++) {
      if (await field.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.type("by keys");
    const button = page.locator("#main").getByRole("button").first();
    for (let presses = 0; presses < 20; presses++) {
      if (await button.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.locator("#main").getByText(/by keys/).first().waitFor();
    await page.close();
  });

  await t.step("a page of elements without JavaScript: all of it is there, and it says what needs more", async () => {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(`${app.origin}/elements/tables`);
    assert.ok(await page.locator("#main table td").count() > 0);
    await page.goto(`${app.origin}/elements/text-input`);
    assert.match(await page.locator("#main").innerText(), /need JavaScript/);
    await page.context().close();
  });
  await browser.close();
});

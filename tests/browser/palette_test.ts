/** Ctrl+K finds what can be done on a page, and "g" goes to another page of the module. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator("[data-ready=true]").waitFor();
  // The rail is an island of its own: its sheet opens once it is ready.
  await page.waitForFunction(() => {
    const sheet = document.querySelector("dialog");
    if (sheet?.open !== true) sheet?.parentElement?.querySelector("button")?.click();
    return sheet?.open === true;
  });
  await page.getByRole("checkbox", { name: "Keys of a single character act" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

Deno.test("the palette and the keys between pages", async (t) => {
  await using app = await serveApp();
  const browser = await launchChromium();
  const page = await browser.newPage();
  const url = `${app.origin}/alpaca/generation?sample=3&max_tokens=4`;

  await t.step("finds an action by a part of its name, and does it", async () => {
    await open(page, url);
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Find an action, a field or a page" });
    await field.fill("no such thing");
    await page.getByText("Nothing here has this name.").waitFor();
    await field.fill("genera");
    const names = await page.getByRole("option").allInnerTexts();
    assert.ok(names.some((name) => name.startsWith("Generate")), names.join());
    assert.ok(names.some((name) => /Persona chat · Generation/i.test(name)), names.join());
    await field.fill("Generate");
    await field.press("Enter");
    await page.getByText(/^(stop|length)$/).first().waitFor();
    assert.equal(await page.getByRole("dialog").isVisible(), false);
  });

  await t.step("leads into a field, also while somebody types, and moves by arrows", async () => {
    await page.getByLabel("seed", { exact: true }).focus();
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Find an action, a field or a page" });
    await field.fill("p");
    await field.press("ArrowDown");
    assert.equal(await page.getByRole("option").nth(1).getAttribute("aria-selected"), "true");
    await field.fill("min_p");
    await field.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "param-min_p");
  });

  await t.step("r generates again by the next seed, and g with a letter goes to that page", async () => {
    await page.locator("[data-position]").first().focus();
    await page.keyboard.press("r");
    await page.getByText("run 2 of 2").waitFor();
    await page.waitForFunction(() => new URLSearchParams(location.search).get("seed") === "1");
    await page.keyboard.press("g");
    await page.keyboard.press("n");
    await page.waitForURL(/\/alpaca\/next-token/);
    await open(page, `${app.origin}/persona_chat/generation`);
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await page.waitForURL(/\/persona_chat\/chat/);
  });
  await browser.close();
});

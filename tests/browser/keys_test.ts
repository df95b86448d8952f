/** Keys of a single character can be switched off on every screen, and stay off (WCAG 2.1.4). */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { addressHas } from "./address.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);
const EXAMPLES = ["examples/alpaca/mod.ts", "examples/persona_chat/mod.ts", "examples/elements/mod.ts"];

interface Screen {
  readonly path: string;
  /** A key, and what is there once it has acted. */
  readonly key: string;
  readonly acted: (page: Page) => Promise<unknown>;
  /** What must be there before the key can do anything. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const SCREENS: readonly Screen[] = [
  {
    path: "/alpaca/dataset?task=alpaca&split=test&sample=3",
    key: "j",
    acted: (page) => page.waitForFunction(() => location.search.includes("sample=4")),
  },
  {
    path: "/alpaca/next-token?sample=3",
    key: "s",
    acted: (page) => page.waitForFunction(() => /path=\d/.test(location.search)),
  },
  {
    path: "/alpaca/generation?sample=3&n=2&max_tokens=4",
    prepare: async (page) => {
      // Kept from before where it was generated before.
      if (await page.getByRole("group", { name: "Completions 1" }).count() === 0) {
        await page.getByRole("button", { name: "Generate" }).click();
      }
      await page.getByText(/^(stop|length)$/).nth(1).waitFor();
      await page.getByRole("group", { name: "Completions 1" }).getByRole("button").first().click();
    },
    key: "]",
    acted: (page) =>
      page.waitForFunction(() => location.search.includes("sel=2%3A1") || /sel=2:1/.test(location.search)),
  },
  {
    path: "/persona_chat/chat",
    prepare: async (page) => {
      if (await page.locator("[data-turn]").count() === 0) {
        await page.getByLabel("Message").fill("hello !");
        await page.getByLabel("Message").press("Enter");
        await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
      }
      await page.locator("[data-turn=assistant]").getByRole("button", { name: "Tokens" }).focus();
    },
    key: "r",
    acted: (page) => page.getByText("2 / 2").waitFor(),
  },
  { path: "/elements/selector", key: "?", acted: (page) => page.getByRole("dialog").waitFor() },
];

async function open(page: Page, url: string, { prepare }: Screen): Promise<void> {
  await page.goto(url);
  await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
  // The rail is an island of its own, which may be ready later than the screen.
  await page.waitForFunction(() => {
    const sheet = document.querySelector("dialog");
    if (sheet?.open !== true) sheet?.parentElement?.querySelector("button")?.click();
    return sheet?.open === true;
  });
  await page.keyboard.press("Escape");
  await prepare?.(page);
}

/** Subtle: `page.url()` is told of a changed address later. */
function addressOf(page: Page): Promise<string> {
  return page.evaluate(() => location.href);
}

Deno.test("single keys are switched off on the key sheet, for every screen and over a reload", async (t) => {
  await using app = await serveApp(await loadModuleFiles(EXAMPLES, ROOT));
  const browser = await launchChromium();
  for (const screen of SCREENS) {
    await t.step(screen.path, async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const url = app.origin + screen.path;
      await open(page, url, screen);
      const sheet = page.getByRole("button", { name: "Keys" });
      const box = page.getByRole("checkbox", { name: "Keys of a single character act" });
      await sheet.focus();
      await page.keyboard.press("Enter");
      await box.focus();
      await page.keyboard.press("Space");
      assert.equal(await box.isChecked(), false);
      await page.keyboard.press("Escape");
      await open(page, url, screen);
      const before = await addressOf(page);
      await page.keyboard.press(screen.key);
      await page.keyboard.press("?");
      assert.equal(await addressOf(page), before);
      assert.equal(await page.getByRole("dialog").isVisible(), false);
      // Neither had the key done anything, a moment after it was pressed: by now another key has.
      await page.keyboard.press("Tab");
      await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.equal(await addressOf(page), before);
      assert.equal(await page.getByText("2 / 2").count(), 0);
      await sheet.click();
      await box.check();
      await page.keyboard.press("Escape");
      await open(page, url, screen);
      await page.keyboard.press(screen.key);
      await screen.acted(page);
      await page.close();
    });
  }
  await browser.close();
});

Deno.test("a full stop puts the inspector away and brings it back, on each screen that has one", async (t) => {
  await using app = await serveApp(await loadModuleFiles(EXAMPLES, ROOT));
  const browser = await launchChromium();
  const inspectors = {
    "/alpaca/generation?sample=3": "Choose a token to see",
    "/alpaca/next-token?sample=3": "effective choices",
    "/persona_chat/chat": "Sent",
  };
  for (const [path, text] of Object.entries(inspectors)) {
    await t.step(path, async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(app.origin + path);
      await page.locator("[data-ready=true]").first().waitFor();
      const inside = page.getByRole("complementary").getByText(text).first();
      await inside.waitFor();
      const wide = await page.locator("main").evaluate((main) => main.clientWidth);
      await page.keyboard.press(".");
      await inside.waitFor({ state: "hidden" });
      assert.ok(await page.locator("main").evaluate((main) => main.clientWidth) > wide + 200);
      // Typing is never a key of the page.
      await page.locator("main").locator("textarea, input:not([type=hidden]):not([type=checkbox])").first().focus();
      await page.keyboard.press(".");
      assert.equal(await inside.count(), 0);
      const show = page.getByRole("button", { name: "Show the inspector" });
      await show.focus();
      await page.keyboard.press("Enter");
      await inside.waitFor();
      assert.equal(
        await page.getByRole("button", { name: "Hide the inspector" })
          .evaluate((button) => button === document.activeElement),
        true,
      );
      await page.keyboard.press(".");
      await inside.waitFor({ state: "hidden" });
      await page.close();
    });
  }

  await t.step("it stays away while one goes on, and a sheet of a narrow screen leaves a bar", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    await page.goto(`${app.origin}/alpaca/generation?sample=3&max_tokens=4`);
    await page.locator("[data-ready=true]").first().waitFor();
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByText(/^(stop|length)$/).first().waitFor();
    await page.locator("[data-position]").first().click();
    const sheet = page.getByRole("complementary");
    await sheet.getByText("Completion 1 · token 1").waitFor();
    await page.keyboard.press(".");
    await sheet.getByText("Completion 1 · token 1").waitFor({ state: "hidden" });
    assert.ok(((await sheet.boundingBox())?.height ?? Infinity) < 60);
    await page.locator("[data-position]").nth(1).click();
    assert.equal(await sheet.getByText("Completion 1 · token 2").count(), 0);
    await sheet.getByRole("button", { name: "Show the inspector" }).click();
    await sheet.getByText("Completion 1 · token 2").waitFor();
    await page.close();
  });

  await t.step(
    "Ctrl+Shift+Enter generates several completions, as many as n says where it says more than one",
    async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(`${app.origin}/alpaca/generation?sample=3&max_tokens=3`);
      await page.locator("[data-ready=true]").first().waitFor();
      await page.getByLabel("seed", { exact: true }).focus();
      await page.keyboard.press("Control+Shift+Enter");
      await page.getByRole("group", { name: "Completions 4", exact: true }).waitFor();
      await addressHas(page, "n", "4");
      await page.goto(`${app.origin}/alpaca/generation?sample=5&max_tokens=3&n=2`);
      await page.locator("[data-ready=true]").first().waitFor();
      await page.keyboard.press("Control+Shift+Enter");
      await page.getByRole("group", { name: "Completions 2", exact: true }).waitFor();
      assert.equal(await page.getByRole("group", { name: "Completions 3", exact: true }).count(), 0);
      await addressHas(page, "n", "2");
      await page.close();
    },
  );
  await browser.close();
});

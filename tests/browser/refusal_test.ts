/** The page that asks for the app's token, in a browser. */
import assert from "node:assert/strict";
import type { AxeResults } from "axe-core";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const TOKEN = "a-token-of-sixteen-or-more";
const AXE = Deno.readTextFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")));

Deno.test("a browser that comes without the token is asked for it, and then shows the page that was opened", async () => {
  await using app = await serveApp([], { token: TOKEN });
  const browser = await launchChromium();
  try {
    for (const [colorScheme, width] of [["light", 1280], ["dark", 390]] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
      const page = await context.newPage();
      const answer = await page.goto(`${app.origin}/alpaca/generation?sample=3`);
      assert.equal(answer?.status(), 401);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate("axe.run()") as AxeResults;
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
      assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off");
      await page.getByLabel("Token").fill("wrong");
      await page.getByRole("button", { name: "Open" }).click();
      await page.getByRole("alert").waitFor();
      await page.getByLabel("Token").fill(TOKEN);
      await page.getByLabel("Token").press("Enter");
      await page.getByRole("button", { name: "Generate" }).waitFor();
      assert.equal(page.url(), `${app.origin}/alpaca/generation?sample=3`);
      await context.close();
    }
  } finally {
    await browser.close();
  }
});

/** The rail beside a wide screen: all pages, what stands behind them, and the keys, however many modules there are. */
import assert from "node:assert/strict";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { launchChromium } from "./chromium.ts";
import { placeOf } from "./place.ts";
import { until } from "../rig/until.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);
const EXAMPLES = ["examples/alpaca/mod.ts", "examples/persona_chat/mod.ts", "examples/elements/mod.ts"];
const HEIGHT = 600;

Deno.test("the rail keeps its foot on screen, and names the generator of the page", async () => {
  await using app = await serveApp(await loadModuleFiles(EXAMPLES, ROOT));
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: HEIGHT } });
  const engines = page.getByRole("list", { name: "Generators" });

  await page.goto(`${app.origin}/alpaca/next-token?sample=3`);
  await page.locator("[data-candidate]").first().waitFor();
  // What the model runs on is known once it is open.
  await page.reload();
  assert.match(await engines.innerText(), /^demo · fp32 · cpu · native\n/);
  assert.match(await engines.innerText(), /window 512/);
  await page.goto(`${app.origin}/elements/lines`);
  assert.match(await engines.innerText(), /^verse · 13 tokens/);
  await page.locator("[data-ready=true]").waitFor();

  const keys = await placeOf(page.getByRole("button", { name: "Keys" }));
  assert.ok(keys.y + keys.height <= HEIGHT, `the keys end at ${keys.y}`);
  // The list of pages scrolls to the one that is open.
  await until("the page that is open stands above the keys", async () => {
    const current = await placeOf(page.locator("nav [aria-current=page]"));
    return current.y >= 0 && current.y + current.height <= keys.y;
  });
  assert.ok(await page.evaluate("document.querySelector('nav').scrollHeight") as number <= HEIGHT);
  await browser.close();
});

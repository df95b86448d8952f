/** Takes the pictures of the README: the generation screen after a run, with one token open. */
import { launchChromium } from "../tests/browser/chromium.ts";
import { serveApp } from "../tests/browser/serve_app.ts";

const PAGE = "/alpaca/generation?split=test&sample=25&temperature=0.8&n=3&seed=11&max_tokens=64&min_p=0.02";

await using app = await serveApp();
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
// What the model runs on stands in the rail once it is open.
await page.goto(`${app.origin}/alpaca/next-token`);
await page.locator("[data-candidate]").first().waitFor();
await page.goto(`${app.origin}${PAGE}`);
await page.getByRole("button", { name: "Generate" }).click();
await page.getByText("stop", { exact: true }).first().waitFor();
await page.getByRole("group", { name: "Completions 1" }).getByRole("button").nth(6).click();
await page.screenshot({ path: new URL("../docs/generation.png", import.meta.url).pathname });
await browser.close();

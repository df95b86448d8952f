/** The longest frame while a completion of 1,000 tokens is scrolled and recoloured, in Chromium; the bar is 50 ms. */
import type { Page } from "playwright-core";
import { defineModule, generation, logitTable, rows } from "../lib/mod.ts";
import { launchChromium } from "../tests/browser/chromium.ts";
import { serveApp } from "../tests/browser/serve_app.ts";

const VOCABULARY = ["a", " the", " cat", " sat", ".\n", " and", "x", " on"];

const module = defineModule({
  name: "long",
  generators: {
    endless: logitTable({
      vocabulary: VOCABULARY,
      logits: (prefix) => VOCABULARY.map((_, id) => Math.sin(prefix.length * (id + 1))),
      contextWindow: 4096,
    }),
  },
  tasks: { any: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text } },
  components: [generation()],
});

/** The longest frame, in ms, while something is done. */
async function longestFrame(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const tick = (now: number) => {
      frames.push(now - last);
      last = now;
      if (document.body.dataset.frames === undefined) requestAnimationFrame(tick);
      else document.body.dataset.frames = String(Math.max(...frames.slice(1)));
    };
    delete document.body.dataset.frames;
    requestAnimationFrame(tick);
  });
  await work();
  await page.evaluate(() => document.body.dataset.frames = "");
  await page.waitForFunction(() => document.body.dataset.frames !== "");
  return Number(await page.evaluate(() => document.body.dataset.frames));
}

await using app = await serveApp([{ module, file: "long/mod.ts", url: new URL(".", import.meta.url) }]);
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto(`${app.origin}/long/generation?max_tokens=1000`);
await page.locator("[data-ready=true]").waitFor();
const streaming = await longestFrame(page, async () => {
  await page.getByRole("button", { name: "Generate" }).click();
  await page.getByText("length", { exact: true }).waitFor();
});
const scrolling = await longestFrame(page, async () => {
  for (let turn = 0; turn < 40; turn++) await page.mouse.wheel(0, turn < 20 ? 200 : -200);
});
const recolouring = await longestFrame(page, async () => {
  for (const name of ["entropy", "rank", "none", "p"]) await page.getByRole("button", { name, exact: true }).click();
});
const tokens = await page.locator("[data-position]").count();
console.log(
  `${tokens} tokens, longest frame: streaming ${streaming.toFixed(0)} ms, scrolling ${scrolling.toFixed(0)} ms, ` +
    `recolouring ${recolouring.toFixed(0)} ms`,
);
await browser.close();

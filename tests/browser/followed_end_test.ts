/** The chat screen goes along with what is written, and lets the reader go elsewhere. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { fromModel } from "../../lib/generators/from_model.ts";
import type { Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { tableModel } from "../../lib/generators/table.ts";
import { chat, defineModule } from "../../lib/mod.ts";
import { until } from "../rig/until.ts";
import { launchChromium } from "./chromium.ts";
import { placeOf } from "./place.ts";
import { takeRequests } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);
/** More lines than a window has room for. */
const LINES = 40;
const WINDOW = { width: 1280, height: 700 };

const model = tableModel({ vocabulary: ["line\n"], logits: () => [0], contextWindow: 1_000_000 });
const whole = fromModel(model, { device: "cpu", precision: "exact" });
/** Each lets one answer go on. */
const pauses: (() => void)[] = [];

/** A model that pauses after each forty lines. */
const pausing: GeneratorSource = {
  kind: "table",
  label: "pauses",
  open: () => Promise.resolve({ ...whole, generate: inParts }),
};

async function* inParts(request: Parameters<Generator["generate"]>[0]): ReturnType<Generator["generate"]> {
  for await (const event of whole.generate(request)) {
    yield event;
    if (event.type === "step" && event.position % LINES === LINES - 1) {
      await new Promise<void>((goOn) => pauses.push(goOn));
    }
  }
}

const long = defineModule({
  name: "long",
  title: "Long",
  generators: { pausing },
  components: [chat({ prompt: () => "line\n", params: { maxTokens: 4 * LINES, temperature: 0 } })],
});

/** Lets the answer go on that waits, or will. */
async function goOn(): Promise<void> {
  await until("an answer waits", () => pauses.length > 0);
  pauses.shift()?.();
}

/** Waits until the last answer has so many lines on the page. */
async function hasLines(page: Page, count: number): Promise<void> {
  const answer = page.locator("[data-turn=assistant]").last();
  await until(`${count} lines`, async () => (await answer.innerText()).split("line").length - 1 >= count);
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

/** Pixels of the conversation's end that are behind the composer or below it. */
async function hiddenOf(page: Page): Promise<number> {
  const thread = await placeOf(page.getByRole("region", { name: "Conversation", exact: true }));
  const composer = await placeOf(page.locator("form").filter({ has: page.getByLabel("Message") }));
  assert.ok(composer.y + composer.height <= WINDOW.height + 1, "the composer is in sight");
  return thread.y + thread.height - composer.y;
}

async function scrolled(page: Page): Promise<number> {
  return Number(await page.evaluate("scrollY"));
}

Deno.test("a chat longer than its window", async (t) => {
  await using app = await serveApp([{ module: long, file: "long/mod.ts", url: ROOT }]);
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: WINDOW });
  await takeRequests(page);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${app.origin}/long/chat`);
  await page.locator("[data-ready=true]").waitFor();
  const several = page.getByLabel("completions", { exact: true });
  const send = async (text: string) => {
    await page.getByLabel("Message").fill(text);
    await page.getByLabel("Message").press("Enter");
  };

  await t.step("its end stays in sight while it is written", async () => {
    await send("first");
    await hasLines(page, LINES);
    assert.ok(await scrolled(page) > 0, "it is longer than the window");
    assert.ok(await hiddenOf(page) <= 1, `${await hiddenOf(page)} pixels of it are hidden`);
  });

  await t.step("who has scrolled up is left there, and taken along once they are back at the end", async () => {
    const before = await scrolled(page);
    await page.mouse.move(WINDOW.width / 4, WINDOW.height / 2);
    await page.mouse.wheel(0, -120);
    await until("it has scrolled", async () => await scrolled(page) === before - 120);
    await goOn();
    await hasLines(page, 2 * LINES);
    assert.equal(await scrolled(page), before - 120);
    await page.mouse.wheel(0, 100_000);
    await until("it is at the end", async () => await hiddenOf(page) <= 1);
    await goOn();
    await hasLines(page, 3 * LINES);
    assert.ok(await hiddenOf(page) <= 1, `${await hiddenOf(page)} pixels of it are hidden`);
  });

  await t.step("who writes in another turn is left there, though they have not scrolled", async () => {
    await page.locator("[data-turn=user]").getByRole("button", { name: "Edit" }).click();
    await page.mouse.wheel(0, 100_000);
    await until("it is at the end", async () => await hiddenOf(page) <= 1);
    await page.getByLabel("Edit", { exact: true }).evaluate((field) => field.focus({ preventScroll: true }));
    const before = await scrolled(page);
    await goOn();
    await hasLines(page, 4 * LINES);
    assert.equal(await scrolled(page), before);
    await page.getByRole("button", { name: "Cancel" }).evaluate((button: HTMLElement) => button.click());
    await page.mouse.wheel(0, 100_000);
    await until("it is at the end", async () => await hiddenOf(page) <= 1);
    await goOn();
    await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
    await until("what the run told at its end is in sight", async () => await hiddenOf(page) <= 1);
  });

  await t.step("a new message is in sight from wherever it was sent, and so is what failed", async () => {
    await page.getByRole("button", { name: "Accept" }).click();
    await page.evaluate("scrollTo(0, 0)");
    await page.route("**/api/long/chat/chat", (route) => route.abort());
    await send("second");
    await page.getByRole("alert").waitFor();
    await until("the failure is in sight", async () => await hiddenOf(page) <= 1);
    await page.unroute("**/api/long/chat/chat");
    await page.getByText("Sampling").click();
    await several.fill("0");
    await several.blur();
    await page.evaluate("scrollTo(0, 0)");
    await send("third");
    await page.getByRole("alert").getByText("Not asked").waitFor();
    await until("the refusal is in sight", async () => await hiddenOf(page) <= 1);
  });

  await t.step("answers beside each other begin in sight, however long they are", async () => {
    await several.fill("2");
    await several.blur();
    await send("fourth");
    const both = page.getByRole("region", { name: /^2 answers/ });
    await goOn();
    await hasLines(page, LINES);
    const { y, height } = await placeOf(both);
    assert.ok(y >= -1 && y < 1 && height > WINDOW.height, `${height} pixels from ${y} on`);
    await page.keyboard.press("Escape");
    for (const goOn of pauses) goOn();
  });

  assert.deepEqual(errors, []);
  await browser.close();
});

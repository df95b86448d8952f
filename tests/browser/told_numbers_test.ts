/** What a server told, over a reload and through a file: it is not asked again, and nothing goes on from another prompt. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { chat, defineModule, generation, nextToken, openai, rows } from "../../lib/mod.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);

async function ready(page: Page): Promise<void> {
  await page.locator("[data-ready=true]").waitFor();
}

/** Holds back what a page reads of files, until `openFiles`. */
async function holdFiles(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { text } = File.prototype;
    const { promise, resolve } = Promise.withResolvers<void>();
    addEventListener("open files", () => resolve());
    File.prototype.text = async function () {
      await promise;
      return await text.call(this);
    };
  });
}

async function openFiles(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("open files")));
}

Deno.test("what a server told", async (t) => {
  const fake = startFakeOpenAi();
  const module = defineModule({
    name: "told",
    title: "Told",
    generators: {
      text: openai({ model: "m", baseUrl: fake.url("ok"), mode: "completions" }),
      silent: openai({ model: "m", baseUrl: fake.url("silent"), mode: "completions" }),
      chat: openai({ model: "m", baseUrl: fake.url("ok") }),
    },
    tasks: { say: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text } },
    components: [generation(), nextToken(), chat({ prompt: ({ messages }) => messages.at(-1)?.content ?? "" })],
  });
  await using app = await serveApp([{ module, file: "told/mod.ts", url: ROOT }]);
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const strip = page.getByRole("group", { name: "Completions 1", exact: true });
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  const note = page.getByText("This run was made of another prompt than the one above");

  await t.step("a run of a server that tells no numbers comes back as one that the server drew", async () => {
    await page.goto(`${app.origin}/told/generation?generator=silent&max_tokens=3`);
    await ready(page);
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByText("length", { exact: true }).waitFor();
    const before = await strip.innerHTML();
    const asked = fake.seen.length;
    await page.reload();
    await ready(page);
    assert.equal(await strip.innerHTML(), before);
    await strip.getByRole("button").nth(1).click();
    await inspector.getByText("gave no probabilities").waitFor();
    await page.getByLabel("temperature", { exact: true }).fill("0.5");
    await page.getByLabel("temperature", { exact: true }).blur();
    await page.getByText("nobody tells the dice that drew it").first().waitFor();
    assert.equal(fake.seen.length, asked, "the server was not asked again");
  });

  await t.step(
    "a run that began while a file was read stays; one of another prompt is marked and ends there",
    async () => {
      await page.goto(`${app.origin}/told/generation?generator=text&max_tokens=3`);
      await ready(page);
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByText("length", { exact: true }).waitFor();
      await strip.getByRole("button").nth(1).click();
      await inspector.getByRole("button", { name: /^Go on with / }).first().waitFor();
      await inspector.getByRole("link", { name: /step/i }).waitFor();
      assert.equal(await note.count(), 0);
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Export" }).click(),
      ]);
      const text = (await Deno.readTextFile(await file.path())).replace(/"prompt":"[^"]*"/, '"prompt":"1-of another"');
      await page.getByRole("button", { name: "Clear 1 run" }).click();
      await page.getByRole("button", { name: "Clear 1 run for good?" }).click();
      await page.getByText("Press Generate to watch").waitFor();
      await holdFiles(page);
      const buffer = Buffer.from(text);
      await page.getByLabel("Import").setInputFiles({ name: "runs.json", mimeType: "application/json", buffer });
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByText("length", { exact: true }).waitFor();
      await openFiles(page);
      await page.getByText("run 1 of 2").waitFor();
      assert.equal(await note.count(), 0, "the one that was made now is of this prompt");
      await page.getByRole("button", { name: "Later run" }).click();
      await note.waitFor();
      await strip.getByRole("button").nth(1).click();
      await inspector.getByText("candidates of its vocabulary").waitFor();
      assert.equal(await inspector.getByRole("button", { name: /^Go on with / }).count(), 0);
      assert.equal(await inspector.getByRole("link", { name: /step/i }).count(), 0);
    },
  );

  await t.step("a chat has what was told of its answers after a reload", async () => {
    await page.goto(`${app.origin}/told/chat?generator=chat&max_tokens=3`);
    await ready(page);
    await page.getByLabel("Message").fill("hi");
    await page.getByLabel("Message").press("Enter");
    await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).click();
    const answer = page.locator("[data-turn=assistant]");
    const line = answer.getByRole("img", { name: /the lowest is/ });
    await line.waitFor();
    const lowest = await line.getAttribute("aria-label");
    const asked = fake.seen.length;
    await page.reload();
    await ready(page);
    await line.waitFor();
    assert.equal(await line.getAttribute("aria-label"), lowest);
    await answer.getByRole("button", { name: "Tokens" }).click();
    await answer.locator("[data-position]").first().click();
    await page.getByText("unknown, the server drew it").waitFor();
    assert.equal(fake.seen.length, asked, "the server was not asked again");
  });

  assert.deepEqual(errors, []);
  await browser.close();
  await fake.close();
});

/** What is copied is the raw text, in Chromium: prompts, targets, completions, and answers of a chat. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { chat, defineModule, generation, nextToken, rows } from "../../lib/mod.ts";
import { echoGenerator } from "../rig/echo_rig.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

/** All that a page shows by marks, or in another order than it stands. */
const TEXT = 'two\n\n\ttabs, \r\n"quotes" <b>&amp;</b> \u202Eback\u202C, né\u200B 👩‍👩‍👧 and an end ';

const echoing = defineModule({
  name: "echoing",
  title: "Echoing",
  generators: { echo: echoGenerator },
  tasks: {
    echo: {
      dataset: { all: rows([{ text: TEXT, target: `${TEXT}!` }]) },
      prompt: ({ text }) => text,
      target: ({ target }) => target,
      params: { maxTokens: 200, temperature: 0 },
    },
  },
  components: [generation(), nextToken(), chat()],
});

/** Presses a button by its keys, and gives what is on the clipboard then. */
async function copied(page: Page, name: string | RegExp, told = "Copied"): Promise<unknown> {
  await page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
  const button = page.getByRole("button", { name, exact: true });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText(told, { exact: true }).waitFor();
  return await page.evaluate(() => navigator.clipboard.readText());
}

Deno.test("copying", async (t) => {
  await using app = await serveApp([{
    module: echoing,
    file: "echoing/mod.ts",
    url: new URL("../rig/", import.meta.url),
  }]);
  const browser = await launchChromium();
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const open = async (path: string) => {
    const page = await context.newPage();
    await page.goto(app.origin + path);
    await page.locator("[data-ready=true]").waitFor();
    return page;
  };

  await t.step(
    "prompt, target and completion are copied byte for byte, and what was told goes with the focus",
    async () => {
      const page = await open("/echoing/generation");
      assert.equal(await copied(page, "Copy the prompt"), TEXT);
      await page.keyboard.press("Tab");
      await page.getByText("Copied", { exact: true }).waitFor({ state: "hidden" });
      assert.equal(await copied(page, "Copy the target"), `${TEXT}!`);
      await page.getByRole("button", { name: "Generate" }).click();
      assert.equal(await copied(page, "Copy run 1, completion 1"), TEXT);
      assert.equal(
        await page.getByText("Copied", { exact: true }).count(),
        1,
        "what was copied before is told no more",
      );
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      assert.equal(await copied(page, "Copy run 1, completion 1"), TEXT);
      await page.close();
      const next = await open("/echoing/next-token");
      assert.equal(await copied(next, "Copy the prompt"), TEXT);
      await next.close();
    },
  );

  await t.step("an answer of a chat is copied, and the prompt that is sent next", async () => {
    const page = await open("/echoing/chat");
    await page.getByLabel("Message").fill("a\tb\u202E");
    await page.getByRole("button", { name: "Send" }).click();
    assert.equal(await copied(page, "Copy Model, turn 2"), "user\na\tb\u202E");
    await page.getByLabel("Message").fill("more\u200B");
    // What is typed shows there as it is asked for, a moment later.
    await page.getByText(/more/).first().waitFor();
    assert.equal(await copied(page, "Copy the prompt"), "user\nmore\u200B");
    await page.close();
  });

  await t.step("where the clipboard is refused the browser's own Copy is asked, and its refusal is told", async () => {
    const page = await open("/echoing/generation");
    await page.evaluate(() => {
      const { writeText } = Clipboard.prototype;
      // As without https: the page has no clipboard to write to. What the test writes goes its own way.
      navigator.clipboard.writeText = (text) =>
        text === "nothing yet" ? writeText.call(navigator.clipboard, text) : Promise.reject(new Error("refused"));
    });
    assert.equal(await copied(page, "Copy the prompt"), TEXT);
    await page.evaluate(() => document.execCommand = () => false);
    assert.equal(await copied(page, "Copy the target", "Not copied: the browser refuses"), "nothing yet");
    await page.close();
  });

  await t.step("an only completion is compared with the target at once, more of them in turn", async () => {
    // With nothing kept of the runs before.
    const page = await browser.newPage();
    await page.goto(`${app.origin}/echoing/generation?n=2`);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByRole("button", { name: "Compare run 1, completion 2" }).click();
    const difference = page.getByRole("region", { name: /^From / });
    assert.equal(await difference.count(), 0, "there is another one to compare it with");
    await page.getByRole("button", { name: "Compare the target" }).click();
    await page.getByRole("region", { name: "From the target to run 1, completion 2" }).waitFor();
    await page.getByRole("button", { name: "Compare run 1, completion 1" }).click();
    await page.getByRole("region", { name: "From the target to run 1, completion 1" }).waitFor();
    await page.getByRole("button", { name: "Clear 1 run" }).click();
    await page.getByRole("button", { name: "Clear 1 run for good?" }).click();
    await page.goto(`${app.origin}/echoing/generation`);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByRole("button", { name: "Compare run 1, completion 1" }).click();
    assert.equal(await difference.locator("del").innerText(), "!");
    assert.equal(await difference.locator("ins").count(), 0, "the token that ends a completion is no difference");
    await page.close();
  });
  await browser.close();
});

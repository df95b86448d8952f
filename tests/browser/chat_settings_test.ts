/** Numbers of an answer stay those of what it came by, over a reload, another generator, and what is typed since. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { chat, choiceInput, defineModule, logitTable, prompt } from "../../lib/mod.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);
const KEY = "chat:letters/chat";

/** Writes "a", with the odds `weight` times (1 + how many "b" stand before): by one, one time in two without any. */
function counter(weight: number) {
  return logitTable({
    vocabulary: ["a", "b"],
    logits: (prefix) => [Math.log(weight * (1 + prefix.filter(({ text }) => text === "b").length)), 0],
  });
}

const letters = defineModule({
  name: "letters",
  title: "Letters",
  generators: { first: counter(1), second: counter(96) },
  components: [chat({
    system: "a",
    controls: () => ({ letter: choiceInput("Letter", ["a", "b"]) }),
    prompt: ({ system, messages, values }) =>
      prompt`${system}${values.letter}${messages.map(({ content }) => content).join("")}`,
  })],
});

async function ready(page: Page): Promise<void> {
  await page.locator("[data-ready=true]").waitFor();
}

async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message").fill(text);
  await page.getByLabel("Message").press("Enter");
  await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).click();
}

/** Rewrites what the browser keeps, and loads the page anew. */
async function reloadWith(page: Page, change: (kept: string) => string): Promise<void> {
  const kept = await page.evaluate((key) => localStorage.getItem(key) ?? "", KEY);
  await page.evaluate(([key, text]) => localStorage.setItem(key ?? "", text ?? ""), [KEY, change(kept)]);
  await page.reload();
  await ready(page);
}

Deno.test("what an answer came by", async (t) => {
  await using app = await serveApp([{ module: letters, file: "letters/mod.ts", url: ROOT }]);
  const browser = await launchChromium();
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${app.origin}/letters/chat?temperature=0&max_tokens=2`);
  await ready(page);
  const answer = page.locator("[data-turn=assistant]");
  const lowest = (p: string) => answer.last().getByRole("img", { name: `the lowest is ${p}, at token 1` });
  const system = page.getByLabel("System prompt"), letter = page.getByLabel("Letter", { exact: true });
  const fields = async () => [await system.inputValue(), await letter.inputValue()];

  await t.step("a reload brings back its numbers, the fields as it had them, and the draft", async () => {
    await letter.selectOption("b");
    await system.fill("b");
    await send(page, "a");
    // Two "b" stand before: three times in four.
    await lowest("0.750").waitFor();
    await page.getByLabel("Message").fill("ab");
    await page.reload();
    await ready(page);
    assert.deepEqual(await fields(), ["b", "b"]);
    assert.equal(await page.getByLabel("Message").inputValue(), "ab");
    await answer.getByRole("button", { name: "Tokens" }).click();
    await lowest("0.750").waitFor();
  });

  await t.step("what is typed since, and another generator, leave its numbers as they are", async () => {
    await page.getByRole("combobox", { name: "Generator" }).selectOption("second");
    await page.waitForURL(/generator=second/);
    await ready(page);
    await system.fill("a");
    await answer.getByRole("button", { name: "Tokens" }).click();
    await lowest("0.750").waitFor();
    // What is asked of its tokens is asked of its own prompt, too.
    await page.locator("summary", { hasText: "Sampling" }).click();
    await page.getByLabel("temperature", { exact: true }).fill("1");
    const asked = page.waitForRequest((request) => request.url().endsWith("/chat") && request.method() === "POST");
    await answer.locator("[data-position]").first().click();
    const body = (await asked).postDataJSON();
    assert.deepEqual([body.system, body.controls, body.generator], ["b", { letter: "b" }, "first"]);
    await page.keyboard.press("Escape");
  });

  await t.step(
    "what is typed and not sent yet stays over another generator and a reload, an emptied field too",
    async () => {
      const prefill = page.getByLabel("The answer begins with");
      await system.fill("bb");
      await prefill.fill("ba");
      await page.getByRole("combobox", { name: "Generator" }).selectOption("first");
      await page.waitForURL(/generator=first/);
      await ready(page);
      assert.deepEqual([await system.inputValue(), await prefill.inputValue()], ["bb", "ba"]);
      await system.fill("");
      await prefill.fill("");
      await page.getByRole("combobox", { name: "Generator" }).selectOption("second");
      await page.waitForURL(/generator=second/);
      await ready(page);
      assert.deepEqual([await system.inputValue(), await prefill.inputValue()], ["", ""]);
      await system.fill("a");
    },
  );

  await t.step("the next answer is by what stands on screen, and each conversation has its own fields", async () => {
    await page.getByRole("button", { name: "New chat" }).click();
    await page.locator("summary", { hasText: "Sampling" }).click();
    await page.getByLabel("temperature", { exact: true }).fill("0");
    await send(page, "a");
    // One "b" stands before, the letter: 192 times in 193.
    await lowest("0.995").waitFor();
    assert.deepEqual(await fields(), ["a", "b"]);
    await page.locator("summary", { hasText: "Conversations" }).click();
    await page.getByRole("button", { name: /2 turns$/ }).last().click();
    assert.deepEqual(await fields(), ["b", "b"]);
    await page.keyboard.press("Control+z");
    assert.deepEqual(await fields(), ["a", "b"]);
  });

  await t.step("a generator that is gone is named, and an answer of before says by what its numbers are", async () => {
    await page.keyboard.press("Control+Shift+z");
    await reloadWith(page, (kept) => kept.replaceAll('"generator":"first"', '"generator":"gone"'));
    await answer.getByRole("button", { name: "Tokens" }).click();
    await page.getByRole("alert").getByText('none named "gone"').waitFor();
    assert.equal(await answer.getByRole("img").count(), 0);
    await reloadWith(page, (kept) => {
      const { settings: _, ...rest } = JSON.parse(kept);
      return JSON.stringify(rest);
    });
    assert.deepEqual(await fields(), ["a", "a"]);
    await answer.getByRole("button", { name: "Tokens" }).click();
    // No "b" stands before: 96 times in 97.
    await lowest("0.990").waitFor();
    await answer.getByText("that stood on screen when they were asked for").waitFor();
  });

  assert.deepEqual(errors, []);
  await browser.close();
});

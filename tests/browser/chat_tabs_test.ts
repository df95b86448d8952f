/** Two tabs of one browser with the same chat: neither loses what the other said. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { fromModel } from "../../lib/generators/from_model.ts";
import type { Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { tableModel } from "../../lib/generators/table.ts";
import { chat, defineModule, prompt } from "../../lib/mod.ts";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);
const STEPS = 3;

const model = tableModel({ vocabulary: ["a", "b"], logits: (prefix) => [prefix.length % 2, 0.5] });
const whole = fromModel(model, { device: "cpu", precision: "exact" });

/** A model that falls silent after three tokens of its own, until it is stopped. */
const silent: GeneratorSource = {
  kind: "table",
  label: "falls silent",
  open: () => Promise.resolve({ ...whole, generate: falling }),
};

async function* falling(request: Parameters<Generator["generate"]>[0]): ReturnType<Generator["generate"]> {
  const most = (request.path?.length ?? 0) + STEPS;
  let steps = 0;
  for await (const event of whole.generate(request)) {
    yield event;
    if (event.type === "step" && ++steps === most) break;
  }
  const { signal } = request;
  if (signal?.aborted !== true) await new Promise((resolve) => signal?.addEventListener("abort", resolve));
}

const talk = defineModule({
  name: "talk",
  title: "Talk",
  generators: { silent },
  components: [chat({ prompt: ({ messages }) => prompt`${messages.length % 2 === 0 ? "a" : "b"}` })],
});

const PAGE = "/persona_chat/chat?temperature=0&max_tokens=8";

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message").fill(text);
  await page.getByLabel("Message").press("Enter");
  await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).click();
}

function said(page: Page): Promise<readonly string[]> {
  return page.locator("[data-turn=user] > p").allInnerTexts();
}

Deno.test("two tabs with the same chat", async (t) => {
  const examples = await loadModuleFiles(["examples/persona_chat/mod.ts"], ROOT);
  await using app = await serveApp([...examples, { module: talk, file: "talk/mod.ts", url: ROOT }]);
  const browser = await launchChromium();
  const context = await browser.newContext();
  const errors: string[] = [];
  const open = async () => {
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(app.origin + PAGE);
    await page.locator("[data-ready=true]").waitFor();
    return page;
  };
  const one = await open(), other = await open();

  await t.step("each sees what the other said, beside its own, and stays where it is", async () => {
    await say(one, "do you have any pets ?");
    await say(other, "what do you like to eat ?");
    await say(one, "hello !");
    for (const page of [one, other]) await page.getByText("2 in this browser").waitFor();
    assert.deepEqual(await said(one), ["do you have any pets ?", "hello !"]);
    assert.deepEqual(await said(other), ["what do you like to eat ?"]);
  });

  await t.step("a reload loses nothing, and each tab comes back to its own conversation", async () => {
    for (const page of [one, other]) {
      await page.reload();
      await page.getByText("2 in this browser").waitFor();
    }
    assert.deepEqual(await said(one), ["do you have any pets ?", "hello !"]);
    assert.deepEqual(await said(other), ["what do you like to eat ?"]);
    // A tab opened after both has all, too.
    const third = await open();
    await third.getByText("2 in this browser").waitFor();
    await third.close();
  });

  await t.step("an import adds its conversations to those that are there", async () => {
    const [download] = await Promise.all([
      one.waitForEvent("download"),
      one.getByRole("button", { name: "Export" }).click(),
    ]);
    const path = await download.path();
    const elsewhere = await (await browser.newContext()).newPage();
    await elsewhere.goto(app.origin + PAGE);
    await elsewhere.locator("[data-ready=true]").waitFor();
    await say(elsewhere, "do you play music ?");
    await elsewhere.locator("input[type=file]").setInputFiles(path);
    await elsewhere.getByText("3 in this browser").waitFor();
    assert.deepEqual(await said(elsewhere), ["do you have any pets ?", "hello !"], "where the file was left");
    await elsewhere.context().close();
  });

  await t.step("an answer that is written while the page is left is kept up to there", async () => {
    await one.goto(`${app.origin}/talk/chat?temperature=0`);
    await one.locator("[data-ready=true]").waitFor();
    await one.getByLabel("Message").fill("hello");
    await one.getByLabel("Message").press("Enter");
    const answer = one.locator("[data-turn=assistant]");
    await answer.locator("[data-position]").nth(STEPS - 1).waitFor();
    await one.reload();
    await one.locator("[data-ready=true]").waitFor();
    assert.match(await answer.locator("> p").innerText(), /^[ab]{3}$/);
    assert.match(await answer.innerText(), /cancelled/);
    const before = await answer.locator("> p").innerText();
    await one.getByRole("button", { name: "Go on from here" }).click();
    await answer.locator("[data-position]").nth(2 * STEPS - 1).waitFor();
    await one.keyboard.press("Escape");
    await one.getByText("2 / 2").waitFor();
    const after = (await answer.locator("[data-position]").allInnerTexts()).join("");
    assert.ok(after.length === 2 * STEPS && after.startsWith(before), `${before}, then ${after}`);
  });

  assert.deepEqual(errors, []);
  await browser.close();
});

/** The persona chat with a model behind OpenAI's API: traits, send, regenerate, accept, stop, several completions. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";
import { until } from "../rig/until.ts";

const ROOT = new URL("../../", import.meta.url);

/** What the example's generators read of the environment. */
function envOf(baseUrl: string) {
  const values: Record<string, string> = { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: "sk-test", OPENAI_MODEL: "fake" };
  return (name: string) => values[name];
}

function turns(page: Page) {
  return page.locator("[data-turn]");
}

async function ready(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator("[data-ready=true]").waitFor();
}

async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message").fill(text);
  await page.getByLabel("Message").press("Enter");
  await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
}

Deno.test("persona chat over an API", async (t) => {
  const fake = startFakeOpenAi();
  const modules = await loadModuleFiles(["examples/openai/mod.ts"], ROOT);
  await using app = await serveApp(modules, { env: envOf(fake.url("ok")) });
  await using slow = await serveApp(modules, { env: envOf(fake.url("slow")) });
  await using refused = await serveApp(modules, { env: envOf(fake.url("quota")) });
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const lastMessages = () =>
    JSON.stringify(
      fake.seen.findLast(({ body }) => body.stream === true && body.messages !== undefined)?.body.messages,
    );
  await ready(page, `${app.origin}/openai/persona?max_tokens=12`);

  await t.step("the traits reach the server as the system message, the answer its tokens and metric", async () => {
    await send(page, "do you have any pets ?");
    assert.match(lastMessages(), /i have a parrot .*i play the guitar .*do you have any pets \?/);
    await turns(page).last().getByText("12 tokens").waitFor();
    await turns(page).last().getByText(/ppl \d/).waitFor();
    await turns(page).last().getByRole("button", { name: "Tokens" }).click();
    await page.getByRole("group", { name: "Model" }).getByRole("button").first().click();
    await page.getByText("Token 1", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
  });

  await t.step("Regenerate makes a version, Accept goes on with it, and the next request carries it raw", async () => {
    await page.getByRole("button", { name: "Regenerate" }).click();
    await page.getByText("2 / 2").waitFor();
    await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).click();
    assert.equal(await page.getByLabel("Message").inputValue(), "");
    await send(page, `a <b> & "c"`);
    assert.ok(lastMessages().includes(JSON.stringify(`a <b> & "c"`)), lastMessages());
    await page.getByRole("button", { name: "Accept" }).click();
  });

  await t.step("another trait begins a new chat in which nothing can be accepted", async () => {
    await page.getByLabel("Trait 1").selectOption("i love to eat pizza .");
    assert.equal(await turns(page).count(), 0);
    assert.equal(await page.getByRole("button", { name: "Accept" }).isEnabled(), false);
    await send(page, "hello !");
    assert.match(lastMessages(), /i love to eat pizza/);
  });

  await t.step("several completions stand side by side, and one is chosen", async () => {
    await ready(page, `${app.origin}/openai/persona?max_tokens=8&n=3`);
    await page.getByRole("button", { name: "New chat" }).click();
    await send(page, "hello !");
    await page.getByText("3 answers side by side").first().waitFor();
    await page.getByRole("button", { name: "Choose Answer 2" }).click();
    await page.getByText("2 / 3").waitFor();
  });

  await t.step("Stop keeps what has come, and the server is left", async () => {
    await ready(page, `${slow.origin}/openai/persona?max_tokens=200`);
    await page.getByLabel("Message").fill("hello !");
    await page.getByLabel("Message").press("Enter");
    await page.locator("[data-turn=assistant] [data-position]").first().waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await turns(page).last().getByText("cancelled").waitFor();
    await until("the server hears that nobody waits for more", () => fake.left.length > 0);
    assert.notEqual(await turns(page).last().locator("p").last().innerText(), "");
  });

  await t.step("what the server refuses stands in its place, in its words", async () => {
    await ready(page, `${refused.origin}/openai/persona`);
    await page.getByLabel("Message").fill("hello !");
    await page.getByLabel("Message").press("Enter");
    await page.getByRole("alert").filter({ hasText: /quota/i }).waitFor();
    assert.deepEqual(errors, []);
  });
  await browser.close();
  await fake.close();
});

/** What is typed while a page's styles and code are still on their way. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { chat, defineModule, generation, logitTable, nextToken, rows } from "../../lib/mod.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const module = defineModule({
  name: "early",
  generators: { table: logitTable({ vocabulary: [..."wxyz"], logits: () => [3, 2, 1, 0] }) },
  tasks: { only: { dataset: { all: rows([{ a: "x" }]) }, prompt: ({ a }) => a } },
  components: [
    generation(),
    nextToken(),
    chat({ system: "its own", prompt: ({ messages }) => messages.at(-1)?.content ?? "" }),
  ],
});

Deno.test("what is typed before a page is alive is neither lost nor unheard", async (t) => {
  await using app = await serveApp([{ module, file: "early/mod.ts", url: new URL("./", import.meta.url) }]);
  const browser = await launchChromium();

  /** A page whose styles and code come when they are let go. */
  async function opened(
    path: string,
    page?: Page,
  ): Promise<{ readonly page: Page; readonly letGo: () => Promise<void> }> {
    page ??= await browser.newPage();
    const files = Promise.withResolvers<void>();
    await page.route(/\.(js|css)(\?|$)/, async (route) => {
      await files.promise;
      await route.continue();
    });
    await page.goto(`${app.origin}/early/${path}`, { waitUntil: "commit" });
    const letGo = async () => {
      files.resolve();
      await page.locator("[data-ready=true]").waitFor({ state: "attached" });
    };
    return { page, letGo };
  }

  await t.step("generation: two params", async () => {
    const { page, letGo } = await opened("generation?sample=0");
    await page.locator("#param-temperature").fill("0.5");
    await page.locator("#param-top_k").fill("3");
    await letGo();
    await page.waitForFunction(() => /temperature=0\.5&top_k=3/.test(location.search));
    const shown = ["temperature", "top_k"].map((name) => page.locator(`#param-${name}`).inputValue());
    assert.deepEqual(await Promise.all(shown), ["0.5", "3"]);
    await page.context().close();
  });

  await t.step("next token: what is looked for", async () => {
    const { page, letGo } = await opened("next-token?sample=0");
    await page.getByLabel("Find a token").fill("z");
    await letGo();
    await page.getByText(/1 found/).waitFor();
    assert.equal(await page.getByLabel("Find a token").inputValue(), "z");
    await page.context().close();
  });

  await t.step("chat: a message", async () => {
    const { page, letGo } = await opened("chat");
    await page.getByLabel("Message").fill("typed early");
    await letGo();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("typed early", { exact: true }).waitFor();
    await page.context().close();
  });

  await t.step("chat: a system prompt, of a conversation that has another one", async () => {
    const { page, letGo } = await opened("chat");
    await letGo();
    const system = page.getByLabel("System prompt");
    await system.fill("the conversation's");
    await page.getByLabel("Message").fill("x");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("not accepted yet").waitFor();
    await page.goto("about:blank");
    const again = await opened("chat", page);
    await system.fill("typed early");
    await again.letGo();
    await page.getByText("not accepted yet").waitFor();
    assert.equal(await system.inputValue(), "typed early");
    await page.context().close();
  });
  await browser.close();
});

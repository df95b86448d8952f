/** Telephones: 390 px hold every page, whatever the model writes. */
import assert from "node:assert/strict";
import { defineModule, generation, logitTable, nextToken, rows } from "../../lib/mod.ts";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { launchChromium } from "./chromium.ts";
import { placeOf } from "./place.ts";
import { takeRequests } from "./requests.ts";
import { until } from "../rig/until.ts";
import { serveApp } from "./serve_app.ts";

const WIDTH = 390, HEIGHT = 844;
const VOCABULARY = ["a", " ", "x".repeat(300), " Donaudampfschifffahrtsgesellschaftskapitän"];
const ROOT = new URL("../../", import.meta.url);

const longTokens = defineModule({
  name: "long",
  title: "Long tokens",
  generators: { table: logitTable({ vocabulary: VOCABULARY, logits: () => [0, 0, 1, 1] }) },
  tasks: {
    a: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text, params: { maxTokens: 12 } },
  },
  components: [generation(), nextToken()],
});

Deno.test("at 390 px", async (t) => {
  const examples = await loadModuleFiles(["examples/alpaca/mod.ts", "examples/persona_chat/mod.ts"], ROOT);
  await using app = await serveApp([...examples, { module: longTokens, file: "long/mod.ts", url: ROOT }]);
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
  const open = async (path: string) => {
    await page.goto(app.origin + path);
    await page.locator("[data-ready=true]").waitFor();
  };

  await t.step("a token longer than the screen breaks inside its strip", async () => {
    await open("/long/generation");
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByText("length", { exact: true }).waitFor();
    const rights = await page.locator("[data-position]").evaluateAll((tokens) =>
      tokens.map((token) => token.getBoundingClientRect().right)
    );
    assert.equal(rights.length, 12);
    assert.ok(Math.max(...rights) <= WIDTH, `${rights} pixels`);
    await page.locator("[data-position]").first().click();
    await page.getByRole("button", { name: "Close" }).waitFor();
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), WIDTH);
    await open("/long/next-token?path=2,3");
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), WIDTH);
  });

  await t.step("what Generate starts is on screen, though it stands below the params", async () => {
    await open("/alpaca/generation?sample=3");
    const before = await placeOf(page.getByRole("region", { name: "Completions" }));
    assert.ok(before.y > HEIGHT, "it begins below the fold");
    await page.getByRole("button", { name: "Generate" }).click();
    // The target below it has tokens too.
    const tokens = page.getByRole("group", { name: "Completions 1", exact: true }).locator("[data-position]");
    await tokens.first().waitFor();
    const token = await placeOf(tokens);
    assert.ok(token.y >= 0 && token.y + token.height <= HEIGHT, JSON.stringify(token));
  });

  await t.step("a token that is tapped stands above the sheet that tells of it", async () => {
    const own = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
    const isAbove = () =>
      own.waitForFunction(
        () => {
          const token = document.querySelector("[data-position][aria-pressed=true]")?.getBoundingClientRect();
          const sheet = document.querySelector("aside")?.getBoundingClientRect();
          return token !== undefined && sheet !== undefined && token.top >= 0 && token.bottom <= sheet.top;
        },
      );
    await own.goto(`${app.origin}/alpaca/generation?sample=3&max_tokens=4`);
    await own.locator("[data-ready=true]").waitFor();
    await own.getByRole("button", { name: "Generate" }).click();
    await own.getByText(/^(stop|length)$/).first().waitFor();
    await own.locator("[data-position]").nth(1).click();
    await isAbove();
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    for (const text of ["do you have any pets ?", "what do you like to eat ?", "hello !"]) {
      await own.getByLabel("Message").fill(text);
      await own.getByLabel("Message").press("Enter");
      await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).click();
    }
    await own.getByRole("button", { name: "Tokens" }).last().click();
    await own.locator("[data-position]").first().evaluate((token) => token.scrollIntoView({ block: "center" }));
    await own.locator("[data-position]").first().click();
    await isAbove();
    await own.close();
  });

  await t.step("an answer that is written does not move the page back to the token that was tapped", async () => {
    const own = await (await browser.newContext({ viewport: { width: WIDTH, height: HEIGHT } })).newPage();
    await takeRequests(own);
    await own.addInitScript(() => {
      const moved = Element.prototype.scrollIntoView;
      Element.prototype.scrollIntoView = function (options) {
        if (this.matches("[data-position]")) document.body.dataset.moves = `${document.body.dataset.moves ?? ""}|`;
        moved.call(this, options);
      };
    });
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await own.getByLabel("Message").fill("do you have any pets ?");
    await own.getByLabel("Message").press("Enter");
    await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).click();
    await own.getByRole("button", { name: "Tokens" }).last().click();
    const held = Promise.withResolvers<void>();
    await own.route("**/chat/chat", async (route) => {
      await held.promise;
      await route.continue();
    });
    await own.getByLabel("Message").fill("hello !");
    await own.getByLabel("Message").press("Enter");
    await own.getByText("waiting for the first token").waitFor();
    await own.locator("[data-position]").first().click();
    await own.waitForFunction(() => document.body.dataset.moves === "|");
    held.resolve();
    await own.getByRole("button", { name: "Stop" }).and(own.locator(":disabled")).waitFor({ state: "attached" });
    await own.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assert.equal(await own.evaluate(() => document.body.dataset.moves), "|", "moved once, as it was tapped");
    await own.context().close();
  });

  await t.step("the page that is open is whole in the strip of pages, beside the app's name", async () => {
    for (const path of ["/alpaca/generation", "/persona_chat/chat", "/long/next-token"]) {
      await open(path);
      // The strip scrolls to it by itself.
      await until(`it stands there on ${path}`, async () => {
        const brand = await placeOf(page.getByRole("link", { name: "visuallm" }));
        const current = await placeOf(page.locator("nav [aria-current=page]"));
        return brand.x >= 0 && current.x >= brand.x + brand.width && current.x + current.width <= WIDTH;
      });
    }
  });
  await browser.close();
});

/** Screens of a model that does not answer yet, of one that cannot answer, and of a server that tells little. */
import assert from "node:assert/strict";
import { fromModel } from "../../lib/generators/from_model.ts";
import type { GeneratorSource } from "../../lib/generators/generator.ts";
import { tableModel } from "../../lib/generators/table.ts";
import { defineModule, generation, nextToken, openai, rows } from "../../lib/mod.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);
const model = fromModel(tableModel({ vocabulary: ["a", "b"], logits: () => [1, 0] }), {
  device: "cpu",
  precision: "exact",
});

Deno.test("a model that does not answer yet", async (t) => {
  const isLoaded = Promise.withResolvers<void>();
  const late: GeneratorSource = { kind: "table", label: "late", open: () => isLoaded.promise.then(() => model) };
  const fake = await startFakeOpenAi();
  const module = defineModule({
    name: "waiting",
    title: "Waiting",
    generators: {
      late,
      text: openai({ model: "m", baseUrl: fake.url("ok"), mode: "completions" }),
      chat: openai({ model: "m", baseUrl: fake.url("ok") }),
    },
    tasks: { say: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text, target: () => "b" } },
    components: [generation(), nextToken()],
  });
  {
    await using app = await serveApp([{ module, file: "waiting/mod.ts", url: ROOT }]);
    const browser = await launchChromium();
    const page = await browser.newPage();

    await t.step("next token: the page comes without it, and shows what the model gives once it is there", async () => {
      await page.goto(`${app.origin}/waiting/next-token?generator=late&from=1`);
      await page.getByText("The model has not answered yet").waitFor();
      assert.equal(await page.getByRole("table").count(), 0);
      await page.locator("[data-ready=true]").waitFor();
      isLoaded.resolve();
      await page.locator("[data-candidate]").first().waitFor();
      assert.equal(await page.locator("[data-candidate]").first().innerText(), "b", "the second by its rank");
      assert.equal(await page.getByText("The model has not answered yet").count(), 0);
    });

    await t.step("next token: what a server does not tell is not drawn as if it were nothing", async () => {
      await page.goto(`${app.origin}/waiting/next-token?generator=text`);
      await page.locator("[data-ready=true]").waitFor();
      await page.getByText("Raw probability held together, by rank").waitFor();
      assert.equal(await page.locator("figure polyline").count(), 1);
      assert.equal(await page.getByText(/of prompt/).count(), 0, "its tokens are not known");
    });

    await t.step("next token: a token that is taken and cannot be answered stands in the text so far", async () => {
      await page.goto(`${app.origin}/waiting/next-token?generator=late`);
      await page.locator("[data-ready=true]").waitFor();
      await page.context().setOffline(true);
      await page.keyboard.press("1");
      await page.getByRole("alert").waitFor();
      assert.equal(await page.getByRole("group", { name: "Chosen tokens" }).innerText(), "a");
      await page.context().setOffline(false);
      await page.getByRole("link", { name: "Retry" }).click();
      await page.getByRole("group", { name: "Chosen tokens" }).getByRole("link").waitFor();
    });

    await t.step("generation: what the generator never can is said without an alarm", async () => {
      await page.goto(`${app.origin}/waiting/generation?generator=chat`);
      await page.getByText(/Cannot score: in chat mode/).waitFor();
      assert.equal(await page.getByRole("alert").count(), 0);
    });
    await browser.close();
  }
  await fake.close();
});

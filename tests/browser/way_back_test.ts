/** The bar that chooses a sample: it alone leaves the page, and on the way back it tells of the page that is there. */
import assert from "node:assert/strict";
import type { Request } from "playwright-core";
import { chat, choiceInput, defineModule, generation, logitTable, rows } from "../../lib/mod.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

Deno.test("the bar of a sample", async (t) => {
  await using app = await serveApp();
  const browser = await launchChromium();

  for (const javaScriptEnabled of [true, false]) {
    await t.step(
      `says on the way back where the page is, ${javaScriptEnabled ? "with" : "without"} script`,
      async () => {
        const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
        await page.goto(`${app.origin}/alpaca/dataset?split=test&sample=3&pin=4&q=a`);
        if (javaScriptEnabled) await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
        const split = page.getByLabel("Split");
        await split.selectOption("train");
        if (!javaScriptEnabled) await page.getByRole("button", { name: "Go", exact: true }).click();
        await page.waitForURL(/split=train/);
        // What was asked of rows stays, and numbers of rows do not.
        assert.equal(new URL(page.url()).searchParams.get("q"), "a");
        assert.equal(new URL(page.url()).searchParams.get("pin"), null);
        await page.goBack();
        await page.waitForURL(/split=test/);
        assert.equal(await split.inputValue(), "test");
        assert.equal(await page.getByLabel("Sample number").inputValue(), "3");
        await page.context().close();
      },
    );
  }

  await t.step("says where the page is when a browser shows it out of its memory", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${app.origin}/alpaca/generation?split=test&sample=3`);
    await page.locator("[data-ready=true]").waitFor();
    const sample = page.getByLabel("Sample number");
    await sample.fill("5");
    await page.evaluate(() => {
      const chosen = document.querySelector<HTMLSelectElement>("select[name=split]");
      if (chosen !== null) chosen.value = "train";
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    });
    await page.waitForFunction(() =>
      document.querySelector<HTMLSelectElement>("select[name=split]")?.value === "test" &&
      document.querySelector<HTMLInputElement>("input[name=sample]")?.value === "3"
    );
    await sample.fill("5");
    await sample.press("Enter");
    await page.waitForURL(/sample=5/);
    await page.context().close();
  });

  await t.step("stays where something is chosen in what a task shows of its sample", async () => {
    const module = defineModule({
      name: "shown",
      generators: { table: logitTable({ vocabulary: ["a"], logits: () => [1] }) },
      tasks: {
        say: {
          dataset: { one: rows([{ text: "a" }]), two: rows([{ text: "b" }]) },
          prompt: ({ text }) => text,
          show: () => [choiceInput("Way", ["long", "short"])],
        },
      },
      components: [generation()],
    });
    await using own = await serveApp([{ module, file: "shown/mod.ts", url: new URL("../../", import.meta.url) }]);
    const page = await browser.newPage();
    await page.goto(`${own.origin}/shown/generation?split=two`);
    await page.locator("[data-ready=true]").waitFor();
    const gone: string[] = [];
    page.on("request", (request) => request.isNavigationRequest() && gone.push(request.url()));
    await page.getByLabel("Way").selectOption("short");
    await page.getByLabel("Split").selectOption("one");
    await page.waitForURL(/split=one/);
    assert.equal(gone.filter((url) => !url.includes("split=one")).length, 0, gone.join("\n"));
    await page.close();
  });

  await t.step("an emptied number leads nowhere, and shows the page's own sample again", async () => {
    const page = await browser.newPage();
    for (const path of ["/alpaca/generation", "/alpaca/next-token"]) {
      await page.goto(`${app.origin}${path}?sample=3`);
      await page.locator("[data-ready=true]").waitFor();
      const gone: string[] = [];
      const note = (request: Request) => request.isNavigationRequest() && gone.push(request.url());
      page.on("request", note);
      const sample = page.getByLabel("Sample number");
      await sample.fill("");
      await sample.press("Enter");
      assert.equal(await sample.inputValue(), "");
      await sample.press("Tab");
      await page.waitForFunction(() => document.querySelector<HTMLInputElement>("input[name=sample]")?.value === "3");
      assert.deepEqual(gone, []);
      page.off("request", note);
    }
    await page.close();
  });

  await t.step("of a chat: its generator, when a browser shows it out of its memory", async () => {
    const table = () => logitTable({ vocabulary: ["a"], logits: () => [1] });
    const generators = { one: table(), two: table() };
    const module = defineModule({ name: "said", generators, components: [chat({ prompt: () => "a" })] });
    await using own = await serveApp([{ module, file: "said/mod.ts", url: new URL("../../", import.meta.url) }]);
    const page = await browser.newPage();
    await page.goto(`${own.origin}/said/chat`);
    await page.locator("[data-ready=true]").waitFor();
    await page.evaluate(() => {
      const chosen = document.querySelector<HTMLSelectElement>("select[name=generator]");
      if (chosen !== null) chosen.value = "two";
    });
    // The choice hears of it from a frame after the page is ready.
    await page.waitForFunction(() => {
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      return document.querySelector<HTMLSelectElement>("select[name=generator]")?.value === "one";
    });
    await page.close();
  });

  await browser.close();
});

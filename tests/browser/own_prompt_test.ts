/** A prompt of one's own, written on the screens that generate, in Chromium. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { datasetView, defineModule, exactMatch, field, generation, nextToken, prompt, rows } from "../../lib/mod.ts";
import { echoGenerator } from "../rig/echo_rig.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

/** Line ends of three kinds, and what no field of a page can hold or nobody sees. */
const HARD = "one\r\ntwo\rthree\n\tfour\0 \u200b\u202efive\u00a0";

const module = defineModule({
  name: "own",
  generators: { echo: echoGenerator, other: echoGenerator },
  tasks: {
    ask: {
      dataset: { all: rows([{ text: HARD }, { text: "second" }]) },
      prompt: ({ text }) => prompt`${field("text", text)}`,
      target: () => "x",
      metrics: { EM: exactMatch },
      params: { maxTokens: 8 },
    },
  },
  components: [generation(), nextToken(), datasetView()],
});

const written = (page: Page) => page.getByLabel("The whole prompt");
const ownPrompt = (page: Page) => new URL(page.url()).searchParams.get("prompt");
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

Deno.test("a prompt of one's own", async (t) => {
  await using app = await serveApp([{ module, file: "own/mod.ts", url: new URL("./", import.meta.url) }]);
  const browser = await launchChromium();
  const at = (screen: string, sample: number, more = "") =>
    `${app.origin}/own/${screen}?task=ask&split=all&sample=${sample}&generator=echo${more}`;
  const open = async (screen: string, sample: number, more = "") => {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await page.goto(at(screen, sample, more));
    await page.locator("[data-ready=true]").waitFor();
    return page;
  };
  const write = async (page: Page, text: string) => {
    await page.getByRole("link", { name: "Edit the text" }).click();
    await written(page).fill(text);
  };
  const ready = async (page: Page, text: string) => {
    await page.waitForFunction((text) => new URLSearchParams(location.search).get("prompt") === text, text);
    await page.locator("[data-ready=true]").waitFor();
  };

  await t.step("what is likely wrong with it is told where it is used", async () => {
    for (const screen of ["generation", "next-token"]) {
      const page = await open(screen, 1);
      const checks = page.getByRole("list", { name: "Checks of the prompt" });
      assert.equal(await checks.count(), 0);
      await page.goto(at(screen, 1, "&prompt=the+end+"));
      await checks.getByText("The prompt ends with a space").waitFor();
      await page.context().close();
    }
  });

  await t.step("what was not changed of the sample's prompt goes to the model code unit for code unit", async () => {
    const page = await open("generation", 0, "&temperature=0.5&colour=rank");
    await page.getByRole("link", { name: "Edit the text" }).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("!\n?");
    const asked = page.waitForRequest(/\/generate$/);
    await page.getByRole("button", { name: "Generate" }).click();
    const { prompt, sample, params } = (await asked).postDataJSON();
    assert.equal(prompt, `${HARD}!\r\n?`);
    assert.deepEqual([sample, params.temperature], [undefined, 0.5]);
    await page.getByText("of your own prompt").waitFor();
    assert.equal(await focused(page), "Edit the text");
    const { searchParams } = new URL(page.url());
    assert.deepEqual(["prompt", "temperature", "colour"].map((name) => searchParams.get(name)), [
      `${HARD}!\r\n?`,
      "0.5",
      "rank",
    ]);
    await page.context().close();
  });

  await t.step("it is there over a reload, Back, Forward and in another tab; its runs are kept for it", async () => {
    const page = await open("generation", 1);
    await write(page, "abc");
    await written(page).press("Control+Enter");
    await ready(page, "abc");
    await page.getByText(/^(stop|length)$/).first().waitFor();
    await page.waitForFunction(() => /EM\s+(n\/a|–)/.test(document.querySelector("main")?.innerText ?? ""));
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    await page.getByText("1 run kept").waitFor();
    await page.goBack();
    await page.getByText("fields marked").waitFor();
    assert.equal(await page.getByText("run kept").count(), 0);
    await page.goForward();
    await page.getByText("1 run kept").waitFor();
    // Written once more, from another sample: what is made is added to what is kept.
    await page.getByRole("link", { name: "Back to the sample's" }).click();
    await page.getByText("fields marked").waitFor();
    await page.getByRole("link", { name: "Previous sample" }).click();
    await page.waitForURL(/sample=0/);
    await page.locator("[data-ready=true]").waitFor();
    await write(page, "abc");
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByText("run 2 of 2").waitFor();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole("heading", { name: "Your own prompt" }).waitFor();
    assert.equal(await other.getByText("of your own prompt").count(), 1);
    await page.context().close();
  });

  await t.step("Use looks at it; Escape closes and keeps what was typed, Cancel forgets it", async () => {
    const page = await open("generation", 0);
    await write(page, "abc");
    await written(page).press("Escape");
    assert.equal(await focused(page), "Edit the text");
    await page.keyboard.press("Enter");
    assert.equal(await written(page).inputValue(), "abc");
    assert.equal(await written(page).evaluate((field) => field === document.activeElement), true);
    await page.getByRole("link", { name: "Cancel" }).click();
    assert.equal(await focused(page), "Edit the text");
    await page.keyboard.press("Enter");
    assert.match(await written(page).inputValue(), /^one\ntwo\nthree/);
    // What says what is there already is no prompt of one's own.
    await page.getByRole("button", { name: "Use" }).click();
    assert.equal(ownPrompt(page), null);
    await write(page, "abc");
    await page.getByRole("button", { name: "Use" }).click();
    await ready(page, "abc");
    assert.equal(await page.getByText("Press Generate to watch").count(), 1);
    assert.equal(await focused(page), "Edit the text");
    await page.context().close();
  });

  await t.step("Ctrl+Shift+Enter generates several completions from it, and Ctrl+Enter as many as n says", async () => {
    for (const [keys, n] of [["Control+Shift+Enter", 4], ["Control+Enter", 1]] as const) {
      const page = await open("generation", 1);
      await write(page, "abc");
      const asked = page.waitForRequest(/\/generate$/);
      await written(page).press(keys);
      const { prompt, params } = (await asked).postDataJSON();
      assert.deepEqual([prompt, params.n], ["abc", n]);
      await page.context().close();
    }
  });

  await t.step("what is typed before the page is ready stays", async () => {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    let answer = () => {};
    const typed = new Promise<void>((resolve) => answer = resolve);
    await page.route(/\.js($|\?)/, async (route) => {
      await typed;
      await route.continue();
    });
    await page.goto(at("generation", 1, "&edit=prompt"), { waitUntil: "commit" });
    await written(page).fill("early");
    answer();
    await page.locator("[data-ready=true]").waitFor();
    assert.equal(await written(page).inputValue(), "early");
    const untouched = await open("generation", 1, "&edit=prompt");
    assert.equal(await written(untouched).inputValue(), "second");
    await untouched.context().close();
    await page.getByRole("button", { name: "Use" }).click();
    await ready(page, "early");
    await page.context().close();
  });

  await t.step("one that no address holds is refused in place, by what it would take and what there is", async () => {
    const page = await open("generation", 1);
    await write(page, "é".repeat(2_500));
    await page.getByText(/Too long for the address of the page, which would have 15,\d+ characters: at most 12,000/)
      .waitFor();
    assert.equal(await page.getByRole("button", { name: "Use" }).isDisabled(), true);
    const here = page.url();
    await page.getByRole("button", { name: "Generate" }).click();
    assert.equal(await written(page).evaluate((field) => field === document.activeElement), true);
    assert.equal(page.url(), here);
    await written(page).evaluate((field: HTMLTextAreaElement) => {
      field.value = "a\ud800b";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await page.getByText("It holds half of a surrogate pair").waitFor();
    await written(page).fill("é".repeat(1_900));
    assert.equal(await page.getByRole("button", { name: "Use" }).isDisabled(), false);
    await page.getByRole("button", { name: "Use" }).click();
    await ready(page, "é".repeat(1_900));
    await page.context().close();
  });

  await t.step(
    "another generator keeps it, also while another one is written; another sample shows its own",
    async () => {
      const page = await open("generation", 1, "&prompt=a%0D%0Ab%0A");
      await write(page, "not used");
      await page.locator("select[name=generator]").selectOption("other");
      await page.waitForURL(/generator=other/);
      assert.equal(ownPrompt(page), "a\r\nb\n");
      await page.locator("[data-ready=true]").waitFor();
      await page.getByLabel("Sample number").fill("0");
      await page.getByLabel("Sample number").press("Enter");
      await page.waitForURL(/sample=0/);
      assert.equal(ownPrompt(page), null);
      await page.context().close();
    },
  );

  await t.step("next token: its distribution, its steps, and the ways to the other screens", async () => {
    const page = await open("next-token", 1, "&path=97,98");
    await write(page, "Hello\n");
    await written(page).press("Control+Enter");
    await ready(page, "Hello\n");
    await page.getByText("6 tokens of prompt · 0 tokens chosen").waitFor();
    await page.locator("[data-candidate]").first().click();
    await page.getByText("1 token chosen").waitFor();
    assert.equal(ownPrompt(page), "Hello\n");
    await page.reload();
    await page.getByText("6 tokens of prompt · 1 token chosen").waitFor();
    await page.locator("[data-ready=true]").waitFor();
    await page.getByRole("button", { name: /^Why/ }).click();
    await page.locator("[data-candidate]").nth(1).click();
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByText("A prompt of your own has no fields").waitFor();
    await page.getByLabel("temperature", { exact: true }).fill("0.5");
    await page.keyboard.press("Tab");
    await page.waitForURL(/temperature=0.5/);
    const rail = page.getByRole("navigation");
    assert.equal(
      await rail.getByRole("link", { name: "Dataset" }).getAttribute("href").then((href) => href?.includes("prompt=")),
      false,
    );
    await rail.getByRole("link", { name: "Generation" }).click();
    await ready(page, "Hello\n");
    assert.match(page.url(), /temperature=0.5/);
    await page.getByRole("link", { name: "Back to the sample's" }).click();
    await page.getByText("fields marked").waitFor();
    await page.getByRole("link", { name: "Edit the sample's fields" }).click();
    await page.getByRole("button", { name: "Derive a sample" }).waitFor();
    await page.context().close();
  });

  await t.step("without JavaScript: written, changed with the params, stepped from, and given up", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(at("generation", 0));
    await page.getByRole("link", { name: "Edit the text" }).click();
    await written(page).press("Control+End");
    await written(page).pressSequentially("\n!");
    await page.getByRole("button", { name: "Use" }).click();
    assert.equal(ownPrompt(page), `${HARD}\r\n!`);
    await page.getByLabel("temperature", { exact: true }).fill("0.5");
    await page.getByRole("button", { name: "Generate" }).click();
    assert.deepEqual([ownPrompt(page), new URL(page.url()).searchParams.get("temperature")], [`${HARD}\r\n!`, "0.5"]);
    await page.getByRole("link", { name: "Next token" }).click();
    await page.locator("[data-candidate]").first().click();
    await page.getByLabel("Go on with own text").fill("yes");
    await page.getByRole("button", { name: "Append" }).click();
    const { searchParams } = new URL(page.url());
    assert.equal(searchParams.get("prompt"), `${HARD}\r\n!`);
    assert.match(searchParams.get("path") ?? "", /^\d+,121,101,115$/);
    await page.getByRole("link", { name: "Back to the sample's" }).click();
    assert.equal(ownPrompt(page), null);
    await context.close();
  });

  await t.step("a telephone holds it, being written and written", async () => {
    for (const screen of ["generation", "next-token"]) {
      const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
      await page.goto(at(screen, 0, `&prompt=${"x".repeat(400)}`));
      await page.locator("[data-ready=true]").waitFor();
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
      await write(page, "é".repeat(3_000));
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
      await page.context().close();
    }
  });
  await browser.close();
});

/** Ctrl+K finds what can be done on a page; "g", the rail and another task take along what is shown. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { defineModule, generation, logitTable, rows } from "../../lib/mod.ts";
import { launchChromium } from "./chromium.ts";
import { takeRequests } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

const shared = rows(Array.from({ length: 30 }, (_, index) => ({ text: `row ${index}` })));
const twoTasks = defineModule({
  name: "two",
  generators: { one: logitTable({ vocabulary: [..." aginrow0123456789"], logits: () => [1] }) },
  tasks: {
    plain: { dataset: { all: shared }, prompt: ({ text }) => text },
    again: { dataset: { all: shared }, prompt: ({ text }) => `again ${text}` },
  },
  components: [generation()],
});

/** Two keys, the second of which has to come soon after the first: on a busy machine it may be late, and they are pressed again. */
async function pressBoth(page: Page, keys: readonly [string, string], url: RegExp): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    for (const key of keys) await page.keyboard.press(key);
    if (await page.waitForURL(url, { timeout: 10_000 }).then(() => true, () => false)) return;
  }
  assert.fail(`${keys.join(" ")} led to ${page.url()}, not to ${url}`);
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator("[data-ready=true]").waitFor();
  // The rail is an island of its own: its sheet opens once it is ready.
  await page.waitForFunction(() => {
    const sheet = document.querySelector("dialog");
    if (sheet?.open !== true) sheet?.parentElement?.querySelector("button")?.click();
    return sheet?.open === true;
  });
  await page.getByRole("checkbox", { name: "Keys of a single character act" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

Deno.test("the palette and the keys between pages", async (t) => {
  await using app = await serveApp();
  const browser = await launchChromium();
  const page = await browser.newPage();
  const url = `${app.origin}/alpaca/generation?sample=3&max_tokens=4`;

  await t.step("finds an action by a part of its name, and does it", async () => {
    await open(page, url);
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Find an action, a field or a page" });
    await field.fill("no such thing");
    await page.getByText("Nothing here has this name.").waitFor();
    await field.fill("genera");
    const names = await page.getByRole("option").allInnerTexts();
    assert.ok(names.some((name) => name.startsWith("Generate")), names.join());
    assert.ok(names.some((name) => /Persona chat · Generation/i.test(name)), names.join());
    await field.fill("Generate");
    await field.press("Enter");
    await page.getByText(/^(stop|length)$/).first().waitFor();
    assert.equal(await page.getByRole("dialog").isVisible(), false);
  });

  await t.step("tokens that were chosen are no actions", async () => {
    const own = await browser.newPage();
    await open(own, `${app.origin}/alpaca/next-token?sample=3`);
    await own.locator("[data-candidate]").first().waitFor();
    await own.keyboard.press("1");
    await own.getByRole("group", { name: "Chosen tokens" }).getByRole("link").waitFor();
    await own.keyboard.press("Control+k");
    await own.getByRole("combobox", { name: "Find an action" }).fill(", id ");
    await own.getByText("Nothing here has this name.").waitFor();
    await own.close();
  });

  await t.step("keeps what is typed before its code has come", async () => {
    const quick = await browser.newPage();
    await takeRequests(quick);
    await quick.goto(url);
    await quick.locator("[data-ready=true]").waitFor();
    // What the rail loads on its first key waits until the letters are typed.
    const typed = Promise.withResolvers<void>();
    await quick.route("**/*.js", (route) => typed.promise.then(() => route.continue()));
    await quick.waitForFunction(() => {
      dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
      return document.querySelector("dialog")?.open === true;
    });
    await quick.keyboard.type("min_px");
    await quick.keyboard.press("Backspace");
    typed.resolve();
    const field = quick.getByRole("combobox", { name: "Find an action, a field or a page" });
    await field.waitFor();
    assert.equal(await field.inputValue(), "min_p");
    await quick.keyboard.press("Enter");
    assert.equal(await quick.evaluate(() => document.activeElement?.id), "param-min_p");
    await quick.close();
  });

  await t.step("says so where its code cannot be fetched, and can be closed", async () => {
    const lone = await browser.newPage();
    await takeRequests(lone);
    const errors: string[] = [];
    lone.on("pageerror", (error) => errors.push(error.message));
    await lone.goto(url);
    await lone.locator("[data-ready=true]").waitFor();
    await lone.route("**/*.js", (route) => route.abort());
    const dialog = lone.getByRole("dialog");
    for (const key of ["k", "?"]) {
      await lone.waitForFunction((key) => {
        dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: key === "k" }));
        return document.querySelector("dialog")?.open === true;
      }, key);
      await dialog.getByRole("alert").filter({ hasText: "The server does not answer" }).waitFor();
      await lone.keyboard.press("Enter");
      await dialog.waitFor({ state: "hidden" });
    }
    assert.deepEqual(errors, []);
    await lone.close();
  });

  await t.step("leads into a field, also while somebody types, and moves by arrows", async () => {
    await page.getByLabel("seed", { exact: true }).focus();
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Find an action, a field or a page" });
    await field.fill("p");
    await field.press("ArrowDown");
    assert.equal(await page.getByRole("option").nth(1).getAttribute("aria-selected"), "true");
    await field.fill("min_p");
    await field.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "param-min_p");
  });

  await t.step("leaves to the browser what is the browser's: Ctrl+Shift+K, and a field that it fills in", async () => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const seed = page.getByLabel("seed", { exact: true });
    const isLeft = await seed.evaluate((field) => {
      // Chromium tells of what it fills in by an event that is none of the keyboard's.
      field.dispatchEvent(new Event("keydown", { bubbles: true }));
      const given = { key: "K", ctrlKey: true, shiftKey: true, bubbles: true, cancelable: true };
      return field.dispatchEvent(new KeyboardEvent("keydown", given));
    });
    assert.deepEqual([isLeft, await page.locator("dialog[open]").count(), errors], [true, 0, []]);
  });

  await t.step("leads into a field that stands inside its label, under the label's own words", async () => {
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Find an action, a field or a page" });
    await field.fill("split");
    assert.deepEqual(await page.locator("dialog [role=option]").allInnerTexts(), ["Split\nfield"]);
    await field.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "split");
    const chat = await browser.newPage();
    await open(chat, `${app.origin}/persona_chat/chat`);
    await chat.keyboard.press("Control+k");
    await chat.getByRole("combobox", { name: "Find an action" }).fill("accept as it comes");
    await chat.keyboard.press("Enter");
    await chat.keyboard.press("Space");
    assert.equal(await chat.getByRole("checkbox", { name: "accept as it comes" }).isChecked(), true);
    // Subtle: asked for well before, as the browser is told of it beside the keys.
    const chosen = chat.waitForEvent("filechooser");
    await chat.keyboard.press("Control+k");
    await chat.getByRole("combobox", { name: "Find an action" }).fill("import");
    await chat.locator("dialog [role=option][aria-selected=true]", { hasText: "Import" }).waitFor();
    await chat.keyboard.press("Enter");
    assert.equal((await chosen).isMultiple(), false);
    await chat.close();
  });

  await t.step("r generates again by the next seed, and g with a letter goes to that page", async () => {
    await page.locator("[data-position]").first().focus();
    await page.keyboard.press("r");
    await page.getByText("run 2 of 2").waitFor();
    await page.waitForFunction(() => new URLSearchParams(location.search).get("seed") === "1");
    await pressBoth(page, ["g", "n"], /\/alpaca\/next-token/);
    await open(page, `${app.origin}/persona_chat/generation`);
    await pressBoth(page, ["g", "c"], /\/persona_chat\/chat/);
  });

  await t.step("Caps Lock changes no key: what counts is whether Shift is held", async () => {
    await open(page, `${app.origin}/persona_chat/chat`);
    await page.getByLabel("Message").fill("hello !");
    await page.getByLabel("Message").press("Enter");
    await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
    await page.locator("[data-turn=assistant]").getByRole("button", { name: "Tokens" }).focus();
    // The letter as Caps Lock makes it, without Shift.
    await page.keyboard.press("R");
    await page.getByText("2 / 2").waitFor();
    await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
    await page.locator("[data-turn=assistant]").getByRole("button", { name: "Tokens" }).focus();
    await page.keyboard.press("Shift+r");
    await page.getByRole("region", { name: /^2 answers side by side/ }).waitFor();
    await page.keyboard.press("Control+K");
    await page.getByRole("combobox", { name: "Find an action" }).waitFor();
    await page.keyboard.press("Escape");
    await open(page, `${app.origin}/alpaca/next-token?sample=3`);
    await pressBoth(page, ["G", "D"], /\/alpaca\/dataset/);
    await page.locator("[data-ready=true]").waitFor({ state: "attached" });
    await page.keyboard.press("J");
    await page.waitForURL(/sample=4/);
  });

  await t.step("g with a letter, as the rail, takes the sample along and the params as they stand now", async () => {
    await open(page, `${app.origin}/alpaca/generation?sample=3`);
    await page.getByLabel("temperature", { exact: true }).fill("0.5");
    await page.getByLabel("temperature", { exact: true }).press("Enter");
    await page.getByText(/^(stop|length)$/).first().waitFor();
    await page.locator("[data-position]").first().focus();
    await pressBoth(page, ["g", "n"], /\/alpaca\/next-token\?.*sample=3&.*temperature=0\.5/);
    await open(page, page.url());
    await page.getByLabel("top_k", { exact: true }).fill("5");
    await page.getByLabel("top_k", { exact: true }).press("Tab");
    await page.waitForFunction(() => location.search.includes("top_k=5"));
    await page.getByRole("navigation").getByRole("link", { name: "Dataset" }).first().click();
    await page.waitForURL(/\/alpaca\/dataset\?.*sample=3&.*temperature=0\.5&top_k=5/);
    await page.locator("[data-ready=true]").waitFor({ state: "attached" });
    await page.getByRole("link", { name: "Next sample" }).click();
    await page.waitForURL(/sample=4&/);
    await page.locator("[data-ready=true]").waitFor({ state: "attached" });
    await page.getByRole("navigation").getByRole("link", { name: "Generation" }).first().click();
    await page.waitForURL(/\/alpaca\/generation\?.*sample=4&.*temperature=0\.5&top_k=5/);
  });

  await t.step("another task keeps the sample, with JavaScript and without", async () => {
    await using two = await serveApp([{ module: twoTasks, file: "two/mod.ts", url: new URL("./", import.meta.url) }]);
    for (const javaScriptEnabled of [true, false]) {
      const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
      await page.goto(`${two.origin}/two/generation?sample=17&temperature=0.5&colour=rank`);
      if (javaScriptEnabled) await page.locator("[data-ready=true]").waitFor();
      await page.getByLabel("Task").selectOption("again");
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Go", exact: true }).click();
      await page.waitForURL(/task=again&split=all&sample=17&generator=one&temperature=0\.5&colour=rank$/);
      assert.match(await page.getByRole("region", { name: "Prompt" }).innerText(), /again row 17/);
      await page.context().close();
    }
  });
  await browser.close();
});

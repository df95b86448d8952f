/** The next-token screen's place: what keys, Back, a failed answer and a click with Ctrl held make of it. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { defineModule, logitTable, nextToken, rows, table, tokens } from "../../lib/mod.ts";
import { addressHas, inAddress } from "./address.ts";
import { launchChromium } from "./chromium.ts";
import { takeRequests } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

const VOCABULARY = [..."wxyz"];

/** A strip of two tokens, and a table whose LaTeX code can be shown. */
function shown() {
  const strip = tokens();
  strip.set(["x", "y"].map((text, position) => ({
    sequence: 0,
    position,
    token: { id: position + 1, text, bytes: [text.charCodeAt(0)] },
    top: [],
    processors: [],
    draw: { kind: "remote" },
  })));
  const made = table(["a"], { latex: true });
  made.append(["1"]);
  return [strip, made];
}

const module = defineModule({
  name: "place",
  generators: { table: logitTable({ vocabulary: VOCABULARY, logits: () => [3, 2, 1, 0] }) },
  tasks: { only: { dataset: { all: rows([{ a: "x" }]) }, prompt: ({ a }) => a, show: shown } },
  components: [nextToken()],
});

/** Whether the page leaves a click with Ctrl held to the browser, which opens the link beside it. */
function isLeftToBrowser(link: Locator): Promise<boolean> {
  return link.evaluate((element) => {
    let isLeft = false;
    addEventListener("click", (event) => {
      isLeft = !event.defaultPrevented;
      event.preventDefault();
    }, { once: true });
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true }));
    return isLeft;
  });
}

Deno.test("next-token screen's place", async (t) => {
  await using app = await serveApp([{ module, file: "place/mod.ts", url: new URL("./", import.meta.url) }]);
  const browser = await launchChromium();
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  await takeRequests(page);
  const open = async (more = "") => {
    await page.goto(`${app.origin}/place/next-token?sample=0${more}`);
    await page.locator("[data-ready=true]").waitFor();
    await page.locator("[aria-busy=false]").waitFor();
  };

  await t.step("a key that something on the page uses takes no step", async () => {
    await open("&temperature=0.9&repetition_penalty=1.1&frequency_penalty=0.1&presence_penalty=0.1&top_k=3&top_p=0.9");
    const strip = page.locator("[data-position]");
    await strip.first().focus();
    // At its end too.
    for (const _ of ["to the second", "further"]) await page.keyboard.press("ArrowRight");
    assert.equal(await strip.nth(1).evaluate((token) => token === document.activeElement), true);
    const stages = page.getByRole("region", { name: "Processors, in order" });
    await stages.focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => (document.activeElement?.scrollLeft ?? 0) > 0);
    await page.getByRole("button", { name: "LaTeX" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await inAddress(page, "path"), null);
    await page.getByRole("button", { name: "LaTeX" }).blur();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => location.search.includes("path=0"));
  });

  await t.step("what is chosen as soon as the page is alive is told in the address", async () => {
    const early = await browser.newPage();
    // Preact runs what follows a drawing after the next frame, or after a while.
    await early.addInitScript(() => {
      const held: (() => void)[] = [], { requestAnimationFrame, setTimeout } = globalThis;
      const hold = (call: unknown) => typeof call === "function" ? held.push(() => call(performance.now())) : 0;
      Object.assign(globalThis, { requestAnimationFrame: hold, setTimeout: hold });
      addEventListener("letgo", () => {
        Object.assign(globalThis, { requestAnimationFrame, setTimeout });
        for (const call of held) call();
      });
    });
    await early.goto(`${app.origin}/place/next-token?sample=0`);
    const bits = early.getByRole("link", { name: "bits", exact: true });
    // The browser's own way of a click is barred: only the page itself can follow one.
    await bits.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
    const header = early.getByRole("columnheader", { name: "raw bits" });
    while (!await header.isVisible()) await bits.dispatchEvent("click");
    await early.evaluate(() => dispatchEvent(new Event("letgo")));
    await early.locator("[data-ready=true]").waitFor();
    await addressHas(early, "numbers", "bits");
    await early.context().close();
  });

  await t.step("Back brings the params of its entry, and the address says the same as the page", async () => {
    await open();
    await page.keyboard.press("2");
    await page.waitForFunction(() => location.search.includes("path=1"));
    const temperature = page.locator("#param-temperature");
    await temperature.fill("0.5");
    await temperature.blur();
    await page.waitForFunction(() => location.search.includes("temperature=0.5"));
    await page.goBack();
    await page.waitForFunction(() => !location.search.includes("path="));
    await page.getByText("0 tokens chosen").waitFor();
    assert.deepEqual([await temperature.inputValue(), await inAddress(page, "temperature")], ["1", null]);
    await page.goForward();
    await page.getByText("1 token chosen").waitFor();
    assert.deepEqual([await temperature.inputValue(), await inAddress(page, "temperature")], ["0.5", "0.5"]);
  });

  await t.step(
    "a screen reader is told where a step by key has led, and nothing of the place that was opened",
    async () => {
      await open();
      const told = page.locator("main > [role=status]");
      assert.equal(await told.textContent(), "");
      await page.keyboard.press("2");
      // Of logits 3, 2, 1 and 0 the first has e³ / (e³ + e² + e + 1).
      await told.filter({ hasText: "Token 1 is ‹x›. Most probable next: ‹w›, p 0.644." }).waitFor({
        state: "attached",
      });
      await page.keyboard.press("ArrowRight");
      await told.filter({ hasText: "Token 2 is ‹w›." }).waitFor({ state: "attached" });
      await page.keyboard.press("Backspace");
      await told.filter({ hasText: "Token 1 is ‹x›." }).waitFor({ state: "attached" });
      await page.keyboard.press("Backspace");
      await told.filter({ hasText: "Back at the prompt. Most probable next: ‹w›" }).waitFor({ state: "attached" });
    },
  );

  await t.step("a browser that refuses more entries of its history refuses no step", async () => {
    await open();
    await page.evaluate(() => {
      history.pushState = () => {
        throw new DOMException("too many", "SecurityError");
      };
    });
    await page.keyboard.press("2");
    await page.getByText("1 token chosen").waitFor();
    await page.getByLabel("Go on with own text").fill("z");
    await page.getByLabel("Go on with own text").press("Enter");
    await page.getByText("2 tokens chosen").waitFor();
    // What was not told at once is told before the page is left.
    await page.evaluate(() => dispatchEvent(new Event("pagehide")));
    assert.equal(await inAddress(page, "path"), "1,3");
  });

  await t.step("own text stays in its field until it is part of the path", async () => {
    await open();
    const own = page.getByLabel("Go on with own text"), find = page.getByLabel("Find a token");
    await find.fill("xy");
    await page.getByText("No token of the vocabulary").waitFor();
    await own.fill("zw");
    await page.route("**/next_token", (route) => route.abort());
    await own.press("Enter");
    await page.getByRole("alert").waitFor();
    assert.equal(await own.inputValue(), "zw");
    await find.press("Control+Enter");
    await page.locator("[aria-busy=false]").waitFor();
    assert.equal(await find.inputValue(), "xy");
    await page.unroute("**/next_token");
    await own.press("Enter");
    await page.waitForFunction(() => location.search.includes("path=3%2C0") || location.search.includes("path=3,0"));
    assert.equal(await own.inputValue(), "");
    await find.press("Control+Enter");
    await page.getByText("4 tokens chosen").waitFor();
    assert.equal(await find.inputValue(), "");
    await addressHas(page, "path", "3,0,1,2");
  });

  await t.step("a click with Ctrl held on what is found, or was tried, is left to the browser", async () => {
    await open();
    await page.keyboard.press("2");
    await page.getByText("1 token chosen").waitFor();
    await page.getByLabel("Find a token").fill("z");
    const found = page.locator("[data-found]").first();
    const tried = page.getByRole("navigation", { name: "Tried paths" }).getByRole("link").first();
    for (const [link, path] of [[found, "1,3"], [tried, "1"]] as const) {
      assert.equal(new URL(await link.getAttribute("href") ?? "", page.url()).searchParams.get("path"), path);
      assert.equal(await isLeftToBrowser(link), true);
    }
    await addressHas(page, "path", "1");
  });
  await browser.close();
});

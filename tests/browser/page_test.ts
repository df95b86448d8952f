/** A developer's page as a person uses it, in Chromium. The names in brackets are rows of the parity table. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { actionRuns, elementsRig, gate } from "../rig/elements_rig.ts";
import { launchChromium } from "./chromium.ts";
import { until } from "../rig/until.ts";
import { networkIdle, takeRequests } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

const MODULES = [{ module: elementsRig, file: "pages/mod.ts", url: new URL("../rig/", import.meta.url) }];

async function open(browser: Browser | BrowserContext, url: string, isRouted = false): Promise<Page> {
  const page = await browser.newPage();
  if (isRouted) await takeRequests(page);
  await page.goto(url);
  await page.locator("[data-ready=true]").waitFor();
  return page;
}

function told(page: Page, text: string) {
  return page.getByText(text, { exact: true });
}

Deno.test("a developer's page", async (t) => {
  await using app = await serveApp(MODULES);
  const browser = await launchChromium();
  const inputs = `${app.origin}/pages/inputs`, actions = `${app.origin}/pages/actions`;

  await t.step(
    "sends what was typed, verbatim; Enter sends, Shift+Enter begins a line at the cursor (E6, E12, D3)",
    async () => {
      const page = await open(browser, inputs);
      const message = page.getByLabel("Message");
      await message.fill("A<b>B & &lt;");
      await message.press("Home");
      await message.press("ArrowRight");
      await message.press("Shift+Enter");
      await message.press("Enter");
      await page.getByText(String.raw`"message":"A\n<b>B & &lt;"`).waitFor();
      assert.equal(await message.inputValue(), "", "blank after sending");
      await page.close();
    },
  );

  await t.step(
    "a number out of range is refused at its place, and nothing is clamped while it is typed (E8)",
    async () => {
      const page = await open(browser, inputs);
      const runs = actionRuns.send;
      await page.getByLabel("Number").fill("50");
      assert.equal(await page.getByLabel("Number").inputValue(), "50");
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByRole("alert").filter({ hasText: "must be a number from 0 to 10" }).waitFor();
      assert.equal(actionRuns.send, runs);
      await page.getByLabel("Number").fill("5");
      await page.getByLabel("Number").press("Enter");
      await page.getByText('"number":5').waitFor();
      assert.equal(await page.getByRole("alert").count(), 0);
      assert.equal(actionRuns.send, runs + 1);
      await page.close();
    },
  );

  await t.step(
    "a label's click toggles a checkbox and chooses a radio, which forgets after sending (E11, E13)",
    async () => {
      const page = await open(browser, inputs);
      await page.getByText("Check", { exact: true }).click();
      await page.getByText("loud", { exact: true }).click();
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByText('"check":true,"message":"","tone":"loud"').waitFor();
      assert.equal(await page.getByRole("radio", { checked: true }).count(), 0);
      await page.close();
    },
  );

  await t.step(
    "a running action shows that it runs, is there after a reload, and can be cancelled (B9, B10)",
    async () => {
      const page = await open(browser, actions);
      const runs = actionRuns.slow;
      await page.getByRole("button", { name: "Slow" }).dblclick();
      await page.getByText("1 of 3").waitFor();
      assert.equal(actionRuns.slow, runs + 1, "two clicks, one run (D18)");
      await page.reload();
      await page.getByText(/running \d/).waitFor();
      // What a screen reader is told as it changes: that it runs, and no clock.
      const status = page.locator("form", { hasText: "Slow" }).getByRole("status");
      assert.equal(await status.textContent(), "running");
      await told(page, "step 1").waitFor();
      gate.open();
      await told(page, "step 2").waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByText("cancelled").waitFor();
      assert.equal(await status.textContent(), "cancelled");
      assert.equal(await page.getByRole("button", { name: "Slow" }).isEnabled(), true);
      gate.open();
      await page.close();
    },
  );

  await t.step("an answer that is late is there when its page is entered again, and nowhere else (B8)", async () => {
    const page = await open(browser, actions);
    const { finished } = actionRuns;
    await page.getByRole("button", { name: "Slow" }).click();
    await told(page, "step 1").waitFor();
    await page.getByRole("link", { name: "My Tables" }).click();
    await told(page, "tables").waitFor();
    for (let step = 1; step <= 3; step++) {
      await until("it waits", () => gate.isWaiting);
      gate.open();
    }
    await until("the answer is there", () => actionRuns.finished === finished + 1);
    await networkIdle(page);
    assert.equal((await page.locator("#main").innerText()).replaceAll(/\s+/g, " "), "My Tables tables");
    await page.getByRole("link", { name: "Actions" }).click();
    await told(page, "finished").waitFor();
    await page.close();
  });

  await t.step("a failure stays in its place with its message, and the rest works (A7)", async () => {
    const page = await open(browser, actions);
    await page.getByRole("button", { name: "Fail" }).click();
    await page.getByRole("alert").filter({ hasText: "raised on purpose" }).waitFor();
    await page.getByLabel("Count").fill("4");
    await page.getByRole("button", { name: "Add" }).click();
    await told(page, "4").waitFor();
    assert.equal(await page.getByRole("alert").filter({ hasText: "raised on purpose" }).count(), 1);
    await page.close();
  });

  await t.step("Enter sends nothing before the page is ready, and what was typed is kept", async () => {
    const page = await open(browser, inputs, true);
    const runs = actionRuns.send;
    let release = () => {};
    const held = new Promise<void>((resolve) => release = resolve);
    await page.route(/\/events/, async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    await page.locator("[data-ready=false]").waitFor();
    const message = page.getByLabel("Message");
    // Subtle: until the page is alive Enter begins a line, and nothing of it is heard.
    await until("the page is alive", async () => {
      await message.fill("too early");
      await message.press("Enter");
      return await message.inputValue() === "too early";
    });
    release();
    await page.locator("[data-ready=true]").waitFor();
    await networkIdle(page);
    assert.deepEqual([actionRuns.send, await message.inputValue()], [runs, "too early"]);
    await message.press("Enter");
    await page.getByText('"message":"too early"').waitFor();
    await page.close();
  });

  await t.step("two tabs of one browser share nothing, a duplicated one neither (A17)", async () => {
    const context = await browser.newContext();
    const [one, two] = [await open(context, actions), await open(context, actions)];
    await one.getByLabel("Count").fill("4");
    await one.getByRole("button", { name: "Add" }).click();
    await told(one, "4").waitFor();
    assert.equal(await told(two, "idle").count(), 1);
    const [copy] = await Promise.all([
      context.waitForEvent("page"),
      one.evaluate(() => void globalThis.open(location.href)),
    ]);
    await copy.locator("[data-ready=true]").waitFor();
    assert.equal(await told(copy, "idle").count(), 1);
    await context.close();
  });

  await t.step("what was typed and not sent is kept when the page is left and entered again (B6)", async () => {
    const page = await open(browser, inputs);
    await page.getByLabel("Message").fill("half a thought");
    await page.getByRole("link", { name: "Actions" }).click();
    await page.getByLabel("Count").waitFor();
    await page.goBack();
    await page.locator("[data-ready=true]").waitFor();
    assert.equal(await page.getByLabel("Message").inputValue(), "half a thought");
    await page.close();
  });

  await t.step("a page works in a browser that keeps nothing of it", async () => {
    const page = await browser.newPage();
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, "sessionStorage", {
        get: () => {
          throw new DOMException("forbidden", "SecurityError");
        },
      });
    });
    await page.goto(actions);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByLabel("Count").fill("4");
    await page.getByRole("button", { name: "Add" }).click();
    await told(page, "4").waitFor();
    await page.close();
  });

  await t.step("a page that the browser kept when it was left works again when it is shown", async () => {
    const page = await open(browser, actions);
    await page.getByLabel("Count").fill("4");
    // Subtle: whether this Chromium would keep the page depends on much; these are the events of one that does.
    await Promise.all([
      page.waitForEvent("load"),
      page.evaluate(() => {
        for (const name of ["pagehide", "pageshow"]) {
          dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
        }
      }),
    ]);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByRole("button", { name: "Add" }).click();
    await told(page, "4").waitFor();
    await page.close();
  });

  await t.step("no page scrolls sideways at 390 px, and every input has a name (B13, B15)", async () => {
    for (const url of [inputs, actions]) {
      const page = await open(browser, url);
      await page.setViewportSize({ width: 390, height: 800 });
      const { scroll, width } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        width: innerWidth,
      }));
      assert.ok(scroll <= width, `${url}: ${scroll} > ${width}`);
      const unnamed = await page.locator("input,select,textarea").evaluateAll((fields) =>
        fields.filter((field) => (field as HTMLInputElement).labels?.length === 0).map((field) => field.outerHTML)
      );
      assert.deepEqual(unnamed, []);
      await page.close();
    }
  });

  await browser.close();
});

Deno.test("a page survives the restart of its server: it says so, goes on by itself, and nothing runs twice (A19)", async () => {
  const first = await serveApp(MODULES);
  const browser = await launchChromium();
  const page = await open(browser, `${first.origin}/pages/actions`);
  await page.getByLabel("Count").fill("7");
  const runs = actionRuns.slow;
  await page.getByRole("button", { name: "Slow" }).click();
  await page.getByText("1 of 3").waitFor();
  await first[Symbol.asyncDispose]();
  await page.getByText("The server cannot be reached").waitFor();
  // A server that has only just started may refuse at first.
  let refusals = 0;
  await page.route(
    /\/elements$/,
    (route) => ++refusals > 2 ? route.continue() : route.fulfill({ status: 503, body: "starting" }),
  );
  await using _second = await serveApp(MODULES, { port: Number(new URL(first.origin).port) });
  await page.getByText("Nothing was run twice").waitFor();
  assert.equal(actionRuns.slow, runs + 1);
  assert.equal(await page.getByLabel("Count").inputValue(), "7");
  await page.getByRole("button", { name: "Add" }).click();
  await told(page, "7").waitFor();
  gate.open();
  await browser.close();
});

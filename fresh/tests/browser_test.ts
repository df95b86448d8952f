import assert from "node:assert/strict";
import { app } from "./fixture/main.ts";
import { openBrowser } from "./browser.ts";
import { until } from "../../tests/rig/until.ts";

Deno.test("islands hydrate under a strict CSP, share a signal, and keep JSX children", async (t) => {
  await using browser = await openBrowser();
  const { page, base, reports } = await browser.open(app);
  const problems = () => Object.values(reports).flat();

  await t.step("a signal given to two islands is one signal; a computed is a constant", async () => {
    const counter = page.locator("button.counter").first();
    await page.locator("button.counter[data-ready=true]").first().waitFor();
    assert.equal(await page.locator("output").innerText(), "3/6");
    await counter.click();
    assert.equal(await counter.innerText(), "4");
    await page.locator("output", { hasText: "4/6" }).waitFor();
  });

  await t.step("children that the server did not show appear, and their island shares the signal", async () => {
    await page.locator("button.toggle").click();
    const inner = page.locator(".content .inner button.counter");
    await inner.waitFor();
    assert.equal(await inner.innerText(), "4");
    await inner.click();
    await page.locator("output", { hasText: "5/6" }).waitFor();
    assert.equal(await page.locator("button.counter").first().innerText(), "5");
  });

  await t.step("nothing is reported to the console", () => assert.deepEqual(problems(), []));

  await t.step("client navigation replaces a partial, hydrates its islands, and goes back", async () => {
    await page.goto(`${base}/nav`);
    await page.locator("button.counter[data-ready=true]").waitFor();
    await page.evaluate("globalThis.isSame = true");
    await page.locator("a.next").click();
    await page.locator("h1", { hasText: "step 2" }).waitFor();
    const counter = page.locator("button.counter[data-ready=true]");
    await counter.click();
    await page.locator("button.counter", { hasText: "21" }).waitFor();
    assert.equal(await page.title(), "step 2");
    assert.equal(new URL(page.url()).search, "?step=2");
    await page.goBack();
    await page.locator("h1", { hasText: "step 1" }).waitFor();
    assert.equal(await page.locator("button.counter").innerText(), "10");
    assert.equal(await page.evaluate("globalThis.isSame"), true);
    assert.deepEqual(problems(), []);
  });

  await t.step("keyed islands, JSX props, elements of <head>, attributes and SVG survive hydration", async () => {
    await page.goto(`${base}/edges`);
    assert.equal(await page.title(), "from island 0");
    await page.locator("button.counter[data-ready=true]").nth(1).waitFor();
    await page.locator("button.counter").first().click();
    await page.locator("li:nth-child(2) button.counter", { hasText: "8" }).waitFor();
    for (const count of [1, 2]) {
      await page.locator("button.again").click();
      await page.locator("button.again", { hasText: String(count) }).waitFor();
    }
    await page.waitForFunction("document.title === 'from island 2'");
    const kept = page.locator(".kept");
    assert.match(await kept.innerText(), /text & more/);
    assert.equal(await kept.locator("input").isChecked(), true);
    assert.equal(await kept.locator("input").isDisabled(), true);
    assert.equal(await page.evaluate("document.querySelector('.kept svg').viewBox.baseVal.width"), 1);
    assert.equal(await page.locator("em").innerText(), "side");
    assert.deepEqual(problems(), []);
  });

  /** The page of fields, whose code comes after `work` is done in it. */
  const typedEarly = async (work: () => Promise<void>) => {
    const code = Promise.withResolvers<void>();
    await page.route(/\.js$/, async (route) => {
      await code.promise;
      await route.continue();
    });
    await page.goto(`${base}/fields`, { waitUntil: "commit" });
    await page.locator("output").waitFor({ state: "attached" });
    await work();
    code.resolve();
    // Subtle: the route stays, as a request that comes while Chromium is told to take no more of them gets no answer.
  };
  const field = (name: string) => page.locator(`[name=${name}]`);
  const told = page.locator("output");
  const toldNothing = async () => {
    await until("an island hears", async () => {
      await field("text").dispatchEvent("change");
      return await told.innerText() !== "";
    });
    // Whatever they are told of its own comes at once.
    await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    assert.match(await told.innerText(), /^text a(,text a)*$/);
  };

  await t.step("what is typed and chosen before the islands are alive stays, and they are told of it", async () => {
    await typedEarly(async () => {
      await field("text").fill("typed");
      await field("lines").fill("two\nlines");
      await field("isOn").check();
      await field("radio").last().check();
      await field("radio").first().check();
      await field("one").selectOption("y");
    });
    await told.filter({ hasText: "text typed,lines two lines,isOn true,radio p,one y" }).waitFor();
  });

  await t.step("of what nobody touched they are told nothing, whatever a browser makes of its value", async () => {
    await typedEarly(() => Promise.resolve());
    await toldNothing();
  });

  await t.step("nor of what a browser fills in on the way back", async () => {
    await field("text").fill("typed");
    await field("one").selectOption("y");
    await page.goto(`${base}/plain`);
    await page.goBack();
    await toldNothing();
    assert.deepEqual([await field("text").inputValue(), await field("one").inputValue()], ["a", "x"]);
    assert.deepEqual(problems(), []);
  });

  await t.step("a page without islands loads no script", async () => {
    const scripts: string[] = [];
    page.on("request", (request) => request.resourceType() === "script" && scripts.push(request.url()));
    await page.goto(`${base}/plain`);
    assert.deepEqual(scripts, []);
    assert.equal(await page.locator("script").count(), 0);
  });
});

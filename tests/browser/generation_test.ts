/** The generation screen as a person uses it, in Chromium, on the embedded model and on the rig's generators. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Browser, Page } from "playwright-core";
import { rigModule } from "../rig/rig_module.ts";
import { launchChromium } from "./chromium.ts";
import { takeRequests } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

const RIG = [{ module: rigModule, file: "rig/mod.ts", url: new URL("../rig/", import.meta.url) }];
const DEMO = "/alpaca/generation?task=alpaca&split=test&sample=0&generator=demo";

/** A page that fails the test when the browser reports an error, the security policy's included. */
async function openPage(
  browser: Browser,
  url: string,
  options: { width?: number; javaScript?: boolean; isRouted?: boolean } = {},
) {
  const { width = 1280, javaScript = true, isRouted = false } = options;
  const page = await browser.newPage({ viewport: { width, height: 800 }, javaScriptEnabled: javaScript });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    // A refused request is logged by the browser itself; the tests that provoke one look at the page.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      errors.push(message.text());
    }
  });
  if (isRouted) await takeRequests(page);
  await page.goto(url);
  if (javaScript) await page.locator("[data-ready=true]").waitFor();
  return { page, errors };
}

function strip(page: Page, name: string) {
  return page.getByRole("group", { name, exact: true });
}

async function generate(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Generate" }).click();
  await page.getByText(/^(stop|length)$/).first().waitFor();
}

Deno.test("generation screen", async (t) => {
  await using app = await serveApp();
  await using rig = await serveApp(RIG);
  const browser = await launchChromium();

  await t.step("shows sample, prompt and target without JavaScript, and its form's GET works", async () => {
    const { page } = await openPage(browser, app.origin + DEMO, { javaScript: false });
    assert.match(await page.locator("main").innerText(), /### Instruction:[\s\S]*### Response:[\s\S]*Target/);
    const marked = await page.locator("mark[title=instruction]").innerText();
    assert.ok(marked.length > 5, marked);
    await page.getByLabel("Sample number").fill("3");
    await page.getByLabel("temperature", { exact: true }).fill("0.5");
    await page.getByRole("button", { name: "Generate" }).click();
    const { searchParams } = new URL(page.url());
    assert.equal(searchParams.get("sample"), "3");
    assert.equal(await page.getByLabel("temperature", { exact: true }).inputValue(), "0.5");
    assert.notEqual(await page.locator("mark[title=instruction]").innerText(), "");
    await page.close();
  });

  await t.step(
    "another candidate begins a branch, a new run keeps the earlier one, and a token leads to stepping",
    async () => {
      const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=8&temperature=1.2`);
      await generate(page);
      await strip(page, "Completions 1").getByRole("button").nth(2).click();
      const rival = page.getByTitle(/^Go on with/).first();
      const token = (await rival.innerText()).replace("␣", " ");
      await rival.click();
      await page.getByText("branch of 1 at token 3").waitFor();
      await page.getByText(/^(stop|length)$/).nth(1).waitFor();
      const branch = strip(page, "Completions 2").getByRole("button");
      assert.equal(await branch.nth(2).innerText(), token);
      assert.equal(
        await branch.nth(0).innerText(),
        await strip(page, "Completions 1").getByRole("button").nth(0).innerText(),
      );
      await page.getByText("chosen by hand").waitFor();
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByText("run 2 of 2").waitFor();
      await page.getByRole("button", { name: "Earlier run" }).click();
      await page.getByText("branch of 1 at token 3").waitFor();
      await strip(page, "Completions 2").getByRole("button").nth(2).click();
      await page.getByRole("link", { name: "Step from here" }).click();
      await page.locator("[data-candidate]").first().waitFor();
      assert.equal(new URL(page.url()).searchParams.get("path")?.split(",").length, 2);
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step(
    "the address holds how tokens are coloured: over a reload, at another sample, and on the way back",
    async () => {
      const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&max_tokens=4`);
      const chosen = () =>
        page.getByRole("group", { name: "Colour tokens by" }).locator("[aria-pressed=true]").innerText();
      const colour = () => new URL(page.url()).searchParams.get("colour");
      assert.deepEqual([await chosen(), colour()], ["p", null]);
      await page.getByRole("button", { name: "rank", exact: true }).click();
      await page.waitForFunction(() => location.search.includes("colour=rank"));
      await page.reload();
      assert.equal(await chosen(), "rank");
      await page.getByRole("link", { name: "Next sample" }).click();
      await page.waitForURL(/sample=1&/);
      assert.deepEqual([await chosen(), colour()], ["rank", "rank"]);
      await page.locator("[data-ready=true]").waitFor();
      await page.getByRole("button", { name: "none", exact: true }).click();
      await page.waitForFunction(() => location.search.includes("colour=none"));
      await page.goBack();
      await page.waitForURL(/sample=0&/);
      assert.equal(await chosen(), "rank");
      await page.goForward();
      await page.waitForURL(/sample=1&/);
      assert.equal(await chosen(), "none");
      // Where the number is typed, the form keeps it; what an address says wrongly is left out.
      await page.locator("[data-ready=true]").waitFor();
      await page.getByLabel("Sample number").fill("7");
      await page.getByLabel("Sample number").press("Enter");
      await page.waitForURL(/sample=7/);
      assert.equal(await chosen(), "none");
      await page.goto(`${app.origin}${DEMO}&colour=blue`);
      assert.equal(await chosen(), "p");
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step("what is being typed stays while tokens arrive, and is taken when the field is left", async () => {
    const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=40&temperature=1.5`);
    await page.getByRole("button", { name: "Generate" }).click();
    const field = page.getByLabel("temperature", { exact: true }), stop = page.getByLabel(/^stop texts/);
    await field.fill("0.7");
    await page.getByText(/^(stop|length)$/).first().waitFor();
    assert.equal(await field.inputValue(), "0.7");
    await page.getByRole("button", { name: "Generate" }).click();
    await stop.fill("a stop");
    await page.getByRole("button", { name: "Stop" }).and(page.locator(":disabled")).waitFor();
    assert.equal(await stop.inputValue(), "a stop");
    await stop.blur();
    await page.waitForFunction(() => /temperature=0\.7&.*stop=a\+stop/.test(location.search));
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step(
    "says which token other params would have drawn, also one that the step alone does not tell",
    async () => {
      // By the step's ten candidates alone nobody knows: one of the rest may win at this temperature.
      const { page, errors } = await openPage(browser, `${app.origin}/alpaca/generation?split=test&sample=2`);
      await generate(page);
      await strip(page, "Completions 1").getByRole("button").nth(2).click();
      await page.getByLabel("temperature", { exact: true }).fill("1.2");
      await page.getByLabel("temperature", { exact: true }).blur();
      const told = await page.getByText(/as they stand now, \S+ would win the draw/).innerText();
      const [, foretold = ""] = /now, ␣?(\S+) would/.exec(told) ?? assert.fail(told);
      await page.getByRole("button", { name: "Go on from there" }).click();
      await page.getByText("goes on from completion 1 of run 1 at token 3").waitFor();
      await page.getByText(/^(stop|length)$/).first().waitFor();
      assert.equal((await strip(page, "Completions 1").getByRole("button").nth(2).innerText()).trim(), foretold);
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step(
    "goes on from where other params part, compares two completions, and undoes where one looked",
    async () => {
      const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=12&temperature=2`);
      await generate(page);
      await page.getByLabel("temperature", { exact: true }).fill("0");
      await page.getByLabel("temperature", { exact: true }).blur();
      const told = await page.getByText(/the text first changes at token \d+/).innerText();
      const [, at = 0, becomes = ""] = /token (\d+), to (\S+)/.exec(told) ?? assert.fail(told);
      const before = await strip(page, "Completions 1").getByRole("button").allInnerTexts();
      await page.getByRole("button", { name: "Go on from there" }).click();
      await page.getByText(`goes on from completion 1 of run 1 at token ${at}`).waitFor();
      await page.getByText(/^(stop|length)$/).first().waitFor();
      const after = await strip(page, "Completions 1").getByRole("button").allInnerTexts();
      const kept = Number(at) - 1;
      assert.deepEqual(after.slice(0, kept), before.slice(0, kept), "what stands before the change is kept");
      assert.notEqual(after[kept], before[kept]);
      assert.equal(after[kept]?.trim(), becomes.replace("␣", ""), "what was foretold is what came");
      await page.getByRole("button", { name: "Compare run 2, completion 1" }).click();
      await page.keyboard.press("Control+z");
      await page.keyboard.press("Control+z");
      await page.getByText("run 1 of 2").waitFor();
      await page.keyboard.press("Control+Shift+z");
      await page.getByText("run 2 of 2").waitFor();
      await page.getByRole("button", { name: "Earlier run" }).click();
      await page.getByRole("button", { name: "Compare run 1, completion 1" }).click();
      const difference = page.getByRole("region", { name: "From run 2, completion 1 to run 1, completion 1" });
      assert.match(await difference.innerText(), new RegExp(`they part at token ${at} `));
      assert.ok(await difference.locator("del").count() > 0 && await difference.locator("ins").count() > 0);
      await difference.getByRole("button", { name: "Close" }).click();
      await difference.waitFor({ state: "hidden" });
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step(
    "the inspector shows each stage, takes another order, and says what the params on screen do",
    async () => {
      const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&seed=5&temperature=1.5&top_p=0.9`);
      await generate(page);
      await strip(page, "Completions 1").getByRole("button").first().click();
      const own = page.getByRole("region", { name: "Processors, in order", exact: true });
      assert.match(
        await own.innerText(),
        /candidate\s+raw %\s+temp\.[\s\S]*top_p[\s\S]*draw[\s\S]*removed[\s\S]*kept/,
      );
      const stages = page.getByRole("region", { name: "Processors, in order" });
      await stages.getByRole("button", { name: "Let temperature act after top_p" }).click();
      await page.getByText("Processors, in order, by the params as they stand now").waitFor();
      await stages.getByRole("button", { name: "Let temperature act before top_p" }).waitFor();
      await page.getByText(/With the params as they stand now/).waitFor();
      await page.waitForURL(/order=[^&]*top_p%2Cmin_p%2C?.*temperature|order=[^&]*top_p%2Ctemperature/);
      // The header of a stage is dragged onto another one.
      const head = (name: string) => stages.getByRole("columnheader", { name: new RegExp(`^${name}`) });
      await head("temperature").dragTo(head("top_p"));
      // Subtle: not the order that it began with, since top_k, which does nothing here, stands before both now.
      await page.waitForURL(/order=[^&]*top_k%2Ctemperature%2Ctop_p/);
      await page.getByText("Processors, in order, by the params as they stand now").waitFor();
      await stages.getByRole("button", { name: "Let temperature act after top_p" }).waitFor();
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step(
    "the selected token is in the URL, of the target and of a completion, and comes back with it",
    async () => {
      const { page } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=8&sel=target:2`);
      const inspector = page.getByRole("complementary", { name: "Inspector" });
      await inspector.getByText("Target · token 2").waitFor();
      await generate(page);
      const tokens = strip(page, "Completions 1").getByRole("button");
      await tokens.nth(1).click();
      await page.waitForURL(/sel=1:2/);
      const shown = await inspector.innerText();
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      await inspector.getByRole("button", { name: /^Go on with/ }).first().waitFor();
      await inspector.getByText("Completion 1 · token 2").waitFor();
      assert.equal(await inspector.innerText(), shown);
      await page.close();
    },
  );

  await t.step("all completions stand in one tree; a row leads to its completion, and undo leads back", async () => {
    const { page } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=10&temperature=2&n=2`);
    await generate(page);
    await strip(page, "Completions 1").getByRole("button").nth(1).click();
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByRole("button", { name: /^Go on with / }).first().click();
    // Stopped before it has a token it would be no completion.
    await strip(page, "Completions 3").getByRole("button").nth(1).waitFor();
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByText("run 2 of 2").waitFor();
    const tree = page.getByRole("navigation", { name: "All that was generated here" });
    await tree.waitFor();
    const rows = await tree.getByRole("button").allInnerTexts();
    assert.ok(rows.length >= 3, rows.join(" | "));
    await page.keyboard.press("Escape");
    await tree.getByRole("button").last().click();
    await inspector.getByText(/Completion \d · token \d+/).waitFor();
    assert.equal(await tree.locator("[aria-current=true]").count(), 1);
    await page.getByRole("button", { name: "Back to what was looked at before" }).click();
    await page.getByText("run 2 of 2").waitFor();
    await page.close();
  });

  await t.step("a run that made room for the next one stays stopped, whatever is drawn late", async () => {
    const { page } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=20&temperature=2`);
    const button = page.getByRole("button", { name: "Generate" });
    await button.evaluate((generate: HTMLElement) => {
      // As on a busy machine: reading takes so long that it pauses at each event, and frames come before it goes on.
      let nowMs = performance.now(), isArmed = true;
      performance.now = () => nowMs += 10;
      const { postMessage } = MessagePort.prototype;
      MessagePort.prototype.postMessage = function (...given: unknown[]) {
        if (isArmed && document.querySelector("[aria-label='Completions 1'] [data-position]") !== null) {
          isArmed = false;
          generate.click();
        }
        requestAnimationFrame(() => requestAnimationFrame(() => Reflect.apply(postMessage, this, given)));
      };
    });
    await button.click();
    await page.getByText("run 2 of 2").waitFor();
    await page.getByText(/^(stop|length)$/).first().waitFor();
    await page.getByRole("navigation", { name: "All that was generated here" }).waitFor();
    await page.close();
  });

  await t.step(
    "a reload has all runs and branches again, and their numbers by asking; export, clear, import",
    async () => {
      const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=8&temperature=2&n=2`);
      await generate(page);
      await page.getByText(/^(stop|length)$/).nth(1).waitFor();
      await strip(page, "Completions 2").getByRole("button").nth(1).click();
      const inspector = page.getByRole("complementary", { name: "Inspector" });
      await inspector.getByRole("button", { name: /^Go on with / }).first().click();
      await page.getByText(/^(stop|length)$/).nth(2).waitFor();
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByText("run 2 of 2").waitFor();
      await page.getByText(/^(stop|length)$/).nth(1).waitFor();
      await page.getByRole("button", { name: "Earlier run" }).click();
      const strips = page.getByRole("group", { name: /^Completions \d$/ });
      const look = async () => await Promise.all((await strips.all()).map((each) => each.innerHTML()));
      const before = await look();
      assert.equal(before.length, 3);

      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      await page.getByText("run 1 of 2").waitFor();
      await page.waitForFunction((text) => !document.body.innerText.includes(text), "asked for its numbers again");
      assert.deepEqual(await look(), before, "the same tokens with the same numbers");
      await page.getByText("branch of 2 at token 2").waitFor();
      await page.keyboard.press("Control+z");
      await page.getByText("run 2 of 2").waitFor();
      await page.keyboard.press("Control+Shift+z");
      await page.getByText("run 1 of 2").waitFor();
      await page.getByRole("button", { name: "Compare run 1, completion 1" }).click();
      await page.getByRole("button", { name: "Compare run 1, completion 3" }).click();
      await page.getByRole("region", { name: "From run 1, completion 1 to run 1, completion 3" }).waitFor();

      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Export" }).click(),
      ]);
      const text = await Deno.readTextFile(await file.path());
      const upload = (name: string, content: string) =>
        page.getByLabel("Import").setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(content) });
      await page.getByRole("button", { name: "Clear 2 runs" }).click();
      await page.getByRole("button", { name: "Clear 2 runs for good?" }).click();
      await page.getByText("Press Generate to watch").waitFor();
      await upload("runs.json", text);
      await page.getByText(/run \d of 2/).waitFor();
      assert.equal(await page.getByRole("region", { name: /^From run/ }).count(), 0, "nobody asked to compare these");
      await page.getByRole("button", { name: "Clear 2 runs" }).click();
      await page.getByRole("button", { name: "Clear 2 runs for good?" }).click();
      await page.getByText("Press Generate to watch").waitFor();
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      await page.getByText("Press Generate to watch").waitFor();
      await upload("other.json", text.replace('"sample":0', '"sample":1'));
      await page.getByText("Cannot read the runs here: their sample is 1, that of this page 0").waitFor();
      await upload("runs.json", text);
      await page.getByText("run 1 of 2").waitFor();
      await page.waitForFunction((text) => !document.body.innerText.includes(text), "asked for its numbers again");
      assert.deepEqual(await look(), before);
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step(
    "what streams when the page is left is kept; corrupt or no room is told, and nothing is lost",
    async () => {
      const { page, errors } = await openPage(browser, `${rig.origin}/rig/generation?generator=failing`);
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByRole("alert").waitFor();
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      assert.equal(await strip(page, "Completions 1").getByRole("button").count(), 3);
      const key = await page.evaluate(() =>
        Object.keys(localStorage).find((name) => name.startsWith("generation:")) ?? ""
      );
      const spoiled = await page.evaluate((key) => {
        const text = (localStorage.getItem(key) ?? "").slice(0, -20);
        // Kept when the page is left, so it is spoiled after that.
        addEventListener("pagehide", () => localStorage.setItem(key, text));
        return text;
      }, key);
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      await page.getByText("Kept runs that cannot be read").waitFor();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Save them as a file" }).click(),
      ]);
      assert.equal(await Deno.readTextFile(await file.path()), spoiled);
      await page.getByRole("button", { name: "Generate" }).click();
      await strip(page, "Completions 1").getByRole("button").nth(2).waitFor();
      await page.getByRole("alert").filter({ hasText: "the fourth step" }).waitFor();
      assert.equal(await page.evaluate((key) => localStorage.getItem(`${key} unread 1`), key), spoiled);

      await page.evaluate(() => {
        localStorage.setItem("generation:another", "x".repeat(1000));
        for (let size = 5_000_000; size > 0; size = Math.floor(size / 2)) {
          try {
            localStorage.setItem(`room ${size}`, "x".repeat(size));
          } catch {
            // Until not one more character has room.
          }
        }
      });
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByText("Not kept in this browser").waitFor();
      await page.getByRole("button", { name: "Clear what is kept of 1 other prompt" }).click();
      await page.getByText("Not kept in this browser").waitFor({ state: "hidden" });
      assert.equal(await page.evaluate(() => localStorage.getItem("generation:another")), null);
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step(
    "what cannot be read nor set aside stays when runs are cleared, and no other sample is offered for it",
    async () => {
      const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&max_tokens=2`);
      await generate(page);
      await page.getByText("1 run kept in this browser").waitFor();
      const key = await page.evaluate(() => {
        const name = Object.keys(localStorage).find((name) => /^generation:[^ ]*$/.test(name)) ?? "";
        localStorage.setItem("generation:another", "x");
        // As another tab might have left it.
        localStorage.setItem(name, "{spoiled");
        return name;
      });
      await generate(page);
      await page.getByText("Not kept in this browser").waitFor();
      assert.equal(await page.getByRole("button", { name: /Clear what is kept of/ }).count(), 0);
      await page.evaluate((key) => {
        for (let place = 1; place <= 20; place++) localStorage.setItem(`${key} unread ${place}`, `${place}`);
      }, key);
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      await page.getByText("Kept runs that cannot be read").waitFor();
      await generate(page);
      await page.getByRole("button", { name: "Clear 1 run" }).click();
      await page.getByRole("button", { name: "Clear 1 run for good?" }).click();
      await page.getByText("kept in this browser").waitFor({ state: "hidden" });
      assert.equal(await page.evaluate((key) => localStorage.getItem(key), key), "{spoiled");
      await page.getByRole("button", { name: "Save them as a file" }).waitFor();
      await page.evaluate(() => localStorage.clear());
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step("a refused run is not kept, and one that cannot be read is set aside without the others", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${app.origin}${DEMO}&max_tokens=2`);
    await page.locator("[data-ready=true]").waitFor();
    await generate(page);
    const stop = page.getByLabel("stop texts"), alert = page.getByRole("alert");
    await stop.fill("x".repeat(65));
    await page.getByRole("button", { name: "Generate" }).click();
    await alert.filter({ hasText: "params.stop" }).waitFor();
    const several = page.getByLabel("completions", { exact: true });
    await stop.fill("");
    await several.fill("100000000");
    await several.press("Control+Enter");
    await alert.filter({ hasText: "params.n" }).waitFor();
    await several.fill("1");
    await several.blur();
    await generate(page);
    await page.getByText("run 4 of 4").waitFor();
    assert.equal(await alert.count(), 0, "it is kept");
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    await page.getByText("2 runs kept in this browser").waitFor();
    assert.equal(await alert.count(), 0);

    const key = await page.evaluate(() => {
      const name = Object.keys(localStorage).find((name) => /^generation:[^ ]*$/.test(name)) ?? "";
      const file = JSON.parse(localStorage.getItem(name) ?? "");
      const bad = { ...file.runs[0], id: "bad", params: { stop: ["x".repeat(65)] } };
      const text = JSON.stringify({ ...file, runs: [file.runs[0], bad, file.runs[1]] });
      // Kept when the page is left, so it is spoiled after that.
      addEventListener("pagehide", () => localStorage.setItem(name, text));
      return name;
    });
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    await alert.filter({ hasText: "Cannot read run 2: params.stop" }).waitFor();
    await page.getByText("2 runs kept in this browser").waitFor();
    await page.getByRole("button", { name: "Save them as a file" }).waitFor();
    const idsUnder = (name: string) =>
      page.evaluate(
        (name) => JSON.parse(localStorage.getItem(name) ?? "").runs.map(({ id }: { id: string }) => id),
        name,
      );
    assert.deepEqual(await idsUnder(`${key} unread 1`), ["bad"]);
    assert.equal((await idsUnder(key)).length, 2);
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    await page.getByText("2 runs kept in this browser").waitFor();
    assert.equal(await alert.count(), 0, "it was set aside for good");
    await context.close();
  });

  await t.step("Escape and another candidate give the focus to a token, and Escape is the browser's too", async () => {
    const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=12`);
    await generate(page);
    await strip(page, "Completions 1").getByRole("button").nth(1).click();
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    await inspector.getByRole("button", { name: /^Go on with / }).first().click();
    await page.waitForFunction(() =>
      document.activeElement?.matches('[aria-label="Completions 2"] [data-position="1"][aria-pressed=true]')
    );
    await page.getByText(/^(stop|length)$/).nth(1).waitFor();
    await page.evaluate(() => {
      const taken: boolean[] = [];
      Object.assign(globalThis, { taken });
      addEventListener("keydown", (event) => taken.push(event.defaultPrevented));
    });
    await inspector.getByRole("button").first().focus();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.matches('[data-position="1"]'));
    assert.deepEqual(await page.evaluate(() => Reflect.get(globalThis, "taken")), [false]);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("the target's X-ray is a table too, each token a link to stepping at its place", async () => {
    const { page, errors } = await openPage(browser, `${app.origin}/alpaca/generation?sample=25&split=test`);
    const target = page.getByRole("region", { name: "Target", exact: true });
    await target.getByText("As a table").click();
    const table = page.getByRole("region", { name: "Tokens of the target" });
    await table.waitFor();
    assert.match(await table.innerText(), /rank[\s\S]*surprisal, bits[\s\S]*entropy, bits[\s\S]*PMI, bits/);
    await table.getByRole("link").nth(2).click();
    await page.locator("[data-candidate]").first().waitFor();
    assert.equal(new URL(page.url()).searchParams.get("path")?.split(",").length, 2);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("streams n sequences, opens a token, moves by arrow keys", async () => {
    const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&n=2&seed=5&max_tokens=12&top_k=20`);
    await generate(page);
    const tokens = strip(page, "Completions 1").getByRole("button");
    assert.ok(await tokens.count() > 0);
    assert.ok(await strip(page, "Completions 2").getByRole("button").count() > 0);
    assert.match(await tokens.first().getAttribute("aria-label") ?? "", /^‹.*›, p .*, rank \d+$/);
    await tokens.first().click();
    const inspector = page.getByRole("complementary", { name: "Inspector" });
    assert.match(await inspector.innerText(), /Completion 1 · token 1[\s\S]*probability, raw[\s\S]*rest, [\s\S]*top_k/);
    if (await tokens.count() > 1) {
      await tokens.first().focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      assert.match(await inspector.innerText(), /Completion 1 · token 2/);
    }
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("gives the same tokens for the same URL, and the URL follows the params", async () => {
    const { page } = await openPage(browser, `${app.origin}${DEMO}&seed=9&max_tokens=10`);
    await generate(page);
    const first = await strip(page, "Completions 1").innerText();
    const temperature = page.getByLabel("temperature", { exact: true });
    await temperature.fill("0.4");
    await temperature.blur();
    await page.waitForURL(/temperature=0\.4/);
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    assert.equal(await page.getByLabel("temperature", { exact: true }).inputValue(), "0.4");
    await page.getByRole("button", { name: "Reset temperature" }).click();
    await generate(page);
    assert.equal(await strip(page, "Completions 1").innerText(), first);
    await page.close();
  });

  await t.step("scores the target, and says at which token greedy decoding departs", async () => {
    const { page } = await openPage(browser, app.origin + DEMO);
    await strip(page, "Target").waitFor();
    const text = await page.getByRole("region", { name: "Target" }).innerText();
    assert.match(text, /teacher-forced under the same prompt · (first departure at token \d+|greedy decoding)/);
    assert.match(text, /ppl \d/);
    await page.close();
  });

  await t.step("says which tokens new params would not survive, without a model call", async () => {
    const { page } = await openPage(browser, `${rig.origin}/rig/generation?seed=3&max_tokens=12`);
    await generate(page);
    let requests = 0;
    page.on("request", () => requests++);
    const topK = page.getByLabel("top_k", { exact: true });
    await topK.fill("1");
    await topK.blur();
    await page.getByText(/With the new params the text first changes at token|would give the same tokens/).waitFor();
    await page.getByRole("button", { name: "Reset top_k" }).click();
    const frequency = page.getByLabel("frequency", { exact: true });
    await frequency.fill("2");
    await frequency.blur();
    await page.getByText(/With the new params the text first changes at token|would give the same tokens/).waitFor();
    assert.equal(requests, 0);
    await page.close();
  });

  await t.step("a run tells by which params it was drawn where others stand above, and gives them back", async () => {
    const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&max_tokens=4&temperature=1.3&n=2`);
    await generate(page);
    const drawn = page.getByText(/^drawn by/), temperature = page.getByRole("spinbutton", { name: "temperature" });
    await page.getByText("4 tokens", { exact: true }).nth(1).waitFor();
    assert.equal(await drawn.count(), 0);
    await temperature.fill("0.5");
    await temperature.blur();
    await page.getByText("drawn by temperature 1.3").waitFor();
    await page.getByRole("button", { name: "Use these params" }).click();
    await drawn.waitFor({ state: "detached" });
    assert.equal(await temperature.inputValue(), "1.3");
    const next = page.getByText(/^Choose Compare of another one/);
    const compare = page.getByRole("button", { name: /^Compare .* with another one$/ });
    await compare.first().click();
    await next.waitFor();
    await compare.nth(1).click();
    await next.waitFor({ state: "detached" });
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("a token's id that is entered bans it, and starts no run", async () => {
    const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&max_tokens=4`, { isRouted: true });
    let runs = 0;
    await page.route("**/generate", (route) => {
      runs++;
      return route.continue();
    });
    const field = page.getByLabel("banned and biased tokens");
    await field.fill("abc");
    await field.press("Enter");
    assert.equal(await field.inputValue(), "abc", "it stays to be mended");
    await field.fill("567");
    await field.press("Enter");
    await page.getByText("id 567").waitFor();
    assert.equal(await field.inputValue(), "");
    assert.equal(runs, 0);
    await field.press("Control+Enter");
    await page.getByText(/^(stop|length)$/).first().waitFor();
    assert.equal(runs, 1);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("stop keeps what has come and marks it", async () => {
    const { page } = await openPage(browser, `${rig.origin}/rig/generation?generator=waiting`);
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByText("waiting for the first token").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("stopped, kept as it is").waitFor();
    await page.getByText("cancelled").waitFor();
    await page.close();
  });

  await t.step("what was stopped goes on by its own params and dice, whatever stands on screen by then", async () => {
    const url = `${rig.origin}/rig/generation?generator=held&temperature=1.5&seed=7&max_tokens=40`;
    const { page, errors } = await openPage(browser, url, { isRouted: true });
    await page.getByRole("button", { name: "Generate" }).click();
    await strip(page, "Completions 1").getByRole("button").nth(2).waitFor();
    await page.keyboard.press("Escape");
    for (const [name, value] of [["seed", "8"], ["temperature", "0.5"], ["max_tokens", "5"]] as const) {
      const field = page.getByRole("spinbutton", { name, exact: true });
      await field.fill(value);
      await field.blur();
    }
    const [asked] = await Promise.all([
      page.waitForRequest("**/api/rig/generation/generate"),
      page.getByRole("button", { name: "Go on from here" }).click(),
    ]);
    const { params, path } = asked.postDataJSON();
    assert.deepEqual([params.seed, params.temperature, params.max_tokens, params.n], [7, 1.5, 5, 1]);
    assert.ok(path.length > 2);
    await page.getByText(/^goes on from completion 1 of run 1/).waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("a branch that is taken while its run streams ends the others, which keep what has come", async () => {
    const { page, errors } = await openPage(browser, `${rig.origin}/rig/generation?generator=held&n=2`);
    await page.getByRole("button", { name: "Generate" }).click();
    await strip(page, "Completions 2").getByRole("button").nth(2).waitFor();
    await strip(page, "Completions 1").getByRole("button").nth(1).click();
    await page.getByTitle(/^Go on with/).first().click();
    await page.getByText("branch of 1 at token 2").waitFor();
    await page.getByText("cancelled").nth(1).waitFor();
    await strip(page, "Completions 3").getByRole("button").nth(2).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("cancelled").nth(2).waitFor();
    assert.equal(await strip(page, "Completions 1").getByRole("button").count(), 3);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("a run that streams is stopped, and read out, while another one is looked at", async () => {
    const { page, errors } = await openPage(browser, `${rig.origin}/rig/generation?generator=held&temperature=0`);
    const stop = page.getByRole("button", { name: "Stop" });
    const log = page.getByRole("log");
    const several = page.getByLabel("max_tokens", { exact: true });
    await several.fill("4");
    await several.blur();
    await generate(page);
    // After "abc " the rig's model goes on with the two bytes of "é", and then with the alphabet.
    await log.filter({ hasText: /^éab$/ }).waitFor({ state: "attached" });
    await several.fill("12");
    await several.blur();
    for (const how of ["Escape", "Stop"]) {
      await page.getByRole("button", { name: "Generate" }).click();
      await strip(page, "Completions 1").getByRole("button").nth(5).waitFor();
      await page.getByText("6 of 12 tokens", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Earlier run" }).click();
      await page.getByText(/^length$/).or(page.getByText(/^cancelled$/)).waitFor();
      await stop.and(page.locator(":enabled")).waitFor();
      if (how === "Escape") await page.keyboard.press("Escape");
      else await stop.click();
      await stop.and(page.locator(":disabled")).waitFor();
      await log.filter({ hasText: /^éabcd$/ }).waitFor({ state: "attached" });
      await page.getByRole("button", { name: "Later run" }).click();
      await page.getByText("stopped, kept as it is").waitFor();
    }
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("Retry asks again for the branch, or the way on, that failed", async () => {
    const { page, errors } = await openPage(browser, `${app.origin}${DEMO}&seed=5&max_tokens=8&temperature=1.2`, {
      isRouted: true,
    });
    const api = "**/api/alpaca/generation/generate";
    const retry = page.getByRole("alert").getByRole("button", { name: "Retry" });
    await generate(page);
    await strip(page, "Completions 1").getByRole("button").nth(2).click();
    const rival = page.getByTitle(/^Go on with/).first();
    const token = (await rival.innerText()).replace("␣", " ");
    await page.route(api, (route) => route.abort());
    await rival.click();
    await retry.waitFor();
    await page.unroute(api);
    await retry.click();
    await page.getByText("branch of 1 at token 3").waitFor();
    await page.getByText(/^(stop|length)$/).nth(1).waitFor();
    assert.equal(await strip(page, "Completions 2").getByRole("button").nth(2).innerText(), token);
    assert.equal(await page.getByText(/^run \d of/).count(), 0, "no further run");

    const temperature = page.getByRole("spinbutton", { name: "temperature" });
    await temperature.fill("2");
    await temperature.blur();
    await page.route(api, (route) => route.abort());
    await page.getByRole("button", { name: "Go on from there" }).first().click();
    await page.getByText("run 2 of 2").waitFor();
    await retry.waitFor();
    await page.unroute(api);
    await temperature.fill("0.5");
    await temperature.blur();
    const [again] = await Promise.all([page.waitForRequest(api), retry.click()]);
    assert.equal(again.postDataJSON().params.temperature, 2, "by the params that its place was chosen by");
    await page.getByText(/^goes on from completion \d of run 1/).waitFor();
    await page.getByText(/^(stop|length)$/).first().waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("an error in the middle stays in place beside the tokens that came", async () => {
    const { page } = await openPage(browser, `${rig.origin}/rig/generation?generator=failing`);
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await strip(page, "Completions 1").getByRole("button").count(), 3);
    await page.getByRole("alert").getByRole("button", { name: "Retry" }).waitFor();
    await page.close();
  });

  await t.step("a param out of range in the URL is named with its range", async () => {
    const { page } = await openPage(browser, `${app.origin}${DEMO}&temperature=9`);
    assert.match(await page.getByRole("alert").innerText(), /temperature "9".*from 0 to 2/);
    await page.close();
  });

  await t.step("an unknown page says so, with links to those that are", async () => {
    const page = await browser.newPage();
    const response = await page.goto(`${app.origin}/alpaca/nothing`);
    assert.equal(response?.status(), 404);
    assert.match(await page.locator("main").innerText(), /Cannot find component "nothing"/);
    assert.ok(await page.getByRole("region", { name: "Alpaca" }).getByRole("link", { name: "Generation" }).isVisible());
    await page.close();
  });

  await t.step("does not scroll sideways at 390 px, nor with a long word", async () => {
    const { page } = await openPage(browser, `${app.origin}${DEMO}&n=2&max_tokens=20`, { width: 390 });
    await generate(page);
    await strip(page, "Completions 1").getByRole("button").first().click();
    const width = await page.evaluate("document.documentElement.scrollWidth");
    assert.equal(width, 390);
    await page.getByRole("button", { name: "Close" }).click();
    await page.close();
  });

  await browser.close();
});

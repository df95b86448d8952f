/** Charts, tokens and shown values as a person uses them, in Chromium. The names in brackets are rows of the parity table. */
import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";
import { chartComponents, chartGenerators } from "../../examples/elements/charts.ts";
import { barChart, component, defineModule, text } from "../../lib/mod.ts";
import { launchChromium } from "./chromium.ts";
import { networkIdle } from "./requests.ts";
import { placeOf } from "./place.ts";
import { until } from "../rig/until.ts";
import { serveApp } from "./serve_app.ts";

const runs: number[] = [];

/** An action that waits until it is let go. */
let letGo = () => {};

const waiting = component("Waiting", () => {
  const told = text("none");
  const chart = barChart("Pick", {
    pieces: [["same", 0.5], ["same", 0.25], ["other", 0.25]],
    onSelect: async ({ index }) => {
      runs.push(index);
      await new Promise<void>((resolve) => letGo = resolve);
      chart.set([["new one", 0.5], ["new two", 0.25], ["new three", 0.25]]);
      told.set(`ran ${index}`);
    },
  });
  return [chart, told];
});

const module = defineModule({
  name: "charts",
  title: "Charts",
  generators: chartGenerators,
  components: [...chartComponents, waiting],
});

async function openPage(browser: Browser, url: string, options: { width?: number; javaScript?: boolean } = {}) {
  const { width = 1280, javaScript = true } = options;
  const page = await browser.newPage({ viewport: { width, height: 900 }, javaScriptEnabled: javaScript });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);
  if (javaScript) {
    await page.locator("[data-ready=true]").waitFor();
    // Parts that are fetched when they are needed are there, too.
    await networkIdle(page);
  }
  return { page, errors };
}

function group(page: Page, name: string) {
  return page.getByRole("group", { name, exact: true });
}

Deno.test("charts and shown values", async (t) => {
  await using app = await serveApp([{ module, file: "charts/mod.ts", url: new URL("../rig/", import.meta.url) }]);
  const browser = await launchChromium();
  const at = (name: string) => `${app.origin}/charts/${name}`;

  await t.step("a short bar has its number beside it, at 4.5:1 or more, and a twin as a table (D16)", async () => {
    const { page, errors } = await openPage(browser, at("bar-chart"));
    const row = page.getByRole("figure").first().getByRole("listitem").filter({ hasText: "ferret" });
    const number = row.getByText("0.4 %");
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      assert.ok(await contrast(number) >= 4.5, scheme);
    }
    const bar = await row.locator("svg").boundingBox();
    const box = await number.boundingBox();
    assert.ok(bar !== null && box !== null && box.x >= bar.x + bar.width, "beside, not on the bar");
    await page.getByText("As a table").first().click();
    const cells = await page.getByRole("row").filter({ hasText: "ferret" }).first().innerText();
    assert.match(cells, /ferret\s+0\.004\s+0\.4 %/);
    await page.getByRole("button", { name: "Flatten" }).click();
    await page.getByRole("listitem").filter({ hasText: /ferret.*3\.8 %/ }).waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("two pieces of one title are told apart; the button follows; Enter sends once (D17, D18)", async () => {
    const { page, errors } = await openPage(browser, at("waiting"));
    const pick = group(page, "Pick");
    const radios = pick.getByRole("radio");
    await pick.getByRole("button", { name: 'Select "same" (1 of 2)' }).waitFor();
    await radios.first().focus();
    await page.keyboard.press("ArrowDown");
    await pick.getByRole("button", { name: 'Select "same" (2 of 2)' }).waitFor();
    assert.equal(await radios.nth(1).isChecked(), true);
    assert.match(await accessibleName(page, 1), /same\s*2 of 2\s*25\.0 %/);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.getByText(/^running/).waitFor();
    // What is chosen while it runs belongs to the pieces of that time.
    await radios.nth(2).check();
    await until("it runs on the server too", () => runs.length === 1);
    letGo();
    await page.getByText("ran 1").waitFor();
    assert.deepEqual(runs, [1]);
    await pick.getByRole("button", { name: 'Select "new one"' }).waitFor();
    assert.equal(await radios.first().isChecked(), true);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("an index that no piece has is refused, and the action does not run (D18)", async () => {
    const before = runs.length;
    for (const value of [3, -1, "same", null, 0.5]) {
      const response = await fetch(`${app.origin}/api/charts/waiting/elements/selectable_bar_chart`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: app.origin },
        body: JSON.stringify({ inputs: { selectable_bar_chart: value } }),
      });
      assert.equal(response.status, 422);
      assert.match(await response.text(), /must be the index of a piece, from 0 to 2/);
    }
    assert.equal(runs.length, before);
  });

  await t.step("long contexts stand whole, and wrap on a phone (B13, B14, D16)", async () => {
    const { page, errors } = await openPage(browser, at("long-contexts"), { width: 390 });
    assert.match(await group(page, "Contexts").innerText(), /came next,\nso it asked[\s\S]*(na){300}[\s\S]*before/);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
    await group(page, "Contexts").locator("label").getByText("Short.").click();
    await page.getByRole("button", { name: 'Select "Short."' }).click();
    await page.getByText("Last selected: context 2").waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("a line chart reads out values under the pointer and by arrow keys, and grows", async () => {
    const { page, errors } = await openPage(browser, at("lines"));
    const chart = page.getByRole("slider").first();
    await chart.focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await chart.getAttribute("aria-valuetext"), "step 10 · train 3.754 · validation 3.6537");
    await page.keyboard.press("End");
    assert.match(await chart.getAttribute("aria-valuetext") ?? "", /^step 590 .* baseline 2\.2$/);
    const box = await placeOf(chart);
    await page.mouse.move(box.x + box.width / 2, box.y + 50);
    await page.getByText(/^step (28|29|30)0 · train [\d.]+ · validation gap$/).waitFor();
    await page.getByRole("button", { name: "Draw on" }).click();
    // Its points come in patches; it is left by End once, wherever its end is then.
    await page.locator("[role=slider][aria-valuemax='40']").focus();
    await page.keyboard.press("End");
    await page.getByText("n 8 · sin 0.98936 · cos -0.1455").waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("tokens stream in, and a click opens the candidates in place", async () => {
    const { page, errors } = await openPage(browser, at("tokens-and-candidates"));
    await page.getByRole("button", { name: "Write" }).click();
    const strips = group(page, "Tokens");
    await strips.nth(1).waitFor();
    const second = strips.first().getByRole("button").nth(1);
    await second.click();
    const opened = page.getByRole("region", { name: "Completion 1 · token 2" });
    assert.match(await opened.innerText(), /probability, raw[\s\S]*candidate[\s\S]*top_k[\s\S]*rest, 3 tokens/);
    await opened.getByRole("button", { name: "Close" }).click();
    assert.equal(await opened.count(), 0);
    await strips.nth(1).getByRole("button").first().press("Enter");
    await page.getByRole("region", { name: "Token 1" }).waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("code is copied exactly; JSON, image and progress are shown", async () => {
    const { page, errors } = await openPage(browser, at("code-json-image-progress"));
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByText("Copied").waitFor();
    assert.match(String(await page.evaluate("navigator.clipboard.readText()")), /\n\treturn `Hello/);
    const size = await page.getByRole("img", { name: /causal mask/ }).evaluate((each: HTMLImageElement) =>
      each.naturalWidth
    );
    assert.equal(size, 8);
    await page.getByRole("button", { name: "One more" }).click();
    await page.getByText("1 of 10", { exact: true }).waitFor();
    assert.equal(await page.getByRole("progressbar", { name: "Epochs" }).getAttribute("aria-valuenow"), "1");
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("everything can be read without JavaScript (B15)", async () => {
    const { page } = await openPage(browser, at("code-json-image-progress"), { javaScript: false });
    await page.getByText('"losses":').click();
    await page.getByText("200 … 249:").click();
    await page.getByText("249: 0.012").waitFor();
    await page.goto(at("lines"));
    await page.getByText("As a table").first().click();
    assert.match(await page.getByRole("row").nth(1).innerText(), /0\s+4\s+3\.8\s+2\.2/);
    await page.close();
  });

  await browser.close();
});

/** Ratio of an element's text to what is behind it (WCAG 2.2, relative luminance), as the browser paints both. */
async function contrast(target: Locator): Promise<number> {
  const colours = await target.evaluate((element: HTMLElement) => {
    const paint = (colour: string): number[] => {
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      if (context === null) return [];
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    let behind = element;
    while (behind.parentElement !== null && paint(getComputedStyle(behind).backgroundColor)[3] === 0) {
      behind = behind.parentElement;
    }
    return [paint(getComputedStyle(element).color), paint(getComputedStyle(behind).backgroundColor)];
  });
  const [text = 0, ground = 0] = colours.map(luminance);
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}

function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

async function accessibleName(page: Page, radio: number): Promise<string> {
  return await page.getByRole("radio").nth(radio).evaluate((each: HTMLInputElement) =>
    each.labels?.[0]?.innerText ?? ""
  );
}

/** The next-token screen with mouse, with keys alone, and with JavaScript off. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { addressHas, inAddress } from "./address.ts";
import { launchChromium } from "./chromium.ts";
import { follow } from "./follow.ts";
import { takeRequests } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

const START = "/alpaca/next-token?task=alpaca&split=test&sample=0&generator=demo";

async function pathOf(page: Page): Promise<readonly string[]> {
  return (await inAddress(page, "path") ?? "").split(",").filter((id) => id !== "");
}

async function settled(page: Page, length: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => (new URL(location.href).searchParams.get("path") ?? "").split(",").filter(Boolean).length === wanted,
    length,
  );
  await page.locator("[aria-busy=false]").waitFor();
}

/** The raw probability of the most probable candidate, as its column has it. */
function cells(page: Page): Promise<string> {
  return page.locator("tbody tr").first().locator("td").nth(2).innerText();
}

Deno.test("next-token screen", async (t) => {
  await using app = await serveApp();
  const browser = await launchChromium();
  const url = app.origin + START;

  await t.step("a telephone shows each column's numbers without scrolling sideways", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    for (const numbers of ["p", "logprob", "bits"]) {
      await page.goto(`${url}&numbers=${numbers}`);
      await page.locator("[data-ready=true]").waitFor();
      const [whole, table, box] = await page.evaluate(() => {
        const box = document.querySelector("table")?.parentElement;
        return [document.documentElement.scrollWidth, box?.scrollWidth, box?.clientWidth];
      });
      assert.equal(whole, 390, numbers);
      assert.equal(table, box, `${numbers}: the table is wider than its box`);
    }
    await page.close();
  });

  await t.step("takes candidates by click, the URL holds the path, and Back is a step back", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    const first = page.locator("[data-candidate]").first();
    const id = await first.getAttribute("data-candidate");
    await first.click();
    await settled(page, 1);
    assert.deepEqual(await pathOf(page), [id]);
    await page.locator("[data-candidate]").nth(1).click();
    await settled(page, 2);
    const label = await page.locator("[data-candidate]").first().getAttribute("aria-label");
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    assert.equal(await page.locator("[data-candidate]").first().getAttribute("aria-label"), label, "the URL restores");
    await page.goBack();
    await settled(page, 1);
    await page.close();
  });

  await t.step("goes by keys alone: takes, samples, follows the target, steps back, moves in the list", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    await page.keyboard.press("t");
    await settled(page, 1);
    await page.keyboard.press("s");
    await settled(page, 2);
    await page.keyboard.press("2");
    await settled(page, 3);
    await page.keyboard.press("ArrowRight");
    await settled(page, 4);
    await page.keyboard.press("Backspace");
    await settled(page, 3);
    await page.locator("[data-candidate]").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const third = await page.locator("[data-candidate]").nth(2).getAttribute("data-candidate");
    await page.keyboard.press("Enter");
    await settled(page, 4);
    assert.equal((await pathOf(page))[3], third);
    assert.ok(await page.getByRole("navigation", { name: "Tried paths" }).getByRole("link").count() >= 3);
    await page.close();
  });

  await t.step("finds a token of the whole vocabulary, and goes on with own text", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("lion");
    await page.getByText(/\d found, by raw probability/).waitFor();
    await page.getByLabel("Find a token").fill("zqzqzq");
    await page.getByText("No token of the vocabulary has this text or id.").waitFor();
    await page.getByLabel("Go on with own text").fill("Hello 🌍");
    await page.getByRole("button", { name: "Append" }).click();
    await page.waitForFunction(() => location.search.includes("path="));
    assert.ok((await page.getByRole("group", { name: "Chosen tokens" }).innerText()).includes("🌍"));
    await page.close();
  });

  await t.step("a moved param changes the final column at once and keeps the place", async () => {
    const page = await browser.newPage();
    await page.goto(`${url}&path=5`);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByLabel("top_k", { exact: true }).fill("1");
    await page.getByLabel("top_k", { exact: true }).blur();
    await page.getByText("top_k", { exact: true }).nth(1).waitFor();
    await addressHas(page, "top_k", "1");
    assert.deepEqual(await pathOf(page), ["5"]);
    await page.close();
  });

  await t.step("bans by key and allows again by link, biases by key, and reorders the processors by drag", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    const first = page.locator("[data-candidate]").first();
    const id = await first.getAttribute("data-candidate");
    await first.focus();
    await page.keyboard.press("b");
    await page.locator(`[data-candidate="${id}"][aria-label$="removed by logit_bias"]`).waitFor();
    await addressHas(page, "logit_bias", `${id}:ban`);
    await page.getByRole("link", { name: /^Allow / }).click();
    await page.locator(`[data-candidate="${id}"]:not([aria-label*="removed"])`).waitFor();
    await addressHas(page, "logit_bias", null);
    await first.focus();
    await page.keyboard.press("-");
    await page.keyboard.press("-");
    await page.waitForFunction((wanted) => location.search.includes(wanted), encodeURIComponent(`${id}:-2`));
    await page.getByText("order of the processors").click();
    await page.locator("li", { hasText: /top_p/ }).dragTo(page.locator("li", { hasText: /temperature/ }));
    await page.waitForFunction(() => /order=.*top_p%2Ctemperature/.test(location.search));
    await page.getByRole("button", { name: "top_p acts later" }).click();
    await page.getByRole("button", { name: "top_p acts later" }).click();
    await page.waitForFunction(() => !location.search.includes("order="));
    await page.close();
  });

  await t.step(
    "looks ahead on Space, goes to siblings by [ ], finds by f, and keeps the selected row in the URL",
    async () => {
      const page = await browser.newPage();
      await page.goto(url);
      await page.locator("[data-ready=true]").waitFor();
      await page.keyboard.press("2");
      await settled(page, 1);
      const second = await pathOf(page);
      await page.keyboard.press("Backspace");
      await settled(page, 0);
      await page.keyboard.press("1");
      await settled(page, 1);
      const first = await pathOf(page);
      await page.keyboard.press("[");
      await page.waitForFunction((id) => location.search.includes(`path=${id}`), second[0]);
      await page.keyboard.press("]");
      await page.waitForFunction((id) => location.search.includes(`path=${id}`), first[0]);
      await page.locator("[aria-busy=false]").waitFor();

      await page.locator("[data-candidate]").first().focus();
      const row = await page.locator("[data-candidate]").first().getAttribute("data-candidate");
      await page.waitForFunction((id) => new URL(location.href).searchParams.get("sel") === id, row);
      await page.keyboard.press("Space");
      const ahead = page.getByRole("status", { name: /^then greedily: .+/ });
      await ahead.waitFor();
      await page.waitForFunction(() => (document.querySelector("tbody [role=status]")?.textContent ?? "").length > 4);
      const shown = (await ahead.innerText()).replace("…", "");
      await page.keyboard.press("Enter");
      await settled(page, 2);
      await page.keyboard.press("ArrowRight");
      await settled(page, 3);
      const chosen = await page.getByRole("group", { name: "Chosen tokens" }).getByRole("link").last().innerText();
      assert.ok(shown.trimStart().startsWith(chosen.trim()), `${shown} begins with the greedy step ${chosen}`);

      await page.keyboard.press("f");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "find");
      // A pattern looks at the whole of a token; one that cannot be used leaves the list, and the steps from it.
      await page.locator("#find").fill("/^ ?[Tt]he$/");
      await page.locator("[data-found]").first().waitFor();
      for (const name of await page.locator("[data-found] span:first-child").allInnerTexts()) {
        assert.match(name, /^[␣ ]?[Tt]he$/);
      }
      await page.locator("#find").fill("/(/");
      await page.getByRole("status").filter({ hasText: "Cannot use the pattern /(/" }).waitFor();
      assert.equal(await page.locator("[data-found]").count(), 0);
      await page.locator("[data-candidate]").first().click();
      await settled(page, 4);
      await page.getByRole("status").filter({ hasText: "Cannot use the pattern /(/" }).waitFor();
      await page.locator("#find").fill("");
      await page.getByRole("status").filter({ hasText: "Cannot use the pattern" }).waitFor({ state: "hidden" });
      await page.goto(`${url}&path=${first}&sel=${row}`);
      await page.locator(`[data-candidate="${row}"][aria-current=true]`).waitFor();
      await page.close();
    },
  );

  await t.step(
    "shows stages and draw beside the list, reorders them there, and asks no model for a slider",
    async () => {
      const page = await browser.newPage();
      await page.goto(`${url}&temperature=1.5&top_p=0.8`);
      await page.locator("[data-ready=true]").waitFor();
      const stages = page.getByRole("region", { name: "Processors, in order" });
      assert.match(
        await stages.innerText(),
        /candidate\s+raw %\s+temp\.[\s\S]*top_p[\s\S]*draw[\s\S]*out[\s\S]*kept/,
      );
      await stages.getByRole("button", { name: "Let top_p act before temperature" }).click();
      await page.waitForFunction(() => /order=[^&]*top_p%2Ctemperature/.test(location.search));
      await stages.getByRole("button", { name: "Let top_p act after temperature" }).waitFor();
      assert.match(
        await page.getByRole("complementary").innerText(),
        /this seed draws[\s\S]*its luck[\s\S]*1 in [\d.]+[\s\S]*90 % in \d+/,
      );
      await page.close();
    },
  );

  await t.step(
    "a path tells where other dice would leave it, after a reload too, and a branch goes there",
    async () => {
      const page = await browser.newPage();
      await page.goto(url);
      await page.locator("[data-ready=true]").waitFor();
      for (const length of [1, 2, 3]) {
        await page.keyboard.press("ArrowRight");
        await settled(page, length);
      }
      await page.reload();
      await page.locator("[data-ready=true]").waitFor();
      await page.getByLabel("temperature", { exact: true }).fill("0");
      await page.getByLabel("temperature", { exact: true }).blur();
      await page.getByText("would go this path, token for token").waitFor();
      await page.keyboard.press("Backspace");
      await settled(page, 2);
      await page.keyboard.press("2");
      await settled(page, 3);
      const greedy = await page.getByText(/would leave the path at token 3, for .+\./).innerText();
      await page.getByRole("link", { name: "Branch off there" }).click();
      await page.getByText("would go this path, token for token").waitFor();
      // The dice are told at once; the token is no link before the model has answered.
      await settled(page, 3);
      const last = await page.getByRole("group", { name: "Chosen tokens" }).getByRole("link").last().innerText();
      assert.ok(greedy.includes(last.trim()), greedy);
      await page.close();
    },
  );

  await t.step("a path that cannot be gone is named in its place, with Retry and a way out", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
      for (
        const [path, reason] of [["999999", /token id 999999/], [Array(4000).fill(5).join(), /window is/]] as const
      ) {
        await page.goto(`${url}&path=${path}`);
        const card = page.getByRole("alert");
        assert.match(await card.innerText(), reason);
        await follow(card.getByRole("link", { name: "Retry" }));
        assert.match(await card.innerText(), reason);
        await card.getByRole("link", { name: "From the prompt" }).click();
        await page.locator("[data-candidate]").first().waitFor();
      }
      await page.context().close();
    }
  });

  await t.step("writes probabilities as per cent, logprobs or bits, by key, by link and in the address", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
      await page.goto(url);
      const header = () => page.getByRole("columnheader", { name: /^raw/ }).first().innerText();
      const raw = async () => Number((await cells(page)).replaceAll("−", "-"));
      const percents = await raw();
      assert.match(await header(), /raw %/);
      if (javaScriptEnabled) {
        await page.locator("[data-ready=true]").waitFor();
        await page.keyboard.press("d");
        await page.getByRole("columnheader", { name: "raw logprob" }).waitFor();
      } else await page.getByRole("link", { name: "logprob", exact: true }).click();
      // What is rounded on screen: 0.05 of a per cent, 0.005 of a logprob.
      assert.ok(Math.abs(Math.exp(await raw()) * 100 - percents) < 0.56, `${await raw()} of ${percents}`);
      await addressHas(page, "numbers", "logprob");
      // Taking a step and another sample keep it.
      await page.locator("[data-candidate]").nth(1).click();
      await page.waitForFunction(() => /path=\d/.test(location.search));
      await page.getByText("1 token chosen").waitFor();
      assert.match(await header(), /raw logprob/);
      await page.getByRole("link", { name: "Next sample" }).click();
      await page.waitForURL(/sample=1&/);
      await page.getByRole("link", { name: "bits", exact: true }).click();
      await page.getByRole("columnheader", { name: "raw bits" }).waitFor();
      await addressHas(page, "numbers", "bits");
      await page.context().close();
    }
  });

  await t.step("up to three keys wait for the answer that is on its way, and a key back takes one away", async () => {
    const page = await browser.newPage();
    await takeRequests(page);
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press("ArrowRight");
      await settled(page, step + 1);
    }
    const greedy = await pathOf(page);
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    await settled(page, 0);
    const held = Promise.withResolvers<void>();
    await page.route("**/next_token", async (route) => {
      await held.promise;
      await route.continue();
    });
    for (const key of ["ArrowRight", "ArrowRight", "2", "Backspace", "ArrowRight", "ArrowRight", "9"]) {
      await page.keyboard.press(key);
    }
    await page.getByText("3 keys after this").waitFor();
    held.resolve();
    await settled(page, 4);
    assert.deepEqual(await pathOf(page), greedy);
    await page.close();
  });

  await t.step("what ended a sequence is told in a card, with the way back", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByLabel("Find a token").fill("endoftext");
    await page.getByText(/\d found, by raw probability/).waitFor();
    await page.getByLabel("Find a token").press("Enter");
    await page.keyboard.press("Enter");
    await page.getByText("The sequence ended").waitFor();
    await page.getByRole("link", { name: "Step back" }).click();
    await settled(page, 0);
    await page.getByLabel("Find a token").fill("Hello");
    await page.getByLabel("Find a token").press("Control+Enter");
    await page.waitForFunction(() => /path=\d/.test(location.search));
    assert.match(await page.getByRole("group", { name: "Chosen tokens" }).innerText(), /^Hello/);
    await page.close();
  });

  await t.step("lists all keys on ?, but not while somebody types", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByLabel("Go on with own text").press("?");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.getByLabel("Go on with own text").blur();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("takes what the seed draws").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.close();
  });

  await t.step("works as plain links without JavaScript, own text included", async () => {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(url);
    await follow(page.locator("[data-candidate]").nth(1));
    assert.equal((await pathOf(page)).length, 1);
    await follow(page.getByRole("link", { name: "Back" }));
    assert.equal((await pathOf(page)).length, 0);
    await page.getByLabel("Go on with own text").fill("the cat");
    await follow(page.getByRole("button", { name: "Append" }));
    assert.ok((await pathOf(page)).length >= 1);
    await follow(page.getByRole("link", { name: "Show 50 more" }));
    const ranks = await page.locator("[data-candidate]").evaluateAll((links) =>
      links.map((link) => Number(/rank (\d+)/.exec(link.getAttribute("aria-label") ?? "")?.[1]))
    );
    // The drawn token stands before them, wherever its rank is.
    assert.deepEqual(ranks.filter((rank) => rank > 50), Array.from({ length: 50 }, (_, index) => 51 + index));
    await follow(page.getByRole("link", { name: "Back to the 50 before" }));
    await page.getByLabel("Find a token").fill("lion");
    await page.getByLabel("Find a token").press("Enter");
    await page.getByText(/\d found, by raw probability/).waitFor();
    await follow(page.getByRole("link", { name: /^Ban / }).first());
    assert.match(page.url(), /logit_bias=\d+%3Aban/);
    assert.equal(await page.getByRole("link", { name: /^Allow / }).count(), 1);
    await page.context().close();
  });
  await browser.close();
});

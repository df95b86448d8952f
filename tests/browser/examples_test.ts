/** The pages of `examples/elements`, each as a person uses it. The names in brackets are rows of the parity table. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { launchChromium } from "./chromium.ts";
import { networkIdle } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.locator("[data-ready=true]").waitFor();
  return page;
}

function click(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

const ROUNDS = 5;

/** Page, what a browser does there in a round, and what it must see then. */
const USES: readonly (readonly [name: string, act: (page: Page, who: string, round: number) => Promise<string>])[] = [
  ["text-input", async (page, who, round) => {
    await page.getByLabel("Blank after sending").fill(`${who} ${round}`);
    await click(page, "Send and blank");
    return `${who} ${round}`;
  }],
  ["selector", async (page, who, round) => {
    const number = (who === "one" ? 10 : 50) / 10 + round / 10;
    await page.getByLabel("Number").fill(number.toFixed(1));
    await click(page, "Send");
    return `${Number(number.toFixed(1))}, 0.5, super, word 0, not checked`;
  }],
  ["radio", async (page, who) => {
    await page.getByText(who === "one" ? "one" : "three", { exact: true }).click();
    await click(page, "Send");
    return `${who === "one" ? "one" : "three"}, north, nothing`;
  }],
  ["failing", async (page, _, round) => {
    await click(page, "Fail");
    return round === 0 ? "1 try" : `${round + 1} tries`;
  }],
  ["stages", async (page, _, round) => {
    await click(page, "Add an element");
    return `Element ${round + 1}, added while the page is open.`;
  }],
];

Deno.test("the pages of the elements example", async (t) => {
  const modules = await loadModuleFiles(["examples/elements/mod.ts", "examples/simple/mod.ts"], ROOT);
  await using app = await serveApp(modules);
  const browser = await launchChromium();
  const at = (name: string) => `${app.origin}/elements/${name}`;

  await t.step("Simple shows its heading and its text (FX1, I1)", async () => {
    const page = await open(browser, `${app.origin}/simple/simple`);
    await page.getByRole("heading", { name: "Really Easy Component" }).waitFor();
    await page.close();
  });

  await t.step(
    "Selector: arrows change a number and a choice, 300 words are searched, changed is told (E5, E8–E11)",
    async () => {
      const page = await open(browser, at("selector"));
      await page.getByLabel("Number").press("ArrowUp");
      await page.getByLabel("Word").click();
      await page.getByLabel("Word").fill("29");
      await page.getByText("13 matches").waitFor();
      await page.getByLabel("Word").press("Enter");
      await page.getByLabel("Word").press("7");
      await page.getByText("57 matches").waitFor();
      await page.getByLabel("Word").press("Escape");
      await page.getByText("Check", { exact: true }).click();
      await click(page, "Send");
      await page.getByText("3.1, 0.5, super, word 29, checked").waitFor();
      await page.getByText("The number has changed!").waitFor();
      await click(page, "Send");
      await page.getByText("The number has not changed!").waitFor();
      await page.close();
    },
  );

  await t.step("Selector: a number is typed key by key, and stands as it was typed (E8)", async () => {
    const page = await open(browser, at("selector"));
    for (
      const [label, text] of [["Number", "-0.5"], ["Number", "1.05"], ["Size", "0.05"], ["Number", "2.0"]] as const
    ) {
      const field = page.getByRole("spinbutton", { name: label });
      await field.fill("");
      await field.pressSequentially(text);
      assert.equal(await field.inputValue(), text);
    }
    await page.getByRole("spinbutton", { name: "Number" }).press("Enter");
    await page.getByText("2, 0.05, super").waitFor();
    // The slider beside it has the same value, and the field follows it.
    await page.getByRole("slider", { name: "Size" }).press("ArrowRight");
    assert.equal(await page.getByRole("spinbutton", { name: "Size" }).inputValue(), "0.1");
    await page.close();
  });

  await t.step("Text input: one blanks, one stays and is there after a reload (E12)", async () => {
    const page = await open(browser, at("text-input"));
    await page.getByLabel("Blank after sending").fill("<div>&amp;</div>");
    await click(page, "Send and blank");
    await page.getByText("<div>&amp;</div>", { exact: true }).waitFor();
    assert.equal(await page.getByLabel("Blank after sending").inputValue(), "");
    await page.getByLabel("Stays after sending").fill("kept");
    await click(page, "Send and keep");
    await page.getByText("kept", { exact: true }).last().waitFor();
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    assert.equal(await page.getByLabel("Stays after sending").inputValue(), "kept");
    await page.close();
  });

  await t.step("Radio: rows and columns, one of them forgets (E13)", async () => {
    const page = await open(browser, at("radio"));
    await page.getByText("two", { exact: true }).click();
    await page.getByText("south", { exact: true }).click();
    await page.getByText("no", { exact: true }).click();
    await click(page, "Send");
    await page.getByText("two, south, no").waitFor();
    assert.equal(await page.getByRole("radio", { checked: true }).count(), 2);
    await click(page, "Send");
    await page.getByText("two, south, nothing").waitFor();
    await page.close();
  });

  await t.step("Selector change: an input comes and goes, and comes again (E2, E4)", async () => {
    const page = await open(browser, at("selector-change"));
    for (const shown of [1, 0, 1]) {
      await click(page, "Other data set");
      await page.getByRole("button", { name: shown === 1 ? "Show of this split" : "Show", exact: true }).waitFor();
      assert.equal(await page.getByLabel("Split").count(), shown);
    }
    await page.close();
  });

  await t.step("Progress: counts, and Cancel ends it where it is (B10)", async () => {
    const page = await open(browser, at("progress"));
    // A machine with other work may click only when ten is reached: then it is counted once more.
    for (let tries = 0; tries < 5 && await page.getByText("cancelled").count() === 0; tries++) {
      await click(page, "Count to ten");
      const over = page.getByRole("status").filter({ hasText: /^done$/ });
      await page.getByText(/^[1-9] of 10$/).or(over).first().waitFor();
      // Cancel that is gone before it is hit is what the next try is for.
      await page.getByRole("button", { name: "Cancel" }).click({ timeout: 3_000 }).catch(() => {});
      await page.getByRole("button", { name: "Cancel" }).waitFor({ state: "detached" });
    }
    await page.getByText("cancelled").waitFor();
    assert.equal(await page.getByText("10 of 10").count(), 0);
    assert.equal(await page.getByRole("button", { name: "Count to ten" }).isEnabled(), true);
    await page.close();
  });

  await t.step(
    "Failing: the message stays in its place, one click is one run, the rest works (A7, A8, I6)",
    async () => {
      const page = await open(browser, at("failing"));
      await click(page, "Fail");
      await page.getByRole("alert").filter({ hasText: "Raised on purpose!" }).waitFor();
      await page.getByText("1 try", { exact: true }).waitFor();
      await click(page, "Work");
      await page.getByText("this button works").waitFor();
      await page.close();
    },
  );

  await t.step("Collapsible: opens by click and key, nests, grows without being cut (D20–D22)", async () => {
    const page = await open(browser, at("collapsible"));
    await click(page, "Grow");
    await page.getByText("Another line.").waitFor();
    const hidden = await page.getByText("Another line.").evaluate((shown) => shown.scrollHeight - shown.clientHeight);
    assert.equal(hidden, 0);
    await page.locator("summary", { hasText: "Second" }).press("Enter");
    await page.locator("summary", { hasText: "Inside another one" }).click();
    await page.getByText("Nested, with").waitFor();
    for (const _ of ["at first", "after somebody has closed it"]) {
      await click(page, "Open the first");
      await page.getByText("What is closed at first.").waitFor();
      await page.locator("summary").first().click();
      await page.getByText("What is closed at first.").waitFor({ state: "hidden" });
    }
    await page.close();
  });

  await t.step("Stages: hidden and shown at once, back and forth, and elements are added (C4, C5, E3)", async () => {
    const page = await open(browser, at("stages"));
    for (let round = 0; round < 3; round++) {
      await click(page, "Next stage");
      await page.getByRole("heading", { name: "Second stage" }).waitFor();
      await click(page, "Back");
      await page.getByRole("heading", { name: "First stage" }).waitFor();
    }
    await click(page, "Add an element");
    await click(page, "Add an element");
    await page.getByText("Element 2, added while the page is open.").waitFor();
    await page.close();
  });

  await t.step(
    "all pages are reached at 1280 and 390 px, the current one is marked, none scrolls sideways (B1, B2, B13)",
    async () => {
      const page = await open(browser, at("selector"));
      const paths = await page.locator("nav a[href^='/elements/']").evaluateAll((links) =>
        links.map((link) => link.getAttribute("href"))
      );
      assert.ok(paths.length >= 12, `${paths.length} pages`);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of paths) {
          await page.goto(app.origin + path);
          await page.locator("[data-ready=true]").waitFor();
          const current = page.locator("nav [aria-current=page]");
          assert.equal(await current.getAttribute("href"), path);
          await current.scrollIntoViewIfNeeded();
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(over <= 0, `${path} at ${width}: ${over}`);
        }
      }
      await page.close();
    },
  );

  await t.step("two browsers at once: fifty actions interleaved, each sees its own answers alone (A17)", async () => {
    const browsers = [["one", await browser.newContext()], ["two", await browser.newContext()]] as const;
    await Promise.all(browsers.flatMap(([who, context]) =>
      USES.map(async ([name, act]) => {
        const page = await context.newPage();
        await page.goto(at(name));
        await page.locator("[data-ready=true]").waitFor();
        for (let round = 0; round < ROUNDS; round++) {
          await page.getByText(await act(page, who, round), { exact: true }).waitFor();
        }
        if (name === "stages") assert.equal(await page.getByText(/^Element \d+, added/).count(), ROUNDS);
      })
    ));
    for (const [, context] of browsers) await context.close();
  });

  await t.step("a page of elements ships at most 40 kB of JavaScript, compressed, in at most 20 files", async () => {
    const page = await browser.newPage();
    const sizes: Promise<number>[] = [];
    page.on("response", (response) => {
      if (response.url().includes(".js")) sizes.push(response.body().then((body) => gzipSync(body).length));
    });
    await page.goto(at("selector"));
    await page.locator("[data-ready=true]").waitFor();
    await networkIdle(page);
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    console.log(`    ${total} bytes in ${sizes.length} files`);
    assert.ok(total > 10_000 && total <= 40_000, `${total} bytes`);
    assert.ok(sizes.length <= 20, `${sizes.length} files`);
    await page.close();
  });
  await browser.close();
});

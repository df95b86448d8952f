/** The chat screen as a person uses it, on the persona example. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { takeRequests } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message").fill(text);
  await page.getByLabel("Message").press("Enter");
  await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
}

function turns(page: Page) {
  return page.locator("[data-turn]");
}

/** As many tokens as the last turn says that it has. */
async function tokensOf(page: Page): Promise<number> {
  return Number(/(\d+) tokens/.exec(await turns(page).last().innerText())?.[1]);
}

Deno.test("chat screen", async (t) => {
  await using app = await serveApp();
  const browser = await launchChromium();
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${app.origin}/persona_chat/chat`);
  await page.locator("[data-ready=true]").waitFor();

  await t.step("Send keeps the text and waits for Accept; Regenerate makes a version; Accept clears (H6)", async () => {
    assert.equal(await page.getByRole("button", { name: "Accept" }).isEnabled(), false);
    assert.equal(await page.getByRole("button", { name: "Send" }).isEnabled(), false, "an empty message");
    await send(page, "do you have any pets ?");
    assert.equal(await page.getByLabel("Message").inputValue(), "do you have any pets ?");
    assert.match(await turns(page).nth(1).innerText(), /parrot/);
    await page.getByRole("button", { name: "Regenerate" }).click();
    await page.getByText("2 / 2").waitFor();
    await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).click();
    assert.equal(await page.getByLabel("Message").inputValue(), "");
    assert.equal(await page.getByRole("button", { name: "Accept" }).isEnabled(), false);
  });

  await t.step("shows the exact text before it is sent, and a turn's tokens with their rivals", async () => {
    await page.getByLabel("Message").fill("What do you like to eat?");
    await page.getByText("<|user|>").last().waitFor();
    await page.getByLabel("Message").press("Enter");
    await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
    await page.getByRole("button", { name: "Tokens" }).last().click();
    await page.getByRole("group", { name: "Model" }).getByRole("button").first().click();
    const details = page.getByText("Token 1", { exact: true });
    await details.waitFor();
    // The token that was looked at has the focus again, whatever closes what told of it.
    const isBack = () => document.activeElement?.matches('[data-position="0"]');
    await page.getByRole("complementary").getByRole("button", { name: "Close" }).click();
    await details.waitFor({ state: "detached" });
    await page.waitForFunction(isBack);
    await page.keyboard.press("Enter");
    await details.waitFor();
    await page.getByRole("complementary").getByRole("button").first().focus();
    await page.keyboard.press("Escape");
    await details.waitFor({ state: "detached" });
    await page.waitForFunction(isBack);
  });

  await t.step("what will be sent is shown by its tokens too, each with its id", async () => {
    const own = await (await browser.newContext()).newPage();
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await own.getByLabel("Message").fill("do you have any pets ?");
    const sent = own.getByRole("complementary").getByRole("region", { name: "Sent" });
    const told = Number(/(\d+)\s*tokens/.exec(await sent.getByText(/· \d+ tokens/).innerText())?.[1]);
    await sent.getByRole("button", { name: "By token" }).click();
    await sent.locator("[title^='id ']").first().waitFor();
    assert.equal(await sent.locator("[title^='id ']").count(), told);
    await own.context().close();
  });

  await t.step("the exact text is not called untold before it has been asked for", async () => {
    const own = await (await browser.newContext()).newPage();
    const held = Promise.withResolvers<void>();
    await own.route("**/chat_prompt", async (route) => {
      await held.promise;
      await route.abort();
    });
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await own.getByText("It shows when a message is written.").waitFor();
    await own.getByLabel("Message").fill("do you");
    await own.getByText("It is asked for once nobody types.").waitFor();
    held.resolve();
    await own.getByText("The server does not tell it.").waitFor();
    await own.getByLabel("Message").fill("");
    await own.getByText("It shows when a message is written.").waitFor();
    await own.context().close();
  });

  await t.step(
    "says what Enter will do to an answer that is not accepted, and keeps that answers are at once",
    async () => {
      const own = await (await browser.newContext()).newPage();
      const replaces = own.getByText(/^The answer above is not accepted/);
      const open = async () => {
        await own.goto(`${app.origin}/persona_chat/chat`);
        await own.locator("[data-ready=true]").waitFor();
      };
      await open();
      await own.getByRole("button", { name: "do you have any pets ?" }).click();
      await own.keyboard.press("Enter");
      await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).waitFor();
      assert.equal(await replaces.count(), 0, "the same message would be answered again");
      await own.getByLabel("Message").fill("what do you like to eat ?");
      await replaces.waitFor();
      await own.keyboard.press("Control+Enter");
      await replaces.waitFor({ state: "detached" });
      assert.equal(await own.getByLabel("Message").inputValue(), "what do you like to eat ?");
      await own.getByLabel("accept as it comes").check();
      await own.reload();
      await own.locator("[data-ready=true]").waitFor();
      assert.equal(await own.getByLabel("accept as it comes").isChecked(), true);
      await own.getByRole("button", { name: "Send" }).click();
      await turns(own).nth(3).waitFor();
      await own.getByRole("button", { name: "Stop" }).and(own.locator(":disabled")).waitFor();
      const isInField = () => document.activeElement?.matches("textarea[aria-label=Message]");
      await own.waitForFunction(isInField);
      assert.match(await own.getByRole("region", { name: "Conversation", exact: true }).innerText(), /first token/);
      await own.getByRole("button", { name: "New chat" }).click();
      await turns(own).first().waitFor({ state: "detached" });
      assert.doesNotMatch(
        await own.getByRole("region", { name: "Conversation", exact: true }).innerText(),
        /first token/,
      );
      await own.context().close();
    },
  );

  await t.step("the params stand below the token that is looked at, and say what they make of it", async () => {
    const own = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await own.goto(`${app.origin}/persona_chat/chat?seed=5&temperature=1.5`);
    await own.locator("[data-ready=true]").waitFor();
    await send(own, "do you have any pets ?");
    const sampling = own.getByRole("complementary").getByText("Sampling");
    await sampling.click();
    await turns(own).last().getByRole("button", { name: "Tokens" }).click();
    await own.getByRole("group", { name: "Model" }).getByRole("button").first().click();
    await own.getByText("Token 1", { exact: true }).waitFor();
    const temperature = own.getByRole("spinbutton", { name: "temperature", exact: true });
    await temperature.fill("0");
    await temperature.blur();
    await own.getByText("Processors, in order, by the params as they stand now").or(
      own.getByText("No processor acts by these params"),
    ).waitFor();
    await own.context().close();
  });

  await t.step("the exact text stays while the one of a longer message is asked for", async () => {
    const own = await (await browser.newContext()).newPage();
    await takeRequests(own);
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await own.getByLabel("Message").fill("do you");
    await own.getByText("<|user|>").last().waitFor();
    await own.route("**/chat_prompt", () => {});
    const asks = own.waitForRequest("**/chat_prompt");
    await own.getByLabel("Message").fill("do you have");
    await asks;
    const ends = own.waitForEvent("requestfailed");
    await own.getByLabel("Message").fill("do you have any");
    await ends;
    await own.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assert.ok(await own.getByText("<|user|>").count() > 0);
    await own.context().close();
  });

  await t.step("survives a reload; an edited turn is a version, and the other one comes back", async () => {
    await page.getByLabel("Message").press("Control+Enter");
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    assert.equal(await turns(page).count(), 4);
    await turns(page).nth(1).getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Edit").fill("i have a dragon .");
    await page.getByRole("button", { name: "Save" }).click();
    assert.equal(await turns(page).count(), 2);
    await page.getByText("3 / 3").waitFor();
    await page.getByRole("button", { name: "Previous version" }).click();
    assert.equal(await turns(page).count(), 4);
  });

  await t.step("the keys of a turn go on to act in the version that they lead to", async () => {
    const turn = turns(page).nth(1);
    await turn.getByRole("button", { name: "Tokens" }).focus();
    for (const [key, place] of [["[", "1 / 3"], ["]", "2 / 3"], ["]", "3 / 3"]] as const) {
      await page.keyboard.press(key);
      await page.getByText(place).waitFor();
    }
    await turn.getByRole("button", { name: "Previous version" }).click();
    // At the end this button cannot be used any more.
    await turn.getByRole("button", { name: "Next version" }).click();
    await page.getByText("3 / 3").waitFor();
    // As a keyboard types it that has it only with Option.
    await page.keyboard.press("Alt+[");
    await page.getByText("2 / 3").waitFor();
  });

  await t.step("the outline shows all versions where the conversation forks, by key, and leads to each", async () => {
    await page.getByLabel("Message").blur();
    await page.keyboard.press("o");
    const outline = page.locator("#branches");
    const dragon = outline.getByRole("button", { name: /dragon/ });
    await dragon.waitFor();
    assert.equal(await outline.getByRole("button").count(), 3);
    assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /2 of 3.*2 turns/);
    await dragon.press("Enter");
    await page.getByText("3 / 3").waitFor();
    assert.equal(await dragon.getAttribute("aria-current"), "true");
    await outline.getByRole("button", { name: /2 of 3/ }).click();
    assert.equal(await turns(page).count(), 4);
    await page.keyboard.press("o");
    await dragon.waitFor({ state: "hidden" });
  });

  await t.step("tells how fast an answer came, and how probable its tokens were", async () => {
    await send(page, "do you like music ?");
    await page.getByText(/first token \d/).waitFor();
    const bars = page.getByRole("img", { name: /Probability of each token: the lowest is .*, at token \d+/ });
    assert.equal(await bars.last().locator("rect").count(), await tokensOf(page) + 1);
    await page.getByRole("button", { name: "Go back to before this" }).last().click();
    await page.getByRole("button", { name: "Go back to before this" }).last().click();
    assert.equal(await turns(page).count(), 4);
  });

  await t.step("another trait begins a new chat, in which nothing can be accepted (I4)", async () => {
    await page.getByLabel("Trait 1").click();
    await page.getByLabel("Trait 1").fill("horse");
    await page.getByLabel("Trait 1").press("Enter");
    assert.equal(await turns(page).count(), 0);
    assert.equal(await page.getByRole("button", { name: "Accept" }).isEnabled(), false);
    await send(page, "do you have any pets ?");
    assert.match(await turns(page).nth(1).innerText(), /horse/);
  });

  await t.step("goes by keys alone, with two completions at once as versions of one turn", async () => {
    const alone = await (await browser.newContext()).newPage();
    await alone.goto(`${app.origin}/persona_chat/chat`);
    await alone.locator("[data-ready=true]").waitFor();
    const focusOn = async (name: string) => {
      for (let presses = 0; presses < 120; presses++) {
        const focused = await alone.evaluate(() => {
          const active = document.activeElement;
          const text = active === document.body ? "" : active?.textContent ?? "";
          return `${active?.getAttribute("aria-label") ?? ""} ${active?.id ?? ""} ${text}`;
        });
        if (focused.includes(name)) return;
        await alone.keyboard.press("Tab");
      }
      throw new Error(`Tab never came to ${name}`);
    };
    await focusOn("Sampling");
    await alone.keyboard.press("Enter");
    await focusOn("param-n");
    await alone.keyboard.type("2");
    await focusOn("Message");
    await alone.keyboard.type("do you have any pets ?");
    await alone.keyboard.press("Enter");
    await alone.getByText("2 answers side by side").first().waitFor();
    await alone.getByRole("button", { name: "Accept" }).and(alone.locator(":enabled")).waitFor();
    await focusOn("Choose Answer 2");
    await alone.keyboard.press("Enter");
    assert.equal(await alone.getByLabel("Message").inputValue(), "");
    await alone.getByText("2 / 2").waitFor();
    await focusOn("Previous version");
    await alone.keyboard.press("[");
    await alone.getByText("1 / 2").waitFor();
    await focusOn("Next version");
    await alone.keyboard.press("t");
    await alone.getByRole("group", { name: "Model" }).waitFor();
    await focusOn("param-temperature");
    await alone.keyboard.type("0");
    await focusOn("‹");
    await alone.keyboard.press("Enter");
    await alone.getByText(/With the params as they stand now/).waitFor();
    await alone.context().close();
  });

  await t.step(
    "goes on from another candidate and from where other params part, by undo back, after a reload too",
    async () => {
      const own = await (await browser.newContext()).newPage();
      own.on("pageerror", (error) => errors.push(error.message));
      await own.goto(`${app.origin}/persona_chat/chat`);
      await own.locator("[data-ready=true]").waitFor();
      await own.locator("summary", { hasText: "Sampling" }).click();
      await own.getByLabel("temperature", { exact: true }).fill("2");
      await send(own, "do you have any pets ?");
      const answer = turns(own).last();
      await answer.getByText(/\d+ tokens/).waitFor();
      await answer.getByText(/ppl \d/).waitFor();
      await own.waitForURL(/temperature=2/);
      await own.reload();
      await own.locator("[data-ready=true]").waitFor();
      // The link has the params that drew it; others are looked at again.
      await own.locator("summary", { hasText: "Sampling" }).click();
      assert.equal(await own.getByLabel("temperature", { exact: true }).inputValue(), "2");
      await own.getByLabel("temperature", { exact: true }).fill("1");
      await answer.getByRole("button", { name: "Tokens" }).click();
      const strip = own.getByRole("group", { name: "Model" });
      await strip.getByRole("button").first().click();
      const aside = own.getByRole("complementary");
      await aside.getByText("Token 1", { exact: true }).waitFor();
      await aside.getByText("by the params as they stand now").waitFor();
      await own.getByText(/the text first changes at token \d+|would give the same tokens/).waitFor();
      await aside.getByRole("button", { name: /^Go on with / }).first().click();
      await own.getByText("2 / 2").waitFor();
      await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).waitFor();
      await own.keyboard.press("Control+z");
      await own.getByText("1 / 2").waitFor();
      await own.keyboard.press("Control+Shift+z");
      await own.getByText("2 / 2").waitFor();
      await turns(own).first().getByRole("button", { name: "Tokens" }).click();
      const pieces = own.getByRole("group", { name: "You" }).getByRole("button");
      await pieces.first().waitFor();
      const said = await pieces.allInnerTexts();
      assert.equal(said.join("").trim(), "do you have any pets ?");
      await own.context().close();
    },
  );

  await t.step(
    "keeps its conversations apart, finds them by what was said, and edits the last message on ↑",
    async () => {
      const own = await (await browser.newContext()).newPage();
      await own.goto(`${app.origin}/persona_chat/chat`);
      await own.locator("[data-ready=true]").waitFor();
      await send(own, "do you have any pets ?");
      await own.getByRole("button", { name: "Accept" }).click();
      await own.getByRole("button", { name: "New chat" }).click();
      await send(own, "what do you like to eat ?");
      await own.getByRole("button", { name: "Accept" }).click();
      assert.equal(await own.getByText("1 / 2").count(), 0, "no version of the other conversation");
      await own.reload();
      await own.locator("[data-ready=true]").waitFor();
      await own.locator("summary", { hasText: "Conversations" }).click();
      assert.equal(await own.getByRole("button", { name: /2 turns$/ }).count(), 2);
      await own.getByLabel("Find what was said").fill("fish and chips");
      await own.getByText("Nothing like it was said.").waitFor();
      await own.getByLabel("Find what was said").fill("PARROT");
      await own.getByRole("button", { name: /2 turns$/ }).click();
      assert.match(await turns(own).nth(1).innerText(), /parrot/);
      await own.getByLabel("Message").press("ArrowUp");
      assert.equal(await own.getByLabel("Message").inputValue(), "do you have any pets ?");
      await send(own, "do you play music ?");
      await own.getByText("2 / 2").first().waitFor();
      await own.context().close();
    },
  );

  await t.step(
    "a conversation that somebody went back from has a way to it on screen, after a reload too",
    async () => {
      const own = await (await browser.newContext()).newPage();
      await own.goto(`${app.origin}/persona_chat/chat`);
      await own.locator("[data-ready=true]").waitFor();
      await send(own, "do you have any pets ?");
      await own.getByRole("button", { name: "Accept" }).click();
      const list = own.locator("summary", { hasText: "Conversations" });
      assert.equal(await list.count(), 0, "there is none but the one on screen");
      await turns(own).first().getByRole("button", { name: "Go back to before this" }).click();
      await turns(own).first().waitFor({ state: "detached" });
      await own.reload();
      await own.locator("[data-ready=true]").waitFor();
      await list.click();
      await own.getByRole("button", { name: /2 turns$/ }).click();
      await turns(own).nth(1).getByText("parrot").waitFor();
      await list.waitFor({ state: "detached" });
      await own.context().close();
    },
  );

  await t.step("t leaves an answer that still waits alone, and New chat closes the token of the last one", async () => {
    const own = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await takeRequests(own);
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await send(own, "do you have any pets ?");
    const held = Promise.withResolvers<void>();
    await own.route("**/chat/chat", async (route) => {
      await held.promise;
      await route.continue();
    });
    await turns(own).last().getByRole("button", { name: "Tokens" }).focus();
    await own.keyboard.press("r");
    await own.getByText("waiting for the first token").waitFor();
    await own.keyboard.press("t");
    held.resolve();
    await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).waitFor();
    const shows = turns(own).last().getByRole("button", { name: "Tokens" });
    assert.equal(await shows.getAttribute("aria-pressed"), "false");
    assert.equal(await own.getByText("Tokens not shown").count(), 0);
    await shows.click();
    await own.getByRole("group", { name: "Model" }).getByRole("button").first().click();
    const details = own.getByRole("complementary").getByText("Token 1", { exact: true });
    await details.waitFor();
    await own.getByRole("button", { name: "New chat" }).click();
    await details.waitFor({ state: "detached" });
    await own.keyboard.press("Control+z");
    await details.waitFor();
    await own.context().close();
  });

  await t.step("compares any two versions of a turn, and keeps what it cannot read", async () => {
    const own = await (await browser.newContext()).newPage();
    await own.goto(`${app.origin}/persona_chat/chat?max_tokens=9&temperature=2&seed=3`);
    await own.locator("[data-ready=true]").waitFor();
    await send(own, "do you have any pets ?");
    await turns(own).last().getByRole("button", { name: "Edit" }).click();
    await own.getByLabel("Edit").fill("i have a dragon .");
    await own.getByRole("button", { name: "Save" }).click();
    await turns(own).last().getByRole("button", { name: "Edit" }).click();
    await own.getByLabel("Edit").fill("i have a wolf .");
    await own.getByRole("button", { name: "Save" }).click();
    const diff = turns(own).last().locator("details").filter({ hasText: "Compare versions" });
    await diff.locator("summary").click();
    await diff.locator("ins").first().waitFor();
    assert.deepEqual(await diff.locator("del").allInnerTexts(), ["dragon"]);
    assert.deepEqual(await diff.locator("ins").allInnerTexts(), ["wolf"]);
    await diff.getByLabel("from").selectOption({ label: "version 3" });
    await diff.getByText("Both have the same text.").waitFor();
    await diff.getByLabel("to").selectOption({ label: "version 1" });
    assert.ok(await diff.locator("del").count() > 0);
    // Another message has other answers: what was chosen of these says nothing of those.
    await turns(own).first().getByRole("button", { name: "Edit" }).click();
    await own.getByLabel("Edit").fill("do you like music ?");
    await own.getByRole("button", { name: "Save" }).click();
    await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).click();
    await turns(own).last().getByRole("button", { name: "Edit" }).click();
    await own.getByLabel("Edit").fill("i play drums .");
    await own.getByRole("button", { name: "Save" }).click();
    await turns(own).first().getByRole("button", { name: "Previous version" }).click();
    await turns(own).last().getByText("3 / 3").waitFor();
    await diff.locator("summary").click();
    await diff.getByLabel("from").selectOption({ label: "version 3" });
    await diff.getByLabel("to").selectOption({ label: "version 2" });
    await diff.locator("ins", { hasText: "dragon" }).waitFor();
    await turns(own).first().getByRole("button", { name: "Next version" }).click();
    await turns(own).last().getByText("2 / 2").waitFor();
    await diff.locator("ins", { hasText: "drums" }).waitFor();
    await turns(own).first().getByRole("button", { name: "Previous version" }).click();
    await diff.locator("ins", { hasText: "dragon" }).waitFor();

    await own.evaluate(() => localStorage.setItem("chat:persona_chat/chat", "{spoiled"));
    await own.reload();
    await own.locator("[data-ready=true]").waitFor();
    await own.getByText("stays in this browser as it is").waitFor();
    await own.getByRole("button", { name: "Save it as a file" }).waitFor();
    await send(own, "hello !");
    assert.equal(await own.evaluate(() => localStorage.getItem("chat:persona_chat/chat unread 1")), "{spoiled");
    await own.context().close();
  });

  await t.step("says how much of the window is taken, what is cut, and goes on without the first turns", async () => {
    const own = await (await browser.newContext()).newPage();
    await own.goto(`${app.origin}/persona_chat/chat?temperature=0`);
    await own.locator("[data-ready=true]").waitFor();
    await send(own, "hello !");
    await own.getByRole("button", { name: "Accept" }).click();
    await own.getByLabel("Message").fill("do you have any pets ?");
    const meter = own.getByRole("meter", { name: "Context window" });
    await meter.waitFor();
    const window = Number(await meter.getAttribute("aria-valuemax"));
    await own.getByText(/about [\d,]+ more exchanges of this length/).waitFor();
    await own.getByLabel("Message").fill("a b ".repeat(window));
    await own.getByText("the message alone does not fit").waitFor();
    // A message that fits alone, and not after what was said before.
    const used = Number(await meter.getAttribute("aria-valuenow"));
    assert.equal(used, window, "the meter ends where the window does");
    const usedBy = async (words: number) => {
      const before = await meter.getAttribute("aria-valuenow");
      await own.getByLabel("Message").fill("a ".repeat(words));
      await own.waitForFunction((before) => {
        const now = document.querySelector("[role=meter]")?.getAttribute("aria-valuenow");
        return now !== undefined && now !== before;
      }, before);
      return Number(await meter.getAttribute("aria-valuenow"));
    };
    const some = await usedBy(50), more = await usedBy(150);
    await own.getByLabel("Message").fill("a ".repeat(50 + Math.ceil((window - some) * 100 / (more - some))));
    await own.getByText(/Without its first 2 turns it fits/).waitFor();
    await own.getByRole("button", { name: "Go on without the first 2 turns" }).click();
    await own.getByText(/is full after \d+ tokens? of the answer|tokens of the window · \d+ left/).first().waitFor();
    assert.equal(await turns(own).count(), 0);
    await own.context().close();
  });

  await t.step("a link brings the params, and names one that cannot be", async () => {
    const own = await (await browser.newContext()).newPage();
    const response = await own.goto(`${app.origin}/persona_chat/chat?temperature=9`);
    assert.equal(response?.status(), 422);
    assert.match(await own.getByRole("alert").innerText(), /temperature "9".*from 0 to 2/);
    await own.context().close();
  });

  await t.step("no answers, or too many, are refused in place, and what was said is there after a reload", async () => {
    const own = await (await browser.newContext()).newPage();
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await send(own, "do you have any pets ?");
    await own.getByRole("button", { name: "Accept" }).click();
    await own.getByText("Sampling").click();
    const several = own.getByLabel("completions", { exact: true });
    for (const n of ["0", "-2", "100000000"]) {
      await several.fill(n);
      await several.blur();
      await own.getByLabel("Message").fill("and now ?");
      await own.getByLabel("Message").press("Enter");
      await own.getByRole("alert").getByText(`from 1 to 16, got ${n}`).waitFor();
      assert.equal(await several.getAttribute("aria-invalid"), "true");
      assert.equal(await turns(own).count(), 2, "no turn was made");
      assert.equal(await own.getByLabel("Message").inputValue(), "and now ?");
    }
    await own.reload();
    await own.locator("[data-ready=true]").waitFor();
    await turns(own).nth(1).getByText("parrot").waitFor();
    await own.context().close();
  });

  await t.step("R asks for another answer beside one, by the params as they stand now and the same dice", async () => {
    const own = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await own.goto(`${app.origin}/persona_chat/chat?seed=5`);
    await own.locator("[data-ready=true]").waitFor();
    await send(own, "do you have any pets ?");
    await own.getByLabel("Message").press("Control+Enter");
    await own.goto(`${app.origin}/persona_chat/chat?seed=9&temperature=0.05`);
    await own.locator("[data-ready=true]").waitFor();
    await own.locator("[data-turn=assistant]").getByRole("button", { name: "Tokens" }).focus();
    await own.keyboard.press("Shift+R");
    const both = own.getByRole("region", { name: /^2 answers side by side/ });
    await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).waitFor();
    const answers = both.locator("[data-turn]");
    assert.match(await answers.nth(0).innerText(), /^Answer 1\s+seed 5\s/);
    // The seed on screen is another one, and the dice are the first answer's nevertheless.
    assert.match(await answers.nth(1).innerText(), /^Answer 2\s+temperature 0\.05 · seed 5\s/);
    await both.getByRole("button", { name: "Choose Answer 2" }).click();
    await own.getByText("2 / 2").waitFor();
    assert.equal(await both.count(), 0);
    // By the same params, the same dice would give the same answer.
    await own.locator("[data-turn=assistant]").getByRole("button", { name: "Tokens" }).focus();
    await own.keyboard.press("Shift+R");
    await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).waitFor();
    assert.match(await answers.nth(1).innerText(), /^Answer 3\s+temperature 0\.05 · seed (?!5)\d+\s/);
    // To accept the last one is to choose it.
    await own.getByRole("button", { name: "Accept" }).click();
    await own.getByText("3 / 3").waitFor();
    assert.equal(await both.count(), 0);
    // What a param holds is shown, and turns no text around it.
    await own.goto(`${app.origin}/persona_chat/chat?seed=9&stop=a%E2%80%AEb`);
    await own.locator("[data-ready=true]").waitFor();
    await own.locator("[data-turn=assistant]").getByRole("button", { name: "Tokens" }).focus();
    await own.keyboard.press("Shift+R");
    await own.getByRole("button", { name: "Accept" }).and(own.locator(":enabled")).waitFor();
    const marked = await answers.nth(1).innerText();
    assert.ok(marked.includes("stop") && !marked.includes("\u202e"), marked);
    await own.context().close();
  });

  await t.step("by touch: another answer beside one, and the heads of all are alike", async () => {
    const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true })).newPage();
    await phone.goto(`${app.origin}/persona_chat/chat?seed=5`);
    await phone.locator("[data-ready=true]").waitFor();
    const another = phone.getByRole("button", { name: "Another answer" });
    assert.equal(await another.count(), 0, "there is none yet");
    await send(phone, "do you have any pets ?");
    for (const count of [2, 3]) {
      assert.ok(((await another.boundingBox())?.height ?? 0) >= 44);
      await another.tap();
      await phone.getByRole("region", { name: `${count} answers side by side` }).waitFor();
      await phone.getByRole("button", { name: "Accept" }).and(phone.locator(":enabled")).waitFor();
    }
    for (const width of [390, 1280]) {
      await phone.setViewportSize({ width, height: 844 });
      const heads = await phone.locator("[data-turn=assistant] header").evaluateAll((heads) =>
        heads.map((head) => head.getBoundingClientRect().height)
      );
      assert.equal(heads.length, 3);
      assert.equal(new Set(heads).size, 1, `${heads} px at ${width} px`);
    }
    // Those that came together stay beside it.
    await phone.goto(`${app.origin}/persona_chat/chat?n=2`);
    await phone.locator("[data-ready=true]").waitFor();
    await phone.getByRole("button", { name: "New chat" }).tap();
    // Subtle: the click that a tap makes may come after the keys that are pressed next.
    await turns(phone).first().waitFor({ state: "detached" });
    await send(phone, "do you have any pets ?");
    await phone.getByRole("region", { name: "2 answers side by side" }).waitFor();
    await another.tap();
    await phone.getByRole("region", { name: "3 answers side by side" }).waitFor();
    await phone.context().close();
  });

  await t.step("the next message stays in the composer while an answer is accepted as it comes", async () => {
    const own = await (await browser.newContext()).newPage();
    await takeRequests(own);
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await own.getByLabel("accept as it comes").check();
    const typed = Promise.withResolvers<void>();
    await own.route("**/api/persona_chat/chat/chat", async (route) => {
      await typed.promise;
      await route.continue();
    });
    await own.getByLabel("Message").fill("do you have any pets ?");
    await own.getByLabel("Message").press("Enter");
    await own.getByText("waiting for the first token").waitFor();
    await own.getByLabel("Message").fill("do you like music ?");
    typed.resolve();
    await own.getByRole("button", { name: "Stop" }).and(own.locator(":disabled")).waitFor();
    assert.equal(await own.getByText("not accepted yet").count(), 0);
    assert.equal(await own.getByLabel("Message").inputValue(), "do you like music ?");
    await own.context().close();
  });

  await t.step("Retry does again what failed, and is offered where that may help", async () => {
    const own = await (await browser.newContext()).newPage();
    await takeRequests(own);
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await own.getByLabel("accept as it comes").check();
    await own.getByLabel("Message").fill("do you have any pets ?");
    await own.getByLabel("Message").press("Enter");
    await own.getByRole("button", { name: "Stop" }).and(own.locator(":disabled")).waitFor();
    await own.getByLabel("accept as it comes").uncheck();
    await own.route("**/api/persona_chat/chat/chat", (route) => route.abort());
    await turns(own).last().getByRole("button", { name: "Tokens" }).focus();
    await own.keyboard.press("r");
    const alert = own.getByRole("alert");
    await alert.getByText("The server cannot be reached").waitFor();
    await own.getByLabel("Message").fill("not sent yet");
    await own.unroute("**/api/persona_chat/chat/chat");
    await alert.getByRole("button", { name: "Retry" }).click();
    await own.getByText("3 / 3").waitFor();
    await own.getByText("not accepted yet").waitFor();
    assert.equal(await turns(own).getByText("not sent yet").count(), 0, "no turn");
    assert.equal(await own.getByLabel("Message").inputValue(), "not sent yet");
    const spoiled = { name: "chat.json", mimeType: "application/json", buffer: Buffer.from("{") };
    await own.getByLabel("Import").setInputFiles(spoiled);
    await alert.getByText("Cannot import the chat").waitFor();
    assert.equal(await alert.getByRole("button").count(), 0, "the same file would be refused again");
    await own.context().close();
  });

  await t.step("an answer is read out to its end while another version of it is looked at", async () => {
    const own = await (await browser.newContext()).newPage();
    await takeRequests(own);
    await own.goto(`${app.origin}/persona_chat/chat`);
    await own.locator("[data-ready=true]").waitFor();
    await send(own, "do you have any pets ?");
    await turns(own).last().getByRole("button", { name: "Edit" }).click();
    await own.getByLabel("Edit").fill("i have a dragon .");
    await own.getByRole("button", { name: "Save" }).click();
    await own.getByText("2 / 2").waitFor();
    const seen = Promise.withResolvers<void>();
    await own.route("**/api/persona_chat/chat/chat", async (route) => {
      await seen.promise;
      await route.continue();
    });
    await turns(own).last().getByRole("button", { name: "Tokens" }).focus();
    await own.keyboard.press("r");
    await own.getByText("3 / 3").waitFor();
    await own.getByRole("button", { name: "Previous version" }).click();
    await own.getByText("2 / 3").waitFor();
    seen.resolve();
    await own.getByRole("button", { name: "Stop" }).and(own.locator(":disabled")).waitFor();
    await own.getByRole("log").filter({ hasText: /i have a parrot \.$/ }).waitFor({ state: "attached" });
    assert.match(await turns(own).last().innerText(), /i have a dragon/);
    await own.context().close();
  });

  await t.step("says without JavaScript that it needs it", async () => {
    const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await plain.goto(`${app.origin}/persona_chat/chat`);
    assert.match(await plain.locator("main").innerText(), /needs JavaScript/);
    await plain.context().close();
  });

  await t.step("two browsers have two chats, and no error was met (H9)", async () => {
    const other = await (await browser.newContext()).newPage();
    await other.goto(`${app.origin}/persona_chat/chat`);
    await other.locator("[data-ready=true]").waitFor();
    assert.equal(await turns(other).count(), 0);
    assert.deepEqual(errors, []);
  });
  await browser.close();
});

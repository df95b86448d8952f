/** A task's conversation in the browser: before its text is known, while it is generated from, and when asked why. */
import assert from "node:assert/strict";
import {
  defineModule,
  field,
  generation,
  type GeneratorSource,
  logitTable,
  nextToken,
  prompt,
  rows,
} from "../../lib/mod.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const VOCABULARY = [..."xyz.qb"], Y = 1;
/** Where an x stands before, y has a logit of 3; else all are alike. */
const table = logitTable({
  vocabulary: VOCABULARY,
  logits: (prefix) => VOCABULARY.map((_, id) => id === Y && prefix.some(({ text }) => text === "x") ? 3 : 0),
});
let opened = 0;
/** Fails when it is opened first; its template writes a "q" of its own behind each message. */
const late: GeneratorSource = {
  ...table,
  async open(context) {
    if (++opened === 1) throw new Error("not yet");
    return {
      ...await table.open(context),
      renderChat: (messages) => Promise.resolve(messages.map(({ content }) => `${content}.q`).join("")),
    };
  },
};
const module = defineModule({
  name: "talk",
  generators: { late },
  tasks: {
    ask: {
      dataset: { all: rows([{ one: "x", other: "q" }]) },
      prompt: ({ one, other }) => [
        { role: "system", content: prompt`b${field("one", one)}` },
        { role: "user", content: field("other", other) },
      ],
      params: { maxTokens: 2 },
    },
  },
  components: [generation(), nextToken()],
});

Deno.test("a conversation is shown, generated from and asked why, whether or not its text is known", async (t) => {
  await using app = await serveApp([{ module, file: "talk/mod.ts", url: new URL("./", import.meta.url) }]);
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const panel = page.getByRole("region", { name: "Prompt", exact: true });

  await t.step("the messages stand by their roles, until the generator can be opened", async () => {
    await page.goto(`${app.origin}/talk/generation`);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByText("not yet").waitFor();
    assert.deepEqual(await panel.locator("li").allInnerTexts(), ["system\nbx", "user\nq"]);
    assert.deepEqual(await panel.locator("mark").allInnerTexts(), ["x", "q"]);
  });

  await t.step("a run that was made before its text was shown is one of the same prompt after", async () => {
    await page.getByRole("button", { name: /^Generate/ }).click();
    await page.getByText("1 run kept in this browser").waitFor();
    await page.getByRole("link", { name: "Show the exact text" }).click();
    await panel.getByText("exactly what the model receives").waitFor();
    await page.getByText("1 run kept in this browser").waitFor();
    assert.equal(await panel.getByText("bx.qq.q", { exact: true }).count(), 1);
    assert.equal(await page.getByText("made of another prompt").count(), 0);
  });

  await t.step("Why? asks of a field too whose place in the text is not certain", async () => {
    await page.goto(`${app.origin}/talk/next-token`);
    await page.locator("[data-ready=true]").waitFor();
    assert.deepEqual(await panel.locator("mark").allInnerTexts(), ["x"]);
    await panel.getByText("Not marked, as their places in the template's text are not certain: other.").waitFor();
    await page.locator(`[data-candidate="${Y}"]`).focus();
    await page.keyboard.press("w");
    const section = page.getByRole("region", { name: "Why ‹y›", exact: true });
    await section.getByText("What a field adds").waitFor();
    // exp 3 of exp 3 + 5; without the one field one of six, without the other the same.
    const adds = Math.log2(Math.exp(3) / (Math.exp(3) + 5) * 6).toFixed(2);
    const facts = (await section.locator("dl").innerText()).replaceAll(/\s+/g, " ");
    assert.match(facts, new RegExp(`one adds \\+${adds} bits other adds \\+0\\.00 bits`));
  });

  await browser.close();
});

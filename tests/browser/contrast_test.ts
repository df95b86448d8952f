/** Why one candidate rather than another: by keys, on a table whose logits depend on one field alone. */
import assert from "node:assert/strict";
import { defineModule, field, logitTable, nextToken, prompt, rows } from "../../lib/mod.ts";
import { launchChromium } from "./chromium.ts";
import { until } from "../rig/until.ts";
import { takeRequests } from "./requests.ts";
import { placeOf } from "./place.ts";
import { serveApp } from "./serve_app.ts";

const VOCABULARY = [..."xyz.qb"], Y = 1, Z = 2;
const ROLES = ["user", "assistant"];

/** Where an x stands before, y has a logit of 3, z one of 1; else all are alike. */
function logits(prefix: readonly { readonly text: string }[]): readonly number[] {
  const isAfter = prefix.some(({ text }) => text === "x");
  return VOCABULARY.map((_, id) => isAfter ? id === Y ? 3 : id === Z ? 1 : 0 : 0);
}

const module = defineModule({
  name: "why",
  generators: { table: logitTable({ vocabulary: VOCABULARY, logits }) },
  tasks: {
    copy: {
      dataset: { all: rows([{ meta: { src: "x" }, b: ["q"] }]) },
      // Of a text deeper in the row, of a list, and of nothing in the row.
      prompt: ({ meta, b }) => prompt`${field("a", meta.src)}.${field("b", b.join())}.${field("c", "b")}`,
    },
  },
  components: [nextToken()],
});

Deno.test("x, x and w contrast two candidates by what each field of the prompt adds to them", async (t) => {
  await using app = await serveApp([{ module, file: "why/mod.ts", url: new URL("./", import.meta.url) }]);
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await takeRequests(page);
  await page.goto(`${app.origin}/why/next-token`);
  await page.locator("[data-ready=true]").waitFor();
  const facts = async (name: string) => {
    const section = page.getByRole("region", { name, exact: true });
    await section.getByText("What a field adds").waitFor();
    return (await section.locator("dl").innerText()).replaceAll(/\s+/g, " ").replaceAll("bits", "bits;");
  };

  await t.step("w tells it of the candidate in focus", async () => {
    await page.locator(`[data-candidate="${Y}"]`).focus();
    await page.keyboard.press("w");
    // exp 3 of exp 3 + e + 4; without a, one of six.
    const p = Math.exp(3) / (Math.exp(3) + Math.E + 4), adds = Math.log2(p * 6).toFixed(2);
    const raw = `logprob, raw −${(-Math.log2(p)).toFixed(2)} bits;`;
    assert.equal(await facts("Why ‹y›"), `${raw} a adds +${adds} bits; b adds +0.00 bits; c adds +0.00 bits;`);
  });

  await t.step("x marks two, and w contrasts them; a step away ends it", async () => {
    await page.keyboard.press("x");
    await page.locator(`[data-candidate="${Z}"]`).focus();
    await page.keyboard.press("x");
    assert.equal(await page.getByText("to contrast", { exact: true }).count(), 2);
    await page.keyboard.press("w");
    // log-odds of 3 − 1 nats with an x before, and of 0 without.
    const bits = (2 / Math.LN2).toFixed(2), others = "b adds +0.00 bits; c adds +0.00 bits;";
    const text = await facts("Why ‹y› rather than ‹z›");
    assert.equal(text, `log-odds, raw +${bits} bits; a adds +${bits} bits; ${others}`);
    await page.locator(`[data-candidate="${Z}"]`).click();
    await page.getByText("1 token chosen").waitFor();
    await page.getByRole("region", { name: /^Why/ }).waitFor({ state: "detached" });
    assert.equal(await page.getByText("to contrast", { exact: true }).count(), 0);
  });

  await t.step("Escape closes it and takes the marks away", async () => {
    await page.locator(`[data-candidate="${Y}"]`).focus();
    await page.keyboard.press("x");
    await page.keyboard.press("w");
    await facts("Why ‹y›");
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name: /^Why/ }).waitFor({ state: "detached" });
    assert.equal(await page.getByText("to contrast", { exact: true }).count(), 0);
  });

  await t.step("a field that could not be asked about says why, beside the others", async () => {
    await page.locator(`[data-candidate="${Y}"]`).focus();
    const json = { title: "Busy", status: 503, detail: "The model is busy", id: "1" };
    await page.route("**/next_token", (route) => {
      const { blank } = route.request().postDataJSON();
      return blank.includes("b") ? route.fulfill({ status: 503, json }) : route.continue();
    });
    await page.keyboard.press("w");
    assert.match(await facts("Why ‹y›"), /; b adds The model is busy c adds \+0\.00 bits;$/);
    await page.unroute("**/next_token");
    await page.keyboard.press("Escape");
  });

  await t.step(
    "what fails is told, and nothing of what was found before stands there as if it were being asked",
    async () => {
      await page.locator(`[data-candidate="${Y}"]`).focus();
      const json = { title: "Busy", status: 503, detail: "The model is busy", id: "1" };
      let asked = 0;
      await page.route("**/next_token", (route) => {
        asked++;
        // The first field is asked for, and has no answer for as long as the page stands.
        return asked === 1 ? route.continue() : asked === 2 ? undefined : route.fulfill({ status: 503, json });
      });
      await page.keyboard.press("w");
      const section = page.getByRole("region", { name: "Why ‹y›", exact: true });
      await section.getByText("The model is asked with each field").waitFor();
      // That it stands there already says nothing of what was sent.
      await until("the first field is asked for", () => asked === 2);
      await page.keyboard.press("w");
      await page.getByText("The model is busy").waitFor();
      await section.waitFor({ state: "detached" });
      await page.unroute("**/next_token");
    },
  );

  await t.step(
    "by touch: Why? lets clicks choose candidates, Ask tells of them in sight, and Close ends it",
    async () => {
      const phone = await browser.newPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
      await phone.goto(`${app.origin}/why/next-token`);
      await phone.locator("[data-ready=true]").waitFor();
      const open = phone.getByRole("button", { name: /^Why\?/ }), ask = phone.getByRole("button", { name: "Ask" });
      await open.tap();
      assert.equal(await ask.isDisabled(), true);
      const choices = [Y, Z].map((id) => phone.locator(`[data-candidate="${id}"]`));
      for (const target of [open, ask, ...choices]) {
        const { width, height } = await target.boundingBox() ?? { width: 0, height: 0 };
        assert.ok(width >= 44 && height >= 44, `${await target.innerText()} is ${width} by ${height}`);
      }
      for (const choice of choices) {
        await choice.tap();
        // Subtle: the browser makes the click of a touch a moment later.
        await choice.and(phone.getByRole("checkbox", { checked: true })).waitFor();
      }
      assert.ok(!phone.url().includes("path="), "nothing is taken");
      await ask.tap();
      const section = phone.getByRole("region", { name: "Why ‹y› rather than ‹z›", exact: true });
      await section.getByText("What a field adds").waitFor();
      const box = await placeOf(section);
      assert.ok(box.y >= 0 && box.y + box.height <= 844, JSON.stringify(box));
      await section.getByRole("button", { name: "Close" }).tap();
      await section.waitFor({ state: "detached" });
      assert.equal(await phone.getByRole("checkbox").count(), 0);
      assert.equal(await choices[0]?.evaluate((choice) => choice === document.activeElement), true, "keeps the focus");
      await phone.close();
    },
  );

  await t.step("w says so where the generator does not tell of the candidate", async () => {
    await page.locator(`[data-candidate="${Y}"]`).focus();
    await page.route("**/next_token", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...await response.json(), found: [] } });
    });
    await page.keyboard.press("w");
    await page.getByText("The generator does not tell the probability of ‹y› here").waitFor();
    await page.unroute("**/next_token");
    await page.keyboard.press("Escape");
  });

  await t.step("w lets one be chosen where none is marked or in focus; Space and Enter choose", async () => {
    await page.locator("h1").click();
    await page.keyboard.press("w");
    await page.locator(`[data-candidate="${Y}"]`).focus();
    await page.keyboard.press("Space");
    await page.locator(`[data-candidate="${Z}"]`).focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.getByRole("checkbox", { checked: true }).count(), 2);
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("checkbox").count(), 0);
  });
  await browser.close();
});

Deno.test("Why? of persona chat tells all of its fields, as the model does of prompts without them", async () => {
  await using app = await serveApp();
  const api = `${app.origin}/api/persona_chat`;
  const { rows: [row] } = await (await fetch(`${api}/dataset/samples?split=test&limit=1`)).json();
  const { personality, history }: { readonly [name: string]: readonly string[] } = row;
  // The example's template by hand; none of its fields is a text of the row.
  const write = (traits: string, said: (turn: string, index: number) => string) =>
    [`system|>${traits}`, ...(history ?? []).map((turn, index) => `${ROLES[index % 2]}|>${said(turn, index)}`)]
      .map((turn) => `<|${turn}<|end|>`).join("") + "<|assistant|>";
  const traits = personality?.join("\n") ?? "";
  const prompts = {
    personality: write("", (turn) => turn),
    user: write(traits, (turn, index) => index % 2 === 0 ? "" : turn),
    assistant: write(traits, (turn, index) => index % 2 === 1 ? "" : turn),
  };
  const logprobOf = async (prompt: string, id: number): Promise<number> => {
    const body = JSON.stringify({ prompt, find: String(id), limit: 1 });
    const headers = { "content-type": "application/json" };
    const { found } = await (await fetch(`${api}/next-token/next_token`, { method: "POST", headers, body })).json();
    return found.find(({ token }: { readonly token: { readonly id: number } }) => token.id === id).logprob;
  };

  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${app.origin}/persona_chat/next-token?split=test&sample=0`);
  await page.locator("[data-ready=true]").waitFor();
  const first = page.locator("[data-candidate]").first();
  const id = Number(await first.getAttribute("data-candidate"));
  await first.focus();
  await page.keyboard.press("w");
  const section = page.getByRole("region", { name: /^Why ‹/ });
  await section.getByText("What a field adds").waitFor();
  // The candidates stand further down than the screen is high.
  await page.evaluate(() => scrollTo(0, 700));
  const box = await placeOf(section);
  assert.ok(box.y >= 0 && box.y + box.height <= 900, `in sight: ${JSON.stringify(box)}`);
  const nats = await logprobOf(write(traits, (turn) => turn), id);
  const wanted = [`logprob, raw ${bits(nats)}`];
  for (const [field, prompt] of Object.entries(prompts)) {
    wanted.push(`${field} adds ${bits(nats - await logprobOf(prompt, id))}`);
  }
  assert.equal((await section.locator("dl").innerText()).replaceAll(/\s+/g, " "), wanted.join(" "));
  await browser.close();
});

function bits(nats: number): string {
  const value = Math.abs(nats) / Math.LN2, isTiny = value > 0 && value < 0.005;
  const text = isTiny ? value.toExponential(0).replace("e-", "e−") : value.toFixed(2);
  return `${nats < 0 ? "−" : "+"}${text} bits`;
}

/** No screen breaks a rule of axe-core, in light and dark, wide and narrow, before and after it was used. */
import assert from "node:assert/strict";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);
const EXAMPLES = ["examples/alpaca/mod.ts", "examples/persona_chat/mod.ts", "examples/elements/mod.ts"];
const AXE = Deno.readTextFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")));

interface Screen {
  readonly path: string;
  /** What a person does, after which the screen is looked at once more; absent where there is nothing to do. */
  readonly use?: (page: Page) => Promise<void>;
}

const LOOKS = [["light", 1280], ["dark", 1280], ["light", 390], ["dark", 390]] as const;

const SCREENS: readonly Screen[] = [
  {
    path: "/alpaca/generation?sample=3&n=2&max_tokens=12&temperature=1.4",
    use: async (page) => {
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByText(/^(stop|length)$/).nth(1).waitFor();
      await page.locator("[data-position='2']").first().click();
      await page.getByRole("button", { name: "Compare run 1, completion 1" }).click();
      await page.getByRole("button", { name: "Compare run 1, completion 2" }).click();
      await page.getByRole("button", { name: "Clear 1 run" }).click();
    },
  },
  {
    path: "/alpaca/generation?sample=3&max_tokens=20&temperature=1.8&seed=4",
    use: async (page) => {
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByText(/^(stop|length)$/).first().waitFor();
      // Other params: of the tokens after the first change nothing can be said, however improbable they were.
      await page.getByLabel("temperature", { exact: true }).fill("0.4");
      await page.keyboard.press("Tab");
      await page.getByText("the text first changes at token").waitFor();
    },
  },
  {
    path: "/alpaca/generation?prompt=Anna+was&max_tokens=4",
    use: async (page) => {
      await page.getByRole("button", { name: "Generate" }).click();
      await page.getByText(/^(stop|length)$/).first().waitFor();
    },
  },
  {
    path: "/alpaca/generation?sample=3&prompt=Anna+was",
    use: async (page) => {
      await page.getByRole("link", { name: "Edit the text" }).click();
      await page.getByLabel("The whole prompt").fill("é".repeat(3_000));
      await page.getByText("Too long for the address").waitFor();
    },
  },
  {
    path: "/alpaca/next-token?sample=5",
    use: async (page) => {
      await page.getByRole("button", { name: /^Why/ }).click();
      await page.locator("[data-candidate]").nth(1).click();
      await page.getByRole("button", { name: "Ask" }).click();
      await page.getByText("What a field adds").waitFor();
    },
  },
  {
    path: "/alpaca/next-token?sample=3&top_p=0.9",
    use: async (page) => {
      await page.keyboard.press("2");
      await page.getByLabel("Find a token").fill("a");
      await page.getByText(/found, by raw/).waitFor();
      await page.locator("[data-candidate]").first().focus();
      await page.keyboard.press("Space");
      await page.getByRole("status", { name: /^then greedily/ }).waitFor();
    },
  },
  {
    path: "/persona_chat/chat",
    use: async (page) => {
      await page.locator("summary", { hasText: "Sampling" }).click();
      await page.locator("#param-n").fill("2");
      await page.getByLabel("Message").fill("do you have any pets ?");
      await page.getByLabel("Message").press("Enter");
      await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
      await page.getByRole("button", { name: "Tokens" }).last().click();
      await page.getByRole("group", { name: "Model" }).getByRole("button").first().click();
    },
  },
  {
    path: "/persona_chat/chat?max_tokens=12",
    use: async (page) => {
      await page.getByRole("button", { name: "New chat" }).click();
      await page.getByLabel("Message").fill("hello !");
      await page.getByLabel("Message").press("Enter");
      await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).waitFor();
      await page.getByRole("button", { name: "Regenerate" }).click();
      await page.getByText("2 / 2").waitFor();
      await page.locator("summary", { hasText: "Compare versions" }).click();
      await page.getByRole("meter").waitFor();
      await page.keyboard.press("o");
      await page.locator("#branches[open]").waitFor();
    },
  },
  {
    path: "/persona_chat/generation?sample=2",
    use: async (page) => {
      await page.getByRole("button", { name: "Keys" }).click();
      await page.getByRole("checkbox", { name: "Keys of a single character act" }).click();
    },
  },
  { path: "/alpaca/dataset?scoring=1&by=-bits&score.bits=%3E0&pin=3&selected=2,5-6&q=%2Fa.*%2F" },
  { path: "/alpaca/dataset?sample=25&q=story&statistics=1&scores=1&slice.stories=q%3Dstory" },
  { path: "/alpaca/next-token?path=999999" },
  {
    path: "/alpaca/generation?sample=1",
    use: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
    },
  },
  { path: "/no/such/page" },
];

/** What may change with the colours of a page, which are all that its dark form changes. */
const OF_COLORS = ["color-contrast", "link-in-text-block"];

/** Rules broken, each with the element at fault. @param rules all by default */
async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  // The page's policy takes no script from outside; this one comes over the debugging protocol, once for each document.
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(AXE);
  const options: RunOptions = { resultTypes: ["violations"], ...(rules && { runOnly: [...rules] }) };
  const results = await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    options,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`)
  );
}

Deno.test("axe-core finds nothing on any screen", async (t) => {
  const modules = await loadModuleFiles(EXAMPLES, ROOT);
  await using app = await serveApp(modules);
  const elements = modules.find(({ module }) => module.name === "elements")?.module.components ?? [];
  const pages = elements.map(({ name }): Screen => ({ path: `/elements/${name}` }));
  const browser = await launchChromium();
  for (const { path, use: act } of [...SCREENS, ...pages]) {
    await t.step(path, async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(app.origin + path);
      if (!/^\/no\/|\/dataset/.test(path)) await page.locator("[data-ready=true]").waitFor();
      const found: string[] = [];
      if (act !== undefined) {
        found.push(...await violations(page));
        await act(page);
      }
      for (const [colorScheme, width] of LOOKS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        found.push(
          ...(await violations(page, colorScheme === "dark" ? OF_COLORS : undefined)).map((each) =>
            `${colorScheme} ${width} ${each}`
          ),
        );
      }
      assert.deepEqual([...new Set(found)], []);
      await page.close();
    });
  }
  await browser.close();
});

/** I5: No text of a row, prompt, completion, title, error, file, turn or element runs as a script or becomes markup. */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../browser/chromium.ts";
import { networkIdle } from "../browser/requests.ts";
import { serveApp } from "../browser/serve_app.ts";
import { hostileModule } from "../rig/hostile_module.ts";
import { measured } from "../rig/measured.ts";
import { SCRIPT_PAYLOADS } from "../rig/script_payloads.ts";
import { until } from "../rig/until.ts";

const ROOT = new URL("../../", import.meta.url);
const ROWS_A_PAGE = 20;
const [FIRST = ""] = SCRIPT_PAYLOADS;

/** Runs before the page: counts what no page of ours does. */
const WATCH = `
  globalThis.caught = { ran: 0, reports: [] };
  globalThis.alert = () => caught.ran++;
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, sample }) =>
    caught.reports.push(violatedDirective + " " + sample));
`;
/** Markup that only a payload could have made. */
const FOREIGN = `
  [...document.querySelectorAll("*")].filter((element) =>
    [...element.attributes].some(({ name, value }) => /^on|^srcdoc$/.test(name) || /^\\s*(javascript|vbscript):/i.test(value)
      && ["href", "src", "action", "data"].includes(name)) ||
    /^(IFRAME|OBJECT|EMBED|BASE|MATH|MGLYPH|BODY)$/i.test(element.tagName) && element !== document.body
      && !element.hasAttribute("class") && !element.hasAttribute("data-ready") ||
    element.matches('meta[http-equiv], script:not([nonce]):not([type="application/json"]), style:not([nonce])')
  ).map((element) => element.outerHTML.slice(0, 200))
`;

interface Watched {
  readonly page: Page;
  /** Pages that were looked at. */
  count: number;
}

async function openWatched(browser: Browser): Promise<Watched> {
  const page = await browser.newPage();
  page.on("dialog", (dialog) => assert.fail(`a dialog said ${dialog.message()}`));
  await page.addInitScript(WATCH);
  return { page, count: 0 };
}

/** What the page has done so far is nothing but ours. */
async function check(watched: Watched, what: string): Promise<void> {
  const { ran, reports } = await watched.page.evaluate("caught") as { ran: number; reports: string[] };
  assert.equal(ran, 0, `${what}: a script ran`);
  assert.deepEqual(reports, [], `${what}: the policy had to stop something`);
  assert.deepEqual(await watched.page.evaluate(FOREIGN), [], `${what}: markup of a payload`);
  watched.count++;
}

async function look(watched: Watched, url: string): Promise<void> {
  await watched.page.goto(url);
  // Time for scripts of a payload.
  await networkIdle(watched.page);
  await check(watched, url);
}

Deno.test("I5: 120 payloads in Chromium", async (t) => {
  assert.equal(new Set(SCRIPT_PAYLOADS).size, 120);
  const folder = await Deno.makeTempDir();
  const file = `${folder}/<img src=x onerror=alert(1)>.jsonl`;
  await Deno.writeTextFile(
    file,
    SCRIPT_PAYLOADS.map((text) => JSON.stringify({ text })).join("\n") + `\n${FIRST}\n`,
  );
  const module = hostileModule({ texts: SCRIPT_PAYLOADS, file });
  await using app = await serveApp([{ module, file: "rig", url: new URL("tests/rig/", ROOT) }]);
  const browser = await launchChromium();
  const watched = await openWatched(browser);
  const { page } = watched;
  const at = (path: string) => `${app.origin}/hostile/${path}`;

  await t.step("rows, cells, columns, statistics, edits, a file's name and its bad line", async () => {
    for (let offset = 0; offset < SCRIPT_PAYLOADS.length; offset += ROWS_A_PAGE) {
      await look(watched, at(`dataset?offset=${offset}&sample=${offset}&statistics=1&edit=1&tokens=1&score=1`));
    }
    await look(watched, at("dataset?split=one"));
    assert.ok(
      (await page.content()).includes("&lt;script>alert(1)") || (await page.content()).includes("&lt;script&gt;"),
    );
    await look(watched, at("dataset?split=file&offset=110"));
    const fromFile = await (await fetch(`${app.origin}/api/hostile/dataset/samples?split=file&offset=110`)).text();
    assert.ok(fromFile.includes(JSON.stringify(SCRIPT_PAYLOADS[110])), "the file's rows are payloads");
    const edits = encodeURIComponent(JSON.stringify({ text: SCRIPT_PAYLOADS.join(" ") }));
    await look(watched, at(`dataset?edits=${edits.slice(0, 15_000)}`));
  });

  await t.step("a completion of all of them, token by token", async () => {
    await look(watched, at("generation?split=one"));
    await page.locator("[data-ready=true]").first().waitFor();
    await page.getByRole("button", { name: /^Generate/ }).click();
    await page.getByText(/^(stop|length)$/).first().waitFor();
    await check(watched, "a run");
    const written = page.getByRole("group", { name: "Completions 1", exact: true }).getByRole("button");
    assert.ok(await written.count() >= SCRIPT_PAYLOADS.length - 1, "the completion has all of them");
    await written.nth(3).click();
    await check(watched, "an open token");
    await look(watched, at("next-token?sample=2"));
  });

  await t.step("errors that quote them", async () => {
    const bad = encodeURIComponent(FIRST);
    for (
      const query of ["task=throwing", "generator=broken", `task=${bad}`, `sample=${bad}`, `sort=${bad}`, `q=${bad}`]
    ) {
      await look(watched, at(`${query.startsWith("generator") ? "generation" : "dataset"}?${query}`));
    }
    await look(watched, `${app.origin}/${bad}/${bad}`);
  });

  await t.step("turns of a chat, and what is kept of them", async () => {
    await look(watched, at("chat"));
    await page.locator("[data-ready=true]").first().waitFor();
    await page.getByLabel("Message").fill(SCRIPT_PAYLOADS.join(" "));
    await page.getByLabel("Message").press("Enter");
    await page.getByRole("button", { name: "Accept" }).and(page.locator(":enabled")).click();
    await check(watched, "a chat");
    await page.reload();
    await networkIdle(page);
    await check(watched, "a chat that was reloaded");
  });

  await t.step("every kind of element, by the server and by patches", async () => {
    await look(watched, at("elements"));
    await page.getByRole("button", { name: "Tell" }).click();
    await page.getByRole("button", { name: "Fail" }).click();
    await page.getByRole("alert").first().waitFor();
    await check(watched, "patches");
  });

  await t.step("and the watch sees what it is there for", async () => {
    await page.evaluate("try { document.body.innerHTML = '<b>' } catch { }");
    await until("the policy reports it", async () => await page.evaluate("caught.reports.length > 0") === true);
    await assert.rejects(check(watched, "markup from a text"), /the policy had to stop something/);
    await look(watched, at("dataset"));
    const plant =
      "const link = document.createElement('a'); link.href = ' javascript:alert(1)'; document.body.append(link)";
    await page.evaluate(plant);
    await assert.rejects(check(watched, "a link that is a script"), /markup of a payload/);
    await look(watched, at("dataset"));
  });

  await browser.close();
  await Deno.remove(folder, { recursive: true });
  const told = `${watched.count} pages, 0 scripts ran, 0 reports of the policy`;
  measured("I5", `${SCRIPT_PAYLOADS.length} payloads on ${told}`);
});

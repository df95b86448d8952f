/** Opens an app in Chromium. */
import type { Page } from "playwright-core";
import { fileURLToPath } from "node:url";
import { App, staticFiles } from "../mod.ts";
import { Builder } from "../dev.ts";
import { launchChromium } from "../../tests/browser/chromium.ts";

export const FIXTURE: string = fileURLToPath(new URL("fixture", import.meta.url));

/** What the pages of a browser reported. */
export interface Reports {
  readonly console: string[];
  readonly errors: string[];
  readonly failed: string[];
}

/** A browser that serves apps with the islands of the fixture and opens their pages. */
export async function openBrowser(): Promise<{
  open(app: App<unknown>, path?: string): Promise<{ page: Page; base: string; reports: Reports }>;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const apply = await new Builder({ root: FIXTURE }).build({ snapshot: "memory" });
  const browser = await launchChromium();
  const servers: Deno.HttpServer[] = [];
  return {
    async open(app, path = "/") {
      apply(app);
      const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.handler());
      servers.push(server);
      const base = `http://127.0.0.1:${server.addr.port}`;
      const page = await browser.newPage();
      const reports: Reports = { console: [], errors: [], failed: [] };
      page.on("console", (message) => reports.console.push(message.text()));
      page.on("pageerror", (error) => reports.errors.push(error.message));
      page.on("response", (response) => response.status() >= 400 && reports.failed.push(response.url()));
      await page.goto(base + path);
      // Its code comes after the page: a click before that is one that nobody hears.
      await page.waitForFunction(() =>
        document.querySelector("[f-client-nav]") === null || history.state?.fresh === true
      );
      return { page, base, reports };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await Promise.all(servers.map((server) => server.shutdown()));
    },
  };
}

/** An app that serves the modules of islands. */
export function bareApp(): App<unknown> {
  return new App<unknown>().use(staticFiles());
}

/** A Chromium for tests: the system's, else the one inside the npm package `@sparticuz/chromium`. */
import { type Browser, chromium } from "playwright-core";

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Quiet and offline; without these flags Chromium looks for hosts outside at every start. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: await findChromium(), args: FLAGS, headless: true });
}

async function findChromium(): Promise<string> {
  for (const path of SYSTEM) {
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch {
      // Not there: try the next.
    }
  }
  // Subtle: the package unpacks the libraries that Chromium needs only where it believes to run as a function.
  Deno.env.set("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs20.x");
  const { default: packaged } = await import("@sparticuz/chromium");
  const path = await packaged.executablePath();
  // The package brings one font; the machine's own, where it has some, hold more characters.
  if (await Deno.stat("/etc/fonts/fonts.conf").then(() => true, () => false)) {
    Deno.env.set("FONTCONFIG_PATH", "/etc/fonts");
  }
  return path;
}

/** A Chromium for tests: the system's, else the one inside the npm package `@sparticuz/chromium`. */
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import config from "../../deno.json" with { type: "json" };

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
];

/** Where containers share memory; by default they have 64 MiB of it, of which Chromium runs out. */
const SHARED_MEMORY = "/dev/shm", ENOUGH_BYTES = 2 ** 30;

/** Where the package unpacks it, and a file beside it that says which one lies there whole. */
const PACKAGED = join(tmpdir(), "chromium"), WHOLE = join(tmpdir(), "visuallm-chromium.txt");

export async function launchChromium(): Promise<Browser> {
  const executablePath = await findChromium();
  // Memory that is shared by way of files, as Playwright has it by default, makes each page a tenth slower.
  const ignoreDefaultArgs = await hasSharedMemory() ? ["--disable-dev-shm-usage"] : [];
  const launch = () => chromium.launch({ executablePath, args: FLAGS, ignoreDefaultArgs, headless: true });
  // Subtle: once in a thousand starts Chromium itself ends by SIGSEGV, before there is a page.
  return await launch().catch((error) => {
    console.log(`Chromium is started once more: ${error}`);
    return launch();
  });
}

async function hasSharedMemory(): Promise<boolean> {
  try {
    const { bsize, bavail } = await statfs(SHARED_MEMORY);
    return bsize * bavail >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}

async function findChromium(): Promise<string> {
  for (const path of SYSTEM) {
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch {
      // Not there: try the next.
    }
  }
  const path = await unpackChromium();
  // The package brings one font; the machine's own, where it has some, hold more characters.
  if (await Deno.stat("/etc/fonts/fonts.conf").then(() => true, () => false)) {
    Deno.env.set("FONTCONFIG_PATH", "/etc/fonts");
  }
  return path;
}

/**
 * Subtle: the package takes any file in its place for the whole browser, one that another test is just writing too, and
 * one of a test run that was ended meanwhile.
 */
async function unpackChromium(): Promise<string> {
  // Subtle: it unpacks the libraries that Chromium needs only where it believes to run as a function.
  Deno.env.set("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs20.x");
  const { default: packaged } = await import("@sparticuz/chromium");
  using lock = await Deno.open(WHOLE, { create: true, read: true, write: true });
  await lock.lock(true);
  const wanted = config.imports["@sparticuz/chromium"];
  if (await Deno.readTextFile(WHOLE) !== wanted) {
    await Deno.remove(PACKAGED).catch(() => {});
    await packaged.executablePath();
    await Deno.writeTextFile(WHOLE, wanted);
  }
  return await packaged.executablePath();
}

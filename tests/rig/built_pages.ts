/** The pages of the app, built once for all tests, however many of them run side by side. */
import type { App } from "fresh";
import { isStale, stampBuild } from "../../build_stamp.ts";
import freshConfig from "../../fresh.config.ts";

const ROOT = new URL("../../", import.meta.url);
const LOCK = new URL(".tmp/build.lock", ROOT);

let built: Promise<void> | undefined;

/** Writes `_fresh` when it is older than its sources, as `deno task start` does first. Who comes meanwhile waits. */
export function buildPages(): Promise<void> {
  // Looked at once by each test file: all sources are read for it.
  return built ??= buildWhenStale();
}

async function buildWhenStale(): Promise<void> {
  if (!await isStale()) return;
  await Deno.mkdir(new URL(".", LOCK), { recursive: true });
  using lock = await Deno.open(LOCK, { create: true, write: true });
  await lock.lock(true);
  // Another test may have built them while this one waited.
  if (!await isStale()) return;
  // Loaded here, as most tests find that nothing is to be built.
  const { Builder } = await import("fresh/dev");
  const { buildStyles } = await import("../../twind.build.ts");
  await buildStyles();
  await new Builder(freshConfig.build).build();
  await stampBuild();
}

/** Gives an app its routes, islands and files. */
export async function applyPages<State>(app: App<State>): Promise<void> {
  await buildPages();
  // Subtle: named by a URL made at run time, so that tests type-check before the first build.
  const built: { default: (app: App<State>) => void } = await import(new URL("_fresh/snapshot.js", ROOT).href);
  built.default(app);
}

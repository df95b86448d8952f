/**
 * Development and builds: `deno task dev` serves with live reload, `deno task build` writes `_fresh`.
 * Build code is loaded only when there is something to build.
 */
import { isStale, stampBuild } from "./build_stamp.ts";
import freshConfig from "./fresh.config.ts";

const [command, option] = Deno.args;
// Subtle: once the app is loaded, it logs what nobody catches, and the process would go on without having begun.
if (command !== "build") {
  await develop().catch((error) => {
    console.error(error);
    Deno.exit(1);
  });
}
if (command === "build" && (option !== "--if-stale" || await isStale())) await build();

/**
 * Subtle: where a program is allowed by its name, Deno does not run it with variables that make it load other libraries, and
 * LD_LIBRARY_PATH is set on many a machine with CUDA. esbuild needs none of them.
 */
async function build(): Promise<void> {
  console.log("Building the pages …");
  for (const name of Object.keys(Deno.env.toObject())) if (/^(LD|DYLD)_/.test(name)) Deno.env.delete(name);
  const { Builder } = await import("fresh/dev");
  const { buildStyles } = await import("./twind.build.ts");
  await buildStyles();
  await new Builder(freshConfig.build).build();
  await stampBuild();
}

async function develop(): Promise<void> {
  const { Builder } = await import("fresh/dev");
  const { buildStyles } = await import("./twind.build.ts");
  const { readConfig } = await import("./lib/server/config.ts");
  await buildStyles();
  const config = readConfig();
  // `main.ts` reads the same flags, and tells what is wrong with them.
  const address = config === "help" ? {} : { hostname: config.host, port: config.port };
  const importApp = async () => {
    const main = await import("./main.ts");
    for (const line of main.sources) console.log(line);
    return main;
  };
  await new Builder(freshConfig.build).listen(importApp, address);
}

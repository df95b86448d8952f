/**
 * S2: Each direct dependency has one exact version and a reason in CONTRIBUTING; none may be installed before it is three days
 * old, nor with weaker proof of its origin than it had before.
 */
import assert from "node:assert/strict";
import { serveLoopback } from "../rig/loopback.ts";
import { measured } from "../rig/measured.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("S2: deno.json's dependencies", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const reasons = await Deno.readTextFile(new URL("CONTRIBUTING.md", ROOT));
  const table = reasons.slice(reasons.indexOf("## Dependencies"), reasons.indexOf("## Commits"));
  const rows = [...table.matchAll(/^\| (.+?) *\| *(\S.*?) *\|$/gm)];
  const explained = rows.flatMap(([, packages = ""]) => packages.split(/, | and /));
  assert.equal(config.minimumDependencyAge, "P3D");
  const names = new Set<string>();
  for (const target of Object.values<string>(config.imports).filter((each) => each.startsWith("npm:"))) {
    const [, name = "", version] = /^npm:(@?[^@]+)@(\d+\.\d+\.\d+(?:-[\w.]+)?)(\/|$)/.exec(target) ?? [];
    assert.ok(version !== undefined, `${target} is exact`);
    assert.ok(
      explained.includes(name) || name.startsWith("@twind/preset-"),
      `CONTRIBUTING.md gives a reason for ${name}`,
    );
    names.add(name);
  }
  measured("S2", `${names.size} direct dependencies, each exact and with its reason`);
});

/** A package whose first version came with a proof of where it was built, and whose second, a year later, without. */
const SHAKY = {
  name: "shaky",
  "dist-tags": { latest: "1.0.1" },
  time: { "1.0.0": "2020-01-01T00:00:00.000Z", "1.0.1": "2021-01-01T00:00:00.000Z" },
  versions: {
    "1.0.0": version("1.0.0", { attestations: { provenance: { predicateType: "https://slsa.dev/provenance/v1" } } }),
    "1.0.1": version("1.0.1"),
  },
};

function version(version: string, proof: object = {}) {
  return {
    name: "shaky",
    version,
    dist: { tarball: `http://127.0.0.1/${version}.tgz`, integrity: "sha512-AA==", ...proof },
  };
}

Deno.test("S2: a version with weaker proof of its origin than an earlier one", async () => {
  await using folder = await emptyFolder();
  await Deno.writeTextFile(`${folder.path}/deno.json`, '{"imports":{"shaky":"npm:shaky@1.0.1"}}');
  const without = await install(folder.path);
  assert.doesNotMatch(without, /trust downgrade/, "without the line Deno does not look");
  await Deno.copyFile(new URL(".npmrc", ROOT), `${folder.path}/.npmrc`);
  assert.match(await install(folder.path), /trust downgrade for npm package 'shaky@1\.0\.1'/);
  measured("S2", "1 of 1 version of weaker origin refused");
});

/** What `deno install` says in a folder, with an empty cache and a registry that has that one package alone. */
async function install(cwd: string): Promise<string> {
  const registry = serveLoopback(({ url }) =>
    url.endsWith("/shaky") ? Response.json(SHAKY) : new Response(null, { status: 404 })
  );
  const env = { NO_COLOR: "1", NPM_CONFIG_REGISTRY: registry.origin, DENO_DIR: `${cwd}/cache` };
  const { stderr } = await new Deno.Command(Deno.execPath(), { args: ["install"], cwd, env }).output();
  await registry.close();
  return new TextDecoder().decode(stderr);
}

async function emptyFolder() {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

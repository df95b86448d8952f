/** S4: The bill of materials lists each package of the lock once, with its hash, and none of them has a known grave fault. */
import assert from "node:assert/strict";
import { billOfMaterials } from "../../tools/sbom.ts";
import { serveLoopback } from "../rig/loopback.ts";
import { measured } from "../rig/measured.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("S4: the bill of materials beside the lock", async () => {
  const { stdout, success } = await run(["task", "--quiet", "sbom"]);
  assert.ok(success);
  const bom: ReturnType<typeof billOfMaterials> = JSON.parse(stdout);
  const lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", ROOT)));
  const keys = Object.keys(lock.npm);
  assert.deepEqual(bom.components.map((each) => each["bom-ref"]), keys);
  assert.equal(new Set(bom.components.map(({ purl }) => purl)).size, keys.length);
  for (const { purl, name, version, hashes: [hash] } of bom.components) {
    assert.equal(decodeURIComponent(purl), `pkg:npm/${name}@${version}`);
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.match(hash?.content ?? "", /^[0-9a-f]{128}$/);
  }
  // Nothing is listed that nothing needs, and nothing needed is missing.
  const { name, version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const refs = new Set([...keys, `${name}@${version}`]);
  const needed = new Set(bom.dependencies.flatMap(({ dependsOn }) => dependsOn));
  assert.ok(bom.dependencies.every(({ ref }) => refs.has(ref)) && [...needed].every((ref) => refs.has(ref)));
  assert.deepEqual(keys.filter((key) => !needed.has(key)), []);
  for (const { dependsOn } of bom.dependencies) assert.equal(new Set(dependsOn).size, dependsOn.length);
  measured("S4", `${keys.length} of ${keys.length} packages listed`);
});

Deno.test("S4: a lock with packages of an unknown kind, or without a hash, is refused", () => {
  const config = JSON.stringify({ name: "a", version: "1.0.0", license: "MIT" });
  const lock = { version: "5", specifiers: {}, npm: {}, workspace: { dependencies: [] } };
  assert.equal(billOfMaterials(JSON.stringify(lock), config).components.length, 0);
  assert.throws(() => billOfMaterials(JSON.stringify({ ...lock, remote: {} }), config), /remote/);
  const npm = { "b@1.0.0": { integrity: "sha1-00" } };
  assert.throws(() => billOfMaterials(JSON.stringify({ ...lock, npm }), config), /expected a SHA-512, got "sha1-00"/);
});

/** As registries tell of a fault of every version of a package. */
const advisory = (severity: string) => ({
  id: 1,
  url: "https://advisories.example/1",
  title: `a fault that is ${severity}`,
  severity,
  vulnerable_versions: "*",
  cwe: [],
  cvss: { score: 0, vectorString: null },
});

Deno.test("S4: deno audit asks about each package of the lock, and fails for a fault that is high", async () => {
  const lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", ROOT)));
  const keys = Object.keys(lock.npm).map((key) => key.replace(/(?<=@\d[^_]*)_.*$/, ""));
  const asked = new Set<string>();
  let advisories: Readonly<Record<string, readonly object[]>> = {};
  const registry = serveLoopback(async (request) => {
    const packages: Readonly<Record<string, readonly string[]>> = await request.json();
    for (const [name, versions] of Object.entries(packages)) {
      for (const version of versions) asked.add(`${name}@${version}`);
    }
    return Response.json(advisories);
  });
  const audit = () => run(["audit", "--level=high"], { NPM_CONFIG_REGISTRY: `${registry.origin}/` });
  try {
    assert.equal((await audit()).success, true);
    assert.deepEqual([...asked].toSorted(), [...new Set(keys)].toSorted());
    // Of the last package, so that none before it ends the search.
    const name = keys.at(-1)?.replace(/@[^@]+$/, "") ?? "";
    advisories = { [name]: [advisory("moderate")] };
    assert.equal((await audit()).success, true);
    advisories = { [name]: [advisory("high")] };
    const { success, stdout, stderr } = await audit();
    assert.equal(success, false);
    assert.match(stdout + stderr, /a fault that is high/);
  } finally {
    await registry.close();
  }
  measured("S4", `${asked.size} of ${keys.length} asked about in an audit`);
});

Deno.test("S4: deno audit finds no fault that is high or critical", async () => {
  const { success, stdout, stderr } = await run(["audit", "--level=high"]);
  if (!success && /error sending request|dns error|timed out|Unsupported|\b(401|403|404|405|50\d)\b/.test(stderr)) {
    // The message names the registry of this machine, which is nobody's business.
    return measured("S4", "no registry told advisories here");
  }
  assert.ok(success, stdout + stderr);
  measured("S4", "0 advisories that are high or critical");
});

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { args: [...args], cwd: ROOT, env: { NO_COLOR: "1", ...env } };
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), options).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

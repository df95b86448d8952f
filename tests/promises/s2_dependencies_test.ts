/** S2: Each direct dependency has one exact version, a reason in CONTRIBUTING, and none may be installed before it is three days old. */
import assert from "node:assert/strict";
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

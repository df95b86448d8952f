/** I8: Names that every object has from birth name nothing here, and change no object. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";

const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype"];

Deno.test("I8: as module, component, field, task, split and generator", async () => {
  const { fetch, post } = await rigApp();
  let cases = 0;
  const refused = async (answer: Response, what: string) => {
    await answer.text();
    assert.ok(answer.status === 404 || answer.status === 422, `${what}: ${answer.status}`);
    cases++;
  };
  for (const name of NAMES) {
    await refused(await post(`/api/${name}/generation/generate`, {}), `module ${name}`);
    await refused(await post(`/api/rig/${name}/generate`, {}), `component ${name}`);
    await refused(await fetch(`/rig/${name}`), `page ${name}`);
    await refused(await post(rigPath("generate"), `{"${name}":{"polluted":1}}`), `field ${name}`);
    await refused(await post(rigPath("generate"), `{"params":{"${name}":{"polluted":1}}}`), `param ${name}`);
    for (const field of ["task", "split", "generator"]) {
      await refused(await post(rigPath("generate"), { [field]: name }), `${field} ${name}`);
    }
  }
  assert.equal("polluted" in {}, false);
  measured("I8", `${cases} of ${cases} uses refused, no object changed`);
});

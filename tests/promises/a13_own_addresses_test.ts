/** A13: A request can name neither a server nor a model that no module names. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";

const FIELDS = ["base_url", "baseUrl", "api_key", "model", "url", "endpoint"];

Deno.test("A13: fields of other servers, at the top and among params", async () => {
  const { post } = await rigApp();
  const bodies = FIELDS.flatMap((name) => [{ [name]: "http://evil.example" }, { params: { [name]: "gpt-99" } }]);
  for (const body of bodies) {
    const answer = await post(rigPath("generate"), body);
    assert.equal(answer.status, 422, JSON.stringify(body));
    assert.match((await answer.json()).detail, /there is no such field/);
  }
  measured("A13", `${bodies.length} of ${bodies.length} fields refused`);
});

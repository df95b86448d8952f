/** I8: Names that every object has from birth name nothing here, and change no object. */
import assert from "node:assert/strict";
import { measured } from "../rig/measured.ts";
import { readEvents } from "../rig/read_events.ts";
import { defineModule, generation, rows } from "../../lib/mod.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";
import { rigModule } from "../rig/rig_module.ts";
import { ROUTE_MODULES } from "../rig/routes.ts";

const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype"];

Deno.test("I8: as module, component, field, task, split and generator", async () => {
  const { fetch, post } = await rigApp({ modules: ROUTE_MODULES });
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
    const edits = `{"${name}":"x"}`, query = `edits=${encodeURIComponent(edits)}`;
    await refused(await post(rigPath("generate"), `{"edits":${edits}}`), `column ${name}`);
    await refused(await fetch(`/rig/generation?${query}`), `column ${name} of a page`);
    await refused(await fetch(`${rigPath("samples")}?filter.${name}=x`), `condition ${name}`);
    await refused(await post("/api/talk/chat/chat", `{"messages":[],"controls":{"${name}":"x"}}`), `control ${name}`);
  }
  assert.equal("polluted" in {}, false);
  measured("I8", `${cases} of ${cases} uses refused, no object changed`);
});

Deno.test("I8: a column that has such a name is edited like any other, in an address and in a body", async () => {
  const names = NAMES.filter((name) => name !== "__proto__");
  const row = JSON.parse(`{${names.map((name) => `"${name}":"a"`).join()}}`);
  const module = defineModule({
    name: "named",
    generators: rigModule.generators,
    tasks: { join: { dataset: { all: rows([row]) }, prompt: (sample) => names.map((name) => sample[name]).join("") } },
    components: [generation()],
  });
  const { fetch, post } = await rigApp({ modules: [module] });
  for (const [index, name] of names.entries()) {
    const edits = `{"${name}":"x"}`, edited = names.map((_, at) => at === index ? "x" : "a").join("");
    const page = await (await fetch(`/named/generation?edits=${encodeURIComponent(edits)}`)).text();
    assert.ok(page.includes(edited), `${name} in an address`);
    const body = `{"edits":${edits},"params":{"max_tokens":1}}`;
    const [prompt] = await readEvents(await post("/api/named/generation/generate", body));
    assert.ok(prompt?.type === "prompt", `${name} in a body`);
    assert.equal(prompt.tokens.map(({ text }) => text).join(""), edited);
  }
});

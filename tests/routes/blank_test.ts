/** A sample's prompt without some of its fields: the text that the model receives then, and what it says after it. */
import assert from "node:assert/strict";
import { defineModule, field, generation, logitTable, nextToken, prompt, rows } from "../../lib/mod.ts";
import type { NextToken } from "../../lib/lm/next.ts";
import type { Scored } from "../../lib/lm/wire.ts";
import { decodeWire } from "../../lib/lm/wire_text.ts";
import { readProblem } from "../rig/read_events.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";

const NEXT = "/api/why/next-token/next_token", SCORE = "/api/why/next-token/score";
const VOCABULARY = [..."ynxab.:?!"], Y = 0;

const why = defineModule({
  name: "why",
  generators: {
    // Where an x stands before, y is three times as probable as each of the other eight.
    table: logitTable({
      vocabulary: VOCABULARY,
      logits: (prefix) =>
        VOCABULARY.map((_, id) => id === Y && prefix.some(({ text }) => text === "x") ? Math.log(3) : 0),
    }),
  },
  tasks: {
    talk: {
      dataset: { all: rows([{ meta: { src: "x" }, turns: ["a", "b", "ab"], end: "b" }]) },
      // Fields of what the row holds deeper, of items of a list, by names that it does not have; the last as it has it.
      prompt({ meta, turns, end }) {
        const said = turns.map((turn, index) => prompt`${field(index % 2 === 0 ? "user" : "constructor", turn)}.`);
        const talk = said.reduce((before, turn) => prompt`${before}${turn}`, prompt`${field("source", meta.src)}:`);
        return prompt`${talk}?${field("end", end)}!`;
      },
      target: () => "yn",
    },
    bare: { dataset: { all: rows(["x"]) }, prompt: (text) => text },
  },
  components: [nextToken(), generation()],
});

async function next({ post }: RigApp, body: object): Promise<NextToken> {
  const response = await post(NEXT, body);
  assert.equal(response.status, 200, await response.clone().text());
  return decodeWire(await response.text()) as NextToken;
}

function near(value: number | undefined, wanted: number, what: string): void {
  assert.ok(Math.abs((value ?? NaN) - wanted) < 1e-6, `${what}: ${value}, expected ${wanted}`);
}

Deno.test("POST next_token cuts the fields that blank names out of the sample's prompt, edits made before", async () => {
  const rig = await rigApp({ modules: [why] });
  const cases: readonly (readonly [object, string])[] = [
    [{}, "x:a.b.ab.?b!"],
    [{ blank: [] }, "x:a.b.ab.?b!"],
    [{ blank: ["source"] }, ":a.b.ab.?b!"],
    [{ blank: ["user"] }, "x:.b..?b!"],
    [{ blank: ["constructor", "end", "constructor"] }, "x:a..ab.?!"],
    [{ blank: ["end"], edits: { turns: '["b"]', end: "a" } }, "x:b.?!"],
    [{ blank: ["source"], edits: { meta: '{"src":"xx"}', end: "x" } }, ":a.b.ab.?x!"],
    [{ blank: ["source", "user", "constructor", "end"] }, ":...?!"],
  ];
  for (const [body, text] of cases) {
    const { prompt: tokens, step } = await next(rig, { ...body, limit: 1 });
    assert.equal(tokens?.map((token) => token.text).join(""), text, JSON.stringify(body));
    near(step.top[0]?.logprob, Math.log(text.includes("x") ? 3 / 11 : 1 / 9), JSON.stringify(body));
  }
});

Deno.test("POST score tells the completion under a prompt without the fields that blank names", async () => {
  const { post } = await rigApp({ modules: [why] });
  const scored = async (body: object) => decodeWire(await (await post(SCORE, body)).text()) as Scored;
  const cases: readonly (readonly [object, string, number])[] = [
    [{}, "x:a.b.ab.?b!", 3 / 11],
    [{ blank: ["user", "end"] }, "x:.b..?!", 3 / 11],
    [{ blank: ["source"] }, ":a.b.ab.?b!", 1 / 9],
  ];
  for (const [body, text, p] of cases) {
    const { prompt: tokens, tokens: [y], nullLogprobs } = await scored(body);
    assert.equal(tokens?.map((token) => token.text).join(""), text);
    near(y?.logprob, Math.log(p), text);
    near(nullLogprobs?.[0], Math.log(1 / 9), "with all fields blank, whichever are");
  }
});

Deno.test("what blank cannot name is a 422 that tells which it is, and which fields the prompt has", async () => {
  const { post } = await rigApp({ modules: [why] });
  const only = 'only "source", "user", "constructor", "end"';
  const cases: readonly (readonly [object, string, string])[] = [
    [{ blank: ["source", "meta"] }, "blank", `the prompt has no field "meta", ${only}`],
    [{ blank: ["__proto__"] }, "blank", `the prompt has no field "__proto__", ${only}`],
    [{ blank: [""] }, "blank", `the prompt has no field "", ${only}`],
    [{ blank: ["n".repeat(900)] }, "blank", `no field "${"n".repeat(64)}… (900 characters)", ${only}`],
    [{ blank: ["end"], prompt: "x" }, "blank", 'the prompt has no field "end", and no other'],
    [{ blank: ["end"], prompt: "x", sample: 0 }, "blank", 'the prompt has no field "end", and no other'],
    [{ blank: ["text"], task: "bare" }, "blank", 'the prompt has no field "text", and no other'],
    [{ blank: "end" }, "blank", 'it must be a list of names of fields, got "end"'],
    [{ blank: ["end", 1] }, "blank.1", "it must be a field's name, got 1"],
  ];
  for (const call of [NEXT, SCORE]) {
    for (const [body, field, detail] of cases) {
      const problem = await readProblem(await post(call, body));
      assert.deepEqual([problem.status, problem.field], [422, field], JSON.stringify(body));
      assert.ok(problem.detail.endsWith(detail), problem.detail);
    }
  }
  const generate = await readProblem(await post("/api/why/generation/generate", { blank: ["end"] }));
  assert.deepEqual([generate.status, generate.field], [422, "blank"]);
  assert.match(generate.detail, /there is no such field, only task, split, sample, edits, prompt, /);
});

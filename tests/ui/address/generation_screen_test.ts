import assert from "node:assert/strict";
import * as v from "valibot";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { paramsFromWire, paramsSchema } from "../../../lib/lm/wire.ts";
import {
  changedParams,
  paramsFromQuery,
  paramsToQuery,
  paramsToWire,
  promptSource,
  screenHref,
} from "../../../lib/ui/address/generation_screen.ts";
import { PROMPT_ADDRESS_CHARACTERS, refusalOf } from "../../../lib/ui/address/own_prompt.ts";
import { STEP_ADDRESS_CHARACTERS, stepHref } from "../../../lib/ui/address/next_token_screen.ts";
import { formatStopTexts, parseStopTexts } from "../../../lib/ui/address/stop_texts.ts";

const CHANGED = { ...DEFAULT_PARAMS, temperature: 0.8, topK: 5, seed: 7, stop: ["\n", "a\\b", "###"] };

Deno.test("screenHref() leaves out what stands at its default", () => {
  const place = { module: "m", component: "c", task: "t", split: "s", sample: 3, edits: {}, generator: "g" };
  assert.equal(
    screenHref({ ...place, defaults: DEFAULT_PARAMS, params: DEFAULT_PARAMS }),
    "/m/c?task=t&split=s&sample=3&generator=g",
  );
  assert.equal(
    screenHref({ ...place, defaults: DEFAULT_PARAMS, params: { ...DEFAULT_PARAMS, seed: 7 } }, [["q", "a&b=\ud800"]]),
    "/m/c?task=t&split=s&sample=3&generator=g&seed=7&q=a%26b%3D%EF%BF%BD",
  );
});

Deno.test("a prompt of one's own is in the address, and a request of it names no sample", () => {
  const place = { module: "m", component: "c", task: "t", split: "s", sample: 3, edits: {}, generator: "g" };
  const at = { ...place, ownPrompt: "a\n &\0", defaults: DEFAULT_PARAMS, params: DEFAULT_PARAMS };
  assert.equal(screenHref(at), "/m/c?task=t&split=s&sample=3&generator=g&prompt=a%0A+%26%00");
  assert.deepEqual(promptSource(at), { task: "t", prompt: "a\n &\0", generator: "g" });
  assert.deepEqual(promptSource({ ...at, ownPrompt: "" }).prompt, "", "an empty one is one too");
  assert.deepEqual(promptSource({ ...at, ownPrompt: undefined }), { task: "t", split: "s", sample: 3, generator: "g" });
});

Deno.test("stepHref() leads to no place whose address a server would refuse", () => {
  const place = { module: "m", component: "c", task: "t", split: "s", sample: 3, edits: {}, generator: "g" };
  const at = { ...place, ownPrompt: undefined, defaults: DEFAULT_PARAMS, params: DEFAULT_PARAMS };
  assert.equal(stepHref(at, []), screenHref(at));
  assert.equal(stepHref(at, [12, 12]), `${screenHref(at)}&path=12,12`);
  const room = STEP_ADDRESS_CHARACTERS - `${screenHref(at)}&path=12`.length, most = 1 + Math.floor(room / 3);
  assert.ok(stepHref(at, Array.from({ length: most }, () => 12)) !== undefined);
  assert.equal(stepHref(at, Array.from({ length: most + 1 }, () => 12)), undefined);
});

Deno.test("refusalOf() says whether an address can hold a prompt", () => {
  assert.equal(refusalOf("a", PROMPT_ADDRESS_CHARACTERS), undefined);
  assert.equal(refusalOf("a", PROMPT_ADDRESS_CHARACTERS + 1), "too long");
  assert.equal(refusalOf("a\ud800b", 1), "half a character");
});

Deno.test("paramsFromQuery() restores what paramsToQuery() wrote", () => {
  const query = new URLSearchParams(paramsToQuery(CHANGED, DEFAULT_PARAMS).map(([name, value]) => [name, value]));
  assert.deepEqual(paramsFromQuery(query, DEFAULT_PARAMS), { params: CHANGED });
  assert.deepEqual(changedParams(CHANGED, DEFAULT_PARAMS), ["temperature", "top_k", "seed", "stop"]);
});

Deno.test("a bias or stop texts that the module sets can be taken away, in an address and in a request", () => {
  const defaults = { ...DEFAULT_PARAMS, logitBias: { 5: -Infinity }, stop: ["x"] };
  const none = { ...DEFAULT_PARAMS, logitBias: {}, stop: [] };
  const query = new URLSearchParams(paramsToQuery(none, defaults).map(([name, value]) => [name, value]));
  assert.equal(query.toString(), "stop=&logit_bias=");
  assert.deepEqual(paramsFromQuery(query, defaults), { params: none });
  assert.deepEqual(paramsFromWire(v.parse(paramsSchema, paramsToWire(none)), defaults), none);
  assert.deepEqual(paramsFromWire({}, defaults), defaults);
  assert.deepEqual(paramsFromQuery(new URLSearchParams(), defaults), { params: defaults });
});

Deno.test("paramsFromQuery() names the field, its value and its range, and keeps the defaults", () => {
  const cases = [["temperature", "9"], ["top_p", "hot"], ["n", "1.5"], ["max_tokens", ""], ["seed", "-1"]] as const;
  for (const [field, value] of cases) {
    const { params, problem } = paramsFromQuery(new URLSearchParams({ [field]: value }), DEFAULT_PARAMS);
    assert.equal(params, DEFAULT_PARAMS);
    assert.equal(problem?.field, `params.${field}`);
    assert.match(problem?.detail ?? "", new RegExp(`${field} "${value.replace(".", "\\.")}".*from .* to`));
  }
});

Deno.test("parseStopTexts() is the inverse of formatStopTexts()", () => {
  for (const stop of [[], ["\n"], ["\\n"], ["a\tb", "\\"], ["###", "\r\n"], ["é👩‍👩‍👧"]]) {
    assert.deepEqual(parseStopTexts(formatStopTexts(stop)), stop);
  }
});

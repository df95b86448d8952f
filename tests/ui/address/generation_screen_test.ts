import assert from "node:assert/strict";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import {
  changedParams,
  paramsFromQuery,
  paramsToQuery,
  screenHref,
} from "../../../lib/ui/address/generation_screen.ts";
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

Deno.test("paramsFromQuery() restores what paramsToQuery() wrote", () => {
  const query = new URLSearchParams(paramsToQuery(CHANGED, DEFAULT_PARAMS).map(([name, value]) => [name, value]));
  assert.deepEqual(paramsFromQuery(query, DEFAULT_PARAMS), { params: CHANGED });
  assert.deepEqual(changedParams(CHANGED, DEFAULT_PARAMS), ["temperature", "top_k", "seed", "stop"]);
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

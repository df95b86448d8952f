/** What a client is told when a generator throws. */
import assert from "node:assert/strict";
import { errorOf, faultOf } from "../../lib/generators/onnx/protocol.ts";
import { NoCandidateError } from "../../lib/lm/sample.ts";
import { generationProblem } from "../../lib/server/generation_problem.ts";

Deno.test("generationProblem() names the param that leaves no candidate, also when a worker has said so", () => {
  const error = new NoCandidateError("logit_bias");
  for (const thrown of [error, errorOf(structuredClone(faultOf(error)))]) {
    const { status, field, detail } = generationProblem(thrown, "tiny");
    assert.deepEqual([status, field, detail], [422, "params.logit_bias", error.message]);
  }
});

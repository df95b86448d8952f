/** What a client is told when a generator throws. */
import assert from "node:assert/strict";
import { errorOf, faultOf } from "../../lib/generators/onnx/protocol.ts";
import { UpstreamError } from "../../lib/generators/openai/upstream_error.ts";
import { NoCandidateError } from "../../lib/lm/sample.ts";
import { generationProblem } from "../../lib/server/generation_problem.ts";

Deno.test("generationProblem() names the param that leaves no candidate, also when a worker has said so", () => {
  const error = new NoCandidateError("logit_bias");
  for (const thrown of [error, errorOf(structuredClone(faultOf(error)))]) {
    const { status, field, detail } = generationProblem(thrown, "tiny");
    assert.deepEqual([status, field, detail], [422, "params.logit_bias", error.message]);
  }
});

Deno.test("generationProblem() tells of a text that a server has no room for as of the request, of all else as of the server", () => {
  const words = "api.example.com answered 400: ";
  const cases: readonly (readonly [UpstreamError, number, string, string])[] = [
    [new UpstreamError("too much", { status: 400, code: "context_length_exceeded" }), 422, "prompt", "Prompt too long"],
    [
      new UpstreamError(`${words}This model's maximum context length is 16 tokens`, { status: 400 }),
      422,
      "prompt",
      "Prompt too long",
    ],
    [
      new UpstreamError(`${words}the request exceeds the available context size`, { status: 400 }),
      422,
      "prompt",
      "Prompt too long",
    ],
    [new UpstreamError("gave no probability", { isOfText: true }), 422, "prompt", "Invalid request"],
    [new UpstreamError(`${words}no such model`, { status: 400 }), 502, "generator", "Server failed"],
    [new UpstreamError("answered 500: context length", { status: 500 }), 502, "generator", "Server failed"],
    [new UpstreamError("answered 504", { status: 504 }), 504, "generator", "Server failed"],
  ];
  for (const [error, status, field, title] of cases) {
    const problem = generationProblem(error, "server");
    assert.deepEqual([problem.status, problem.field, problem.title], [status, field, title], error.message);
    assert.equal(problem.detail, error.message);
  }
});

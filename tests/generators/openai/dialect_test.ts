/** What a server does not take is learnt for all; what it says of one request's value is told to whoever asked. */
import assert from "node:assert/strict";
import { Dialect } from "../../../lib/generators/openai/dialect.ts";
import { UpstreamError } from "../../../lib/generators/openai/upstream_error.ts";

const SENT = {
  messages: [],
  temperature: 0.7,
  top_p: 0.9,
  max_tokens: 5,
  seed: 1,
  stop: ["a", "b", "c", "d", "e"],
  logit_bias: { 7: 1 },
  n: 2,
  top_k: 3,
  logprobs: true,
  top_logprobs: 5,
};

type Refusal = readonly [
  param: string,
  message: string,
  facts?: { readonly param?: string; readonly code?: string; readonly status?: number },
];

const LEARNT: readonly Refusal[] = [
  [
    "temperature",
    "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
    {
      param: "temperature",
      code: "unsupported_value",
    },
  ],
  ["top_p", "Not with this model", { param: "top_p", code: "unsupported_parameter" }],
  ["top_k", "Not with this model", { param: "top_k", code: "unknown_parameter" }],
  ["top_k", "Unrecognized request argument supplied: top_k"],
  ["seed", "[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted'}]"],
  ["seed", "Additional properties are not allowed ('seed' was unexpected)"],
  ["seed", 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'],
  ["temperature", "`temperature` and `top_p` cannot both be specified for this model. Please use only one."],
  ["logprobs", "This engine doesn't support logprobs"],
  ["logprobs", "You are not allowed to request logprobs from this model", { status: 403 }],
  // How candidates are asked for is nobody's value, and of n one by one make up.
  ["top_logprobs", "top_logprobs must be at most 3", { param: "top_logprobs" }],
  ["n", "'n' : number must be at most 1"],
];

const TOLD: readonly Refusal[] = [
  ["stop", "Invalid 'stop': array too long. Expected an array with maximum length 4, but got one with length 5.", {
    param: "stop",
    code: "array_above_max_length",
  }],
  ["temperature", "Invalid 'temperature': expected a value <= 0.5", {
    param: "temperature",
    code: "decimal_above_max_value",
  }],
  ["temperature", "When n > 1, temperature must be greater than 0 to ensure diverse outputs"],
  ["model", "Your project has no access to this model, whatever its seed or top_p", { status: 403 }],
  ["max_tokens", "Could not finish the message because max_tokens or model output limit was reached."],
  ["logit_bias", "Token ids of logit_bias are out of the vocabulary"],
  ["max_tokens", "max_tokens is too large: 5. This model supports at most 4 completion tokens", {
    param: "max_tokens",
    code: "invalid_value",
  }],
];

function refused([, message, facts]: Refusal): UpstreamError {
  return new UpstreamError(`api.example.com answered 400: ${message}`, { status: 400, ...facts });
}

for (const refusal of LEARNT) {
  Deno.test(`Dialect leaves out from now on what a server does not take: ${refusal[1]}`, () => {
    const dialect = new Dialect("m", "chat", false);
    assert.equal(dialect.learns(refused(refusal), dialect.body(SENT)), true);
    assert.equal(refusal[0] in dialect.body(SENT), false);
  });
}

for (const refusal of TOLD) {
  Deno.test(`Dialect goes on sending a param of which one value was refused: ${refusal[1]}`, () => {
    const dialect = new Dialect("m", "chat", false);
    assert.equal(dialect.learns(refused(refusal), dialect.body(SENT)), false);
    assert.deepEqual(dialect.body(SENT), { model: "m", ...SENT });
  });
}

Deno.test("Dialect lowers the count where logprobs are refused for it, and asks for none where they are never given", () => {
  const sent = { ...SENT, top_logprobs: 20 };
  const cases = [
    ["Requested sample logprobs of 20, which is greater than max allowed: 5", true, 5],
    ["Input validation error: `top_n_tokens` must be >= 0 and <= 5. Given: 20", true, 5],
    ["This engine doesn't support logprobs", undefined, undefined],
  ] as const;
  for (const [message, logprobs, count] of cases) {
    const dialect = new Dialect("m", "chat", false);
    assert.equal(dialect.learns(refused(["logprobs", message]), dialect.body(sent)), true);
    const body = dialect.body(sent);
    assert.deepEqual([body.logprobs, body.top_logprobs], [logprobs, count], message);
  }
});

Deno.test("Dialect leaves out the default of two params that do not go together, and what somebody chose only without one", () => {
  const message = "`temperature` and `top_p` cannot both be specified for this model. Please use only one.";
  const cases = [
    [{ temperature: 0.2, top_p: 1 }, { temperature: 0.2 }],
    [{ temperature: 1, top_p: 0.9 }, { top_p: 0.9 }],
    [{ temperature: 1, top_p: 1 }, { top_p: 1 }],
    [{ temperature: 0.2, top_p: 0.9 }, { top_p: 0.9 }],
  ] as const;
  for (const [wanted, left] of cases) {
    const dialect = new Dialect("m", "chat", false);
    assert.equal(dialect.learns(refused(["", message]), dialect.body(wanted)), true);
    assert.deepEqual(dialect.body(wanted), { model: "m", ...left });
  }
  const dialect = new Dialect("m", "chat", false);
  dialect.learns(refused(["", message]), dialect.body({ temperature: 0.2, top_p: 1 }));
  assert.deepEqual(dialect.body({ temperature: 1, top_p: 0.9 }), { model: "m", temperature: 1, top_p: 0.9 });
  assert.equal(dialect.learns(refused(["", message]), dialect.body({ temperature: 1, top_p: 0.9 })), true);
  assert.deepEqual(dialect.body({ temperature: 1, top_p: 0.9 }), { model: "m", top_p: 0.9 }, "each choice is kept");
  assert.deepEqual(dialect.body({ temperature: 0.2, top_p: 1 }), { model: "m", temperature: 0.2 });
});

Deno.test("Dialect takes no other fault of status 500 for a refusal", () => {
  const dialect = new Dialect("m", "chat", false);
  for (const message of ["boom", "n", "Unsupported parameter: seed"]) {
    const fault = new UpstreamError(`api.example.com answered 500: ${message}`, { status: 500 });
    assert.equal(dialect.learns(fault, dialect.body(SENT)), false);
  }
  assert.deepEqual(dialect.body(SENT), { model: "m", ...SENT });
});

Deno.test("Dialect learns the other name of max_tokens", () => {
  const dialect = new Dialect("m", "chat", false);
  const message =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
  const fault = refused(["max_tokens", message, { param: "max_tokens", code: "unsupported_parameter" }]);
  assert.equal(dialect.learns(fault, dialect.body(SENT)), true);
  assert.equal(dialect.body(SENT).max_completion_tokens, 5);
});

import assert from "node:assert/strict";
import { onnx } from "../../lib/generators/onnx/onnx.ts";
import { openai } from "../../lib/generators/openai/openai.ts";

Deno.test("openai() and onnx() name an option that there is not, and never what it holds", () => {
  const misspelt: object = { model: "m", baseURL: "http://127.0.0.1:1/v1" }, withKey: object = { apiKey: "sk-secret" };
  assert.throws(() => openai(misspelt), {
    name: "TypeError",
    message:
      'Cannot define a generator by openai(): there is no field "baseURL", only model, baseUrl, apiKeyEnv, mode, ' +
      "timeoutMs",
  });
  assert.throws(
    () => openai(withKey),
    (error: Error) => /"apiKey"/.test(error.message) && !/secret/.test(error.message),
  );
  assert.throws(() => onnx("models/demo", { dtype: "q8" } as object), {
    message: 'Cannot define a generator by onnx("models/demo"): there is no field "dtype", only revision, precision, ' +
      "device, kvMegabytes, sha256, downloadMegabytes",
  });
});

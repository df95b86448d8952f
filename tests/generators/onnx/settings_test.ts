import assert from "node:assert/strict";
import { readSettings } from "../../../lib/generators/onnx/settings.ts";

/** The settings of an environment that has nothing else. */
function settingsOf(values: Readonly<Record<string, string>>) {
  return readSettings((name) => values[name]);
}

Deno.test("readSettings() reads each setting, and takes an empty one for none", () => {
  const defaults = { driver: "auto", threads: 0, kvBytes: 512 * 2 ** 20, keepsOptimized: true, looksAhead: true };
  assert.deepEqual(settingsOf({}), defaults);
  assert.deepEqual(settingsOf({ VISUALLM_ONNX_DRIVER: "", VISUALLM_KV_MB: "" }), defaults);
  const values = {
    VISUALLM_ONNX_DRIVER: "binding",
    VISUALLM_THREADS: "1024",
    VISUALLM_KV_MB: "0",
    VISUALLM_OPTIMIZED_COPY: "0",
    VISUALLM_LOOK_AHEAD: "0",
  };
  assert.deepEqual(settingsOf(values), {
    driver: "binding",
    threads: 1024,
    kvBytes: 0,
    keepsOptimized: false,
    looksAhead: false,
  });
});

Deno.test("readSettings() refuses what is no value of a setting, naming it, what it is and what it may be", () => {
  const switchWords = "a whole number from 0 to 1";
  for (
    const [name, value, wanted] of [
      ["VISUALLM_ONNX_DRIVER", "Native", "auto, native, binding"],
      ["VISUALLM_THREADS", "1025", "a whole number from 0 to 1024"],
      ["VISUALLM_THREADS", "two", "a whole number from 0 to 1024"],
      ["VISUALLM_KV_MB", "-1", "a whole number from 0 to 1048576"],
      ["VISUALLM_KV_MB", "1048577", "a whole number from 0 to 1048576"],
      ["VISUALLM_KV_MB", "0.5", "a whole number from 0 to 1048576"],
      ["VISUALLM_KV_MB", "1e3", "a whole number from 0 to 1048576"],
      ["VISUALLM_KV_MB", " 512", "a whole number from 0 to 1048576"],
      ["VISUALLM_KV_MB", "٥", "a whole number from 0 to 1048576"],
      ["VISUALLM_OPTIMIZED_COPY", "2", switchWords],
      ["VISUALLM_OPTIMIZED_COPY", "false", switchWords],
      ["VISUALLM_LOOK_AHEAD", "yes", switchWords],
      ["VISUALLM_LOOK_AHEAD", "\u202e0\0", switchWords],
    ] as const
  ) {
    const message = `Cannot use ${name} ${JSON.stringify(value)}: expected ${wanted}`;
    assert.throws(() => settingsOf({ [name]: value }), { name: "RangeError", message });
  }
});

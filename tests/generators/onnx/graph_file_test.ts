import assert from "node:assert/strict";
import { checkGraph } from "../../../lib/generators/onnx/graph_check.ts";
import { readGraphFile } from "../../../lib/generators/onnx/graph_file.ts";
import { renamed, withBranches, withExternal, withTensor } from "../../rig/onnx_bytes.ts";
import { CONTEXT, fixturePath } from "./tiny_models.ts";

const DEMO = new URL("models/demo", CONTEXT.rootUrl).pathname;

/** Runs with a file of these bytes. */
async function withFile(bytes: Uint8Array, run: (path: string) => void): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  try {
    await Deno.writeFile(path, bytes);
    run(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readGraphFile() tells inputs, outputs, operators and the width of the logits", () => {
  const graph = readGraphFile(`${fixturePath("tiny_llama")}/onnx/model.onnx`);
  const cached = ["0.key", "0.value", "1.key", "1.value"];
  assert.deepEqual(graph.inputs, [
    "input_ids",
    "attention_mask",
    "position_ids",
    ...cached.map((name) => `past_key_values.${name}`),
  ]);
  assert.deepEqual(graph.outputs, ["logits", ...cached.map((name) => `present.${name}`)]);
  assert.equal(graph.logitsWidth, 320);
  assert.ok(graph.operators.has("Sigmoid") && !graph.operators.has("GroupQueryAttention"));
  assert.deepEqual(graph.external, []);
  assert.ok(readGraphFile(`${DEMO}/onnx/model.onnx`).operators.has("GroupQueryAttention"));
});

Deno.test("weights that lie in another file of the folder are found, and are no fault", async () => {
  const { external } = readGraphFile(`${DEMO}/onnx/model_explain.onnx`);
  // Two embeddings; in each of four layers four matrices, and the two biases of more than 1,024 bytes.
  assert.equal(external.length, 26);
  // Written by export.py: 2,426 tokens of width 256 in fp16, from byte 6,720 of the other file.
  assert.deepEqual(external[0], {
    tensor: "wte.weight.fp16",
    location: "model.onnx",
    endByte: 6_720 + 2_426 * 256 * 2,
  });
  await checkGraph({ folder: DEMO, file: "onnx/model_explain.onnx" });
});

Deno.test("readGraphFile() refuses every file that is cut off, wherever it is", async () => {
  const bytes = await Deno.readFile(`${fixturePath("tiny_gpt2")}/onnx/model.onnx`);
  for (let cut = 0; cut < bytes.length; cut += 997) {
    await withFile(bytes.subarray(0, cut), (path) => {
      assert.throws(() => readGraphFile(path), { name: "SyntaxError", message: new RegExp(`Cannot load ${path}: `) });
    });
  }
});

Deno.test("readGraphFile() refuses branches that lie deeper in one another than any reader of protobufs goes", async () => {
  const bytes = await Deno.readFile(`${fixturePath("tiny_gpt2")}/onnx/model.onnx`);
  // The graph is one message, and each branch three more: 33 of them make the hundred.
  await withFile(withBranches(bytes, 33), (path) => assert.equal(readGraphFile(path).logitsWidth, 300));
  for (const levels of [34, 3_000, 20_000]) {
    await withFile(withBranches(bytes, levels), (path) => {
      const message = new RegExp(`^Cannot load ${path}: it is not an ONNX model: expected at most 100 messages`);
      assert.throws(() => readGraphFile(path), { name: "SyntaxError", message });
    });
  }
});

Deno.test("readGraphFile() refuses a tensor that claims more than it holds, and reads nothing of it", async () => {
  const bytes = await Deno.readFile(`${fixturePath("tiny_gpt2")}/onnx/model.onnx`);
  await withFile(withTensor(bytes, 1), (path) => assert.equal(readGraphFile(path).logitsWidth, 300));
  await withFile(withTensor(bytes, 2_500_000_000), (path) => {
    assert.throws(() => readGraphFile(path), /its tensor "inside" claims 10000000000 bytes and has 4/);
  });
  await withFile(withExternal(bytes, { location: "x", elements: 2_500_000_000, length: 8 }), (path) => {
    assert.throws(() => readGraphFile(path), /its tensor "outside" claims 10000000000 bytes and has 8/);
  });
});

Deno.test("readGraphFile() never does more than refuse bytes that are anything", async () => {
  const bytes = await Deno.readFile(`${fixturePath("tiny_gpt2")}/onnx/model.onnx`);
  let state = 1;
  const random = (below: number) => (state = state * 48271 % 2147483647) % below;
  for (let round = 0; round < 200; round++) {
    const changed = bytes.slice(0, 4000 + random(2000));
    for (let count = 0; count < 5; count++) changed[random(changed.length)] = random(256);
    await withFile(changed, (path) => {
      try {
        readGraphFile(path);
      } catch (error) {
        assert.ok(error instanceof SyntaxError && error.message.includes(path), `${error}`);
      }
    });
  }
});

Deno.test("checkGraph() names the output that a decoder needs", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    const bytes = await Deno.readFile(`${fixturePath("tiny_gpt2")}/onnx/model.onnx`);
    const check = async (changed: Uint8Array) => {
      await Deno.writeFile(`${folder}/model.onnx`, changed);
      await checkGraph({ folder, file: "model.onnx" });
    };
    await check(bytes);
    await assert.rejects(check(renamed(bytes, "present.1.value", "prezent.1.value")), /no output "present\.1\.value"/);
    await assert.rejects(check(renamed(bytes, "logits", "digits")), /no output "logits"/);
    await assert.rejects(check(renamed(bytes, "input_ids", "input_idz")), /no input "input_ids"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

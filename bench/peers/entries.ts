/** Who takes part. */
import { taskEnv } from "../../tests/rig/start_app.ts";
import type { Entry } from "./contestant.ts";
import type { Prepared } from "./prepare.ts";

const HERE = new URL(".", import.meta.url).pathname;

export const OURS = "visuallm";
/** Its logprobs are what the others' are compared with. */
export const REFERENCE = "torch fp32";
export const ALL_POSITIONS = "onnxruntime fp32, hub's graph";

export async function entriesOf({ python, models }: Prepared): Promise<readonly Entry[]> {
  const startEnv = await taskEnv("start");
  const deno = (file: string) => [Deno.execPath(), "run", "-A", `${HERE}${file}`] as const;
  const withPython = (file: string) => [python, `${HERE}${file}`] as const;
  const both = ["fp32", "int8"] as const;
  return [
    ...both.map((precision) => ({
      name: `${OURS} ${precision}`,
      command: deno("with_visuallm.ts"),
      path: `${models}/gqa`,
      precision,
      env: startEnv,
    })),
    ...both.map((precision) => ({
      name: `onnxruntime ${precision}`,
      command: withPython("with_onnxruntime.py"),
      path: `${models}/gqa/onnx/model${precision === "fp32" ? "" : "_int8"}.onnx`,
      precision,
    })),
    {
      name: ALL_POSITIONS,
      command: withPython("with_onnxruntime.py"),
      path: `${models}/hub/onnx/model.onnx`,
      precision: "fp32",
    },
    ...both.map((precision) => ({
      name: `transformers.js ${precision}`,
      command: deno("with_transformers.ts"),
      path: `${models}/hub`,
      precision,
    })),
    { name: "torch fp32", command: withPython("with_torch.py"), path: `${models}/torch`, precision: "fp32" },
    ...both.map((precision) => ({
      name: `llama.cpp ${precision === "fp32" ? "f32" : "q8_0"}`,
      command: withPython("with_llama_cpp.py"),
      path: `${models}/${precision === "fp32" ? "f32" : "q8_0"}.gguf`,
      precision,
    })),
  ];
}

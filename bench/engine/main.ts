/**
 * One table of the engine: `deno task bench [--json] [--long] [--rounds 10] [--model FOLDER] [--precision int8]
 * [--device cuda]`.
 * The model is the embedded one unless another folder is named; `--long` adds what takes minutes. Client and server of
 * the HTTP rows are one process, so what HTTP adds has both sides in it.
 */
import { cpus } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { onnx, type OnnxOptions } from "../../lib/generators/onnx/onnx.ts";
import type { Generator } from "../../lib/generators/generator.ts";
import { defineModule, generation, nextToken, rows } from "../../lib/mod.ts";
import { serveApp } from "../../tests/browser/serve_app.ts";
import { Times } from "../times.ts";
import { ApiClient } from "./api_client.ts";
import { CLIENTS, measureRound } from "./measure.ts";
import { memoryAfterMany } from "./mixed_requests.ts";
import { type Report, reportTable } from "./report.ts";
import { rowsOf } from "./rows.ts";

const ROOT = new URL("../../", import.meta.url);
const LENGTHS = [16, 128, 512] as const;
/** Tokens that are generated after each prompt. */
const TOKENS = 32;
const LOADS = 3;
/** Off: what one model computes ahead while it is idle would run while the other one is timed. */
const SETTINGS: Readonly<Record<string, string>> = { VISUALLM_LOOK_AHEAD: "0" };

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    long: { type: "boolean", default: false },
    rounds: { type: "string", default: "10" },
    model: { type: "string", default: "models/demo" },
    precision: { type: "string", default: "fp32" },
    device: { type: "string", default: "cpu" },
  },
});
const say = (line: string) => console.error(line);
const env = (name: string) => SETTINGS[name] ?? Deno.env.get(name);
const folder = resolve(options.model);
// Wrong ones are refused when the model's file is looked for, and when the device is tried.
const precision = options.precision as NonNullable<OnnxOptions["precision"]>;
const source = onnx(folder, { precision, device: options.device as NonNullable<OnnxOptions["device"]> });

const { generator, loadsMs } = await openSeveralTimes();
const loadedBytes = Deno.memoryUsage().rss;
const module = defineModule({
  name: "bench",
  generators: { model: source },
  tasks: { any: { dataset: { all: rows([{ text: "1" }]) }, prompt: ({ text }) => text } },
  components: [generation(), nextToken()],
});
// All clients are served at once, as in process.
const traffic = { slots: Math.max(...CLIENTS) };
await using app = await serveApp([{ module, file: "bench/mod.ts", url: ROOT }], { env, traffic });
const api = new ApiClient(app.origin, module.name);

const { contextWindow = Infinity, vocabularySize = 0 } = generator.facts;
const lengths = LENGTHS.map((length) => Math.min(length, contextWindow - TOKENS));
const times = new Times();
for (let round = 0; round <= Number(options.rounds); round++) {
  say(round === 0 ? "warming up" : `round ${round} of ${options.rounds}`);
  // What is compiled on the way is not measured.
  await measureRound({ generator, api, lengths, tokens: TOKENS }, round === 0 ? new Times() : times);
}
const endBytes = Deno.memoryUsage().rss;
await generator.close();
const manyBytes = options.long ? await memoryAfterMany(api, vocabularySize, say) : [];
const report = reportOf();
console.log(options.json ? JSON.stringify(report, null, 1) : reportTable(report));

async function openSeveralTimes(): Promise<{ generator: Generator; loadsMs: readonly number[] }> {
  const context = { baseUrl: pathToFileURL(`${folder}/`), rootUrl: ROOT, cacheDir: ".cache", env };
  const loadsMs: number[] = [];
  for (;;) {
    const started = performance.now();
    const generator = await source.open(context);
    loadsMs.push(performance.now() - started);
    if (loadsMs.length === LOADS) return { generator, loadsMs };
    await generator.close();
  }
}

function reportOf(): Report {
  const { precision, device, driver } = generator.facts;
  return {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    model: `${options.model}, ${precision}, ${device}, ${driver}`,
    rows: [...rowsOf(times, lengths, { loadsMs, loadedBytes, endBytes, manyBytes })],
  };
}

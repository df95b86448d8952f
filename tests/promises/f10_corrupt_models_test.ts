/** F10: A corrupt model folder is told by file and reason, at start or in `/api/ready`, and other generators work. */
import assert from "node:assert/strict";
import { defineModule, generation, onnx, rows } from "../../lib/mod.ts";
import { readConfig } from "../../lib/server/config.ts";
import { startLines } from "../../lib/server/start/start_lines.ts";
import { measured } from "../rig/measured.ts";
import { renamed, withBranches, withExternal, withTensor, withWeights } from "../rig/onnx_bytes.ts";
import { readEvents, readProblem } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";

const ONNX = "onnx/model.onnx";
const SOUND = new URL("../fixtures/tiny_gpt2/", import.meta.url);

interface Corruption {
  readonly what: string;
  /** File at fault. */
  readonly file: string;
  readonly reason: RegExp;
  readonly damage: (folder: string) => Promise<void>;
  /** Told when it is first used: only a pass of the model, or the runtime, can tell. */
  readonly isLate?: boolean;
}

const sound = await Deno.readFile(new URL(ONNX, SOUND));

function graph(what: string, reason: RegExp, change: (bytes: Uint8Array) => Uint8Array, isLate = false): Corruption {
  const damage = (folder: string) => Deno.writeFile(`${folder}/${ONNX}`, change(sound));
  return { what, file: ONNX, reason, damage, isLate };
}

function outside(what: string, location: string): Corruption {
  return graph(what, /leads out of its folder/, (bytes) => withExternal(bytes, { location, elements: 1 }));
}

function broken(what: string, value: number, reason: RegExp): Corruption {
  return graph(what, reason, (bytes) => withWeights(bytes, "ln_f.weight", (weights) => void weights.fill(value)), true);
}

async function editTokenizer(folder: string): Promise<void> {
  const path = `${folder}/tokenizer.json`, content = JSON.parse(await Deno.readTextFile(path));
  for (let id = 300; id < 307; id++) content.model.vocab[`<${id}>`] = id;
  await Deno.writeTextFile(path, JSON.stringify(content));
}

const CORRUPTIONS: readonly Corruption[] = [
  ...Array.from(
    { length: 10 },
    (_, tenth) =>
      graph(
        `cut after ${tenth}0 %`,
        /cut off/,
        (bytes) => bytes.slice(0, 1 + Math.floor(bytes.length * tenth / 10)),
      ),
  ),
  graph("other magic", /not an ONNX model/, () => new TextEncoder().encode("GGUF".padEnd(4000, "\u0003"))),
  graph("text", /not an ONNX model/, () => new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n")),
  graph("branches 3,000 deep", /at most 100 messages in one another/, (bytes) => withBranches(bytes, 3_000)),
  graph("empty", /is empty/, () => new Uint8Array()),
  {
    what: "no tokenizer",
    file: "tokenizer.json",
    reason: /no such file/,
    damage: (folder) => Deno.remove(`${folder}/tokenizer.json`),
  },
  {
    what: "no config",
    file: "config.json",
    reason: /no such file/,
    damage: (folder) => Deno.remove(`${folder}/config.json`),
  },
  {
    what: "more tokens than logits",
    file: ONNX,
    reason: /300 logits, but its tokenizer has 307 tokens/,
    damage: editTokenizer,
  },
  graph("no KV names", /no past_key_values inputs/, (bytes) => renamed(bytes, "past_key_values", "some_key_values")),
  graph("no cache comes out", /no output "present\.0\.key"/, (bytes) => renamed(bytes, "present.0", "absent.0.")),
  broken("NaN logits", NaN, /300 of 300 are NaN or Infinity/),
  broken("infinite logits", Infinity, /are NaN or Infinity/),
  graph("an unknown operator", /Gazzer/, (bytes) => renamed(bytes, "Gather", "Gazzer"), true),
  outside("external data ../", "../secret.bin"),
  outside("external data nested", "weights/../../secret.bin"),
  outside("external data absolute", "/etc/passwd"),
  outside("external data on a drive", "C:\\secret.bin"),
  graph("external data absent", /no such file/, (bytes) => withExternal(bytes, { location: "w.bin", elements: 1 })),
  {
    ...graph("external data by a link", /a link out of the model's folder/, (bytes) => bytes),
    async damage(folder) {
      await Deno.writeFile(`${folder}/../secret.bin`, new Uint8Array(4));
      await Deno.symlink(`${folder}/../secret.bin`, `${folder}/onnx/w.bin`);
      await Deno.writeFile(`${folder}/${ONNX}`, withExternal(sound, { location: "w.bin", elements: 1 }));
    },
  },
  graph("10 GB declared", /claims 10000000000 bytes and has 4/, (bytes) => withTensor(bytes, 2_500_000_000)),
  {
    ...graph("10 GB declared elsewhere", /ends at byte 4; expected 10000000000/, (bytes) => bytes),
    async damage(folder) {
      await Deno.writeFile(`${folder}/onnx/w.bin`, new Uint8Array(4));
      await Deno.writeFile(`${folder}/${ONNX}`, withExternal(sound, { location: "w.bin", elements: 2_500_000_000 }));
    },
  },
  {
    ...graph("the graph by a link", /lies outside of the model's folder/, (bytes) => bytes),
    async damage(folder) {
      await Deno.rename(`${folder}/${ONNX}`, `${folder}/../elsewhere.onnx`);
      await Deno.symlink(`${folder}/../elsewhere.onnx`, `${folder}/${ONNX}`);
    },
  },
];

/** A copy of the sound model in a folder of its own. */
async function copied(root: string, name: string): Promise<string> {
  const folder = `${root}/${name}/model`;
  await Deno.mkdir(`${folder}/onnx`, { recursive: true });
  for (const file of ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", ONNX]) {
    await Deno.copyFile(new URL(file, SOUND), `${folder}/${file}`);
  }
  return folder;
}

Deno.test("F10: folders that are corrupt in every way beside one that is sound", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const generators = { sound: onnx(`file://${await copied(root, "sound")}`) };
    for (const [index, { damage }] of CORRUPTIONS.entries()) {
      const folder = await copied(root, `model${index}`);
      await damage(folder);
      Object.assign(generators, { [`model${index}`]: onnx(`file://${folder}`) });
    }
    const tasks = { all: { dataset: { all: rows([{ text: "The" }]) }, prompt: ({ text }: { text: string }) => text } };
    const module = defineModule({ name: "f10", generators, tasks, components: [generation()] });
    const { registry, fetch, post } = await rigApp({ modules: [module] });
    const config = readConfig([], () => undefined);
    assert.ok(config !== "help");
    const atStart = registry.ready();
    /** What an app with this generator alone would tell: of many, a start shows the first ones. */
    const startOf = (name: string) => {
      const readiness = { ...atStart, generators: atStart.generators.filter((each) => each.name === name) };
      return startLines({ config, port: 8000, readiness, rights: "" }).join("\n");
    };
    const generate = (generator: string) => {
      const params = { max_tokens: 2, logit_bias: { 0: -100 } };
      return post("/api/f10/generation/generate", { sample: 0, generator, params });
    };
    let early = 0;
    for (const [index, { what, file, reason, isLate }] of CORRUPTIONS.entries()) {
      const name = `model${index}`, path = `${root}/${name}/model/${file}`;
      if (isLate !== true) {
        const lines = startOf(name);
        assert.ok(lines.includes(path) && reason.test(lines), `${what}: ${lines}`);
        early++;
      }
      const problem = await readProblem(await generate(name));
      assert.equal(problem.status, 503, what);
      const ready = await fetch("/api/ready");
      assert.equal(ready.status, 503);
      const reports: { name: string; state: string; detail: string }[] = (await ready.json()).generators;
      const report = reports.find((each) => each.name === name);
      assert.equal(report?.state, "failed", what);
      for (const text of [problem.detail, report?.detail ?? ""]) {
        assert.ok(text.includes(path) && reason.test(text), `${what}: ${text}`);
      }
    }
    const events = await readEvents(await generate("sound"));
    assert.equal(events.filter(({ type }) => type === "step").length, 2, "the sound one works");
    const value = `${CORRUPTIONS.length} corrupt folders named with file and reason, ${early} of them at start`;
    measured("F10", `${value}; the sound one works`);
    await registry.close();
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

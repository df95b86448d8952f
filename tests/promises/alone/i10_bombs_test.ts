/** I10: A model's patterns and chat template that would run without end are stopped, and nobody else notices. */
import assert from "node:assert/strict";
import { cpuUsage } from "node:process";
import { chat, defineModule, generation, onnx, rows } from "../../../lib/mod.ts";
import { markdownSpans } from "../../../lib/elements/text/markdown_spans.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { readProblem } from "../../rig/read_events.ts";
import { type RigApp, rigApp } from "../../rig/rig_app.ts";

const ROOT = new URL("../../../", import.meta.url);
const FIXTURE = new URL("tests/fixtures/tiny_gpt2/", ROOT);
/** The bar; for texts of this length the app ends the work after half of it. */
const LONGEST_MS = 1_000;

/** First word of a user's turn → what the template then does. */
const TEMPLATES: Readonly<Record<string, string>> = {
  nested: "{% for a in range(100000) %}{% for b in range(100000) %}{{ b }}{% endfor %}{% endfor %}",
  deeper:
    "{% for a in range(99) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
  long: "{% for a in range(1000000000) %}{% endfor %}",
  recursion: "{% macro again(f) %}{{ f(f) }}{% endmacro %}{{ again(again) }}",
  text: "{% set n = namespace(t='ab') %}{% for a in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}{{ n.t }}",
  list:
    "{% set n = namespace(t=[1, 2]) %}{% for a in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}{{ n.t | length }}",
  spaces: "{{ messages | tojson(indent=100000000) }}",
  wide: "{{ 'a\\nb' | indent(5000000) }}",
};

/** First letter of a text → a pattern that backtracks, and what drives it there. */
const PATTERNS: Readonly<Record<string, readonly [pattern: string, text: string]>> = {
  A: ["A(?:a+)+$", `A${"a".repeat(40)}!`],
  B: ["B(?:b|bb)+$", `B${"b".repeat(60)}!`],
  C: ["C(?:.*)*x$", `C${"c".repeat(40)}`],
  D: ["D(?:[d-f]+\\s?)*\\d", `D${"de".repeat(20)}`],
  E: [`E${"e*".repeat(12)}!`, `E${"e".repeat(200)}`],
};
/** Replaced before anything is cut. */
const NORMALIZED: readonly [pattern: string, text: string] = ["F(?:f+)+$", `F${"f".repeat(40)}!`];

/** The fixture's model with these patterns and templates. @returns its folder */
async function makeModel(): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/onnx`);
  for (const name of ["config.json", "generation_config.json", "onnx/model.onnx"]) {
    await Deno.copyFile(new URL(name, FIXTURE), `${folder}/${name}`);
  }
  const read = async (name: string) => JSON.parse(await Deno.readTextFile(new URL(name, FIXTURE)));
  const tokenizer = await read("tokenizer.json");
  const split = (pattern: string) => ({
    type: "Split",
    pattern: { Regex: pattern },
    behavior: "Isolated",
    invert: false,
  });
  const pretokenizers = [...Object.values(PATTERNS).map(([pattern]) => split(pattern)), tokenizer.pre_tokenizer];
  const normalizer = { type: "Replace", pattern: { Regex: NORMALIZED[0] }, content: "f" };
  const hostile = { ...tokenizer, normalizer, pre_tokenizer: { type: "Sequence", pretokenizers } };
  const branches = Object.entries(TEMPLATES).map(([word, template], index) =>
    `{% ${index === 0 ? "if" : "elif"} messages[-1].content == '${word}' %}${template}`
  );
  const config = {
    ...await read("tokenizer_config.json"),
    chat_template: `${branches.join("")}{% else %}{{ messages[-1].content }}{% endif %}`,
  };
  await Deno.writeTextFile(`${folder}/tokenizer.json`, JSON.stringify(hostile));
  await Deno.writeTextFile(`${folder}/tokenizer_config.json`, JSON.stringify(config));
  return folder;
}

const turns = (content: string) => ({ messages: [{ role: "user", content }] });

/** How often the page server came to do something else meanwhile; not at all while it works on what does not end. */
async function turnsDuring(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  const tick = setInterval(() => turns++, 5);
  await work();
  clearInterval(tick);
  return turns;
}

/** @param calm what the same route answers afterwards @returns how long the bomb ran */
async function stopped(rig: RigApp, what: string, path: string, body: object, calm: object): Promise<number> {
  const startedMs = performance.now(), worked = cpuUsage();
  const problem = await readProblem(await rig.post(path, body));
  const { user, system } = cpuUsage(worked);
  // Other programs may have the machine meanwhile: then what this one has worked is the smaller.
  const elapsedMs = Math.min(performance.now() - startedMs, (user + system) / 1000);
  assert.match(
    problem.detail,
    /Cannot (render|tokenize)|string length|array length|allocation/i,
    `${what}: ${problem.detail}`,
  );
  const answer = await rig.post(path, calm);
  assert.equal(answer.status, 200, `after ${what}: ${await answer.text()}`);
  return elapsedMs;
}

Deno.test("I10: templates and patterns that do not end", async () => {
  const folder = await makeModel();
  const module = defineModule({
    name: "bombs",
    generators: { model: onnx(folder) },
    tasks: { say: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text } },
    components: [generation(), chat()],
  });
  const rig = await rigApp({ modules: [module] });
  try {
    const preview = "/api/bombs/chat/chat_prompt", generate = "/api/bombs/generation/score";
    assert.equal((await rig.post(preview, turns("calm"))).status, 200);
    const prompts = [...Object.values(PATTERNS), NORMALIZED];
    const explode = async () => {
      let longestMs = 0;
      const free = await turnsDuring(async () => {
        const note = async (elapsedMs: Promise<number>) => longestMs = Math.max(longestMs, await elapsedMs);
        for (const word of Object.keys(TEMPLATES)) {
          await note(stopped(rig, word, preview, turns(word), turns("calm")));
        }
        for (const [pattern, prompt] of prompts) {
          await note(stopped(rig, pattern, generate, { prompt, completion: "a" }, { prompt: "calm", completion: "a" }));
        }
      });
      return { free, longestMs };
    };
    const { value: { free, longestMs }, note } = await timed([], explode, ({ longestMs }) => {
      assert.ok(longestMs <= LONGEST_MS, `${longestMs} ms`);
    });
    const bombs = Object.keys(TEMPLATES).length + Object.keys(PATTERNS).length + 1;
    assert.ok(free >= 3 * bombs, `the page server had ${free} turns of its own meanwhile`);
    const told = `the slowest after ${Math.ceil(longestMs)} ms${note}, and pages never waited for one`;
    measured("I10", `${bombs} of ${bombs} bombs stopped, ${told}`);
  } finally {
    await rig.registry.close();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Beginnings of markup that never end, as a model may write them into a page's markdown. */
const MARKDOWN = ["word ", "[", "[a](", "**", "**a ", "**a", "*a ", "*a", "`", "*`[", "`a` **b** "];
const MARKDOWN_CHARACTERS = 100_000;

Deno.test("I10: markdown that begins and does not end", () => {
  let longestMs = 0;
  for (const piece of MARKDOWN) {
    const worked = cpuUsage();
    const spans = markdownSpans(piece.repeat(MARKDOWN_CHARACTERS / piece.length));
    longestMs = Math.max(longestMs, cpuUsage(worked).user / 1000);
    assert.ok(spans.length > 0);
  }
  assert.ok(longestMs <= LONGEST_MS, `${longestMs} ms`);
  const told = `${MARKDOWN.length} texts of ${MARKDOWN_CHARACTERS} characters`;
  measured("I10", `${told} of markdown read in ${Math.ceil(longestMs)} ms at most`);
});

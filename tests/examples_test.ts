/** Every example module, its data, and the README that quotes one of them. */
import assert from "node:assert/strict";
import { checkedTaskPrompt } from "../lib/lm/checked_prompt.ts";
import { isConversation, readablePrompt } from "../lib/lm/prompt_messages.ts";
import type { Prompt, Task } from "../lib/mod.ts";
import { loadModuleFiles } from "../lib/server/start/module_files.ts";

const ROOT = new URL("../", import.meta.url);
const FILES = [...Deno.readDirSync(new URL("examples/", ROOT))].map(({ name }) => `examples/${name}/mod.ts`).sort();

/** A task's prompt, or its messages one below the other. */
function shown(task: Task<unknown>, sample: unknown, generator: string): Prompt {
  const prompt = checkedTaskPrompt(task.prompt(sample, generator));
  return isConversation(prompt) ? readablePrompt(prompt) : prompt;
}

Deno.test("each example makes prompts and targets of every sample of every split", async () => {
  for (const { module, url } of await loadModuleFiles(FILES, ROOT)) {
    for (const task of Object.values(module.tasks)) {
      for (const [split, source] of Object.entries(task.dataset)) {
        const dataset = await source.open(url);
        assert.deepEqual(dataset.problems, []);
        for (let index = 0; index < dataset.size; index++) {
          const sample = await dataset.row(index);
          for (const generator of Object.keys(module.generators)) {
            const { text, spans } = shown(task, sample, generator);
            assert.ok(text.length > 0 && spans.length > 0, `${module.name} ${split} ${index}`);
          }
          if (task.target !== undefined) {
            assert.ok((task.target(sample) ?? "").length > 0, `${module.name} ${split} ${index}`);
          }
        }
      }
    }
  }
});

Deno.test("no prompt stands in two splits of an example", async () => {
  for (const { module, url } of await loadModuleFiles(FILES, ROOT)) {
    for (const task of Object.values(module.tasks)) {
      const splitOf = new Map<string, string>();
      for (const [split, source] of Object.entries(task.dataset)) {
        const dataset = await source.open(url);
        for (let index = 0; index < dataset.size; index++) {
          const { text } = shown(task, await dataset.row(index), "");
          assert.ok((splitOf.get(text) ?? split) === split, `${module.name}: "${text}" is in two splits`);
          splitOf.set(text, split);
        }
      }
    }
  }
});

Deno.test("the README's module is an example that runs, in at most 40 lines", () => {
  const readme = Deno.readTextFileSync(new URL("README.md", ROOT));
  const quoted = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  assert.equal(quoted, Deno.readTextFileSync(new URL("examples/poems/mod.ts", ROOT)));
  assert.ok((quoted?.split("\n").length ?? 99) <= 41);
});

Deno.test("the README names tasks that deno.json has", () => {
  const config: { tasks: Record<string, unknown> } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const named = [...Deno.readTextFileSync(new URL("README.md", ROOT)).matchAll(/deno task (\w+(?::\w+)*)/g)].map((
    match,
  ) => match[1]);
  assert.ok(named.length > 5);
  for (const name of named) assert.ok(name !== undefined && name in config.tasks, `deno task ${name}`);
});

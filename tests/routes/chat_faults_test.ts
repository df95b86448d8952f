/** What a chat's own functions give is checked before a model sees it. */
import assert from "node:assert/strict";
import { chat, type ChatOptions, defineModule, logitTable, text } from "../../lib/mod.ts";
import type { Generator, GeneratorSource } from "../../lib/generators/generator.ts";
import { readProblem } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";

const letters = logitTable({ vocabulary: [..."abcdefghijklmnopqrstuvwxyz "], logits: () => Array(27).fill(0) });
/** With a template, which would write `undefined` as any other text. */
const templated: GeneratorSource = {
  ...letters,
  open: async (context): Promise<Generator> => ({
    ...await letters.open(context),
    renderChat: (messages) => Promise.resolve(messages.map(({ content }) => content).join("")),
  }),
};

/** As plain JavaScript has it, where no type says what a function gives. */
const untyped = <Value>(value: unknown) => value as Value;
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

const PROMPTS: Readonly<Record<string, readonly [give: () => unknown, fault: string]>> = {
  promise: [() => Promise.resolve("a"), "expected a text, got a promise: the function may not be async"],
  broken_promise: [
    () => Promise.reject(new Error("nobody's")),
    "expected a text, got a promise: the function may not be",
  ],
  undefined: [() => undefined, "expected a text, got undefined"],
  null: [() => null, "expected a text, got null"],
  number: [() => NaN, "expected a text, got NaN"],
  bigint: [() => 5n, "expected a text, got 5n"],
  cycle: [() => cyclic, "expected a text, got an object"],
  no_spans: [() => ({ text: "a" }), 'expected a text, got {"text":"a"}'],
};
const MESSAGES: Readonly<Record<string, readonly [give: () => unknown, fault: string]>> = {
  promise: [() => Promise.resolve([]), "expected a list of messages, got a promise: the function may not be async"],
  none: [() => undefined, "expected a list of messages, got undefined"],
  no_content: [() => [{ role: "user" }], 'expected message 0 to be { role: "system"'],
  no_role: [() => [{ role: "user", content: "a" }, { role: "tool", content: "a" }], "expected message 1 to be"],
};
const CONTROLS: Readonly<Record<string, readonly [give: () => unknown, fault: string]>> = {
  promise: [() => Promise.resolve({}), "expected an object of inputs by name, got a promise"],
  none: [() => null, "expected an object of inputs by name"],
  element: [() => ({ hint: text("no input") }), 'expected "hint" to be an input'],
};

/** A chat for each case, named after it. */
function chats<Value>(
  cases: Readonly<Record<string, readonly [() => unknown, string]>>,
  option: keyof ChatOptions<never>,
) {
  return Object.entries(cases).map(([name, [give]]) => chat({ name, [option]: () => untyped<Value>(give()) }));
}

async function assertTold(option: keyof ChatOptions<never>, cases: typeof PROMPTS, what: string): Promise<void> {
  const module = defineModule({ name: "faulty", generators: { templated }, components: chats(cases, option) });
  const rig = await rigApp({ modules: [module] });
  for (const [name, [, fault]] of Object.entries(cases)) {
    for (const call of ["chat", "chat_prompt"]) {
      const body = { messages: [{ role: "user", content: "a" }], params: { max_tokens: 1 } };
      const { status, detail, id } = await readProblem(await rig.post(`/api/faulty/${name}/${call}`, body));
      assert.equal(status, 500, detail);
      assert.ok(detail.startsWith(`Cannot ${what} of "Chat": ${fault}`), detail);
      assert.ok(rig.logged.some((line) => line.includes('"failure"') && line.includes(id)), "it is logged");
    }
  }
}

Deno.test('a chat\'s own prompt that is no text is told, and not completed as "undefined"', async () => {
  await assertTold("prompt", PROMPTS, "build the prompt");
});

Deno.test("a chat's own messages that are no turns are told, and not rendered", async () => {
  await assertTold("messages", MESSAGES, "build the prompt");
});

Deno.test("a chat's controls that are no inputs are told, over the API and on the page", async () => {
  await assertTold("controls", CONTROLS, "make the controls");
  const module = defineModule({
    name: "faulty",
    generators: { templated },
    components: chats(CONTROLS, "controls"),
  });
  const rig = await rigApp({ modules: [module] });
  for (const [name, [, fault]] of Object.entries(CONTROLS)) {
    const page = await rig.fetch(`/faulty/${name}`);
    assert.equal(page.status, 500);
    assert.ok((await page.text()).replaceAll("&quot;", '"').includes(fault), fault);
  }
});

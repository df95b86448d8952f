/** From a conversation in a request to the exact prompt, and to the stream of its continuation. */
import type { Context } from "fresh";
import type { ChatComponent, Conversation } from "../components/chat.ts";
import type { Generator } from "../generators/generator.ts";
import type { Inputs } from "../elements/button/button.ts";
import { Input } from "../elements/input.ts";
import { checkedMessages, checkedPrompt, refusePromise } from "../lm/checked_prompt.ts";
import type { Message } from "../lm/message.ts";
import { type Prompt, toPrompt } from "../lm/prompt.ts";
import type { Token } from "../lm/token.ts";
import { type ChatBody, paramsFromWire } from "../lm/wire.ts";
import { encodeWire } from "../lm/wire_text.ts";
import type { Module } from "../module.ts";
import type { State } from "./app_state.ts";
import { metricReason, streamRun } from "./generation.ts";
import { cancelled, generationProblem } from "./generation_problem.ts";
import { checkPromptSize, rendered } from "./model_prompt.ts";
import { findComponent, ofModule, resolveGenerator } from "./place.ts";
import { ProblemError } from "./problem.ts";
import { shownName } from "./shown_name.ts";
import type { Registry } from "./registry.ts";

const DEFAULT_TOP = 10;

interface ChatSource {
  readonly module: Module;
  readonly component: ChatComponent;
  readonly generator: Generator;
  readonly generatorName: string;
  readonly prompt: Prompt;
  /** Absent when the component makes the exact text itself. */
  readonly messages: readonly Message[] | undefined;
}

/** Streams the completions of a conversation. */
export async function chat(ctx: Context<State>, body: ChatBody): Promise<Response> {
  const { module, component, generator, generatorName, prompt, messages } = await readChat(ctx, body);
  const wire = { ...body.params, ...(body.seed === undefined ? {} : { seed: body.seed }) };
  const params = paramsFromWire(wire, component.params);
  const top = body.top ?? DEFAULT_TOP;
  const branch = { path: body.path, firstSequence: body.first_sequence };
  const { metrics } = component;
  const reason = metricReason(ctx.state, module);
  return await streamRun(
    ctx,
    { generator, prompt: prompt.text, messages, ...branch, target: undefined, metrics, reason, params, top },
    generatorName,
  );
}

/** The exact text, and tokens where the generator can tell, that the conversation would send. */
export async function chatPrompt(ctx: Context<State>, body: ChatBody): Promise<Response> {
  const { generator, generatorName, prompt } = await readChat(ctx, body);
  const tokens: readonly Token[] | undefined = await told(
    generatorName,
    ctx.req.signal,
    (signal) => generator.tokenize?.(prompt.text, signal),
  );
  const { contextWindow } = generator.facts;
  const answer = {
    prompt,
    ...(tokens === undefined ? {} : { tokens }),
    ...(contextWindow === undefined ? {} : { contextWindow }),
  };
  return new Response(encodeWire(answer), { headers: { "content-type": "application/json" } });
}

/** New inputs of the component's own. @throws {ProblemError} 500 where the module's code fails, or makes no inputs */
export function makeControls(registry: Registry, module: Module, component: ChatComponent): Inputs {
  return ofModule(registry, module, `make the controls of "${component.title}"`, () => {
    const made: unknown = component.controls();
    refusePromise(made, "an object of inputs by name");
    if (typeof made !== "object" || made === null || Symbol.asyncIterator in made) {
      throw new TypeError("expected an object of inputs by name");
    }
    const inputs = Object.entries(made).map(([name, control]: [string, unknown]): [string, Inputs[string]] => {
      if (control instanceof Input) return [name, control];
      throw new TypeError(`expected "${name}" to be an input, such as checkbox("…")`);
    });
    return Object.fromEntries(inputs);
  });
}

async function readChat(ctx: Context<State>, body: ChatBody): Promise<ChatSource> {
  const { registry } = ctx.state;
  const { module, component } = findComponent(registry, ctx.params);
  if (component.kind !== "chat") {
    throw new ProblemError(404, "Not found", `Cannot chat: component "${component.name}" is no chat`);
  }
  checkTurns(body);
  const generatorName = resolveGenerator(module, body.generator);
  const generator = await registry.generator(module.name, generatorName, ctx.state.client);
  const making = { registry, module, component, generator, generatorName, signal: ctx.req.signal };
  const { prompt, messages } = await buildPrompt(making, body);
  const { prefill = "" } = body;
  const begun: readonly Message[] = prefill === "" ? [] : [{ role: "assistant", content: prefill }];
  const whole = { ...prompt, text: prompt.text + prefill };
  const turns = messages && [...messages, ...begun];
  checkPromptSize({ text: whole.text, messages: turns }, { generator, generatorName, field: "messages" });
  return { module, component, generator, generatorName, prompt: whole, messages: turns };
}

/** @throws {ProblemError} 422 when roles do not alternate from and to the user, or the last turn is empty */
function checkTurns({ messages }: ChatBody): void {
  for (const [index, { role }] of messages.entries()) {
    const expected = index % 2 === 0 ? "user" : "assistant";
    if (role !== expected) throw invalid(`messages.${index}.role`, `must be "${expected}", got "${role}"`);
  }
  const last = messages.at(-1);
  if (last?.role !== "user") throw invalid("messages", "the last turn must be the user's");
  if (last.content === "") throw invalid(`messages.${messages.length - 1}.content`, "must not be empty");
}

interface Making {
  readonly registry: Registry;
  readonly module: Module;
  readonly component: ChatComponent;
  readonly generator: Generator;
  readonly generatorName: string;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
}

async function buildPrompt(
  { registry, module, component, generator, generatorName, signal }: Making,
  body: ChatBody,
): Promise<Pick<ChatSource, "prompt" | "messages">> {
  const { messages, system = component.system ?? "" } = body;
  const values = readControls(makeControls(registry, module, component), body.controls ?? {});
  const make = <Result>(from: (conversation: Conversation) => Result): Result =>
    ofModule(registry, module, `build the prompt of "${component.title}"`, () => from({ system, messages, values }));
  const { prompt: ownPrompt, messages: ownMessages } = component;
  if (ownPrompt !== undefined) {
    return { prompt: make((conversation) => checkedPrompt(ownPrompt(conversation))), messages: undefined };
  }
  const shown = system === "" ? messages : [{ role: "system", content: system } as const, ...messages];
  const whole = ownMessages === undefined ? shown : make((conversation) => checkedMessages(ownMessages(conversation)));
  const without = `Cannot chat: generator "${generatorName}" has no chat template, and the component no prompt`;
  const text = await rendered(whole, { generator, generatorName, signal, without });
  return { prompt: toPrompt(text), messages: whole };
}

/** What a generator throws, as a problem that names it. */
async function told<Result>(
  generatorName: string,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await ask(signal);
  } catch (error) {
    if (signal.aborted) throw cancelled("chat");
    throw generationProblem(error, generatorName);
  }
}

/** Each value is checked against its control; one that is left out is the control's default. */
function readControls(controls: Inputs, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(controls, name)) throw invalid(`controls.${shownName(name)}`, "there is no such control");
  }
  return Object.fromEntries(
    Object.entries(controls).map(([name, control]) => {
      if (!Object.hasOwn(given, name)) return [name, control.value];
      const fault = control.check(given[name]);
      if (fault !== undefined) throw invalid(`controls.${name}`, fault);
      return [name, given[name] ?? undefined]; // JSON has null where a control has no value.
    }),
  );
}

function invalid(field: string, why: string): ProblemError {
  return new ProblemError(422, "Invalid request", `Cannot use ${field}: ${why}`, { field });
}

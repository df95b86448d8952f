import assert from "node:assert/strict";
import fc from "fast-check";
import type { Step } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { verdictsAlong } from "../../../lib/lm/survival.ts";
import { toPrompt } from "../../../lib/lm/prompt.ts";
import type { Token } from "../../../lib/lm/token.ts";
import { fingerprint } from "../../../lib/ui/fingerprint.ts";
import {
  exportRuns,
  importRuns,
  keptKey,
  keptOfOthers,
  type KeptPlace,
  readRuns,
} from "../../../lib/ui/generation/generation_file.ts";
import {
  branched,
  closed,
  type Completion,
  continued,
  received,
  type Run,
  started,
} from "../../../lib/ui/generation/generation_state.ts";
import { joined, type KeptRun, keptRuns, promptPrint, restoredRuns } from "../../../lib/ui/generation/kept_run.ts";
import { startFakeOpenAi } from "../../rig/fake_openai.ts";
import { hostileStrings } from "../../rig/hostile_strings.ts";
import { openFake } from "../../rig/open_fake.ts";

const HERE: KeptPlace = {
  module: "m",
  component: "generation",
  task: "t",
  split: "test",
  sample: 3,
  edits: {},
  generator: "demo",
};
const PROMPT = fingerprint("the prompt");

function step(token: Token, more: Partial<Step> = {}): { readonly type: "step" } & Step {
  const rest = { logprob: -1, rank: 1, entropyNats: 1, top: [], restCount: 0, processors: [] };
  return { type: "step", sequence: 0, position: 0, token, draw: { kind: "greedy" }, ...rest, ...more };
}

function tokenOf(text: string, id = 1): Token {
  return { id, text, bytes: [...new TextEncoder().encode(text)] };
}

function through(runs: readonly Run[], place = HERE): readonly KeptRun[] {
  return importRuns(exportRuns(place, keptRuns(runs, PROMPT)), place);
}

function idsOf(runs: readonly Run[]) {
  return runs.map(({ completions }) => completions.map(({ steps }) => steps.map(({ token }) => token.id)));
}

Deno.test("runs come back with their tokens, params, branches and ends, and ask for their steps again", () => {
  const params = { ...DEFAULT_PARAMS, temperature: 0.5, logitBias: { 7: -Infinity }, stop: ["\n"] };
  const events = [step(tokenOf("a", 4)), step({ id: 9, text: "\ufffd", bytes: [0xc3] }, { position: 1 })];
  const first = closed(received(started(params, 0), events, 1), "end");
  const withBranch = received(
    branched(first, { sequence: 0, position: 1 }, 0),
    [step(tokenOf("b", 5)), { type: "metric", sequence: 0, name: "ppl", value: Infinity }],
    1,
    () => 1,
  );
  const second = continued(params, { run: 0, sequence: 1, position: 0 }, 0);
  const back = restoredRuns(through([withBranch, second]), PROMPT);
  assert.deepEqual(idsOf(back), [[[4, 9], [5]], [[]]]);
  assert.deepEqual(back[0]?.params, params);
  assert.deepEqual(back[0]?.completions[0]?.steps[1]?.token.bytes, [0xc3]);
  assert.deepEqual(back[0]?.completions[1]?.branch, { sequence: 0, position: 1 });
  assert.deepEqual(back[0]?.completions[1]?.metrics, { ppl: undefined });
  assert.deepEqual(back[1]?.completions[0]?.branch, { run: 0, sequence: 1, position: 0 });
  assert.deepEqual(back.map(({ phase }) => phase), ["stopped", "stopped"], "what streamed is kept as stopped");
  assert.equal(back[0]?.completions[0]?.bare, "waiting");
  const other = restoredRuns(through([withBranch]), fingerprint("another prompt"));
  assert.notEqual(other[0]?.completions[0]?.bare, "waiting", "steps under another prompt are not its own");
  assert.deepEqual(keptRuns(other, fingerprint("another prompt"))[0]?.prompt, PROMPT);
});

Deno.test("runs of a conversation are known by its messages, and by their text where both know it", () => {
  const of = (text: string, is: "exact" | "unknown") =>
    promptPrint({ prompt: toPrompt(text), conversation: { text: is, key: "12-ab", unmarked: [] } });
  const run = closed(received(started(DEFAULT_PARAMS, 0), [step(tokenOf("b", 5))], 1), "end");
  const bare = (made: string, now: string) => {
    const file = exportRuns(HERE, keptRuns([run], made));
    return restoredRuns(importRuns(file, HERE), now)[0]?.completions[0]?.bare;
  };
  const exact = of("<user>Hi", "exact"), unknown = of("[user]\nHi", "unknown");
  for (const [made, now] of [[exact, exact], [unknown, exact], [exact, unknown]] as const) {
    assert.equal(bare(made, now), "waiting", `${made} and ${now}`);
  }
  assert.notEqual(bare(exact, of("[INST]Hi", "exact")), "waiting", "the template is another one");
  assert.equal(promptPrint({ prompt: toPrompt("a") }), fingerprint("a"));
});

Deno.test("what a server told of each token is kept with it, as it cannot be had again", () => {
  const top = [{ token: tokenOf("a"), logprob: -0.5, rank: 1 }, {
    token: tokenOf("b", 2),
    logprob: -Infinity,
    rank: 2,
  }];
  const { restCount: _, ...remote } = step(tokenOf("a"), {
    draw: { kind: "remote" },
    top,
    evidence: { kind: "bounded", reason: "top 2", restMass: { low: 0, high: 0.1 } },
  });
  const run = closed(received(started(DEFAULT_PARAMS, 0), [remote], 1), "end");
  const [completion] = restoredRuns(through([run]), PROMPT)[0]?.completions ?? [];
  assert.equal(completion?.bare, undefined);
  const { type: __, ...told } = remote;
  assert.deepEqual(completion?.steps, [told]);
});

/** A run of a server's, of `completions` that each have `length` tokens with `top` candidates. */
function toldRun(completions: number, length: number, top: number): Run {
  const candidates = Array.from(
    { length: top },
    (_, id) => ({ token: tokenOf(` token ${id}`, id), logprob: -id, rank: id + 1 }),
  );
  const events = Array.from({ length: completions * length }, (_, index) => {
    const { restCount: __, ...remote } = step(tokenOf(" token 0", 0), { draw: { kind: "remote" }, top: candidates });
    return { ...remote, sequence: Math.floor(index / length), position: index % length };
  });
  return closed(received(started({ ...DEFAULT_PARAMS, n: completions }, 0), events, 1), "end");
}

Deno.test("exportRuns() names each token that servers told once, and leaves out what they told of the oldest first", () => {
  const all = keptRuns([toldRun(2, 20, 10), toldRun(1, 20, 10)], PROMPT);
  const told = (text: string) =>
    importRuns(text, HERE).flatMap(({ completions }) => completions.map(({ told }) => told?.length));
  const whole = exportRuns(HERE, all);
  assert.equal(whole.split('" token 9"').length - 1, 1);
  assert.deepEqual(importRuns(whole, HERE), JSON.parse(JSON.stringify(all)));
  for (
    const [wanted, most] of [[[20, 20, 20], whole.length + 100], [[undefined, 20, 20], whole.length - 100]] as const
  ) {
    const text = exportRuns(HERE, all, most);
    assert.ok(text.length <= most);
    assert.deepEqual(told(text), wanted);
  }
  const bare = exportRuns(HERE, all, 0);
  assert.deepEqual(told(bare), [undefined, undefined, undefined], "the completions themselves stay");
  assert.doesNotMatch(bare, / token 9/);
});

Deno.test("importRuns() reads what was kept while each candidate had its token beside it, and refuses a token that is not there", () => {
  const runs = keptRuns([toldRun(1, 2, 3)], PROMPT), now = exportRuns(HERE, runs);
  const old = JSON.stringify({ format: "visuallm-generations", version: 1, place: HERE, runs });
  assert.deepEqual(importRuns(old, HERE), importRuns(now, HERE));
  const spoiled = JSON.stringify({ ...JSON.parse(now), tokens: [] });
  assert.throws(() => importRuns(spoiled, HERE), { name: "SyntaxError", message: /Cannot read run 1: completions.0/ });
});

Deno.test("what a server told of each token at temperature 0 is kept too", async () => {
  const fake = startFakeOpenAi();
  const generator = await openFake(fake.url("ok"));
  const params = { ...DEFAULT_PARAMS, temperature: 0, maxTokens: 3 };
  const events = await Array.fromAsync(generator.generate({ prompt: "abc", top: 2, params }));
  const run = closed(received(started(params, 0), events, 1), "end");
  const back = restoredRuns(through([run]), PROMPT)[0]?.completions;
  assert.equal(back?.[0]?.bare, undefined, "the server need not be asked again");
  const numbers = (completion: Completion | undefined) =>
    completion?.steps.map(({ logprob, rank, top, evidence, draw }) => ({ logprob, rank, top, evidence, draw }));
  assert.equal(numbers(back?.[0])?.[0]?.rank, 1);
  assert.deepEqual(numbers(back?.[0]), numbers(run.completions[0]));
  await fake.close();
});

Deno.test("a server that tells no numbers is not asked again, and what it was given stays chosen by hand", async () => {
  const fake = startFakeOpenAi();
  const generator = await openFake(fake.url("silent"));
  const params = { ...DEFAULT_PARAMS, maxTokens: 3 };
  const whole = await Array.fromAsync(generator.generate({ prompt: "abc", top: 2, params }));
  const [first] = whole.flatMap((event) => event.type === "step" ? [event.token.id] : []);
  const path = first === undefined ? [] : [first];
  const branch = await Array.fromAsync(generator.generate({ prompt: "abc", top: 2, params, path }));
  const run = [whole, branch].reduce<Run>(
    (run, events, row) => received(run, events, 1, () => row),
    started({ ...params, n: 2 }, 0),
  );
  const back = restoredRuns(through([closed(run, "end")]), PROMPT)[0]?.completions;
  assert.deepEqual(back?.map(({ bare }) => bare), [undefined, undefined]);
  const drawn = back?.map(({ steps }) =>
    steps.map(({ draw, evidence }) => [draw.kind, evidence?.reason.split(" ")[0]])
  );
  const { host } = new URL(fake.origin);
  const written = ["remote", host];
  assert.deepEqual(drawn, [[written, written, written], [["forced", "chosen"], written, written]]);
  const verdicts = verdictsAlong(back?.[0]?.steps ?? [], { ...params, temperature: 2 }, undefined);
  assert.deepEqual(new Set(verdicts.map(({ kind }) => kind)), new Set(["unknown"]));
  await fake.close();
});

Deno.test("tokens of a server that were kept without what it told are not asked for again", () => {
  const token = { ...tokenOf("a"), isUnnumbered: true };
  const run = closed(received(started(DEFAULT_PARAMS, 0), [step(token)], 1), "end");
  assert.equal(through([run])[0]?.completions[0]?.told, undefined);
  assert.equal(restoredRuns(through([run]), PROMPT)[0]?.completions[0]?.bare, undefined);
});

Deno.test("hostile texts come back as they were", () => {
  for (const text of hostileStrings(60)) {
    const token = { id: 3, text, bytes: [...new TextEncoder().encode(text)] };
    const run = closed(received(started(DEFAULT_PARAMS, 0), [step(token)], 1), "end");
    assert.deepEqual(restoredRuns(through([run]), PROMPT)[0]?.completions[0]?.steps[0]?.token, token);
  }
});

Deno.test("joined() holds every run and completion of both, once, and is the same in any number of rounds", () => {
  const completion = fc.nat(20).map((id) => ({ id: `c${id}`, sequence: 0, tokens: [], metrics: {} }));
  const runs = fc.uniqueArray(
    fc.record({
      id: fc.nat(5).map((id) => `r${id}`),
      phase: fc.constant("done" as const),
      params: fc.constant({}),
      prompt: fc.constant(PROMPT),
      warnings: fc.constant<string[]>([]),
      completions: fc.uniqueArray(completion, { selector: ({ id }) => id, maxLength: 4 }),
    }),
    { selector: ({ id }) => id, maxLength: 5 },
  );
  const names = (all: readonly KeptRun[]) =>
    all.flatMap(({ id, completions }) => completions.map((each) => `${id}/${each.id}`));
  fc.assert(fc.property(runs, runs, (one, other) => {
    const both = joined(one, other);
    const wanted = new Set([...names(one), ...names(other)]);
    assert.deepEqual(new Set(names(both)), wanted);
    assert.equal(names(both).length, wanted.size);
    assert.deepEqual(joined(both, other), both);
    for (const [index, run] of one.entries()) {
      assert.equal(both[index]?.id, run.id);
      assert.deepEqual(both[index]?.completions.slice(0, run.completions.length), run.completions);
    }
  }));
});

Deno.test("a branch that failed and made room for another one does not come back from what was kept", () => {
  const problem = { type: "about:blank", title: "t", status: 500, detail: "d", id: "x" };
  const at = { sequence: 0, position: 0 };
  let run = closed(received(started(DEFAULT_PARAMS, 0), [step(tokenOf("a", 4))], 1), "end");
  let kept = through([run]);
  const save = () => kept = joined(through([run]), kept);
  for (let fault = 0; fault < 2; fault++) {
    run = closed(branched(run, at, 1), problem);
    save();
    assert.equal(kept[0]?.completions.length, 2, "the one that failed last stands there");
  }
  run = closed(received(branched(run, at, 1), [step(tokenOf("b", 5))], 2, () => 1), "stopped");
  save();
  assert.deepEqual(idsOf(restoredRuns(kept, PROMPT)), [[[4], [5]]]);
});

Deno.test("keptRuns() leaves out a run that no request could hold, and one of which nothing came but an error", () => {
  const problem = { type: "about:blank", title: "t", status: 422, detail: "d", id: "x" };
  const good = closed(received(started(DEFAULT_PARAMS, 0), [step(tokenOf("a", 4))], 1), "end");
  const refused = [{ stop: ["x".repeat(65)] }, { temperature: 5 }, { logitBias: { 7: 500 } }]
    .map((wrong) => closed(started({ ...DEFAULT_PARAMS, ...wrong }, 0), problem));
  const failed = closed(started(DEFAULT_PARAMS, 0), problem);
  const halfway = closed(received(started(DEFAULT_PARAMS, 0), [step(tokenOf("b", 5))], 1), problem);
  const onwards = continued(DEFAULT_PARAMS, { run: 5, sequence: 0, position: 1 }, 0);
  const kept = through([...refused, failed, good, halfway, onwards]);
  assert.deepEqual(kept.map(({ id }) => id), [good.id, halfway.id, onwards.id]);
  const branch = restoredRuns(kept, PROMPT)[2]?.completions[0]?.branch;
  assert.deepEqual(branch, { run: 1, sequence: 0, position: 1 }, "by the places that are left");
});

Deno.test("readRuns() gives the runs that can be read, and a text of the others alone that loses nothing", () => {
  const runs = ["a", "b", "c"].map((text, id) =>
    closed(received(started(DEFAULT_PARAMS, 0), [step(tokenOf(text, id))], 1), "end")
  );
  const file = JSON.parse(exportRuns(HERE, keptRuns(runs, PROMPT)));
  const [first, second, third] = file.runs;
  const bad = { ...second, params: { ...second.params, stop: ["x".repeat(65)] }, more: 1 };
  const { runs: read, unread } = readRuns(JSON.stringify({ ...file, runs: [first, bad, third] }), HERE);
  assert.deepEqual(read.map(({ id }) => id), [first.id, third.id]);
  assert.match(unread?.reason ?? "", /^Cannot read run 2: params.stop.0: /);
  assert.deepEqual(JSON.parse(unread?.text ?? ""), { ...file, runs: [bad] });
  assert.deepEqual(readRuns(unread?.rest ?? "", HERE), { runs: read });
});

Deno.test("keptOfOthers() tells a sample from one whose key begins the same, and counts it once with all it has", () => {
  const own = keptKey({ ...HERE, generator: "gpt" }), longer = keptKey({ ...HERE, generator: "gpt-4" });
  const edited = keptKey({ ...HERE, generator: "gpt", edits: { text: "other words" } });
  const names = [own, `${own} trail`, `${own} unread 1`, longer, `${longer} trail`, `${longer} unread 2`, edited];
  const others = keptOfOthers(names, own);
  assert.deepEqual([...others.keys()], [longer, edited]);
  assert.deepEqual(others.get(longer), [longer, `${longer} trail`, `${longer} unread 2`]);
});

Deno.test("importRuns() names what is wrong with a text, and whose it is", () => {
  const good = exportRuns(HERE, keptRuns([closed(started(DEFAULT_PARAMS, 0), "end")], PROMPT));
  const bad: readonly (readonly [string, RegExp])[] = [
    ["{", /JSON/],
    ["[]", /expected format "visuallm-generations"/],
    [good.replace('"version":1', '"version":2'), /version 1/],
    [good.replace('"sample":3', '"sample":4'), /their sample is 4, that of this page 3/],
    [good.replace('"temperature":1', '"temperature":9'), /Cannot read run 1: params.temperature: .*from 0 to 2/],
    [good.replace('"phase":"incomplete"', '"phase":"asleep"'), /Cannot read run 1: phase/],
  ];
  for (const [text, message] of bad) assert.throws(() => importRuns(text, HERE), { name: "SyntaxError", message });
});

Deno.test("runs of one's own prompt are kept by it alone, and by no sample; their file tells it, and is of no other", () => {
  const own = { ...HERE, ownPrompt: "Once\n" }, elsewhere = { ...own, sample: 9, split: "train", edits: { text: "x" } };
  assert.equal(keptKey(own), keptKey(elsewhere));
  const others = [HERE, { ...own, ownPrompt: "Once" }, { ...own, generator: "gpt" }, { ...own, task: "u" }];
  for (const other of others) assert.notEqual(keptKey(own), keptKey(other));
  assert.equal(keptKey(own).includes(" "), false, "what follows a space is kept beside it");
  const run = closed(received(started(DEFAULT_PARAMS, 0), [step(tokenOf("a", 4))], 1), "end");
  assert.deepEqual(through([run], own).length, 1);
  const file = exportRuns(own, keptRuns([run], PROMPT));
  assert.equal(JSON.parse(file).place.prompt, "Once\n");
  assert.equal(importRuns(file, elsewhere).length, 1);
  assert.throws(() => importRuns(file, HERE), /their split is not told, that of this page "test"/);
  const long = { ...own, ownPrompt: "x".repeat(500) };
  assert.throws(() => importRuns(file, long), /their prompt is "Once\\n", that of this page "x{79}…/);
  const ofSample = exportRuns(HERE, keptRuns([run], PROMPT));
  assert.throws(() => importRuns(ofSample, own), /their prompt is not told, that of this page "Once\\n"/);
});

Deno.test("fingerprint() tells texts apart by their characters and by their order", () => {
  // FNV-1a, 32 bits, of "a" is 0xe40c292c.
  assert.equal(fingerprint("a"), "1-e40c292c");
  assert.notEqual(fingerprint("ab"), fingerprint("ba"));
});

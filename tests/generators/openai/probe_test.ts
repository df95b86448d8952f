/** What a server can show: found out with few calls, none with a user's text, and what it lacks is said with its reason. */
import assert from "node:assert/strict";
import type { Generator } from "../../../lib/generators/generator.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { rankedAfter, startFakeOpenAi } from "../../rig/fake_openai.ts";
import { openFake } from "../../rig/open_fake.ts";

const STEP = { prompt: "abc", path: [], params: { ...DEFAULT_PARAMS, temperature: 0 }, offset: 0, limit: 50 };
const close = (one: number | undefined, other: number | undefined) =>
  assert.ok(Math.abs((one ?? NaN) - (other ?? NaN)) < 1e-9, `${one} against ${other}`);

Deno.test("the probe asks at most eight times, and its answers say what a server can show", async () => {
  const fake = startFakeOpenAi();
  const cases: readonly [string, "chat" | "completions", readonly (string | RegExp)[], boolean, boolean][] = [
    ["ok", "chat", ["at most 20 candidates", /before/, /one text/, "no scoring of given text"], true, false],
    ["ok", "completions", ["at most 20 candidates", /before/, /one text/, "scores given text by echo"], true, true],
    ["tempered", "chat", [/20/, /after temperature/, /one text/, /no scoring/], true, false],
    ["noisy", "chat", [/20/, /before temperature/, /one text/], true, false],
    ["ignores_seed", "chat", [/20/, /before/, "one seed writes different texts"], true, false],
    ["no_echo", "completions", [/20/, /before/, /one text/, "scores given text by prompt_logprobs"], true, true],
    ["no_scoring", "completions", [/20/, /before/, /one text/, /no scoring/], true, false],
    ["templated", "completions", [/20/, /before/, /one text/, /no scoring/], false, false],
    ["llama_server", "completions", [/20/, /before/, /one text/, /no scoring/], true, false],
    ["silent", "chat", ["no logprobs", /one text/, /no scoring/], false, false],
    ["trims", "chat", [/20/, /before/, /one text/, /drops white space around a begun answer/], true, false],
    ["no_prefill", "chat", [/20/, /before/, /one text/, /no scoring/], false, false],
    ["five", "completions", ["at most 5 candidates", /before/, /echo/], true, true],
    ["reasoning", "chat", ["no logprobs", /no scoring/], false, false],
  ];
  for (const [behaviour, mode, notes, canStep, canScore] of cases) {
    const before = fake.seen.length;
    const generator = await openFake(fake.url(behaviour), { mode });
    const calls = fake.seen.slice(before);
    assert.ok(calls.length <= 8, `${behaviour}: ${calls.length} calls`);
    assert.ok(
      calls.every(({ body }) => /[Cc]ount|1, 2, 3|one, two, thr|andom letters/.test(JSON.stringify(body))),
      "our own text alone",
    );
    const found = generator.facts.notes ?? [];
    for (const note of notes) {
      assert.ok(
        found.some((each) => typeof note === "string" ? each === note : note.test(each)),
        `${behaviour}: ${found}`,
      );
    }
    assert.deepEqual([generator.next !== undefined, generator.score !== undefined], [canStep, canScore], behaviour);
    assert.deepEqual([generator.lacks?.next === undefined, generator.lacks?.score === undefined], [canStep, canScore]);
  }
  await fake.close();
});

Deno.test("the probe's notes tell nothing of a seed that a server does not take, or of texts that are empty", async () => {
  const fake = startFakeOpenAi();
  for (const behaviour of ["no_seed", "reasoning"]) {
    const { facts } = await openFake(fake.url(behaviour));
    assert.ok(!facts.notes?.some((note) => note.includes("seed")), `${behaviour}: ${facts.notes}`);
  }
  await fake.close();
});

Deno.test("a server that puts a prompt into a conversation continues no text, and is not asked to", async () => {
  const fake = startFakeOpenAi();
  const generator = await openFake(fake.url("templated"), { mode: "completions" });
  assert.match(generator.lacks?.next ?? "", /does not continue a prompt's exact text/);
  const request = { prompt: "abc", params: { ...DEFAULT_PARAMS, maxTokens: 4 }, top: 4 };
  const ids: number[] = [];
  for await (const event of generator.generate(request)) if (event.type === "step") ids.push(event.token.id);
  assert.equal(ids.length, 4, "it still generates");
  const before = fake.seen.length;
  const branch = generator.generate({ ...request, path: ids.slice(0, 2) });
  await assert.rejects(Array.fromAsync(branch), /Cannot go on with a given text/);
  assert.equal(fake.seen.length, before);
  await fake.close();
});

Deno.test("a server that opens a new turn and counts on there by heart is not taken for one that continues", async () => {
  const fake = startFakeOpenAi();
  const generator = await openFake(fake.url("no_prefill"));
  assert.equal(generator.next, undefined);
  assert.match(generator.lacks?.next ?? "", /does not continue an answer that is begun/);
  await fake.close();
});

Deno.test("a server that drops white space around a begun answer goes on from no such text, and is not asked to", async () => {
  const fake = startFakeOpenAi();
  const generator = await openFake(fake.url("trims"));
  const refusal = { name: "RangeError", message: /white space: 127\.0\.0\.1:\d+ drops that of an answer/ };
  const asked = { prompt: "abc", top: 4, params: { ...DEFAULT_PARAMS, maxTokens: 4 } };
  const turns = (content: string) => [{ role: "user", content: "abc" }, { role: "assistant", content }] as const;
  const next = await generator.next?.({ ...STEP, append: "bad" }) ?? assert.fail();
  assert.equal(next.step.token.text, rankedAfter("[user:abc]bad")[0]?.text, "another text is gone on with");
  const before = fake.seen.length;
  for (const text of ["bad ", " bad", "bad\n"]) {
    await assert.rejects(generator.next?.({ ...STEP, append: text }) ?? assert.fail(), refusal);
    await assert.rejects(generator.next?.({ ...STEP, messages: turns(text) }) ?? assert.fail(), refusal);
    await assert.rejects(Array.fromAsync(generator.generate({ ...asked, messages: turns(text) })), refusal);
  }
  assert.equal(fake.seen.length, before);
  const ended = [...turns("bad "), { role: "user", content: "go " }] as const;
  await Array.fromAsync(generator.generate({ ...asked, messages: ended }));
  assert.equal(fake.seen.length, before + 1, "a turn that is over is the server's own business");
  const exact = await openFake(fake.url("ok"));
  assert.equal(
    (await exact.next?.({ ...STEP, append: "bad " }))?.step.token.text,
    rankedAfter("[user:abc]bad ")[0]?.text,
  );
  await fake.close();
});

Deno.test("the probe asks once what a server may not know, whichever status says so", async () => {
  const fake = startFakeOpenAi();
  await openFake(fake.url("llama_server"), { mode: "completions" });
  assert.equal(fake.seen.filter(({ body }) => body.echo === true).length, 1);
  await fake.close();
});

Deno.test("a fault that passes while a server is probed takes no ability away", async () => {
  const fake = startFakeOpenAi();
  const abilities = ({ next, score }: Generator) => [next !== undefined, score !== undefined];
  for (const [mode, canScore] of [["chat", false], ["completions", true]] as const) {
    const fakeOnce = startFakeOpenAi();
    assert.deepEqual(abilities(await openFake(fakeOnce.url("broken_once"), { mode })), [true, canScore], mode);
    await fakeOnce.close();
  }
  await assert.rejects(openFake(fake.url("broken_awhile"), { mode: "completions" }), /500: boom/);
  const later = await openFake(fake.url("broken_awhile"), { mode: "completions" });
  assert.deepEqual(abilities(later), [true, true], "the next use probes anew");
  const without = await openFake(fake.url("broken_echo"), { mode: "completions" });
  assert.deepEqual(abilities(without), [true, false], "a server that breaks at one question alone is used");
  await fake.close();
});

for (const mode of ["chat", "completions"] as const) {
  Deno.test(`openai() in ${mode} steps token by token, each distribution the server's own`, async () => {
    const fake = startFakeOpenAi();
    const generator = await openFake(fake.url("ok"), { mode });
    const path: number[] = [];
    let text = mode === "chat" ? "[user:abc]" : "abc";
    const start = text.length;
    for (let position = 0; position < 20; position++) {
      const { step, ...next } = await generator.next?.({ ...STEP, path }) ?? assert.fail();
      const ranked = rankedAfter(text);
      assert.deepEqual([step.position, next.path.length, step.rank], [position, position, 1]);
      for (const candidate of step.top) close(candidate.logprob, ranked[candidate.rank - 1]?.logprob);
      assert.equal(step.token.text, ranked[0]?.text);
      // No way leads on after part of a character: a server takes text.
      const { token } = step.top.find(({ token }) => token.text !== "\ufffd") ?? assert.fail();
      text += token.text;
      path.push(token.id);
    }
    const other = await openFake(fake.url("ok"), { mode });
    const again = await other.next?.({ ...STEP, path });
    assert.equal(
      again?.path.map(({ text }) => text).join(""),
      text.slice(mode === "chat" ? 10 : 3),
      "ids mean the same everywhere",
    );
    const found = await generator.next?.({
      ...STEP,
      find: rankedAfter(text.slice(0, start))[3]?.text ?? "",
      limit: 2,
      offset: 1,
    });
    assert.deepEqual(found?.found?.map(({ rank }) => rank), [4]);
    assert.equal(found?.step.top.filter(({ rank }) => rank > 1).length, 2);
    await assert.rejects(generator.next?.({ ...STEP, path: [2 ** 46 + 1] }) ?? assert.fail(), /not seen here/);
    await fake.close();
  });
}

for (const behaviour of ["ok", "no_echo"]) {
  Deno.test(`openai() scores a given text with the server's own logprobs: ${behaviour}`, async () => {
    const fake = startFakeOpenAi();
    const generator = await openFake(fake.url(behaviour), { mode: "completions" });
    const scored = await generator.score?.({ prompt: "abc", completion: "de, f", top: 5 }) ?? assert.fail();
    assert.equal(scored.map(({ token }) => token.text).join(""), "de, f");
    for (const [index, { token, logprob, rank, evidence }] of scored.entries()) {
      const ranked = rankedAfter("abc" + "de, f".slice(0, index));
      const truth = ranked.findIndex(({ text }) => text === token.text);
      close(logprob, ranked[truth]?.logprob);
      if (evidence?.isRankLeast === true) assert.ok(rank <= truth + 1);
      else assert.equal(rank, truth + 1);
      const entropy = ranked.reduce((sum, each) => sum - Math.exp(each.logprob) * each.logprob, 0);
      assert.ok((evidence?.entropyNats?.low ?? Infinity) <= entropy);
    }
    const byIds = await generator.score?.({ prompt: "abc", completion: scored.map(({ token }) => token.id), top: 5 });
    assert.deepEqual(byIds, scored);
    assert.deepEqual(await generator.score?.({ prompt: "abc", completion: "", top: 5 }), []);
    await fake.close();
  });
}

/** From a screen to the others of its module, and from one task to another: what is shown stays, where it can. */
import assert from "node:assert/strict";
import { chat, datasetView, defineModule, generation, logitTable, nextToken, rows } from "../../lib/mod.ts";
import { rigApp } from "../rig/rig_app.ts";

const shared = rows(Array.from({ length: 30 }, (_, index) => ({ text: `a${index}` })));
const other = rows(Array.from({ length: 10 }, (_, index) => ({ text: `b${index}` })));
const table = () => logitTable({ vocabulary: [..."ab0123456789"], logits: () => [1] });
const prompt = ({ text }: { text: string }) => text;

const module = defineModule({
  name: "two",
  generators: { one: table(), two: table() },
  tasks: {
    plain: { dataset: { all: shared, few: other }, prompt, params: { maxTokens: 5 } },
    again: { dataset: { all: shared, few: rows([{ text: "c" }]) }, prompt, params: { maxTokens: 7, seed: 3 } },
    alone: { dataset: { rest: other }, prompt },
  },
  components: [
    datasetView(),
    generation(),
    nextToken(),
    chat({ prompt: ({ messages }) => messages.map(({ content }) => content).join() }),
  ],
});
const PLACE = "task=again&split=all&sample=17&generator=two";

async function railLinks(path: string): Promise<Readonly<Record<string, string>>> {
  const { fetch } = await rigApp({ modules: [module] });
  const [, nav = ""] = /<nav[^>]*>([\s\S]*?)<\/nav>/.exec(await (await fetch(path)).text()) ?? [];
  return Object.fromEntries(
    [...nav.matchAll(/<a [^>]*href="(\/two\/([^"?]*)[^"]*)"/g)]
      .map(([, href = "", name = ""]) => [name, href.replaceAll("&amp;", "&")]),
  );
}

async function moved(query: string, screen = "generation"): Promise<string | null> {
  const { fetch } = await rigApp({ modules: [module] });
  const response = await fetch(`/two/${screen}?${query}`);
  assert.equal(response.status, 303);
  return response.headers.get("location");
}

Deno.test("the rail leads to the sample, generator and params that a screen shows; the screen itself begins anew", async () => {
  const edits = `&edits=${encodeURIComponent('{"text":"x"}')}`.replaceAll("%20", "+");
  assert.deepEqual(await railLinks(`/two/generation?${PLACE}${edits}&temperature=0.5&colour=rank&max_tokens=7`), {
    dataset: `/two/dataset?${PLACE}${edits}&temperature=0.5`,
    generation: "/two/generation",
    "next-token": `/two/next-token?${PLACE}${edits}&temperature=0.5`,
    chat: "/two/chat?generator=two",
  });
  assert.equal((await railLinks(`/two/dataset?${PLACE}&q=a&pin=2`)).generation, `/two/generation?${PLACE}`);
  assert.equal((await railLinks("/two/chat?generator=two&temperature=0.5")).dataset, "/two/dataset?generator=two");
});

Deno.test("a module's own address leads to its first screen", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const response = await fetch("/two");
  assert.deepEqual([response.status, response.headers.get("location")], [302, "/two/dataset"]);
});

Deno.test("what was found out of a generator stands beside its name once it is open, as the text that it is", async () => {
  const source = table();
  const noted: typeof source = {
    ...source,
    async open(context) {
      const opened = await source.open(context);
      return { ...opened, facts: { ...opened.facts, notes: ["takes <b>one</b> at a time", "ignores top_k"] } };
    },
  };
  const { fetch, post } = await rigApp({
    modules: [defineModule({ ...module, generators: { noted, plain: table() } })],
  });
  const read = async (generator: string) => {
    await (await post("/api/two/generation/generate", { generator, params: { max_tokens: 1 } })).text();
    return await (await fetch(`/two/generation?generator=${generator}`)).text();
  };
  assert.match(
    await read("noted"),
    /<summary[^>]*>2 notes<\/summary><ul[^>]*><li[^>]*>takes &lt;b>one&lt;\/b> at a time<\/li><li[^>]*>ignores top_k<\/li>/,
  );
  assert.doesNotMatch(await read("plain"), /2 notes/);
});

Deno.test("what is wrong with an address is not taken along by the rail", async () => {
  for (const wrong of [`${PLACE}&temperature=9`, "sample=99", "task=none", "generator=none"]) {
    assert.equal((await railLinks(`/two/generation?${wrong}`)).dataset, "/two/dataset", wrong);
  }
});

Deno.test("another task over the same rows keeps the sample, and what was asked of the rows", async () => {
  const at = "task=again&split=all&sample=17&generator=two";
  assert.equal(await moved(`from_task=plain&${at}&colour=rank`), `/two/generation?${at}&colour=rank`);
  const asked = "q=a1&filter.text=a&selected=3-5&pin=2&offset=20";
  assert.equal(await moved(`from_task=plain&${at}&${asked}`, "dataset"), `/two/dataset?${at}&${asked}`);
  const edits = `edits=${encodeURIComponent('{"text":"x"}')}`;
  assert.equal(await moved(`from_task=plain&${at}&${edits}`), `/two/generation?${at}&${edits}`);
});

Deno.test("another split of a task keeps what was asked of its rows, and no number of a row of the other one", async () => {
  const kept = "q=a&sort=text&filter.text=b&slice.named=q%3Dc&tokens=1";
  const numbers = "selected=2-4&only=3&pin=5&offset=20&slice.picked=only%3D1%2C2";
  const all = "task=plain&split=all&sample=7&generator=one", few = "task=plain&split=few&sample=7&generator=one";
  // Without JavaScript the form names both, and the sample that it was at.
  for (const from of ["from_split=all", "from_task=plain&from_split=all"]) {
    assert.equal(await moved(`${from}&${few}&${kept}&${numbers}`, "dataset"), `/two/dataset?${few}&${kept}`);
    const same = await moved(`${from}&${all}&${kept}&${numbers}`, "dataset");
    assert.equal(same, `/two/dataset?${all}&${kept}&${numbers}`, "the split stayed");
  }
  const far = await moved(`from_split=all&${few.replace("sample=7", "sample=17")}`, "dataset");
  assert.equal(far, `/two/dataset?${few.replace("sample=7", "sample=0")}`, "it has no such sample");
  const page = await (await (await rigApp({ modules: [module] })).fetch(`/two/dataset?${all}`)).text();
  assert.match(page, /<input type="hidden" name="from_split" value="all"/);
});

Deno.test("another task with other rows keeps the number of the sample where it has one, and nothing of the rows", async () => {
  const kept = "generator=one&colour=rank&numbers=bits&statistics=1";
  const asked = `q=a1&filter.text=a&selected=3-5&pin=2&edits=%7B%22text%22%3A%22x%22%7D`;
  const few = `split=few&sample=4&${kept}&${asked}`;
  assert.equal(
    await moved(`from_task=again&task=plain&${few}`),
    `/two/generation?task=plain&split=few&sample=4&${kept}`,
  );
  // The other way round there is no fifth row; and a split of the name there is not.
  assert.equal(
    await moved(`from_task=plain&task=again&${few}`),
    `/two/generation?task=again&split=few&sample=0&${kept}`,
  );
  assert.equal(
    await moved(`from_task=plain&task=alone&${few}`),
    `/two/generation?task=alone&split=rest&sample=0&${kept}`,
  );
});

Deno.test("params that were as a task sets them are as the other one does, and those that were changed stay", async () => {
  const at = "split=all&sample=1&generator=one", form = "temperature=0.5&max_tokens=5&seed=0&top_p=1";
  const to = await moved(`from_task=plain&task=again&${at}&${form}`);
  assert.equal(to, `/two/generation?task=again&${at}&temperature=0.5`);
  // What was changed to the other task's own default needs no word.
  assert.equal(
    await moved(`from_task=plain&task=again&${at}&max_tokens=7&seed=0`),
    `/two/generation?task=again&${at}`,
  );
});

Deno.test("a param that cannot be used is told where the form of a sample leads, and none of the others is lost", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const wrong = "split=all&sample=1&generator=one&temperature=9&top_p=0.5";
  for (const task of ["plain", "again"]) {
    const response = await fetch(`/two/generation?from_task=plain&task=${task}&${wrong}`);
    assert.equal(response.status, 422);
    assert.match(await response.text(), /Cannot use temperature &quot;9&quot;|Cannot use temperature "9"/);
  }
});

Deno.test("a task that there is not is named; one that is left need not be there", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  assert.equal((await fetch("/two/generation?from_task=plain&task=none")).status, 422);
  const to = await moved("from_task=constructor&task=plain&split=all&sample=3&generator=one&q=a", "dataset");
  assert.equal(to, "/two/dataset?task=plain&split=all&sample=3&generator=one");
});

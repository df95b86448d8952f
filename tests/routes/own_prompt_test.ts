/** A prompt of one's own in place of a sample's, as pages without a script have it. */
import assert from "node:assert/strict";
import {
  datasetView,
  defineModule,
  exactMatch,
  field,
  generation,
  nextToken,
  openai,
  prompt,
  rows,
} from "../../lib/mod.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { screenHref } from "../../lib/ui/address/generation_screen.ts";
import { longestAddress, refusalOf } from "../../lib/ui/address/own_prompt.ts";
import { echoGenerator } from "../rig/echo_rig.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";
import { hostileStrings } from "../rig/hostile_strings.ts";
import { FakeClock } from "../rig/fake_clock.ts";
import { rigApp } from "../rig/rig_app.ts";
import { until } from "../rig/until.ts";

const module = defineModule({
  name: "own",
  generators: { echo: echoGenerator, other: echoGenerator },
  tasks: {
    ask: {
      dataset: { all: rows([{ text: "one" }, { text: "two\r\n\0end" }]) },
      prompt: ({ text }) => prompt`Q: ${field("text", text)}`,
      target: ({ text }) => text.toUpperCase(),
      metrics: { EM: exactMatch },
    },
  },
  components: [generation(), nextToken(), datasetView()],
});
const alone = defineModule({ ...module, name: "alone", components: [generation(), nextToken()] });
/** Of messages, whose text one of its generators never tells. */
const talk = defineModule({
  name: "talk",
  generators: {
    echo: echoGenerator,
    server: {
      ...echoGenerator,
      open: async (context) => ({ ...await echoGenerator.open(context), takesMessages: true }),
    },
    late: { ...echoGenerator, open: () => Promise.reject(new Error("no memory")) },
  },
  tasks: {
    talk: {
      dataset: { all: rows([{ text: "Hi" }]) },
      prompt: ({ text }) => [{ role: "user", content: field("text", text) }],
    },
  },
  components: [generation(), nextToken()],
});
const PLACE = "task=ask&split=all&sample=1&generator=echo";

async function page(path: string): Promise<string> {
  const { fetch } = await rigApp({ modules: [module, alone] });
  const response = await fetch(path);
  const html = await response.text();
  assert.equal(response.status, 200, html.slice(0, 2_000));
  return html;
}

/** Where what a form sends leads. */
async function sent(
  screen: string,
  fields: Readonly<Record<string, string>>,
  place = PLACE,
): Promise<URLSearchParams> {
  const { fetch } = await rigApp({ modules: [module] });
  const response = await fetch(`/own/${screen}?${place}&${new URLSearchParams(fields)}`);
  assert.equal(response.status, 303);
  const to = new URL(response.headers.get("location") ?? "", "http://page");
  assert.equal(to.pathname, `/own/${screen}`);
  return to.searchParams;
}

function linkTo(html: string, text: string): URL | undefined {
  const [, href] = new RegExp(`href="([^"]*)"[^>]*>${text}<`).exec(html) ?? [];
  return href === undefined ? undefined : new URL(href.replaceAll("&amp;", "&"), "http://page");
}

Deno.test("the prompt of an address stands in place of the sample's, without fields, target and what shows the sample", async () => {
  const html = await page(`/own/generation?${PLACE}&prompt=Hello&temperature=0.5`);
  assert.match(html, />Your own prompt</);
  assert.match(html, />Hello</);
  assert.match(html, /A prompt of your own has no target/);
  assert.match(html, /<title>Generation · own prompt · /);
  assert.doesNotMatch(html, /<mark|Q: |TWO/);
  const back = linkTo(html, "Back to the sample(?:'|&#39;)s");
  assert.equal(back?.search, `?${PLACE}&temperature=0.5`);
});

Deno.test("the model is given exactly that text: a token a byte, by steps that lead on from it", async () => {
  for (const text of hostileStrings(50, 5).filter((each) => each !== "" && each.length < 5_000)) {
    const query = new URLSearchParams({ prompt: text });
    const html = await page(`/own/next-token?${PLACE}&${query}`);
    const bytes = new TextEncoder().encode(text).length;
    assert.match(html, new RegExp(`>${bytes} tokens? of prompt `), JSON.stringify(text));
    const [href = ""] = /\/own\/next-token\?[^"]*path=\d+/.exec(html) ?? [];
    assert.equal(new URL(href.replaceAll("&amp;", "&"), "http://page").searchParams.get("prompt"), text);
  }
});

Deno.test("the rail takes it to the other screen that has one, and leads to the data set without it", async () => {
  const html = await page(`/own/generation?${PLACE}&prompt=a%0Ab`);
  const [, nav = ""] = /<nav[^>]*>([\s\S]*?)<\/nav>/.exec(html) ?? [];
  assert.equal(linkTo(nav, "Next token")?.searchParams.get("prompt"), "a\nb");
  assert.equal(linkTo(nav, "Dataset")?.search, `?${PLACE}`);
});

Deno.test("what a form sends of a prompt leads to its address, with the line ends that the text has", async () => {
  const form = { "prompt.text": "a\r\nb ", temperature: "0.5", edit: "prompt", sel: "1:2" };
  const typed = await sent("generation", form, PLACE.replace("sample=1", "sample=0"));
  assert.equal(typed.get("prompt"), "a\nb ");
  assert.deepEqual([typed.get("temperature"), typed.get("edit"), typed.get("sel")], ["0.5", null, null]);
  // The sample's own line end and NUL come back as a browser changed them, and are what they were.
  const changed = await sent("generation", { "prompt.text": "Q: two\r\n\ufffdend?" });
  assert.equal(changed.get("prompt"), "Q: two\r\n\0end?");
  const same = await sent("generation", { "prompt.text": "Q: two\r\n\ufffdend", temperature: "0.5" });
  assert.deepEqual([same.get("prompt"), same.get("temperature")], [null, "0.5"]);
});

Deno.test("the other forms of a screen carry it along, and a path stays with its prompt", async () => {
  const json = JSON.stringify("a\r\nb\n");
  const found = await sent("next-token", { "prompt.json": json, path: "97,98", find: "x" });
  assert.deepEqual([found.get("prompt"), found.get("path"), found.get("find")], ["a\r\nb\n", "97,98", "x"]);
  const other = await sent("next-token", { "prompt.json": json, "prompt.text": "a\r\nb\r\nc", path: "97" });
  assert.deepEqual([other.get("prompt"), other.get("path")], ["a\r\nb\nc", null]);
  const html = await page(`/own/next-token?${PLACE}&prompt=${encodeURIComponent("a\r\nb\n")}`);
  const hidden = [...html.matchAll(/name="prompt\.json"[^>]*value="([^"]*)"/g)].map(([, value]) => value);
  assert.ok(hidden.length >= 3, "of the sample, of the search, and of own text");
  assert.deepEqual(new Set(hidden), new Set([json.replaceAll('"', "&quot;")]));
  const { fetch } = await rigApp({ modules: [module] });
  const bad = await fetch("/own/generation?prompt.json=%7B%7D");
  assert.equal(bad.status, 422);
  assert.match(await bad.text(), /Cannot use prompt\.json: it must be a text as JSON/);
});

class AskedClock extends FakeClock {
  /** For how long each timer was set. */
  readonly asked: number[] = [];

  override after(ms: number, fire: () => void): () => void {
    this.asked.push(ms);
    return super.after(ms, fire);
  }
}

Deno.test("a page waits 5 s in all for a generator that opens, and a form's prompt for none", async () => {
  const clock = new AskedClock();
  let opened = 0;
  const slow = defineModule({
    ...talk,
    name: "slow",
    generators: { slow: { ...echoGenerator, open: () => new Promise(() => opened++) } },
  });
  const { fetch } = await rigApp({ modules: [slow], traffic: { clock } });
  for (const screen of ["generation", "next-token"]) {
    const { status } = await fetch(`/slow/${screen}?prompt.json=%22a%22`);
    assert.deepEqual([status, opened], [303, 0], screen);
  }
  for (const screen of ["generation", "next-token"]) {
    const answers: Response[] = [];
    clock.asked.length = 0;
    void fetch(`/slow/${screen}`).then((answer) => answers.push(answer));
    await until("the page waits", () => clock.asked.includes(5_000));
    await clock.pass(4_999);
    assert.equal(answers.length, 0, screen);
    // A timer of no time at all is due too.
    await clock.pass(1);
    await until("the page comes", async () => {
      await clock.pass(0);
      return answers.length > 0;
    });
    assert.match(await answers[0]?.text() ?? "", /messages, whose exact text is not known here/);
  }
});

/** What the form of the prompt sends without a script, where nobody changes anything. */
function formOf(html: string): URLSearchParams {
  const form = html.match(/<form[\s\S]*?<\/form>/g)?.find((each) => each.includes('name="sample"')) ?? "";
  const attribute = (tag: string, name: string) =>
    new RegExp(`[ ]${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  const query = new URLSearchParams();
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const name = attribute(input, "name");
    if (name !== undefined && !/ disabled/.test(input)) query.append(name, attribute(input, "value") ?? "");
  }
  for (const [select] of form.matchAll(/<select[\s\S]*?<\/select>/g)) {
    const chosen = select.match(/<option[^>]*>/g)?.find((each) => / selected/.test(each)) ?? "";
    query.append(attribute(select, "name") ?? "", attribute(chosen, "value") ?? "");
  }
  const [, area] = /<textarea[^>]*>\n([\s\S]*?)<\/textarea>/.exec(form) ?? [];
  // As a page holds it, and a form sends it.
  if (area !== undefined) query.append("prompt.text", area.replaceAll("\0", "\ufffd").replace(/\r\n?|\n/g, "\r\n"));
  return query;
}

/** Where the form of a page leads in the end, with some fields changed. */
async function submitted(
  fetch: (path: string) => Promise<Response>,
  path: string,
  fields: Readonly<Record<string, string>>,
) {
  const query = formOf(await (await fetch(path)).text());
  for (const [name, value] of Object.entries(fields)) query.set(name, value);
  let to = new URL(`${path.split("?")[0]}?${query}`, "http://page");
  for (;;) {
    const answer = await fetch(`${to.pathname}${to.search}`);
    await answer.text();
    const location = answer.headers.get("location");
    if (location === null) return { status: answer.status, query: to.searchParams };
    to = new URL(location, to);
  }
}

Deno.test("without a script another sample shows its own prompt, whatever the text area held", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const named = (query: URLSearchParams) => [...query.keys()].filter((name) => /prompt|edit|path/.test(name));
  for (const screen of ["generation", "next-token"]) {
    for (const more of ["edit=prompt", "prompt=abc", "prompt=abc&edit=prompt&path=97"]) {
      for (const typed of [{}, { "prompt.text": "mine" }]) {
        const at = `/own/${screen}?${PLACE}&${more}`;
        const fields = more.includes("edit") ? typed : {};
        const { status, query } = await submitted(fetch, at, { ...fields, sample: "0" });
        assert.deepEqual([status, query.get("sample"), named(query)], [200, "0", []], `${screen} ${more}`);
      }
    }
    const kept = await submitted(fetch, `/own/${screen}?${PLACE}&prompt=abc`, { temperature: "0.5" });
    assert.deepEqual([kept.query.get("prompt"), kept.query.get("temperature")], ["abc", "0.5"]);
  }
});

Deno.test("without a script the tokens that were chosen stay while a prompt is written, until it is another one", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  for (const more of ["", "&prompt=abc"]) {
    const html = await page(`/own/next-token?${PLACE}${more}&path=97,98`);
    const edit = linkTo(html, "Edit the text");
    assert.equal(edit?.searchParams.get("path"), "97,98");
    const at = `${edit?.pathname}${edit?.search}`;
    assert.equal(linkTo(await page(at), "Cancel")?.searchParams.get("path"), "97,98");
    const path = async (fields: Readonly<Record<string, string>>) =>
      (await submitted(fetch, at, fields)).query.get("path");
    assert.equal(await path({ temperature: "0.5" }), "97,98");
    for (const fields of [{ "prompt.text": "mine" }, { sample: "0" }, { generator: "other" }]) {
      assert.equal(await path(fields), null, Object.keys(fields).join());
    }
    const back = linkTo(await page(at), "Back to the sample(?:'|&#39;)s");
    assert.equal(back?.searchParams.get("path") ?? null, null);
  }
});

Deno.test("without a script a derived sample stays derived under an open text area, and another one is not", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const edits = JSON.stringify({ text: "three" }), derived = new URLSearchParams({ edits });
  for (const more of ["edit=prompt", "prompt=abc"]) {
    const at = `/own/generation?${PLACE}&${derived}&${more}`;
    const { query } = await submitted(fetch, at, { temperature: "0.5" });
    assert.deepEqual([query.get("edits"), query.get("temperature")], [edits, "0.5"], more);
    assert.equal(query.get("prompt"), more === "prompt=abc" ? "abc" : null);
    const other = await submitted(fetch, at, { sample: "0" });
    assert.deepEqual([other.query.get("edits"), other.query.get("prompt")], [null, null]);
  }
  const written = await submitted(fetch, `/own/generation?${PLACE}&${derived}&edit=prompt`, {
    "prompt.text": "Q: three!",
  });
  assert.deepEqual([written.query.get("prompt"), written.query.get("edits")], ["Q: three!", edits]);
});

Deno.test("a text area that nobody touched makes no prompt, though the sample's is another one by now", async () => {
  const { fetch } = await rigApp({ modules: [talk] });
  const at = "/talk/generation?generator=late&edit=prompt";
  const html = await (await fetch(at)).text();
  assert.match(html, />\n<\/textarea>/, "its text is not known, as its generator does not open");
  const query = formOf(html);
  query.set("generator", "echo");
  const leads = async (typed: string) => {
    query.set("prompt.text", typed);
    const answer = await fetch(`/talk/generation?${query}`);
    assert.equal(answer.status, 303);
    return new URL(answer.headers.get("location") ?? "", "http://page").searchParams.get("prompt");
  };
  assert.equal(await leads(""), null);
  // What was typed into it is no change of the text that is known now.
  assert.equal(await leads("user\r\nHi!"), "user\nHi!");
});

Deno.test("what no address can hold is refused, and not changed: half of a surrogate pair", async () => {
  const half = defineModule({
    ...module,
    name: "half",
    tasks: { ask: { dataset: { all: rows([{ text: "a\ud800b" }]) }, prompt: ({ text }) => text } },
  });
  const { fetch } = await rigApp({ modules: [half] });
  const answer = async (typed: string) =>
    await fetch(`/half/generation?${new URLSearchParams({ "prompt.text": typed })}`);
  const refused = await answer("a\ufffdb!");
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /half of a surrogate pair/);
  assert.equal((await fetch(`/half/generation?${new URLSearchParams({ "prompt.json": '"\\ud800"' })}`)).status, 422);
  for (const [typed, prompt] of [["a\ufffdb", null], ["ab", "ab"]] as const) {
    const { status, headers } = await answer(typed);
    assert.equal(status, 303);
    assert.equal(new URL(headers.get("location") ?? "", "http://page").searchParams.get("prompt"), prompt);
  }
});

Deno.test("what an address is said to hold is held by the forms of its screen too, whatever the characters are", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const most = (text: string) => {
    const place = { module: "own", component: "generation", task: "ask", split: "all", sample: 1, edits: {} };
    const at = { ...place, generator: "echo", defaults: DEFAULT_PARAMS, params: DEFAULT_PARAMS };
    const fits = (times: number) => {
      const prompt = text.repeat(times);
      return refusalOf(prompt, longestAddress(prompt, screenHref({ ...at, ownPrompt: prompt }))) === undefined;
    };
    let times = 1;
    while (fits(times + 1)) times++;
    return text.repeat(times);
  };
  for (const text of ['"', "\\", "a\r\n", "\0", "é", "a"]) {
    const prompt = most(text);
    assert.ok(prompt.length > 800, text);
    const html = await page(`/own/generation?${PLACE}&${new URLSearchParams({ prompt })}`);
    const [, form = ""] = /<form([\s\S]*?)<\/form>/.exec(html) ?? [];
    const fields = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map((
      [, name = "", value = ""],
    ) => [name, value.replaceAll("&quot;", '"').replaceAll("&amp;", "&")]);
    const query = new URLSearchParams([...fields, ["sample", "1"], ["generator", "other"]]);
    const answer = await fetch(`/own/generation?${query}`);
    assert.equal(answer.status, 303, `${JSON.stringify(text)}: ${String(query).length} characters`);
    const to = new URL(answer.headers.get("location") ?? "", "http://page");
    assert.equal(to.searchParams.get("prompt"), prompt);
    await page(`${to.pathname}${to.search}`);
  }
});

Deno.test("the text area begins with the prompt, its first line end included; closing it leads back", async () => {
  const html = await page(`/own/generation?${PLACE}&prompt=${encodeURIComponent("\nfirst")}&edit=prompt`);
  assert.match(html, /<textarea[^>]*name="prompt\.text"[^>]*>\n\nfirst<\/textarea>/);
  assert.equal(linkTo(html, "Cancel")?.searchParams.get("edit"), null);
  const closed = await page(`/own/generation?${PLACE}`);
  assert.equal(linkTo(closed, "Edit the text")?.searchParams.get("edit"), "prompt");
});

Deno.test("both screens lead to the sample's fields where the module shows its data set", async () => {
  for (const screen of ["generation", "next-token"]) {
    const text = "Edit the sample(?:'|&#39;)s fields";
    const to = linkTo(await page(`/own/${screen}?${PLACE}`), text);
    assert.equal(`${to?.pathname}${to?.search}${to?.hash}`, `/own/dataset?${PLACE}&edit=1#fields`);
    assert.match(await page(`${to?.pathname}${to?.search}`), /id="fields"[\s\S]*name="field\.text"/);
    assert.equal(linkTo(await page(`/alone/${screen}`), text), undefined);
  }
});

Deno.test("a prompt that is longer than the model's window is refused by its length, on the page", async () => {
  const { fetch } = await rigApp();
  const response = await fetch(`/rig/next-token?prompt=${"a".repeat(80)}`);
  assert.equal(response.status, 422);
  assert.match(await response.text(), /80 tokens[^<]*64/);
});

Deno.test("a prompt of one's own is one text where the sample's is messages: it begins with theirs, where that is known", async () => {
  const { fetch } = await rigApp({ modules: [talk] });
  const read = async (query: string) => await (await fetch(`/talk/next-token?${query}`)).text();
  assert.match(await read("edit=prompt"), />\nuser\nHi<\/textarea>/);
  const unknown = await read("generator=server&edit=prompt");
  assert.match(unknown, />\n<\/textarea>/);
  assert.match(unknown, /The sample(?:'|&#39;)s prompt is messages/);
  for (const generator of ["echo", "server"]) {
    const html = await read(`generator=${generator}&prompt=Hello`);
    assert.match(html, />5 tokens of prompt /);
    assert.doesNotMatch(html, /<mark|messages/);
  }
});

Deno.test("what a text is to the model is said once its generator is open: exactly that, or one message to a server", async () => {
  const fake = startFakeOpenAi();
  const given = defineModule({
    ...module,
    name: "given",
    generators: {
      echo: echoGenerator,
      chat: openai({ model: "fake", baseUrl: fake.url("ok") }),
      text: openai({ model: "fake", baseUrl: fake.url("ok"), mode: "completions" }),
    },
  });
  const { fetch, post, registry } = await rigApp({ modules: [given] });
  const said: Readonly<Record<string, string>> = {
    echo: "exactly what the model receives",
    chat: "sent as one message of the user, of which the server makes the exact text",
    text: "exactly what the model receives",
  };
  const pages = ["generation?", "next-token?", "generation?prompt=Hello&", "dataset?"];
  for (const [generator, what] of Object.entries(said)) {
    const facts = async (screen: string) =>
      /(?:fields marked|no fields, no target) · ([^<]*)/.exec(
        await (await fetch(`/given/${screen}generator=${generator}`)).text(),
      )?.[1];
    assert.equal(await facts("generation?prompt=Hello&"), "what the generator is given");
    const run = await post("/api/given/generation/generate", { prompt: "Hello", generator, params: { max_tokens: 1 } });
    await run.text();
    for (const screen of pages) assert.equal(await facts(screen), what, `${screen}${generator}`);
  }
  // As the pages say.
  const bodies = fake.seen.map(({ body }) => body).filter((body) => JSON.stringify(body).includes("Hello"));
  assert.deepEqual(bodies[0]?.messages, [{ role: "user", content: "Hello" }]);
  assert.equal(bodies[1]?.prompt, "Hello");
  await registry.close();
  await fake.close();
});

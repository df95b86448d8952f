/** The dataset screen: complete without JavaScript, and honest about what it does not find. */
import assert from "node:assert/strict";
import { parseJsonl } from "../../lib/datasets/jsonl.ts";
import type { DatasetContext } from "../../lib/datasets/dataset.ts";
import {
  datasetView,
  defineModule,
  field,
  hubDataset,
  logitTable,
  nextToken,
  parquet,
  prompt,
  rows,
} from "../../lib/mod.ts";
import { readProblem } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";
import { until } from "../rig/until.ts";

const module = defineModule({
  name: "data",
  tasks: {
    poems: {
      dataset: {
        all: rows(Array.from({ length: 45 }, (_, index) => ({
          title: `poem ${index}`,
          body: index === 7 ? "<b>snow</b> & ice\n  second line" : "rain",
          meta: { year: 1900 + index },
        }))),
      },
      prompt: ({ title }) => prompt`Write ${field("title", title)}.`,
      target: ({ body }) => body,
    },
  },
  components: [datasetView()],
});

async function page(path: string) {
  const { fetch } = await rigApp({ modules: [module] });
  const response = await fetch(path);
  return { status: response.status, html: (await response.text()).replaceAll("&quot;", '"') };
}

Deno.test("the page has the sample, its prompt, target, fields and the rows around it; no generator is needed", async () => {
  const { status, html } = await page("/data/dataset?sample=7");
  assert.equal(status, 200);
  assert.match(html, /Write <mark[^>]*>poem 7<\/mark>|poem 7/);
  assert.match(html, /&lt;b>snow&lt;\/b> &amp; ice\n {2}second line|&lt;b&gt;snow/);
  assert.match(html, /"year": 1907/);
  assert.match(html, /45 in this split/);
  assert.match(html, /href="[^"]*sample=7&[^"]*offset=20"|offset=20/);
  const [, next = ""] = /href="([^"]*)"[^>]*data-step="next"/.exec(html) ??
    /data-step="next"[^>]*href="([^"]*)"/.exec(html) ?? [];
  assert.match((await page(next.replaceAll("&amp;", "&"))).html, /poem 8/, "a link without a generator leads on");
});

Deno.test("a search counts its matches and leads to their samples; none is said, and can be cleared", async () => {
  const found = await page("/data/dataset?q=SNOW");
  assert.match(found.html, /1 of 45 match/);
  assert.match(found.html, /href="[^"]*sample=7[^"]*q=SNOW"/);
  const none = await page("/data/dataset?q=%3Cscript%3E");
  assert.equal(none.status, 200);
  assert.match(none.html, /No row matches/);
  assert.match(none.html, /value="&lt;script(>|&gt;)"/);
  assert.match(none.html, />Clear</);
});

Deno.test("pages of rows go back and forth", async () => {
  const { html } = await page("/data/dataset?offset=40");
  assert.match(html, /41–45/);
  assert.match(html, /offset=20/);
  assert.equal((await page("/data/dataset?offset=x")).status, 422);
});

Deno.test("columns sort and filter, everything is in the URL, and paging keeps it", async () => {
  const { html } = await page("/data/dataset?sort=-title&filter.title=poem&filter.meta=>1909&tokens=1");
  assert.match(html, /35 of 45 match/);
  const numbers = [...html.matchAll(/data-row="(\d+)"/g)].map(([, number]) => Number(number));
  assert.deepEqual(numbers.slice(0, 3), [44, 43, 42]);
  assert.match(html, /aria-sort="descending"/);
  assert.match(html, /name="filter.meta" value=">1909"|name="filter.meta" value="&gt;1909"/);
  assert.match(
    html,
    /href="[^"]*sort=-title(&|&amp;)filter.title=poem(&|&amp;)filter.meta=%3E1909(&|&amp;)offset=20(&|&amp;)tokens=1#rows"/,
  );
});

Deno.test("when nothing matches, the page says how many rows each part holds back", async () => {
  const { html } = await page("/data/dataset?q=snow&filter.title=poem%208");
  assert.match(html, /Without the search “snow”.*?1 row</s);
  assert.match(html, /Without title “poem 8”.*?1 row</s);
  assert.match(html, />All rows</);
});

Deno.test("GET samples takes q, sort and filter, and names the rows by their numbers", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const answer = await (await fetch("/api/data/dataset/samples?q=rain&sort=-title&filter.meta=<1902&limit=5")).json();
  assert.deepEqual(answer.indices, [1, 0]);
  assert.equal(answer.rows[0].title, "poem 1");
  assert.equal(answer.total, 2);
  assert.equal("index" in answer, false, "rows in memory have none");
  assert.equal((await fetch("/api/data/dataset/samples?limit=101")).status, 422);
});

const faulty = defineModule({
  name: "faulty",
  generators: { two: logitTable({ vocabulary: ["a", " ", "b"], logits: () => [0, 0, 0], contextWindow: 4 }) },
  tasks: {
    lines: {
      dataset: {
        all: {
          label: "x.jsonl",
          open: () => Promise.resolve(parseJsonl<{ t: string }>('{"t":"a"}\n5\n{"t":"b"}\n{"t":', "x.jsonl")),
        },
      },
      prompt: ({ t }) => t,
    },
    throwing: {
      dataset: {
        all: {
          label: "own",
          open: () =>
            Promise.resolve({
              size: 3,
              problems: [],
              row(index): { t: string } {
                if (index === 1) throw new Error("the archive is broken");
                return { t: "a" };
              },
            }),
        },
      },
      prompt: ({ t }) => t,
    },
    lint: { dataset: { all: rows([{ t: "a" }, { t: "aaaa" }]) }, prompt: ({ t }) => prompt`${field("t", t)} ` },
  },
  components: [datasetView()],
});

Deno.test("rows and lines that cannot be read are red with number and reason, in their place", async () => {
  const { fetch } = await rigApp({ modules: [faulty] });
  const lines = await (await fetch("/faulty/dataset?task=lines")).text();
  const [, table = ""] = lines.split("<tbody>");
  const order = [...table.matchAll(/data-row="\d"|line \d<\/th>/g)].map(([found]) => found);
  assert.deepEqual(order, ['data-row="0"', "line 2</th>", 'data-row="1"', "line 4</th>"]);
  assert.match(table, /bg-badsunk[^>]*>.*?expected an object, got a number/s);
  const throwing = await (await fetch("/faulty/dataset?task=throwing")).text();
  assert.match(throwing, /Row 1 cannot be read: the archive is broken/);
  assert.match(throwing, /data-row="2"/);
  const here = await fetch("/faulty/dataset?task=throwing&sample=1");
  assert.equal(here.status, 422);
  assert.match(await here.text(), /Cannot read sample 1 of split .*the archive is broken/);
});

Deno.test("the prompt's tokens are asked for by a link, and its faults are named", async () => {
  const { fetch, registry } = await rigApp({ modules: [faulty] });
  const closed = await (await fetch("/faulty/dataset?task=lint")).text();
  assert.match(closed, /ends with a space/);
  assert.doesNotMatch(closed, /title="id 0/);
  assert.equal(registry.isOpen("faulty", "two"), false, "a page of data opens no generator unasked");
  const tokens = await (await fetch("/faulty/dataset?task=lint&tokens=1")).text();
  assert.match(tokens, /title="id 0, t"/);
  const long = await (await fetch("/faulty/dataset?task=lint&sample=1")).text();
  assert.match(long, /The prompt has 5 tokens, and the window ends at 4/);
});

/** Whatever came before: a with p 1/2, b and c with p 1/4; after the field's "b", c with p 1/2 and a and b with 1/4. */
const gold = defineModule({
  name: "gold",
  generators: {
    three: logitTable({
      vocabulary: ["a", "b", "c"],
      logits: (prefix) =>
        (prefix.map(({ text }) => text).join("").startsWith("ab") ? [1, 1, 2] : [2, 1, 1]).map(Math.log),
      contextWindow: 8,
    }),
  },
  tasks: {
    copy: {
      dataset: { all: rows([{ letter: "b", year: 1, answer: "ca" }, { letter: "a", year: 2, answer: "a" }]) },
      prompt: ({ letter }) => prompt`a${field("letter", letter)}`,
      target: ({ answer }) => answer,
    },
  },
  components: [datasetView(), nextToken()],
});

Deno.test("the target's X-ray stands in the page: each token's p, rank, surprisal, PMI, the departure and the repairs", async () => {
  const { fetch } = await rigApp({ modules: [gold] });
  assert.doesNotMatch(await (await fetch("/gold/dataset")).text(), /bits per byte/);
  const html = await (await fetch("/gold/dataset?score=1")).text();
  const cells = [...html.matchAll(/<tr[^>]*><td[^>]*>(\d)<\/td>(.*?)<\/tr>/gs)].map(([, number, rest = ""]) =>
    `${number} ${rest.replace(/<[^>]+>/g, "|").replace(/\|+/g, "|")}`
  );
  // c: log2 2 = 1 bit here, log2 4 = 2 bits under the blank prompt "a". a: 2 bits here, and 1 bit after "ac".
  assert.deepEqual(cells, ["1 |c|0.500|1|1.00|1.50|+1.00|", "2 |a|0.250|2|2.00|1.50|−1.00|c 0.500|"]);
  assert.match(html, />3\.00 bits</, "the surprisal of both");
  assert.match(
    html,
    /first departure at token 2 · the model wanted c \(p 0\.500\) · the target has a, rank 2 \(p 0\.250\)/,
  );
  assert.match(html, /repairs<\/dt><dd[^>]*>1</);
  assert.match(
    html,
    /href="\/gold\/next-token\?task=copy(&|&amp;)split=all(&|&amp;)sample=0(&|&amp;)generator=three(&|&amp;)path=2"/,
  );
});

Deno.test("a sample is edited into a derived one, which every screen shows with its lineage", async () => {
  const { fetch } = await rigApp({ modules: [gold] });
  const form =
    "/gold/dataset?task=copy&split=all&sample=1&generator=three&score=1&field.letter=b&field.year=2&field.answer=a";
  const sent = await fetch(form, { redirect: "manual" });
  assert.equal(sent.status, 303);
  const to = sent.headers.get("location") ?? "";
  const edits = new URL(to, "http://page").searchParams.get("edits");
  assert.equal(edits, '{"letter":"b"}', "only what differs from the row");
  const html = await (await fetch(to)).text();
  assert.match(html, /Derived from all 1: another text in letter\./);
  assert.match(html, /<del[^>]*>a<\/del><ins[^>]*>b<\/ins>/);
  assert.match(html, /0\.250/, "the target is scored under the edited prompt");
  const next = await fetch(`/gold/next-token?sample=1&edits=${encodeURIComponent(edits ?? "")}`);
  assert.match(await next.text(), /Derived from all 1/);
});

Deno.test("an edit that cannot be is refused in place, and names the field", async () => {
  const { fetch } = await rigApp({ modules: [gold] });
  const edited = async (edits: string) => {
    const answer = await fetch(`/gold/dataset?edits=${encodeURIComponent(edits)}`);
    return { status: answer.status, html: await answer.text() };
  };
  const number = await edited('{"year":"soon"}');
  assert.equal(number.status, 422);
  assert.match(number.html, /Cannot edit field “?&?(quot;|")?year.*expected a number as JSON/);
  assert.match((await edited('{"none":"x"}')).html, /the row has only/);
  assert.match((await edited('["x"]')).html, /it must be a JSON object of texts by field/);
  const typed = await fetch("/gold/dataset?field.letter=changed&field.year=soon&field.answer=ca");
  const html = await typed.text();
  assert.equal(typed.status, 422);
  assert.match(html, /role="alert".*expected a number as JSON/s);
  assert.match(
    html,
    /<textarea[^>]*name="field.letter"[^>]*>\nchanged<.*<textarea[^>]*>\nsoon</s,
    "nothing typed is lost",
  );
});

Deno.test("POST generate and score take the edits of a derived sample", async () => {
  const { post } = await rigApp({ modules: [gold] });
  const scored = await (await post("/api/gold/dataset/score", { sample: 1, edits: { letter: "b" } })).json();
  assert.ok(Math.abs(scored.tokens[0].logprob - Math.log(1 / 4)) < 1e-6);
  const bad = await post("/api/gold/dataset/score", { edits: { letter: 5 } });
  assert.equal(bad.status, 422);
});

/** An address of this machine at which nobody listens. */
const NOBODY = "http://127.0.0.1:9";

/** Splits that cannot be used, or not yet. */
const hindered = defineModule({
  name: "hindered",
  tasks: {
    rows: {
      dataset: {
        gone: parquet("data/gone.parquet"),
        unreachable: {
          label: "hub",
          open: (base, context) =>
            hubDataset<{ t: string }>("org/name").open(base, { cacheDir: ".tmp", ...context, hubHost: NOBODY }),
        },
        writing: {
          label: "writing",
          open: () =>
            Promise.resolve({
              size: 1_000,
              problems: [],
              row: (index) => ({ t: `row ${index}` }),
              indexState: () => ({ kind: "writing" as const, rows: 430, of: 1_000 }),
              query: ({ signal }) =>
                new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
            }),
        },
        empty: rows<{ t: string }>([]),
        megabytes: rows([{ t: `${"x".repeat(5 * 2 ** 20)}end` }, { t: "small" }]),
      },
      prompt: ({ t }: { t: string }) => t.slice(0, 10),
    },
  },
  components: [datasetView()],
});

Deno.test("a split that cannot be opened is told in place, with a way to try again and the other splits", async () => {
  const { fetch } = await rigApp({ modules: [hindered] });
  for (
    const [split, detail] of [["gone", /gone\.parquet.*no such file/], [
      "unreachable",
      /127\.0\.0\.1:9 cannot be reached/,
    ]] as const
  ) {
    let status = 200, html = "";
    // A page waits a second for its split, and then tells that it is being opened.
    await until(`${split} was tried`, async () => {
      const answer = await fetch(`/hindered/dataset?split=${split}`);
      [status, html] = [answer.status, await answer.text()];
      return status !== 200;
    });
    assert.equal(status, 503);
    const [, alert = ""] = /role="alert"(.*?)<\/a>/s.exec(html) ?? [];
    assert.match(alert, detail);
    assert.match(alert, new RegExp(`href="/hindered/dataset\\?[^"]*split=${split}[^"]*"[^>]*>Retry`));
    assert.match(html, /<option[^>]*value="writing"/);
  }
});

Deno.test("while an index is written rows page at once, and a search tells how far it is", async () => {
  const { fetch } = await rigApp({ modules: [hindered] });
  const whole = await (await fetch("/hindered/dataset?split=writing&offset=980")).text();
  assert.match(whole, /981–1,000/);
  assert.match(whole, /430 of 1,000 rows are in it/);
  assert.doesNotMatch(whole, /Look again/, "nothing waits for it");
  const search = await fetch("/hindered/dataset?split=writing&q=row&statistics=1");
  const html = await search.text();
  assert.equal(search.status, 200);
  assert.equal(html.split("430 of 1,000 rows are in it").length, 2, "it is told once");
  assert.match(html, /430 of 1,000 rows are in it.*href="[^"]*q=row[^"]*"[^>]*>Look again/s);
  assert.doesNotMatch(html, /No row matches/);
  const { index } = await (await fetch("/api/hindered/dataset/samples?split=writing&limit=1")).json();
  assert.deepEqual(index, { kind: "writing", rows: 430, of: 1_000 });
});

Deno.test("a row that cannot be read leaves the rows around it, and an edit that cannot be leaves the sample", async () => {
  const { fetch } = await rigApp({ modules: [faulty, gold] });
  const row = await (await fetch("/faulty/dataset?task=throwing&sample=1")).text();
  assert.match(row, /role="alert".*the archive is broken.*>Retry</s);
  assert.match(row, /data-row="0".*Row 1 cannot be read.*data-row="2"/s);
  const edit = await (await fetch(`/gold/dataset?edits=${encodeURIComponent('{"none":"x"}')}`)).text();
  assert.match(edit, /role="alert".*none.*the row has only/s);
  assert.match(edit, /<dd[^>]*>b<\/dd>/, "the row's own fields");
});

Deno.test("a split without rows says so calmly, and a page past the last row leads back", async () => {
  const { fetch } = await rigApp({ modules: [hindered, module] });
  const empty = await fetch("/hindered/dataset?split=empty");
  const html = await empty.text();
  assert.equal(empty.status, 200);
  assert.match(html, /This split has no rows\./);
  assert.doesNotMatch(html, /role="alert"|No row matches|role="search"/);
  const past = await (await fetch("/data/dataset?offset=900")).text();
  assert.match(past, /There are only 45 rows\..*href="[^"]*sample=0#rows"[^>]*>First rows</s);
  assert.doesNotMatch(past, /No row matches/);
});

Deno.test("a cell of megabytes is not sent with the table", async () => {
  const { fetch } = await rigApp({ modules: [hindered] });
  const html = await (await fetch("/hindered/dataset?split=megabytes&sample=1")).text();
  assert.ok(html.length < 100_000, `${html.length} characters`);
});

/** What stands in the page at the ends of its links, with the name of each. */
function linksOf(html: string): ReadonlyMap<string, string> {
  const found = [...html.matchAll(/<a\b([^>]*)>(.*?)<\/a>/gs)].map(
    ([, attributes = "", text = ""]): [string, string] => {
      const [, href = ""] = /href="([^"]*)"/.exec(attributes) ?? [],
        [, label] = /aria-label="([^"]*)"/.exec(attributes) ?? [];
      return [(label ?? text.replace(/<[^>]*>/g, "")).trim(), href.replaceAll("&amp;", "&")];
    },
  );
  return new Map(found);
}

const kinds = defineModule({
  name: "kinds",
  tasks: {
    poems: {
      dataset: {
        all: rows(Array.from({ length: 60 }, (_, index) => ({
          kind: ["haiku", "ode, long", "two\nlines"][index % 3] ?? "",
          year: 1900 + index,
        }))),
      },
      prompt: ({ kind }) => kind,
    },
  },
  components: [datasetView()],
});

Deno.test("facets are plain links: a value, another beside it, one left out, a range; each part is taken away again", async () => {
  const { fetch } = await rigApp({ modules: [kinds] });
  const follow = async (from: string, name: string) => {
    const to = linksOf(await (await fetch(from)).text()).get(name);
    assert.ok(to !== undefined && to.endsWith("#rows"), `${name} leads to ${to}`);
    const html = await (await fetch(to)).text();
    return { to, html };
  };
  const one = await follow("/kinds/dataset?statistics=1", "haiku");
  assert.match(one.html, /20 of 60 match/);
  assert.match(one.html, /aria-current="true"[^>]*>haiku</);
  const two = await follow(one.to, "Keep two↵lines too, or no longer");
  assert.equal(new URL(two.to, "http://page").searchParams.get("filter.kind"), 'in:haiku,"two\\nlines"');
  assert.match(two.html, /40 of 60 match/);
  const without = await follow(two.to, "Leave ode, long out, or no longer");
  assert.match(without.html, /40 of 60 match/);
  assert.match(without.html, /line-through[^>]*>ode, long</);
  const range = await follow(without.to, "1,910 to below 1,920: 10");
  assert.match(range.html, /6 of 60 match/);
  const open = await follow(range.to, "Remove kind “!=ode, long”");
  assert.match(open.html, /10 of 60 match/);
});

Deno.test("what the rows must meet is named as a slice, which the address holds; a sample beside it keeps all of that", async () => {
  const { fetch } = await rigApp({ modules: [kinds] });
  const saved = await fetch("/kinds/dataset?sample=3&q=ode&filter.year=<1930&save=+old+%26+long+", {
    redirect: "manual",
  });
  assert.equal(saved.status, 303);
  const to = saved.headers.get("location") ?? "";
  assert.equal(new URL(to, "http://page").searchParams.get("slice.old & long"), "q=ode&filter.year=%3C1930");
  const here = await (await fetch(to)).text();
  assert.doesNotMatch(here, /Save as slice/, "it has a name");
  const elsewhere = await (await fetch(`${to.replace("q=ode&", "").replace("#rows", "")}`)).text();
  assert.match(elsewhere, /30 of 60 match.*Save as slice/s);
  const back = linksOf(elsewhere).get("old &amp; long") ?? linksOf(elsewhere).get("old & long") ?? "";
  assert.match(await (await fetch(back)).text(), /10 of 60 match/);
  const next = linksOf(here).get("Next sample") ?? "";
  const beside = new URL(next, "http://page").searchParams;
  assert.deepEqual(["sample", "q", "filter.year", "slice.old & long"].map((name) => beside.get(name)), [
    "4",
    "ode",
    "<1930",
    "q=ode&filter.year=%3C1930",
  ]);
  const gone = await (await fetch(
    linksOf(here).get("Remove the slice old &amp; long") ?? linksOf(here).get("Remove the slice old & long") ?? "",
  )).text();
  assert.match(gone, /10 of 60 match.*Save as slice/s);
});

Deno.test("the targets of the rows are scored by a link, a column a number", async () => {
  const { fetch, registry } = await rigApp({ modules: [gold] });
  const closed = await (await fetch("/gold/dataset")).text();
  const to = linksOf(closed).get("Score targets") ?? "";
  assert.equal(registry.isOpen("gold", "three"), false, "nobody asked for it yet");
  let html = "";
  // A page waits three seconds for its scores, and the next look goes on.
  await until("both are scored", async () => /2 of 2 scored/.test(html = await (await fetch(to)).text()));
  const [, table = ""] = html.split("<tbody>");
  const cells = [...table.matchAll(/data-row="(\d)".*?<\/tr>/gs)].map(([row = ""]) =>
    [...row.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text).slice(0, 3)
  );
  // "ca" has p 1/2 · 1/4 after "ab": 3 bits, √8; "a" has p 1/2 after "aa".
  assert.deepEqual(cells, [["3.00", "2.8284", "2"], ["1.00", "2", "–"]]);
});

/** Targets of one letter each, whose odds are 8 : 4 : 2 : 1. */
const letters = defineModule({
  name: "letters",
  tasks: {
    all: {
      dataset: {
        all: rows(
          Array.from({ length: 60 }, (_, index) => ({ name: `row ${index}`, letter: "abcd"[(index * 7) % 4] ?? "" })),
        ),
      },
      prompt: () => "d",
      target: ({ letter, name }) => name === "row 4" ? "?" : letter, // It has no token.
    },
  },
  generators: {
    table: logitTable({ vocabulary: ["a", "b", "c", "d"], logits: () => [8, 4, 2, 1].map(Math.log), contextWindow: 8 }),
  },
  components: [datasetView()],
});

Deno.test("all rows are scored while somebody looks, then sorted and filtered by their scores, and it is told how many have one", async () => {
  const { fetch, stop } = await rigApp({ modules: [letters] });
  const open = async (path: string) => (await (await fetch(path)).text()).replaceAll("&amp;", "&");
  const rowsOf = (html: string) => [...html.matchAll(/data-row="(\d+)"/g)].map(([, row]) => Number(row));
  let first = "";
  // The page alone, of which one has a target that the model cannot write.
  await until("the page's rows are scored", async () => {
    first = await open("/letters/dataset?scores=1");
    return /20 in|19 of 60 scored/.test(first);
  });
  const all = linksOf(first).get("Score all 60") ?? assert.fail();
  assert.match(first, /about \d+ (ms|s), while this page is open/, "its cost is told before");
  const begun = await open(all);
  assert.match(begun, /Pause|59 of 60 rows are scored/, "as quick as they are");
  const address =
    /address[^/]*(\/api\/letters\/dataset\/scores\?[^"\\]*)/.exec(begun.replaceAll("\\u0026", "&"))?.[1] ??
      assert.fail();
  await until("all rows are scored", async () => (await (await fetch(address)).json()).state.kind === "done");
  const answer = await (await fetch(address)).json();
  assert.equal(answer.scored, 59);
  assert.deepEqual(answer.state, { kind: "done", of: 60, without: 1 });
  assert.match(await open(all), /59 of 60 rows are scored; the others cannot be/);
  assert.match(answer.scores[4].fault, /\?/);
  assert.ok(Math.abs(answer.scores[0].nats + Math.log(8 / 15)) < 1e-6);
  const sorted = await open("/letters/dataset?by=-bits");
  assert.deepEqual(rowsOf(sorted).slice(0, 4), [1, 5, 9, 13], "d is the least likely, equals as they stand");
  assert.match(sorted, /59 of 60 scored/);
  const filtered = await open("/letters/dataset?score.bits=%3C1&q=row+1");
  assert.deepEqual(rowsOf(filtered), [12, 16], "of 1 and 10 to 19 those whose letter is a");
  assert.match(filtered, /2 of 60 match/);
  assert.deepEqual(
    rowsOf(await open("/letters/dataset?score.departure==&by=bits")).length,
    14,
    "a is the first choice",
  );
  const none = await open("/letters/dataset?score.bits=%3E9");
  assert.match(none, /Without bits “>9”.*60 rows/s);
  assert.equal((await fetch("/letters/dataset?by=size")).status, 422);
  const unusable = await fetch("/letters/dataset?score.bits=/(a/");
  assert.equal(unusable.status, 422);
  assert.match(await unusable.text(), /is not closed/);
  const digits = await fetch("/letters/dataset?score.bits=3");
  assert.equal(digits.status, 422);
  assert.match(await digits.text(), /Cannot use score\.bits: expected a comparison/);
  stop();
});

Deno.test("a search looks among the rows that were chosen, and the form of it keeps them", async () => {
  const { html } = await page("/data/dataset?only=3-8&sort=-title");
  const [form = ""] = /<form[^>]*role="search".*?<\/form>/s.exec(html) ?? [];
  assert.match(form, /name="only" value="3-8"/);
  assert.match(form, /name="sort" value="-title"/);
  assert.match((await page("/data/dataset?only=3-8&q=snow")).html, /1 of 45 match/);
});

Deno.test("a field whose name no address can hold does not take the page away", async () => {
  const odd = defineModule({
    name: "odd",
    tasks: { rows: { dataset: { all: rows([{ "\ud800": "a" }, { "\ud800": "a" }]) }, prompt: () => "prompt" } },
    components: [datasetView()],
  });
  const { fetch } = await rigApp({ modules: [odd] });
  assert.equal((await fetch("/odd/dataset?statistics=1")).status, 200);
});

Deno.test("a search and a filter by a pattern find their rows; one that cannot be used is told by name, and nothing is lost", async () => {
  assert.match((await page("/data/dataset?q=/^POEM [12]$/i")).html, /2 of 45 match/);
  assert.match((await page("/data/dataset?filter.title=!/[0-4]/")).html, /5 of 45 match/);
  const { status, html } = await page("/data/dataset?q=rain&filter.title=/(a/&sample=7");
  assert.equal(status, 422);
  assert.match(html, /Cannot use the pattern \/\(a\/: a "\(" is not closed/);
  assert.match(html, /poem 7/, "the sample is there");
  const faceted = await page("/data/dataset?filter.title=/(a/&statistics=1");
  assert.equal(faceted.status, 422);
  assert.match(faceted.html, /is not closed.*45 different/s);
});

Deno.test("a field that no row has is named where rows are sorted or kept by it, with those that there are", async () => {
  const late = defineModule({
    name: "late",
    tasks: {
      rows: {
        dataset: { all: rows(Array.from({ length: 50 }, (_, row) => row === 40 ? { a: "x", b: "y" } : { a: "x" })) },
        prompt: ({ a }) => a,
      },
    },
    components: [datasetView()],
  });
  const { fetch } = await rigApp({ modules: [late] });
  for (
    const [query, parameter] of [["sort=titel", "sort"], ["sort=-titel", "sort"], ["filter.titel=x", "filter.titel"]]
  ) {
    const expected = `Cannot use ${parameter}: no row has a field "titel", only a, b`;
    const page = await fetch(`/late/dataset?${query}`);
    assert.equal(page.status, 422);
    assert.ok((await page.text()).replaceAll("&quot;", '"').includes(expected), query);
    const answer = await fetch(`/api/late/dataset/samples?${query}`);
    assert.equal(answer.status, 422);
    const { detail, field } = await answer.json();
    assert.deepEqual([detail, field], [expected, parameter]);
  }
  // Only one row has it, far from the first ones.
  for (const query of ["sort=b", "filter.b=nothing"]) {
    assert.equal((await fetch(`/late/dataset?${query}`)).status, 200, query);
  }
  assert.equal((await (await fetch("/api/late/dataset/samples?sort=-b")).json()).indices[0], 40);
});

Deno.test("rows are selected by links, looked at alone, named as a slice, and let go", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const open = async (path: string) => (await (await fetch(path)).text()).replaceAll("&amp;", "&");
  const rowsOf = (html: string) => [...html.matchAll(/data-row="(\d+)"/g)].map(([, row]) => Number(row));
  const selectOf = (html: string, row: number) =>
    new RegExp(`<a [^>]*id="row-${row}" href="([^"]*)"`).exec(html)?.[1] ?? assert.fail();
  const one = await open(selectOf(await open("/data/dataset?sort=-title"), 7));
  const two = await open(selectOf(one, 9));
  assert.match(two, /2 rows selected/);
  const alone = await open(linksOf(two).get("Show them alone") ?? assert.fail());
  assert.deepEqual(rowsOf(alone), [7, 9]);
  assert.match(alone, /2 of 45 match/);
  assert.deepEqual(rowsOf(await open("/data/dataset?only=3-5,40,99&sort=-title")), [5, 40, 4, 3]);
  assert.deepEqual(rowsOf(await open("/data/dataset?only=3-5,7&q=snow")), [7]);
  const saved = await fetch("/data/dataset?only=7,9&save=odd+ones");
  assert.match(decodeURIComponent(saved.headers.get("location") ?? ""), /slice\.odd ones=only=7,9/);
  assert.match(await open(selectOf(two, 7)), /1 row selected/);
  for (const query of ["only=9-3", "only=x", "only=0-9999999999999999", "selected=5,,6"]) {
    assert.equal((await fetch(`/data/dataset?${query}`)).status, 422, query);
  }
});

Deno.test("however many rows are selected, each link leads on, until the address is as long as it may be, which is said", async () => {
  const many = defineModule({
    name: "many",
    tasks: { count: { dataset: { all: rows(Array.from({ length: 30_000 }, (_, index) => index)) }, prompt: String } },
    components: [datasetView()],
  });
  const { fetch } = await rigApp({ modules: [many] });
  const open = async (path: string) => {
    const response = await fetch(path);
    assert.equal(response.status, 200, path.slice(0, 80));
    return (await response.text()).replaceAll("&amp;", "&");
  };
  const selectOf = (html: string, row: number) => new RegExp(`<a [^>]*id="row-${row}" href="([^"]*)"`).exec(html)?.[1];
  const whole = await open("/many/dataset?selected=0-9999&offset=9990");
  const more = await open(selectOf(whole, 10_000) ?? assert.fail());
  assert.match(more, /10,001 rows selected/);
  const alone = await open(`${linksOf(more).get("Show them alone") ?? assert.fail()}`.replace("#", "&offset=10000#"));
  assert.deepEqual([...alone.matchAll(/data-row="(\d+)"/g)].map(([, row]) => row), ["10000"]);
  assert.match(alone, /10,001 of 30,000 match/);
  assert.match(await open(selectOf(more, 9_995) ?? assert.fail()), /10,000 rows selected/);
  assert.match(
    await open("/many/dataset?only=0-999999999999999&offset=29980"),
    /30,000 of 30,000 match.*data-row="29999"/s,
  );
  // Every second row: the address grows by each.
  const odd = Array.from({ length: 950 }, (_, index) => 2 * index + 1).join();
  const full = await open(`/many/dataset?selected=${odd}`);
  assert.match(full, /950 rows selected.*no more rows can be selected/s);
  assert.equal(selectOf(full, 2), undefined);
  assert.match(await open(selectOf(full, 3) ?? assert.fail()), /949 rows selected/);
  // What can be done with them is within what a request may be, also as a form writes it.
  const saved = await fetch(`${(linksOf(full).get("Show them alone") ?? "").split("#")[0]}&save=${"n".repeat(40)}`);
  const location = saved.headers.get("location") ?? assert.fail();
  assert.match(await open(location.replaceAll(",", "%2C")), /950 of 30,000 match/);
});

Deno.test("a pinned sample stays beside the others, field by field, and says when it cannot be read", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const open = async (path: string) => (await (await fetch(path)).text()).replaceAll("&amp;", "&");
  const pinned = await open(linksOf(await open("/data/dataset?sample=7")).get("Pin") ?? assert.fail());
  assert.match(pinned, /Pinned 7.*this sample/s);
  const other = await open("/data/dataset?sample=8&pin=7");
  assert.match(other, /Pinned 7.*Sample 8.*title.*poem 7.*poem 8/s);
  assert.match(other, /href="[^"]*sample=9&[^"]*pin=7"/, "it stays when the next one is looked at");
  const gone = await fetch("/data/dataset?sample=8&pin=99");
  assert.equal(gone.status, 200);
  assert.match(await gone.text(), /has 45 samples, the last is 44, got 99/);
});

Deno.test("while a split is fetched its screens tell how much has come, and show it once it is there", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = defineModule({
    name: "slow",
    tasks: {
      rows: {
        dataset: {
          all: {
            label: "all",
            async open(baseUrl: URL, context?: DatasetContext) {
              context?.onProgress?.({ bytes: 1_500_000, of: 3_000_000 });
              await promise;
              return await rows([{ text: "here it is" }]).open(baseUrl);
            },
          },
        },
        prompt: ({ text }) => text,
      },
    },
    components: [datasetView()],
  });
  const { fetch } = await rigApp({ modules: [slow] });
  const early = await fetch("/slow/dataset?q=it");
  assert.equal(early.status, 200);
  assert.match(
    await early.text(),
    /It is being fetched: 1\.5 MB of 3\.0 MB\..*href="\/slow\/dataset\?q=it"[^>]*>Look again/s,
  );
  const state = async () => await (await fetch("/api/slow/dataset/split")).json();
  assert.deepEqual(await state(), { state: "loading", progress: { bytes: 1_500_000, of: 3_000_000 } });
  resolve();
  assert.match(await (await fetch("/slow/dataset?q=it")).text(), /1 of 1 match/);
  assert.deepEqual(await state(), { state: "ready" });
});

Deno.test("a split that failed after a while is told with its reason, also while it is tried again", async () => {
  const tries = [Promise.withResolvers<never>(), Promise.withResolvers<never>()], left = tries.values();
  const failing = defineModule({
    name: "failing",
    tasks: {
      rows: {
        dataset: { all: { label: "all", open: () => left.next().value?.promise ?? assert.fail() } },
        prompt: () => "",
      },
    },
    components: [datasetView()],
  });
  const { fetch } = await rigApp({ modules: [failing] });
  assert.doesNotMatch(await (await fetch("/failing/dataset")).text(), /failed/);
  tries[0]?.reject(new Error("the Hub answers 503"));
  const state = async () => await (await fetch("/api/failing/dataset/split")).json();
  await until("the first try failed", async () => (await state()).state === "failed");
  assert.deepEqual(await state(), { state: "failed", detail: "the Hub answers 503" });
  assert.match(await (await fetch("/failing/dataset")).text(), /as the last try failed: the Hub answers 503/);
  assert.deepEqual(await state(), { state: "loading", failed_before: "the Hub answers 503" });
  tries[1]?.reject(new Error("it is over"));
  await until("the second try failed", async () => (await state()).detail === "it is over");
});

Deno.test("rows are sorted by a field without a name, and by one that begins with a mark", async () => {
  const dataset = {
    all: rows([{ "": "b", "-log": 2, log: 1 }, { "": "a", "-log": 1, log: 2 }, { "": "c", "-log": 3, log: 0 }]),
  };
  const odd = defineModule({ name: "odd", tasks: { a: { dataset, prompt: () => "a" } }, components: [datasetView()] });
  const { fetch } = await rigApp({ modules: [odd] });
  const sorted = async (sort: string) =>
    (await (await fetch(`/api/odd/dataset/samples?sort=${encodeURIComponent(sort)}`)).json()).indices;
  assert.deepEqual(await sorted("+"), [1, 0, 2]);
  assert.deepEqual(await sorted("-"), [2, 0, 1]);
  assert.deepEqual(await sorted("+-log"), [1, 0, 2]);
  assert.deepEqual(await sorted("--log"), [2, 0, 1]);
  assert.deepEqual(await sorted("-log"), [1, 0, 2]);
  assert.doesNotMatch(await (await fetch("/odd/dataset")).text(), /aria-sort="(a|de)scending"/);
  const ascending = await (await fetch("/odd/dataset?sort=%2B-log")).text();
  assert.equal(ascending.match(/aria-sort="ascending"/g)?.length, 1);
  assert.match(ascending, /href="[^"]*sort=--log/);
  const fields = [...ascending.matchAll(/name="filter\.([^"]*)"/g)].map(([, name]) => name);
  assert.deepEqual(fields, ["", "-log", "log"]);
});

Deno.test("a parameter of the rows or their scores that there is not is named, with those that there are", async () => {
  const { fetch } = await rigApp({ modules: [module] });
  const { field } = await readProblem(await fetch("/api/data/dataset/split?split=all&q=snow"));
  assert.equal(field, "q");
  for (const query of ["start=4", "Q=snow", "filter=title", "rows.score=1"]) {
    for (const route of ["samples", "scores"]) {
      const answer = await fetch(`/api/data/dataset/${route}?split=all&${query}`);
      assert.equal(answer.status, 422, `${route} ${query}`);
      const { detail, field } = await answer.json();
      assert.equal(field, query.split("=")[0]);
      assert.match(detail, /there is no such parameter, only task, .*sort.*filter\.…/);
    }
  }
});

Deno.test("the table of a long target begins with 1,000 rows and shows all by a link; links name few tokens", async () => {
  const long = defineModule({
    name: "long",
    generators: { letters: logitTable({ vocabulary: [..."ab"], logits: () => [1, 1], contextWindow: 2_000 }) },
    tasks: {
      letters: { dataset: { test: rows([{ text: "a" }]) }, prompt: ({ text }) => text, target: () => "ab".repeat(650) },
    },
    components: [datasetView(), nextToken()],
  });
  const { fetch } = await rigApp({ modules: [long] });
  for (const [more, wanted] of [["", 1_000], ["&all=1", 1_300]] as const) {
    const page = await (await fetch(`/long/dataset?score=1${more}`)).text();
    const [, table = ""] = /Tokens of the target"[^>]*>([\s\S]*?)<\/tbody>/.exec(page) ?? [];
    assert.equal(table.match(/<tr /g)?.length, wanted);
    assert.equal(table.match(/<a /g)?.length, 257, "a link names 256 tokens at most");
    assert.equal(page.includes("and 300 more rows"), more === "");
    assert.equal(/href="[^"]*all=1[^"]*"[^>]*>Show all/.test(page), more === "");
  }
});

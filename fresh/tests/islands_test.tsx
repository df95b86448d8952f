import assert from "node:assert/strict";
import { computed, signal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { App, csp, type Middleware } from "fresh";
import { asset, assetSrcSet, Head, Partial } from "fresh/runtime";
import { deserialize } from "../serial.ts";
import { applySnapshot, EMPTY_SNAPSHOT, islandRegistry } from "../snapshot.ts";

function Leaf(props: Record<string, unknown>): VNode {
  return <i>{typeof props["text"] === "string" ? props["text"] : ""}</i>;
}
function Frame({ children, side }: { children?: ComponentChildren; side?: VNode }): VNode {
  return (
    <section>
      {children}
      {side}
    </section>
  );
}
function Nest(): VNode {
  return (
    <div>
      <Leaf text="nested" />
    </div>
  );
}
function Closed(_: { children?: ComponentChildren }): VNode {
  return <hr />;
}

async function render(
  vnode: VNode,
  path = "/",
  ...outer: Middleware<unknown>[]
): Promise<{ status: number; html: string; headers: Headers }> {
  const app = new App<unknown>().use(...outer).get("/", (ctx) => ctx.render(vnode));
  const names = { Leaf: "Leaf", Frame: "Frame", Nest: "Nest", Closed: "Closed" };
  const islands = islandRegistry([{ file: "/_fresh/js/id/all.js", names, module: { Leaf, Frame, Nest, Closed } }]);
  applySnapshot(app, { ...EMPTY_SNAPSHOT, buildId: "id", islands });
  const log = console.error;
  console.error = () => {};
  try {
    const response = await app.handler()(new Request(`http://localhost${path}`));
    return { status: response.status, html: await response.text(), headers: response.headers };
  } finally {
    console.error = log;
  }
}

/** The props of a page's islands, as the browser will see them. */
async function sent(vnode: VNode): Promise<Record<string, unknown>[]> {
  const { html } = await render(vnode);
  const literal = /boot\(\{[^}]*\},("(?:[^"\\]|\\.)*")\)/.exec(html)?.[1];
  assert.ok(literal, html);
  return deserialize(JSON.parse(literal), (slot) => slot);
}

Deno.test("a page without islands has no script and no preload", async () => {
  const { html, headers } = await render(<p>plain</p>);
  assert.doesNotMatch(html, /<script|frsh/);
  assert.equal(headers.get("link"), null);
});

Deno.test("an island is marked with name, index and key, and only its modules are loaded", async () => {
  const { html, headers } = await render(<Leaf key="a-b" text="x" />);
  assert.match(html, /<!--frsh:island:Leaf:0:a%2Db--><i>x<\/i><!--\/frsh:island-->/);
  assert.match(html, /import\{Leaf as i0\}from"\/_fresh\/js\/id\/all\.js"/);
  assert.doesNotMatch(html, /Frame/);
  assert.match(headers.get("link") ?? "", /all.js>; rel="modulepreload"; as="script"$/);
  const strict = await render(<Leaf text="x" />, "/", csp({ useNonce: true }));
  const nonce = /<script type="module" nonce="([^"]+)">/.exec(strict.html)?.[1];
  assert.match(strict.headers.get("link") ?? "", new RegExp(`(as="script"; nonce="${nonce}"(, )?.*){2}$`));
});

Deno.test("the script that notes used fields waits for nothing: it is the first of <head>", async () => {
  const page = (
    <html>
      <head>
        <link rel="stylesheet" href="/slow.css" />
      </head>
      <body>
        <Leaf />
      </body>
    </html>
  );
  assert.match((await render(page)).html, /<head><script nonce="\w+">self\.frshUsedFields=/);
});

Deno.test("an island inside another's own render is a plain component; one passed as children is an island", async () => {
  assert.equal((await render(<Nest />)).html.match(/frsh:island:\w+/g)?.length, 1);
  const { html } = await render(
    <Frame side={<Leaf text="side" />}>
      text <Leaf text="in" />
    </Frame>,
  );
  assert.deepEqual(
    html.match(/frsh:(?:island:\w+|slot:\d+:\w+)/g),
    [
      "frsh:island:Frame",
      "frsh:slot:1:children",
      "frsh:island:Leaf",
      "frsh:slot:0:side",
      "frsh:island:Leaf",
    ],
  );
});

Deno.test("children that an island does not show wait in a template", async () => {
  const { html } = await render(
    <Closed>
      <Leaf text="later" />
    </Closed>,
  );
  assert.match(html, /<template id="frsh-slot-0"><!--frsh:slot:0:children-->.*<i>later<\/i>.*<\/template><script/);
});

Deno.test("props arrive as they were: values, collections, dates, references, signals", async () => {
  const shared = { n: 1 };
  const values = {
    list: [undefined, null, NaN, -0, Infinity, 10n, "</script><!--"],
    sparse: [1, , 3],
    date: new Date(5),
    url: new URL("http://x/y"),
    pattern: /a"b/gi,
    map: new Map([["k", new Set([1])]]),
    bytes: new Uint8Array([1, 2, 255]),
    one: shared,
    two: shared,
    instant: Temporal.Instant.from("2020-01-01T00:00:00Z"),
  };
  const [props] = await sent(<Leaf {...values} />);
  assert.ok(props);
  const { instant, ...rest } = props;
  const { instant: wanted, ...others } = values;
  assert.deepEqual(rest, others);
  assert.equal(String(instant), String(wanted));
  assert.equal(props["one"], props["two"]);
  assert.ok(!(1 in (Array.isArray(props["sparse"]) ? props["sparse"] : [0, 0])));
});

Deno.test("a cyclic object arrives cyclic", async () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const [props] = await sent(<Leaf cycle={cycle} />);
  const arrived = props?.["cycle"];
  assert.ok(typeof arrived === "object" && arrived !== null && "self" in arrived && arrived.self === arrived);
});

Deno.test("a signal given to two islands is one signal, at any depth; a computed is a constant", async () => {
  const count = signal(1);
  const double = computed(() => count.value * 2);
  const vnode = (
    <div>
      <Leaf count={count} />
      <Leaf deep={{ count: [count] }} double={double} />
    </div>
  );
  const [first, second] = await sent(vnode);
  const deep = second?.["deep"];
  assert.ok(typeof deep === "object" && deep !== null && "count" in deep && Array.isArray(deep.count));
  assert.equal(deep.count[0], first?.["count"]);
  const arrived = second?.["double"];
  assert.ok(typeof arrived === "object" && arrived !== null && "value" in arrived && arrived.value === 2);
});

Deno.test("what upstream cannot carry is refused, with island and path", async () => {
  const { serialize } = await import("../serial.ts");
  class Point {}
  const rows: [unknown, RegExp][] = [
    [() => {}, /prop "a.b\[0\]" of island "Leaf" .* a function/],
    [Symbol("s"), /a symbol/],
    [new Point(), /an instance of Point/],
    [Promise.resolve(), /an instance of Promise/],
    [new Error("x"), /an instance of Error/],
    [new Float32Array(1), /an instance of Float32Array/],
    [new Uint8Array(4).subarray(1), /a view of a larger buffer/],
    [Object.create(null), /without a prototype/],
    [[<p key="p">x</p>], /JSX/],
    [new ArrayBuffer(1), /an instance of ArrayBuffer/],
  ];
  for (const [value, message] of rows) {
    assert.throws(() => serialize([{ name: "Leaf", props: { a: { b: [value] } } }]), { name: "TypeError", message });
  }
  assert.equal((await render(<Leaf fn={() => {}} />)).status, 500);
});

Deno.test("<Head> replaces elements of <head> by key and adds the others", async () => {
  const app = new App<unknown>()
    .appWrapper(({ Component }) => (
      <html>
        <head>
          <title>site</title>
          <meta name="description" content="site" />
          <link rel="icon" href="/i.png" />
        </head>
        <body>
          <Component />
        </body>
      </html>
    ))
    .get("/", (ctx) =>
      ctx.render(
        <p>
          <Head>
            <title>page</title>
            <meta name="description" content="page" />
            <link key="more" rel="stylesheet" href="/more.css" />
          </Head>
        </p>,
      ));
  const html = await (await app.handler()(new Request("http://localhost/"))).text();
  assert.match(
    html,
    /<title>page<\/title><meta name="description" content="page"\/><link rel="icon" href="\/i.png"\/>/,
  );
  assert.match(html, /<link rel="stylesheet" href="\/more.css"[^>]*\/><\/head>/);
  assert.match(html, /<body><p><\/p><\/body>/);
});

Deno.test("a partial is marked, needs the client, and must have a name of its own", async () => {
  const { html } = await render(
    <Partial name="a b" mode="append" key="k">
      <p>x</p>
    </Partial>,
  );
  assert.match(html, /<!--frsh:partial:a%20b:append:k--><p>x<\/p><!--\/frsh:partial-->/);
  assert.match(html, /boot\(/);
  const twice = (
    <div>
      <Partial name="a">1</Partial>
      <Partial name="a">2</Partial>
    </div>
  );
  assert.equal((await render(twice)).status, 500);
});

Deno.test("f-client-nav needs the client unless it is false", async () => {
  assert.match((await render(<div f-client-nav>x</div>)).html, /f-client-nav.*boot\(/);
  const isOn = false; // Precompiled JSX leaves a literal false out altogether.
  const off = (await render(<div f-client-nav={isOn}>x</div>)).html;
  assert.match(off, /f-client-nav="false"/);
  assert.doesNotMatch(off, /boot\(/);
});

Deno.test("a partial request gets data instead of a script", async () => {
  const { html } = await render(
    <Partial name="p">
      <Leaf text="<" />
    </Partial>,
    "/?fresh-partial=true",
  );
  assert.match(html, /<script type="application\/json" id="frsh-state-[-0-9a-f]{36}"[^>]*>\{"islands":\[\{"file"/);
  assert.doesNotMatch(html, /boot\(/);
});

Deno.test("asset() and assetSrcSet() add the build id to local paths; images get it by themselves", async () => {
  const { html } = await render(
    <p>
      <img src="/a.png" srcset="/a.png 1x, /b.png 2x" />
      <img src="/c.png" data-fresh-disable-lock />
    </p>,
  );
  assert.match(html, /src="\/a.png\?__frsh_c=id" srcset="\/a.png\?__frsh_c=id 1x, \/b.png\?__frsh_c=id 2x"/);
  assert.match(html, /src="\/c.png"/);
  assert.equal(asset("/x.css?a=1#h"), "/x.css?a=1&__frsh_c=id#h");
  for (const path of ["https://a/b", "//a/b", "x.css", "/x?__frsh_c=1"]) assert.equal(asset(path), path);
  assert.equal(assetSrcSet("(x)"), "(x)");
});

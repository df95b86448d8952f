import assert from "node:assert/strict";
import { App, createDefine, HttpError, page, type PageProps } from "fresh";

async function get(app: App<unknown>, path: string, init?: RequestInit): Promise<[number, string, Headers]> {
  const response = await app.handler()(new Request(`http://localhost${path}`, init));
  return [response.status, await response.text(), response.headers];
}

Deno.test("App matches exact paths before patterns, patterns in order, and a path with and without slash", async () => {
  const app = new App<unknown>()
    .get("/:any", (ctx) => ctx.text(`any ${ctx.params["any"]} ${ctx.route}`))
    .get("/:later", (ctx) => ctx.text("later"))
    .get("/x", (ctx) => ctx.text("exact"));
  assert.equal((await get(app, "/x"))[1], "exact");
  assert.equal((await get(app, "/x/"))[1], "exact");
  assert.equal((await get(app, "/y"))[1], "any y /:any");
  assert.equal((await get(app, "//y"))[1], "any y /:any");
  assert.equal((await get(app, "/a%2Fb%20c"))[1], "any a%2Fb c /:any");
  assert.equal((await get(app, "/%E0%A4%A"))[0], 200);
});

Deno.test("App answers HEAD by GET without body, OPTIONS with Allow, other methods with 405", async () => {
  const app = new App<unknown>().get("/x", (ctx) => ctx.text("body")).post("/x", (ctx) => ctx.text("posted"));
  const [status, body] = await get(app, "/x", { method: "HEAD" });
  assert.deepEqual([status, body], [200, ""]);
  const [optionsStatus, , headers] = await get(app, "/x", { method: "OPTIONS" });
  assert.deepEqual([optionsStatus, headers.get("allow")], [204, "GET, POST"]);
  assert.equal((await get(app, "/x", { method: "DELETE" }))[0], 405);
  assert.equal((await get(app, "/none"))[0], 404);
});

Deno.test("App ends what would have written the body of an answer to HEAD", async () => {
  let cancelled = 0;
  const body = () => new ReadableStream({ cancel: () => void cancelled++ });
  const app = new App<unknown>().get("/x", () => new Response(body()));
  assert.deepEqual((await get(app, "/x", { method: "HEAD" })).slice(0, 2), [200, ""]);
  assert.equal(cancelled, 1);
});

Deno.test("App gives a duplicate of pattern and method to the first", async () => {
  const app = new App<unknown>().get("/x", (ctx) => ctx.text("1")).get("/x", (ctx) => ctx.text("2"));
  assert.equal((await get(app, "/x"))[1], "1");
});

Deno.test("a route captures the middlewares registered before it, from its scopes", async () => {
  const trace = (name: string) => async (ctx: { next(): Promise<Response> }) => {
    const response = await ctx.next();
    response.headers.append("trace", name);
    return response;
  };
  const app = new App<unknown>()
    .get("/a/early", (ctx) => ctx.text("early"))
    .use(trace("root"))
    .use("/a", trace("a"))
    .use("/a/b", trace("b"))
    .get("/a/late", (ctx) => ctx.text("late"))
    .get("/a/b/late", (ctx) => ctx.text("late"))
    .get("/c{/:opt}?/d", (ctx) => ctx.text("d"))
    .use("/c/d", trace("too late"));
  const trail = async (path: string) => (await get(app, path))[2].get("trace");
  assert.equal(await trail("/a/early"), null);
  assert.equal(await trail("/a/late"), "a, root");
  assert.equal(await trail("/a/b/late"), "b, a, root");
  assert.equal(await trail("/c/d"), "root");
});

Deno.test("an unmatched URL runs the root middlewares alone", async () => {
  const seen: string[] = [];
  const app = new App<unknown>()
    .use((ctx) => (seen.push("root"), ctx.next()))
    .use("/a", (ctx) => (seen.push("a"), ctx.next()));
  assert.equal((await get(app, "/a/none"))[0], 404);
  assert.deepEqual(seen, ["root"]);
});

Deno.test("middlewares may be loaded lazily and share one state", async () => {
  const app = new App<{ n?: number }>()
    .use(() => Promise.resolve((ctx) => (ctx.state.n = 1, ctx.next())))
    .get("/", (ctx) => ctx.json({ n: ctx.state.n }));
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(await (await app.handler()(new Request("http://localhost/"))).json(), { n: 1 });
  }
});

Deno.test("errors are caught in their scope, outside of the scope's own middlewares", async () => {
  let after = 0;
  const app = new App<unknown>()
    .onError("*", (ctx) => ctx.text(`root ${ctx.error}`, { status: 500 }))
    .onError("/a", { component: ({ error }) => <p>a {error instanceof HttpError ? error.status : 0}</p> })
    .use("/a", async (ctx) => {
      const response = await ctx.next();
      after++;
      return response;
    })
    .get("/a/x", () => {
      throw new HttpError(418, "teapot");
    })
    .get("/b", () => {
      throw new Error("boom");
    });
  const [status, body] = await get(app, "/a/x");
  assert.equal(status, 418);
  assert.match(body, /<p>a 418<\/p>/);
  assert.equal(after, 0);
  assert.deepEqual((await get(app, "/b")).slice(0, 2), [500, "root Error: boom"]);
});

Deno.test("notFound() takes every 404, also those thrown by handlers", async () => {
  const app = new App<unknown>()
    .onError("*", (ctx) => ctx.text("error", { status: 500 }))
    .notFound((ctx) => ctx.text("lost", { status: 404 }))
    .get("/x", () => {
      throw new HttpError(404);
    });
  assert.deepEqual((await get(app, "/x")).slice(0, 2), [404, "lost"]);
  assert.deepEqual((await get(app, "/y")).slice(0, 2), [404, "lost"]);
});

Deno.test("without an error route the message or the status text is the body", async () => {
  const app = new App<unknown>()
    .get("/m", () => {
      throw new HttpError(403, "not yours");
    })
    .get("/s", () => {
      throw new HttpError(403);
    });
  assert.deepEqual((await get(app, "/m")).slice(0, 2), [403, "not yours"]);
  assert.deepEqual((await get(app, "/s")).slice(0, 2), [403, "Forbidden"]);
});

Deno.test("mountApp() puts another app below a path, and basePath before all", async () => {
  const inner = new App<unknown>().use((ctx) => ctx.next()).get("/", (ctx) => ctx.text("inner"))
    .get("/y", (ctx) => ctx.text("y"));
  const app = new App<unknown>({ basePath: "/base" }).mountApp("/in", inner).get("/", (ctx) => ctx.text("home"));
  assert.equal((await get(app, "/base/in"))[1], "inner");
  assert.equal((await get(app, "/base/in/y"))[1], "y");
  assert.equal((await get(app, "/base"))[1], "home");
  assert.equal((await get(app, "/in/y"))[0], 404);
  const own = new App<unknown>({ basePath: "/ui" }).get("/x", (ctx) => ctx.text("x"));
  assert.equal((await get(new App<unknown>().mountApp("/v1", own), "/v1/ui/x"))[1], "x");
  assert.equal((await get(new App<unknown>().mountApp("/ui", own), "/ui/x"))[1], "x");
});

Deno.test("a base path is empty, the root, or begins with a slash and ends without one", () => {
  for (const basePath of ["", "/", "./", "/ui", "/deep/er-v1.2"]) new App({ basePath });
  for (const [basePath, reason] of [["ui", "start with"], ["/ui/", "not end"], ["/a b", "characters"]] as const) {
    assert.throws(() => new App({ basePath }), { message: new RegExp(`"${basePath}".*${reason}`) });
  }
});

Deno.test("layouts nest inside the app wrapper and can drop what is outside", async () => {
  const box = (name: string) => ({ Component }: PageProps) => (
    <div class={name}>
      <Component />
    </div>
  );
  const app = new App<unknown>()
    .appWrapper(({ Component }) => (
      <html>
        <head>
          <title>t</title>
        </head>
        <body>
          <Component />
        </body>
      </html>
    ))
    .layout("*", box("outer"))
    .layout("/a", box("inner"))
    .layout("/b", box("alone"), { skipInheritedLayouts: true, skipAppWrapper: true })
    .get("/a/x", (ctx) => ctx.render(<i>x</i>))
    .route("/b/x", { component: () => <i>b</i> })
    .route("/c", { component: () => <i>c</i>, config: { skipInheritedLayouts: true } });
  assert.match((await get(app, "/a/x"))[1], /<body><div class="outer"><div class="inner"><i>x<\/i>/);
  assert.match(
    (await get(app, "/b/x"))[1],
    /<html><head><meta charset="utf-8"\/><\/head><body><div class="alone"><i>b/,
  );
  assert.match((await get(app, "/c"))[1], /<body><i>c<\/i><\/body>/);
});

Deno.test("page() gives data, status and headers; async components may answer by themselves", async () => {
  const define = createDefine<unknown>();
  const handler = define.handlers({
    GET: () => page({ rows: ["a"] }, { status: 201, headers: { "x-a": "1" } }),
    POST: () => new Response("posted"),
  });
  const component = define.page<typeof handler>(({ data }) => <p>{data.rows.join()}</p>);
  const app = new App<unknown>()
    .route("/p", { handler, component })
    .route("/async", { component: async () => await Promise.resolve(<b>later</b>) })
    .route("/response", { component: async () => await Promise.resolve(new Response("mine")) });
  const [status, body, headers] = await get(app, "/p");
  assert.deepEqual([status, headers.get("x-a")], [201, "1"]);
  assert.match(body, /<p>a<\/p>/);
  assert.equal((await get(app, "/p", { method: "POST" }))[1], "posted");
  assert.match((await get(app, "/async"))[1], /<b>later<\/b>/);
  assert.equal((await get(app, "/response"))[1], "mine");
});

Deno.test("a lazy route without the method is a 404, also for OPTIONS", async () => {
  const app = new App<unknown>().route("/x", () => Promise.resolve({ handler: { POST: () => new Response("ok") } }));
  assert.equal((await get(app, "/x", { method: "POST" }))[1], "ok");
  assert.equal((await get(app, "/x"))[0], 404);
  assert.equal((await get(app, "/x", { method: "OPTIONS" }))[0], 404);
});

Deno.test("Context redirects on this host, streams, and keeps partial requests partial", async () => {
  const app = new App<unknown>()
    .get("/r", (ctx) => ctx.redirect("//evil.com//x?to=//y"))
    .get("/s", (ctx) =>
      ctx.stream(function* () {
        yield "ä";
        yield new Uint8Array([65]);
      }));
  const location = async (path: string) => (await get(app, path))[2].get("location");
  assert.equal(await location("/r"), "/evil.com/x?to=//y");
  assert.equal(await location("/r?fresh-partial=true"), "/evil.com/x?to=//y&fresh-partial=true");
  assert.equal((await get(app, "/s"))[1], "äA");
});

Deno.test("Context.render() refuses what is not JSX; a handler must return a Response", async () => {
  const log = console.error;
  console.error = () => {};
  try {
    const wrong = (value: unknown): never => value as never; // What the types forbid, plain JavaScript can do.
    const app = new App<unknown>().get("/a", (ctx) => ctx.render(wrong({}))).get("/b", () => wrong("text"));
    assert.equal((await get(app, "/a"))[0], 500);
    assert.equal((await get(app, "/b"))[0], 500);
  } finally {
    console.error = log;
  }
});

Deno.test("trustProxy makes ctx.url that of the proxy", async () => {
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "example.com" };
  const seen = async (trustProxy: boolean) => {
    const app = new App<unknown>({ trustProxy }).get("/", (ctx) => ctx.text(ctx.url.origin));
    return (await get(app, "/", { headers }))[1];
  };
  assert.equal(await seen(true), "https://example.com");
  assert.equal(await seen(false), "http://localhost");
});

Deno.test("links to the current page and its ancestors are marked; scripts and styles get a nonce", async () => {
  const constant = <style>{"p{}"}</style>;
  const app = new App<unknown>().get("/a/b", (ctx) =>
    ctx.render(
      <p>
        <a href="/a/b">here</a>
        <a href="/a">up</a>
        <a href="/c">away</a>
        {constant}
        <script nonce="own" src="/x.js"></script>
      </p>,
    ));
  const [, first] = await get(app, "/a/b");
  const [, second] = await get(app, "/a/b");
  assert.match(first, /<a aria-current="page" href="\/a\/b" data-current="true">/);
  assert.match(first, /<a aria-current="true" href="\/a" data-ancestor="true">/);
  assert.match(first, /<a href="\/c">/);
  assert.match(first, /nonce="own"/);
  const nonce = (html: string) => /<style nonce="([0-9a-f]{32})">/.exec(html)?.[1];
  assert.ok(nonce(first));
  assert.notEqual(nonce(first), nonce(second));
});

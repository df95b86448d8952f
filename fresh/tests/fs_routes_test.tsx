import assert from "node:assert/strict";
import { App, HttpError, page, type PageProps } from "fresh";
import { compareFiles, isSpecial } from "../pattern.ts";
import { applySnapshot, EMPTY_SNAPSHOT } from "../snapshot.ts";

type Module = Record<string, unknown>;

/** An app whose routes folder holds the given modules. */
function appOf(modules: Record<string, Module>, base?: string): App<unknown> {
  const app = new App<unknown>().get("/early", (ctx) => ctx.text("early")).fsRoutes(base);
  const routes = Object.keys(modules).sort(compareFiles).map((file) => {
    const module = modules[file] ?? {};
    const isEager = isSpecial(file) || "config" in module;
    return { file, module: isEager ? module : () => Promise.resolve(module) };
  });
  applySnapshot(app, { ...EMPTY_SNAPSHOT, routes });
  return app;
}

async function get(app: App<unknown>, path: string, method = "GET"): Promise<[number, string, Headers]> {
  const log = console.error;
  console.error = () => {};
  try {
    const response = await app.handler()(new Request(`http://localhost${path}`, { method }));
    return [response.status, await response.text(), response.headers];
  } finally {
    console.error = log;
  }
}

const box = (name: string) => ({ Component }: PageProps) => (
  <div class={name}>
    <Component />
  </div>
);
const show = (name: string) => ({ default: () => <i>{name}</i> });
const boom = () => {
  throw new Error("boom");
};

Deno.test("file routes match names before parameters before rest, groups leave no trace in the URL", async () => {
  const app = appOf({
    "index": show("home"),
    "a/index": show("a"),
    "a/[id]": { default: ({ params }: PageProps) => <i>id {params["id"]}</i> },
    "a/new": show("new"),
    "(g)/b": show("b"),
    "[...rest]": { default: ({ params }: PageProps) => <i>rest {params["rest"]}</i> },
    "o/[[v]]/index": { default: ({ params }: PageProps) => <i>v[{params["v"]}]</i> },
  });
  for (
    const [path, text] of [["/", "home"], ["/a", "a"], ["/a/new", "new"], ["/a/7", "id 7"], ["/b", "b"], [
      "/x/y",
      "rest x/y",
    ]]
      .concat([["/o", "v[]"], ["/o/1", "v[1]"]])
  ) assert.ok((await get(app, path ?? ""))[1].includes(`<i>${text}</i>`), path);
});

Deno.test("layouts of folders and groups nest; routes and layouts can leave the outer ones", async () => {
  const app = appOf({
    "_app": { default: box("app") },
    "_layout": { default: box("root") },
    "(g)/_layout": { default: box("group") },
    "(g)/x": show("x"),
    "(h)/_layout": { default: box("alone"), config: { skipInheritedLayouts: true, skipAppWrapper: true } },
    "(h)/y": show("y"),
    "z": { ...show("z"), config: { skipInheritedLayouts: true } },
  });
  const classes = async (path: string) => (await get(app, path))[1].match(/(?<=class=")\w+/g);
  assert.deepEqual(await classes("/x"), ["app", "root", "group"]);
  assert.deepEqual(await classes("/y"), ["alone"]);
  assert.deepEqual(await classes("/z"), ["app"]);
});

Deno.test("the nearest _error answers; a route before fsRoutes() has none of its files", async () => {
  const app = appOf({
    "_app": { default: box("app") },
    "_error": { default: ({ error }: PageProps) => <b>root {error instanceof HttpError ? error.status : 500}</b> },
    "a/_error": { default: () => <b>a</b> },
    "a/x": { handler: boom },
    "b": { handler: boom },
  });
  assert.match((await get(app, "/a/x"))[1], /<b>a<\/b>/);
  const [status, body] = await get(app, "/b");
  assert.deepEqual([status, body.includes("<b>root 500</b>")], [500, true]);
  const [missing, missingBody] = await get(app, "/none");
  assert.deepEqual([missing, missingBody.includes("<b>root 404</b>")], [404, true]);
  assert.equal((await get(app, "/early"))[1], "early");
});

Deno.test("_404 takes all 404s, with 200 unless its handler says otherwise", async () => {
  const lost = { default: () => <b>lost</b> };
  assert.equal((await get(appOf({ "_404": lost }), "/x"))[0], 200);
  const app = appOf({ "_404": { ...lost, handler: () => page(null, { status: 404 }) }, "_error": show("error") });
  const [status, body] = await get(app, "/x", "POST");
  assert.deepEqual([status, body.includes("<b>lost</b>")], [404, true]);
});

Deno.test("errors inside a group carry the headers of root middlewares, errors outside do not", async () => {
  const headers = async (ctx: { next(): Promise<Response> }) => {
    const response = await ctx.next();
    response.headers.set("x-root", "1");
    return response;
  };
  const bare = appOf({ "_middleware": { default: [headers] }, "_error": show("e"), "x": { handler: boom } });
  assert.equal((await get(bare, "/x"))[2].get("x-root"), null);
  const grouped = appOf({
    "_middleware": { handler: headers },
    "(site)/_error": show("e"),
    "(site)/x": { handler: boom },
    "(site)/[...path]": {
      handler: () => {
        throw new HttpError(404);
      },
    },
  });
  assert.equal((await get(grouped, "/x"))[2].get("x-root"), "1");
  const [status, , lost] = await get(grouped, "/none");
  assert.deepEqual([status, lost.get("x-root")], [404, "1"]);
});

Deno.test("a component with a method map renders on GET; methods that a lazy file lacks are 404", async () => {
  const app = appOf({
    "form": { default: () => <i>form</i>, handler: { POST: () => new Response("sent") } },
    "api": { handlers: { POST: () => new Response("sent") } },
    "over": { handler: () => new Response("over"), config: { routeOverride: "/n/:id(\\d+)" } },
  });
  assert.match((await get(app, "/form"))[1], /<i>form<\/i>/);
  assert.equal((await get(app, "/form", "POST"))[1], "sent");
  assert.equal((await get(app, "/api"))[0], 404);
  assert.equal((await get(app, "/api", "OPTIONS"))[0], 404);
  assert.equal((await get(app, "/n/12"))[1], "over");
  assert.equal((await get(app, "/n/x"))[0], 404);
});

Deno.test("a module without exports, or with a handler of two parameters, is an error", async () => {
  assert.equal((await get(appOf({ "x": {} }), "/x"))[0], 500);
  assert.equal((await get(appOf({ "x": { handler: (_a: unknown, _b: unknown) => new Response() } }), "/x"))[0], 500);
  assert.throws(() => appOf({ "_layout": {} }).handler(), { message: "Could not find relevant exports in: _layout" });
});

Deno.test("fsRoutes() can put its files below a path", async () => {
  const app = appOf({ "index": show("home"), "a": show("a") }, "/docs");
  assert.match((await get(app, "/docs"))[1], /home/);
  assert.match((await get(app, "/docs/a"))[1], /<i>a<\/i>/);
  assert.equal((await get(app, "/a"))[0], 404);
});

Deno.test("handlers where they have no effect are warned of", async () => {
  const warnings: string[] = [];
  const warn = console.warn;
  console.warn = (text: string) => void warnings.push(text);
  try {
    const app = appOf({
      _middleware: { handler: { GET: () => new Response("never") } },
      _layout: { default: box("layout"), handler: () => new Response("never") },
      index: show("page"),
    });
    assert.match((await get(app, "/"))[1], /<div class="layout"><i>page<\/i><\/div>/);
  } finally {
    console.warn = warn;
  }
  assert.match(
    warnings.join("\n"),
    /Middleware does not .* in routes\/_middleware\n.*Layout does not .* in routes\/_layout/,
  );
});

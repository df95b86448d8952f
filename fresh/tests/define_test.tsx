import assert from "node:assert/strict";
import { App, createDefine, page, type PageProps, type RouteData } from "fresh";

interface State {
  user: string;
}
const define = createDefine<State>();

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

Deno.test("define.page<typeof handler>() infers the union of what the methods pass to page()", async () => {
  const handler = define.handlers({
    GET: (ctx) => page({ kind: "list" as const, user: ctx.state.user }),
    POST: async (ctx) => {
      if (ctx.url.searchParams.has("go")) return ctx.redirect("/");
      return await Promise.resolve(page({ kind: "saved" as const, id: 1 }));
    },
  });
  const isExact: Same<RouteData<typeof handler>, { kind: "list"; user: string } | { kind: "saved"; id: number }> = true;
  assert.ok(isExact);
  const component = define.page<typeof handler>(({ data, state }) => (
    <p>{data.kind === "list" ? data.user : data.id} {state.user}</p>
  ));
  const whole = define.handlers((ctx) => page(ctx.state.user.length));
  const isNumber: Same<RouteData<typeof whole>, number> = true;
  assert.ok(isNumber);
  const app = new App<State>()
    .use(define.middleware((ctx) => {
      ctx.state.user = "ada";
      return ctx.next();
    }))
    .appWrapper(({ Component, state }: PageProps<unknown, State>) => (
      <body class={state.user}>
        <Component />
      </body>
    ))
    .layout("*", define.layout(({ Component }) => <Component />))
    .route("/", { handler, component })
    .route("/n", { handler: whole, component: define.page<typeof whole>(({ data }) => <b>{data + 1}</b>) })
    .route("/async", { component: define.page(async ({ state }) => <i>{await Promise.resolve(state.user)}</i>) });
  const text = async (path: string) => await (await app.handler()(new Request(`http://localhost${path}`))).text();
  assert.match(await text("/"), /<body class="ada"><p>ada ada<\/p>/);
  assert.match(await text("/n"), /<b>4<\/b>/);
  assert.match(await text("/async"), /<i>ada<\/i>/);
});

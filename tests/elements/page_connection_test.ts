/** A page and its session while several of its actions run: what the browser shows is what the server has. */
import assert from "node:assert/strict";
import type { SessionState } from "../../lib/components/session_event.ts";
import type { Problem } from "../../lib/lm/event.ts";
import { PageConnection } from "../../lib/elements/view/page_connection.ts";
import { button, component, defineModule, table, text } from "../../lib/mod.ts";
import { newGate } from "../rig/elements_rig.ts";
import { serveLoopback } from "../rig/loopback.ts";
import { rigApp } from "../rig/rig_app.ts";
import { until } from "../rig/until.ts";

const API = "/api/two/page";

/** A page with three buttons that lengthen one table and set one text, each step when its gate opens. */
function twoModule() {
  const gates = { slow: newGate(), late: newGate() };
  const page = component("Page", () => {
    const rows = table(["step"], { name: "rows" });
    const last = text("", { name: "last" });
    const add = (step: string) => {
      rows.append([step]);
      last.set(step);
    };
    const steps = (name: "slow" | "late") =>
      button(name, { name, inputs: {} }, async function* () {
        for (let step = 1; step <= 3; step++) {
          add(`${name} ${step}`);
          yield;
          await gates[name].pass();
        }
      });
    return [
      rows,
      last,
      steps("slow"),
      steps("late"),
      button("quick", { name: "quick", inputs: {} }, () => add("quick")),
    ];
  });
  return { gates, module: defineModule({ name: "two", components: [page] }) };
}

/** The page's two sides, with what lies between them in the hands of the test. */
async function rig() {
  const { gates, module } = twoModule();
  const app = await rigApp({ modules: [module] });
  /** What a request waits for before the server has it. */
  const held = new Map<string, Promise<void>>();
  /** Path → what the server answers in place of the app. */
  const refusals = new Map<string, Problem>();
  const cuts: (() => void)[] = [];
  const requests: string[] = [];
  const server = serveLoopback(async (request) => {
    const { pathname, search } = new URL(request.url);
    const path = pathname + search;
    requests.push(path.replace(API, "").replace(/\?.*/, ""));
    const { method, headers } = request;
    const body = method === "POST" ? await request.text() : undefined;
    await held.get(requests.at(-1) ?? "");
    const refusal = refusals.get(requests.at(-1) ?? "");
    if (refusal !== undefined) return Response.json(refusal, { status: refusal.status });
    const answer = await app.fetch(path, {
      method,
      headers: { "content-type": headers.get("content-type") ?? "" },
      ...(body !== undefined && { body }),
    });
    const passed = answer.body?.pipeThrough(
      new TransformStream({ start: (stream) => void cuts.push(() => stream.terminate()) }),
    );
    return new Response(passed ?? null, answer);
  });
  const api = server.origin + API;
  const state: SessionState = await (await fetch(`${api}/elements`)).json();
  const connection = new PageConnection(api, state);
  const { store } = connection;
  const serverState = async (): Promise<SessionState> =>
    await (await app.fetch(`${API}/elements?session=${state.session}`)).json();
  const steps = () => rowsOf(store.element("rows"));
  return {
    connection,
    requests,
    refusals,
    steps,
    /** Keeps requests of a path from the server. @returns what lets them go on */
    hold(path: string): () => void {
      let release = () => {};
      held.set(path, new Promise((resolve) => release = resolve));
      return release;
    },
    /** Lets an action take its last two steps, of three. */
    async letGoOn(name: keyof typeof gates) {
      for (let step = 1; step <= 3; step++) {
        await until(`${name} waits`, () => gates[name].isWaiting);
        gates[name].open();
      }
    },
    cutAll: () => cuts.splice(0).forEach((cut) => cut()),
    status: (name: string) => store.actions.peek()[name]?.status,
    /** Waits for the end of all actions, and asks both sides what they have. */
    async bothAtTheEnd() {
      await until(
        "no action runs",
        () => Object.values(store.actions.peek()).every((action) => action?.status !== "running"),
      );
      const { elements, actions } = await serverState();
      assert.ok(Object.values(actions).every(({ status }) => status === "done"));
      const shown = Object.fromEntries(Object.keys(elements).map((name) => [name, store.element(name)]));
      assert.deepEqual(shown, elements);
      return steps();
    },
    async [Symbol.asyncDispose]() {
      connection.close();
      app.stop();
      await server.close();
    },
  };
}

function rowsOf(state: unknown): readonly unknown[] {
  return (state as { readonly rows: readonly (readonly [unknown])[] }).rows.map(([cell]) => cell);
}

Deno.test("PageConnection applies once what happens while two actions run", async () => {
  await using page = await rig();
  const { connection, steps } = page;
  void connection.act("slow");
  await until("the first step is there", () => steps().length === 1);
  void connection.act("quick");
  await until("the other action has ended", () => page.status("quick") === "done");
  await page.letGoOn("slow");
  assert.deepEqual(await page.bothAtTheEnd(), ["slow 1", "quick", "slow 2", "slow 3"]);
});

Deno.test("PageConnection hears of an action to its end, also where the one clicked before it ends first", async () => {
  await using page = await rig();
  const { connection, steps } = page;
  void connection.act("slow");
  void connection.act("late");
  await until("both have begun", () => steps().length === 2);
  await page.letGoOn("slow");
  await until("the first one has ended", () => page.status("slow") === "done");
  assert.equal(page.status("late"), "running");
  await page.letGoOn("late");
  assert.deepEqual((await page.bothAtTheEnd()).slice(2), ["slow 2", "slow 3", "late 2", "late 3"]);
});

Deno.test("PageConnection hears of a click that comes to the server when all others have ended", async () => {
  await using page = await rig();
  const { connection, steps } = page;
  void connection.act("slow");
  await until("the first step is there", () => steps().length === 1);
  const release = page.hold("/elements/late");
  void connection.act("late");
  await until("it is on its way", () => page.requests.includes("/elements/late"));
  void connection.act("quick");
  await page.letGoOn("slow");
  await until("the first one has ended", () => page.status("slow") === "done");
  assert.equal(page.requests.includes("/elements/quick"), false, "one click at a time is on its way");
  release();
  await until("both others have begun", () => steps().length === 5);
  await page.letGoOn("late");
  assert.deepEqual(await page.bothAtTheEnd(), ["slow 1", "slow 2", "slow 3", "late 1", "quick", "late 2", "late 3"]);
});

Deno.test("PageConnection goes on with the whole page where what it heard is cut off while two actions run", async () => {
  await using page = await rig();
  const { connection, steps } = page;
  void connection.act("slow");
  void connection.act("late");
  await until("both have begun", () => steps().length === 2);
  page.cutAll();
  await page.letGoOn("late");
  await until("it listens again", () => page.requests.includes("/events"));
  await page.letGoOn("slow");
  assert.deepEqual(
    (await page.bothAtTheEnd()).toSorted(),
    [1, 2, 3].flatMap((n) => [`late ${n}`, `slow ${n}`]).toSorted(),
  );
});

Deno.test("PageConnection asks again while a server starts, and no more once it answers what it would answer again", async () => {
  await using page = await rig();
  const { connection, steps, requests, refusals } = page;
  const problem = (status: number, detail: string): Problem => ({
    type: "about:blank",
    title: "",
    status,
    detail,
    id: "1",
  });
  const asked = () => requests.filter((path) => path === "/elements").length;
  void connection.act("slow");
  await until("the first step is there", () => steps().length === 1);
  const before = asked();
  refusals.set("/elements", problem(503, "It starts."));
  page.cutAll();
  await until("it asks again", () => asked() === before + 2);
  refusals.set("/elements", problem(500, "setup() threw. Report 1."));
  await until("it tells what the server answered", () => connection.notice.peek() === "setup() threw. Report 1.");
  assert.equal(page.status("slow"), "failed");
  assert.equal(asked(), before + 3);
  refusals.clear();
  void connection.act("quick");
  await until("a click is heard of as before", () => page.status("quick") === "done");
});

Deno.test("a click that is refused leaves the page to be told of the others", async () => {
  await using page = await rig();
  const { connection, steps } = page;
  await connection.act("nothing");
  assert.equal(page.status("nothing"), "failed");
  void connection.act("slow");
  await until("the first step is there", () => steps().length === 1);
  await connection.act("nothing");
  await page.letGoOn("slow");
  await until("it has ended", () => page.status("slow") === "done");
  assert.deepEqual(steps(), ["slow 1", "slow 2", "slow 3"]);
});

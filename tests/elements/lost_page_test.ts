/** A page whose session the server has lost, and whose component is not what it was. */
import assert from "node:assert/strict";
import type { SessionState } from "../../lib/components/session_event.ts";
import { PageConnection } from "../../lib/elements/view/page_connection.ts";
import { button, choiceInput, component, defineModule, text, textInput } from "../../lib/mod.ts";
import { serveLoopback } from "../rig/loopback.ts";
import { rigApp } from "../rig/rig_app.ts";
import { until } from "../rig/until.ts";

const API = "/api/lost/page";

/** A page to which an action adds an input, and choices that are not there from the first. */
const lost = defineModule({
  name: "lost",
  components: [
    component("Page", ({ page }) => {
      const note = textInput("Note", "", { name: "note" });
      const choice = choiceInput<string>("Choice", ["a", "b"], { name: "choice" });
      const told = text("", { name: "told" });
      const more = button("More", { name: "more", inputs: {} }, () => {
        const added = textInput("Added", "", { name: "added" });
        choice.setChoices(["c", "d"]);
        page.add(button("Late", { name: "late", inputs: { added } }, () => {}));
      });
      const send = button("Send", { name: "send", inputs: { note, choice } }, ({ values }) => {
        told.set(JSON.stringify(values));
      });
      return [more, send, told];
    }),
  ],
});

async function rig() {
  const app = await rigApp({ modules: [lost] });
  const server = serveLoopback(async (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = { "content-type": request.headers.get("content-type") ?? "" };
    const body = request.method === "POST" ? await request.text() : null;
    return await app.fetch(pathname + search, { method: request.method, headers, body });
  });
  const state: SessionState = await (await fetch(`${server.origin}${API}/elements`)).json();
  const connection = new PageConnection(server.origin + API, state);
  const { store } = connection;
  return {
    connection,
    store,
    lose: () => app.sessions.close(),
    async [Symbol.asyncDispose]() {
      connection.close();
      app.stop();
      await server.close();
    },
  };
}

Deno.test("a page with what the one made again has not takes that one, and goes on at the next click", async () => {
  await using page = await rig();
  const { connection, store } = page;
  await connection.act("more");
  await until("the input is there", () => store.fits("added", ""));
  connection.edit("note", "kept");
  connection.edit("choice", "d");
  page.lose();
  await connection.act("send");
  const notice = /^This click did nothing: .+ inputs\.added: there is no such input on this page$/;
  assert.match(connection.notice.peek() ?? "", notice);
  assert.deepEqual([store.element("added"), store.value("choice"), store.value("note")], [undefined, "a", "kept"]);
  await connection.act("send");
  await until("it has run", () => store.element("told")?.text === '{"note":"kept","choice":"a"}');
  assert.match(connection.notice.peek() ?? "", notice, "it stays told");
});

Deno.test("a button that an action had added takes the page back to the one that was made again", async () => {
  await using page = await rig();
  const { connection, store } = page;
  await connection.act("more");
  await until("the button is there", () => store.element("late") !== undefined);
  page.lose();
  await connection.act("late");
  await until("it is gone", () => store.element("late") === undefined);
});

/** What a page in the browser keeps of what was typed: until the server has taken it, and no longer than it fits. */
import assert from "node:assert/strict";
import { Session } from "../../lib/components/session.ts";
import { Page } from "../../lib/elements/page.ts";
import { PageStore } from "../../lib/elements/view/page_store.ts";
import { barChart, button, choiceInput, numberInput, type Piece, radioInput, textInput } from "../../lib/mod.ts";

const PIECES: readonly Piece[] = [["one", 0.5], ["two", 0.3], ["three", 0.2]];

/** A page with two buttons and a chart, its session, and its other side. */
function rig() {
  const first = textInput("First", "", { name: "first", blanks: true });
  const second = textInput("Second", "", { name: "second" });
  const choice = choiceInput<string>("Choice", ["a", "b"], { name: "choice" });
  const number = numberInput("Number", { min: 0, max: 9, name: "number" });
  const chart = barChart("Chart", { pieces: PIECES, name: "chart", onSelect: (): void => chart.set(PIECES) });
  const page = new Page();
  for (
    const element of [
      button("One", { name: "one", inputs: { first } }, () => {}),
      button("Two", { name: "two", inputs: { second, choice, number } }, () => {}),
      chart,
    ]
  ) page.add(element);
  page.snapshot();
  const report = () => ({ type: "", title: "", status: 500, detail: "", id: "" });
  const session = new Session("s", page, { report, onIdle() {} });
  const store = new PageStore(wire(session.state()));
  /** Sends a click to the server, and brings what it tells. */
  async function click(element: string) {
    const markSent = store.sending(element);
    const { signal } = new AbortController();
    for await (const event of session.act(element, wire(store.values()), { signal })) {
      markSent();
      if (event.type === "state") store.replace(wire(event.state));
      if (event.type === "patch") store.apply(wire(event.patches));
    }
  }
  return { session, store, click, page, second, choice, chart, update: () => store.apply(wire(page.take())) };
}

/** As it comes through JSON. */
function wire<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("PageStore keeps what was typed when a click did not reach the server", () => {
  const { store, session } = rig();
  store.edit("first", "clicked, offline");
  store.edit("second", "never clicked");
  store.sending("one");
  store.replace(wire(session.state()));
  assert.deepEqual(store.unsent(), { first: "clicked, offline", second: "never clicked" });
});

Deno.test("PageStore gives up what a click sent once the server has taken it, and nothing of other buttons", async () => {
  const { store, click } = rig();
  store.edit("first", "a message");
  store.edit("second", "half a thought");
  await click("one");
  assert.equal(store.value("first"), "", "blank after sending");
  assert.deepEqual(store.unsent(), { second: "half a thought" });
  store.edit("first", "typed while it ran");
  store.apply([{ element: "first", set: { value: "" } }]);
  assert.equal(store.value("first"), "typed while it ran");
});

Deno.test("PageStore shows what an action sets in place of what stood there at its click, and not of what came since", async () => {
  const { store, click, second, update } = rig();
  store.edit("second", "typed before");
  await click("one");
  assert.deepEqual(store.unsent(), { second: "typed before" });
  second.set("an example");
  update();
  assert.equal(store.value("second"), "an example");
  store.edit("second", "typed since");
  second.set("another example");
  update();
  assert.equal(store.value("second"), "typed since");
});

Deno.test("PageStore shows the server's value where another stream told of it before the click was answered", () => {
  const { store } = rig();
  store.edit("first", "a message");
  const markSent = store.sending("one");
  store.apply([{ element: "first", set: { value: "" } }]);
  markSent();
  assert.equal(store.value("first"), "");
});

Deno.test("a page that was made again says so once, and keeps what was typed beside the click", async () => {
  const { store, session, click } = rig();
  session.refill({ first: "a" });
  store.edit("second", "half a thought");
  await click("one");
  assert.equal(store.value("second"), "half a thought");
  assert.equal(session.state().restored, false);
});

Deno.test("PageStore drops what was chosen and is no choice any more, and keeps an emptied number", () => {
  const { store, choice, update } = rig();
  store.edit("choice", "b");
  store.edit("number", null);
  choice.setChoices(["c", "d"]);
  store.apply([{ element: "number", set: { value: 5 } }]);
  update();
  assert.deepEqual([store.value("choice"), store.value("number")], ["c", null]);
  const none = radioInput("None", ["a"], { deselects: true });
  assert.equal(none.check(null), undefined);
  assert.deepEqual([store.fits("choice", null), store.fits("gone", null), store.fits("first", 5)], [
    false,
    false,
    false,
  ]);
});

Deno.test("a chart shows the piece that code chose after it set new ones, and a choice of old ones is forgotten", async () => {
  const { store, chart, click, update } = rig();
  store.edit("chart", 1);
  await click("chart");
  assert.equal(store.value("chart"), 0);
  chart.set(2);
  update();
  assert.equal(store.value("chart"), 2);
  store.edit("chart", 1);
  chart.set(PIECES);
  update();
  assert.deepEqual([store.value("chart"), store.unsent()], [0, {}]);
});

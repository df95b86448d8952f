/** What a page tells of its elements: names, whole states, and only what changed. */
import assert from "node:assert/strict";
import { columns } from "../../lib/elements/columns/columns.ts";
import { collapsible } from "../../lib/elements/collapsible/collapsible.ts";
import { heading } from "../../lib/elements/heading/heading.ts";
import { numberInput } from "../../lib/elements/inputs/number_input.ts";
import { button } from "../../lib/elements/button/button.ts";
import { Page } from "../../lib/elements/page.ts";
import { text } from "../../lib/elements/text/text.ts";
import { mergeChanges } from "../../lib/elements/element.ts";

Deno.test("Page gives elements of one kind names of their own, in the order in which they are met", () => {
  const page = new Page();
  for (const element of [text("a"), text("b"), text("c", { name: "page" }), heading("d")]) page.add(element);
  assert.deepEqual(Object.keys(page.snapshot()), ["page", "text", "text_1", "page_1", "heading"]);
});

Deno.test("Page.take() gives only what changed, once", () => {
  const page = new Page();
  const first = text("a"), second = text("b");
  page.add(first);
  page.add(second);
  page.snapshot();
  assert.deepEqual(page.take(), []);
  second.set("c");
  second.hide();
  assert.deepEqual(page.take(), [{ element: "text_1", set: { text: "c", hidden: true } }]);
  assert.deepEqual(page.take(), []);
});

Deno.test("an element that is added on the way comes whole, and where it stands", () => {
  const page = new Page();
  const first = text("a"), last = text("z");
  page.add(first);
  page.add(last);
  page.snapshot();
  page.add(heading("new", { level: 3 }), { before: last });
  const patches = page.take();
  assert.deepEqual(patches.find(({ element }) => element === "heading")?.set, {
    text: "new",
    level: 3,
    kind: "heading",
    hidden: false,
  });
  assert.deepEqual(patches.find(({ element }) => element === "page")?.set?.children, [
    { element: "text" },
    { element: "heading" },
    { element: "text_1" },
  ]);
});

Deno.test("elements inside others are found, and a longer container sends the new one alone", () => {
  const page = new Page();
  const inner = collapsible("inner", [text("deep")]);
  page.add(columns([collapsible("outer", [inner])]));
  const names = Object.keys(page.snapshot());
  assert.deepEqual(names.toSorted(), ["collapsible", "collapsible_1", "columns", "page", "text"]);
  inner.add(text("deeper"));
  const patches = page.take();
  assert.deepEqual(patches.find(({ element }) => element === page.nameOf(inner))?.append, {
    children: [{ element: "text_1" }],
  });
});

Deno.test("an element cannot stand on two pages, nor be placed beside a stranger", () => {
  const shared = text("a");
  const page = new Page();
  page.add(shared);
  page.snapshot();
  const other = new Page();
  assert.throws(() => other.add(columns([text("b"), shared])), /Cannot place text "text" on two pages/);
  other.add(text("c"));
  assert.deepEqual(Object.keys(other.snapshot()), ["page", "text"], "what was refused has left nothing");
  assert.throws(() => page.add(text("b"), { after: text("stranger") }), RangeError);
  assert.throws(() => text("a", { name: "no spaces" }), /expected letters/);
});

Deno.test("Page counts what new elements hold, those inside others too, before it takes them", () => {
  const page = new Page(1_000);
  const inner = collapsible("inner", []);
  page.add(columns([inner]));
  const before = page.size.bytes;
  assert.throws(() => inner.add(collapsible("c", [text("x".repeat(1_000))])), /Cannot change "collapsible"/);
  assert.deepEqual([page.size.bytes, inner.state.children], [before, []]);
  const first = text("x".repeat(600));
  inner.add(first);
  assert.ok(page.size.bytes > before + 600);
  assert.throws(() => first.append("x".repeat(600)), /Cannot change "text": the page would hold 1[23]\d\d bytes/);
  first.set("");
  page.add(text("x".repeat(600)));
  assert.ok(page.size.bytes < 1_000);
});

Deno.test("a change between an element's placing and the page's next answer is told once, as part of the whole", () => {
  const page = new Page();
  page.snapshot();
  const told = text("a");
  page.add(told);
  told.append("b");
  assert.deepEqual(page.take().filter(({ element }) => element === "text"), [
    { element: "text", set: { text: "ab", format: "verbatim", kind: "text", hidden: false } },
  ]);
});

Deno.test("Page.inputs() finds the inputs of buttons wherever they stand", () => {
  const page = new Page();
  const number = numberInput("Number", { min: 0, max: 10 });
  page.add(collapsible("c", [button("Go", { inputs: { number } }, () => {})]));
  page.snapshot();
  assert.deepEqual([...page.inputs().keys()], ["number_input"]);
});

Deno.test("mergeChanges() is the same as applying both in turn", () => {
  const one = { set: { a: 1, list: [1] }, append: { other: [1] } };
  const two = { set: { a: 2 }, append: { list: [2], other: [2] } };
  assert.deepEqual(mergeChanges(one, two), { set: { a: 2, list: [1, 2] }, append: { other: [1, 2] } });
  const three = { set: { other: [9] }, append: {} };
  assert.deepEqual(mergeChanges(mergeChanges(one, two), three), {
    set: { a: 2, list: [1, 2], other: [9] },
    append: {},
  });
});

import assert from "node:assert/strict";
import { classesIn, styles, viewClasses } from "../twind.build.ts";

Deno.test("every class that a view names yields a rule", async () => {
  for (const [path, classes] of await viewClasses()) {
    const { css, unknown } = styles(classes);
    assert.deepEqual(unknown, [], `classes without a rule in ${path}`);
    // A class such as `align-[-2px]` yields a rule that a browser leaves out, as its value keeps the brackets.
    assert.deepEqual(css.match(/.*:\[.*/g), null, `rules without a value in ${path}`);
  }
});

Deno.test("styles() names a class that yields no rule", () => {
  assert.deepEqual(styles(["flex", "no-such-class", "text-token"]).unknown, ["no-such-class"]);
});

Deno.test("classesIn() finds attributes and the literals of cx() calls, nested calls included", () => {
  const source = `<a class="flex p-1" /> <b class={cx("m-1", is(x) && "bg-sunk", ")"))} /> const s = "not-a-class"`;
  assert.deepEqual(classesIn(source), ["flex", "p-1", "m-1", "bg-sunk"]);
});

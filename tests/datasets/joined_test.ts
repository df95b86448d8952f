import assert from "node:assert/strict";
import { joined } from "../../lib/datasets/joined.ts";
import { parseJsonl } from "../../lib/datasets/jsonl.ts";
import { rows } from "../../lib/datasets/dataset.ts";

Deno.test("joined() tells where a line that could not be read stands among the rows of all parts", async () => {
  const first = await parseJsonl("1\n{}\n{}\n{}\n2\n", "first.jsonl");
  const second = await parseJsonl("{}\n3\n{}\n", "second.jsonl");
  const third = await rows([{}]).open(new URL("file:///"));
  const unknown = { ...third, problems: [{ line: 9, message: "somewhere" }], problemCount: 5 };
  const whole = joined<object>([first, second, unknown]);
  assert.equal(whole.size, 6);
  assert.deepEqual(whole.problems.map(({ line, before }) => [line, before]), [[1, 0], [5, 3], [2, 4], [9, undefined]]);
  assert.equal(whole.problemCount, 8);
});

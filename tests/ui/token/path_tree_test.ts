import assert from "node:assert/strict";
import fc from "fast-check";
import type { Token } from "../../../lib/lm/token.ts";
import { besidePath, type PathNode, pathRows, withPath } from "../../../lib/ui/token/path_tree.ts";

const token = (id: number): Token => ({ id, text: String(id), bytes: [48 + id] });
const grown = (paths: readonly (readonly number[])[]) =>
  paths.reduce<readonly PathNode[]>((roots, path) => withPath(roots, path.map(token)), []);

Deno.test("withPath() loses no path, in whatever order they come, and rows split exactly where paths part", () => {
  const path = fc.array(fc.nat(3), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(fc.array(path, { minLength: 1, maxLength: 12 }), (paths) => {
    const rows = pathRows(grown(paths)).map(({ before, tokens }) => [...before, ...tokens.map(({ id }) => id)].join());
    const isWithin = (inner: string, whole: string) => `${whole},`.startsWith(`${inner},`);
    for (const each of paths) assert.ok(rows.some((row) => isWithin(each.join(), row)), each.join());
    for (const row of rows) assert.ok(paths.some((each) => isWithin(row, each.join())), row);
  }));
});

Deno.test("withPath() gives the same tree for a path that it has", () => {
  const roots = grown([[1, 2, 3], [1, 4]]);
  assert.equal(withPath(roots, [1, 2].map(token)), roots);
});

Deno.test("withPath() copies no more of a path than it has tokens, however long it is", () => {
  const long = Array.from({ length: 20_000 }, (_, id) => id), wanted = long.length;
  let copied = 0;
  const path = new Proxy(long.map(token), {
    get(tokens, name) {
      if (typeof name === "string" && /^\d+$/.test(name)) copied++;
      return Reflect.get(tokens, name);
    },
  });
  let roots = withPath([], path);
  roots = withPath(roots, [...long.slice(0, -1), -1].map(token));
  assert.ok(copied <= 3 * wanted, `${copied} reads of ${wanted} tokens`);
  assert.deepEqual(pathRows(roots).map(({ before, tokens }) => [before.length, tokens.length]), [
    [0, wanted - 1],
    [wanted - 1, 1],
    [wanted - 1, 1],
  ]);
});

Deno.test("besidePath() goes to what was tried in the last token's place, and no further", () => {
  const roots = grown([[1, 2, 3], [1, 4], [1, 5]]);
  assert.deepEqual(besidePath(roots, [1, 4], 1), [1, 5]);
  assert.deepEqual(besidePath(roots, [1, 4], -1), [1, 2]);
  assert.equal(besidePath(roots, [1, 5], 1), undefined);
  assert.equal(besidePath(roots, [1, 2], -1), undefined);
  assert.equal(besidePath(roots, [9], 1), undefined);
  assert.equal(besidePath(roots, [], 1), undefined);
});

import assert from "node:assert/strict";
import { compareFiles, fileToPattern, fileToScope, joinPath } from "../pattern.ts";

Deno.test("fileToPattern() gives the pattern of each kind of file name", () => {
  const rows: [string, string][] = [
    ["index", "/"],
    ["a/index", "/a"],
    ["a", "/a"],
    ["a/[id]", "/a/:id"],
    ["[x]-[y]", "/:x-:y"],
    ["p.[x]@[y]", "/p.:x@:y"],
    ["a/[[v]]/index", "/a{/:v}?"],
    ["[[n]]", "/{:n}?"],
    ["a/[...rest]", "/a/:rest*"],
    ["(group)/a", "/a"],
    ["(group)/index", "/"],
  ];
  for (const [file, pattern] of rows) assert.equal(fileToPattern(file), pattern, file);
});

Deno.test("fileToPattern() refuses parameters that touch or are not closed", () => {
  assert.throws(() => fileToPattern("[a][b]"), SyntaxError);
  assert.throws(() => fileToPattern("a/[b"), SyntaxError);
  assert.throws(() => fileToPattern("x[[b]]"), SyntaxError);
});

Deno.test("fileToScope() is the folder, groups kept", () => {
  assert.equal(fileToScope("index"), "/");
  assert.equal(fileToScope("(site)/runs/[id]"), "/(site)/runs");
  assert.equal(fileToScope("runs/[id]/index"), "/runs/:id");
});

Deno.test("compareFiles() puts special files, index, names, groups, parameters and rest in that order", () => {
  const sorted = [
    "_app",
    "_middleware",
    "_layout",
    "_error",
    "index",
    "a/b/c",
    "a/b",
    "a/[id]",
    "a",
    "b",
    "(g)/a",
    "[id]",
  ]
    .concat("[...rest]");
  assert.deepEqual([...sorted].reverse().sort(compareFiles), sorted);
});

Deno.test("joinPath() puts a pattern below a base", () => {
  assert.equal(joinPath("", "*"), "*");
  assert.equal(joinPath("/docs", "*"), "/docs");
  assert.equal(joinPath("/docs", "/"), "/docs");
  assert.equal(joinPath("/docs/", "/a"), "/docs/a");
  assert.equal(joinPath("*", "/a"), "/a");
});

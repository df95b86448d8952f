/** What a person who starts the app gets wrong about a module file is told with the file, what is there and what was expected. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { loadModuleFiles } from "../../../lib/server/start/module_files.ts";
import { moduleReason } from "../../../lib/server/start/module_reason.ts";

const FILES: readonly (readonly [name: string, text: string | undefined, reason: RegExp])[] = [
  ["gone.ts", undefined, /^no such file$/],
  ["rows.json", "{}", /^expected a \.ts or \.js file$/],
  ["none.ts", "export const module = 1;", /^it has no default export; expected `export default defineModule\(/],
  ["five.ts", "export default 5;", /^its default export is not made by defineModule\(\); expected/],
  ["look_alike.ts", 'export default { name: "x", components: [] };', /^its default export is not made by defineModule/],
  ["throws.ts", 'throw new Error("no rows");', /^no rows \(throws\.ts:1:7\)$/],
  ["lost.ts", 'import "./nothing.ts";', /^Module not found "file:\S+\/nothing\.ts"\. \(lost\.ts:1:8\)$/],
  ["name.ts", 'import { x } from "./five.ts"; export default x;', /an export named 'x' \(name\.ts:1:10\)$/],
];

Deno.test("moduleReason() tells of a package that nobody installed what to do, and not all that the lock would hold", () => {
  const error = new TypeError("The lockfile is out of date. Run `deno install --frozen=false`.\nchanges:\n 20 | + …");
  const url = new URL("file:///app/mod.ts");
  assert.match(
    moduleReason(error, url, new URL("file:///app/")),
    /^it imports a package.* run `deno add npm:NAME` first$/,
  );
});

Deno.test("moduleReason() leaves out the colours that Deno gives a message on a terminal", () => {
  const error = new Error(
    'Module not found "file:///app/a.ts".\n    at \x1b[36mfile:///app/mod.ts\x1b[0m:\x1b[33m1\x1b[0m:\x1b[33m8\x1b[0m',
  );
  error.stack = error.message;
  const told = moduleReason(error, new URL("file:///app/mod.ts"), new URL("file:///app/"));
  assert.equal(told, 'Module not found "file:///app/a.ts". (mod.ts:1:8)');
});

Deno.test("moduleReason() names the module's own line, also where its file lies beside the app's", () => {
  const error = new TypeError("expected a text");
  const app = ["lib/lm/prompt.ts:19:11", "_fresh/server/server.js:1:2", "node_modules/x/y.js:3:4"];
  error.stack = [...app, "my/rows.ts:4:5", "my_module.ts:6:7", "main.ts:8:9"].map((place) =>
    `at f (file:///app/${place})`
  )
    .join("\n");
  const root = new URL("file:///app/");
  assert.equal(moduleReason(error, new URL("my_module.ts", root), root), "expected a text (my/rows.ts:4:5)");
  assert.equal(moduleReason(error, new URL("my/mod.ts", root), root), "expected a text (my/rows.ts:4:5)");
  error.stack = [...app, "main.ts:8:9"].map((place) => `at f (file:///app/${place})`).join("\n");
  assert.equal(moduleReason(error, new URL("my_module.ts", root), root), "expected a text");
});

Deno.test("loadModuleFiles() tells of each file what is wrong, and where", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const root = pathToFileURL(`${folder}/`);
    for (const [name, text] of FILES) if (text !== undefined) await Deno.writeTextFile(`${folder}/${name}`, text);
    for (const [name, , reason] of FILES) {
      const error = await loadModuleFiles([name], root).then(() => assert.fail(name), (error) => error);
      const [, file, told = ""] = /^Cannot load module file "([^"]+)": ([^]*)$/.exec(error.message) ?? [];
      assert.equal(file, name, error.message);
      assert.match(told, reason);
    }
    await assert.rejects(loadModuleFiles(["."], root), /it is a folder; name the file in it, such as \.\/mod\.ts/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

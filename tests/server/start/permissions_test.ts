/** What the start tells of the process's rights. */
import assert from "node:assert/strict";
import { rightsLine } from "../../../lib/server/start/permissions.ts";

const NATIVE = "rights: native code may run, outside of Deno's sandbox; missing: ";
const ADVICE = "; the task's permissions in deno.json give them";
const LOSS = "(what is downloaded, indexes of large files)";

Deno.test({
  name: "rightsLine() tells a cache folder that may be written and not read, with and without models",
  permissions: { read: ["."], write: true, sys: true, ffi: true },
  fn() {
    for (const kinds of [["onnx"], ["openai"], []]) {
      assert.equal(rightsLine(kinds, "/elsewhere"), `${NATIVE}read /elsewhere ${LOSS}${ADVICE}`);
      assert.equal(rightsLine(kinds, "./.cache"), `${NATIVE}none`);
    }
  },
});

Deno.test({
  name: "rightsLine() tells both rights of a cache folder as one",
  permissions: { read: ["."], write: [".cache"], sys: true, ffi: true },
  fn() {
    assert.equal(rightsLine(["onnx"], "/elsewhere"), `${NATIVE}read and write /elsewhere ${LOSS}${ADVICE}`);
  },
});

Deno.test({
  name: "rightsLine() misses nothing where no native code may run and no model needs it",
  permissions: { read: ["."] },
  fn() {
    assert.equal(rightsLine(["openai"], "./.cache"), "rights: all code runs in Deno's sandbox; missing: none");
  },
});

/** The graph that copies rows on a device, beside what another writer of ONNX files makes of the same nodes. */
import assert from "node:assert/strict";
import { copyGraph } from "../../../lib/generators/onnx/native/copy_graph.ts";
import { FLOAT, FLOAT16 } from "../../../lib/generators/onnx/native/session.ts";

/** As `onnx.helper` of Python's onnx 1.23.2 writes it, checked by its own `check_model`; the type stands in two places. */
function fromPython(type: string): string {
  return "CAgSADqxAQodCgF4CgRmcm9tCgJ0bwoEYXhpcxIBcyIFU2xpY2UKEQoBcwoEcGFkcxIBeSIDUGFkEgFnKg0IARAHOgEAQgRmcm9tKg0IARAHOgEB" +
    `QgRheGlzWhoKAXgSFQoTC${type}SDwoDEgFhCgMSAWIKAxIBY1oQCgJ0bxIKCggIBxIECgIIAVoSCgRwYWRzEgoKCAgHEgQKAggGYhoKAXkSFQoTC` +
    `${type}SDwoDEgFhCgMSAWQKAxIBY0IECgAQEQ==`;
}

Deno.test("copyGraph() gives the bytes that Python's onnx writes for the same graph", () => {
  assert.equal(copyGraph(FLOAT).toBase64(), fromPython("AE"));
  assert.equal(copyGraph(FLOAT16).toBase64(), fromPython("Ao"));
});

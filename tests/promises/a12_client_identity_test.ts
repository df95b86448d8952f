/** A12: A client is who the connection says, or whom the one trusted proxy names; no header of its own changes that. */
import assert from "node:assert/strict";
import { Access } from "../../lib/server/entry/guard.ts";
import { measured } from "../rig/measured.ts";

const BASE = { host: "127.0.0.1", port: 8000, allowedHosts: [] };
const FORGED = ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip", "x-forwarded-user"];

Deno.test("A12: forged headers in each mode", () => {
  const request = (headers: Record<string, string>) => new Request("http://127.0.0.1:8000/", { headers });
  const direct = new Access(BASE);
  for (const name of FORGED) assert.equal(direct.clientOf(request({ [name]: "1.2.3.4" }), "10.0.0.9"), "10.0.0.9");
  const behind = new Access({ ...BASE, proxy: { address: "10.0.0.2", header: "x-forwarded-user" } });
  const named = { "x-forwarded-user": "ada" };
  for (const name of FORGED.filter((each) => each !== "x-forwarded-user")) {
    assert.equal(behind.clientOf(request({ ...named, [name]: "1.2.3.4" }), "10.0.0.2"), "user ada");
    assert.throws(() => behind.clientOf(request({ ...named, [name]: "10.0.0.2" }), "10.0.0.9"), /proxy/);
  }
  measured("A12", `${3 * FORGED.length - 2} forged headers, 0 believed`);
});

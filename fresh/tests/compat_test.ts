import assert from "node:assert/strict";
import { defineApp, defineLayout, defineRoute, type Handlers, type RouteContext } from "fresh/compat";

Deno.test("the helpers of Fresh 1 give back what they get, and its types name what handlers take", () => {
  const component = () => null;
  for (const define of [defineApp, defineLayout, defineRoute]) assert.equal(define(component), component);
  const handler: Handlers<string> = { GET: () => new Response("ok") };
  const params = (ctx: RouteContext) => ctx.params;
  assert.ok(handler && params);
});

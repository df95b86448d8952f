/** A6: A token is shown once as a code that works once, then as a strict cookie, and ten wrong ones a minute end the trying. */
import assert from "node:assert/strict";
import { Attempts } from "../../lib/server/entry/attempts.ts";
import { measured } from "../rig/measured.ts";
import { rigApp } from "../rig/rig_app.ts";

const TOKEN = "a-token-of-sixteen-or-more";

Deno.test("A6: code, cookie, Bearer, and what is refused", async () => {
  const { access, fetch } = await rigApp({ token: TOKEN });
  const status = async (path: string, headers: Record<string, string> = {}) => (await fetch(path, { headers })).status;
  const code = access.newCode();
  assert.ok(Math.floor(code.length * 6) >= 128, "bits of the code");
  const login = await fetch(`/rig/generation?task=copy&token=${code}`);
  assert.equal(login.status, 303);
  assert.equal(login.headers.get("location"), "/rig/generation?task=copy");
  assert.equal(login.headers.get("referrer-policy"), "no-referrer");
  const setCookie = login.headers.get("set-cookie") ?? "";
  assert.match(setCookie, /^visuallm-[\da-f]{8}=[\w-]{22}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const cookie = setCookie.split(";")[0] ?? "", [name = ""] = cookie.split("=");
  const cases: readonly (readonly [number, string, Record<string, string>?])[] = [
    [200, "/api/app", { cookie }],
    [200, "/api/app", { cookie: `other=1; ${cookie}` }],
    [200, "/api/app", { authorization: `Bearer ${TOKEN}` }],
    [200, "/api/app", { authorization: `bearer ${TOKEN}` }],
    [303, `/rig/generation?token=${TOKEN}`],
    [200, "/api/health"],
    [401, "/"],
    [401, "/api/app"],
    [401, "/api/ready"],
    [401, "/api/metrics"],
    [401, "/favicon.svg"],
    [401, `/rig/generation?token=${code}`],
    [401, "/api/app", { cookie: `${name}=${TOKEN}` }],
    [401, "/api/app", { cookie: `${name}=` }],
    [401, "/api/app", { cookie: `${cookie}x` }],
    [401, "/api/app", { authorization: `Bearer ${TOKEN}x` }],
    [401, "/api/app", { authorization: `Basic ${btoa(`x:${TOKEN}`)}` }],
    [401, "/api/app", { authorization: TOKEN }],
    [401, `/rig/generation?token=${TOKEN.slice(1)}`],
  ];
  for (const [expected, path, headers] of cases) {
    assert.equal(await status(path, headers), expected, `${path} ${JSON.stringify(headers)}`);
  }
  measured(
    "A6",
    `${cases.length + 2} of ${cases.length + 2} ways to show a token as listed, code of ${code.length * 6} bits`,
  );
});

const IMAGE = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
const LINK = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

Deno.test("A6: wrong tokens of others lock nobody out who is logged in, and cookies of another app are none", async () => {
  const { fetch } = await rigApp({ token: TOKEN });
  const status = async (headers: Record<string, string>, path = "/api/app") => (await fetch(path, { headers })).status;
  const logIn = async () => (await fetch(`/?token=${TOKEN}`)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const cookie = await logIn(), other = await logIn();
  assert.notEqual(cookie, other);
  for (let tries = 0; tries < 20; tries++) assert.equal(await status(IMAGE, "/?token=x"), 403);
  for (let tries = 0; tries < 20; tries++) assert.equal(await status(LINK, "/?token=x"), tries < 10 ? 401 : 429);
  for (let tries = 0; tries < 20; tries++) assert.equal(await status({ cookie: "visuallm-00000000=a.b" }), 401);
  assert.equal(await status({ authorization: `Bearer ${TOKEN}` }), 200, "none of these is a guess of the client's own");
  for (let tries = 0; tries < 20; tries++) {
    assert.equal(await status({ authorization: "Bearer x" }), tries < 10 ? 401 : 429);
  }
  assert.equal(await status({ cookie }), 200);
  assert.equal(await status({ cookie: other }), 200);
  for (const forged of [`${cookie}x`, cookie.replace(".", "x."), cookie.split(".")[0] ?? ""]) {
    assert.equal(await status({ cookie: forged }), 429, "nothing that was not seen before is looked at");
  }
  measured("A6", "80 wrong tokens of others, who is logged in goes on");
});

Deno.test("A6: after ten wrong tokens in a minute none is taken, a right one neither", async () => {
  const { fetch } = await rigApp({ token: TOKEN });
  const show = (token: string) => fetch("/api/app", { headers: { authorization: `Bearer ${token}` } });
  for (let tries = 0; tries < 10; tries++) assert.equal((await show(`wrong-${tries}`)).status, 401);
  const refused = await show(TOKEN);
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get("retry-after")) <= 60);
  let nowMs = 0;
  const attempts = new Attempts(() => nowMs);
  for (let tries = 0; tries < 10; tries++) attempts.wrong("a");
  assert.throws(() => attempts.check("a"), /10 wrong ones/);
  attempts.check("b");
  nowMs = 60_000;
  attempts.check("a");
  measured("A6", "wrong token 11 of a minute gets 429");
});

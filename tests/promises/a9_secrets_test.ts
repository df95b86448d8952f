/** A9: A key or a token is in no answer, page, log, metric or message, whatever a server does with the key that it was sent. */
import assert from "node:assert/strict";
import { buildPages } from "../rig/built_pages.ts";
import { LEAKS, startLeakyServer } from "../rig/leaky_server.ts";
import { measured } from "../rig/measured.ts";
import { failStart, startApp } from "../rig/start_app.ts";

/** What is planted; each must be found nowhere. */
const SECRETS = {
  RIG_KEY: "sk-canary-0123456789abcdef",
  RIG_PLAIN_KEY: "canary.PLAIN/4f9d==",
  // The runtime cannot send these two at all.
  RIG_FOREIGN_KEY: "canary-Жопен-7777",
  RIG_BROKEN_KEY: "canary-line\nX-Evil: 8888",
  VISUALLM_TOKEN: "canary-token-0123456789",
  OPENAI_API_KEY: "sk-canary-of-nobody-5555",
} as const;
const PASSWORD = "canary-password-6666";
const ARGS = ["--port", "0", "--serve-api", "1", "tests/rig/leaky_module.ts"];
const FLAGS = ["-A"];
const GENERATORS = [...LEAKS, "plain", "letters", "lines", "nowhere", "userinfo"];

/** Forms in which a secret would be known again. */
function formsOf(secret: string): readonly string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(secret));
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [secret, encodeURIComponent(secret), btoa(bytes), escaped, secret.slice(0, 16), secret.slice(-8)];
}

/** Every call of every generator, pages and API, right and wrong ones. */
function* requests(): Generator<readonly [path: string, body?: object | string]> {
  const messages = [{ role: "user", content: "a" }], params = { max_tokens: 3 };
  for (const generator of GENERATORS) {
    // A server that is not there is tried again and again, and says the same to all.
    const calls = generator === "nowhere" ? ["generate"] : ["generate", "score", "next_token"];
    for (const call of calls) {
      yield [`/api/leaky/generation/${call}`, { generator, ...(call === "score" ? {} : { params }) }];
    }
    if (generator === "nowhere") continue;
    for (const call of ["chat", "chat_prompt"]) yield [`/api/leaky/chat/${call}`, { messages, generator }];
    for (const page of ["generation", "next-token", "chat"]) yield [`/leaky/${page}?generator=${generator}`];
    yield [`/leaky/dataset?generator=${generator}&tokens=1&score=1&statistics=1`];
  }
  const model = "leaky/refused", paths = ["ready", "app", "metrics", "health", "nothing", "leaky/generation/samples"];
  yield ["/v1/completions", { model, prompt: "a" }];
  yield ["/v1/chat/completions", { model, messages }];
  yield ["/v1/models"];
  for (const path of paths) yield [`/api/${path}`];
  for (const body of ["{", "[]", "{}", `{"api_key":"x"}`]) yield ["/api/leaky/generation/generate", body];
  yield [`/leaky/nothing?token=wrong`];
  yield ["/static/nothing"];
}

Deno.test("A9: seven secrets in the environment and a server that tells them in 17 ways", async () => {
  await buildPages();
  const server = startLeakyServer();
  const withUser = server.origin.replace("://", `://canary:${PASSWORD}@`);
  const servers = { RIG_SERVER: server.origin, RIG_USERINFO: `${withUser}/ok/v1` };
  const env = { ...SECRETS, ...servers, VISUALLM_LOG: "info", VISUALLM_LOG_CONTENT: "1" };
  const captured: [what: string, text: string][] = [];
  const app = await startApp({ flags: FLAGS, args: ARGS, env });
  try {
    const headers = { authorization: `Bearer ${SECRETS.VISUALLM_TOKEN}`, "content-type": "application/json" };
    const ask = async ([path, body]: readonly [string, (object | string)?]) => {
      const sent = body === undefined
        ? {}
        : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
      const answer = await fetch(app.origin + path, { ...sent, headers });
      const told = [...answer.headers].map((header) => header.join(": ")).join("\n");
      captured.push([`${path} ${JSON.stringify(body) ?? ""}`, `${answer.status}\n${told}\n${await answer.text()}`]);
    };
    // Half of them a second time, when what failed has been remembered.
    const all = [...requests()];
    for (const request of all) await ask(request);
    for (const path of ["/api/ready", "/api/metrics", "/leaky/generation", "/"]) await ask([path]);
    for (const token of ["wrong", `${SECRETS.VISUALLM_TOKEN}x`]) {
      const answer = await fetch(app.origin, { headers: { authorization: `Bearer ${token}` } });
      captured.push([`token ${token.length}`, `${answer.status}\n${await answer.text()}`]);
    }
  } finally {
    const { stdout, stderr } = await app.stop();
    captured.push(["stdout", stdout], ["stderr", stderr]);
    await server.close();
  }
  for (const broken of [{ VISUALLM_TOKEN: "canary-short" }, { PORT: "x" }, { VISUALLM_PROXY: "10.0.0.1" }]) {
    const { code, stdout, stderr } = await failStart({ flags: FLAGS, args: ARGS.slice(2), env: { ...env, ...broken } });
    assert.notEqual(code, 0);
    captured.push([`start with ${Object.keys(broken)}`, stdout + stderr]);
  }
  const statuses = new Set(captured.map(([, text]) => text.slice(0, 3)).filter((status) => /^\d{3}$/.test(status)));
  for (const status of ["200", "401", "404", "422", "502", "503"]) {
    assert.ok(statuses.has(status), `a ${status} was seen`);
  }
  const log = captured.find(([what]) => what === "stderr")?.[1] ?? "";
  assert.ok(log.split("\n").length > GENERATORS.length, "the log was captured");
  for (const [what, text] of captured) {
    for (const secret of [...Object.values(SECRETS), PASSWORD, "canary-short"]) {
      for (const form of formsOf(secret)) {
        const at = text.indexOf(form);
        assert.ok(at < 0, `${what}: ${text.slice(Math.max(0, at - 200), at + 100)}`);
      }
    }
  }
  const bytes = captured.reduce((sum, [, text]) => sum + text.length, 0);
  const told = `${captured.length} answers and outputs, ${Math.round(bytes / 1000)} kB, statuses ${
    [...statuses].toSorted()
  }`;
  measured("A9", `${Object.keys(SECRETS).length + 1} secrets in 0 of ${told}`);
});

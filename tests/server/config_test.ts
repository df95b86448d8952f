import assert from "node:assert/strict";
import { readConfig } from "../../lib/server/config.ts";
import { ConfigError } from "../../lib/server/setting_values.ts";
import { helpText } from "../../lib/server/settings.ts";

function read(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const config = readConfig(args, (name) => env[name]);
  assert.ok(config !== "help");
  return config;
}

Deno.test("readConfig() starts on this machine's port 8000 with two examples", () => {
  const config = read([]);
  assert.deepEqual([config.host, config.port, config.token], ["127.0.0.1", 8000, undefined]);
  assert.deepEqual(config.modules, ["examples/alpaca/mod.ts", "examples/persona_chat/mod.ts"]);
});

Deno.test("readConfig() lets flags win over the environment, and arguments over both", () => {
  const env = { PORT: "9000", VISUALLM_MODULES: "a.ts,b.ts" };
  assert.equal(read([], env).port, 9000);
  assert.equal(read(["--port", "9001"], env).port, 9001);
  assert.deepEqual(read([], env).modules, ["a.ts", "b.ts"]);
  assert.deepEqual(read(["c.ts"], env).modules, ["c.ts"]);
});

Deno.test("readConfig() on Deno Deploy starts without native models, and only with a token", () => {
  const token = { VISUALLM_TOKEN: "a-token-of-16-characters" };
  for (const env of [{ DENO_DEPLOY: "true" }, { DENO_DEPLOYMENT_ID: "x" }]) {
    assert.deepEqual(read([], { ...env, ...token }).modules, ["examples/openai/mod.ts"]);
    assert.deepEqual(read([], { ...env, ...token, VISUALLM_MODULES: "a.ts" }).modules, ["a.ts"]);
    assert.throws(() => read([], env), /VISUALLM_TOKEN/);
  }
});

Deno.test("readConfig() names what it cannot use", () => {
  const cases: readonly [readonly string[], Readonly<Record<string, string>>, RegExp][] = [
    [["--prot", "1"], {}, /--prot/],
    [["--allow-net=a.example"], {}, /--allow-net.* in deno\.json, under "permissions"/],
    [["--port", "x"], {}, /"x"/],
    [[], { PORT: "70000" }, /"70000"/],
    [["--log", "loud"], {}, /"loud"/],
    [["--host", "0.0.0.0"], {}, /VISUALLM_TOKEN/],
    [["--host", "0"], {}, /listen on 0\.0\.0\.0 without VISUALLM_TOKEN/],
    [["--host", "0.0.0.0"], { VISUALLM_TOKEN: "short" }, /token/i],
  ];
  for (const [args, env, message] of cases) {
    assert.throws(() => read(args, env), (error) => error instanceof ConfigError && message.test(error.message));
  }
});

Deno.test("readConfig() takes a host in each form in which it can be written", () => {
  const forms: Readonly<Record<string, readonly string[]>> = {
    "127.0.0.1": ["127.0.0.1", "127.1", "0x7f.1", "2130706433"],
    localhost: ["localhost", "LOCALHOST", "localhost."],
    "::1": ["::1", "[::1]", "0:0:0:0:0:0:0:1"],
    "127.0.0.2": ["127.0.0.2"],
  };
  for (const [host, texts] of Object.entries(forms)) {
    for (const text of texts) assert.equal(read(["--host", text]).host, host, text);
  }
  for (const text of ["", "127.0.0.1:80", "http://localhost", "[::1]:80", "a b", "::1::", "fe80::1%eth0", "a/b"]) {
    assert.throws(() => read(["--host", text]), /without port/, text);
  }
});

Deno.test("--help lists every setting with flag and environment name", () => {
  assert.equal(readConfig(["--help"], () => undefined), "help");
  for (const name of ["PORT", "HOST", "VISUALLM_MODULES", "VISUALLM_TOKEN", "VISUALLM_CACHE", "--port", "--log"]) {
    assert.ok(helpText().includes(name), name);
  }
  assert.match(helpText(), /VISUALLM_LOG .*silent \(not even the address\), error \(all but requests\), info/);
  const [, , head = "", ...lines] = helpText().split("\n");
  const columns = [head.indexOf("environment"), head.indexOf("meaning")];
  for (const line of lines) for (const at of columns) assert.match(line.slice(at - 2, at), /^ {2}$/, line);
});

/** C7: Told to stop, the app ends every run as cancelled, takes no new one, and is gone within 4 s. */
import assert from "node:assert/strict";
import { callHeaders, startApp } from "../../rig/app_process.ts";
import { ENDLESS, GENERATE, runBody, untilStalled } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { openRequest } from "../../rig/raw_client.ts";

const STREAMS = 20, GONE_MS = 4_000;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`C7: ${signal} with 20 live streams, four of them waiting`, async () => {
    await using app = await startApp({ flags: { slots: STREAMS - 4 } });
    const answers = await Promise.all(
      Array.from(
        { length: STREAMS },
        (_, index) => app.call(GENERATE, { body: runBody({ tokens: 4_000 }), client: `client ${index}` }),
      ),
    );
    const texts = answers.map((answer) => answer.text());
    const startedMs = performance.now();
    const stopping = app.stop(signal);
    for (const text of texts) {
      const [last, ...before] = (await text).matchAll(/^event: (\w+)\ndata: (.*)$/gm).toArray().toReversed();
      assert.equal(last?.[1], "done");
      assert.match(before[0]?.[2] ?? "", /"type":"finish".*"reason":"cancelled"/);
    }
    const code = await stopping;
    const goneMs = Math.ceil(performance.now() - startedMs);
    assert.equal(code, 0);
    await assert.rejects(app.call("/api/health"));
    assert.ok(goneMs <= GONE_MS, `${goneMs} ms`);
    measured("C7", `${signal}: ${STREAMS} streams cancelled, exit code ${code} after ${goneMs} ms`);
  });
}

Deno.test("C7: while the app ends, it takes no new run", async () => {
  await using app = await startApp();
  // Whoever reads nothing keeps the app from ending at once.
  const unread = await openRequest(app.port, "POST", GENERATE, callHeaders("unread"), JSON.stringify(ENDLESS));
  await untilStalled(app, 1);
  // Two that connect before and ask after: one that has asked something before, and one that has not.
  const used = await openRequest(app.port, "GET", "/api/health", callHeaders());
  await used.read(new Uint8Array(4_096));
  const fresh = await Deno.connect({ hostname: "127.0.0.1", port: app.port });
  const live = await app.call(GENERATE, { body: runBody({ tokens: 4_000 }), client: "live" });
  let isGone = false;
  const stopping = app.stop("SIGTERM").finally(() => isGone = true);
  assert.match(await live.text(), /"reason":"cancelled"/, "it is told to stop");
  const body = JSON.stringify(runBody({ generator: "quick", tokens: 5 }));
  const answers = [
    ...await Promise.all([used, fresh].map((connection) => askOn(connection, app.port, body))),
    await app.call(GENERATE, { body: JSON.parse(body) }).then((answer) => answer.text()).catch(() => ""),
  ];
  assert.equal(isGone, false, "it was asked before its end");
  for (const answer of answers) assert.doesNotMatch(answer, /"type":"step"/);
  unread.close();
  assert.equal(await stopping, 0);
  measured("C7", `${answers.length} asked for a run meanwhile, 0 got one`);
});

/** Asks for a run on a connection that is open. @returns what comes until the other end closes it */
async function askOn(connection: Deno.TcpConn, port: number, body: string): Promise<string> {
  const headers = Object.entries({ ...callHeaders("late"), host: `127.0.0.1:${port}`, connection: "close" });
  const lines = [`POST ${GENERATE} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const request = [...lines, `content-length: ${body.length}`, "", body].join("\r\n");
  let text = "";
  try {
    await connection.write(new TextEncoder().encode(request));
    const part = new Uint8Array(65_536);
    for (let length = await connection.read(part); length !== null; length = await connection.read(part)) {
      text += new TextDecoder().decode(part.subarray(0, length));
    }
  } catch {
    // It was closed before, which is an answer too.
  }
  connection.close();
  return text;
}

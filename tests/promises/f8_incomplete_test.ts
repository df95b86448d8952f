/** F8: An answer that ends without its reason is told as incomplete: its text is kept, and no metric is made of it. */
import assert from "node:assert/strict";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { defineModule, exactMatch, generation, openai, perplexity, rows } from "../../lib/mod.ts";
import { closed, received, started } from "../../lib/ui/generation/generation_state.ts";
import { startFaultyUpstream } from "../rig/faulty_upstream.ts";
import { measured } from "../rig/measured.ts";
import { readEvents } from "../rig/read_events.ts";
import { rigApp } from "../rig/rig_app.ts";

/** A whole last chunk without [DONE], the connection's end, and an end in the middle of a chunk. */
const ENDS = ["no_done", "close_delimited", "cut_chunk"] as const;
const SENT_TOKENS = 3;

Deno.test("F8: three ends of a body, after three tokens each", async () => {
  const upstream = startFaultyUpstream();
  const module = defineModule({
    name: "upstream",
    generators: Object.fromEntries(
      [...ENDS, "ok" as const].map((name) => [name, openai({ model: "fake", baseUrl: upstream.url(name) })]),
    ),
    tasks: {
      copy: {
        dataset: { all: rows(["abc"]) },
        prompt: (text) => text,
        target: (text) => text,
        metrics: { EM: exactMatch, ppl: perplexity },
      },
    },
    components: [generation()],
  });
  const app = await rigApp({ modules: [module] });
  const run = async (generator: string) =>
    await readEvents(await app.post("/api/upstream/generation/generate", { generator, params: { max_tokens: 6 } }));
  for (const end of ENDS) {
    const events = await run(end);
    const text = events.flatMap((event) => event.type === "step" ? [event.token.text] : []).join("");
    assert.deepEqual(
      events.map(({ type }) => type),
      [...Array.from({ length: SENT_TOKENS }, () => "step"), "finish", "done"],
      `${end}: no metric, no error`,
    );
    // What the page keeps and shows of it.
    const shown = closed(received(started(DEFAULT_PARAMS, 0), events, 1), "end");
    const { reason, text: kept, steps, metrics } = shown.completions[0] ?? assert.fail();
    assert.deepEqual([reason, kept, steps.length, metrics], ["incomplete", text, SENT_TOKENS, {}], end);
  }
  // The fake server's good answers do have metrics.
  assert.equal((await run("ok")).filter(({ type }) => type === "metric").length, 2);
  await upstream.close();
  measured("F8", `${ENDS.length} of ${ENDS.length} ends told as incomplete, text kept, 0 metrics`);
});

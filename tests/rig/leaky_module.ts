/** A module for a process of its own, whose servers tell the key that they were sent in every way that they have. */
import { chat, datasetView, defineModule, generation, nextToken, openai, rows } from "../../lib/mod.ts";
import { LEAKS } from "./leaky_server.ts";

const server = Deno.env.get("RIG_SERVER") ?? "";

export default defineModule({
  name: "leaky",
  title: "Leaky",
  generators: {
    ...Object.fromEntries(LEAKS.map((name) => [
      name,
      openai({ model: "m", baseUrl: `${server}/${name}/v1`, apiKeyEnv: "RIG_KEY", timeoutMs: 2_000 }),
    ])),
    // No key at all looks like one of these.
    plain: openai({ model: "m", baseUrl: `${server}/refused/v1`, apiKeyEnv: "RIG_PLAIN_KEY" }),
    letters: openai({ model: "m", baseUrl: `${server}/refused/v1`, apiKeyEnv: "RIG_FOREIGN_KEY" }),
    lines: openai({ model: "m", baseUrl: `${server}/refused/v1`, apiKeyEnv: "RIG_BROKEN_KEY" }),
    nowhere: openai({ model: "m", baseUrl: "http://127.0.0.1:1/v1", apiKeyEnv: "RIG_KEY" }),
    userinfo: openai({ model: "m", baseUrl: Deno.env.get("RIG_USERINFO") ?? "", apiKeyEnv: "RIG_KEY" }),
  },
  tasks: {
    say: {
      dataset: { all: rows([{ text: "abc", target: "d" }]) },
      prompt: ({ text }) => text,
      target: (row) => row.target,
    },
  },
  components: [generation(), nextToken(), chat(), datasetView()],
});

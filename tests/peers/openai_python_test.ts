/** OpenAI's Python client against our /v1: streaming, logprobs, errors, an abort. */
import assert from "node:assert/strict";
import { serveApp } from "../browser/serve_app.ts";
import { peerTest, preparePeers } from "./prepare.ts";

const SCRIPT = `
import json, sys
import openai
client = openai.OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
ask = dict(model="alpaca/demo", prompt="### Instruction:\\nWhat is the capital of France?\\n\\n### Response:\\n", temperature=0, max_tokens=30)
whole = client.completions.create(**ask, logprobs=2).choices[0]
streamed = "".join(chunk.choices[0].text for chunk in client.completions.create(**ask, stream=True))
for chunk in client.completions.create(**ask, stream=True):
    break
try:
    client.completions.create(**(ask | {"model": "no/such"}))
    error = "none"
except openai.NotFoundError as thrown:
    error = thrown.code
chat = client.chat.completions.create(model="persona_chat/demo", temperature=0, max_tokens=20, logprobs=True, top_logprobs=2,
    messages=[{"role": "system", "content": "i have a dog .\\ni live in rome .\\ni love the winter ."}, {"role": "user", "content": "where do you live ?"}]).choices[0]
print(json.dumps({"text": whole.text, "streamed": streamed, "tokens": len(whole.logprobs.tokens), "error": error,
    "chat": chat.message.content, "top": len(chat.logprobs.content[0].top_logprobs)}))
`;

peerTest("OpenAI's Python client works with /v1", await preparePeers(["openai"]), async (python) => {
  await using app = await serveApp();
  const { stdout, stderr } = await new Deno.Command(python, { args: ["-c", SCRIPT, `${app.origin}/v1`] }).output();
  const said = JSON.parse(new TextDecoder().decode(stdout) || assert.fail(new TextDecoder().decode(stderr)));
  assert.equal(said.text, "The capital of France is Paris.");
  assert.equal(said.streamed, said.text);
  assert.ok(said.tokens > 3);
  assert.equal(said.error, "model_not_found");
  assert.match(said.chat, /rome/);
  assert.equal(said.top, 2);
});

/** The models that /v1 serves: every generator that runs in this process, under the name `module/generator`. */
import type { Generator } from "../../generators/generator.ts";
import type { SamplingParams } from "../../lm/params.ts";
import { paramsFromWire } from "../../lm/wire.ts";
import { ProblemError } from "../problem.ts";
import { shownName } from "../shown_name.ts";
import type { Requester } from "../app_state.ts";
import { type Registry, REMOTE_KIND } from "../registry.ts";
import type { ChatCompletionsBody, CompletionsBody } from "./schemas.ts";

/** Those behind an API are left out: who wants one asks it directly. */
function modelNames(registry: Registry): readonly string[] {
  return registry.modules.flatMap(({ name, generators }) =>
    Object.entries(generators).filter(([, { kind }]) => kind !== REMOTE_KIND).map(([generator]) =>
      `${name}/${generator}`
    )
  );
}

/** The list of models, as OpenAI's API tells it. */
export function modelList(registry: Registry): object {
  const data = modelNames(registry).map((id) => ({ id, object: "model", created: 0, owned_by: "visuallm" }));
  return { object: "list", data };
}

/** @throws {ProblemError} 404 naming the models there are; what opening the model throws */
export async function openModel({ state: { registry, client } }: Requester, model: string): Promise<Generator> {
  const names = modelNames(registry);
  const [module = "", generator = ""] = model.split("/");
  if (names.includes(model)) return await registry.generator(module, generator, client);
  const detail = `Cannot use model "${shownName(model)}": there is no such model here, but ${
    names.join(", ") || "none at all"
  }`;
  throw new ProblemError(404, "Not found", detail, { field: "model" });
}

/** Sampling params of a request. Without a seed each request gets one of its own. */
export function paramsOf(body: CompletionsBody | ChatCompletionsBody, maxTokens: number): SamplingParams {
  const { temperature, top_p, top_k, min_p, repetition_penalty, frequency_penalty, presence_penalty, n, logit_bias } =
    body;
  const wire = {
    temperature,
    top_p,
    top_k,
    min_p,
    repetition_penalty,
    frequency_penalty,
    presence_penalty,
    n,
    logit_bias,
  };
  const seed = body.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return paramsFromWire({ ...wire, seed, max_tokens: maxTokens, stop: [...(body.stop ?? [])] });
}

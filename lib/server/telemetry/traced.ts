/** A generator whose work is told as spans, under OpenTelemetry's names for generative AI (`gen_ai.*`). */
import type { GenerateRequest, Generator } from "../../generators/generator.ts";
import type { GeneratorEvent } from "../../lm/event.ts";
import type { SamplingParams } from "../../lm/params.ts";
import { thrownName } from "../../lm/thrown.ts";
import { type Attributes, inSpan, type Span, type Tracer } from "./tracing.ts";

interface Use {
  readonly tracer: Tracer;
  /** `module/generator`, as /v1 names the model too. */
  readonly model: string;
  /** The generator's kind. */
  readonly provider: string;
  /** Whether a server does the work. */
  readonly isRemote: boolean;
}

/** Subtle: method by method, as a generator may be an object of a class. */
export function traced(generator: Generator, use: Use): Generator {
  const { next, score } = generator;
  return {
    ...generator,
    generate: (request) => tracedRun(generator, request, use),
    ...(next && { next: (request, signal) => within(use, "next_token", () => next.call(generator, request, signal)) }),
    ...(score && { score: (request) => within(use, "score", () => score.call(generator, request)) }),
  };
}

async function within<Result>(use: Use, operation: string, work: () => Promise<Result>): Promise<Result> {
  const span = begin(use, operation, {});
  try {
    const result = await work();
    span.end();
    return result;
  } catch (error) {
    span.end(thrownName(error));
    throw error;
  }
}

async function* tracedRun(
  generator: Generator,
  request: GenerateRequest,
  use: Use,
): AsyncGenerator<GeneratorEvent, void, void> {
  const operation = request.messages === undefined ? "text_completion" : "chat";
  const reasons: string[] = [];
  let input: number | undefined, output = 0;
  yield* inSpan(() => begin(use, operation, requested(request.params)), generator.generate(request), (event, span) => {
    if (event.type !== "finish") return;
    reasons.push(event.reason);
    input = event.usage.promptTokens ?? input;
    output += event.usage.completionTokens;
    span.set({
      ...(input === undefined ? {} : { "gen_ai.usage.input_tokens": input }),
      "gen_ai.usage.output_tokens": output,
      "gen_ai.response.finish_reasons": reasons,
    });
  });
}

function begin({ tracer, model, provider, isRemote }: Use, operation: string, attributes: Attributes): Span {
  return tracer.start(`${operation} ${model}`, isRemote ? "client" : "internal", {
    "gen_ai.operation.name": operation,
    "gen_ai.provider.name": provider,
    "gen_ai.request.model": model,
    ...attributes,
  });
}

/** Numbers alone: stop texts are content. */
function requested(params: SamplingParams): Attributes {
  return {
    "gen_ai.request.temperature": params.temperature,
    "gen_ai.request.top_p": params.topP,
    "gen_ai.request.top_k": params.topK,
    "gen_ai.request.frequency_penalty": params.frequencyPenalty,
    "gen_ai.request.presence_penalty": params.presencePenalty,
    "gen_ai.request.max_tokens": params.maxTokens,
    "gen_ai.request.seed": params.seed,
    "gen_ai.request.choice.count": params.n,
  };
}

/** Spans of OpenTelemetry, which Deno's own exporter sends where `OTEL_EXPORTER_OTLP_ENDPOINT` says; no package is needed. */
import { thrownName } from "../../lm/thrown.ts";

/** What a span may tell: names that modules gave, and numbers; never what a person or a model wrote. */
export type Attributes = Readonly<Record<string, string | number | readonly string[]>>;

export interface Span {
  set(attributes: Attributes): void;
  /** @param failure the kind of what went wrong; its message could quote a prompt */
  end(failure?: string): void;
}

export interface Tracer {
  /** A span within the one of the request that is being answered. */
  start(name: string, kind: SpanKind, attributes: Attributes): Span;
}

/** Whether the work is done in this process, or asked of a server. */
export type SpanKind = "internal" | "client";

/** As OpenTelemetry numbers them. */
const KINDS: Readonly<Record<SpanKind, number>> = { internal: 0, client: 2 };
const ERROR = 2;

/** Deno's tracer. It throws unless the process was started with OTEL_DENO=true, so it is asked for then alone. */
export function openTracer(): Tracer {
  const tracer = Deno.telemetry.tracerProvider.getTracer("visuallm");
  return {
    start(name, kind, attributes) {
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes });
      return {
        set: (more) => void span.setAttributes(more),
        end(failure) {
          if (failure !== undefined) span.setStatus({ code: ERROR }).setAttribute("error.type", failure);
          span.end();
        },
      };
    },
  };
}

/** Passes events on within a span, which ends as they do, also when nobody reads them any more. */
export async function* inSpan<Event>(
  begin: () => Span,
  events: AsyncIterable<Event>,
  look: (event: Event, span: Span) => void = () => {},
): AsyncGenerator<Event, void, void> {
  const span = begin();
  let failure: string | undefined;
  try {
    for await (const event of events) {
      look(event, span);
      yield event;
    }
  } catch (error) {
    failure = thrownName(error);
    throw error;
  } finally {
    span.end(failure);
  }
}

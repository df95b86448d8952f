import { visibleLines } from "../../lm/visible_text.ts";
import type { ViewProps } from "../view/element_view.ts";
import { markdownSpans, type Span } from "./markdown_spans.ts";
import type { TextState } from "./text.ts";

/** Byte for byte: spaces and line ends stand, markup is text, what cannot be seen is shown by a sign. */
export function TextView({ state: { text } }: ViewProps<TextState>) {
  return <p dir="auto" class="min-w-0 whitespace-pre-wrap break-words">{visibleLines(text)}</p>;
}

export function MarkdownView({ state: { text } }: ViewProps<TextState>) {
  return (
    <p dir="auto" class="min-w-0 whitespace-pre-wrap break-words">
      <Spans spans={markdownSpans(text)} />
    </p>
  );
}

function Spans({ spans }: { readonly spans: readonly Span[] }) {
  return <>{spans.map((span, index) => <SpanView key={index} span={span} />)}</>;
}

function SpanView({ span }: { readonly span: Span }) {
  switch (span.type) {
    case "text":
      return <>{visibleLines(span.text)}</>;
    case "code":
      return <code class="rounded-sm bg-sunk px-1 font-mono text-13">{visibleLines(span.text)}</code>;
    case "bold":
      return (
        <strong class="font-semibold">
          <Spans spans={span.spans} />
        </strong>
      );
    case "italic":
      return (
        <em class="italic">
          <Spans spans={span.spans} />
        </em>
      );
    case "link":
      return (
        <a href={span.href} rel="noreferrer" class="text-accent underline">
          <Spans spans={span.spans} />
        </a>
      );
  }
}

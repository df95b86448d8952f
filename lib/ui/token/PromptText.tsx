import { fieldsOf, type Prompt } from "../../lm/prompt.ts";
import type { Token } from "../../lm/token.ts";
import { visibleText } from "../../lm/visible_text.ts";
import { cx } from "../cx.ts";
import { displayTokens } from "./token_display.ts";
import { tokenFields } from "./token_fields.ts";

interface PromptTextProps {
  readonly prompt: Prompt;
  /** All fields in the order of their colours. Default: the prompt's own. */
  readonly names?: readonly string[];
}

/** The exact prompt with its fields marked; line ends are shown, and break the line. */
export function PromptText(props: PromptTextProps) {
  const { text, spans } = props.prompt;
  const { names = fieldsOf(props.prompt) } = props;
  const pieces: { text: string; field?: string }[] = [];
  let end = 0;
  for (const span of spans) {
    if (span.start > end) pieces.push({ text: text.slice(end, span.start) });
    pieces.push({ text: text.slice(span.start, span.end), field: span.field });
    end = span.end;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return (
    <div dir="auto" class="whitespace-pre-wrap break-words font-mono text-token">
      {pieces.map((piece, index) =>
        piece.field === undefined ? <span key={index}>{withBreaks(piece.text)}</span> : (
          <mark
            key={index}
            title={visibleText(piece.field)}
            class={cx("rounded-sm px-0.5", fieldClass(names.indexOf(piece.field)))}
          >
            {withBreaks(piece.text)}
          </mark>
        )
      )}
    </div>
  );
}

/** The names of the fields in their colours. */
export function FieldLegend(props: { readonly prompt: Prompt }) {
  const names = fieldsOf(props.prompt);
  return (
    <span class="inline-flex flex-wrap gap-1.5 text-12">
      {names.map((name, index) => (
        <span key={name} class={cx("rounded-sm px-1.5", fieldClass(index))}>{visibleText(name)}</span>
      ))}
    </span>
  );
}

/** The prompt as the tokens that the model receives, ids on hover. */
export function PromptTokens(props: { readonly prompt: Prompt; readonly tokens: readonly Token[] }) {
  const displayed = displayTokens(props.tokens);
  const fields = tokenFields(props.prompt, props.tokens);
  const names = fieldsOf(props.prompt);
  return (
    <div dir="auto" class="whitespace-pre-wrap break-words font-mono text-token">
      {props.tokens.map((token, index) => {
        const display = displayed[index];
        return (
          <>
            <span
              key={index}
              title={visibleText(fields[index] === undefined ? `id ${token.id}` : `id ${token.id}, ${fields[index]}`)}
              class={cx(
                "rounded-sm border-b border-edge",
                fieldOf(names, fields[index]) ?? (index % 2 === 0 ? "bg-sunk" : "bg-transparent"),
                display?.isMark === true && "text-soft",
              )}
            >
              {display?.text}
            </span>
            {display?.breaksLine === true && <br />}
          </>
        );
      })}
    </div>
  );
}

/** Subtle: the mark for a line end stands for the character, so the break after it is an element, not a newline. */
function withBreaks(text: string) {
  const lines = text.split("\n");
  return lines.map((line, index) => (
    <>
      {visibleText(line)}
      {index < lines.length - 1 && <span class="text-soft">↵</span>}
      {index < lines.length - 1 && <br />}
    </>
  ));
}

function fieldOf(names: readonly string[], field: string | undefined): string | undefined {
  return field === undefined ? undefined : fieldClass(names.indexOf(field));
}

function fieldClass(index: number): string {
  switch (index % 6) {
    case 0:
      return cx("bg-field1");
    case 1:
      return cx("bg-field2");
    case 2:
      return cx("bg-field3");
    case 3:
      return cx("bg-field4");
    case 4:
      return cx("bg-field5");
    default:
      return cx("bg-field6");
  }
}
